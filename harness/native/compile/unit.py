"""One compilation: a schema with what overlays add, and all that the parts of it share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from harness.findings.model import Place
from harness.findings.registry import RULES
from harness.native.compile.words import Legend, Message, Named, Source, Text
from harness.reading.slots import Slots
from harness.schema.expression.typed import Expr
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered

Item = TypeVar("Item")


class Numbered(dict[Item, int]):
    """Things by number, each once, in the order they came."""

    def __missing__(self, item: Item) -> int:
        number = self[item] = len(self)
        return number


class TooLargeError(Exception):
    """There is more C than was asked for."""


class Unit:
    """What is known of one compilation.

    Attributes:
        schema: the schema.
        overlays: contracts, resolved against it.
        slots: where fields stand.
        messages: what findings say; `message` numbers them.
        sources: rules that findings come from; number 0 is the place itself.
        names: texts that `UNKNOWN` carries.
        literals: byte strings that the source holds, `LITERAL_n`.
        functions: C functions, in the order they must stand; `add` takes them.
    """

    def __init__(
        self, schema: Schema, overlays: Sequence[Lowered] = (), most_characters: int | None = None
    ) -> None:
        self._left = most_characters
        self.schema = schema
        self.overlays = tuple(overlays)
        self.slots = Slots(schema)
        self.type_numbers = {name: number for number, name in enumerate(schema.types)}
        self.messages: Numbered[Message] = Numbered()
        self.sources: Numbered[Source] = Numbered()
        self.names: Numbered[str] = Numbered()
        self.literals: Numbered[bytes] = Numbered()
        self.functions: list[str] = []
        self._count = 0
        _ = self.sources[Source()]

    def message(self, code: str, expected: Text = (), actual: Text = ()) -> int:
        """Return the number of a message; texts that are empty strings are left out."""
        return self.messages[Message(code, _without_nothing(expected), _without_nothing(actual))]

    def source(self, place: Place | None) -> int:
        """Return the number of a rule of the schema's own that stands at `place`."""
        return self.sources[Source(place)]

    def name(self, text: str) -> int:
        """Return the number of a text that an unknown value is called by."""
        return self.names[text]

    def literal(self, data: bytes) -> str:
        """Return a C expression for bytes that never change: an `hv_slice`."""
        return f"(hv_slice){{LITERAL_{self.literals[data]}, {len(data)}u}}"

    def fresh(self, stem: str) -> str:
        """Return a name that nothing else has."""
        self._count += 1
        return f"{stem}_{self._count}"

    def add(self, function: str) -> None:
        """Take a C function; what it calls must have been taken before, or be declared.

        Raises:
            TooLargeError: all functions together are too long.
        """
        if self._left is not None:
            self._left -= len(function)
            if self._left < 0:
                raise TooLargeError
        self.functions.append(function)

    def text(self, node: Expr) -> str:
        """Return an expression in words, as messages show it."""
        return unparse(node, self.schema.enums)

    def legend(self) -> Legend:
        """Return what makes findings of records."""
        fields = {
            name: (*type_.parameters, *type_.sequence, *type_.instances)
            for name, type_ in self.schema.types.items()
        }
        return Legend(
            schema=self.schema.id,
            codes=tuple(RULES),
            messages=tuple(self.messages),
            sources=tuple(self.sources),
            types=tuple(
                Named(
                    name,
                    type_.place,
                    tuple(field.id for field in fields[name]),
                    tuple(field.place for field in fields[name]),
                )
                for name, type_ in self.schema.types.items()
            ),
            enums={name: enum.members for name, enum in self.schema.enums.items()},
            companions=tuple(self.schema.companions.items()),
            observed=tuple(
                tuple((entry.name, entry.is_indexed) for entry in overlay.observed)
                for overlay in self.overlays
            ),
        )


def _without_nothing(text: Text) -> Text:
    return tuple(part for part in text if part != "")

"""Contents of a schema as Hypothesis strategies.

    @given(from_schema(load(find("tzif"))))
    def test_my_parser_reads_every_file(data: bytes) -> None:
        my_parser.load(data)

Decisions are made by Hypothesis, the simplest first, so a failing content shrinks to one with few
items, small numbers and short texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from harness.reading.reader import Reader
from harness.writing.breaking import Breaker
from harness.writing.generate import Generator
from harness.writing.targets import Target, targets_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from harness.reading.reader import Reading
    from harness.schema.ir import Schema

Item = TypeVar("Item")
_ATTEMPTS: Final = 6


class Content(msgspec.Struct, frozen=True):
    """A content and the files that it is to be read with.

    Attributes:
        data: the content.
        companions: by parameter, the bytes of the companion.
    """

    data: bytes
    companions: dict[str, bytes]


class DrawnChoices:
    """Decisions that Hypothesis makes, and can make simpler."""

    def __init__(self, draw: DrawFn) -> None:
        from hypothesis import strategies  # heavy

        self._draw = draw
        self._strategies = strategies

    def integer(self, low: int, high: int) -> int:
        """Towards zero, or the end of the range that is next to it."""
        return self._draw(self._strategies.integers(low, high))

    def count(self, low: int, high: int) -> int:
        """Towards few."""
        return self._draw(self._strategies.integers(low, high))

    def pick(self, items: Sequence[Item]) -> Item:
        """Towards the first."""
        return items[self._draw(self._strategies.integers(0, len(items) - 1))]

    def is_rare(self) -> bool:
        """Towards the usual."""
        return self._draw(self._strategies.integers(0, 15)) == 15

    def octets(self, size: int) -> bytes:
        """Towards zeros."""
        return self._draw(self._strategies.binary(min_size=size, max_size=size))


def from_schema(
    schema: Schema,
    *,
    companions: Mapping[str, Reading] | None = None,
    breaking: str = "",
    **overrides: SearchStrategy[Any],
) -> SearchStrategy[bytes]:
    """Return a strategy for contents of a schema.

    Args:
        schema: the format.
        companions: for each structure-typed top-level parameter, what was read for it; see
            `with_companions` for contents of a schema that has some, and none are at hand.
        breaking: a code such as `S105`, or the id of a rule of the schema: every content breaks
            it, and nothing else. By default they are valid.
        **overrides: by `TYPE__FIELD`, what values of that field are drawn from.

    Returns:
        Strategy for bytes.

    Raises:
        ValueError: the schema has nothing called `breaking`, or no field of that name.
    """
    from hypothesis import strategies  # heavy

    generator = Generator(schema, companions)
    chosen = _overridden(schema, overrides)
    make = _breaking(generator, breaking) if breaking else generator.attempt

    @strategies.composite
    def contents(draw: DrawFn) -> bytes:
        drawn = {name: _drawing(draw, strategy) for name, strategy in chosen.items()}
        return _drawn(make, DrawnChoices(draw), drawn)

    return contents()


def with_companions(schema: Schema, companions: Mapping[str, Schema]) -> SearchStrategy[Content]:
    """Return a strategy for contents together with what they are to be read with.

    Args:
        schema: the format.
        companions: for each structure-typed top-level parameter, the schema of that file.
    """
    from hypothesis import strategies  # heavy

    generators = {name: Generator(theirs) for name, theirs in companions.items()}
    readers = {name: Reader(theirs) for name, theirs in companions.items()}

    @strategies.composite
    def contents(draw: DrawFn) -> Content:
        choices = DrawnChoices(draw)
        files = {name: _drawn(theirs.attempt, choices, {}) for name, theirs in generators.items()}
        read = {name: readers[name].read(data, file=name) for name, data in files.items()}
        return Content(_drawn(Generator(schema, read).attempt, choices, {}), files)

    return contents()


def _drawing(draw: DrawFn, strategy: SearchStrategy[Any]) -> Callable[[], Any]:
    return lambda: draw(strategy)


def _drawn(
    make: Callable[..., bytes | None], choices: DrawnChoices, overrides: Mapping[Any, Any]
) -> bytes:
    """Return a content; what comes to nothing several times is filtered out."""
    from hypothesis import reject  # heavy

    for _ in range(_ATTEMPTS):
        data = make(choices, overrides=overrides)
        if data is not None:
            return data
    reject()


def _breaking(generator: Generator, what: str) -> Callable[..., bytes | None]:
    """Return what makes contents that break one thing."""
    target = target_called(generator.schema, what)
    breaker = Breaker(generator)

    def broken(choices: DrawnChoices, *, overrides: Mapping[Any, Any]) -> bytes | None:
        del overrides
        found = breaker.broken(target, choices)
        return None if found is None else found.data

    return broken


def target_called(schema: Schema, what: str) -> Target:
    """Return what is broken by the name of a code or a rule.

    Raises:
        ValueError: nothing in the schema is called so.
    """
    known = targets_of(schema)
    for target in known:
        if what in (target.rule, target.code if not target.rule else ""):
            return target
    names = ", ".join(str(target) for target in known)
    raise ValueError(f"`{schema.id}` has no `{what}` to break; it has {names}")


def _overridden(
    schema: Schema, overrides: Mapping[str, SearchStrategy[Any]]
) -> dict[tuple[str, str], SearchStrategy[Any]]:
    found = {}
    for name, strategy in overrides.items():
        type_name, _, field = name.rpartition("__")
        places = [
            (type_.name, field)
            for type_ in schema.types.values()
            if type_.name.rsplit("::", 1)[-1] == type_name or not type_name
            if any(item.id == field for item in type_.sequence)
        ]
        if not places:
            raise ValueError(f"`{schema.id}` has no field `{name}`")
        found.update(dict.fromkeys(places, strategy))
    return found

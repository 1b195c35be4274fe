"""Sizes that the schema alone decides: for `sizeof<…>`, `bitsizeof<…>` and `x._sizeof`.

As in Kaitai, an `if` makes no difference, and bits are summed without the padding that whole bytes
after bit fields bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.schema.contents import contents_bytes
from harness.schema.datatypes import Bits, Named, Number, Shape, shape_of
from harness.schema.expression.error import ExpressionError
from harness.schema.source import Mapping, Scalar
from harness.schema.types import S64_MAX

if TYPE_CHECKING:
    from harness.schema.names import Declarations, TypeDeclaration
    from harness.schema.shapes import Keys

MAX_NESTING: Final = 64


class Sizes:
    """Works sizes out, each type once."""

    def __init__(self, names: Declarations) -> None:
        self._names = names
        self._structs: dict[str, int | None] = {}
        self._nesting = 0

    def of_type(self, text: str, owner: str) -> int | None:
        """Return the bits of the type written `text` inside `owner`; None when content decides.

        Raises:
            ExpressionError: there is no such type.
        """
        return self._of_shape(shape_of(text), owner)

    def _of_shape(self, shape: Shape, owner: str) -> int | None:
        match shape:
            case Number(width=width):
                return width * 8
            case Bits(width=width):
                return width
            case Named(name=name):
                found = self._names.find_type(name, owner)
                if found is None:
                    raise ExpressionError(f"there is no type `{name[:80]}`", 0, "Q905")
                return self.of_struct(found)
            case _:
                return None

    def of_struct(self, name: str) -> int | None:
        """Return the bits of the sequence of the type `name`."""
        if name not in self._structs:
            if self._nesting >= MAX_NESTING:
                return None
            self._structs[name] = None  # what holds itself has no fixed size
            self._nesting += 1
            try:
                self._structs[name] = self._sum(self._names.types[name])
            finally:
                self._nesting -= 1
        return self._structs[name]

    def of_field(self, owner: str, name: str) -> int | None:
        """Return the bits of an attribute or parse instance, all its elements together."""
        keys = self._names.types[owner].fields.get(name)
        return None if keys is None or "value" in keys else self._whole(keys, owner)

    def _sum(self, declaration: TypeDeclaration) -> int | None:
        total = 0
        for keys in declaration.keys.mappings("seq"):
            bits = self._whole(keys, declaration.name)
            if bits is None:
                return None
            total += bits
        return total if total <= S64_MAX else None

    def _whole(self, keys: Keys, owner: str) -> int | None:
        bits = self._element(keys, owner)
        if bits is None or "repeat" not in keys:
            return bits
        count = self._constant(keys, "repeat-expr", owner)
        return None if count is None else _product(bits, count)

    def _element(self, keys: Keys, owner: str) -> int | None:
        node = keys.get("type")
        if isinstance(node, Mapping):
            return None
        contents = contents_bytes(keys)
        if contents is not None:
            return len(contents) * 8
        if "size" in keys:
            size = self._constant(keys, "size", owner)
            return None if size is None else _product(size, 8)
        try:
            shape = shape_of(node.text if isinstance(node, Scalar) else None)
            is_number = isinstance(shape, Number | Bits)
            if not is_number and ("size-eos" in keys or "terminator" in keys):
                return None
            return self._of_shape(shape, owner)
        except ExpressionError:
            return None  # reported where the attribute is built

    def _constant(self, keys: Keys, name: str, owner: str) -> int | None:
        node = keys.get(name)
        found = self._names.constant(node.text, owner) if isinstance(node, Scalar) else None
        return found if found is not None and found >= 0 else None


def _product(one: int, other: int) -> int | None:
    product = one * other
    return product if product <= S64_MAX else None

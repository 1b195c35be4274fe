"""Numbers in other dress: bits of a number, and texts or octets that a number is read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.schema.expression import typed
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import Attribute, BytesData, TextData, ValueInstance
from harness.schema.walk import extents_of

# a type and the name of one of its fields
Name = tuple[str, str]

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Schema
    from harness.writing.choices import Choices

# the base of octets that are put together by themselves
OCTETS: Final = 256
_TRIES: Final = 8
_MOST: Final = 64
# digits of any base that such a number has at most
_ENOUGH: Final = 7
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def masks_in(schema: Schema) -> dict[Name, list[int]]:
    """Return, by field, the masks that single out some of its bits."""
    found: dict[Name, list[int]] = {}
    for tree in _trees(schema):
        match tree:
            case typed.Operation(
                operator="&",
                left=typed.Field(owner=owner, name=name),
                right=typed.Constant(value=int() as mask),
            ) if owner and mask > 0:
                masks = found.setdefault((owner, name), [])
                if mask not in masks:
                    masks.append(mask)
    return found


def numerals_in(schema: Schema) -> dict[Name, int]:
    """Return the base of each text or of octets that tell a size or a count as a number."""
    octets = {
        (type_.name, field.id)
        for type_ in schema.types.values()
        for field in (*type_.sequence, *type_.instances)
        if isinstance(field, Attribute)
        and isinstance(field.data, BytesData)
        and field.repeat is None
    }
    found: dict[Name, int] = {}
    for tree in _measuring(schema):
        match tree:
            case typed.Method(base=typed.Field(owner=owner, name=name), name="to_i"):
                base = base_of(tree)
                if base is not None:
                    found[owner, name] = base
            case typed.Operation(left=left, right=right) if right is not None:
                for side in (left, right):
                    part = _indexed(side)
                    if part in octets:
                        found[part] = OCTETS
    return found


def numerals(
    choices: Choices, base: int, data: BytesData | TextData, room: int | None
) -> Iterator[str | bytes]:
    """Yield texts or octets that are read as a small number.

    Args:
        choices: which.
        base: of the number.
        data: what it stands in.
        room: how many bytes it takes; None for as many as it likes.
    """
    width = room or 1
    if room and data.extent.terminator is not None:
        width -= 1
    most = min(_MOST, base ** min(width, _ENOUGH) - 1)
    for _ in range(_TRIES):
        number = choices.count(0, most)
        if isinstance(data, TextData):
            yield digits(number, base).rjust(width, "0")
        elif base == OCTETS:
            octets = number.to_bytes(width, "big")
            yield octets if choices.integer(0, 1) == 0 else octets[::-1]


def base_of(tree: typed.Method) -> int | None:
    """Return the base that a number is read from a text in; None where it has no digits."""
    base = tree.arguments[0] if tree.arguments else None
    value = base.value if isinstance(base, typed.Constant) else 10
    return value if isinstance(value, int) and 2 <= value <= len(_DIGITS) else None


def digits(number: int, base: int) -> str:
    """Return the digits of a number; none for zero."""
    found = ""
    while number:
        number, digit = divmod(number, base)
        found = _DIGITS[digit] + found
    return found


def _trees(schema: Schema) -> Iterator[Expr]:
    for type_ in schema.types.values():
        for expression in expressions_of(type_):
            yield from nodes_of(expression.tree)


def _measuring(schema: Schema) -> Iterator[Expr]:
    """Yield the parts of sizes and counts, and of what those are computed from."""
    fields = [f for t in schema.types.values() for f in (*t.sequence, *t.instances)]
    waiting = [
        tree for field in fields if isinstance(field, Attribute) for tree in extents_of(field)
    ]
    seen = set[Name]()
    while waiting:
        for node in nodes_of(waiting.pop()):
            yield node
            if isinstance(node, typed.Field) and node.owner and (node.owner, node.name) not in seen:
                seen.add((node.owner, node.name))
                named = (i for i in schema.types[node.owner].instances if i.id == node.name)
                waiting += [i.value.tree for i in named if isinstance(i, ValueInstance)]


def _indexed(tree: Expr) -> tuple[str, str] | None:
    """Return the field of which an octet is shifted or multiplied to become part of a number."""
    while isinstance(tree, typed.Operation) and tree.operator in ("*", "<<"):
        tree = tree.left
    if isinstance(tree, typed.At) and isinstance(tree.base, typed.Field):
        return tree.base.owner, tree.base.name
    return None

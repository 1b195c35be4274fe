"""What a schema says about breaking a thing: which fields it looks at, what it compares with."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    BitsData,
    IntegerData,
    Refers,
    Schema,
    ValueInstance,
)
from harness.schema.types import BoolValue
from harness.writing.breaking.certain import arguments_of
from harness.writing.breaking.targets import fields_of

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices, Item
    from harness.writing.drafting.facts import Name

_MOST_TEXT: Final = 64


class Said(NamedTuple):
    """An expression that tells of a target.

    Attributes:
        type: that it stands in.
        tree: the expression.
        field: whose key it is; empty for a rule of the type.
    """

    type: str
    tree: Expr
    field: str = ""


class Clues(NamedTuple):
    """What is known of a target before anything was tried.

    Attributes:
        said: the expressions that tell whether it is there; `conditions` whether it can be.
        conditions: likewise.
        names: the fields that decide it, through what is computed from them too.
        numbers: the constants in it.
        texts: the texts and octets in it; of a number that can be a character, that character.
        moduli: what remainders are taken of.
    """

    said: tuple[Said, ...]
    conditions: tuple[Said, ...]
    names: frozenset[Name]
    numbers: tuple[int, ...]
    texts: tuple[bytes, ...]
    moduli: tuple[int, ...] = ()


def by_turns(
    items: Sequence[Item], kind: Callable[[Item], Hashable], choices: Choices, most: int
) -> Iterator[Item]:
    """Yield some items in a random order: one of each kind, then another of each, and so on.

    A field that a content has hundreds of times is not looked at more than one that it has once.
    """
    left: dict[Hashable, list[Item]] = {}
    for item in items:
        left.setdefault(kind(item), []).append(item)
    turn: list[Hashable] = []
    for _ in range(min(most, len(items))):
        turn = turn or list(left)
        chosen = choices.pick(turn)
        turn.remove(chosen)
        item = choices.pick(left[chosen])
        left[chosen].remove(item)
        if not left[chosen]:
            del left[chosen]
        yield item


def in_turn(ways: Iterable[Iterator[Item]]) -> Iterator[Item]:
    """Yield one item of each, as long as any has more."""
    left = list(ways)
    while left:
        for way in list(left):
            try:
                item = next(way)
            except StopIteration:
                left.remove(way)
            else:
                yield item


NO_CLUES: Final = Clues((), (), frozenset(), (), ())


def clues_of(schema: Schema, target: Target) -> Clues:
    """Look for what decides a target."""
    said = tuple(_said(schema, target))
    conditions = tuple(_conditions(schema, target))
    names, trees = _looked_at(schema, [one.tree for one in (*said, *conditions)])
    names |= fields_of(schema, target.code)
    if target.code == "S108":
        names |= _before(schema, names)
    numbers: dict[int, None] = {}
    texts: dict[bytes, None] = {}
    for tree in trees:
        for node in nodes_of(tree):
            if not isinstance(node, typed.Constant | typed.ConstantBytes):
                continue
            value = node.value
            if isinstance(value, int) and not isinstance(value, bool):
                numbers.update({value: None, -value: None})
                if 0 <= value < 256:
                    texts[bytes([value])] = None
            elif isinstance(value, str | bytes):
                raw = value.encode() if isinstance(value, str) else value
                texts.update(dict.fromkeys((raw[:_MOST_TEXT], *(bytes([c]) for c in raw[:8]))))
    moduli = dict.fromkeys(n for tree in trees for n in _moduli(tree))
    known = tuple(text for text in texts if text)
    return Clues(said, conditions, names, tuple(numbers), known, tuple(moduli))


def counting(schema: Schema, lists: frozenset[Name]) -> tuple[Name, ...]:
    """Return the numbers of contents that decide how many items some lists have."""
    repeats = [
        field.repeat.expression.tree
        for name, field in _fields(schema)
        if name in lists and field.repeat is not None and field.repeat.expression is not None
    ]
    names, _ = _looked_at(schema, repeats)
    return tuple(
        name
        for name, field in _fields(schema)
        if name in names and isinstance(field.data, IntegerData | BitsData)
    )


def _fields(schema: Schema) -> Iterator[tuple[Name, Attribute]]:
    for name, type_ in schema.types.items():
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute):
                yield (name, field.id), field


def _before(schema: Schema, names: frozenset[Name]) -> frozenset[Name]:
    """Return the fields before some others, whose sizes decide where those lie."""
    found: set[Name] = set()
    for name, type_ in schema.types.items():
        fields = [(name, field.id) for field in type_.sequence]
        last = max((at for at, one in enumerate(fields) if one in names), default=0)
        found.update(fields[:last])
    return frozenset(found)


def _moduli(tree: Expr) -> Iterator[int]:
    for node in nodes_of(tree):
        if isinstance(node, typed.Operation) and node.operator == "%":
            right = node.right
            if isinstance(right, typed.Constant) and right.value.__class__ is int:
                yield right.value


def _looked_at(schema: Schema, trees: Sequence[Expr]) -> tuple[frozenset[Name], tuple[Expr, ...]]:
    """Return the fields that expressions look at, and those with all that they are computed by."""
    waiting = list(trees)
    found: set[Name] = set()
    every: list[Expr] = []
    while waiting:
        tree = waiting.pop()
        every.append(tree)
        for node in nodes_of(tree):
            if not isinstance(node, typed.Field) or not node.owner:
                continue
            name = (node.owner, node.name)
            if name not in found:
                found.add(name)
                waiting += _computing(schema, name)
    return frozenset(found), tuple(every)


def _said(schema: Schema, target: Target) -> Iterator[Said]:
    """Yield what the schema says of a target itself."""
    about = fields_of(schema, target.code)
    for name, type_ in schema.types.items():
        for check in type_.checks:
            if target.rule and check.id == target.rule:
                yield Said(name, check.check.tree)
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and (name, field.id) in about:
                for tree in _of_field(field, target.code):
                    yield Said(name, tree, field.id)


def _conditions(schema: Schema, target: Target) -> Iterator[Said]:
    """Yield when a rule applies."""
    for name, type_ in schema.types.items():
        for check in type_.checks:
            if target.rule and check.id == target.rule and check.when is not None:
                yield Said(name, check.when.tree)


def _of_field(field: Attribute, code: str) -> Iterator[Expr]:
    said: tuple[object, ...] = ()
    match code:
        case "B201" | "B202" | "B208":
            said = (field.valid,)
        case "I503":
            said = (field.sorted_by,)
        case "I504":
            said = (field.unique_by, field.sorted_by)
        case "I505" if field.refers is not None:
            said = (field.refers.value, field.refers.when)
            yield from _of_table(field.refers)
        case "I506" if field.refers is not None:
            yield from _of_table(field.refers)
        case "B204" | "S102" | "S106":
            said = (field.position,)
        case "S104":
            said = (getattr(field.data, "on", None),)
    for one in said:
        yield from _trees(one)


def _of_table(refers: Refers) -> Iterator[Expr]:
    """Yield an expression that looks at what a reference looks for in its table."""
    table, by = refers.table.tree, refers.by
    if by is None:
        yield table
        return
    yield typed.Quantifier(
        type=BoolValue(), base=table, name="any", item="_", index="_index", body=by.tree
    )


def _trees(said: object) -> Iterator[Expr]:
    """Yield the expressions of a key of the schema, those in its parts too."""
    waiting = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, typed.Expression):
            yield one.tree
        elif isinstance(one, tuple):
            waiting += one
        elif isinstance(one, msgspec.Struct) and not isinstance(one, typed.Expr):
            waiting += [getattr(one, name) for name in one.__struct_fields__]


def _computing(schema: Schema, name: Name) -> list[Expr]:
    """Return what a computed instance is computed by, or what is passed as a parameter."""
    type_ = schema.types[name[0]]
    for index, parameter in enumerate(type_.parameters):
        if parameter.id == name[1]:
            return list(arguments_of(schema, name[0], index))
    return [
        instance.value.tree
        for instance in type_.instances
        if instance.id == name[1] and isinstance(instance, ValueInstance)
    ]

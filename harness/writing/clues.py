"""What a schema says about breaking a thing: which fields it looks at, what it compares with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Attribute, Schema, ValueInstance
from harness.writing.certain import arguments_of
from harness.writing.targets import fields_of

if TYPE_CHECKING:
    from harness.schema.expression.typed import Expr
    from harness.writing.choices import Choices, Item
    from harness.writing.facts import Name
    from harness.writing.targets import Target

_MOST_TEXT: Final = 64


class Clues(NamedTuple):
    """What is known of a target before anything was tried.

    Attributes:
        names: the fields that decide it, through what is computed from them too.
        numbers: the constants in it.
        texts: the texts and octets in it; of a number that can be a character, that character.
        moduli: what remainders are taken of.
    """

    names: frozenset[Name]
    numbers: tuple[int, ...]
    texts: tuple[bytes, ...]
    moduli: tuple[int, ...] = ()


def by_turns(
    items: Sequence[Item], name: Callable[[Item], Name], choices: Choices, most: int
) -> Iterator[Item]:
    """Yield some items in a random order: one of each field, then another of each, and so on.

    A field that a content has hundreds of times is not looked at more than one that it has once.
    """
    left: dict[Name, list[Item]] = {}
    for item in items:
        left.setdefault(name(item), []).append(item)
    turn: list[Name] = []
    for _ in range(min(most, len(items))):
        turn = turn or list(left)
        chosen = choices.pick(turn)
        turn.remove(chosen)
        item = choices.pick(left[chosen])
        left[chosen].remove(item)
        if not left[chosen]:
            del left[chosen]
        yield item


NO_CLUES: Final = Clues(frozenset(), (), ())


def clues_of(schema: Schema, target: Target) -> Clues:
    """Look for what decides a target."""
    names, trees = looked_at(schema, target)
    names |= fields_of(schema, target.code)
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
    return Clues(names, tuple(numbers), tuple(text for text in texts if text), tuple(moduli))


def _moduli(tree: Expr) -> Iterator[int]:
    for node in nodes_of(tree):
        if isinstance(node, typed.Operation) and node.operator == "%":
            right = node.right
            if isinstance(right, typed.Constant) and right.value.__class__ is int:
                yield right.value


def looked_at(schema: Schema, target: Target) -> tuple[frozenset[Name], tuple[Expr, ...]]:
    """Return the fields that decide a target, and the expressions that tell so."""
    waiting = list(_expressions(schema, target))
    found: set[Name] = set()
    trees: list[Expr] = []
    while waiting:
        tree = waiting.pop()
        trees.append(tree)
        for node in nodes_of(tree):
            if not isinstance(node, typed.Field) or not node.owner:
                continue
            name = (node.owner, node.name)
            if name not in found:
                found.add(name)
                waiting += _computing(schema, name)
    return frozenset(found), tuple(trees)


def _expressions(schema: Schema, target: Target) -> Iterator[Expr]:
    """Yield what the schema says of a target itself."""
    about = fields_of(schema, target.code)
    for name, type_ in schema.types.items():
        for check in type_.checks:
            if target.rule and check.id == target.rule:
                yield check.check.tree
                if check.when is not None:
                    yield check.when.tree
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute) and (name, field.id) in about:
                yield from _of_field(field, target.code)


def _of_field(field: Attribute, code: str) -> Iterator[Expr]:
    said: tuple[object, ...] = ()
    match code:
        case "B201" | "B202" | "B208":
            said = (field.valid,)
        case "I503":
            said = (field.sorted_by,)
        case "I504":
            said = (field.unique_by, field.sorted_by)
        case "I505":
            said = (field.refers,)
        case "B204":
            said = (field.position,)
        case "S104":
            said = (getattr(field.data, "on", None),)
    for one in said:
        yield from _trees(one)


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

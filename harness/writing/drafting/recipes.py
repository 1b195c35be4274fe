"""How the fields of a type are grown, as far as that shows without a draft; found once a type."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.reading.steps import fixed_bytes
from harness.reading.tree import UNREAD, Value
from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
)
from harness.schema.walk import arms_of, extents_of

if TYPE_CHECKING:
    from harness.reading.plan import Plan
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.facts import Facts
    from harness.writing.drafting.judge import Judge
    from harness.writing.drafting.told import Goal

_NUMBERS: Final = (IntegerData, FloatData, BitsData)


class Amount(NamedTuple):
    """A size or count that a field takes part in.

    Attributes:
        when: under which condition it is one.
        tree: computes it.
    """

    when: Expr | None
    tree: Expr


class Recipe(NamedTuple):
    """How one field is grown.

    Attributes:
        slot: where it stands.
        field: the field in the IR.
        width: bytes of a number that stands there by itself; 0 for anything else.
        is_free: it is such a number, and nothing else tells what it is.
        judge: of the type.
        is_judged: rules look at it.
        goals: what makes other values follow from it.
        is_plain: it is one value without structure.
        begins_byte: bits that are left over before it are not used.
        fixed: the only value there can be; UNREAD where it follows from the bytes of the file.
        fixed_size: how many bytes that takes; 0 where it is not fixed.
        amounts: the sizes and counts in the same type that are computed from it.
        is_measure: it is more than a number, and such an amount is computed from what is in it.
        ahead: of fields behind it with only fixed sizes between, how far off each begins, and at a
            multiple of what.
    """

    slot: int
    field: Attribute
    width: int
    is_free: bool
    judge: Judge
    is_judged: bool
    goals: tuple[Goal, ...]
    is_plain: bool
    begins_byte: bool
    fixed: Value
    fixed_size: int
    amounts: tuple[Amount, ...]
    is_measure: bool
    ahead: tuple[tuple[int, int], ...] = ()


class Run(NamedTuple):
    """Neighbours of which there is nothing to decide.

    Attributes:
        slots: where they stand.
        place: likewise.
        unread: what stands there before.
        values: what stands there then.
        open: those whose value follows from the bytes of the file.
        size: how many bytes they take.
    """

    slots: range
    place: slice
    unread: list[Value]
    values: list[Value]
    open: tuple[int, ...]
    size: int


class Recipes:
    """The recipes of one type.

    Attributes:
        by_slot: of every attribute.
        sequence: those of the sequence in order, or runs of several that are fixed.
        sorted: the slots of lists in an order.
    """

    def __init__(self, plan: Plan, facts: Facts, judge: Judge) -> None:
        amounts = _amounts(plan, facts)
        self.by_slot = {
            slot: _recipe(plan, slot, field, facts, judge, tuple(amounts.get(slot, ())))
            for slot, field in enumerate(plan.fields)
            if isinstance(field, Attribute)
        }
        self.sorted = tuple(
            slot for slot, recipe in self.by_slot.items() if recipe.field.sorted_by is not None
        )
        members = [self.by_slot[slot] for slot in plan.sequence_slots]
        if any(recipe.field.align != 1 for recipe in members):
            for number, recipe in enumerate(members):
                if width_of(recipe.field) is not None:
                    continue  # whatever it is, what follows lies where it lies
                ahead = tuple(_ahead(members[number + 1 :]))
                members[number] = self.by_slot[recipe.slot] = recipe._replace(ahead=ahead)
        self.sequence = tuple(_parts(members))


def _parts(members: list[Recipe]) -> Iterator[Recipe | Run]:
    for is_fixed, batch in groupby(members, key=lambda recipe: recipe.fixed_size > 0):
        if is_fixed:
            yield _run(list(batch))
        else:
            yield from batch


def _ahead(following: list[Recipe]) -> Iterator[tuple[int, int]]:
    distance = 0
    for recipe in following:
        if recipe.field.align != 1:
            yield distance, recipe.field.align
        width = width_of(recipe.field)
        if width is None:
            return
        distance += width


def width_of(field: Attribute) -> int | None:
    """Return the bytes that a field always takes; None where they differ."""
    if field.repeat is not None or field.condition is not None:
        return None
    if isinstance(field.data, IntegerData | FloatData):
        return field.data.width
    extent = getattr(field.data, "extent", None)
    size = extent.size.tree if extent is not None and extent.size is not None else None
    if isinstance(size, typed.Constant) and isinstance(size.value, int):
        return size.value
    return None


def _run(batch: list[Recipe]) -> Run:
    first, last = batch[0].slot, batch[-1].slot + 1
    return Run(
        slots=range(first, last),
        place=slice(first, last),
        unread=[UNREAD] * len(batch),
        values=[recipe.fixed for recipe in batch],
        open=tuple(recipe.slot for recipe in batch if recipe.fixed is UNREAD),
        size=sum(recipe.fixed_size for recipe in batch),
    )


def _amounts(plan: Plan, facts: Facts) -> dict[int, list[Amount]]:
    """Return, by slot, what is computed from it in its own structure, and under what."""
    found: dict[int, list[Amount]] = {}
    for field in plan.fields:
        if not isinstance(field, Attribute):
            continue
        when = field.condition.tree if field.condition is not None else None
        for tree in extents_of(field):
            names = {
                name
                for owner, name in facts.deciding(tree, plan.type.name)
                if owner == plan.type.name
            }
            needed = facts.compiled.needed(tree)
            for slot, name in enumerate(plan.names):
                if name in names or slot in needed:
                    found.setdefault(slot, []).append(Amount(when, tree))
    return found


def _recipe(
    plan: Plan, slot: int, field: Attribute, facts: Facts, judge: Judge,
    amounts: tuple[Amount, ...],
) -> Recipe:  # fmt: skip
    name = (plan.type.name, field.id)
    goals = tuple(facts.goals.get(name, ()))
    is_judged = judge.looks_at(slot)
    is_alone = field.repeat is None and field.condition is None
    width = field.data.width if isinstance(field.data, IntegerData | FloatData) else 0
    follows = field.derive is not None or field.checksum is not None
    is_told = follows or field.refers is not None or name in facts.equal or name in facts.uses
    fixed: Value = UNREAD
    size = 0
    if is_alone and not is_judged and not goals:
        fixed, size = _fixed(field, is_told=is_told)
    return Recipe(
        slot=slot,
        field=field,
        width=width if is_alone else 0,
        is_free=is_alone and width > 0 and not is_told,
        judge=judge,
        is_judged=is_judged,
        goals=goals,
        is_plain=field.repeat is None and not isinstance(field.data, StructData | SwitchData),
        begins_byte=not any(isinstance(data, BitsData) for data in arms_of(field.data)),
        fixed=fixed,
        fixed_size=size,
        amounts=amounts,
        is_measure=bool(amounts)
        and (field.repeat is not None or not isinstance(field.data, _NUMBERS)),
    )


def _fixed(field: Attribute, *, is_told: bool) -> tuple[Value, int]:
    """Return the only value of a field and its size, where there is just one."""
    data, is_zero = field.data, field.padding == "zero" and field.valid is None
    if isinstance(data, IntegerData | FloatData):
        if field.derive is not None or field.checksum is not None:
            return UNREAD, data.width
        return (0, data.width) if is_zero and not is_told else (UNREAD, 0)
    if not isinstance(data, BytesData) or is_told:
        return UNREAD, 0
    size = fixed_bytes(data)
    if field.contents is not None and len(field.contents) == size:
        return field.contents, size
    return (bytes(size), size) if is_zero and field.contents is None else (UNREAD, 0)

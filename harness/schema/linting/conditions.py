"""Conditions and comparisons that have only one outcome, whatever the content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.expression.walk import nodes_of
from harness.schema.linting.facts import NOTHING, Facts
from harness.schema.linting.flow import parts_of
from harness.schema.linting.interval import Interval
from harness.schema.linting.spots import Spot, spots_of
from harness.schema.linting.subject import Subject
from harness.schema.linting.truth import COMPARISONS, compared, truth
from harness.schema.linting.values import Values
from harness.schema.linting.wording import in_words, source_of
from harness.schema.types import IntValue

_CONDITIONS: Final = frozenset({"condition", "check", "until"})


def check(subject: Subject) -> None:
    """Report conditions that are always true or always false (Q943)."""
    for type_ in subject.own:
        for spot in spots_of(type_):
            if subject.has_given_up:
                return
            found = list(_constants(subject, spot))
            if not found and spot.role == "condition":
                found = list(_never_in_valid(subject, spot))
            for actual in found:
                subject.report("Q943", spot.where, actual)


def _never_in_valid(subject: Subject, spot: Spot) -> Iterator[str]:
    """A field that only content with a wrong value has.

    The other way round is no mistake: a wrong value does not stop reading, so a condition that is
    always true of right ones keeps it from being told twice.
    """
    tree = spot.expression.tree
    if any(_is_literal(part) or _is_forcing(part, subject.valid) for part in nodes_of(tree)):
        return
    if truth(tree, NOTHING, subject.valid) is False:
        words = source_of(tree, subject.schema.enums)
        yield f"`{words}` is never true where the other fields are valid"


def _is_of_stream(tree: Expr) -> bool:
    return isinstance(tree, typed.StreamProperty)


def _is_literal(tree: Expr) -> bool:
    return isinstance(tree, typed.Constant) and isinstance(tree.value, bool)


def _constants(subject: Subject, spot: Spot) -> Iterator[str]:
    whole, judge = spot.expression.tree, subject.all
    if spot.role in _CONDITIONS and isinstance(whole, typed.Constant):
        yield f"the condition is always {str(whole.value).lower()}"
    halves = _halves_of_ranges(whole)
    for tree, facts in parts_of(spot.expression, spot.guards, judge):
        if not isinstance(tree, typed.Operation) or tree.operator not in COMPARISONS:
            continue
        found = _outcome(tree, facts, judge)
        is_meant = _is_forcing(tree, judge) or (found is True and tree in halves)
        if found is not None and not is_meant:
            words = source_of(tree, subject.schema.enums)
            why = _reason(subject, tree, facts, judge)
            yield f"`{words}` is always {str(found).lower()}{why}"


def _outcome(tree: typed.Operation, facts: Facts, judge: Values) -> bool | None:
    """What a comparison always is; saying once more what is known already is no mistake."""
    if tree.right is None:
        return None
    found = compared(tree.operator, tree.left, tree.right, facts, judge)
    if found is not True:
        return found
    return compared(tree.operator, tree.left, tree.right, NOTHING, judge)


def _halves_of_ranges(whole: Expr) -> set[Expr]:
    """`tag >= 0x00 and tag <= 0x1f`: the half that says nothing is written for the reader."""
    found: set[Expr] = set()
    for node in nodes_of(whole):
        if isinstance(node, typed.Operation) and node.operator == "and" and node.right is not None:
            pair = [one for one in (node.left, node.right) if isinstance(one, typed.Operation)]
            if len(pair) == 2 and pair[0].left == pair[1].left:
                found.update(pair)
    return found


def _is_forcing(tree: Expr, judge: Values) -> bool:
    """`if: start >= 0`, where `start` is `_io.pos`: the way to have it taken down here."""
    if not isinstance(tree, typed.Operation) or tree.operator not in COMPARISONS:
        return False
    for side in (tree.left, tree.right):
        inner = judge.members.definition(side) if isinstance(side, typed.Field) else side
        if inner is not None and any(
            isinstance(one, typed.StreamProperty) for one in nodes_of(inner)
        ):
            return True
    return False


def _reason(subject: Subject, tree: typed.Operation, facts: Facts, judge: Values) -> str:
    """The ranges of the sides that are not literals."""
    said = []
    for side in (tree.left, tree.right):
        if side is None or isinstance(side, typed.Constant | typed.ConstantBytes):
            continue
        words = source_of(side, subject.schema.enums)
        if isinstance(side.type, IntValue):
            said.append(f"`{words}` is {in_words(judge.interval(side, facts))}")
        else:
            said.append(f"`{words}` has {_characters(judge.length(side, facts))}")
    return f": {', '.join(said)}" if said else ""


def _characters(length: Interval) -> str:
    return f"a length of {in_words(length)}"

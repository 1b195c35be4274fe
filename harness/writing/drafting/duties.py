"""Duties: the rules of a type as they are run on what is not all there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.reading.faults import Unknown
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.writing.drafting.outcomes import Rejected

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.rules import Rule
    from harness.reading.tree import Location
    from harness.schema.ir import Check
    from harness.writing.drafting.compiled import Compiled
    from harness.writing.drafting.draft import Draft


class Broken:
    """A rule that is to be broken, wherever it applies."""

    def __init__(self, compiled: Compiled, check: Check) -> None:
        self._when = compiled.of(check.when.tree) if check.when is not None else None
        self._holds = compiled.of(check.check.tree)

    def run(self, place: Location, bound: Bound) -> bool:
        """Reject a structure that keeps the rule; it is never known that none will.

        Raises:
            Rejected: it does.
        """
        node = place.node
        draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
        try:
            if self._when is not None and not draft.look(self._when, node, bound):
                return False
            if not draft.look(self._holds, node, bound):
                return False
        except Unknown:
            return False
        raise Rejected


class Duty(NamedTuple):
    """A rule.

    Attributes:
        rule: what is run.
        needed: the slots of the structure without which it has nothing to say.
        wholes: those of them whose lists it needs complete.
        bit: stands for it among what is known to hold; 0 if that may change later.
    """

    rule: Rule | Broken
    needed: tuple[int, ...]
    wholes: frozenset[int]
    bit: int


def duty_of(compiled: Compiled, number: int, rule: Rule, broken: str) -> Duty:
    """Return a rule as a duty; the one that is to be broken is kept where it does not hold."""
    check = rule.check
    trees = [check.check.tree] if check.when is None else [check.when.tree, check.check.tree]
    needed = dict.fromkeys(slot for tree in trees for slot in compiled.needed(tree))
    moves = any(isinstance(n, typed.StreamProperty) for tree in trees for n in nodes_of(tree))
    is_broken = check.id == broken
    judged = Broken(compiled, check) if is_broken else rule
    wholes = frozenset(slot for tree in trees for slot in compiled.wholes(tree))
    return Duty(judged, tuple(needed), wholes, 0 if moves else 1 << number)

"""Arguments: what structures get from those around them, as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.reading.faults import Fault, Unknown
from harness.reading.tree import UNREAD, StructNode, ancestors
from harness.schema.ir import Attribute, StructData
from harness.schema.walk import arms_of
from harness.writing.drafting.outcomes import GivenUp

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.draft import Draft

MAX_PASSED: Final = 100_000  # each takes some microseconds


class Arguments:
    """Passes arguments in one draft.

    Attributes:
        waiting: by number, structures that some are not known of yet.
        tried: how often some were looked for.
        most: how often they may be, until the draft is given up; None for any number.
    """

    def __init__(self, draft: Draft, *, is_free: bool) -> None:
        self._draft = draft
        self.tried = 0
        self.most: int | None = None if is_free else MAX_PASSED
        self.waiting: dict[int, StructNode] = {}
        self._known: dict[tuple[int, int, int], tuple[Evaluate, ...]] = {}

    def wait_for(self, node: StructNode) -> None:
        """Keep in mind that arguments of a structure are not known yet."""
        if id(node) not in self.waiting:
            self.waiting[id(node)] = node
            self._draft.undoing(self.waiting.pop, id(node), None)

    def fill_around(self, node: StructNode) -> bool:
        """Pass on arguments of a structure and of those around it; say whether any was."""
        return bool(self.waiting) and any(self._fill(around) for around in ancestors(node))

    def fill_all(self) -> bool:
        """Pass on all arguments that are known by now, unless nothing may grow for it."""
        waiting = list(self.waiting.values()) if self._draft.may_grow else ()
        return any(self._fill(node) for node in waiting)

    def _fill(self, node: StructNode) -> bool:
        self.tried += 1
        if self.most is not None and self.tried > self.most:
            raise GivenUp
        found, is_left = False, False
        for slot, argument in enumerate(self._of(node)):
            if node.values[slot] is UNREAD and node.parent is not None:
                try:
                    value = argument(node.parent, {"_index": node.index})
                except (Unknown, Fault, KeyError):
                    is_left = True
                    continue
                self._draft.set(node, slot, value)
                found = True
        if not is_left and self.waiting.pop(id(node), None) is not None:
            self._draft.undoing(self.waiting.__setitem__, id(node), node)
        return found

    def pass_again(self, node: StructNode) -> None:
        """Evaluate the arguments of a structure whose index has changed."""
        for slot, argument in enumerate(self._of(node)):
            if node.parent is not None:
                try:
                    node.values[slot] = argument(node.parent, {"_index": node.index})
                except (Unknown, Fault):
                    node.values[slot] = UNREAD
                    self.wait_for(node)

    def _of(self, node: StructNode) -> tuple[Evaluate, ...]:
        """Return what computes the arguments of a structure in that around it."""
        if not node.plan.type.parameters or node.parent is None:
            return ()
        key = (id(node.parent.plan), node.slot, id(node.plan))
        if key not in self._known:
            self._known[key] = tuple(self._draft.compile(tree) for tree in trees_of(node))
        return self._known[key]


def trees_of(node: StructNode) -> tuple[Expr, ...]:
    """Return the arguments of a structure, expressions of that around it."""
    data = _struct_data(node)
    return tuple(argument.tree for argument in data.arguments) if data is not None else ()


def _struct_data(node: StructNode) -> StructData | None:
    """Return how the structure around `node` describes it."""
    if node.parent is None:
        return None
    field = node.parent.plan.fields[node.slot]
    arms = arms_of(field.data) if isinstance(field, Attribute) else ()
    name = node.plan.type.name
    return next((arm for arm in arms if isinstance(arm, StructData) and arm.type == name), None)

"""Judging a draft: the reader's own checks and rules, applied to what is decided so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from harness.reading.checks import TypeChecks
from harness.reading.checksums import Sum
from harness.reading.derived import Derived
from harness.reading.expressions import Evaluate
from harness.reading.faults import Fault, Unknown
from harness.reading.tree import ListNode, Location, Missing, StructNode, Value, ancestors
from harness.reading.values import ValueCheck, compile_checks
from harness.schema.ir import Attribute
from harness.writing.drafting.compiled import Compiled, lacks
from harness.writing.drafting.draft import Draft
from harness.writing.drafting.duties import Duty, duty_of
from harness.writing.drafting.facts import Facts
from harness.writing.drafting.layouts import Layouts
from harness.writing.drafting.outcomes import Rejected
from harness.writing.drafting.packs import Pack, packs_of
from harness.writing.drafting.recipes import Recipes
from harness.writing.drafting.settle import has_sums_in_octets
from harness.writing.drafting.space import is_address

if TYPE_CHECKING:
    from harness.reading.plan import Plan, PlanBook
    from harness.schema.expression.typed import Expr

# items of a list of which each is compared with all others
FEW: Final = 64


class Judges:
    """The judges of all types of a schema, made when first needed.

    Free ones allow everything, for contents that somebody else has decided.
    """

    def __init__(self, book: PlanBook, *, are_free: bool = False, broken: str = "") -> None:
        """Make them.

        Args:
            book: the compiled types.
            are_free: allow everything.
            broken: a rule that must not hold wherever it applies.
        """
        self.are_free = are_free
        self.broken = broken
        self.compiled = Compiled(book)
        self.facts = Facts(book, self.compiled, broken)
        self.layouts = Layouts(book.schema, self.facts)
        self.has_sums_in_octets = has_sums_in_octets(book.schema)
        self.book = book
        self._known: dict[Plan, Judge] = {}
        self._recipes: dict[Plan, Recipes] = {}
        self._packs: dict[Plan, tuple[Pack | int, ...]] = {}

    def recipes(self, plan: Plan) -> Recipes:
        """Return how the fields of a type are grown."""
        found = self._recipes.get(plan)
        if found is None:
            found = self._recipes[plan] = Recipes(plan, self.facts, self.of(plan))
        return found

    def packs(self, plan: Plan) -> tuple[Pack | int, ...]:
        """Return how the sequence of a type is written."""
        found = self._packs.get(plan)
        if found is None:
            found = self._packs[plan] = tuple(packs_of(plan))
        return found

    def of(self, plan: Plan) -> Judge:
        """Return the judge of the structures of a type."""
        found = self._known.get(plan)
        if found is None:
            found = self._known[plan] = Judge(self, plan)
        return found

    def judge_around(self, node: StructNode) -> None:
        """Judge what a structure is in, now that there is more in it.

        Raises:
            Rejected: a rule is broken, or two items are alike that must differ.
        """
        for around in ancestors(node):
            if around.parent is not None:
                judge = self.of(around.parent.plan)
                judge.judge_field(around.parent, around.slot)
                if around.index >= 0:
                    judge.judge_alike(around.parent, around.slot, around.index)

    @staticmethod
    def decide_endian(node: StructNode) -> None:
        """Decide the byte order of a structure as the reader does."""
        if node.plan.type.endian is not None:
            try:
                node.plan.steps[0](node, node.stream)
            except (Fault, Unknown):
                raise Rejected from None


class Judge:
    """Judges the structures of one type."""

    def __init__(self, judges: Judges, plan: Plan) -> None:
        book, facts = judges.book, judges.facts
        self._is_free = judges.are_free
        self._checks = TypeChecks(book, plan, (), is_closing=False)
        self._duties = [
            duty_of(judges.compiled, number, rule, judges.broken)
            for number, rule in enumerate(self._checks.rules)
        ]
        self._derived = {derived.slot: derived for derived in self._checks.derived}
        self._sums = {checksum.slot: checksum for checksum in self._checks.checksums}
        self._values: dict[int, ValueCheck | None] = {}
        self._book = book
        self._compile = judges.compiled.of
        name = plan.type.name
        self._mentions = {
            slot: [self._duties[number] for number in facts.mentions.get((name, field.id), ())]
            for slot, field in enumerate(plan.fields)
        }
        # rules that need what comes later are judged when that is there
        self._grown = {
            slot: [duty for duty in duties if max(duty.needed, default=slot) <= slot]
            for slot, duties in self._mentions.items()
        }
        # what asks for a list as a whole has nothing to say while it grows
        self._of_items = {
            slot: [duty for duty in duties if slot not in duty.wholes]
            for slot, duties in self._mentions.items()
        }
        self._orders: dict[int, list[tuple[Evaluate, Evaluate | None]]] = {}
        for slot, field in enumerate(plan.fields):
            if isinstance(field, Attribute):
                orders = self._unique_orders(field, facts.keys.get((name, field.id), ()))
                if orders:
                    self._orders[slot] = orders

    def _unique_orders(
        self, field: Attribute, keys: Sequence[Expr]
    ) -> list[tuple[Evaluate, Evaluate | None]]:
        is_strict = field.sorted_by is not None and field.sorted_by.strict
        orders = (field.unique_by, field.sorted_by if is_strict else None)
        compile_ = self._book.expressions.compile
        found = [
            (compile_(o.by.tree), compile_(o.when.tree) if o.when is not None else None)
            for o in orders
            if o is not None
        ]
        return found or [(compile_(by), None) for by in keys]

    def allows(self, node: StructNode, slot: int, index: int, candidate: Value) -> bool:
        """Whether a value may stand in a slot, as far as that can be told."""
        return self.verdict(node, slot, index, candidate) is not None

    def accepts(
        self, node: StructNode, slot: int, index: int, candidate: Value, *, is_growing: bool = False
    ) -> bool:
        """The same of a value that will stand there; what holds with it is kept in mind."""
        draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
        known = draft.held.get(id(node), 0)
        held = self.verdict(node, slot, index, candidate, is_growing=is_growing)
        if held is not None and held != known:
            draft.hold(node, held)
        return held is not None

    def verdict(
        self, node: StructNode, slot: int, index: int, candidate: Value, *, is_growing: bool = False
    ) -> int | None:
        """Return what is known to hold with a value in a slot; None if it may not stand there.

        Args:
            node: the structure.
            slot: of it.
            index: of an item in a list; -1 for the whole value.
            candidate: the value.
            is_growing: what comes after the slot will be judged, too.
        """
        if self._is_free:
            return 0
        draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
        duties = self._grown[slot] if is_growing else self._mentions[slot]
        known = draft.held.get(id(node), 0)
        if not duties and self._check_of(node, slot) is None:
            return known
        held = node.values[slot]
        place = held.items if index >= 0 and isinstance(held, ListNode) else node.values
        at = index if index >= 0 else slot
        before, place[at] = place[at], candidate
        draft.changed()
        try:
            self.judge_value(node, slot, index, candidate)
            return _held(duties, node, known) if duties else known
        except Rejected:
            return None
        finally:
            place[at] = before
            draft.changed()

    def judge_value(self, node: StructNode, slot: int, index: int, value: Any) -> None:
        """Judge a value by itself.

        Raises:
            Rejected: the reader would report it.
        """
        if self._is_free or is_address(value):
            return
        check = self._check_of(node, slot)
        if check is None:
            return
        draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
        if draft.arguments.waiting:
            draft.arguments.fill_around(node)
        before, draft.may_grow = draft.may_grow, False
        try:
            check(node, slot, index, value)
        except Unknown:
            return
        except Fault:
            raise Rejected from None
        finally:
            draft.may_grow = before

    def _check_of(self, node: StructNode, slot: int) -> ValueCheck | None:
        """Return what judges a value by itself; alignment is for layout to see to."""
        if slot not in self._values:
            field = node.plan.fields[slot]
            assert isinstance(field, Attribute)
            self._values[slot] = compile_checks(self._book, replace(field, align=1))
        return self._values[slot]

    def looks_at(self, slot: int) -> bool:
        """Whether a rule looks at a slot."""
        return bool(self._mentions[slot])

    def judge_grown(self, node: StructNode, slot: int) -> None:
        """Judge a structure by the rules that look at a slot, and at nothing that comes later."""
        duties = self._grown[slot]
        if duties and not self._is_free:
            _run(duties, node)

    def judge_field(self, node: StructNode, slot: int) -> None:
        """Judge a structure by all rules that look at one slot, which may have been known to hold.

        Raises:
            Rejected: one does not hold.
        """
        duties = self._mentions[slot]
        if duties and not self._is_free:
            _run(duties, node, is_anew=True)

    def judge(self, node: StructNode) -> None:
        """Judge a structure by all rules of its type."""
        if self._duties and not self._is_free:
            _run(self._duties, node)

    def judge_item(self, node: StructNode, slot: int, index: int) -> None:
        """Judge the last item of a list by what must tell it from the others."""
        duties = self._of_items[slot]
        if duties and not self._is_free:
            _run(duties, node)
        self.judge_alike(node, slot, index)

    def judge_alike(self, node: StructNode, slot: int, index: int) -> None:
        """Judge one item of a list by what must tell it from the others."""
        if self._is_free or slot not in self._orders:
            return
        items = node.values[slot]
        if not isinstance(items, ListNode):
            return
        with _looking(node):
            for number, (by, when) in enumerate(self._orders[slot]):
                if len(items.items) > FEW:
                    self._judge_known(node, items, index, number)
                    continue
                keys = [key_of(node, item, n, by, when) for n, item in enumerate(items.items)]
                if keys[index] is not None and keys.count(keys[index]) > 1:
                    raise Rejected

    def _judge_known(self, node: StructNode, items: ListNode, index: int, number: int) -> None:
        """The same for long lists, by the keys that items had when they were judged.

        One that has changed since is overlooked; the whole content is judged in the end.
        """
        draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
        by, when = self._orders[items.slot][number]
        is_new = (id(items), number) not in draft.alike
        known = draft.alike.setdefault((id(items), number), {})
        for n in range(len(items.items)) if is_new else (index,):
            key = key_of(node, items.items[n], n, by, when)
            first = known.setdefault(key, n)
            if n != index or key is None or first == n or first >= len(items.items):
                continue
            if key_of(node, items.items[first], first, by, when) == key:
                raise Rejected
            known[key] = n

    def derived(self, slot: int) -> Derived | None:
        """Return what computes a slot from where things lie."""
        return self._derived.get(slot)

    def checksum(self, slot: int) -> Sum | None:
        """Return what computes a slot from the bytes of the content."""
        return self._sums.get(slot)

    def must_differ(self, slot: int) -> bool:
        """Whether the items of a list must differ in something."""
        return slot in self._orders

    def put_in_order(self, node: StructNode, slot: int, draft: Draft) -> None:
        """Sort a list that must be sorted, as soon as what it is sorted by is known."""
        field, items = node.plan.fields[slot], node.values[slot]
        if not isinstance(field, Attribute) or field.sorted_by is None:
            return
        if self._is_free or not isinstance(items, ListNode):
            return
        by = self._compile(field.sorted_by.by.tree)
        with _looking(node):
            keys = [key_of(node, item, n, by, None) for n, item in enumerate(items.items)]
        if any(key is None for key in keys):
            return
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=field.sorted_by.descending)
        if order != list(range(len(keys))):
            draft.reorder(items, [items.items[number] for number in order])


def _run(duties: Sequence[Duty], node: StructNode, *, is_anew: bool = False) -> None:
    """Judge a structure, and keep in mind what is known to hold.

    Raises:
        Rejected: a rule does not hold.
    """
    draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
    before = draft.held.get(id(node), 0)
    held = _held(duties, node, 0 if is_anew else before)
    if held != before:
        draft.hold(node, held)


def _held(duties: Sequence[Duty], node: StructNode, known: int) -> int:
    """Run the rules that are not known to hold and have something to say; return those that do.

    Raises:
        Rejected: one does not hold.
    """
    draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
    if draft.arguments.waiting:
        draft.arguments.fill_around(node)
    before, draft.may_grow = draft.may_grow, False
    try:
        for rule, needed, _, bit in duties:
            if bit & known or lacks(node.values, needed):
                continue
            try:
                if rule.run(Location(node), {"_": node}):
                    known |= bit
            except Rejected:  # unless it compares an offset not known yet with what is none
                if sum(is_address(node.values[slot]) for slot in needed) != 1:
                    raise
    finally:
        draft.may_grow = before
    return known


def _looking(node: StructNode) -> Any:
    draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
    draft.arguments.fill_around(node)
    return draft.only_looking()


def key_of(node: StructNode, item: Value, number: int, by: Evaluate, when: Evaluate | None) -> Any:
    """Return what an item is sorted or told apart by; None where it is unknown, or no matter."""
    if isinstance(item, Missing):
        return None
    draft: Draft = node.stream.session  # type: ignore[assignment]  # what is grown is in a draft
    bound = {"_": item, "_index": number}
    try:
        if when is not None and not draft.look(when, node, bound):
            return None
        return draft.look(by, node, bound)
    except (Unknown, Rejected):
        return None

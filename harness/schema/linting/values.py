"""Which integers each expression of a schema can be, from types, `valid`, enums and conditions."""

from __future__ import annotations

from typing import Final

from harness.findings.model import Severity
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr
from harness.schema.ir import (
    Attribute,
    Parameter,
    Schema,
    Valid,
    ValueInstance,
)
from harness.schema.linting.facts import NOTHING, Facts, assume, bare
from harness.schema.linting.interval import ANY, LENGTH, Interval, domain, exact, in_digits, of_type
from harness.schema.linting.lengths import length_of
from harness.schema.linting.members import Member, Members, Name, calls, element
from harness.schema.linting.truth import truth
from harness.schema.types import BytesValue, IntValue, StructValue, TextValue

# How far a value is followed into what it is computed from, how deep that may lead (a size may
# depend on itself), and how much one schema may cost.
MAX_CHAIN: Final = 24
MAX_DEPTH: Final = 400
MAX_STEPS: Final = 100_000


class Values:
    """Ranges of integer expressions; each field is worked out once.

    Args:
        schema: the schema.
        in_valid: count only content that keeps to `valid`, enums and the arguments that parameters
            are given; else all that the types hold, since reading goes on after a wrong value.

    Attributes:
        members: what names stand for.
        steps_left: how many more expressions are looked at; then every answer is the type's.
    """

    def __init__(self, schema: Schema, *, in_valid: bool) -> None:
        self._schema = schema
        self._in_valid = in_valid
        self.steps_left = MAX_STEPS
        self._depth = 0
        self.members = Members(schema)
        self._known: dict[tuple[str, str], Interval] = {}
        self._under_way: set[tuple[str, str]] = set()
        self._rules: dict[str, Facts] = {}
        self._is_ruling = False
        self._drafts: dict[Name, Interval] = {}
        self._implied: dict[tuple[str, str, bool], Facts] = {}
        self._calls = calls(schema) if in_valid else {}

    def spend(self) -> bool:
        """Whether one more step may be taken."""
        self.steps_left -= 1
        return self.steps_left >= 0

    # what a name stands for

    def implied(self, tree: typed.Field, *, holds: bool) -> Facts:
        """Return what follows from a computed condition of the same structure; worked out once."""
        key = (tree.owner, tree.name, holds)
        if key not in self._implied:
            self._implied[key] = NOTHING  # while it is worked out
            inner = self.members.definition(tree)
            if inner is not None and self._depth < MAX_DEPTH:
                self._depth += 1
                self._implied[key] = assume(inner, NOTHING, self, holds=holds)
                self._depth -= 1
        return self._implied[key]

    def length(self, tree: Expr, facts: Facts) -> Interval:
        """Return how long a string or byte array can be."""
        match tree:
            case typed.ConstantBytes(value=value):
                return Interval(len(value), len(value))
            case typed.Constant(value=str() as value):
                return Interval(len(value), len(value))
            case typed.Field():
                member = self.members.find(tree.owner, tree.name)
                is_own = isinstance(tree.base, typed.Self)
                if isinstance(member, Attribute) and member.repeat is None:
                    return length_of(member, facts if is_own else NOTHING, self)
        return LENGTH

    # ranges

    def interval(self, tree: Expr, facts: Facts) -> Interval:
        """Return the values of an integer expression, given the facts."""
        tree = bare(tree)
        if not self.spend() or self._depth >= MAX_DEPTH:
            return of_type(tree.type)
        self._depth += 1
        try:
            found = self._computed(tree, facts)
        finally:
            self._depth -= 1
        known = facts.ranges.get(tree) if facts.ranges else None
        return found if known is None else found.meet(known)

    def _computed(self, tree: Expr, facts: Facts) -> Interval:
        widest = of_type(tree.type)
        match tree:
            case typed.Field() if isinstance(tree.type, IntValue):
                found = self._definition_range(tree, facts)
                return found.meet(widest)
            case typed.Operation():
                return self._operation(tree, facts)
            case typed.Choice():
                return self._choice(tree, facts)
            case typed.At(base=typed.Field() as base):
                return self.field(base.owner, base.name).meet(widest)
            case typed.Method(name="first" | "last" | "min" | "max", base=typed.Field() as base):
                return self.field(base.owner, base.name).meet(widest)
            case typed.Method(name="to_i", base=base) if isinstance(base.type, IntValue):
                return self.interval(base, facts)
            case typed.Method(name="to_i", base=base, arguments=()) if isinstance(
                base.type, TextValue
            ):
                return in_digits(self.length(base, facts).high).meet(widest)
            case typed.Method(name="size" | "length", base=base):
                return self._count(base, facts)
            case _:
                return widest

    def _definition_range(self, tree: typed.Field, facts: Facts) -> Interval:
        """A computed value of the same structure is what it is computed from, facts included."""
        key = (tree.owner, tree.name)
        is_touched = facts.names and facts.names & self.members.names_below(tree, MAX_CHAIN)
        inner = self.members.definition(tree) if is_touched else None
        if inner is None or key in self._under_way or len(self._under_way) >= MAX_CHAIN:
            return self.field(tree.owner, tree.name)
        self._under_way.add(key)
        try:
            return self.interval(inner, facts)
        finally:
            self._under_way.discard(key)

    def is_never_zero(self, tree: Expr, facts: Facts, depth: int = 0) -> bool:
        """Whether an integer expression is never zero; it may be negative."""
        tree = bare(tree)
        found = self.interval(tree, facts)
        if not found.low <= 0 <= found.high:
            return True
        inner = self.members.definition(tree) if isinstance(tree, typed.Field) else None
        if inner is not None and depth < MAX_CHAIN:
            return self.is_never_zero(inner, facts, depth + 1)
        if isinstance(tree, typed.Choice):
            sides = (tree.then, tree.otherwise)
            return all(self.is_never_zero(side, facts, depth) for side in sides)
        return False

    def _count(self, base: Expr, facts: Facts) -> Interval:
        """How many elements or bytes there are."""
        if isinstance(base.type, BytesValue | TextValue):
            return self.length(base, facts)
        member = self.members.find(base.owner, base.name) if isinstance(base, typed.Field) else None
        if not isinstance(member, Attribute) or member.repeat is None:
            return LENGTH
        if member.repeat.kind == "until":
            return Interval(1, LENGTH.high)
        if member.repeat.kind != "expr" or member.repeat.expression is None:
            return LENGTH
        is_own = isinstance(base, typed.Field) and isinstance(base.base, typed.Self)
        here = facts if is_own else NOTHING
        return self.interval(member.repeat.expression.tree, here).meet(LENGTH)

    def _choice(self, tree: typed.Choice, facts: Facts) -> Interval:
        decided = truth(tree.condition, facts, self)
        if decided is not None:
            return self.interval(tree.then if decided else tree.otherwise, facts)
        then = self.interval(tree.then, assume(tree.condition, facts, self))
        otherwise = self.interval(tree.otherwise, assume(tree.condition, facts, self, holds=False))
        return then.join(otherwise)

    def _operation(self, tree: typed.Operation, facts: Facts) -> Interval:
        if not isinstance(tree.type, IntValue):
            return of_type(tree.type)
        found = self.unbounded(tree, facts)
        right = tree.right.type if tree.right is not None else tree.type
        fits = found.meet(domain(tree.operator, tree.left.type, right))
        return fits if not fits.is_empty else of_type(tree.type)

    def unbounded(self, tree: typed.Operation, facts: Facts) -> Interval:
        """Return the mathematical results of an operation, those that overflow included."""
        left = self.interval(tree.left, facts)
        if tree.right is None:
            zero = Interval(0, 0)
            return exact("-", zero, left) if tree.operator == "-" else of_type(tree.type)
        right = self.interval(tree.right, facts)
        found = exact(tree.operator, left, right)
        if tree.operator == "-":
            least = _least_difference(bare(tree.left), bare(tree.right), facts)
            found = found if least is None else found.meet(Interval(least, ANY.high))
        return found

    # fields

    def field(self, owner: str, name: str) -> Interval:
        """Return what a field, an instance or a parameter can be, or an element of a list."""
        key = (owner, name)
        known = self._drafts if self._is_ruling else self._known
        if key in known:
            return known[key]
        member = self.members.find(owner, name)
        if member is None:
            return ANY
        if key in self._under_way or len(self._under_way) >= MAX_CHAIN:
            return of_type(element(member))
        self._under_way.add(key)
        try:
            known[key] = self._field(owner, member)
        finally:
            self._under_way.discard(key)
        return known[key]

    def _field(self, owner: str, member: Member) -> Interval:
        widest = of_type(element(member))
        match member:
            case ValueInstance(value=value, condition=condition):
                facts = NOTHING if condition is None else assume(condition.tree, NOTHING, self)
                return self.interval(value.tree, facts).meet(widest)
            case Parameter() if self._in_valid:
                return self._argument(owner, member).meet(widest).meet(self._ruled(owner, member))
            case Attribute(valid=valid) if self._in_valid:
                found = widest if valid is None else self._valid(valid, member, widest)
                found = found.meet(self._members_of_enum(member)).meet(self._ruled(owner, member))
                return found if not found.is_empty else widest
            case _:
                return widest

    def rules(self, owner: str) -> Facts:
        """Return what every structure of a type must keep to; worked out once."""
        if owner not in self._rules:
            self._rules[owner] = NOTHING  # while they are looked at; what follows is a draft
            was_ruling, self._is_ruling = self._is_ruling, True
            facts = NOTHING
            for check in self._schema.types[owner].checks:
                if check.when is None and check.severity is Severity.ERROR:
                    facts = assume(check.check.tree, facts, self)
            self._rules[owner] = facts
            self._is_ruling = was_ruling
        return self._rules[owner]

    def _ruled(self, owner: str, member: Attribute | Parameter) -> Interval:
        """What the rules of its own type leave of a field."""
        itself = typed.Self(type=StructValue(owner))
        field = typed.Field(type=member.type, base=itself, owner=owner, name=member.id)
        return self.rules(owner).ranges.get(field, ANY)

    def _valid(self, valid: Valid, member: Attribute, widest: Interval) -> Interval:
        found = widest
        if valid.eq is not None:
            found = found.meet(self.interval(valid.eq.tree, NOTHING))
        if valid.min is not None:
            found = found.meet(Interval(self.interval(valid.min.tree, NOTHING).low, ANY.high))
        if valid.max is not None:
            found = found.meet(Interval(ANY.low, self.interval(valid.max.tree, NOTHING).high))
        if valid.any_of is not None:
            options = Interval(1, 0)
            for option in valid.any_of:
                options = options.join(self.interval(option.tree, NOTHING))
            found = found.meet(options)
        if valid.expr is not None:
            itself = typed.Bound(type=member.type, name="_")
            facts = assume(valid.expr.tree, NOTHING, self)
            found = found.meet(facts.ranges.get(itself, ANY))
        return widest if found.is_empty else found

    def _members_of_enum(self, member: Attribute) -> Interval:
        """Where an unknown member is a finding, there are only the known ones."""
        enum = self._schema.enums.get(member.enum)
        if enum is None or not enum.members or member.allows_unknown or self._schema.lenient:
            return ANY
        return Interval(min(enum.members), max(enum.members))

    def _argument(self, owner: str, parameter: Parameter) -> Interval:
        """Return what all that read the type give for a parameter."""
        names = [known.id for known in self._schema.types[owner].parameters]
        position, found = names.index(parameter.id), Interval(1, 0)
        for arguments, condition in self._calls.get(owner, ()):
            if position < len(arguments):
                facts = NOTHING if condition is None else assume(condition.tree, NOTHING, self)
                found = found.join(self.interval(arguments[position].tree, facts))
        return ANY if found.is_empty or owner == self._schema.id else found


def _least_difference(left: Expr, right: Expr, facts: Facts) -> int | None:
    """Return how far `left` is at least above `right`; None when nothing is known."""
    if (left, right) in facts.above:
        return facts.above[left, right]
    if isinstance(left, typed.StreamProperty) and isinstance(right, typed.StreamProperty):
        is_left = left.name == "size" and right.name == "pos" and left.base == right.base
        return 0 if is_left else None
    if isinstance(left, typed.Offset) and isinstance(right, typed.Offset):
        is_extent = left.which == "end" and right.which == "start" and left.base == right.base
        return 0 if is_extent else None
    return None

"""What a schema tells about how its values depend on each other, found once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeGuard

from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    StructData,
    SwitchData,
    Type,
    ValueInstance,
)
from harness.schema.walk import arms_of, extents_of
from harness.writing.drafting.freedom import may_be_any
from harness.writing.drafting.least import least_of
from harness.writing.drafting.named import named_conditions
from harness.writing.drafting.numerals import masks_in, numerals_in
from harness.writing.drafting.tables import keys_of_tables, needed_tables, placing_types
from harness.writing.drafting.texts import Texts
from harness.writing.drafting.told import Equal, Goal, Told, equalities

if TYPE_CHECKING:
    from harness.reading.expressions import Evaluate
    from harness.reading.plan import PlanBook
    from harness.schema.expression.typed import Expr
    from harness.writing.drafting.compiled import Compiled
    from harness.writing.growing.leaves import Domain

# a field that is computed or passed, and whether only fields of one type are on the way to it
Seen = tuple[str, str, bool]

_INVERTIBLE: Final = frozenset({"+", "-", "*", "/", "<<", ">>", "&", "|", "^"})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MAX_CASES: Final = 1 << 12

# a type and the name of one of its fields
Name = tuple[str, str]


class Facts:
    """What is known of the fields of a schema.

    Attributes:
        compiled: the expressions of the schema.
        uses: for fields that a size, count or position is computed from, the conditions under
            which it is (in the field's own structure); None for always.
        equal: what a field must equal by a rule of its type.
        sizes: what the number of items of a field must equal.
        counting: fields that must equal the size of a list or a text by a rule of their type.
        goals: by field, comparisons for equality that look at it and must hold, under a condition.
        near: values that rules compare a field with.
        near_items: what rules compare each item of a list with, and what they call its index.
        octets: what rules single out in a text or in octets, by the number of each.
        cases: what the arms of switches over a field match; fields of switches without a default.
        constants: likewise, where there is a default, or another comparison.
        bounds: what a field is compared with by its own condition, which may be most of what it
            cannot be.
        positions: fields that a position is computed from.
        owning: those that lead to what no other value may overlap.
        region_sizes: fields that follow from the size of a region of a structure.
        measured: lists, texts and regions by what their size, count or position is computed from.
        open_regions: fields whose bytes are also read from elsewhere.
        placing: types that hold something with a position, at any depth in their own stream.
        needed: lists of which every content refers to an item.
        keys: what references look for in the items of a list, which must differ in it.
        texts: what rules say of parts of texts, and of numbers read from them.
        least: what a field that tells a count or size may be, where that is not anything.
        masks: which bits of fields are looked at by themselves.
        numerals: texts and octets that are read as a number, and to which base.
        is_breaking: contents are to break a rule, so that hints for good ones do not bind.
        mentions: by field, the numbers of the rules of its type that look at it.
        domains: what fields may be, as far as that is the same everywhere; found when first needed.
    """

    def __init__(self, book: PlanBook, compiled: Compiled, broken: str = "") -> None:
        """Look for them.

        Args:
            book: the compiled types.
            compiled: its expressions.
            broken: the rule that is to be broken, from which nothing follows.
        """
        self._broken = broken
        self.is_breaking = bool(broken)
        self.uses: dict[Name, list[Expr | None]] = {}
        self.equal: dict[Name, list[Equal]] = {}
        self.sizes: dict[Name, list[Equal]] = {}
        self.counting: set[Name] = set()
        self.goals: dict[Name, list[Goal]] = {}
        self.near: dict[Name, list[Told]] = {}
        self.near_items: dict[Name, list[tuple[str, Evaluate]]] = {}
        self.octets: dict[Name, list[int]] = {}
        self.cases: dict[Name, list[object]] = {}
        self.constants: dict[Name, list[object]] = {}
        self.bounds: dict[Name, list[object]] = {}
        self.positions: set[Name] = set()
        self.owning: set[Name] = set()
        self.region_sizes: set[Name] = set()
        self.measured: dict[Name, set[Name]] = {}
        self.open_regions: set[Name] = set()
        self.mentions: dict[Name, list[int]] = {}
        self.domains: dict[tuple[int, int, bool], Domain] = {}
        self._known: dict[tuple[int, str], tuple[Expr, frozenset[Name]]] = {}
        self.compiled = compiled
        self._schema = book.schema
        for type_ in self._schema.types.values():
            self._look_at(type_)
        self.placing = placing_types(self._schema)
        self.needed = needed_tables(self._schema)
        self.keys = keys_of_tables(self._schema)
        self.masks = masks_in(self._schema)
        self.numerals = numerals_in(self._schema)
        self.texts = Texts(self._schema)
        measured = {n: m for n, m in self.measured.items() if n not in self.positions}
        self.least = least_of(book, measured, compiled)

    def _look_at(self, type_: Type) -> None:
        for field in (*type_.sequence, *type_.instances):
            if isinstance(field, Attribute):
                self._look_at_layout(type_, field)
        for number, check in enumerate(type_.checks):
            when = check.when.tree if check.when is not None else None
            self._look_at_rule(type_, number, check.check.tree, when)
            if check.id != self._broken:
                self._look_at_equalities(type_, number, check.check.tree, when)
        conditions = named_conditions(type_)
        for field, tree in conditions:
            self._look_at_value(type_, field, tree)
            self._look_at_comparisons(tree, self.bounds)
        for tree in _trees(type_):
            self._look_at_comparisons(tree, self.constants)

    # layout

    def _look_at_layout(self, type_: Type, field: Attribute) -> None:
        condition = field.condition.tree if field.condition is not None else None
        for tree in _layout_of(field):
            for owner, name, is_own in self._deciding(tree, type_.name, set()):
                own = condition if is_own else None
                self.uses.setdefault((owner, name), []).append(own)
                self.measured.setdefault((owner, name), set()).add((type_.name, field.id))
        for data in arms_of(field.data):
            if isinstance(data, StructData) and data.extent is not None and data.extent.size:
                tree = data.extent.size.tree
                if may_be_any(tree, self._schema):
                    self.region_sizes |= self.deciding(tree, type_.name)
        if field.position is not None:
            leading = self.deciding(field.position.tree, type_.name)
            self.positions |= leading
            if not field.allows_overlap:
                self.owning |= leading
        if field.io is not None:
            for node in nodes_of(field.io.tree):
                if isinstance(node, typed.Io) and isinstance(node.base, typed.Field):
                    self.open_regions.add((node.base.owner, node.base.name))
        if isinstance(field.data, SwitchData):
            self._look_at_switch(field.data)

    def is_view(self, field: Attribute, type_name: str) -> bool:
        """Whether an instance shows what another one places: its position leads there, too."""
        if not field.allows_overlap or field.position is None:
            return False
        return not self.owning.isdisjoint(self.deciding(field.position.tree, type_name))

    def measured_by(self, names: frozenset[Name]) -> frozenset[Name]:
        """Return what is as long as some fields say, or stands where they lead."""
        return names.union(*(self.measured.get(name, set()) for name in names))

    def deciding(self, tree: Expr, type_name: str = "") -> frozenset[Name]:
        """Return the fields that an expression in a type can be solved for."""
        key = (id(tree), type_name)
        if key not in self._known:
            found = self._deciding(tree, type_name, set())
            # the expression is kept, or another one could get its number
            self._known[key] = tree, frozenset((owner, name) for owner, name, _ in found)
        return self._known[key][1]

    def _deciding(
        self, tree: Expr, type_name: str, seen: set[Seen], *, is_own: bool = True
    ) -> Iterator[tuple[str, str, bool]]:
        """Yield the fields that `tree` can be solved for, and whether they stand in that type."""
        match tree:
            case typed.Field(owner=owner, name=name, base=base) if owner:
                is_own = is_own and isinstance(base, typed.Self) and owner == type_name
                yield from self._deciding_field((owner, name, is_own), seen)
            case typed.At(base=base) | typed.Cast(base=base):
                yield from self._deciding(base, type_name, seen, is_own=is_own)
            case typed.Operation(operator=operator, left=left, right=right):
                if operator in _INVERTIBLE and right is not None:
                    yield from self._deciding(left, type_name, seen, is_own=is_own)
                    yield from self._deciding(right, type_name, seen, is_own=is_own)
            case typed.Choice(then=then, otherwise=otherwise):
                yield from self._deciding(then, type_name, seen, is_own=is_own)
                yield from self._deciding(otherwise, type_name, seen, is_own=is_own)

    def _deciding_field(self, field: Seen, seen: set[Seen]) -> Iterator[tuple[str, str, bool]]:
        if field in seen:
            return
        owner, name, is_own = field
        type_ = self._schema.types[owner]
        for index, parameter in enumerate(type_.parameters):
            if parameter.id == name:
                seen.add(field)
                for where, argument in self._arguments(owner, index):
                    yield from self._deciding(argument, where, seen, is_own=False)
                return
        for instance in type_.instances:
            if instance.id == name and isinstance(instance, ValueInstance):
                seen.add(field)
                yield from self._deciding(instance.value.tree, owner, seen, is_own=is_own)
                return
        yield owner, name, is_own

    def _arguments(self, name: str, index: int) -> Iterator[tuple[str, Expr]]:
        """Yield what is passed as one parameter of a type, and the type where it is."""
        for type_ in self._schema.types.values():
            for field in (*type_.sequence, *type_.instances):
                for data in arms_of(field.data) if isinstance(field, Attribute) else ():
                    if isinstance(data, StructData) and data.type == name and data.arguments:
                        yield type_.name, data.arguments[index].tree

    def _look_at_switch(self, data: SwitchData) -> None:
        fields = [(owner, name) for owner, name, _ in self._deciding(data.on.tree, "", set())]
        matches = [case.match.tree for case in data.cases if case.match is not None]
        values = [
            tree.value for tree in matches if isinstance(tree, typed.Constant | typed.ConstantBytes)
        ]
        is_closed = len(matches) == len(data.cases) and data.extent is None
        for field in fields:
            known = self.cases if is_closed else self.constants
            known.setdefault(field, []).extend(values[:_MAX_CASES])

    # rules

    def _look_at_rule(self, type_: Type, number: int, check: Expr, when: Expr | None) -> None:
        joined = {
            field.refers.name: field.id
            for field in (*type_.sequence, *type_.instances)
            if isinstance(field, Attribute) and field.refers is not None and field.refers.name
        }
        for tree in (check, when):
            for node in nodes_of(tree) if tree is not None else ():
                name = node.name if _is_own(node) else joined.get(_own_join(node))
                if name is not None:
                    rules = self.mentions.setdefault((type_.name, name), [])
                    if number not in rules:
                        rules.append(number)

    def _look_at_equalities(self, type_: Type, number: int, check: Expr, when: Expr | None) -> None:
        condition = self._told(when) if when is not None else None
        for equality in equalities(check):
            assert equality.right is not None
            self._look_at_equality(equality.left, equality.right, condition)
            self._look_at_equality(equality.right, equality.left, condition)
            self._look_at_parts(type_, equality, condition)
            for name in {n.name for n in nodes_of(equality) if _is_own(n)}:
                goals = self.goals.setdefault((type_.name, name), [])
                fixed = self._fixed(type_.name, equality)
                goals.append(Goal(condition, self._told(equality), equality, fixed, 1 << number))

    def _look_at_value(self, type_: Type, field: Attribute, condition: Expr) -> None:
        """Note what a field must equal by its own condition, which looks at nothing behind it."""
        for equality in equalities(condition):
            assert equality.right is not None
            for side, other in (
                (equality.left, equality.right),
                (equality.right, equality.left),
            ):
                if _is_own(side) and side.name == field.id:
                    self._look_at_equality(side, other, None)
            fixed = self._fixed(type_.name, equality)
            for part in {n.name for n in nodes_of(equality) if _is_own(n)} - {field.id}:
                goals = self.goals.setdefault((type_.name, part), [])
                goals.append(Goal(None, self._told(equality), equality, fixed, 0))

    def _fixed(self, type_name: str, equality: typed.Operation) -> tuple[int, ...]:
        """Return the slots needed by sides of a comparison that nothing can be decided in."""
        assert equality.right is not None
        sides = [
            side
            for side in (equality.left, equality.right)
            if next(self._deciding(side, type_name, set()), None) is None
        ]
        return tuple(slot for side in sides for slot in self.compiled.needed(side))

    def _told(self, tree: Expr) -> Told:
        return Told(self.compiled.of(tree), self.compiled.needed(tree))

    def _look_at_equality(self, side: Expr, other: Expr, when: Told | None) -> None:
        is_size = isinstance(side, typed.Method) and side.name in ("size", "length")
        field = side.base if isinstance(side, typed.Method) and is_size else side
        if isinstance(field, typed.Field) and isinstance(field.base, typed.Self):
            known = self.sizes if is_size else self.equal
            equal = Equal(when, self._told(other))
            known.setdefault((field.owner, field.name), []).append(equal)
            if is_size and _is_own(other):
                self.counting.add((other.owner, other.name))

    def _look_at_parts(self, type_: Type, equality: typed.Operation, when: Told | None) -> None:
        """Note what a field of a part must equal; of two parts, the one that is read later."""
        assert equality.right is not None
        sides = [(equality.left, equality.right), (equality.right, equality.left)]
        order = [field.id for field in type_.sequence]
        parts = [_part_of(side) for side, _ in sides]
        latest = max((order.index(part) for part in parts if part in order), default=-1)
        for part, (side, other) in zip(parts, sides, strict=True):
            if part in order and order.index(part) == latest:
                assert isinstance(side, typed.Field)
                equal = Equal(when, self._told(other), type_.name)
                self.equal.setdefault((side.owner, side.name), []).append(equal)
                return

    def _look_at_comparisons(self, tree: Expr, constants: dict[Name, list[object]]) -> None:
        """Collect what fields are compared with, wherever that is."""
        for node in nodes_of(tree):
            if isinstance(node, typed.Operation) and node.operator in _COMPARISONS:
                assert node.right is not None
                self._look_at_sides(node.left, node.right, constants)
                self._look_at_sides(node.right, node.left, constants)
            elif isinstance(node, typed.Quantifier) and isinstance(node.base, typed.Field):
                self._look_at_items(node, (node.base.owner, node.base.name))

    def _look_at_items(self, quantifier: typed.Quantifier, name: Name) -> None:
        """Collect what each item of a list, or each octet, is compared with."""
        for node in nodes_of(quantifier.body):
            if not isinstance(node, typed.Operation) or node.operator not in _COMPARISONS:
                continue
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if not isinstance(side, typed.Bound) or side.name != quantifier.item:
                    continue
                if isinstance(other, typed.Constant):
                    if other.value.__class__ is int and 0 <= other.value < 0x80:
                        self.octets.setdefault(name, []).append(other.value)
                elif node.operator == "==" and _is_own(quantifier.base) and other is not None:
                    compiled = self.compiled.of(other)
                    self.near_items.setdefault(name, []).append((quantifier.index, compiled))

    def _look_at_sides(self, side: Expr, other: Expr, constants: dict[Name, list[object]]) -> None:
        while isinstance(side, typed.Cast) or (
            isinstance(side, typed.Method) and side.name == "to_i"
        ):
            side = side.base
        if not isinstance(side, typed.Field) or not side.owner:
            return
        name = (side.owner, side.name)
        if isinstance(other, typed.Constant | typed.ConstantBytes):
            constants.setdefault(name, []).append(other.value)
        elif isinstance(side.base, typed.Self):
            self.near.setdefault(name, []).append(self._told(other))


def _trees(type_: Type) -> Iterator[Expr]:
    for check in type_.checks:
        yield check.check.tree
        if check.when is not None:
            yield check.when.tree
    for field in (*type_.sequence, *type_.instances):
        if field.condition is not None:
            yield field.condition.tree
        if isinstance(field, ValueInstance):
            yield field.value.tree


def _is_own(node: Expr) -> TypeGuard[typed.Field]:
    return isinstance(node, typed.Field) and isinstance(node.base, typed.Self)


def _part_of(tree: Expr) -> str | None:
    """Return which field of a structure an expression finds another field in, at any depth."""
    if not isinstance(tree, typed.Field) or not isinstance(tree.base, typed.Field):
        return None
    inner: Expr = tree.base
    while isinstance(inner, typed.Field):
        if isinstance(inner.base, typed.Self):
            return inner.name
        inner = inner.base
    return None


def _layout_of(field: Attribute) -> Iterator[Expr]:
    """Yield the expressions that tell where and how long a value is, and how many there are."""
    yield from extents_of(field)
    if field.position is not None:
        yield field.position.tree


def _own_join(node: Expr) -> str:
    """Return the name of what a field of the structure refers to; empty for anything else."""
    if isinstance(node, typed.Joined) and isinstance(node.base, typed.Self):
        return node.name
    return ""

"""A type made ready for reading: slots, steps and where values of fixed size lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from harness.reading.expressions import ExpressionCompiler
from harness.reading.kinship import comes_back
from harness.reading.slots import Slots
from harness.reading.tree import UNREAD, StructNode, Value
from harness.schema.expression import typed
from harness.schema.expression.walk import expressions_of, nodes_of
from harness.schema.ir import (
    Attribute,
    BitsData,
    DataType,
    Parameter,
    Schema,
    StructData,
    Type,
    ValueInstance,
)
from harness.schema.scoping import file_of
from harness.schema.walk import arms_of, data_of

if TYPE_CHECKING:
    from harness.reading.frames import Frame
    from harness.reading.instances import InstancePlan
    from harness.reading.stream import Stream

Node = TypeVar("Node", bound=typed.Expr)
Step = Callable[[StructNode, "Stream"], "Frame | None"]


class Group(NamedTuple):
    """Values of fixed size that one step reads.

    Attributes:
        size: in bytes.
        step: reads them; with so many bytes there, nothing breaks off.
    """

    size: int
    step: Step


class Plan:
    """A compiled type.

    Attributes:
        type: the type in the IR.
        fields: what stands in each slot.
        names: the name of each slot.
        blank: what the slots of a new structure hold.
        is_instance: whether a slot is read or computed when first needed.
        steps: read the sequence, in order.
        group: the only step, where the whole sequence is of fixed size; else None.
        sequence_slots: the slots that the steps fill.
        instance_slots: the slots of instances, in declaration order.
        child_slots: the slots that may hold structures which are read here.
        offsets: for values read as a group of fixed size: the group, None for the one at the
            start of the structure, and offsets from its start.
        instance_steps: compute one value instance each, by slot.
        instance_plans: how to read one parse instance each, by slot.
    """

    def __init__(self, type_: Type) -> None:
        fields: tuple[Parameter | Attribute | ValueInstance, ...] = (
            *type_.parameters,
            *type_.sequence,
            *type_.instances,
        )
        first_instance = len(fields) - len(type_.instances)
        self.type = type_
        self.fields = fields
        self.names = [field.id for field in fields]
        self.blank: list[Value] = [UNREAD] * len(fields)
        self.is_instance = [slot >= first_instance for slot in range(len(fields))]
        self.sequence_slots = range(len(type_.parameters), first_instance)
        self.instance_slots = range(first_instance, len(fields))
        self.child_slots = [
            slot
            for slot, field in enumerate(fields)
            if isinstance(field, Attribute)
            and any(isinstance(data, StructData) for data in arms_of(field.data))
        ]
        self.offsets: list[tuple[int | None, int, int] | None] = [None] * len(fields)
        self.steps: list[Step] = []
        self.group: Group | None = None
        self.instance_steps: dict[int, Step] = {}
        self.instance_plans: dict[int, InstancePlan] = {}
        self.is_ready = False

    def slot_of(self, name: str) -> int | None:
        """Return the slot called `name`."""
        return self.names.index(name) if name in self.names else None


class PlanBook:
    """The plans of one schema, each completed when the first structure of its type is met.

    Attributes:
        schema: the schema.
        slots: where its fields stand.
        expressions: compiles its expressions.
        has_bits: whether any value may begin inside a byte.
        is_lenient: reading does what stock Kaitai does, no more.
    """

    def __init__(
        self, schema: Schema, complete: Callable[[PlanBook, Plan], None], *, lenient: bool = False
    ) -> None:
        self.schema = schema
        self.is_lenient = lenient
        self.slots = Slots(schema)
        self.expressions = ExpressionCompiler(schema, self.slots, lenient=lenient)
        self._complete = complete
        self._plans = {name: Plan(type_) for name, type_ in schema.types.items()}
        self.has_bits = any(
            isinstance(data, BitsData) for type_ in schema.types.values() for data in data_of(type_)
        )
        self._dependent: frozenset[str] | None = None
        self._rooted: frozenset[str] | None = None
        self._placed: frozenset[str] | None = None
        self._interned: dict[DataType, int] = {}
        self._readers: Counter[tuple[int, str]] | None = None

    def plan(self, name: str) -> Plan:
        """Return the plan of the type `name`, ready to use."""
        plan = self._plans[name]
        if not plan.is_ready:
            plan.is_ready = True
            self._complete(self, plan)
        return plan

    def intern(self, data: DataType) -> int:
        """Return the same number for equal data types."""
        return self._interned.setdefault(data, len(self._interned))

    def readers(self, way: Callable[[Attribute], tuple[int, str]]) -> Counter[tuple[int, str]]:
        """Return how many instances read lists in each way, told by `way`; found out once."""
        if self._readers is None:
            self._readers = Counter(
                way(field)
                for type_ in self.schema.types.values()
                for field in type_.instances
                if isinstance(field, Attribute) and field.repeat is not None
            )
        return self._readers

    def uses_parent(self, name: str) -> bool:
        """Whether what is read as `name` can depend on the structure around it."""
        if self._dependent is None:
            self._dependent = _dependent_types(self.schema)
        return name in self._dependent

    def uses_root(self, name: str) -> bool:
        """Whether it can depend on `_root`, where there may be several: in imported files."""
        if self._rooted is None:
            self._rooted = _rooted_types(self.schema)
        return name in self._rooted

    def uses_start(self, name: str) -> bool:
        """Whether it can depend on where its stream begins."""
        if self._placed is None:
            self._placed = _placed_types(self.schema)
        return name in self._placed


def _dependent_types(schema: Schema) -> frozenset[str]:
    """Types that use `_parent`, and types above others that look further up than that."""
    users = _users(schema)
    parents = {name: list(_parents(type_)) for name, type_ in schema.types.items()}
    far = [name for name, type_ in schema.types.items() if _looks_far(type_, parents[name])]
    reached = _above(far, users)
    return frozenset(reached | {name for name, found in parents.items() if found})


def _rooted_types(schema: Schema) -> frozenset[str]:
    """Types of imported files that use `_root`, and those above them in the same file."""
    main = "" if comes_back(schema) else schema.id
    users = {
        name: {user for user in found if file_of(user) == file_of(name)}
        for name, found in _users(schema).items()
    }
    using = [
        name
        for name, type_ in schema.types.items()
        if file_of(name) != main and any(_nodes(type_, typed.Root))
    ]
    # what begins a file is the `_root` in it
    begin = {name for name in schema.types if name == file_of(name) and not users[name]}
    return frozenset(_above(using, users) - begin)


def _placed_types(schema: Schema) -> frozenset[str]:
    """Types that ask for their stream or places in it, and those that hold them in the same one."""
    users: dict[str, set[str]] = {name: set() for name in schema.types}
    for name, type_ in schema.types.items():
        for data in data_of(type_):
            if isinstance(data, StructData) and data.extent is None:
                users[data.type].add(name)
    using = [name for name, type_ in schema.types.items() if _asks_for_stream(type_)]
    return frozenset(_above(using, users))


def _asks_for_stream(type_: Type) -> bool:
    for field in (*type_.sequence, *type_.instances):
        if not isinstance(field, Attribute):
            continue
        is_placed = field.position is not None or field.locate is not None
        if (is_placed and field.io is None) or field.align != 1 or field.checksum is not None:
            return True
    return any(not isinstance(io.base, typed.Root) for io in _nodes(type_, typed.Io))


def _users(schema: Schema) -> dict[str, set[str]]:
    """Return by type the types that hold structures of it."""
    users: dict[str, set[str]] = {name: set() for name in schema.types}
    for name, type_ in schema.types.items():
        for data in data_of(type_):
            if isinstance(data, StructData):
                users[data.type].add(name)
    return users


def _above(types: Sequence[str], users: Mapping[str, set[str]]) -> set[str]:
    """Return types with those that hold them, directly or not."""
    reached, left = set(types), list(types)
    while left:
        above = users[left.pop()] - reached
        reached |= above
        left += above
    return reached


def _looks_far(type_: Type, parents: Sequence[typed.Parent]) -> bool:
    """`_parent._parent`, `x._parent`, or a byte order that a structure around it decides."""
    if any(not isinstance(parent.base, typed.Self) for parent in parents):
        return True
    return type_.endian is None and any(
        getattr(data, "endian", "") == "inherited" for data in data_of(type_)
    )


def _parents(type_: Type) -> Iterator[typed.Parent]:
    """Yield each `_parent` in the expressions of a type."""
    return _nodes(type_, typed.Parent)


def _nodes(type_: Type, kind: type[Node]) -> Iterator[Node]:
    for expression in expressions_of(type_):
        for node in nodes_of(expression.tree):
            if isinstance(node, kind):
                yield node

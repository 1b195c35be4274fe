"""The typed IR: everything a schema says, names resolved, each node with its place in the source.

Types and enums refer to each other by qualified name (`channel_file::instance`), so the IR is a
tree of plain data that can be cached as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from harness.findings.model import Place, Severity
from harness.schema.expression.typed import Expression
from harness.schema.types import StructValue, ValueType

Endian = Literal["le", "be", "inherited"]
Leniency = Literal["forbid", "zero", "allow"]


class Process(msgspec.Struct, frozen=True):
    """How bytes are transformed before they are read: `xor`, `rol`, `ror`, `zlib`."""

    name: str
    argument: Expression | None = None


class Extent(msgspec.Struct, frozen=True):
    """Which bytes a value takes when its type alone does not say.

    Attributes:
        size: in bytes; None when the end of the stream or a terminator decides.
        to_end: up to the end of the stream.
        terminator: the bytes that end the value; None for none.
        include: the terminator belongs to the value.
        consume: the terminator is stepped over.
        eos_error: a missing terminator is a fault.
        pad_right: the byte that fills a sized value up; None for none.
        process: applied to the bytes first.
    """

    size: Expression | None = None
    to_end: bool = False
    terminator: bytes | None = None
    include: bool = False
    consume: bool = True
    eos_error: bool = True
    pad_right: int | None = None
    process: Process | None = None


class IntegerData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """An integer of 1, 2, 4 or 8 bytes."""

    width: int
    signed: bool
    endian: Endian


class FloatData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """An IEEE 754 number of 4 or 8 bytes."""

    width: int
    endian: Endian


class BitsData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """An unsigned integer of 1 to 64 bits; a boolean when the schema wrote `b1`."""

    width: int
    endian: Literal["le", "be"]


class BytesData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """Raw bytes."""

    extent: Extent


class TextData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """Bytes decoded as a string."""

    extent: Extent
    encoding: str


class StructData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """A structure; with an extent it is read in a region of its own.

    Attributes:
        type: its type.
        arguments: for the parameters of the type.
        extent: which bytes it takes, if not as many as its sequence needs.
        parent: what its `_parent` is; None for the structure that holds it.
        is_orphan: it has no `_parent`.
    """

    type: str
    arguments: tuple[Expression, ...] = ()
    extent: Extent | None = None
    parent: Expression | None = None
    is_orphan: bool = False


class Case(msgspec.Struct, frozen=True):
    """One arm of a switch; `match` is None for the arm that takes what is left."""

    match: Expression | None
    data: DataType


class SwitchData(msgspec.Struct, frozen=True, tag=True, tag_field="node"):
    """The data of the first arm that equals `on`; `extent` is what an unknown case takes."""

    on: Expression
    cases: tuple[Case, ...]
    extent: Extent | None = None


DataType = IntegerData | FloatData | BitsData | BytesData | TextData | StructData | SwitchData


class Repeat(msgspec.Struct, frozen=True):
    """`expr` with a count, `until` with a condition, or `eos`."""

    kind: Literal["expr", "until", "eos"]
    expression: Expression | None = None


class Valid(msgspec.Struct, frozen=True):
    """`valid:`, one of its forms; None for what is not given."""

    eq: Expression | None = None
    min: Expression | None = None
    max: Expression | None = None
    any_of: tuple[Expression, ...] | None = None
    in_enum: bool = False
    expr: Expression | None = None


class Derive(msgspec.Struct, frozen=True):
    """`-derive`: the attribute equals a measure of `target`, divided by `unit`, plus `plus`."""

    measure: Literal["count", "size", "offset", "index"]
    target: Expression
    plus: int
    unit: int
    place: Place


class Checksum(msgspec.Struct, frozen=True):
    """`-checksum`: over `[start, end)` of the stream (all of it by default), `zeroed` as zero."""

    algorithm: str
    start: Expression | None
    end: Expression | None
    zeroed: tuple[str, ...]
    place: Place


class Order(msgspec.Struct, frozen=True):
    """`-sorted-by` or `-unique-by` of a repeated attribute."""

    by: Expression
    when: Expression | None
    strict: bool
    descending: bool
    within: str
    place: Place


class Refers(msgspec.Struct, frozen=True):
    """`-refers-to`: `value` must equal `by` of one item of `table`; `name` then names the item."""

    table: Expression
    by: Expression | None
    value: Expression | None
    when: Expression | None
    name: str
    place: Place


class Locate(msgspec.Struct, frozen=True):
    """`-locate`: read after the first or last `marker`, searched in the last `within` bytes."""

    marker: bytes
    occurrence: Literal["first", "last"]
    within: int | None
    place: Place


class Generate(msgspec.Struct, frozen=True):
    """`-generate`: hints for the generator."""

    values: tuple[Expression, ...] = ()
    min: Expression | None = None
    max: Expression | None = None


class Attribute(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="node"):
    """A value that is read: an item of `seq`, or an instance with a position."""

    id: str
    place: Place
    data: DataType
    type: ValueType
    doc: str = ""
    repeat: Repeat | None = None
    condition: Expression | None = None
    enum: str = ""
    valid: Valid | None = None
    contents: bytes | None = None
    position: Expression | None = None
    io: Expression | None = None
    locate: Locate | None = None
    allows_overlap: bool = False
    allows_unknown: bool = False
    padding: Literal["", "zero", "any"] = ""
    align: int = 1
    derive: Derive | None = None
    checksum: Checksum | None = None
    sorted_by: Order | None = None
    unique_by: Order | None = None
    refers: Refers | None = None
    generate: Generate | None = None


class ValueInstance(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="node"):
    """An instance that is computed."""

    id: str
    place: Place
    value: Expression
    type: ValueType
    doc: str = ""
    condition: Expression | None = None
    enum: str = ""


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a type; at the top level a structure-typed one is a companion."""

    id: str
    place: Place
    type: ValueType
    doc: str = ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A cross-field rule: an item of `-invariants`, or a rule of a contract."""

    id: str
    check: Expression
    place: Place
    when: Expression | None = None
    message: str = ""
    severity: Severity = Severity.ERROR


class Layout(msgspec.Struct, frozen=True):
    """`-layout`: what unaccounted bytes of the type's stream mean."""

    trailing: Leniency = "forbid"
    gaps: Leniency = "forbid"
    overlap: Leniency = "forbid"


class Limits(msgspec.Struct, frozen=True):
    """`-limits`; None keeps what is in force."""

    depth: int | None = None
    items: int | None = None
    bytes: int | None = None


class Coverage(msgspec.Struct, frozen=True):
    """`-coverage`: cells are `per` x `row` (0 to `rows`) x the enum members of `column`.

    Attributes:
        when: whether there is a cell for the row `_index` and the column `_`; None for all.
        inert: members of `column` that exercise nothing.
    """

    id: str
    place: Place
    each: Expression
    row: Expression
    column: Expression
    per: Expression | None = None
    rows: Expression | None = None
    when: Expression | None = None
    inert: tuple[str, ...] = ()


class EndianSwitch(msgspec.Struct, frozen=True):
    """Byte order that depends on content; `match` None takes what is left."""

    on: Expression
    cases: tuple[tuple[Expression | None, Literal["le", "be"]], ...]


class Enum(msgspec.Struct, frozen=True):
    """Numbers with names."""

    name: str
    members: dict[int, str]


class Type(msgspec.Struct, frozen=True, kw_only=True):
    """A structure: parameters, attributes in order, instances, rules.

    Attributes:
        parents: types that hold one of it; more than one leaves `_parent` without a static type.
        endian: the byte order switch it defines, if it does.
        has_layout: whether `-layout` is written on it.
    """

    name: str
    place: Place
    doc: str = ""
    doc_ref: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    sequence: tuple[Attribute, ...] = ()
    instances: tuple[Attribute | ValueInstance, ...] = ()
    parents: tuple[str, ...] = ()
    endian: EndianSwitch | None = None
    checks: tuple[Check, ...] = ()
    layout: Layout = Layout()
    limits: Limits = Limits()
    coverage: tuple[Coverage, ...] = ()


ABSENT: Final = ""


class SourceFile(msgspec.Struct, frozen=True):
    """A file the schema was made from, and the SHA-256 of its bytes.

    Where an import was looked for and not found, the sum is `ABSENT`: a file that appears there
    makes another schema.
    """

    path: str
    sha256: str


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """A format: its types and enums by qualified name, and where it came from.

    Attributes:
        lenient: it was taken as stock Kaitai takes it, so it says nothing of our own rules, and
            only a lenient reader may use it.
    """

    id: str
    path: Path
    types: dict[str, Type]
    enums: dict[str, Enum]
    files: tuple[SourceFile, ...]
    title: str = ""
    extensions: tuple[str, ...] = ()
    doc: str = ""
    doc_ref: tuple[str, ...] = ()
    lenient: bool = False

    @property
    def root(self) -> Type:
        """The type of the whole file."""
        return self.types[self.id]

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of all files it was made from, the main one first."""
        joined = "".join(file.sha256 for file in self.files)
        return hashlib.sha256(joined.encode()).hexdigest()

    @property
    def companions(self) -> Mapping[str, str]:
        """Structure-typed top-level parameters: name -> the type of the file they take."""
        return {
            parameter.id: parameter.type.name
            for parameter in self.root.parameters
            if isinstance(parameter.type, StructValue)
        }

"""Our own keys, the closed list of SEMANTICS §7: those of attributes and those of types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import msgspec

from harness.findings.model import Severity
from harness.schema.compiler import Compiler, element_type
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Expression
from harness.schema.ir import (
    Attribute,
    Check,
    Checksum,
    Coverage,
    Derive,
    Generate,
    Layout,
    Leniency,
    Limits,
    Locate,
    Order,
    Refers,
)
from harness.schema.shapes import Keys
from harness.schema.source import Scalar, Sequence
from harness.schema.types import (
    AnyValue,
    IntValue,
    ListValue,
    ValueType,
)

if TYPE_CHECKING:
    from harness.schema.names import TypeDeclaration

ATTRIBUTE_KEYS: Final = frozenset(
    {
        "-overlap", "-unknown", "-padding", "-align", "-derive", "-checksum", "-sorted-by",
        "-unique-by", "-refers-to", "-generate",
    }
)  # fmt: skip
INSTANCE_KEYS: Final = frozenset({"-locate"})
TYPE_KEYS: Final = frozenset({"-invariants", "-layout", "-limits", "-coverage"})

CHECKSUM_WIDTHS: Final = {
    "crc32": 4, "crc32c": 4, "adler32": 4, "sha256": 32, "sum8": 1, "sum16": 2, "sum32": 4,
    "xor8": 1,
}  # fmt: skip
_RULE_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MEASURES: Final = ("count-of", "size-of", "offset-of", "index-of")
_LIMIT: Final = 1 << 62


def extend(
    attribute: Attribute, keys: Keys, owner: TypeDeclaration, compiler: Compiler
) -> Attribute:
    """Return `attribute` with what its `-` keys say."""
    if not any(key.startswith("-") for key in keys.node.entries):
        return attribute
    reader = _AttributeKeys(attribute, keys, owner, compiler)
    return msgspec.structs.replace(
        attribute,
        allows_overlap=keys.choice("-overlap", ("allow",), "") == "allow",
        allows_unknown=keys.choice("-unknown", ("allow",), "") == "allow",
        padding=keys.choice("-padding", ("zero", "any"), ""),
        align=keys.number("-align", 1, 1 << 30) or 1,
        derive=reader.derive(),
        checksum=reader.checksum(),
        sorted_by=reader.order("-sorted-by"),
        unique_by=reader.order("-unique-by"),
        refers=reader.refers(),
        generate=reader.generate(),
        locate=reader.locate(),
    )


class _AttributeKeys:
    """Reads the `-` keys of one attribute."""

    def __init__(
        self, attribute: Attribute, keys: Keys, owner: TypeDeclaration, compiler: Compiler
    ) -> None:
        self._attribute = attribute
        self._keys = keys
        self._compiler = compiler
        self._scope = Scope(owner.name, ours=True)

    def _item(self, kind: ValueType) -> Scope:
        return self._scope.binding({"_": kind, "_index": LENGTH})

    def derive(self) -> Derive | None:
        """`-derive: {count-of: items, plus: 1}`."""
        keys = self._keys.mapping("-derive")
        if keys is None:
            return None
        keys.allow({*_MEASURES, "plus", "unit"}, "`-derive`")
        measures = [name for name in _MEASURES if name in keys]
        if len(measures) != 1:
            self._keys.wrong("-derive", "a mapping with exactly one of " + ", ".join(_MEASURES))
            return None
        target = self._compiler.expression(keys, measures[0], self._scope)
        if target is None:
            return None
        if measures[0] == "count-of" and not isinstance(target.tree.type, ListValue | AnyValue):
            keys.problems.add(
                "Q906", keys.place(measures[0]), "`count-of` needs a repeated attribute"
            )
        return Derive(
            measure=measures[0].removesuffix("-of"),  # type: ignore[arg-type]  # one of _MEASURES
            target=target,
            plus=keys.number("plus", -_LIMIT, _LIMIT) or 0,
            unit=keys.number("unit", 1, _LIMIT) or 1,
            place=keys.node.place,
        )

    def checksum(self) -> Checksum | None:
        """`-checksum: {algorithm: crc32, zeroed: [crc]}`."""
        keys = self._keys.mapping("-checksum")
        if keys is None:
            return None
        keys.allow({"algorithm", "over", "zeroed"}, "`-checksum`")
        algorithm = keys.choice("algorithm", tuple(CHECKSUM_WIDTHS), "")
        if not algorithm:
            keys.wrong("algorithm", "one of " + ", ".join(CHECKSUM_WIDTHS))
            return None
        over = keys.mapping("over")
        if over is not None:
            over.allow({"start", "end"}, "`over`")
        return Checksum(
            algorithm=algorithm,
            start=self._compiler.integer(over, "start", self._scope) if over else None,
            end=self._compiler.integer(over, "end", self._scope) if over else None,
            zeroed=self._zeroed(keys),
            place=keys.node.place,
        )

    def _zeroed(self, keys: Keys) -> tuple[str, ...]:
        names = keys.texts("zeroed")
        for name in names:
            if self._compiler.names.field_type(self._scope.owner, name) is None:
                keys.problems.add(
                    "Q905", keys.place("zeroed"), f"there is no attribute `{name}` in this type"
                )
        return names

    def order(self, name: str) -> Order | None:
        """`-sorted-by: {by: _.id, strict: true}`, or just the expression."""
        node = self._keys.get(name)
        if node is None:
            return None
        if self._attribute.repeat is None:
            self._keys.wrong(name, "on a repeated attribute")
            return None
        scope = self._item(self._attribute.type)
        if isinstance(node, Scalar):
            by = self._compiler.scalar(node, scope)
            return None if by is None else Order(by, None, False, False, "", node.place)  # noqa: FBT003  # positional by design of the short form
        keys = self._keys.mapping(name)
        if keys is None:
            return None
        keys.allow({"by", "when", "strict", "descending", "within"}, f"`{name}`")
        by = self._compiler.expression(keys, "by", scope)
        if by is None:
            if "by" not in keys:
                keys.wrong("by", "given")
            return None
        return Order(
            by=by,
            when=self._compiler.condition(keys, "when", scope),
            strict=keys.flag("strict", default=False),
            descending=keys.flag("descending", default=False),
            within=self._within(keys),
            place=node.place,
        )

    def _within(self, keys: Keys) -> str:
        name = keys.text("within")
        if not name:
            return ""
        found = self._compiler.names.find_type(name, self._scope.owner)
        if found is None:
            keys.problems.add("Q905", keys.place("within"), f"there is no type `{name}`")
        return found or ""

    def refers(self) -> Refers | None:
        """`-refers-to: {table: _root.types, by: _.id, as: type}`."""
        keys = self._keys.mapping("-refers-to")
        if keys is None:
            return None
        keys.allow({"table", "by", "value", "when", "as"}, "`-refers-to`")
        table = self._compiler.expression(keys, "table", self._scope, ListValue, what="a list")
        if table is None:
            if "table" not in keys:
                keys.wrong("table", "given")
            return None
        value_scope = self._item(self._attribute.type)
        name = keys.text("as")
        if name and self._attribute.repeat is not None:
            keys.wrong("as", "left out on a repeated attribute")
        return Refers(
            table=table,
            by=self._compiler.expression(keys, "by", self._item(element_type(table))),
            value=self._compiler.expression(keys, "value", value_scope),
            when=self._compiler.condition(keys, "when", value_scope),
            name=name,
            place=keys.node.place,
        )

    def generate(self) -> Generate | None:
        """`-generate: {values: [1, 2], min: 0, max: 9}`."""
        keys = self._keys.mapping("-generate")
        if keys is None:
            return None
        keys.allow({"values", "min", "max"}, "`-generate`")
        values = keys.get("values")
        items = values.items if isinstance(values, Sequence) else ()
        if values is not None and not isinstance(values, Sequence):
            keys.wrong("values", "a list")
        found = (self._compiler.scalar(item, self._scope) for item in items)
        return Generate(
            values=tuple(value for value in found if value is not None),
            min=self._compiler.expression(keys, "min", self._scope),
            max=self._compiler.expression(keys, "max", self._scope),
        )

    def locate(self) -> Locate | None:
        """`-locate: {marker: [0xab, "x"], occurrence: last}`."""
        keys = self._keys.mapping("-locate")
        if keys is None:
            return None
        keys.allow({"marker", "occurrence", "within"}, "`-locate`")
        if "pos" in self._keys:
            self._keys.wrong("-locate", "left out beside `pos`")
        marker = _marker(keys)
        if not marker:
            return None
        occurrence = keys.choice("occurrence", ("first", "last"), "first")
        return Locate(
            marker=marker,
            occurrence=occurrence,  # type: ignore[arg-type]  # one of the two
            within=keys.number("within", 1, _LIMIT),
            place=keys.node.place,
        )


def _marker(keys: Keys) -> bytes:
    node = keys.get("marker")
    items = node.items if isinstance(node, Sequence) else (node,)
    marker = b""
    for item in items:
        value = item.value if isinstance(item, Scalar) else None
        if isinstance(value, str):
            marker += value.encode()
        elif isinstance(value, int) and value in range(256):
            marker += bytes([value])
        else:
            keys.wrong("marker", "a string or a list of bytes and strings")
            return b""
    return marker


# keys of types


def checks(keys: Keys, compiler: Compiler, scope: Scope) -> tuple[Check, ...]:
    """Return the rules of `-invariants`."""
    found: list[Check] = []
    seen: set[str] = set()
    for item in keys.mappings("-invariants"):
        item.allow({"id", "check", "when", "message", "severity"}, "an invariant")
        name = rule_id(item, seen)
        check = compiler.condition(item, "check", scope)
        if "check" not in item:
            item.wrong("check", "given")
        if check is None or not name:
            continue
        severity = Severity(item.choice("severity", tuple(Severity), "error"))
        found.append(
            Check(
                id=name,
                check=check,
                place=item.place("check"),
                when=compiler.condition(item, "when", scope),
                message=item.text("message"),
                severity=severity,
            )
        )
    return tuple(found)


def rule_id(item: Keys, seen: set[str]) -> str:
    """Return the id of a rule; empty when it is missing, badly formed or taken (reported)."""
    name = item.text("id")
    if not _RULE_ID.fullmatch(name) or len(name) > 80:
        item.wrong("id", "a name in kebab-case")
        return ""
    if name in seen:
        item.problems.add("Q909", item.place("id"), f"the rule `{name}` is given twice")
        return ""
    seen.add(name)
    return name


def layout(keys: Keys) -> Layout:
    """Return what `-layout` says."""
    node = keys.mapping("-layout")
    if node is None:
        return Layout()
    node.allow({"trailing", "gaps", "overlap"}, "`-layout`")
    options = ("forbid", "zero", "allow")
    chosen = [node.choice(name, options, "forbid") for name in ("trailing", "gaps", "overlap")]
    if chosen[2] == "zero":
        node.wrong("overlap", "`forbid` or `allow`")
    return Layout(*(cast("Leniency", option) for option in chosen))


def limits(keys: Keys) -> Limits:
    """Return what `-limits` says."""
    node = keys.mapping("-limits")
    if node is None:
        return Limits()
    node.allow({"depth", "items", "bytes"}, "`-limits`")
    return Limits(
        depth=node.number("depth", 1, 10_000),
        items=node.number("items", 1, 1 << 40),
        bytes=node.number("bytes", 1, 1 << 50),
    )


def coverage(keys: Keys, compiler: Compiler, scope: Scope) -> tuple[Coverage, ...]:
    """Return the matrices of `-coverage`."""
    found: list[Coverage] = []
    seen: set[str] = set()
    for item in keys.mappings("-coverage"):
        item.allow({"id", "per", "each", "rows", "row", "column", "inert"}, "a coverage matrix")
        name = rule_id(item, seen)
        each = compiler.expression(item, "each", scope, ListValue, what="a list")
        inner = scope.binding({"_": element_type(each), "_index": LENGTH})
        row = compiler.expression(item, "row", inner)
        column = compiler.expression(item, "column", inner)
        for key in ("each", "row", "column"):
            if key not in item:
                item.wrong(key, "given")
        if each is None or row is None or column is None or not name:
            continue
        found.append(
            Coverage(
                id=name,
                place=item.node.place,
                each=each,
                row=row,
                column=column,
                per=compiler.expression(item, "per", scope),
                rows=compiler.integer(item, "rows", scope),
                inert=_inert(item, column, compiler),
            )
        )
    return tuple(found)


def _inert(item: Keys, column: Expression, compiler: Compiler) -> tuple[str, ...]:
    names = item.texts("inert")
    kind = column.tree.type
    if not isinstance(kind, IntValue) or not kind.enum:
        item.problems.add("Q906", item.place("column"), "`column` must be an enum")
        return ()
    for name in names:
        if compiler.names.enum_value(kind.enum, name) is None:
            item.problems.add(
                "Q905", item.place("inert"), f"enum `{kind.enum}` has no member `{name}`"
            )
    return names

"""Our own keys, the closed list of SEMANTICS §7: those of attributes and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from harness.findings.model import Place
from harness.schema.allowances import ALLOW
from harness.schema.compiler import Compiler, element_type
from harness.schema.expression.conversion import comparable, is_ordered
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Expression, Field, Joined
from harness.schema.expression.typing import has_no_bytes
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import (
    Attribute,
    Checksum,
    Derive,
    Generate,
    Locate,
    Order,
    Refers,
)
from harness.schema.shapes import Keys
from harness.schema.source import Scalar, Sequence
from harness.schema.types import (
    AnyValue,
    BoolValue,
    BytesValue,
    IntValue,
    ListValue,
    StructValue,
    TextValue,
    ValueType,
    describe,
    with_article,
)

if TYPE_CHECKING:
    from harness.schema.names import TypeDeclaration

ATTRIBUTE_KEYS: Final = frozenset(
    {
        "-overlap", "-unknown", "-padding", "-align", "-derive", "-checksum", "-sorted-by",
        "-unique-by", "-refers-to", "-generate", ALLOW,
    }
)  # fmt: skip
INSTANCE_KEYS: Final = frozenset({"-locate"})

CHECKSUM_WIDTHS: Final = {
    "crc32": 4, "crc32c": 4, "adler32": 4, "sha256": 32, "sum8": 1, "sum16": 2, "sum32": 4,
    "xor8": 1,
}  # fmt: skip
MAX_MARKER_BYTES: Final = 64
MEASURES: Final = ("count-of", "size-of", "offset-of", "index-of")
DERIVE_KEYS: Final = frozenset({*MEASURES, "plus", "unit"})
CHECKSUM_KEYS: Final = frozenset({"algorithm", "over", "zeroed"})
OVER_KEYS: Final = frozenset({"start", "end"})
ORDER_KEYS: Final = frozenset({"by", "when", "strict", "descending", "within"})
REFERS_KEYS: Final = frozenset({"table", "by", "value", "when", "as"})
GENERATE_KEYS: Final = frozenset({"values", "min", "max"})
LOCATE_KEYS: Final = frozenset({"marker", "occurrence", "within"})
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
        keys.allow(DERIVE_KEYS, "`-derive`")
        measures = [name for name in MEASURES if name in keys]
        if len(measures) != 1:
            self._keys.wrong("-derive", "a mapping with exactly one of " + ", ".join(MEASURES))
            return None
        scope = self._item(self._attribute.type)
        target = self._compiler.expression(keys, measures[0], scope)
        if target is None:
            return None
        self._check_target(keys, measures[0], target)
        return Derive(
            measure=measures[0].removesuffix("-of"),  # type: ignore[arg-type]  # one of MEASURES
            target=target,
            plus=keys.number("plus", -_LIMIT, _LIMIT) or 0,
            unit=keys.number("unit", 1, _LIMIT) or 1,
            place=keys.node.place,
        )

    def _check_target(self, keys: Keys, measure: str, target: Expression) -> None:
        """A measure is an integer, and what is measured has it."""
        if not isinstance(self._attribute.type, IntValue | AnyValue):
            words = describe(self._attribute.type)
            self._keys.problems.add("Q906", keys.node.place, f"a measure is no {words}")
        kind = target.tree.type
        fits, wanted = True, ""
        if measure == "count-of":
            fits = isinstance(kind, ListValue | BytesValue | TextValue | AnyValue)
            wanted = "a repeated attribute"
        elif measure == "index-of":
            fits, wanted = isinstance(kind, StructValue | AnyValue), "a structure"
        elif not isinstance(kind, StructValue | AnyValue):
            is_read = not has_no_bytes(target.tree, self._compiler.names)
            fits, wanted = isinstance(target.tree, Field) and is_read, "an attribute"
        if not fits:
            keys.problems.add("Q906", keys.place(measure), f"`{measure}` needs {wanted}")

    def checksum(self) -> Checksum | None:
        """`-checksum: {algorithm: crc32, zeroed: [crc]}`."""
        keys = self._keys.mapping("-checksum")
        if keys is None:
            return None
        keys.allow(CHECKSUM_KEYS, "`-checksum`")
        algorithm = keys.choice("algorithm", tuple(CHECKSUM_WIDTHS), "")
        if not algorithm:
            if "algorithm" not in keys:
                keys.wrong("algorithm", "one of " + ", ".join(CHECKSUM_WIDTHS))
            return None
        over = keys.mapping("over")
        if over is not None:
            over.allow(OVER_KEYS, "`over`")
        self._check_width(keys, algorithm)
        return Checksum(
            algorithm=algorithm,
            start=self._compiler.integer(over, "start", self._scope) if over else None,
            end=self._compiler.integer(over, "end", self._scope) if over else None,
            zeroed=self._zeroed(keys),
            place=keys.node.place,
        )

    def _check_width(self, keys: Keys, algorithm: str) -> None:
        """A sum is compared with the whole attribute, which must be able to hold it."""
        width, kind = CHECKSUM_WIDTHS[algorithm], self._attribute.type
        fits = isinstance(kind, BytesValue)
        wanted = f"bytes (`size: {width}`)"
        if width <= 8:
            fits = (
                isinstance(kind, IntValue) and kind.low == 0 and (kind.high >> (width * 8 - 1)) > 0
            )
            wanted = f"an unsigned integer of {width} bytes"
        if not fits or self._attribute.repeat is not None:
            keys.problems.add("Q906", keys.node.place, f"`{algorithm}` needs {wanted}")

    def _zeroed(self, keys: Keys) -> tuple[str, ...]:
        names, known, owner = keys.texts("zeroed"), self._compiler.names, self._scope.owner
        for name in names:
            if known.field_type(owner, name) is None:
                keys.problems.add(
                    "Q905", keys.place("zeroed"), f"there is no attribute `{name}` in this type"
                )
            elif known.is_made(owner, name):
                keys.problems.add(
                    "Q906", keys.place("zeroed"), f"`{name}` is computed, it has no bytes to zero"
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
            by = self._key(self._compiler.scalar(node, scope), name, node.place)
            return None if by is None else Order(by, None, False, False, "", node.place)  # noqa: FBT003  # positional by design of the short form
        keys = self._keys.mapping(name)
        if keys is None:
            return None
        keys.allow(ORDER_KEYS, f"`{name}`")
        by = self._key(self._compiler.expression(keys, "by", scope), name, keys.place("by"))
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

    def _key(self, by: Expression | None, name: str, place: Place) -> Expression | None:
        """Return a key if it has an order, or can at least be told from others."""
        if by is None or is_ordered(by.tree.type):
            return by
        if name == "-unique-by" and isinstance(by.tree.type, BoolValue):
            return by
        words = (
            f"`{name}` needs integers, floats, strings or bytes, not {with_article(by.tree.type)}"
        )
        self._compiler.problems.add("Q906", place, words)
        return None

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
        keys.allow(REFERS_KEYS, "`-refers-to`")
        table = self._compiler.expression(keys, "table", self._scope, ListValue, what="a list")
        if table is None:
            if "table" not in keys:
                keys.wrong("table", "given")
            return None
        value_scope = self._item(self._attribute.type)
        name = keys.text("as")
        if any(isinstance(node, Joined) and node.name == name for node in nodes_of(table.tree)):
            keys.wrong("table", "found without the item it names")
        if name and self._attribute.repeat is not None:
            keys.wrong("as", "left out on a repeated attribute")
        by = self._compiler.expression(keys, "by", self._item(element_type(table)))
        value = self._compiler.expression(keys, "value", value_scope)
        sought = self._attribute.type if value is None else value.tree.type
        key = LENGTH if by is None else by.tree.type
        if not comparable("==", _bare(sought), _bare(key)):
            words = f"{with_article(key)} is sought by {with_article(sought)}"
            keys.problems.add("Q906", keys.node.place, words)
        return Refers(
            table=table,
            by=by,
            value=value,
            when=self._compiler.condition(keys, "when", value_scope),
            name=name,
            place=keys.node.place,
        )

    def generate(self) -> Generate | None:
        """`-generate: {values: [1, 2], min: 0, max: 9}`."""
        keys = self._keys.mapping("-generate")
        if keys is None:
            return None
        keys.allow(GENERATE_KEYS, "`-generate`")
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
        keys.allow(LOCATE_KEYS, "`-locate`")
        if "pos" in self._keys:
            self._keys.wrong("-locate", "left out beside `pos`")
        marker = _marker(keys)
        if len(marker) > MAX_MARKER_BYTES:
            keys.wrong("marker", f"at most {MAX_MARKER_BYTES} bytes")
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


def _bare(kind: ValueType) -> ValueType:
    """A key may be an enum on one side and its number on the other."""
    return IntValue(kind.low, kind.high) if isinstance(kind, IntValue) else kind

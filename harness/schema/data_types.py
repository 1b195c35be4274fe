"""What an attribute reads: its `type:` and the keys around it to the data types of the IR."""

from __future__ import annotations

from harness.findings.model import Place
from harness.schema.attribute_keys import SWITCH_KEYS
from harness.schema.compiler import Compiler
from harness.schema.datatypes import Bits, Named, Number, Raw, Shape, Text, shape_of
from harness.schema.encodings import codec_of
from harness.schema.expression.conversion import comparable, converted
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.scope import Scope
from harness.schema.expression.typed import Constant, Expression
from harness.schema.extent_keys import bounded, extent_of
from harness.schema.ir import (
    BitsData,
    BytesData,
    Case,
    DataType,
    Endian,
    Extent,
    FloatData,
    IntegerData,
    StructData,
    SwitchData,
    TextData,
)
from harness.schema.meta import report_encoding
from harness.schema.names import Declarations, TypeDeclaration
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar, Source
from harness.schema.types import AnyValue, IntValue, StructValue, with_article


class DataBuilder:
    """Builds what the attributes of one type read."""

    def __init__(self, owner: TypeDeclaration, names: Declarations, compiler: Compiler) -> None:
        self._owner = owner
        self._names = names
        self._compiler = compiler

    def data(self, keys: Keys, contents: bytes | None, scope: Scope) -> DataType:
        """Return what the attribute `keys` reads."""
        if contents is not None:
            return BytesData(Extent(size=_constant(len(contents))))
        node = keys.get("type")
        if isinstance(node, Mapping):
            return self._switch(keys, Keys(node, keys.problems), scope)
        return self._single(keys, node, scope)

    def _single(self, keys: Keys, node: Source | None, scope: Scope) -> DataType:
        """Build the data of one `type:` text together with the size keys around it."""
        if node is not None and not isinstance(node, Scalar):
            keys.problems.add("Q903", node.place, "`type` must be a name or a switch")
            return BytesData(Extent(to_end=True))
        text, place = (node.text, node.place) if node is not None else (None, keys.node.place)
        try:
            shape = shape_of(text)
        except ExpressionError as error:
            keys.problems.add("Q904", place, f"`{text}` is no type: {error.message}")
            return BytesData(Extent(to_end=True))
        return self._shaped(keys, shape, Scalar(text, text or "", place), scope)

    def _shaped(self, keys: Keys, shape: Shape, written: Scalar, scope: Scope) -> DataType:
        match shape:
            case Number(kind="float", width=width):
                return FloatData(width, self._endian(keys, shape, written.place))
            case Number(kind=kind, width=width):
                endian = self._endian(keys, shape, written.place)
                return IntegerData(width, kind == "signed", endian)
            case Bits(width=width, order=order):
                return BitsData(width, order or self._owner.meta.bit_endian)
            case Text(is_zero_terminated=zero):
                encoding = self._encoding(keys)
                unit = 4 if encoding.startswith("utf-32") else 2 if "utf-16" in encoding else 1
                terminator = bytes(unit) if zero else None
                extent = extent_of(keys, self._compiler, scope, terminator)
                return TextData(bounded(keys, extent), encoding)
            case Raw():
                return BytesData(bounded(keys, extent_of(keys, self._compiler, scope)))
            case Named():
                return self._structure(keys, shape, written, scope)

    def _endian(self, keys: Keys, shape: Number, place: Place) -> Endian:
        found = shape.order or self._owner.meta.endian
        if not found and shape.width > 1:
            message = "the byte order is not given, here or in `meta/endian`"
            keys.problems.add("Q903", place, message)
        return found or "le"

    def _encoding(self, keys: Keys) -> str:
        name = keys.text("encoding") or self._owner.meta.encoding
        if not name:
            message = "a string needs `encoding`, here or in `meta`"
            keys.problems.add("Q903", keys.node.place, message)
            return "utf-8"
        codec = codec_of(name)
        if codec is None and "encoding" in keys:  # that of `meta` has been reported there
            report_encoding(name, keys)
        return codec or name

    # structures

    def _structure(self, keys: Keys, shape: Named, written: Scalar, scope: Scope) -> DataType:
        found = self._names.find_type(shape.name, self._owner.name)
        if found is None:
            keys.problems.add("Q905", written.place, f"there is no type `{shape.name[:80]}`")
            return BytesData(Extent(to_end=True))
        extent = extent_of(keys, self._compiler, scope)
        is_bounded = extent.size or extent.to_end or extent.terminator is not None
        if extent.process is not None and not is_bounded:
            keys.wrong("process", "beside `size`, `size-eos` or `terminator`")
        parent, is_orphan = self._parent(keys, scope)
        return StructData(
            found,
            self._arguments(keys, shape, found, written, scope),
            extent if is_bounded else None,
            parent,
            is_orphan,
        )

    def _parent(self, keys: Keys, scope: Scope) -> tuple[Expression | None, bool]:
        """Return what `parent:` names, and whether it is `false`."""
        node = keys.get("parent")
        if isinstance(node, Scalar) and node.text == "false":
            return None, True
        what = "a structure, or `false`,"
        return self._compiler.expression(keys, "parent", scope, StructValue, what=what), False

    def _arguments(
        self, keys: Keys, shape: Named, found: str, written: Scalar, scope: Scope
    ) -> tuple[Expression, ...]:
        parameters = self._names.types[found].parameters
        if len(parameters) != len(shape.arguments):
            message = (
                f"`{shape.name}` takes {len(parameters)} arguments, not {len(shape.arguments)}"
            )
            keys.problems.add("Q906", written.place, message)
            return ()
        arguments: list[Expression] = []
        for name, syntax in zip(parameters, shape.arguments, strict=True):
            try:
                argument = self._compiler.checked(syntax, written.text, scope)
                kind = self._names.field_type(found, name) or AnyValue()
                arguments.append(Expression(written.text, converted(argument.tree, kind, 0)))
            except ExpressionError as error:
                keys.problems.add(error.code, written.place, error.message)
        return tuple(arguments)

    # switches

    def _switch(self, keys: Keys, switch: Keys, scope: Scope) -> DataType:
        switch.allow(SWITCH_KEYS, "a switch")
        for name in ("switch-on", "cases"):
            if name not in switch:
                keys.problems.add("Q903", switch.node.place, f"a switch needs `{name}`")
        on = self._compiler.expression(switch, "switch-on", scope)
        cases = switch.mapping("cases")
        if on is None or cases is None:
            return BytesData(Extent(to_end=True))
        inner = scope.binding({"_on": on.tree.type})
        arms = tuple(
            arm for key in cases.node.entries if (arm := self._case(keys, cases, key, inner))
        )
        if sum(arm.match is None for arm in arms) > 1:
            switch.wrong("cases", "unambiguous: `_` stands once")
        extent = extent_of(keys, self._compiler, scope)
        has_size = extent.size is not None or extent.to_end
        ordered = sorted(arms, key=lambda arm: arm.match is None)
        return SwitchData(on, tuple(ordered), extent if has_size else None)

    def _case(self, keys: Keys, cases: Keys, key: str, scope: Scope) -> Case | None:
        data = self._single(keys, cases.get(key), scope)
        if key == "_":
            return Case(None, data)
        place = cases.node.keys[key]
        match = self._compiler.text(key, place, scope)
        if match is None:
            return None
        if not comparable("==", scope.bound["_on"], match.tree.type):
            words = f"{with_article(scope.bound['_on'])} with {with_article(match.tree.type)}"
            keys.problems.add("Q906", place, f"a case cannot compare {words}")
        return Case(match, data)


def _constant(number: int) -> Expression:
    return Expression(str(number), Constant(type=IntValue(number, number), value=number))

"""Attributes of `seq` and instances: their keys to IR."""

from __future__ import annotations

from typing import Final

import msgspec

from harness.schema import extensions
from harness.schema.compiler import Compiler
from harness.schema.datatypes import Bits, Named, Number, Raw, Shape, Text, shape_of
from harness.schema.encodings import ENCODINGS
from harness.schema.expression.conversion import comparable, converted, is_ordered
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Constant, Expression
from harness.schema.ir import (
    Attribute,
    BitsData,
    BytesData,
    Case,
    DataType,
    Endian,
    Extent,
    FloatData,
    IntegerData,
    Process,
    Repeat,
    StructData,
    SwitchData,
    TextData,
    Valid,
    ValueInstance,
)
from harness.schema.names import Declarations, TypeDeclaration, contents_bytes
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar, Sequence, Source
from harness.schema.types import (
    AnyValue,
    BytesValue,
    FloatValue,
    IntValue,
    StreamValue,
    ValueType,
    with_article,
)

_COMMON: Final = frozenset(
    {
        "id", "doc", "doc-ref", "contents", "type", "repeat", "repeat-expr", "repeat-until", "if",
        "size", "size-eos", "process", "enum", "encoding", "terminator", "consume", "include",
        "eos-error", "pad-right", "valid", "parent", *extensions.ATTRIBUTE_KEYS,
    }
)  # fmt: skip
SEQUENCE_KEYS: Final = _COMMON
MAX_TERMINATOR_BYTES: Final = 16
INSTANCE_KEYS: Final = _COMMON | {"pos", "io", "value", *extensions.INSTANCE_KEYS}
_VALUE_KEYS: Final = frozenset({"id", "doc", "doc-ref", "value", "if", "enum", "type"})


class AttributeBuilder:
    """Builds the attributes of one type."""

    def __init__(self, owner: TypeDeclaration, names: Declarations, compiler: Compiler) -> None:
        self._owner = owner
        self._names = names
        self._compiler = compiler
        self._scope = Scope(owner.name)

    def instance(self, name: str, keys: Keys) -> Attribute | ValueInstance | None:
        """Build the instance `name`."""
        if "value" in keys:
            return self._value_instance(name, keys)
        keys.allow(INSTANCE_KEYS, "an instance")
        return self.attribute(name, keys)

    def _value_instance(self, name: str, keys: Keys) -> ValueInstance | None:
        keys.allow(_VALUE_KEYS, "a value instance")
        value = self._compiler.expression(keys, "value", self._scope)
        if value is None:
            return None
        kind = self._names.field_type(self._owner.name, name) or value.tree.type
        return ValueInstance(
            id=name,
            place=keys.node.place,
            value=value,
            type=kind,
            doc=keys.text("doc"),
            condition=self._compiler.condition(keys, "if", self._scope),
            enum=self._enum(keys, kind),
        )

    def attribute(self, name: str, keys: Keys) -> Attribute:
        """Build the attribute or parse instance `name`."""
        if "parent" in keys:
            self._unsupported(keys, "parent", "an overridden `parent`")
        kind = self._names.data_type(self._owner, keys)
        element = self._scope.binding({"_index": LENGTH} if "repeat" in keys else {})
        contents = contents_bytes(keys)
        attribute = Attribute(
            id=name,
            place=keys.node.place,
            data=self._data(keys, contents, element),
            type=kind,
            doc=keys.text("doc"),
            repeat=self._repeat(keys, kind),
            condition=self._compiler.condition(keys, "if", self._scope),
            enum=self._enum(keys, kind),
            valid=self._valid(keys, kind, element),
            contents=contents,
            position=self._compiler.integer(keys, "pos", self._scope),
            io=self._compiler.expression(keys, "io", self._scope, StreamValue, what="a stream"),
        )
        return extensions.extend(attribute, keys, self._owner, self._compiler)

    def _unsupported(self, keys: Keys, name: str, what: str) -> None:
        keys.problems.add("Q907", keys.place(name), f"{what} is not supported")

    def _enum(self, keys: Keys, kind: ValueType) -> str:
        if "enum" not in keys:
            return ""
        found = self._names.find_enum(keys.text("enum"), self._owner.name)
        if found is None:
            keys.problems.add("Q905", keys.place("enum"), f"there is no enum `{keys.text('enum')}`")
        elif not isinstance(kind, IntValue):
            keys.problems.add("Q906", keys.place("enum"), "an enum needs an integer")
        return found or ""

    # data types

    def _data(self, keys: Keys, contents: bytes | None, scope: Scope) -> DataType:
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
            node = None
        text = node.text if node is not None else None
        try:
            shape = shape_of(text)
        except ExpressionError as error:
            place = keys.node.place if node is None else node.place
            keys.problems.add("Q904", place, f"`{text}` is no type: {error.message}")
            shape = Raw()
        return self._shaped(keys, shape, text or "", scope)

    def _shaped(self, keys: Keys, shape: Shape, text: str, scope: Scope) -> DataType:
        match shape:
            case Number(kind="float", width=width):
                return FloatData(width, self._endian(keys, shape.order, width))
            case Number(kind=kind, width=width):
                return IntegerData(width, kind == "signed", self._endian(keys, shape.order, width))
            case Bits(width=width, order=order):
                return BitsData(width, order or self._owner.meta.bit_endian)
            case Text(is_zero_terminated=zero):
                encoding = self._encoding(keys)
                unit = 4 if "32" in encoding else 2 if "utf-16" in encoding else 1
                extent = self._extent(keys, scope, bytes(unit) if zero else None)
                return TextData(self._bounded(keys, extent), encoding)
            case Raw():
                return BytesData(self._bounded(keys, self._extent(keys, scope, None)))
            case Named():
                return self._structure(keys, shape, text, scope)

    def _endian(self, keys: Keys, order: str, width: int) -> Endian:
        found = order or self._owner.meta.endian
        if not found and width > 1:
            keys.problems.add(
                "Q903", keys.place("type"), "the byte order is not given, here or in `meta/endian`"
            )
        return found or "le"  # type: ignore[return-value]  # both sources hold only these

    def _encoding(self, keys: Keys) -> str:
        name = keys.text("encoding") or self._owner.meta.encoding
        if not name:
            keys.problems.add(
                "Q903", keys.node.place, "a string needs `encoding`, here or in `meta`"
            )
        codec = ENCODINGS.get(name.lower())
        if name and codec is None:
            where = keys.place("encoding")
            keys.problems.add("Q907", where, f"the encoding `{name}` is not supported")
        return codec or "utf-8"

    def _structure(self, keys: Keys, shape: Named, text: str, scope: Scope) -> DataType:
        found = self._names.find_type(shape.name, self._owner.name)
        place = keys.place("type")
        if found is None:
            keys.problems.add("Q905", place, f"there is no type `{shape.name}`")
            return BytesData(Extent(to_end=True))
        arguments = self._arguments(keys, shape, found, text, scope)
        extent = self._extent(keys, scope, None)
        bounded = extent.size or extent.to_end or extent.terminator is not None
        return StructData(found, arguments, extent if bounded else None)

    def _arguments(
        self, keys: Keys, shape: Named, found: str, text: str, scope: Scope
    ) -> tuple[Expression, ...]:
        wanted = len(self._names.types[found].parameters)
        if wanted != len(shape.arguments):
            message = f"`{shape.name}` takes {wanted} arguments, not {len(shape.arguments)}"
            keys.problems.add("Q906", keys.place("type"), message)
            return ()
        arguments: list[Expression] = []
        for name, syntax in zip(self._names.types[found].parameters, shape.arguments, strict=True):
            try:
                argument = self._compiler.checked(syntax, text, scope)
                kind = self._names.field_type(found, name) or AnyValue()
                arguments.append(Expression(text, converted(argument.tree, kind, 0)))
            except ExpressionError as error:
                keys.problems.add(error.code, keys.place("type"), error.message)
        return tuple(arguments)

    def _switch(self, keys: Keys, switch: Keys, scope: Scope) -> DataType:
        switch.allow({"switch-on", "cases"}, "a switch")
        on = self._compiler.expression(switch, "switch-on", scope)
        cases = switch.mapping("cases")
        if on is None or cases is None:
            if "switch-on" not in switch or cases is None:
                switch.wrong("cases", "a mapping beside `switch-on`")
            return BytesData(Extent(to_end=True))
        inner = scope.binding({"_on": on.tree.type})
        arms = tuple(
            arm for key in cases.node.entries if (arm := self._case(keys, cases, key, inner))
        )
        if sum(arm.match is None for arm in arms) > 1:
            switch.wrong("cases", "unambiguous: `_` stands once")
        extent = self._extent(keys, scope, None)
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

    # extents

    def _extent(self, keys: Keys, scope: Scope, terminator: bytes | None) -> Extent:
        size = self._compiler.integer(keys, "size", scope)
        return Extent(
            size=size,
            to_end=keys.flag("size-eos", default=False),
            terminator=self._terminator(keys) if "terminator" in keys else terminator,
            include=keys.flag("include", default=False),
            consume=keys.flag("consume", default=True),
            eos_error=keys.flag("eos-error", default=True),
            pad_right=keys.number("pad-right", 0, 255),
            process=self._process(keys, scope),
        )

    def _terminator(self, keys: Keys) -> bytes | None:
        node = keys.get("terminator")
        values = node.items if isinstance(node, Sequence) else (node,)
        numbers = [v.value if isinstance(v, Scalar) else None for v in values]
        is_short = 0 < len(numbers) <= MAX_TERMINATOR_BYTES
        if is_short and all(isinstance(n, int) and n in range(256) for n in numbers):
            return bytes(n for n in numbers if isinstance(n, int))
        keys.wrong("terminator", f"a byte or a list of up to {MAX_TERMINATOR_BYTES} bytes")
        return None

    def _bounded(self, keys: Keys, extent: Extent) -> Extent:
        is_said = "size" in keys or extent.to_end or extent.terminator is not None
        if not is_said and "terminator" not in keys:  # a wrong one has been reported
            message = "nothing says how many bytes: give `size`, `size-eos` or `terminator`"
            keys.problems.add("Q903", keys.node.place, message)
        if extent.size is not None and extent.to_end:
            keys.wrong("size-eos", "left out beside `size`")
        return extent

    def _process(self, keys: Keys, scope: Scope) -> Process | None:
        if "process" not in keys:
            return None
        text = keys.text("process")
        name, _, rest = text.partition("(")
        if name == "zlib" and not rest:
            return Process("zlib")
        if name not in ("xor", "rol", "ror") or not rest.endswith(")"):
            self._unsupported(keys, "process", f"the processor `{name}`")
            return None
        wanted = (IntValue, BytesValue) if name == "xor" else (IntValue,)
        place = msgspec.structs.replace(
            keys.place("process"), column=keys.place("process").column + len(name) + 1
        )
        argument = self._compiler.text(rest[:-1], place, scope, *wanted, what="a key")
        return None if argument is None else Process(name, argument)

    # repetition and validity

    def _repeat(self, keys: Keys, kind: ValueType) -> Repeat | None:
        if "repeat" not in keys:
            for key in ("repeat-expr", "repeat-until"):
                if key in keys:
                    keys.wrong(key, "beside a `repeat`")
            return None
        chosen = keys.choice("repeat", ("expr", "eos", "until"), "eos")
        if chosen == "expr":
            count = self._compiler.integer(keys, "repeat-expr", self._scope)
            if "repeat-expr" not in keys:
                keys.wrong("repeat", "given with `repeat-expr`")
            return Repeat("expr", count)
        if chosen == "until":
            inner = self._scope.binding({"_": kind, "_index": LENGTH})
            if "repeat-until" not in keys:
                keys.wrong("repeat", "given with `repeat-until`")
            return Repeat("until", self._compiler.condition(keys, "repeat-until", inner))
        return Repeat("eos")

    def _valid(self, keys: Keys, kind: ValueType, scope: Scope) -> Valid | None:
        node = keys.get("valid")
        if node is None:
            return None
        inner = scope.binding({"_": kind})
        wanted: tuple[type, ...] = () if isinstance(kind, AnyValue) else (type(kind),)
        if isinstance(kind, FloatValue):
            wanted = (FloatValue, IntValue)
        if not isinstance(node, Mapping):
            return Valid(eq=self._compiler.scalar(node, inner, *wanted, what="the field's type"))
        return self._valid_forms(Keys(node, keys.problems), inner, wanted)

    def _valid_forms(self, forms: Keys, scope: Scope, wanted: tuple[type, ...]) -> Valid:
        forms.allow({"eq", "min", "max", "any-of", "in-enum", "expr"}, "`valid`")
        for name in ("min", "max"):
            if name in forms and not is_ordered(scope.bound["_"]):
                words = with_article(scope.bound["_"])
                forms.problems.add("Q906", forms.place(name), f"{words} has no order")
        what = "the field's type"
        if "in-enum" in forms and not getattr(scope.bound["_"], "enum", ""):
            forms.problems.add("Q906", forms.place("in-enum"), "the attribute has no `enum`")
        any_of = forms.get("any-of")
        options: list[Expression] | None = None
        if isinstance(any_of, Sequence):
            found = [self._compiler.scalar(i, scope, *wanted, what=what) for i in any_of.items]
            options = [option for option in found if option is not None]
        elif any_of is not None:
            forms.wrong("any-of", "a list")
        return Valid(
            eq=self._compiler.expression(forms, "eq", scope, *wanted, what=what),
            min=self._compiler.expression(forms, "min", scope, *wanted, what=what),
            max=self._compiler.expression(forms, "max", scope, *wanted, what=what),
            any_of=None if options is None else tuple(options),
            in_enum=forms.flag("in-enum", default=False),
            expr=self._compiler.condition(forms, "expr", scope),
        )


def _constant(number: int) -> Expression:
    return Expression(str(number), Constant(type=IntValue(number, number), value=number))

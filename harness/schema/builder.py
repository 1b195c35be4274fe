"""From the YAML of a schema and its imports to the IR: declare everything, then build each type."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from harness.schema import type_extensions
from harness.schema.allowances import ALLOW, check_allowances
from harness.schema.attribute_keys import SWITCH_KEYS
from harness.schema.attributes import AttributeBuilder
from harness.schema.compiler import Compiler
from harness.schema.enums import declared_enums
from harness.schema.expression.scope import Scope
from harness.schema.expression.typed import Expression
from harness.schema.identifiers import check_id
from harness.schema.ir import (
    Attribute,
    EndianSwitch,
    Parameter,
    Schema,
    SourceFile,
    StructData,
    Type,
    ValueInstance,
)
from harness.schema.meta import Meta, meta_of
from harness.schema.names import Declarations, TypeDeclaration
from harness.schema.parameters import parameter_type
from harness.schema.problems import Problems
from harness.schema.shapes import Keys
from harness.schema.source import Mapping
from harness.schema.types import TextValue
from harness.schema.walk import data_of

MAX_TYPES: Final = 5_000
TYPE_KEYS: Final = frozenset(
    {"meta", "doc", "doc-ref", "params", "seq", "types", "instances", "enums", "to-string"}
    | type_extensions.TYPE_KEYS
)
PARAMETER_KEYS: Final = frozenset({"id", "type", "doc", "doc-ref", "enum", ALLOW})


class Builder:
    """Collects declarations file by file, then builds the IR of all of them."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._names = Declarations(is_lenient=problems.is_lenient)
        self._compiler = Compiler(self._names, problems)

    @property
    def declarations(self) -> dict[str, TypeDeclaration]:
        """The types of all declared files as they are written, by qualified name."""
        return self._names.types

    # declaring

    def declare_file(self, body: Mapping, imports: tuple[str, ...]) -> str:
        """Declare the types and enums of one file; return the id of its top type."""
        keys = Keys(body, self._problems)
        meta_keys = keys.mapping("meta")
        name = meta_keys.text("id") if meta_keys is not None else ""
        if meta_keys is None or not name:
            self._problems.add("Q903", keys.place("meta"), "a schema file needs `meta/id`")
            name = name or "unnamed"
        check_id(name, meta_keys.place("id") if meta_keys else keys.place("meta"), self._problems)
        if name in self._names.types:
            self._problems.add("Q909", keys.place("meta"), f"two files have the id `{name}`")
            return name
        self._declare_type(keys, name, Meta(), name, imports)
        return name

    def _declare_type(
        self, keys: Keys, name: str, outer: Meta, root: str, imports: tuple[str, ...]
    ) -> None:
        if len(self._names.types) >= MAX_TYPES:
            self._problems.add("Q910", keys.node.place, f"a schema has at most {MAX_TYPES} types")
            return
        keys.allow(TYPE_KEYS, "a type")
        check_allowances(keys)
        declaration = TypeDeclaration(name, keys, meta_of(keys, outer), root, imports)
        self._names.types[name] = declaration
        self._declare_fields(declaration)
        self._names.enums.update(declared_enums(keys, name, self._problems))
        types = keys.mapping("types")
        for inner, body in types.node.entries.items() if types is not None else ():
            place = types.node.keys[inner] if types is not None else body.place
            check_id(inner, place, self._problems)
            if not isinstance(body, Mapping):
                self._problems.add("Q903", body.place, f"the type `{inner}` must be a mapping")
                continue
            body_keys = Keys(body, self._problems)
            self._declare_type(body_keys, f"{name}::{inner}", declaration.meta, root, imports)

    def _declare_fields(self, declaration: TypeDeclaration) -> None:
        keys = declaration.keys
        for number, item in enumerate(keys.mappings("params")):
            self._declare(declaration, declaration.parameters, item, f"_parameter{number}")
        for number, item in enumerate(keys.mappings("seq")):
            self._declare(declaration, declaration.fields, item, f"_unnamed{number}")
        instances = keys.mapping("instances")
        for name, body in instances.node.entries.items() if instances is not None else ():
            place = instances.node.keys[name] if instances is not None else body.place
            if not isinstance(body, Mapping):
                self._problems.add("Q903", body.place, f"the instance `{name}` must be a mapping")
                continue
            check_id(name, place, self._problems)
            if name in declaration.fields or name in declaration.parameters:
                self._problems.add("Q909", place, f"`{name}` is declared twice")
            declaration.fields[name] = Keys(body, self._problems)
            check_allowances(declaration.fields[name])

    def _declare(
        self, declaration: TypeDeclaration, into: dict[str, Keys], item: Keys, default: str
    ) -> None:
        name = item.text("id") or default
        if name != default:
            check_id(name, item.place("id"), self._problems)
        if name in declaration.fields or name in declaration.parameters:
            self._problems.add("Q909", item.place("id"), f"`{name}` is declared twice")
        check_allowances(item)
        into[name] = item

    # building

    def build(self, root: str, path: Path, files: tuple[SourceFile, ...]) -> Schema:
        """Build the IR of everything declared; `root` is the type of the whole file."""
        self._names.infer_parents()
        top = self._names.types[root].keys
        meta = top.mapping("meta")
        types = {name: self._type(found) for name, found in self._names.types.items()}
        self._check_layouts(types)
        return Schema(
            id=root,
            path=path,
            types=types,
            enums=self._names.enums,
            files=files,
            title=meta.text("title") if meta is not None else "",
            extensions=meta.texts("file-extension") if meta is not None else (),
            doc=top.prose("doc"),
            doc_ref=top.texts("doc-ref"),
            lenient=self._problems.is_lenient,
        )

    def _check_layouts(self, types: dict[str, Type]) -> None:
        """`-layout` is about a stream, so it stands on types that are read in one of their own."""
        sized = {
            data.type
            for type_ in types.values()
            for data in data_of(type_)
            if isinstance(data, StructData) and data.extent is not None
        }
        for name, declaration in self._names.types.items():
            if "-layout" in declaration.keys and "::" in name and name not in sized:
                message = f"`{name}` is never read in a region of its own (`size`, `terminator`)"
                self._problems.add("Q903", declaration.keys.place("-layout"), message)

    def _type(self, declaration: TypeDeclaration) -> Type:
        keys = declaration.keys
        attributes = AttributeBuilder(declaration, self._names, self._compiler)
        ours = Scope(declaration.name, ours=True)
        sequence = self._sequence(declaration, attributes)
        self._compiler.expression(
            keys, "to-string", Scope(declaration.name), TextValue, what="a string"
        )
        return Type(
            name=declaration.name,
            place=keys.node.place,
            doc=keys.prose("doc"),
            doc_ref=keys.texts("doc-ref"),
            parameters=self._parameters(declaration),
            sequence=sequence,
            instances=self._instances(declaration, attributes),
            parents=tuple(declaration.parents),
            endian=self._endian_switch(keys, declaration.name),
            checks=type_extensions.checks(keys, self._compiler, ours),
            layout=type_extensions.layout(keys),
            limits=type_extensions.limits(keys),
            coverage=type_extensions.coverage(keys, self._compiler, ours),
        )

    def _parameters(self, declaration: TypeDeclaration) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        for name, keys in declaration.parameters.items():
            keys.allow(PARAMETER_KEYS, "a parameter")
            kind = parameter_type(keys, declaration.name, self._names)
            found.append(Parameter(name, keys.node.place, kind, keys.prose("doc")))
        return tuple(found)

    def _sequence(
        self, declaration: TypeDeclaration, attributes: AttributeBuilder
    ) -> tuple[Attribute, ...]:
        found: list[Attribute] = []
        for number, keys in enumerate(declaration.keys.mappings("seq")):
            found.append(attributes.attribute(keys.text("id") or f"_unnamed{number}", keys))
        return tuple(found)

    def _instances(
        self, declaration: TypeDeclaration, attributes: AttributeBuilder
    ) -> tuple[Attribute | ValueInstance, ...]:
        instances = declaration.keys.mapping("instances")
        if instances is None:
            return ()
        bodies = {n: b for n, b in instances.node.entries.items() if isinstance(b, Mapping)}
        built = (attributes.instance(n, Keys(b, self._problems)) for n, b in bodies.items())
        return tuple(instance for instance in built if instance is not None)

    def _endian_switch(self, keys: Keys, owner: str) -> EndianSwitch | None:
        meta = keys.mapping("meta")
        node = meta.get("endian") if meta is not None else None
        if not isinstance(node, Mapping):
            return None
        switch = Keys(node, self._problems)
        switch.allow(SWITCH_KEYS, "`endian`")
        on = self._compiler.expression(switch, "switch-on", Scope(owner))
        cases = switch.mapping("cases")
        if on is None or cases is None:
            switch.wrong("cases", "a mapping beside `switch-on`")
            return None
        return EndianSwitch(
            on, tuple(self._endian_case(cases, key, owner) for key in cases.node.entries)
        )

    def _endian_case(
        self, cases: Keys, key: str, owner: str
    ) -> tuple[Expression | None, Literal["le", "be"]]:
        order: Literal["le", "be"] = "be" if cases.choice(key, ("le", "be"), "le") == "be" else "le"
        if key == "_":
            return None, order
        return self._compiler.text(key, cases.node.keys[key], Scope(owner)), order

"""Overlays lowered to the rule form of `-invariants`: each anchored at a type or at a path."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from harness.findings.model import Place
from harness.schema.compiler import Compiler
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Expression
from harness.schema.ir import Attribute, Check, Parameter, Schema, ValueInstance
from harness.schema.lowered import Lowered, Observed, PathCheck, PathStep
from harness.schema.overlay import Overlay, OverlayRule
from harness.schema.problems import Problems, SchemaError
from harness.schema.scoping import Search, file_of
from harness.schema.types import AnyValue, BoolValue, IntValue, ListValue, StructValue, ValueType

_STEP: Final = re.compile(r"([a-z_][a-z0-9_]*)(?:\[(\*|[0-9]{1,9})\])?")


def lower(schema: Schema, overlay: Overlay) -> Lowered:
    """Return `overlay` resolved against `schema`.

    Raises:
        SchemaError: with the place in the overlay's own file of every mistake.
    """
    problems = Problems()
    names = SchemaNames(schema)
    compiler = Compiler(names, problems)
    by_type: dict[str, list[Check]] = {}
    by_path: list[PathCheck] = []
    for rule in overlay.rules:
        owner = names.find_type(rule.at, schema.id)
        if owner is not None:
            check = _check(compiler, rule, Scope(owner, ours=True))
            if check is not None:
                by_type.setdefault(owner, []).append(check)
        else:
            _lower_path(names, compiler, rule, by_path)
    observed = _observed(schema, overlay, compiler)
    problems.refuse_errors()
    types = {name: tuple(checks) for name, checks in by_type.items()}
    return Lowered(overlay.name, types, tuple(by_path), observed)


def expression_at_top(schema: Schema, text: str) -> Expression:
    """Return `text`, an expression of stock ksy, typed as it would be in the top type.

    Raises:
        SchemaError: when it is none, or names what the top type does not have.
    """
    problems = Problems()
    compiler = Compiler(SchemaNames(schema), problems)
    found = compiler.text(text, Place("", 1, 1), Scope(schema.id))
    if found is None:
        raise SchemaError(problems.findings)
    return found


def _check(compiler: Compiler, rule: OverlayRule, scope: Scope) -> Check | None:
    def condition(text: str) -> Expression | None:
        return compiler.text(text, rule.place, scope, BoolValue, what="a condition")

    check = condition(rule.check)
    if check is None:
        return None
    return Check(
        id=rule.id,
        check=check,
        place=rule.place,
        when=condition(rule.when) if rule.when else None,
        message=rule.message,
        severity=rule.severity,
    )


def _lower_path(
    names: SchemaNames, compiler: Compiler, rule: OverlayRule, into: list[PathCheck]
) -> None:
    steps = _steps(rule.at)
    found = names.follow(steps) if steps else None
    if steps is None or found is None:
        message = f"`{rule.at}` is neither a type nor a path of `{names.schema.id}`"
        compiler.problems.add("Q905", rule.place, message)
        return
    owner, kind = found
    if isinstance(kind, StructValue) and kind.name:
        scope = Scope(kind.name, {"_": kind, "_index": LENGTH}, ours=True)
    else:
        scope = Scope(owner, {"_": kind, "_index": LENGTH}, ours=True)
    check = _check(compiler, rule, scope)
    if check is not None:
        into.append(PathCheck(steps, check))


def _steps(path: str) -> tuple[PathStep, ...] | None:
    """Return the steps of `instances[*].criteria[3].kind`; None when it is no path."""
    found: list[PathStep] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        index = None if match[2] is None else -1 if match[2] == "*" else int(match[2])
        found.append(PathStep(match[1], index))
    return tuple(found)


def _observed(schema: Schema, overlay: Overlay, compiler: Compiler) -> tuple[Observed, ...]:
    found: list[Observed] = []
    for entry in overlay.observe:
        is_indexed = entry.name.endswith("[*]")
        bound: dict[str, ValueType] = {"_index": LENGTH} if is_indexed else {}
        scope = Scope(schema.id, bound, ours=True)
        expression = compiler.text(
            entry.expression, entry.place, scope, IntValue, BoolValue, what="an integer"
        )
        if expression is not None:
            name = entry.name.removesuffix("[*]")
            found.append(Observed(name, is_indexed, expression, entry.place))
    return tuple(found)


class SchemaNames:
    """The typer's questions answered from the IR, for expressions that come from outside."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.is_lenient = schema.lenient
        self._fields = {
            name: {f.id: f for f in (*type_.parameters, *type_.sequence, *type_.instances)}
            for name, type_ in schema.types.items()
        }

    def follow(self, steps: tuple[PathStep, ...]) -> tuple[str, ValueType] | None:
        """Return the type that holds the last step, and the type of its value."""
        owner, kind = self.schema.id, None
        for number, step in enumerate(steps):
            kind = self.field_type(owner, step.name)
            if kind is None or isinstance(kind, ListValue) != (step.index is not None):
                return None
            kind = kind.item if isinstance(kind, ListValue) else kind
            if number + 1 < len(steps):
                if not isinstance(kind, StructValue) or not kind.name:
                    return None
                owner = kind.name
        return None if kind is None else (owner, kind)

    def field_type(self, owner: str, name: str) -> ValueType | None:
        """Type of a parameter, attribute or instance."""
        field = self._fields[owner].get(name)
        match field:
            case None:
                return None
            case Attribute(repeat=repeat) if repeat is not None:
                return ListValue(field.type)
            case Attribute() | ValueInstance() | Parameter():
                return field.type

    def is_made(self, owner: str, name: str) -> bool:
        """Whether a value is computed or passed, so that it has no bytes of its own."""
        return isinstance(self._fields[owner].get(name), ValueInstance | Parameter)

    def joined_type(self, owner: str, name: str) -> ValueType | None:
        """Type of the item that a reference of `owner` calls `name`."""
        for field in self._fields[owner].values():
            if isinstance(field, Attribute) and field.refers is not None:
                table = field.refers.table.tree.type
                if field.refers.name == name:
                    return table.item if isinstance(table, ListValue) else AnyValue()
        return None

    def parent_type(self, owner: str) -> StructValue:
        """Type of `_parent`; unnamed where it differs, or where another file holds it."""
        parents = self.schema.types[owner].parents
        is_known = len(parents) == 1 and owner != file_of(owner)
        return StructValue(parents[0]) if is_known else StructValue()

    def root_type(self, owner: str) -> StructValue:
        """Type of `_root`."""
        return StructValue(file_of(owner))

    def field_names(self, owner: str) -> tuple[str, ...]:
        """All names of `owner`."""
        return tuple(self._fields[owner])

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of a type."""
        return self._search(self.schema.types).find(name, owner)

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of an enum."""
        return self._search(self.schema.enums).find(name, owner)

    def _search(self, wanted: Container[str]) -> Search:
        """Any file of the schema may be named, and any type by its whole name."""
        types = self.schema.types
        return Search(types, wanted, lambda top: top in types)

    def enum_value(self, enum: str, label: str) -> int | None:
        """Number of an enum's member."""
        members = self.schema.enums[enum].members
        return next((number for number, member in members.items() if member == label), None)

    def size_in_bits(self, type_name: str, owner: str) -> int | None:
        """Nothing: sizes of types are for layouts; a contract has none."""
        del type_name, owner
        return None

    def struct_bits(self, owner: str) -> int | None:
        """Nothing, for the same reason."""
        del owner
        return None

    def field_bits(self, owner: str, name: str) -> int | None:
        """Nothing, for the same reason."""
        del owner, name
        return None

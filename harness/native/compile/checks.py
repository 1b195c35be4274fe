"""What is checked of each structure once everything is read, to C: harness/reading/checks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from harness.native.compile.checking.derived import compile_derived
from harness.native.compile.checking.parts import Parts
from harness.native.compile.checking.paths import compile_paths
from harness.native.compile.checking.rules import compile_rule
from harness.native.compile.checking.sums import SumCompiler
from harness.native.compile.checking.tables import (
    Reference,
    compile_orders,
    compile_reference,
    is_settled,
)
from harness.reading.orders import closing_types
from harness.schema.ir import Attribute, Check, Type

if TYPE_CHECKING:
    from harness.native.compile.expressions import ExpressionCompiler
    from harness.native.compile.layout import Layouts
    from harness.native.compile.unit import Unit

_MOST_JOINS: Final = 255  # that are counted


class CheckFunctions(NamedTuple):
    """The functions that check, by the type of the structure.

    Attributes:
        check: of all checks.
        join: of joins.
        settled: how many joins a type has, where no structure has its own table for them.
        closing: types that some order is judged within.
        paths: of rules anchored at paths; empty for none.
    """

    check: dict[str, str]
    join: dict[str, str]
    settled: dict[str, int]
    closing: frozenset[str]
    paths: str


def compile_checks(unit: Unit, layouts: Layouts, expressions: ExpressionCompiler) -> CheckFunctions:
    """Put the functions of all checks into the unit."""
    parts = Parts(unit, layouts, expressions)
    compiler = _TypeCompiler(parts)
    for type_ in unit.schema.types.values():
        _ = unit.source(type_.place)  # of unread bytes
        compiler.compile(type_)
    by_path = [check for overlay in unit.overlays for check in overlay.by_path]
    paths = compile_paths(parts, by_path)
    return CheckFunctions(compiler.check, compiler.join, compiler.settled, compiler.closing, paths)


class _TypeCompiler:
    """Compiles the checks of one type after the other."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._sums = SumCompiler(parts)
        self._references = 0
        self.closing = closing_types(parts.unit.schema)
        self.check: dict[str, str] = {}
        self.join: dict[str, str] = {}
        self.settled: dict[str, int] = {}

    def compile(self, type_: Type) -> None:
        """Put in the functions of a type, where it has checks."""
        name, number = type_.name, self._parts.unit.type_numbers[type_.name]
        slots = self._parts.layouts.of(name).fields
        fields = [(s, f) for s, f in enumerate(slots) if isinstance(f, Attribute)]
        again = self._read_again(name, fields)
        references = self._joined(name, fields, again)
        calls = [*again, *self._of_fields(name, fields)]
        if name in self.closing:
            calls.append("hv_close_buckets(c, n)")
        calls += [f"hv_check_reference(c, &{reference}, n)" for reference in references]
        rules, is_bound = self._rules(type_)
        if not calls and not rules:
            return
        lines = _stopping([*calls, *rules])
        if is_bound:
            lines = f"    const hv_bound bound = hv_bind(hv_of_node(n), -1);\n{lines}"
        self._parts.unit.add(
            f"static int check_{number}(hv_ctx *c, hv_node *n)\n{{\n{lines}    return HV_OK;\n}}\n"
        )
        self.check[name] = f"check_{number}"

    def _read_again(self, name: str, fields: list[tuple[int, Attribute]]) -> list[str]:
        """Return what must be read once more of a structure that was not kept."""
        layout = self._parts.layouts.of(name)
        return [
            f"hv_read_again(c, n, {slot}u)"
            for slot, field in fields
            if layout.is_ephemeral
            and slot >= layout.first_instance
            and (field.derive or field.checksum or field.refers)
        ]

    def _joined(
        self, name: str, fields: list[tuple[int, Attribute]], again: list[str]
    ) -> list[str]:
        """Put in the function of joins; return the records of the references."""
        parts, layout = self._parts, self._parts.layouts.of(name)
        all_ = [(slot, field.refers) for slot, field in fields if field.refers is not None]
        names = [refers.name for _, refers in all_ if refers.name]
        references, joins = [], []
        for slot, refers in all_:
            reference = Reference(slot, refers, self._references)
            is_alone = names.count(refers.name) == 1
            record = compile_reference(parts, name, reference, is_alone=is_alone)
            self._references += 1
            references.append(record)
            if refers.name:
                cell = layout.join_cell(refers.name)
                joins.append(f"hv_join_reference(c, &{record}, n, {cell}u)")
        if joins:
            self._join_function(name, [*again, *joins])
            if all(is_settled(refers) for _, refers in all_ if refers.name):
                self.settled[name] = len(joins) if len(joins) <= _MOST_JOINS else 0
        return references

    def _join_function(self, name: str, calls: list[str]) -> None:
        """Put in the function of joins; what was joined for a glance is joined anew."""
        number, layout = self._parts.unit.type_numbers[name], self._parts.layouts.of(name)
        self.join[name] = f"join_{number}"
        cells = range(layout.first_join, layout.first_join + len(layout.joins))
        anew = "".join(f"    HV_CELLS(n)[{cell}].v = hv_missing(HV_UNREAD);\n" for cell in cells)
        self._parts.unit.add(
            f"static int join_{number}(hv_ctx *c, hv_node *n)\n"
            f"{{\n{anew}{_stopping(calls)}    return HV_OK;\n}}\n"
        )

    def _of_fields(self, name: str, fields: list[tuple[int, Attribute]]) -> list[str]:
        parts = self._parts
        calls = [
            compile_derived(parts, name, slot, field.derive)
            for slot, field in fields
            if field.derive is not None
        ]
        calls += [
            self._sums.compile(name, slot, field.checksum)
            for slot, field in fields
            if field.checksum is not None
        ]
        for slot, field in fields:
            calls += compile_orders(parts, name, slot, field)
        return calls

    def _rules(self, type_: Type) -> tuple[list[str], bool]:
        """Return the calls of the rules of a type, and whether they need what is bound."""
        extra = [
            check
            for overlay in self._parts.unit.overlays
            for check in overlay.by_type.get(type_.name, ())
        ]
        checks: list[tuple[str, Check]] = [("I501", check) for check in type_.checks]
        checks += [("K401", check) for check in extra]
        rules = [compile_rule(self._parts, type_.name, *check) for check in checks]
        calls = [
            f"{rule.name}(c, n, hv_at(n, -1, -1), {'&bound' if rule.is_bound else 'NULL'})"
            for rule in rules
        ]
        return calls, any(rule.is_bound for rule in rules)


def _stopping(calls: list[str]) -> str:
    """Return statements that call one after the other, up to one that stops."""
    return "".join(f"    if ({call} != HV_OK) return HV_STOPPED;\n" for call in calls)

"""Our own keys, the closed list of SEMANTICS §7: those of types."""

from __future__ import annotations

import re
from typing import Final, cast

from harness.findings.model import Severity
from harness.schema.allowances import ALLOW
from harness.schema.compiler import Compiler, element_type
from harness.schema.expression.scope import Scope
from harness.schema.expression.signatures import LENGTH
from harness.schema.expression.typed import Expression
from harness.schema.ir import Check, Coverage, Layout, Leniency, Limits
from harness.schema.shapes import Keys
from harness.schema.types import BoolValue, BytesValue, IntValue, ListValue, TextValue

TYPE_KEYS: Final = frozenset({"-invariants", "-layout", "-limits", "-coverage", ALLOW})

INVARIANT_KEYS: Final = frozenset({"id", "check", "when", "message", "severity"})
LAYOUT_KEYS: Final = frozenset({"trailing", "gaps", "overlap"})
LIMITS_KEYS: Final = frozenset({"depth", "items", "bytes"})
COVERAGE_KEYS: Final = frozenset({"id", "per", "each", "rows", "row", "column", "when", "inert"})
_ROW: Final = (IntValue, BoolValue)
_PER: Final = (IntValue, BoolValue, TextValue, BytesValue)

_RULE_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def checks(keys: Keys, compiler: Compiler, scope: Scope) -> tuple[Check, ...]:
    """Return the rules of `-invariants`."""
    found: list[Check] = []
    seen: set[str] = set()
    for item in keys.mappings("-invariants"):
        item.allow(INVARIANT_KEYS, "an invariant")
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
    node.allow(LAYOUT_KEYS, "`-layout`")
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
    node.allow(LIMITS_KEYS, "`-limits`")
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
        item.allow(COVERAGE_KEYS, "a coverage matrix")
        name = rule_id(item, seen)
        each = compiler.expression(item, "each", scope, ListValue, what="a list")
        inner = scope.binding({"_": element_type(each), "_index": LENGTH})
        row = compiler.expression(item, "row", inner, *_ROW, what="an integer or a boolean")
        column = compiler.expression(item, "column", inner)
        for key in ("each", "row", "column"):
            if key not in item:
                item.wrong(key, "given")
        if each is None or row is None or column is None or not name:
            continue
        cell = scope.binding({"_": column.tree.type, "_index": LENGTH})
        found.append(
            Coverage(
                id=name,
                place=item.node.place,
                each=each,
                row=row,
                column=column,
                per=compiler.expression(item, "per", scope, *_PER, what="a plain value"),
                rows=compiler.integer(item, "rows", scope),
                when=compiler.condition(item, "when", cell),
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

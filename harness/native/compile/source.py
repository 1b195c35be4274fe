"""The C source of a schema: one file that needs nothing but three headers of the standard."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from harness.findings.model import Severity
from harness.findings.registry import RULES
from harness.native.compile import fixed
from harness.native.compile.checks import CheckFunctions, compile_checks
from harness.native.compile.code import c_int
from harness.native.compile.encodings import ENCODINGS
from harness.native.compile.ephemeral import is_silent
from harness.native.compile.expressions import ExpressionCompiler
from harness.native.compile.layout import Layout, Layouts
from harness.native.compile.matrices import compile_matrices, most_columns
from harness.native.compile.observed import compile_observed
from harness.native.compile.reading import Context, Reading, context_of
from harness.native.compile.unit import Unit
from harness.native.compile.widths import load_of, order_of
from harness.native.compile.words import Legend, Source
from harness.schema.expression import typed
from harness.schema.ir import (
    Attribute,
    BytesData,
    Limits,
    Schema,
    StructData,
    TextData,
    Type,
    ValueInstance,
)
from harness.schema.lowered import Lowered
from harness.schema.resources import runtime_folder
from harness.schema.scoping import file_of
from harness.schema.types import StructValue
from harness.schema.walk import arms_of, data_of

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_LENIENCIES = {"forbid": "HV_FORBID", "zero": "HV_ZERO", "allow": "HV_ALLOW"}
# the hand-written parts, in the order that C needs
ENGINE = (
    "scratch.c", "bytes.c", "numbers.c", "mixed.c", "text.c", "faults.c", "report.c", "tree.c",
    "streams.c", "glance.c", "marks.c", "keys.c", "memo.c", "values.c", "comparing.c", "decoding.c",
    "reading.c", "calls.c", "walks.c", "rings.c", "accounting.c", "tables.c",
    "references.c", "orders.c", "sweep.c", "derived.c", "rules.c", "sums.c", "sums_plain.c",
    "sums_crc.c", "sums_adler.c", "sums_sha256.c", "observing.c", "spans.c", "cells.c",
)  # fmt: skip

_PROLOGUE = """\
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef HV_EXPORT
#define HV_EXPORT
#endif
#if defined(__GNUC__)
#define HV_UNUSED __attribute__((unused))
#define HV_APART __attribute__((noinline))
#else
#define HV_UNUSED
#define HV_APART
#endif
#define HV_LOCAL static HV_UNUSED

"""


class Generated(NamedTuple):
    """C source, and what makes findings of its records."""

    source: str
    legend: Legend


def generate(
    schema: Schema, overlays: Sequence[Lowered] = (), most_characters: int | None = None
) -> Generated:
    """Return the C source of a schema with what overlays add.

    Args:
        schema: one that `unsupported` finds nothing in.
        overlays: contracts, resolved against it.
        most_characters: of functions.

    Raises:
        unit.TooLargeError: there are more.
    """
    unit = Unit(schema, overlays, most_characters)
    constants = fixed.register(unit)
    layouts = Layouts(unit)
    expressions = ExpressionCompiler(unit, layouts)
    context = context_of(unit, layouts, expressions)
    for name in schema.types:
        Reading(context, name).compile()
    checks = compile_checks(unit, layouts, expressions)
    observed = compile_observed(unit, expressions) + compile_matrices(unit, expressions)
    tables = _Tables(context, checks)
    types = tables.types()
    sweeps = any(function.startswith("static int sweep_") for function in unit.functions)
    parts = [
        _PROLOGUE, most_columns(), _part("types.h"), constants, tables.findings(),
        tables.literals(), tables.declarations(), _part("functions.h"),
        *(_part(name) for name in ENGINE), expressions.members.table(),
        *unit.functions, types, tables.roots(), observed,
        f"enum {{ hv_has_sweeps = {int(sweeps)} }};\n", _part("driver.c"),
    ]  # fmt: skip
    return Generated("\n".join(parts), unit.legend())


def _part(name: str) -> str:
    """Return a hand-written part; what of it a schema has no use for is not worth a warning."""
    text = (runtime_folder() / "engine" / name).read_text()
    return re.sub(r"(?m)^static (?!const|inline)", "HV_LOCAL ", text)


class _Tables:
    """The tables that the engine looks things up in."""

    def __init__(self, context: Context, checks: CheckFunctions) -> None:
        self._context = context
        self._unit = context.unit
        self._checks = checks
        self._layouts = context.layouts
        self._schema = context.unit.schema
        having = [name for name, type_ in self._schema.types.items() if type_.instances]
        # which types the walks for instances, checks and joins must go into
        self._walked = [self._above(some) for some in (having, checks.check, checks.join)]

    def declarations(self) -> str:
        """Return the types of nodes that are only loaded, and what tables there will be."""
        lines = []
        for name, number in self._unit.type_numbers.items():
            cells = max(self._layouts.of(name).cells, 1)
            record = f"struct {{ hv_node head; hv_cell cells[{cells}]; }}"
            lines.append(f"typedef {record} hv_rec_{number};")
            lines.append(f"static HV_UNUSED const hv_type TYPE_{number};")
        ephemeral = [self._layouts.of(name) for name in self._schema.types]
        largest = max((one.cells for one in ephemeral if one.is_ephemeral), default=0)
        most = max(len(self._layouts.of(name).fields) for name in self._schema.types)
        sizes = f"HV_EPHEMERAL_CELLS = {max(largest, 1)}, HV_MOST_SLOTS = {most}"
        lines.append(f"enum {{ {sizes} }};")
        return "\n".join(lines) + "\n"

    def findings(self) -> str:
        """Return the tables of messages, sources and names."""
        unit = self._unit
        codes = {code: number for number, code in enumerate(RULES)}
        faults = [unit.sources[Source(source.place, source.rule)] for source in list(unit.sources)]
        faults += range(len(faults), len(unit.sources))
        messages = [
            f"{{{codes[message.code]}, {_SEVERITIES.index(RULES[message.code].severity)}, "
            f"{int(message.code.startswith('L'))}, {int(message.code.startswith('K'))}}}"
            for message in unit.messages
        ]
        sources = [
            f"{{{int(source.severity is not None)}, "
            f"{_SEVERITIES.index(source.severity) if source.severity is not None else 0}, "
            f"{int(source.is_contract)}, {fault}}}"
            for source, fault in zip(unit.sources, faults, strict=True)
        ]
        names = [_slice(text.encode()) for text in unit.names]
        return (
            f"static const hv_message hv_messages[] = {{{', '.join(messages)}}};\n"
            f"static const hv_source hv_sources[] = {{{', '.join(sources)}}};\n"
            f"static const hv_slice hv_names[] = {{{', '.join(names)}}};\n"
            f"enum {{ HV_CODES = {len(codes)} }};\n"
        )

    def literals(self) -> str:
        """Return the byte strings of the schema."""
        return "".join(
            f"static const uint8_t LITERAL_{number}[] = {{{_bytes(data) or '0'}}};\n"
            for data, number in self._unit.literals.items()
        )

    def types(self) -> str:
        """Return the tables of types and slots."""
        return "".join(self._type(name) for name in self._schema.types)

    def _type(self, name: str) -> str:
        layout, type_ = self._layouts.of(name), self._schema.types[name]
        number = self._unit.type_numbers[name]
        arguments = "".join(
            self._item_arguments(name, slot, field)
            for slot, field in enumerate(layout.fields)
            if isinstance(field, Attribute)
        )
        slots = [self._slot(name, layout, slot) for slot in range(len(layout.fields))]
        files = {file_of(one): None for one in self._schema.types}
        file = list(files).index(file_of(name))
        has_instances = bool(type_.instances)
        functions = (
            f"body_{number}",
            f"instance_{number}" if has_instances else "NULL",
            self._checks.join.get(name, "NULL"),
            self._checks.check.get(name, "NULL"),
        )
        closing = name in self._checks.closing
        values = (
            number, file, int("::" not in name), int(layout.above_cell is not None),
            *(int(name in above) for above in self._walked), int(closing),
            self._checks.settled.get(name, 0),
            _LENIENCIES[type_.layout.gaps], _LENIENCIES[type_.layout.trailing],
            _LENIENCIES[type_.layout.overlap], self._unit.source(type_.place), len(layout.fields),
            layout.first_sequence, layout.first_instance, layout.cells, layout.above_cell or 0,
            layout.first_join, layout.fixed, f"SLOTS_{number}", *functions,
        )  # fmt: skip
        listed = ", ".join(map(str, values))
        return (
            f"{arguments}static const hv_slot SLOTS_{number}[] = {{\n"
            + ",\n".join(slots or ["{-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL}"])
            + f"\n}};\nstatic HV_UNUSED const hv_type TYPE_{number} = {{{listed}}};\n"
        )

    def _above(self, having: Collection[str]) -> frozenset[str]:
        """Return the types that lie above others, those themselves included."""
        users: dict[str, set[str]] = {name: set() for name in self._schema.types}
        for name, type_ in self._schema.types.items():
            for data in data_of(type_):
                if isinstance(data, StructData):
                    users[data.type].add(name)
        found, waiting = set(having), list(having)
        while waiting:
            more = users[waiting.pop()] - found
            found |= more
            waiting += more
        return frozenset(found)

    def _slot(self, name: str, layout: Layout, slot: int) -> str:
        field = layout.fields[slot]
        cell = layout.cell(slot)
        offset, width, load, order = 0, 0, "HV_LOAD_NONE", "HV_LITTLE"
        text, is_child, raw, padded = "0", 0, 0, 0
        if isinstance(field, Attribute):
            arms = list(arms_of(field.data))
            is_child = int(any(isinstance(data, StructData) for data in arms))
            text, raw = _elements(field)
            padded = int(field.padding == "any")
            if cell is None:
                offset, width = layout.offset(slot), layout.width(slot)
                load, order = load_of(field.data), order_of(field.data)
        silent = int(isinstance(field, ValueInstance) and is_silent(field, layout))
        arguments = "NULL"
        if isinstance(field, Attribute) and self._is_ephemeral_list(field):
            arguments = f"arguments_{self._unit.type_numbers[name]}_{slot}"
        return (
            f"    {{{-1 if cell is None else cell}, {offset}, {width}, {load}, {order}, "
            f"{is_child}, {text}, {raw}, {padded}, {silent}, "
            f"{int(isinstance(field, ValueInstance))}, {arguments}}}"
        )

    def _is_ephemeral_list(self, field: Attribute) -> bool:
        data = field.data
        return (
            field.repeat is not None
            and isinstance(data, StructData)
            and self._layouts.of(data.type).is_ephemeral
            and bool(data.arguments)
        )

    def _item_arguments(self, name: str, slot: int, field: Attribute) -> str:
        """Return the function that fills in the parameters of items that are only loaded."""
        data = field.data
        if not self._is_ephemeral_list(field) or not isinstance(data, StructData):
            return ""
        lines = [
            f"    HV_CELLS(item)[{number}].v = {_plain_argument(argument.tree)};\n"
            for number, argument in enumerate(data.arguments)
        ]
        number = self._unit.type_numbers[name]
        return f"static void arguments_{number}_{slot}(hv_node *item)\n{{\n{''.join(lines)}}}\n"

    def roots(self) -> str:
        """Return what contents are read as, and where companions stand."""
        schema = self._schema
        companions = list(schema.companions.items())
        slots = [
            number
            for number, parameter in enumerate(schema.root.parameters)
            if isinstance(parameter.type, StructValue)
        ]
        roots = ", ".join(self._root(schema.types[name], name) for _, name in companions)
        listed = ", ".join(map(str, slots))
        paths = self._checks.paths
        given = "" if paths else (
            "static int hv_check_paths(hv_ctx *c, hv_node *root)\n"
            "{\n    (void)c; (void)root;\n    return HV_OK;\n}\n"
        )  # fmt: skip
        return (
            f"static const uint32_t hv_companion_total = {len(companions)};\n"
            f"static const uint16_t hv_companion_slots[] = {{{listed or '0'}}};\n"
            f"static const hv_root hv_companion_roots[] = {{{roots or '{NULL, 0, 0, 0}'}}};\n"
            f"static const hv_root hv_top_root = {self._root(schema.root, schema.id)};\n{given}"
        )

    def _root(self, type_: Type, name: str) -> str:
        limits: Limits = type_.limits
        return (
            f"{{&TYPE_{self._unit.type_numbers[name]}, {limits.items or 0}, "
            f"{limits.bytes or 0}, {limits.depth or 0}}}"
        )


def _elements(field: Attribute) -> tuple[str, int]:
    """Return where the characters of a text lie, and whether bytes have places of their own."""
    data = field.data
    if field.repeat is not None or not isinstance(data, BytesData | TextData):
        return "0", 0
    if data.extent.process is not None:
        return "0", 0
    if isinstance(data, TextData):
        return ENCODINGS[data.encoding].characters, 0
    return "0", 1


def _plain_argument(tree: object) -> str:
    if isinstance(tree, typed.Cast):
        tree = tree.base
    if isinstance(tree, typed.Bound):
        return "hv_int(item->index)"
    if isinstance(tree, typed.Constant):
        if isinstance(tree.value, bool):
            return f"hv_bool({int(tree.value)})"
        if isinstance(tree.value, int):
            made = "hv_uint" if tree.value >= 1 << 63 else "hv_int"
            return f"{made}({c_int(tree.value)})"
        if isinstance(tree.value, float):
            return f"hv_real({tree.value!r})"
        data = str(tree.value).encode()
        return f"hv_text({_quoted(data)}, {len(data)})"
    raise NotImplementedError(tree)


def _bytes(data: bytes) -> str:
    return ", ".join(map(str, data))


def _quoted(data: bytes) -> str:
    escaped = "".join(f"\\x{byte:02x}" for byte in data)
    return f'(const uint8_t *)"{escaped}"'


def _slice(data: bytes) -> str:
    return f"{{{_quoted(data)}, {len(data)}}}"

"""The matrices of `-coverage`, to C: what harness/coverage/matrix_probe.py counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.coverage.matrices import MAX_COLUMNS, matrices_of
from harness.native.compile.code import c_int

if TYPE_CHECKING:
    from harness.native.compile.expressions import ExpressionCompiler
    from harness.native.compile.unit import Unit
    from harness.schema.expression.typed import Expression
    from harness.schema.ir import Coverage


def most_columns() -> str:
    """Return how many columns a matrix has at most, for the engine."""
    return f"enum {{ HV_MOST_COLUMNS = {MAX_COLUMNS} }};\n"


def compile_matrices(unit: Unit, expressions: ExpressionCompiler) -> str:
    """Put the expressions into the unit; return the table of matrices."""
    lines, entries = [], []
    for number, matrix in enumerate(matrices_of(unit.schema)):
        entry = next(one for one in unit.schema.types[matrix.type].coverage if one.id == matrix.id)
        lines += [
            _numbers(f"COLUMNS_{number}", [column for column, _ in matrix.columns]),
            _numbers(f"MEMBERS_{number}", [member for member, _ in matrix.row_members]),
        ]
        functions = _functions(expressions, matrix.type, entry)
        entries.append(
            f"{{&TYPE_{unit.type_numbers[matrix.type]}, {functions}, "
            f"COLUMNS_{number}, {len(matrix.columns)}, "
            f"MEMBERS_{number}, {len(matrix.row_members)}}}"
        )
    listed = ", ".join(entries) or "{NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0}"
    return (
        f"{''.join(lines)}enum {{ hv_matrix_total = {len(entries)} }};\n"
        f"static const hv_matrix hv_matrices[] = {{{listed}}};\n"
    )


def _functions(expressions: ExpressionCompiler, owner: str, entry: Coverage) -> str:
    def compiled(expression: Expression | None) -> str:
        return "NULL" if expression is None else expressions.boxed(expression.tree, owner)

    wanted = (entry.per, entry.rows, entry.each, entry.row, entry.column)
    return ", ".join(compiled(expression) for expression in wanted)


def _numbers(name: str, numbers: Sequence[int]) -> str:
    listed = ", ".join(map(c_int, numbers)) or "0"
    return f"static const int64_t {name}[] = {{{listed}}};\n"

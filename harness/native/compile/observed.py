"""What contracts observe, to C: `observed` in harness/reading/reader.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.native.compile.expressions import ExpressionCompiler
    from harness.native.compile.unit import Unit


def compile_observed(unit: Unit, expressions: ExpressionCompiler) -> str:
    """Put the expressions into the unit; return the table of what is observed."""
    entries = [
        f"{{{int(entry.is_indexed)}, {expressions.boxed(entry.expression.tree, unit.schema.id)}}}"
        for overlay in unit.overlays
        for entry in overlay.observed
    ]
    return (
        f"enum {{ hv_observed_total = {len(entries)} }};\n"
        f"static const hv_observe hv_observed[] = {{{', '.join(entries) or '{0, NULL}'}}};\n"
    )

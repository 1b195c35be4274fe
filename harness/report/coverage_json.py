"""Format coverage as JSON, in the shape that `docs/schemas/coverage-1.schema.json` publishes."""

from __future__ import annotations

from harness.coverage.findings import row_path
from harness.coverage.views import (
    CellView,
    Coverage,
    DomainView,
    MatrixView,
    PlaneView,
    RowView,
)
from harness.report.coverage_text import Shown
from harness.report.json import Object, dumped, named, report_object, span_object
from harness.report.model import Report


def coverage_json(report: Report, coverage: Coverage | None, shown: Shown, version: str) -> str:
    """Return a report of coverage as JSON text.

    Args:
        report: the files and all findings.
        coverage: what was counted; None where the schema could not be used.
        shown: whether the automatic domains are wanted, and what was left out.
        version: of this tool.
    """
    written = report_object(report, version)
    written["coverage"] = None if coverage is None else _coverage(coverage, shown)
    return dumped(written)


def _coverage(coverage: Coverage, shown: Shown) -> Object:
    tally = coverage.tally
    written: Object = {
        "schema": {"id": coverage.model.schema, "sha256": coverage.model.digest},
        "files_counted": tally.valid,
        "files_invalid": tally.invalid,
        "files_unmeasured": len(tally.unmeasured),
        "findings_dropped": dict(sorted(shown.left_out.items())),
        "matrices": [_matrix(matrix) for matrix in coverage.matrices],
        "domains": {
            "wanted": sum(domain.wanted for domain in coverage.domains),
            "used": sum(domain.used for domain in coverage.domains),
            "left_out": coverage.model.left_out,
        },
    }
    if shown.domains:
        written["domains"]["list"] = [_domain(domain) for domain in coverage.domains]
    return written


def _matrix(view: MatrixView) -> Object:
    matrix = view.matrix
    return {
        "id": matrix.id,
        "type": matrix.type,
        "source": {
            "file": named(matrix.place.file),
            "line": matrix.place.line,
            "column": matrix.place.column,
        },
        "per": matrix.per,
        "rows": matrix.rows,
        "columns": [{"name": name, "inert": name in matrix.inert} for _, name in matrix.columns],
        "wanted": view.wanted,
        "used": view.used,
        "is_cut": view.is_cut,
        "planes": [_plane(plane) for plane in view.planes],
    }


def _plane(view: PlaneView) -> Object:
    return {
        "per": view.plane.per if view.label else None,
        "label": view.label,
        "files": view.plane.files,
        "wanted": view.wanted,
        "used": view.used,
        "rows": [_row(view, row) for row in view.rows],
    }


def _row(plane: PlaneView, row: RowView) -> Object:
    return {
        "row": row.number,
        "label": row.label,
        "path": row_path(plane, row),
        "files": row.files,
        "inert_only": row.is_inert_only,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _domain(view: DomainView) -> Object:
    return {
        "type": view.domain.type,
        "field": view.domain.field,
        "kind": view.domain.kind,
        "points": [_cell(point) for point in view.points],
    }


def _cell(cell: CellView) -> Object:
    written: Object = {"name": cell.name, "state": cell.state}
    count = cell.count
    if count is not None:
        witness = count.witness
        written |= {
            "files": count.files,
            "uses": count.uses,
            "witness": {
                "file": named(witness.file),
                "path": witness.path,
                "span": span_object(witness.span),
            },
        }
    return written

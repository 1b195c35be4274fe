"""Schema lint: every mistake of a schema, and warnings about what is legal but unwise."""

from __future__ import annotations

from pathlib import Path

from harness.findings.model import Finding, Place
from harness.schema.assembly import build
from harness.schema.ir import Schema
from harness.schema.problems import Problems, SchemaError


def lint(path: Path) -> tuple[Finding, ...]:
    """Return what is wrong or unwise in the schema at `path`: errors and warnings (Q9xx)."""
    problems = Problems()
    try:
        schema = build(path, problems)
    except SchemaError as error:
        return error.findings
    if schema is not None:
        _check_doc_ref(schema, problems)
    return problems.findings


def _check_doc_ref(schema: Schema, problems: Problems) -> None:
    """A format's rules come from somewhere, and whoever doubts one must find it."""
    if not schema.doc_ref:
        place = Place(str(schema.path), 1, 1)
        problems.add("Q911", place, f"`{schema.id}` names no specification in `doc-ref`")

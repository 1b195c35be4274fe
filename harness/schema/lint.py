"""Schema lint: every mistake of a schema, and warnings about what is legal but unwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.findings.model import Finding
from harness.schema.assembly import assemble
from harness.schema.interpreter import deep_recursion
from harness.schema.linting import checks
from harness.schema.linting.subject import Subject
from harness.schema.problems import Problems, SchemaError


def lint(
    path: Path, import_paths: Sequence[Path] = (), *, lenient: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong or unwise in the schema at `path`: errors, warnings, notes (Q9xx).

    Most of what is unwise is looked for only where nothing is wrong: half a schema would give false
    alarms.

    Args:
        path: a `.ksy` file.
        import_paths: folders where imports are looked for too.
        lenient: take the schema as stock Kaitai does.
    """
    problems = Problems(lenient=lenient)
    try:
        found = assemble(path, problems, import_paths)
    except SchemaError as error:
        return error.findings
    if found is not None:
        with deep_recursion():
            checks.run(Subject(found.schema, found.declarations, problems))
    return problems.findings

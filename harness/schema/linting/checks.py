"""All that lint looks for in a schema without mistakes, in one list."""

from __future__ import annotations

from harness.schema.allowances import ALLOW
from harness.schema.linting import (
    arithmetic,
    conditions,
    idle,
    layout,
    names,
    switches,
    unchecked,
    unused,
    valids,
)
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.usage import Usage


def run(subject: Subject) -> None:
    """Report everything that is unwise in a schema."""
    _check_doc_ref(subject)
    if subject.has_mistakes:
        return
    usage = Usage(subject.schema)
    names.check(subject)
    idle.check(subject)
    arithmetic.check(subject)
    conditions.check(subject)
    valids.check(subject)
    switches.check(subject)
    layout.check(subject)
    unused.check(subject, usage)
    unchecked.check(subject, usage)
    _check_given_up(subject)
    _check_allowances(subject)


def _check_doc_ref(subject: Subject) -> None:
    """A format's rules come from somewhere, and whoever doubts one must find it."""
    schema = subject.schema
    if not schema.doc_ref:
        actual = f"`{schema.id}` names no specification in `doc-ref`"
        subject.report("Q911", Where(schema.id), actual)


def _check_given_up(subject: Subject) -> None:
    """What was not looked at must not pass for clean."""
    if subject.has_given_up:
        actual = "the expressions are too intricate: ranges of values were not worked out"
        subject.report("Q929", Where(subject.schema.id), actual)


def _check_allowances(subject: Subject) -> None:
    """An excuse outlives what it excused, and then hides the next mistake."""
    for owner, field, name in subject.idle_allowances():
        where = Where(owner, field, (ALLOW,), is_key=True)
        subject.report("Q928", where, f"`{name}` is allowed here, and nothing here needs it")

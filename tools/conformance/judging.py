"""Judging one specification: what was read must be what the specification says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from harness.findings.model import Finding, Severity
from harness.reading import Reading
from harness.schema import SchemaError
from tools.conformance.answers import NOTHING, Answer, State, ask, differs
from tools.conformance.exceptions import stands_for
from tools.conformance.specs import ABSENT, Assertion, Spec

_SHOWN: Final = 80


class Kind(Enum):
    """What kind of fault it is."""

    FINDING = auto()
    LOST = auto()
    VALUE = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold.

    Attributes:
        kind: a finding where none is expected, no value because of one, or a wrong value.
        text: what, in a sentence.
    """

    kind: Kind
    text: str


def faults(spec: Spec, reading: Reading) -> Iterator[Fault]:
    """Yield what does not hold of a content that was read."""
    if spec.exception:
        if not stands_for(reading.findings, spec.exception):
            text = f"{spec.exception} is expected, found {in_words(reading.findings)}"
            yield Fault(Kind.VALUE, text)
        return
    found = errors(reading.findings)
    if found:
        yield Fault(Kind.FINDING, f"found {in_words(found)}")
    for assertion in spec.assertions:
        yield from _unmet(assertion, reading)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that are errors; each would be an exception."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _unmet(assertion: Assertion, reading: Reading) -> Iterator[Fault]:
    """Yield what does not hold of one assertion."""
    try:
        actual = ask(reading, assertion.actual)
        expected = NOTHING if assertion.expected in ("", ABSENT) else ask(
            reading, assertion.expected
        )  # fmt: skip
    except SchemaError as error:
        yield Fault(
            Kind.VALUE, f"`{assertion.actual}`: cannot be asked: {in_words(error.findings)}"
        )
        return
    if assertion.exception:
        yield from _without_exception(assertion, actual, reading)
        return
    if differs(actual, expected):
        kind = Kind.LOST if actual.state is State.LOST else Kind.VALUE
        text = f"{_value(expected)} is expected, found {_value(actual)}"
        yield Fault(kind, f"`{assertion.actual}`: {text}")
    elif errors(actual.findings):
        yield Fault(Kind.FINDING, f"`{assertion.actual}`: found {in_words(actual.findings)}")


def _without_exception(assertion: Assertion, actual: Answer, reading: Reading) -> Iterator[Fault]:
    known = (*actual.findings, *reading.findings)
    if actual.state is not State.LOST or not stands_for(known, assertion.exception):
        text = f"{assertion.exception} is expected, found {_value(actual)}"
        yield Fault(Kind.VALUE, f"`{assertion.actual}`: {text}")


def _value(answer: Answer) -> str:
    if answer.state is not State.VALUE:
        return in_words(answer.findings) if answer.findings else answer.state.name.lower()
    text = repr(answer.value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"{shown} of {answer.enum}" if answer.enum else shown


def in_words(findings: Iterable[Finding]) -> str:
    """Return the first findings in a few words each."""
    words = [f"{f.code} {f.path or '.'} {f.actual}".strip() for f in findings]
    return ", ".join(words[:4]) or "nothing"

"""Running all specifications, each under the lenient reader and again under the strict one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from harness.schema import Schema, SchemaError, load
from tools.conformance.engines import Engine, lenient_engine, strict_engine
from tools.conformance.judging import Fault, Kind, faults
from tools.conformance.loading import in_place, load_leniently
from tools.conformance.specs import Checkout, Spec, load_spec


class Outcome(StrEnum):
    """How one file fared."""

    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    CRASHED = "crashed"


class Strict(StrEnum):
    """How the strict reader compares."""

    SAME = "same values"
    FOUND = "same values, and findings"
    FEWER = "a finding in place of a value"
    DIFFERENT = "another value"
    REFUSED = "refused"
    NOT_RUN = "not run"


_WORST: Final = (Kind.FINDING, Kind.LOST, Kind.VALUE)
_STRICT: Final = {
    None: Strict.SAME,
    Kind.FINDING: Strict.FOUND,
    Kind.LOST: Strict.FEWER,
    Kind.VALUE: Strict.DIFFERENT,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One file and how it fared.

    Attributes:
        name: of the specification.
        outcome: under the lenient reader.
        reasons: what did not hold; of a refused one the constructs.
        strict: the same file under the strict reader.
        strict_reasons: what did not hold there.
    """

    name: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    strict: Strict = Strict.NOT_RUN
    strict_reasons: tuple[str, ...] = ()


def run_suite(checkout: Checkout) -> list[Result]:
    """Run every specification of the checkout."""
    return [run_spec(path, checkout) for path in checkout.specs]


def run_spec(path: Path, checkout: Checkout) -> Result:
    """Run the specification at `path`; whatever goes wrong is part of the result."""
    try:
        spec = load_spec(path)
        outcome, reasons = _lenient(spec, checkout)
        if outcome is Outcome.REFUSED:
            return Result(path.stem, outcome, reasons)
        return Result(path.stem, outcome, reasons, *_strict(spec, checkout))
    except Exception as error:  # noqa: BLE001  # a crash is what the suite looks for
        return Result(path.stem, Outcome.CRASHED, (f"{type(error).__name__}: {error}",))


def _lenient(spec: Spec, checkout: Checkout) -> tuple[Outcome, tuple[str, ...]]:
    found = load_leniently(checkout.schema(spec.name), checkout)
    if found.constructs:
        return Outcome.REFUSED, found.constructs
    if found.schema is None or found.mistakes:
        return Outcome.FAILED, found.mistakes
    unmet = tuple(fault.text for fault in _faults(spec, checkout, found.schema, lenient_engine))
    return (Outcome.FAILED if unmet else Outcome.PASSED), unmet


def _strict(spec: Spec, checkout: Checkout) -> tuple[Strict, tuple[str, ...]]:
    path = checkout.schema(spec.name)
    try:
        schema = load(path, use_cache=False, import_paths=checkout.import_paths)
    except SchemaError as error:
        return Strict.REFUSED, tuple(in_place(finding) for finding in error.findings)
    found = _faults(spec, checkout, schema, strict_engine)
    worst = max((fault.kind for fault in found), key=_WORST.index, default=None)
    reasons = tuple(fault.text for fault in found if fault.kind is worst)
    return _STRICT[worst], reasons


def _faults(spec: Spec, checkout: Checkout, schema: Schema, engine: Engine) -> list[Fault]:
    content = checkout.content(spec.data).read_bytes()
    return list(faults(spec, engine(schema, content, spec.data)))

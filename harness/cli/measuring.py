"""Measures the coverage of what the user named, and keeps what was counted if stopped."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.cli.checking import unreached
from harness.cli.progress import Progress
from harness.cli.reporting import each_once, file_report
from harness.cli.standard_input import KeptInput
from harness.coverage import Model, Tally, Total, measure
from harness.coverage.findings import invalid_content, unmeasured_content
from harness.findings.model import Finding, Severity
from harness.report.model import FileReport
from harness.schema import SchemaError
from harness.validation import Request, Result, unused_companions, validate_paths


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted until the end, or until the user wanted no more.

    Attributes:
        findings: of files that could not be read, or that count for nothing.
        files: each with what it was judged by; after an interrupt, those not reached as unchecked.
        tally: the sum over all files.
        is_interrupted: the user stopped it; what is here was counted before.
    """

    findings: tuple[Finding, ...]
    files: tuple[FileReport, ...] = ()
    tally: Tally = Tally()
    is_interrupted: bool = False


def measure_all(names: Sequence[str], model: Model, request: Request, kept: KeptInput) -> Measured:
    """Measure files and folders.

    Args:
        names: as the user gave them.
        model: of the schema that `request` names.
        request: how they are read.
        kept: what `-` reads.
    """
    total, files, findings = Total(), list[FileReport](), list[Finding]()
    used: set[str] = set()
    is_interrupted = False
    try:
        with Progress() as progress:
            for result in validate_paths(names, request, kept.stream):
                progress.update(result.file, len(files))
                used |= {companion.name for companion in result.companions}
                findings += _findings(result)
                if result.checked or not result.findings or result.findings[0].code != "T004":
                    files.append(file_report([result], ()))
                if result.reading is not None:
                    tally = measure(model, result.reading, is_valid=result.valid)
                    findings += (unmeasured_content(file) for file in tally.unmeasured)
                    total.add(tally)
            findings += unused_companions(request.companions, used, findings)
    except SchemaError as error:
        findings += error.findings
    except KeyboardInterrupt:
        is_interrupted = True
        files += unreached(names, len(files))
    return Measured(
        tally=total.tally(),
        files=tuple(files),
        findings=each_once(findings),
        is_interrupted=is_interrupted,
    )


def _findings(result: Result) -> tuple[Finding, ...]:
    """What kept a file from being counted: for what is invalid one finding, not all of them."""
    if not result.checked:
        return result.findings
    if result.valid:
        return ()
    codes = {one.code for one in result.findings if one.severity is Severity.ERROR}
    return (invalid_content(result.file, codes),)

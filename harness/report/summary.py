"""The last lines of a text report: how many, what was left out, and what it was judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.findings.model import Finding, Severity
from harness.report.escape import visible, visible_name
from harness.report.model import FileReport, Report
from harness.report.style import SEVERITY_ROLE, Style
from harness.report.words import count

_DIGEST_SHOWN = 16
_COMPILE = "schema compile"
_INTERRUPTED = "interrupted"
_NAMES_SHOWN = 5


def summary_lines(report: Report, style: Style) -> Iterator[str]:
    """Yield the summary of a report as lines of text."""
    if report.outcome == _INTERRUPTED:
        yield style.paint("interrupted: not all files were checked", "error")
    yield f"{_done(report)}: {_counts(report.findings, style)}"
    yield from _dropped(report.files)
    yield from _unchecked(report.files, style)
    yield from _used(report.files)
    yield from _engines(report.files)
    yield from _lenient(report, style)


def _done(report: Report) -> str:
    if report.command != _COMPILE:
        return _files(report.files)
    number, compiled = len(report.files), sum(file.engine == "native" for file in report.files)
    of_all = "" if compiled == number else f" of {number:,}"
    return f"{compiled:,}{of_all} {'schema' if number == 1 else 'schemas'} compiled"


def _files(files: tuple[FileReport, ...]) -> str:
    checked = sum(file.checked for file in files)
    missed = f", {len(files) - checked:,} unchecked" if checked < len(files) else ""
    return f"{count(checked, 'file')} checked{missed}"


def _counts(findings: Iterable[Finding], style: Style) -> str:
    """Errors, warnings and notes, those that there are."""
    number = Counter(finding.severity for finding in findings)
    said = [
        style.paint(count(number[severity], severity), SEVERITY_ROLE[severity])
        for severity in Severity
        if number[severity]
    ]
    return ", ".join(said) or style.paint("no findings", "good")


def _dropped(files: Iterable[FileReport]) -> Iterator[str]:
    number: Counter[str] = Counter()
    for file in files:
        number.update(file.dropped)
    if number:
        codes = ", ".join(f"{code} {number[code]:,}" for code in sorted(number))
        yield f"{count(number.total(), 'finding')} beyond --max-findings not shown: {codes}"


def _unchecked(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    missed = [file for file in files if not file.checked]
    for file in missed[:_NAMES_SHOWN]:
        reason = f": {file.reason}" if file.reason else ""
        yield style.paint(f"unchecked: {visible_name(file.file)}{reason}", "warning")
    if len(missed) > _NAMES_SHOWN:
        more = f"unchecked: {len(missed) - _NAMES_SHOWN:,} more (--format json lists all)"
        yield style.paint(more, "warning")


def _lenient(report: Report, style: Style) -> Iterator[str]:
    """A clean lenient result says less than a clean one, and must not be taken for it."""
    if any(file.lenient for file in report.files):
        what = "schemas" if report.command == "schema check" else "files"
        yield style.paint(
            f"lenient: {what} were read as stock Kaitai reads them, without rules of ours",
            "warning",
        )


def _used(files: tuple[FileReport, ...]) -> Iterator[str]:
    """Schemas, companions and contracts, each once by its digest."""
    lines: dict[tuple[str, str], str] = {}
    for file in files:
        if file.schema is not None:
            name = f"schema {file.schema.id}"
            lines.setdefault((name, file.schema.sha256), file.schema.file)
        for one in file.companions:
            lines.setdefault((f"with {one.name}", one.sha256), one.file)
    yield from (_source(name, file, digest) for (name, digest), file in lines.items())
    contracts = dict.fromkeys(contract for file in files for contract in file.contracts)
    yield from (visible(f"contract {contract}") for contract in contracts)


def _engines(files: tuple[FileReport, ...]) -> Iterator[str]:
    """How much the native engine did; the rest is the reference reader's."""
    checked = sum(file.checked for file in files)
    native = sum(file.engine == "native" for file in files)
    if native:
        share = "" if native == checked else f" {native:,} of {count(checked, 'file')}"
        yield f"engine: native{share}"


def _source(name: str, file: str, sha256: str) -> str:
    return f"{visible(name)}: {visible_name(file)} (sha256 {sha256[:_DIGEST_SHOWN]}…)"

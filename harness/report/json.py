"""Reports as JSON, in the shape that `docs/schemas/report-1.schema.json` publishes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from harness.findings.message import help_text, message
from harness.findings.model import Finding, Place, Severity, Span
from harness.findings.registry import RULES
from harness.gate.verdict import StageResult, Verdict
from harness.report.escape import visible
from harness.report.model import FileReport, Report

SCHEMA_VERSION = 1

Object = dict[str, Any]

# one escape of JSON text at a time, so that an escaped backslash begins no other
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u(....)|\\.")


def report_json(report: Report, version: str) -> str:
    """Return a report as JSON text: stable order of fields, ASCII only, one line end.

    ASCII, so that nothing from a hostile file reaches a terminal that a stream is shown on.

    Args:
        report: what to write.
        version: of this tool.
    """
    return dumped(report_object(report, version))


def dumped(written: Object) -> str:
    """Return an object as JSON text, ASCII only, one line end.

    Half surrogates, as which Python holds the bytes of a file name that are no text, would make
    it a document that strict readers refuse: they become the escape that text output has.
    """
    # the module would take its part of every start, also of those that write no JSON
    import json  # noqa: PLC0415

    # the standard library indents slowly, and nothing else holds half surrogates
    text = _ESCAPE.sub(_whole, json.dumps(written, separators=(",", ":")))
    return msgspec.json.format(text, indent=2) + "\n"


def _whole(escape: re.Match[str]) -> str:
    """An escape of JSON text as it is; of half a surrogate, one that names it."""
    number = int(escape[1] or "0", 16)
    if not 0xD800 <= number <= 0xDFFF:
        return escape[0]
    return "\\" + visible(chr(number))


def named(file: str) -> str:
    r"""Return a file's name as JSON has it: a backslash doubled, a byte that is no text `\xHH`.

    The latter is left to `dumped`, which sees to all text.
    """
    return file.replace("\\", "\\\\")


def report_object(report: Report, version: str) -> Object:
    """Return a report as an object of the published shape."""
    written: Object = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "content-harness", "version": version},
        "command": report.command,
        "outcome": report.outcome,
        "exit_code": report.exit_code,
        "summary": _summary(report),
        "files": [file_object(file) for file in report.files],
        "findings": [finding_object(finding) for finding in report.findings],
    }
    if report.verdict is not None:
        written["gate"] = _verdict(report.verdict)
    if report.refusals:
        written["refusals"] = [
            {"message": one.message, "source": _place(one.place)} for one in report.refusals
        ]
    return written


def _summary(report: Report) -> Object:
    checked = sum(file.checked for file in report.files)
    severities = [finding.severity for finding in report.findings]
    return {
        "files_checked": checked,
        "files_unchecked": len(report.files) - checked,
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "notes": severities.count(Severity.NOTE),
        "findings_dropped": sum(sum(file.dropped.values()) for file in report.files),
    }


def file_object(file: FileReport) -> Object:
    """Return what one file was judged by as an object of the published shape."""
    schema = file.schema
    return {
        "file": named(file.file),
        "checked": file.checked,
        "valid": file.valid,
        "in_contract": file.in_contract,
        "reason": file.reason,
        "size": file.size,
        "sha256": file.sha256,
        "schema": None
        if schema is None
        else {"id": schema.id, "file": named(schema.file), "sha256": schema.sha256},
        "engine": file.engine or None,
        "lenient": file.lenient,
        "companions": [
            {"name": companion.name, "file": named(companion.file), "sha256": companion.sha256}
            for companion in file.companions
        ],
        "contracts": list(file.contracts),
        "dropped": dict(sorted(file.dropped.items())),
    }


def finding_object(finding: Finding) -> Object:
    """Return one finding as an object of the published shape."""
    place = finding.source
    return {
        "code": finding.code,
        "name": RULES[finding.code].name,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": named(finding.file),
        "path": finding.path,
        "span": span_object(finding.span),
        "expected": finding.expected,
        "actual": finding.actual,
        "reason": finding.reason,
        "source": None if place is None else _place(place),
        "message": message(finding),
        "help": help_text(finding),
    }


def _place(place: Place) -> Object:
    return {"file": named(place.file), "line": place.line, "column": place.column}


def span_object(span: Span | None) -> Object | None:
    """Return a span as an object of the published shape; None for none."""
    return None if span is None else {"start": span.start, "end": span.end}


def _verdict(verdict: Verdict) -> Object:
    return {
        "verdict": "pass" if verdict.is_pass else "blocked",
        "candidate": named(verdict.candidate),
        "policy": {"file": named(verdict.policy), "sha256": verdict.policy_sha256},
        "consumers": [
            {"name": one.label, "manifest": named(one.manifest), "digest": one.digest}
            for one in verdict.consumers
        ],
        "stages": [_stage(stage) for stage in verdict.stages],
        "absent_stages": list(verdict.absent),
        "accepted": [
            {
                "finding": finding_object(one.finding),
                "reason": one.reason,
                "expires": one.expires.isoformat(),
            }
            for one in verdict.accepted
        ],
    }


def _stage(stage: StageResult) -> Object:
    return {
        "name": stage.name,
        "outcome": stage.outcome.value,
        "seconds": round(stage.seconds, 3),
        "detail": stage.detail,
        "findings": len(stage.findings),
        "obstacles": [
            {"kind": obstacle.kind.value, "message": obstacle.message}
            for obstacle in stage.obstacles
        ],
        "transcripts": [{"title": one.title, "text": one.text} for one in stage.transcripts],
    }

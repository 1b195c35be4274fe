"""A corpus: files of one format, and what each of them is to raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from harness.findings.message import message
from harness.findings.model import Finding, Severity
from harness.schema import SchemaError
from harness.schema.library import find
from harness.validation.request import Request
from harness.validation.validate import validate_file

KINDS: Final = ("valid", "invalid")
_CODE: Final = re.compile(r"[A-Z][0-9]{3}(?![0-9A-Za-z])")


class CorpusError(Exception):
    """A corpus that cannot be read, or a file of it that raises something else."""


class _Sample(msgspec.Struct, frozen=True):
    findings: tuple[str, ...]


class _Expected(msgspec.Struct, frozen=True):
    """What stands in `expected.json`."""

    schema: str
    companions: dict[str, str] = msgspec.field(default_factory=dict, name="with")
    valid: dict[str, _Sample] = {}
    invalid: dict[str, _Sample] = {}


class CorpusFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a corpus, and how it is judged.

    Attributes:
        path: of the file.
        schema: name or path.
        companions: by parameter, what it is read with.
        findings: each with the id of its rule, if it has one; None where nothing is written about
            the file but what its folder and its name say.
    """

    path: Path
    schema: str
    companions: dict[str, Path] = {}
    findings: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Its folder and its name."""
        return f"{self.path.parent.name}/{self.path.name}"


def files_of(expected: Path) -> Iterator[CorpusFile]:
    """Yield the files of a corpus: those that are told of, and those that are there.

    Args:
        expected: the `expected.json` of the corpus. Companions are looked for from the folder that
            the corpus lies in, and so is a schema that is no known one.

    Raises:
        CorpusError: it is not such a file.
    """
    try:
        told = msgspec.json.decode(expected.read_bytes(), type=_Expected)
    except (OSError, msgspec.DecodeError) as error:
        raise CorpusError(f"{expected}: {error}") from None
    folder = expected.parent
    around = folder.parent
    schema = str(around / told.schema) if told.schema.endswith(".ksy") else told.schema
    companions = {name: around / path for name, path in told.companions.items()}
    for kind, samples in zip(KINDS, (told.valid, told.invalid), strict=True):
        there = {path.name for path in (folder / kind).glob("*") if path.is_file()}
        for name in sorted(there | samples.keys()):
            yield CorpusFile(
                path=folder / kind / name,
                schema=schema,
                companions=companions,
                findings=samples[name].findings if name in samples else None,
            )


def check(file: CorpusFile) -> None:
    """Read a file, and compare what it raises with what it is to raise.

    Raises:
        CorpusError: that differs, or the file was not checked.
    """
    try:
        find(file.schema)
        request = Request(schema=file.schema, companions=file.companions)
        result = validate_file(file.path, request)
    except SchemaError as error:
        raise CorpusError(f"{file.path}: {error}") from None
    if not result.checked:
        raise CorpusError(f"{file.path}: not checked: {result.reason}")
    wrong = _difference(file, result.findings)
    if wrong:
        found = [f"  {_id(finding)}: {message(finding)}" for finding in result.findings]
        raise CorpusError("\n".join((f"{file.path}: {wrong}", *found)))


def _difference(file: CorpusFile, findings: tuple[Finding, ...]) -> str:
    """Return what is wrong in one line; nothing where all is as it should be."""
    raised = sorted({_id(finding) for finding in findings})  # each once, as the list has them
    if file.findings is not None:
        expected = sorted(set(file.findings))
        return "" if raised == expected else f"expected {_listed(expected)}, not {_listed(raised)}"
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if file.path.parent.name == "valid":
        return f"expected no error, not {_listed(raised)}" if errors else ""
    code = _CODE.match(file.path.name)
    if code is None:
        return "" if errors else f"expected an error, not {_listed(raised)}"
    if any(finding.code == code[0] for finding in findings):
        return ""
    return f"expected {code[0]}, not {_listed(raised)}"


def _id(finding: Finding) -> str:
    return f"{finding.code} {finding.rule}".strip()


def _listed(raised: list[str]) -> str:
    return ", ".join(raised) or "nothing"

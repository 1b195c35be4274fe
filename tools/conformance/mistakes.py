"""Schemas with mistakes (`formats_err`): each must be refused, at the line its head names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from harness.findings.model import Finding, Severity
from harness.schema import SchemaError, load
from harness.schema.lint import lint
from tools.conformance.specs import Checkout
from tools.conformance.yaml_places import lines_of

_NAMED: Final = re.compile(r"# (?P<file>[\w.]+\.ksy): ?(?P<path>/\S*?):?")
_NUMBERED: Final = re.compile(r"# (?P<file>[\w.]+\.ksy):(?P<line>[0-9]+):[0-9]+:?")
_SAID: Final = re.compile(r"#\s+(?P<level>error|warning): (?P<text>.*)")

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, as the head of a file says it.

    Attributes:
        file: the file that it is in.
        path: of the YAML; empty where `line` is given.
        line: 0 where `path` is given.
        level: how bad.
        text: what the compiler says.
    """

    file: str
    path: str
    line: int
    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One file and what we say of it.

    Attributes:
        name: of the file.
        level: of the worst mistake that its head names; empty when it names none.
        is_refused: it does not load.
        missing: the mistakes that no finding stands at, in words.
        beside: findings that stand at no mistake, in words.
        crash: the exception that loading it raised, where it raised one of its own.
    """

    name: str
    level: Level | Literal[""]
    is_refused: bool
    missing: tuple[str, ...]
    beside: tuple[str, ...] = ()
    crash: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the file was refused, or loads if all is warnings; each mistake at its line."""
        return self.is_refused is (self.level == "error") and not self.missing and not self.crash


def run_mistakes(checkout: Checkout) -> list[Judged]:
    """Judge every schema of `formats_err`."""
    folder = checkout.tests / "formats_err"
    return [judge(path, checkout) for path in sorted(folder.glob("*.ksy"))]


def judge(path: Path, checkout: Checkout) -> Judged:
    """Return what we say of one schema with mistakes."""
    mistakes = tuple(mistakes_of(path.read_text(encoding="utf-8")))
    level: Level | Literal[""] = ""
    if mistakes:
        level = "error" if any(mistake.level == "error" for mistake in mistakes) else "warning"
    try:
        findings = _findings(path, checkout, level)
    except Exception as error:  # noqa: BLE001  # a crash is what the suite looks for
        crash = f"{type(error).__name__}: {error}"
        return Judged(path.name, level, is_refused=False, missing=(), crash=crash)
    wanted = {mistake: _lines(path, mistake) for mistake in mistakes}
    places = [(Path(found.file).name, _line(found)) for found in findings]
    missing = [m for m, lines in wanted.items() if not any(_at(p, m, lines) for p in places)]
    beside = [
        found
        for found, place in zip(findings, places, strict=True)
        if not any(_at(place, mistake, lines) for mistake, lines in wanted.items())
    ]
    return Judged(
        path.name,
        level,
        is_refused=any(found.severity is Severity.ERROR for found in findings),
        missing=tuple(f"{m.path or m.line}: {m.text}" for m in missing),
        beside=tuple(f"{_line(found)}: {found.code} {found.actual}" for found in beside),
    )


def mistakes_of(text: str) -> Iterator[Mistake]:
    """Yield the mistakes that the comment at the head of a file names."""
    where: re.Match[str] | None = None
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        said = _SAID.fullmatch(line)
        if said and where is not None:
            found = where.groupdict()
            level: Level = "error" if said["level"] == "error" else "warning"
            number = int(found.get("line") or 0)
            yield Mistake(found["file"], found.get("path") or "", number, level, said["text"])
        elif not said:
            where = _NAMED.fullmatch(line) or _NUMBERED.fullmatch(line) or where


def _findings(path: Path, checkout: Checkout, level: str) -> list[Finding]:
    """Return why the schema does not load; of one that should, what lint says."""
    if level == "warning":
        return list(lint(path, checkout.import_paths, lenient=True))
    try:
        load(path, use_cache=False, import_paths=checkout.import_paths, lenient=True)
    except SchemaError as error:
        return [f for f in error.findings if f.severity is Severity.ERROR]
    return []


def _lines(path: Path, mistake: Mistake) -> range:
    if mistake.line:
        return range(mistake.line, mistake.line + 1)
    return lines_of((path.parent / mistake.file).read_text(encoding="utf-8"), mistake.path)


def _line(finding: Finding) -> int:
    return finding.source.line if finding.source is not None else 0


def _at(place: tuple[str, int], mistake: Mistake, lines: range) -> bool:
    file, line = place
    return file == mistake.file and line in lines

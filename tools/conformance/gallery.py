"""The gallery of public formats: each schema must load as stock Kaitai takes it, or say why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from harness.findings.model import Finding, Severity
from harness.schema import SchemaError, load

REFUSAL: Final = "Q907"


class Outcome(StrEnum):
    """How one schema fared."""

    LOADED = "loaded"
    REFUSED = "refused"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One schema of the gallery.

    Attributes:
        name: its path below the gallery.
        outcome: refused is what needs a construct outside the profile, and only that.
        reasons: why it did not load; of a refused one the constructs and their lines.
    """

    name: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


def schemas_of(formats: Path) -> list[Path]:
    """Return the schemas of a gallery, by path."""
    return sorted(formats.rglob("*.ksy"))


def run_gallery(formats: Path) -> list[Loaded]:
    """Load every schema of the gallery in the folder `formats`."""
    return [_load(path, formats) for path in schemas_of(formats)]


def _load(path: Path, formats: Path) -> Loaded:
    name = str(path.relative_to(formats))
    try:
        load(path, use_cache=False, import_paths=(formats,), lenient=True)
    except SchemaError as error:
        found = [one for one in error.findings if one.severity is Severity.ERROR]
        is_refused = all(one.code == REFUSAL for one in found)
        outcome = Outcome.REFUSED if is_refused else Outcome.FAILED
        return Loaded(name, outcome, _words(found))
    except Exception as error:  # noqa: BLE001  # a crash is what is looked for
        return Loaded(name, Outcome.CRASHED, (f"{type(error).__name__}: {error}",))
    return Loaded(name, Outcome.LOADED)


def _words(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(
        f"{Path(one.file).name}:{one.source.line if one.source else 0}: {one.code} {one.actual}"
        for one in findings
    )

"""Loading the schemas of the suite: each loads, or is refused for a construct that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.findings.model import Finding
from harness.schema import Schema, SchemaError, load
from tools.conformance.exclusions import excluded_constructs
from tools.conformance.gallery import Loaded, Outcome
from tools.conformance.specs import Checkout

REFUSAL: Final = "Q907"


@dataclass(frozen=True, slots=True)
class Loading:
    """What came of loading one schema.

    Attributes:
        schema: None when it did not load.
        constructs: why it is refused, as the files have it.
        mistakes: what is wrong that no such construct explains.
    """

    schema: Schema | None
    constructs: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()


def load_leniently(path: Path, checkout: Checkout) -> Loading:
    """Load a schema of the suite as stock Kaitai would."""
    try:
        schema = load(path, use_cache=False, import_paths=checkout.import_paths, lenient=True)
    except SchemaError as error:
        constructs = _refused(error.findings)
        if constructs:
            return Loading(None, constructs)
        return Loading(None, mistakes=tuple(in_place(finding) for finding in error.findings))
    missed = [name for file in schema.files for name in excluded_constructs(Path(file.path))]
    return Loading(schema, mistakes=tuple(f"{name}: not refused" for name in missed))


def run_schemas(checkout: Checkout) -> list[Loaded]:
    """Load every schema of the suite, those too that no specification is about."""
    folder = checkout.tests / "formats"
    return [_loaded(path, folder, checkout) for path in sorted(folder.rglob("*.ksy"))]


def _loaded(path: Path, folder: Path, checkout: Checkout) -> Loaded:
    name = str(path.relative_to(folder))
    try:
        found = load_leniently(path, checkout)
    except Exception as error:  # noqa: BLE001  # a crash is what the suite looks for
        return Loaded(name, Outcome.CRASHED, (f"{type(error).__name__}: {error}",))
    if found.constructs:
        return Loaded(name, Outcome.REFUSED, found.constructs)
    return Loaded(name, Outcome.FAILED if found.mistakes else Outcome.LOADED, found.mistakes)


def _refused(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the excluded constructs that the refusals are about, as the files have them."""
    files = {finding.file for finding in findings if finding.code == REFUSAL}
    return tuple(sorted({name for file in files for name in excluded_constructs(Path(file))}))


def in_place(finding: Finding) -> str:
    """Return a mistake with its file and line."""
    line = finding.source.line if finding.source is not None else 0
    return f"{Path(finding.file).name}:{line}: {finding.code} {finding.actual}"

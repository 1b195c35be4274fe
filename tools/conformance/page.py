"""What the results look like: tables for people, and JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any, Final

from tools.conformance import gallery, samples
from tools.conformance.bars import Bar, Results
from tools.conformance.mistakes import Judged
from tools.conformance.suite import Outcome, Result, Strict

_WIDTH: Final = 52


def lines_of(results: Results, bars: Sequence[Bar]) -> Iterator[str]:
    """Yield the page, line by line: figures first, then names, then the bars."""
    yield from _table("schemas, as stock Kaitai loads", _counts(results.schemas, gallery.Outcome))
    yield from _table("specifications, as stock Kaitai reads", _counts(results.specs, Outcome))
    yield from _table("the same, read strictly", _strict_counts(results.specs))
    yield from _table("schemas with mistakes", _mistake_counts(results.mistakes))
    yield from _table("gallery, loaded leniently", _counts(results.gallery, gallery.Outcome))
    yield from _table("samples, beside Kaitai's parsers", _counts(results.samples, samples.Outcome))
    yield from _names(results)
    yield "bars"
    for bar in bars:
        yield f"  {'holds ' if bar.holds else 'BROKEN'}  {bar.what}: {bar.seen}"


def as_json(results: Results, bars: Sequence[Bar], commits: Mapping[str, str]) -> dict[str, Any]:
    """Return all results as plain data."""
    return {
        "checkouts": dict(commits),
        "bars": [asdict(bar) for bar in bars],
        "schemas": [asdict(one) for one in results.schemas],
        "specifications": [asdict(one) for one in results.specs],
        "mistakes": [asdict(one) | {"is_right": one.is_right} for one in results.mistakes],
        "gallery": [asdict(one) for one in results.gallery],
        "samples": [asdict(one) for one in results.samples],
    }


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{title:<{_WIDTH + 2}}{sum(counts.values()):>6}"
    for words, count in counts.items():
        yield f"  {words:<{_WIDTH}}{count:>6}"
    yield ""


def _counts(found: Iterable[Any], kinds: type[StrEnum]) -> dict[str, int]:
    counts = Counter(one.outcome for one in found)
    return {str(kind): counts[kind] for kind in kinds}


def _strict_counts(specs: Sequence[Result]) -> dict[str, int]:
    counts = Counter(one.strict for one in specs if one.strict is not Strict.NOT_RUN)
    return {str(kind): counts[kind] for kind in Strict if kind is not Strict.NOT_RUN}


def _mistake_counts(mistakes: Sequence[Judged]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for level in ("error", "warning"):
        those = [one for one in mistakes if one.level == level]
        right = sum(one.is_right for one in those)
        words = "refused" if level == "error" else "warned of"
        counts[f"{level}: {words} at the right line"] = right
        counts[f"{level}: not so"] = len(those) - right
    counts["no mistake is named: what others import"] = sum(not one.level for one in mistakes)
    return counts


def _names(results: Results) -> Iterator[str]:
    """Yield what needs a word: everything that is not as the suites say."""
    loaded, same = gallery.Outcome.LOADED, samples.Outcome.SAME
    unloaded = ((one.name, one.reasons) for one in results.schemas if one.outcome is not loaded)
    yield from _listed("schemas, not loaded", unloaded)
    for outcome in (Outcome.REFUSED, Outcome.FAILED, Outcome.CRASHED):
        yield from _listed(
            f"specifications {outcome}",
            ((one.name, one.reasons) for one in results.specs if one.outcome is outcome),
        )
    for strict in (Strict.DIFFERENT, Strict.FEWER, Strict.REFUSED):
        yield from _listed(
            f"read strictly: {strict}",
            ((one.name, one.strict_reasons) for one in results.specs if one.strict is strict),
        )
    for level in ("error", "warning"):
        yield from _listed(
            f"schemas with mistakes ({level}) where not each is found at its line",
            (
                (one.name, (*one.missing, *([one.crash] if one.crash else [])))
                for one in results.mistakes
                if one.level == level and not one.is_right
            ),
        )
    unloaded = ((one.name, one.reasons) for one in results.gallery if one.outcome is not loaded)
    yield from _listed("gallery, not loaded", unloaded)
    unlike = ((one.name, one.reasons) for one in results.samples if one.outcome is not same)
    yield from _listed("samples, not the same", unlike)


def _listed(title: str, entries: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    found = list(entries)
    if not found:
        return
    yield title
    for name, reasons in found:
        yield f"  {name}: {'; '.join(reasons[:3])}"
    yield ""

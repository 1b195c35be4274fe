"""What must hold of the results: each bar, what was seen, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.conformance import gallery, samples
from tools.conformance.mistakes import Judged
from tools.conformance.suite import Outcome, Result, Strict

PASSED_PERCENT: Final = 98
RIGHT_PERCENT: Final = 95
LOADED_PERCENT: Final = 97


@dataclass(frozen=True, slots=True)
class Results:
    """All that was run.

    Attributes:
        schemas: all schemas of the suite, those too that no specification is about.
        specs: the specifications.
        mistakes: the schemas with mistakes.
        gallery: the schemas of the gallery.
        samples: its files, each read by us and by Kaitai.
        unmade: why something could not be run; then its bar does not hold.
    """

    schemas: Sequence[gallery.Loaded]
    specs: Sequence[Result]
    mistakes: Sequence[Judged]
    gallery: Sequence[gallery.Loaded]
    samples: Sequence[samples.Compared]
    unmade: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that must hold.

    Attributes:
        what: in words, with the figure that is asked for.
        seen: the figures.
        holds: whether they are good enough.
    """

    what: str
    seen: str
    holds: bool


def bars(results: Results) -> list[Bar]:
    """Return every bar, held against the results."""
    return [
        _refusals(results.schemas),
        *_of_specs(results.specs),
        *_of_mistakes(results),
        *_of_gallery(results),
    ]


def _refusals(schemas: Sequence[gallery.Loaded]) -> Bar:
    right = (gallery.Outcome.LOADED, gallery.Outcome.REFUSED)
    wrong = [one.name for one in schemas if one.outcome not in right]
    refused = sum(one.outcome is gallery.Outcome.REFUSED for one in schemas)
    seen = f"{refused} of {len(schemas)} refused" + (
        f", not so {', '.join(wrong)}" if wrong else ""
    )
    what = "exactly the schemas that need an excluded construct are refused"
    return Bar(what, seen, bool(schemas) and not wrong)


def _of_specs(specs: Sequence[Result]) -> Iterator[Bar]:
    inside = [result for result in specs if result.outcome is not Outcome.REFUSED]
    passed = sum(result.outcome is Outcome.PASSED for result in inside)
    what = f"at least {PASSED_PERCENT} % of the specifications in the profile pass"
    yield _share(what, passed, len(inside), PASSED_PERCENT)
    different = [result.name for result in specs if result.strict is Strict.DIFFERENT]
    yield _none("the strict reader never gives another value", different)


def _of_mistakes(results: Results) -> Iterator[Bar]:
    errors = [one for one in results.mistakes if one.level == "error"]
    right = sum(one.is_right for one in errors)
    what = f"at least {RIGHT_PERCENT} % of the schemas with errors are refused at the right line"
    yield _share(what, right, len(errors), RIGHT_PERCENT)
    crashed = [one.name for one in results.specs if one.outcome is Outcome.CRASHED]
    crashed += [one.name for one in results.mistakes if one.crash]
    loaded = (*results.schemas, *results.gallery)
    crashed += [one.name for one in loaded if one.outcome is gallery.Outcome.CRASHED]
    yield _none("nothing crashes", crashed)


def _of_gallery(results: Results) -> Iterator[Bar]:
    loaded = sum(one.outcome is gallery.Outcome.LOADED for one in results.gallery)
    what = f"at least {LOADED_PERCENT} % of the gallery load with --lenient"
    yield _share(what, loaded, len(results.gallery), LOADED_PERCENT)
    failed = [one.name for one in results.gallery if one.outcome is gallery.Outcome.FAILED]
    yield _none("the rest of the gallery is refused by name", failed)
    what = "every sample has the values that Kaitai's own parser finds"
    if results.unmade:
        yield Bar(what, "; ".join(results.unmade), holds=False)
        return
    same = sum(one.outcome is samples.Outcome.SAME for one in results.samples)
    yield _share(what, same, len(results.samples), 100)


def _share(what: str, part: int, whole: int, percent: int) -> Bar:
    """A share, rounded down, so that 100.0 means all; of nothing it is not enough."""
    seen = f"{part} of {whole}"
    if whole:
        seen += f", {part * 1000 // whole / 10:.1f} %"
    return Bar(what, seen, whole > 0 and part * 100 >= percent * whole)


def _none(what: str, names: Iterable[str]) -> Bar:
    found = list(names)
    return Bar(what, ", ".join(found) or "none", not found)

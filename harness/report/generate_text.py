"""What was generated, as text: a table of targets or boundaries, and what was made in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from harness.report.escape import visible
from harness.report.style import Style
from harness.report.words import count
from harness.writing.generate import Health
from harness.writing.manifest import Beside, Manifest, Purpose, Why

_MOST_SHOWN = 8
# files from which on it is no chance that all are the same
_MANY = 20
_WHY: Mapping[Why, str] = {
    "same-bytes": "of the same bytes",
    "always": "in each of {} that raised it",
    "one-change": "by the one change",
    "unrelated": "unrelated",
}


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of `harness generate` came to.

    Attributes:
        folder: where the files are.
        manifest: of them.
        health: how much was made in vain.
        outcome: the row of the exit-code table, in a word.
        exit_code: of that row.
        is_varying_asked: valid contents were given to be varied.
    """

    folder: str
    manifest: Manifest
    health: Health
    outcome: str
    exit_code: int
    is_varying_asked: bool = False


class Row(msgspec.Struct):
    """A line of the table: what was asked for, the files, what comes with it, why some lack."""

    title: str
    code: str
    names: list[str] = []
    beside: list[Beside] = []
    raised: int = 0
    reason: str = ""
    missing: int = 0


def generated_lines(generated: Generated, style: Style) -> Iterator[str]:
    """Yield the report: the table, where there is one, and the sum."""
    manifest = generated.manifest
    rows = rows_of(manifest)
    if [row.title for row in rows] != ["valid"]:
        yield from _table(rows, style)
    for name, one in manifest.companions.items():
        if one.is_generated:
            yield f"companion {visible(name)}: {visible(one.file)}, generated"
    varied = sum(file.purpose.is_varied for file in manifest.files)
    if varied:
        why = ", as `--from` asks" if generated.is_varying_asked else ": none could be grown"
        yield f"{count(varied, 'file')} made of valid ones by changing values{why}"
    same = _sameness(manifest)
    if same:
        yield style.paint(same, "warning")
    missing = sum(row.missing for row in rows)
    if not manifest.is_complete:
        yield style.paint("interrupted: what was made until then is there", "error")
    made = f"{count(len(manifest.files), 'file')} in {visible(generated.folder)}"
    yield style.paint(made, "good") if manifest.files else made
    if missing:
        yield style.paint(f"{missing:,} could not be made", "warning")


def _sameness(manifest: Manifest) -> str:
    """Return what is said of valid files that are all the same; empty where they differ."""
    valid = [file for file in manifest.files if file.purpose.kind == "valid"]
    if manifest.distinct != 1 or len(valid) < _MANY:
        return ""
    what = "are empty" if valid[0].size == 0 else "hold the same bytes"
    return f"all {len(valid):,} valid files {what}: nothing else was found that the schema allows"


def health_lines(health: Health) -> Iterator[str]:
    """Yield how much was made in vain, by the first finding in it."""
    if not health.rejected and not health.invalid:
        return
    yield (
        f"made in vain: {count(health.rejected, 'draft')} given up while they grew, "
        f"{count(health.invalid, 'content')} with findings "
        f"(beside {health.contents:,} without)"
    )
    yield from _worst(health.codes, "{}")
    yield from _worst(health.places, "given up at `{}`")
    if not health.contents:
        yield from _worst(health.unsolved, "{} could not be made to give what was wanted")
    yield from (f"  {visible(said)}" for said in health.too_large)


def _worst(numbers: Mapping[str, int], said: str) -> Iterator[str]:
    """Yield the most frequent of some, and how many others there are."""
    worst = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    for name, number in worst[:_MOST_SHOWN]:
        yield f"  {number:6,}  {said.format(visible(name))}"
    if len(worst) > _MOST_SHOWN:
        rest = sum(number for _, number in worst[_MOST_SHOWN:])
        yield f"  {rest:6,}  {said.format('others').replace('`', '')}"


def rows_of(manifest: Manifest) -> list[Row]:
    """Return the lines of the table, in the order of the files."""
    rows: dict[tuple[str, str, str], Row] = {}
    for file in manifest.files:
        row = _row(rows, file.purpose)
        row.names.append(file.name)
    for not_made in manifest.not_made:
        row = _row(rows, not_made.purpose)
        row.missing += not_made.count
        row.reason = not_made.reason
    for record in manifest.targets:
        row = _row(rows, Purpose("breaking", record.code, record.rule))
        row.beside += record.beside
        row.raised = record.raised
    return sorted(rows.values(), key=lambda row: not row.names)


def _row(rows: dict[tuple[str, str, str], Row], purpose: Purpose) -> Row:
    key = (purpose.kind, purpose.code, purpose.title)
    return rows.setdefault(key, Row(purpose.title, purpose.code))


def _table(rows: list[Row], style: Style) -> Iterable[str]:
    width = max((len(visible(row.title)) for row in rows), default=0)
    for row in rows:
        title = style.paint(f"{visible(row.title):{width}}", "name")
        yield f"{title}  {row.code or '-':4}  {len(row.names):4}  {_outcome(row, style)}".rstrip()


def _outcome(row: Row, style: Style) -> str:
    said = [_names(row.names)] if row.names else []
    if row.beside:
        beside = ", ".join(
            f"{visible(one.title)} ({_WHY[one.why].format(count(row.raised, 'content'))})"
            for one in row.beside
        )
        said.append(style.paint(f"with {beside}", "note"))
    if row.missing:
        what = f"{row.missing:,} missing: {row.reason}" if row.names else f"none: {row.reason}"
        said.append(style.paint(what, "warning"))
    return ", ".join(said)


def _names(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"

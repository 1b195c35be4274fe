"""What was counted: cells, where each was first used, and the sum over many contents."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, zip_longest
from typing import Final, TypeVar

import msgspec

from harness.findings.model import Span

# A matrix whose rows come from content is as large as whoever wrote the content wants it.
MAX_CELLS: Final = 65_536
MAX_PLANES: Final = 256
MAX_ROWS: Final = 1_024
# The point of a cell that counts a row of a matrix, whatever the column.
WHOLE_ROW: Final = ""


class Cell(msgspec.Struct, frozen=True, cache_hash=True):
    """One unit of format coverage.

    Attributes:
        group: the matrix or the domain that it belongs to, by its id.
        point: the member of the column's enum, or the point of the domain; empty for a whole row.
        per: of a matrix, the value that tells one plane from another; empty for none.
        row: of a matrix.
    """

    group: str
    point: str
    per: int | str = ""
    row: int = 0

    @property
    def key(self) -> tuple[str, tuple[int, int, str], int, str]:
        """What cells are sorted by."""
        return self.group, per_key(self.per), self.row, self.point


def per_key(per: int | str) -> tuple[int, int, str]:
    """Return what planes are sorted by: numbers by value, then texts."""
    return (1, 0, per) if isinstance(per, str) else (0, per, "")


class Witness(msgspec.Struct, frozen=True):
    """Where a cell is used; no span where the value is computed."""

    file: str
    path: str
    span: Span | None = None

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What witnesses are sorted by; the least is kept."""
        span = self.span or Span(-1, -1)
        return self.file, span.start, span.end, self.path


class Count(msgspec.Struct, frozen=True):
    """How often a cell was used: in so many contents, so many times, first of all here."""

    cell: Cell
    files: int
    uses: int
    witness: Witness

    @property
    def key(self) -> tuple[str, tuple[int, int, str], int, str]:
        """What counts are sorted by."""
        return self.cell.key


class Plane(msgspec.Struct, frozen=True):
    """The rows of a matrix for one value of `per`.

    Attributes:
        group: the matrix.
        per: the value; empty for none.
        name: what the item is called that the value refers to; empty where that is not known.
        files: contents that have it.
        rows: how many rows there are; None where only content shows them.
        labels: names of the rows, as far as known.
        possible: of each row, a bit for each column that the schema does not rule out; empty where
            it rules out none.
    """

    group: str
    per: int | str = ""
    name: str = ""
    files: int = 0
    rows: int | None = None
    labels: tuple[str, ...] = ()
    possible: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, tuple[int, int, str]]:
        """What planes are sorted by."""
        return self.group, per_key(self.per)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What one content uses, or many: plain data, sorted, with at most one entry a cell.

    Tallies of one schema add up in any order: `a | b`.

    Attributes:
        schema: digest of the schema; empty where nothing was measured.
        valid: contents that were counted.
        invalid: contents that break the schema.
        counts: cells that valid contents use.
        invalid_counts: cells that invalid contents use; they prove nothing.
        planes: of all matrices, as valid contents show them.
        cut: groups of which there is more than is kept.
        unmeasured: contents that would take too many steps; nothing of them is counted.
    """

    schema: str = ""
    valid: int = 0
    invalid: int = 0
    counts: tuple[Count, ...] = ()
    invalid_counts: tuple[Count, ...] = ()
    planes: tuple[Plane, ...] = ()
    cut: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()

    def __or__(self, other: Tally) -> Tally:
        return merged((self, other))


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies of one schema.

    Raises:
        ValueError: they are of different schemas.
    """
    total = Total()
    for tally in tallies:
        total.add(tally)
    return total.tally()


class Total:
    """A sum under way: cheaper than adding one tally to another again and again."""

    def __init__(self) -> None:
        self._schema = ""
        self._valid = self._invalid = 0
        self._counts: dict[Cell, Count] = {}
        self._invalid_counts: dict[Cell, Count] = {}
        self._planes: dict[tuple[str, int | str], Plane] = {}
        self._cut: set[str] = set()
        self._unmeasured: list[str] = []

    def add(self, tally: Tally) -> None:
        """Add one.

        Raises:
            ValueError: it is of another schema than those before.
        """
        if tally.schema and self._schema and tally.schema != self._schema:
            raise ValueError("these were measured by different schemas")
        self._schema = self._schema or tally.schema
        self._valid += tally.valid
        self._invalid += tally.invalid
        _add(self._counts, tally.counts)
        _add(self._invalid_counts, tally.invalid_counts)
        for plane in tally.planes:
            key = (plane.group, plane.per)
            known = self._planes.get(key)
            self._planes[key] = plane if known is None else _joined(known, plane)
        self._cut.update(tally.cut)
        self._unmeasured += tally.unmeasured

    def tally(self) -> Tally:
        """Return the sum, cut down to what is kept."""
        cut = set(self._cut)
        return Tally(
            schema=self._schema,
            valid=self._valid,
            invalid=self._invalid,
            counts=_kept(self._counts.values(), MAX_CELLS, cut),
            invalid_counts=_kept(self._invalid_counts.values(), MAX_CELLS, cut),
            planes=_kept(self._planes.values(), MAX_PLANES, cut),
            cut=tuple(sorted(cut)),
            unmeasured=tuple(sorted(self._unmeasured)),
        )


def _add(into: dict[Cell, Count], counts: tuple[Count, ...]) -> None:
    for count in counts:
        known = into.get(count.cell)
        into[count.cell] = count if known is None else _sum(known, count)


def _sum(one: Count, other: Count) -> Count:
    witness = min(one.witness, other.witness, key=lambda found: found.key)
    return Count(one.cell, one.files + other.files, one.uses + other.uses, witness)


def _joined(one: Plane, other: Plane) -> Plane:
    """Return one plane of two: as many rows as either has, a name that either knows."""
    return Plane(
        group=one.group,
        per=one.per,
        name=_name(one.name, other.name),
        files=one.files + other.files,
        rows=max((rows for rows in (one.rows, other.rows) if rows is not None), default=None),
        labels=tuple(
            _name(*names) for names in zip_longest(one.labels, other.labels, fillvalue="")
        ),
        possible=tuple(
            mine | theirs for mine, theirs in zip_longest(one.possible, other.possible, fillvalue=0)
        ),
    )


def _name(one: str, other: str) -> str:
    """Return the least of the names that are known, whichever came first."""
    return min(one, other) if one and other else one or other


_Kept = TypeVar("_Kept", Count, Plane)


def _kept(found: Iterable[_Kept], most: int, cut: set[str]) -> tuple[_Kept, ...]:
    """Return the first of each group in order; a group that has more is added to `cut`.

    The first by a total order, not the first that came: so the order of adding makes no difference.
    """
    kept: list[_Kept] = []
    in_order = sorted(found, key=lambda one: one.key)
    for group, members in groupby(in_order, key=lambda one: one.key[0]):
        several = list(members)
        kept += several[:most]
        if len(several) > most:
            cut.add(group)
    return tuple(kept)

"""Where the probes of one reading put what they see, until it is a tally."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.coverage.cells import (
    MAX_CELLS,
    MAX_PLANES,
    Cell,
    Count,
    Plane,
    Tally,
    Witness,
    merged,
)
from harness.reading.faults import Stopped
from harness.reading.reader import Reading
from harness.reading.tree import Location, StructNode, path_of, span_of
from harness.schema.ir import ValueInstance

# Beyond so many, one content is not measured: what it takes to count them is not worth it.
MAX_CELLS_OF_ONE: Final = 4 * MAX_CELLS
MAX_PLANES_OF_ONE: Final = 4 * MAX_PLANES


class Sink:
    """The cells that one content uses, each with its first place, and the planes it shows.

    Attributes:
        tables: those that planes were made of already, by the matrix and their identity.
    """

    def __init__(self) -> None:
        self._uses: dict[Cell, int] = {}
        self._places: dict[Cell, Location] = {}
        self._planes: dict[tuple[str, int | str], Plane] = {}
        self.tables: set[tuple[str, int]] = set()

    def plane(self, group: str, per: int | str) -> Plane | None:
        """Return a plane that was shown already."""
        return self._planes.get((group, per))

    def show(self, plane: Plane) -> None:
        """Keep a plane, in the place of what was known of it.

        Raises:
            Stopped: there are too many.
        """
        key = (plane.group, plane.per)
        if key not in self._planes and len(self._planes) >= MAX_PLANES_OF_ONE:
            raise Stopped
        self._planes[key] = plane

    def hit(self, cell: Cell, node: StructNode, slot: int = -1, item: int = -1) -> None:
        """Count one use of `cell` at a place; the first that comes is kept as its witness."""
        if cell in self._uses:
            self._uses[cell] += 1
        else:
            self.hits(cell, 1, Location(node, slot, item))

    def hits(self, cell: Cell, uses: int, place: Location) -> None:
        """Count several uses at once.

        Raises:
            Stopped: there are too many cells.
        """
        if cell in self._uses:
            self._uses[cell] += uses
            return
        if len(self._uses) >= MAX_CELLS_OF_ONE:
            raise Stopped
        self._uses[cell] = uses
        self._places[cell] = place

    def tally(self, reading: Reading, *, is_valid: bool) -> Tally:
        """Return all of it as the tally of a valid or an invalid content."""
        counts = tuple(
            Count(cell, 1, uses, witness(self._places[cell])) for cell, uses in self._uses.items()
        )
        schema = reading.schema.digest
        if not is_valid:
            return merged([Tally(schema=schema, invalid=1, invalid_counts=counts)])
        planes = tuple(self._planes.values())
        return merged([Tally(schema=schema, valid=1, counts=counts, planes=planes)])


# Looks at a structure of one type and counts the cells it uses; raises Unknown or Fault where it
# cannot tell.
Probe = Callable[[StructNode, Sink], None]


def witness(place: Location) -> Witness:
    """Return a place as plain data."""
    session = place.node.stream.session
    field = place.node.plan.fields[place.slot] if place.slot >= 0 else None
    span = None if isinstance(field, ValueInstance) else span_of(place)
    return Witness(session.file, session.prefix + path_of(place), span)

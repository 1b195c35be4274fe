"""Changes of what was unpacked: of the packed bytes of the file, or packed and built in anew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec

from harness.reading.tree import Location, extent_of, path_of
from harness.writing.breaking.clues import by_turns
from harness.writing.breaking.edits import Editor
from harness.writing.breaking.targets import fields_of
from harness.writing.changing.packed import compressed_in, packed_in
from harness.writing.changing.places import Edit, Shape, name_of, places_of
from harness.writing.changing.shapes import Shapes
from harness.writing.changing.spots import can_be_rebuilt
from harness.writing.drafting.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.reading.stream import Stream
    from harness.writing.breaking.clues import Clues
    from harness.writing.breaking.targets import Target
    from harness.writing.breaking.trying import Kit
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Facts

MAX_TEXTS: Final = 16


class Inside:
    """Proposes changes of what was unpacked in one content."""

    def __init__(self, reading: Reading, facts: Facts, choices: Choices, clues: Clues) -> None:
        """Make one.

        Args:
            reading: of the content.
            facts: of the schema.
            choices: make the decisions.
            clues: what the schema says of what is to be broken.
        """
        self._reading = reading
        self._facts = facts
        self._choices = choices
        self._clues = clues

    def edits(self, target: Target, only: Shape | None = None) -> Iterator[Edit]:
        """Yield changes of the file, of what was unpacked byte by byte.

        Args:
            target: what is to be broken.
            only: the field to change; None for any.
        """
        for packed in packed_in(self._reading):
            for edit in self._of(packed.source, packed.data, target, only):
                changed = packed.edit(edit)
                if changed is not None:
                    yield changed

    def rebuilt(
        self, target: Target, kit: Kit, only: Shape | None = None
    ) -> Iterator[tuple[Edit, bytes]]:
        """Yield changes of what was unpacked whole, and the content built with each.

        Args:
            target: what is to be broken.
            kit: builds them.
            only: the field to change; None for any.
        """
        values: dict[str, Any] | None = None
        for stream in compressed_in(self._reading):
            if values is None:
                values = values_of(self._reading) if can_be_rebuilt(self._reading) else {}
            data, node = bytes(stream.data), stream.owner
            assert node is not None
            for edit in self._of(stream, data, target, only) if values else ():
                unpacked = {path_of(Location(node)): edit.apply(data)}
                built = kit.build(values, unpacked=unpacked)
                if built is None:
                    break  # others will hardly be
                yield msgspec.structs.replace(edit, is_kept=False), built

    def _of(
        self, source: Stream, data: bytes, target: Target, only: Shape | None
    ) -> Iterator[Edit]:
        """Yield changes of unpacked bytes."""
        inner = Editor(self._reading, data, self._facts, self._choices, self._clues)
        inner.source = source
        ways = [inner.values(target.code, only)]
        if target.code == "S102":
            ways.insert(0, self._overruns(source, len(data), only))
        return chain(*ways)

    def _overruns(self, source: Stream, end: int, only: Shape | None) -> Iterator[Edit]:
        """Let a text go on to the last of the unpacked bytes."""
        names, shapes = fields_of(self._reading.schema, "S102"), Shapes()
        texts = [place for place in places_of(self._reading, source) if name_of(place) in names]
        texts = [place for place in texts if only in (None, shapes.of(place))]
        for place in by_turns(texts, shapes.of, self._choices, MAX_TEXTS):
            start = extent_of(place)[1]
            yield Edit(start, end, b"x" * (end - start), shape=shapes.of(place))

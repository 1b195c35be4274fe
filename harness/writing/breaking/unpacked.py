"""Changes of what was unpacked byte by byte, made to the packed bytes of the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from harness.reading.tree import extent_of
from harness.writing.breaking.clues import Clues, by_turns
from harness.writing.breaking.edits import Editor
from harness.writing.breaking.targets import fields_of
from harness.writing.changing.packed import Packed, packed_in
from harness.writing.changing.places import Edit, Shape, name_of, places_of
from harness.writing.changing.shapes import Shapes

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.breaking.targets import Target
    from harness.writing.choices import Choices
    from harness.writing.drafting.facts import Facts

MAX_TEXTS: Final = 16


def unpacked_edits(
    reading: Reading, facts: Facts, choices: Choices, clues: Clues, target: Target,
    only: Shape | None = None,
) -> Iterator[Edit]:  # fmt: skip
    """Yield changes of unpacked values that may break a target.

    Args:
        reading: of the content.
        facts: of the schema.
        choices: make the decisions.
        clues: what the schema says of what is to be broken.
        target: what that is.
        only: the field to change; None for any.
    """
    for packed in packed_in(reading):
        inner = Editor(reading, packed.data, facts, choices, clues)
        inner.source = packed.source
        ways = [inner.values(target.code, only)]
        if target.code == "S102":
            ways.insert(0, _overruns(reading, packed, choices, only))
        for edit in chain(*ways):
            changed = packed.edit(edit)
            if changed is not None:
                yield changed


def _overruns(
    reading: Reading, packed: Packed, choices: Choices, only: Shape | None
) -> Iterator[Edit]:
    """Let a text go on to the last of the unpacked bytes."""
    names, shapes = fields_of(reading.schema, "S102"), Shapes()
    texts = [place for place in places_of(reading, packed.source) if name_of(place) in names]
    texts = [place for place in texts if only in (None, shapes.of(place))]
    for place in by_turns(texts, shapes.of, choices, MAX_TEXTS):
        start, end = extent_of(place)[1], len(packed.data)
        yield Edit(start, end, b"x" * (end - start), shape=shapes.of(place))

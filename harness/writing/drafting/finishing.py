"""Finishing: a draft is written, and what follows from its bytes is put into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.reading.tree import Location, path_of
from harness.writing.drafting.emit import Emitter
from harness.writing.drafting.outcomes import Rejected

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.drafting.draft import Draft, Place
    from harness.writing.drafting.judge import Judges
    from harness.writing.drafting.settle import Settler

# one for each depth of packed regions that hold sums, and the last to see that they stay
MAX_ROUNDS: Final = 8


def finished(
    draft: Draft,
    judges: Judges,
    settler: Settler,
    companions: Mapping[str, Reading],
    *,
    junk: Mapping[str, bytes] | None = None,
    unpacked: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the bytes of a draft with all sums and lengths, in packed regions before around them.

    What a packed region holds decides how many bytes it takes, and so what is around it: once its
    own sums are known the whole is written anew.

    Args:
        draft: all is decided in it but what follows.
        judges: of the schema.
        settler: likewise.
        companions: what contents are read with.
        junk: by path, bytes put at the end of a region.
        unpacked: by path, what a packed region holds, whatever was decided.

    Raises:
        Rejected: no bytes hold what was decided.
    """
    given = unpacked or {}
    held, before = dict(given), draft.mark()
    for _ in range(MAX_ROUNDS):
        written = Emitter(draft, judges, junk, held).content()
        if written.is_complete:
            return written.data
        settled = settler.settled(written.data, companions, kept_regions=given.keys())
        if not settled.unpacked:
            return settled.data
        held |= settled.unpacked
        draft.rollback(before)
    regions = tuple(settled.unpacked)
    inside = (place for place in draft.open.values() if _path_of(place).startswith(regions))
    draft.at = next(inside, None)
    raise Rejected(f"what follows in `{regions[0]}` never agrees with the bytes it follows from")


def _path_of(place: Place) -> str:
    return path_of(Location(*place))

"""Alignment: sizes with which what follows begins at a multiple of what it must."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from harness.writing.drafting.outcomes import Rejected
from harness.writing.growing.needs import MAX_SIZE

if TYPE_CHECKING:
    from harness.schema.ir import Extent
    from harness.writing.choices import Choices
    from harness.writing.drafting.recipes import Recipe
    from harness.writing.drafting.space import Space


def fitting_size(recipe: Recipe, extent: Extent, space: Space, choices: Choices) -> int | None:
    """Return a size of octets with which what follows begins where it must; None for any."""
    ahead, start = recipe.ahead, space.cursor
    if not ahead or start is None:
        return None
    if extent.process is not None or extent.terminator is not None:
        return None  # other sizes are tried
    step = min(MAX_SIZE, lcm(*(align for _, align in ahead)))
    fitting = (n for n in range(step) if not any((start + n + far) % of for far, of in ahead))
    size = next(fitting, None)
    return None if size is None else size + step * choices.count(0, 2)


def keep_aligned(recipe: Recipe, space: Space) -> None:
    """Reject what leaves a field behind it at no multiple of what it must begin at.

    Raises:
        Rejected: it does.
    """
    at = space.cursor
    if at is not None and any((at + distance) % align for distance, align in recipe.ahead):
        raise Rejected

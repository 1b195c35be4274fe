"""How an attempt ends early, and what is put off until a draft is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.reading.expressions import Bound
    from harness.reading.tree import StructNode
    from harness.schema.expression.typed import Expr
    from harness.schema.ir import Extent
    from harness.writing.drafting.space import Chunk, Space


class Rejected(Exception):
    """What was decided so far cannot be part of a valid content.

    Where values were given, its argument may say what is wrong with one.
    """


class GivenUp(Exception):
    """So much was tried and taken back that another start is better."""


class Later(NamedTuple):
    """A region whose size follows once all that lies in it is there."""

    space: Space
    extent: Extent
    node: StructNode
    bound: Bound


class Relocation(NamedTuple):
    """An offset to be decided again once the place of its chunk is known."""

    tree: Expr
    node: StructNode
    chunk: Chunk
    inside: int

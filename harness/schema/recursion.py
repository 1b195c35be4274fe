"""Room for expressions: they nest by calls, and how deep they may is for us to say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# An expression nests at most 100 deep (the parser), casts double that, and values need one another
# at most 64 deep (the session), each with some calls of its own.
MAX_CALLS: Final = 30_000


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Lift Python's own limit, which serves to find endless recursion; there is none here."""
    before = sys.getrecursionlimit()
    if before >= MAX_CALLS:
        yield
        return
    sys.setrecursionlimit(MAX_CALLS)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

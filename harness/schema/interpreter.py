"""What reading asks of Python's interpreter: room for nested calls, and no searching for cycles."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# An expression nests at most 100 deep (the parser), casts double that, and values need one another
# at most 64 deep (the session), each with some calls of its own.
MAX_CALLS: Final = 30_000
# Objects that were built before trees that are gone are looked for: a few hundred megabytes.
MAX_BUILT: Final = 1 << 19


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


class _Built:
    """Counts what was built, and may be gone, since all garbage was last looked for."""

    objects = 0


@contextmanager
def without_collection() -> Iterator[None]:
    """Build a large tree without being searched for garbage, again and again, while it grows.

    All of it is reached until it is done, so there is nothing to find: only time to lose, most of
    the time that reading takes. Its parts hold one another, though, so that when it is gone, Python
    would keep it until about a hundred more were built: those before it are looked for first.
    """
    if not gc.isenabled():
        yield
        return
    if _Built.objects > MAX_BUILT:
        gc.collect()
        _Built.objects = 0
    gc.disable()
    try:
        yield
    finally:
        _Built.objects += gc.get_count()[0]
        gc.enable()

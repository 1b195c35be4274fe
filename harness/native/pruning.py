"""Keeps the cache of built programs from growing without end."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import msgspec

from harness.native import cache

IN_USE = "in-use.lock"
"""Held by every build, shared; whoever prunes holds it alone, and leaves it where others build."""

_STAMP = "pruned"
_DAY_SECONDS = 24 * 3600


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What may stay.

    Attributes:
        unused_seconds: what nothing has asked for so long goes.
        size_bytes: beyond it the longest unused goes first.
        spared_seconds: but nothing that was asked for so lately, since it may be running.
        pause_seconds: how long nobody looks again.
    """

    unused_seconds: float = 30 * _DAY_SECONDS
    size_bytes: int = 2 << 30
    spared_seconds: float = 7 * _DAY_SECONDS
    pause_seconds: float = _DAY_SECONDS


BOUNDS = Bounds()


class _Entry(msgspec.Struct, frozen=True):
    path: str
    used: float
    size_bytes: int


def mark_used(*paths: Path) -> None:
    """Let `paths` count as used now."""
    for path in paths:
        with contextlib.suppress(OSError):
            os.utime(path)


def prune(store: Path, now: float, bounds: Bounds = BOUNDS) -> None:
    """Remove what is beyond the bounds, unless something is being built or it was done lately.

    Args:
        store: the folder of built programs.
        now: seconds since the epoch.
        bounds: what may stay.
    """
    if not os.access(store, os.W_OK):
        return
    stamp = store / _STAMP
    with contextlib.suppress(OSError):
        if 0 <= now - stamp.stat().st_mtime < bounds.pause_seconds:
            return
    with cache.held_alone(store / IN_USE) as is_held:
        if is_held:
            stamp.touch()
            os.utime(stamp, (now, now))
            for entry in _beyond(_entries(store), now, bounds):
                _remove(entry.path)


def _entries(store: Path) -> list[_Entry]:
    """Everything in the store but what pruning itself keeps there."""
    found: list[_Entry] = []
    with os.scandir(store) as entries:
        for entry in entries:
            if entry.name not in (IN_USE, _STAMP):
                with contextlib.suppress(OSError):
                    used = entry.stat(follow_symlinks=False).st_mtime
                    found.append(_Entry(entry.path, used, _size(entry)))
    return found


def _size(entry: os.DirEntry[str]) -> int:
    if not entry.is_dir(follow_symlinks=False):
        return entry.stat(follow_symlinks=False).st_size
    with os.scandir(entry.path) as inner:
        return sum(_size(one) for one in inner)


def _beyond(entries: list[_Entry], now: float, bounds: Bounds) -> list[_Entry]:
    gone: list[_Entry] = []
    total = 0
    for entry in sorted(entries, key=lambda one: (-one.used, one.path)):
        total += entry.size_bytes
        age = now - entry.used
        is_too_much = total > bounds.size_bytes and age > bounds.spared_seconds
        if age > bounds.unused_seconds or is_too_much:
            gone.append(entry)
            total -= entry.size_bytes
    return gone


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114  # of a text
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108  # of a text

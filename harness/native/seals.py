"""Seals of files in the cache: what is damaged on disk is found before anything loads it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.schema.whole import write_whole

_MOST_BYTES: Final = 1 << 28  # no compiled schema comes near it


def seal(path: Path, files: Sequence[Path]) -> None:
    """Write down in `path` what `files` hold.

    Raises:
        OSError: it cannot be written, or one of them not read.
    """
    write_whole(path, _digest(files))


def holds(path: Path, files: Sequence[Path]) -> bool:
    """Whether `files` still hold what they did when they were sealed in `path`."""
    with contextlib.suppress(OSError):
        return path.read_bytes() == _digest(files)
    return False


def _digest(files: Sequence[Path]) -> bytes:
    """Sizes are told apart from content: a file that ends early is another."""
    digest = hashlib.sha256()
    for file in files:
        if file.stat().st_size > _MOST_BYTES:
            raise OSError(f"`{file}` is too large")
        content = file.read_bytes()
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest().encode()

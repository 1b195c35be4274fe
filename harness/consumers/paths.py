"""Paths that manifests and policies name, as people want to see them."""

from __future__ import annotations

import os
from pathlib import Path


def tidied(path: Path) -> Path:
    """Return `path` without steps back, where that is the same file.

    Through a link to a folder, `link/../file` is another file than `file`: it stays as it is.

    Args:
        path: such as `consumers/../definitions.bin`.
    """
    shorter = Path(os.path.normpath(path))
    try:
        return shorter if shorter.samefile(path) else path
    except (OSError, ValueError):
        return path

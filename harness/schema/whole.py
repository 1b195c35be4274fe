"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens to this process.

    Args:
        path: where; what is there is replaced.
        data: what it is to hold.

    Raises:
        OSError: it cannot be written; the error names it.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):  # a full disk is told without the name
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise

"""The user's cache folder: private to the user, locked while something in it is made."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import platformdirs

VARIABLE = "HARNESS_CACHE"


class CacheError(Exception):
    """The cache folder cannot be used: what is wrong with it, and what to do."""


def folder(environment: Mapping[str, str]) -> Path:
    """Return the cache folder, made if need be: `HARNESS_CACHE`, else the platform's place.

    Programs in it are run, so nobody else may be able to write to it.

    Raises:
        CacheError: it belongs to somebody else, or cannot be made.
    """
    named = environment.get(VARIABLE)
    path = Path(named) if named else platformdirs.user_cache_path("content-harness")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
        if stat.S_IMODE(status.st_mode) != 0o700 and status.st_uid == os.geteuid():
            path.chmod(0o700)
    except OSError as error:
        raise CacheError(
            f"the cache folder `{path}` cannot be used: {error.strerror}; "
            f"name another in `{VARIABLE}`"
        ) from error
    if status.st_uid != os.geteuid():
        raise CacheError(
            f"the cache folder `{path}` belongs to another user; name another in `{VARIABLE}`"
        )
    return path


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file `path` for as long as the block runs; other processes wait.

    Those who hold it shared do not wait for one another.
    """
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


@contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold the lock file `path` if nobody else does, and say whether it is held."""
    with _opened(path) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        if not path.is_file():
            raise
        # of a folder that is only read, as in an image; it can be locked all the same
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

"""The IR cache: data in the user's own cache folder, checked against the digests of the sources."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from functools import cache as memoised
from pathlib import Path

import msgspec
import platformdirs

from harness.schema.ir import ABSENT, Schema
from harness.schema.whole import write_whole

_FOLDER_MODE = 0o700
_DAY_SECONDS = 24 * 3600
_UNUSED_SECONDS = 30 * _DAY_SECONDS
_MOST_BYTES = 64 << 20


def terms(import_paths: Sequence[Path], *, lenient: bool) -> str:
    """Return in one text all that decides, beside its files, what a schema means."""
    folders = [str(part) for path in import_paths for part in (path, path.absolute())]
    return "\0".join(("lenient" if lenient else "strict", *folders))


def fetch(path: Path, on_terms: str) -> Schema | None:
    """Return the cached IR of `path` if every file it was made from is unchanged.

    Args:
        path: the schema.
        on_terms: see `terms`.
    """
    try:
        entry = _entry(path, on_terms)
        if entry is None:
            return None
        schema = msgspec.msgpack.decode(entry.read_bytes(), type=Schema, dec_hook=_decode)
        unchanged = all(_digest(Path(file.path)) == file.sha256 for file in schema.files)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
    if not unchanged or schema.path != path:
        return None
    _mark_used(entry)
    return schema


def store(path: Path, on_terms: str, schema: Schema) -> None:
    """Keep the IR of `path`; a cache that cannot be written is no fault."""
    entry = _entry(path, on_terms)
    if entry is None:
        return
    # a schema that msgpack cannot hold is not kept either
    with contextlib.suppress(OSError, ValueError, OverflowError, msgspec.MsgspecError):
        write_whole(entry, msgspec.msgpack.encode(schema, enc_hook=str))
        _prune(entry.parent, time.time())


def _mark_used(entry: Path) -> None:
    """Let an entry count as used now, once a day."""
    with contextlib.suppress(OSError):
        if time.time() - entry.stat().st_mtime > _DAY_SECONDS:
            os.utime(entry)


def _prune(folder: Path, now: float) -> None:
    """Remove what was not used for long, and of the rest the longest unused beyond a size.

    Another process may read or remove the same: who misses an entry makes it anew.
    """
    kept = 0
    for used, size, name in sorted(_entries(folder), reverse=True):
        kept += size
        if now - used > _UNUSED_SECONDS or kept > _MOST_BYTES:
            kept -= size
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def _entries(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Yield when each file of the cache was used last, its size and its name."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False):
                    yield status.st_mtime, status.st_size, entry.name


def _digest(path: Path) -> str:
    if path.exists() and not path.is_file():
        return ABSENT  # a pipe is not waited for
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ABSENT


def _decode(kind: type, value: object) -> object:
    if kind is Path or kind is type(Path()):
        return Path(str(value))
    raise NotImplementedError(kind)


def _entry(path: Path, on_terms: str) -> Path | None:
    """Return where the IR of `path` is kept; None when no folder of our own can be had."""
    folder = _folder()
    if folder is None:
        return None
    key = f"{_stamp()}\0{path}\0{path.absolute()}\0{on_terms}"
    return folder / (hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest() + ".ir")


@memoised
def _folder() -> Path | None:
    """Return the cache folder, made if need be; None when it is not ours alone."""
    folder = Path(platformdirs.user_cache_dir("content-harness")) / "ir"
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    owner = os.getuid() if hasattr(os, "getuid") else status.st_uid
    return folder if status.st_uid == owner and not status.st_mode & 0o022 else None


@memoised
def _stamp() -> str:
    """Return what changes whenever the code that makes the IR changes."""
    here = Path(__file__).parent
    facts = [
        (file.name, file.stat().st_mtime_ns, file.stat().st_size)
        for folder in (here, here / "expression")
        for file in os.scandir(folder)
        if file.name.endswith(".py")
    ]
    return hashlib.sha256(repr(sorted(facts)).encode()).hexdigest()

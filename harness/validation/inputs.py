"""Inputs: opening what the user named, walking folders, and saying why something cannot be read."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from harness.reading.stream import Buffer

# reading makes a tree of up to a hundred times the size, and streams are held in memory
MAX_BYTES: Final = 1 << 28
_PIECE: Final = 1 << 20
STANDARD_INPUT: Final = "-"
LINK: Final = "is a link to a folder, which a walk does not follow"
GENERATED: Final = "was written by `harness generate` beside the files it is about"
_MANIFEST: Final = "manifest.json"


class UnreadableError(Exception):
    """An input that cannot be read; `reason` says why, lower case."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Input(msgspec.Struct, frozen=True):
    """A file to check.

    Attributes:
        name: as the user named it, or below the folder so named.
        is_walked: it was found in a folder.
        unreadable: why it holds nothing to read, where that is known already.
        no_content: why it is none of the contents that a walk looks for.
    """

    name: str
    is_walked: bool = False
    unreadable: str = ""
    no_content: str = ""


def expand(name: str) -> Iterator[Input]:
    """Yield the file `name`, or every file below the folder `name` in the order of their paths.

    Folders that cannot be listed are yielded as if they had been named, with the reason; links to
    folders as found, and nobody follows them: what is behind one may be outside, or around it.
    Beside generated files, their manifest and the companions made with them are no contents.
    """
    if name == STANDARD_INPUT or not Path(name).is_dir():
        yield Input(name)
        return
    closed: list[OSError] = []
    for folder, folders, files in os.walk(name, onerror=closed.append):
        folders.sort()
        beside = _beside_generated(folder, files)
        for file in sorted(files):
            said = GENERATED if file in beside else ""
            yield Input(_below(folder, file), is_walked=True, no_content=said)
        for link in (one for one in folders if os.path.islink(_below(folder, one))):  # noqa: PTH114  # of a text
            yield Input(_below(folder, link), is_walked=True, unreadable=LINK)
    yield from (Input(str(error.filename), unreadable=_reason(error)) for error in closed)


def _beside_generated(folder: str, files: list[str]) -> frozenset[str]:
    """Return the files of a folder that were generated and are none of its contents."""
    if _MANIFEST not in files:
        return frozenset()
    from harness.writing.folder import manifest_at  # noqa: PLC0415  # only where there is one

    manifest = manifest_at(Path(_below(folder, _MANIFEST)))
    if manifest is None:
        return frozenset()
    made = (one.file for one in manifest.companions.values() if one.is_generated)
    return frozenset((_MANIFEST, *made))


def _below(folder: str, name: str) -> str:
    return os.path.join(folder, name)  # noqa: PTH118  # keeps `./x` as named


def read_input(
    name: str, standard_input: BinaryIO | None = None, *, max_bytes: int = MAX_BYTES
) -> Buffer:
    """Return the content of a file: bytes, or a memory map of a file beyond `MAX_BYTES`.

    Bytes do not change while they are judged. A map would, and where its file is cut off meanwhile,
    to look at the rest ends the process; so only what is too large to hold is mapped.

    Args:
        name: a path, or `-`.
        standard_input: what `-` reads.
        max_bytes: how much a stream may give; the size of a file is not limited here, for a map
            costs nothing until it is looked at.

    Raises:
        UnreadableError: missing, not permitted, a folder, or an endless stream.
    """
    if name == STANDARD_INPUT:
        if standard_input is None:
            raise UnreadableError("there is no standard input")
        return _drained(standard_input, max_bytes)
    try:
        # without O_NONBLOCK, a pipe that nobody writes to would never open
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _content(descriptor, max_bytes)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise UnreadableError(_reason(error)) from None


def _content(descriptor: int, max_bytes: int) -> Buffer:
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        if status.st_size <= MAX_BYTES:
            return _read(descriptor, status.st_size)
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("is a directory")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return _opened_pipe(file, max_bytes)


def _read(descriptor: int, size: int) -> bytes:
    """Return a whole file, which may have grown, or say that it has nothing: `/proc`."""
    content = os.read(descriptor, size + 1)
    while more := os.read(descriptor, _PIECE):
        content += more
    return content


def _opened_pipe(file: BinaryIO, max_bytes: int) -> bytes:
    """Return what comes through a pipe, which must have a writer or hold something by now."""
    try:
        first = os.read(file.fileno(), 1)
    except BlockingIOError:  # a writer is there and has not written yet
        first = b""
    else:
        if not first:
            raise UnreadableError("is a pipe or device that gives nothing")
    os.set_blocking(file.fileno(), True)
    return _drained(file, max_bytes, first)


def is_regular(name: str) -> bool:
    """Whether `name` is no pipe, socket or device; True where it is missing."""
    try:
        return stat.S_ISREG(os.stat(name).st_mode)  # noqa: PTH116  # of each file of a folder
    except OSError:
        return True


def _drained(file: BinaryIO, max_bytes: int, first: bytes = b"") -> bytes:
    content = first + file.read(max_bytes + 1 - len(first))
    refuse_large(content, max_bytes)
    return content


def refuse_large(content: Buffer, max_bytes: int) -> None:
    """Refuse what reading would cost too much for.

    Raises:
        UnreadableError: it is larger than that.
    """
    if len(content) > max_bytes:
        raise UnreadableError(f"it has more than {max_bytes} bytes (`--max-bytes`)")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return str(error).lower()

"""What `harness generate` reads: companions that are given, and files that are to be varied."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from harness.validation.inputs import (
    UnreadableError,
    expand,
    is_regular,
    read_input,
    refuse_large,
)
from harness.writing.breaking.bases import MAX_SEED_BYTES
from harness.writing.changing.varying import MAX_BASE_BYTES

# what is longer is left out, whatever is in it
_KEPT_BYTES = max(MAX_SEED_BYTES, MAX_BASE_BYTES) + 1


def refuse_replacing(output: Path, read: Iterable[Path]) -> None:
    """Refuse a folder for files that is emptied, and holds what is read for them.

    Raises:
        click.UsageError: something that is read is in it, or is the folder itself.
    """
    folder = Path(os.path.realpath(output))
    for path in read:
        if Path(os.path.realpath(path)).is_relative_to(folder):
            raise click.UsageError(
                f"`{path}` is read, and the files replace what is in `{output}`: choose another "
                f"folder for one of them"
            )


def companions_in(given: Mapping[str, Path], max_bytes: int) -> dict[str, bytes]:
    """Return the bytes of companions, by name.

    Raises:
        click.UsageError: one cannot be read, or is larger than that.
    """
    return {name: _companion(name, path, max_bytes) for name, path in given.items()}


def _companion(name: str, path: Path, max_bytes: int) -> bytes:
    try:
        data = read_input(str(path), max_bytes=max_bytes)
        refuse_large(data, max_bytes)
    except UnreadableError as error:
        raise click.UsageError(f"companion `{name}`, `{path}`: {error.reason}") from None
    return bytes(data)


def known_in(folders: Iterable[Path]) -> Iterator[bytes]:
    """Yield the files of folders, those below them too, and of large ones the beginning.

    Raises:
        click.UsageError: there is none, or one cannot be read.
    """
    for folder in folders:
        is_any = False
        for name in _contents(folder):
            is_any = True
            try:
                yield bytes(read_input(name)[:_KEPT_BYTES])
            except UnreadableError as error:
                raise click.UsageError(f"`{name}`: {error.reason}") from None
        if not is_any:
            raise click.UsageError(f"`--from {folder}`: there is no file in it")


def _contents(folder: Path) -> Iterator[str]:
    """Yield the names of regular files; no pipe or device is opened, no link to a folder followed.

    Raises:
        click.UsageError: a folder cannot be listed.
    """
    for one in expand(str(folder)):
        if one.unreadable and not one.is_walked:
            raise click.UsageError(f"`{one.name}`: {one.unreadable}")
        if not one.no_content and not one.unreadable and is_regular(one.name):
            yield one.name

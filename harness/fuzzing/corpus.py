"""The corpus of a campaign: files named after the SHA-256 of what they hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

_ENGINE_NAME = re.compile(r"[0-9a-f]{40}")


def digest(content: bytes) -> str:
    """Return the name of content."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens to this process."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


class Corpus:
    """Content that reached something new, each once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[Path]:
        """Yield the files, in the order of their names."""
        return (self.folder / name for name in sorted(self._names))

    def add(self, content: bytes) -> Path | None:
        """Keep content; None if it is there already."""
        name = digest(content)
        if name in self._names:
            return None
        path = self.folder / name
        write_whole(path, content)
        self._names.add(name)
        return path


class Harvest:
    """Takes over what the engine writes to a worker's folder, once it is written whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._taken: set[str] = set()

    def clear(self) -> None:
        """Remove what was taken: the engine is about to start again on the whole corpus."""
        for path in self.folder.iterdir():
            path.unlink()
        self._taken.clear()

    def new(self) -> Iterator[bytes]:
        """Yield the content of new files.

        The engine names a file after the SHA-1 of what it holds and writes it in place; a file
        that is not yet what its name says comes with a later call.
        """
        for entry in list(os.scandir(self.folder)):
            if entry.name in self._taken or not _ENGINE_NAME.fullmatch(entry.name):
                continue
            try:
                content = Path(entry.path).read_bytes()
            except FileNotFoundError:  # the engine replaces files by smaller ones
                continue
            if hashlib.sha1(content, usedforsecurity=False).hexdigest() == entry.name:
                self._taken.add(entry.name)
                yield content

    def give(self, path: Path) -> None:
        """Show the worker a file of the corpus that another worker found."""
        target = self.folder / path.name
        if not target.exists():
            os.link(path, target)

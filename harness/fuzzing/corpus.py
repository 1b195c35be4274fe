"""The corpus of a campaign: files named after the SHA-256 of what they hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from harness.schema.whole import write_whole

_ENGINE_NAME = re.compile(r"[0-9a-f]{40}")


def digest(content: bytes) -> str:
    """Return the name of content."""
    return hashlib.sha256(content).hexdigest()


class Corpus:
    """Content that reached something new, each once.

    Content that ends the process of a worker would end each at its start. It lies in a folder
    beside this one, and does not come back.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._deadly_folder = _deadly_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._names = _names(folder)
        self._deadly = _names(self._deadly_folder)

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[Path]:
        """Yield the files, in the order of their names."""
        return (self.folder / name for name in sorted(self._names))

    def add(self, content: bytes) -> Path | None:
        """Keep content; None if it is there already."""
        name = digest(content)
        if name in self._names or name in self._deadly:
            return None
        path = self.folder / name
        write_whole(path, content)
        self._names.add(name)
        return path

    def set_aside(self, content: bytes) -> str | None:
        """Take content out that ends a worker, and return its name; None if it is not there.

        Empty content always is: the engine begins with it.
        """
        name = digest(content)
        if name in self._deadly or (content and name not in self._names):
            return None
        self._deadly_folder.mkdir(exist_ok=True)
        write_whole(self._deadly_folder / name, content)
        (self.folder / name).unlink(missing_ok=True)
        self._names.discard(name)
        self._deadly.add(name)
        return name


def is_deadly(folder: Path, content: bytes) -> bool:
    """Whether content was set aside from the corpus in a folder, since it ends a worker."""
    return (_deadly_folder(folder) / digest(content)).exists()


def _deadly_folder(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-deadly")


def _names(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


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

    def take_back(self, name: str) -> None:
        """Hide a file again that the worker was shown."""
        (self.folder / name).unlink(missing_ok=True)

    def give(self, path: Path) -> None:
        """Show the worker a file of the corpus that another worker found."""
        target = self.folder / path.name
        if not target.exists():
            os.link(path, target)

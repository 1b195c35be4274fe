"""The folder that generated files go to: nothing in it is replaced that was not made here."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from pathlib import Path
from typing import Final

import msgspec

from harness.schema.whole import write_whole
from harness.writing.manifest import VERSION, Companion, MadeFile, Manifest, Purpose

MANIFEST: Final = "manifest.json"
_MAX_MANIFEST_BYTES: Final = 1 << 28
_EXTENSION: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
_DIGITS: Final = 4


class FolderError(Exception):
    """The folder cannot be used: it holds what was not generated, is in use, or is none."""


class Folder:
    """A folder of generated files, from `prepare` to `close` for this process alone."""

    def __init__(self, path: Path, extensions: tuple[str, ...], expected: int) -> None:
        """Name it; nothing is changed yet.

        Args:
            path: it need not be there.
            extensions: of the schema; the first that can be one is taken.
            expected: how many files there will be at most.
        """
        self.path = path
        self._extension = extension_of(extensions)
        self._digits = max(_DIGITS, len(str(expected)))
        self.files: list[MadeFile] = []
        self._lock: int | None = None

    def prepare(self) -> None:
        """Make it, or empty it of what was generated into it before.

        Raises:
            FolderError: it holds anything else, something in it was changed, or another process
                works in it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise FolderError(f"`{self.path}` is no folder, and cannot be made one") from None
        self._hold()
        held = sorted(self.path.iterdir())
        if held:
            self._check_own(held)
            manifest = self.path / MANIFEST
            for file in (*(one for one in held if one != manifest), manifest):
                file.unlink(missing_ok=True)  # the manifest last: until then it says what they are

    def _hold(self) -> None:
        """Keep others out; the lock ends with this process, and leaves nothing behind."""
        self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise FolderError(f"another `harness generate` works in `{self.path}`") from None
        except OSError:  # a file system without locks
            return

    def close(self) -> None:
        """Let others in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _check_own(self, held: list[Path]) -> None:
        manifest = manifest_at(self.path / MANIFEST)
        if manifest is None:
            raise FolderError(
                f"`{self.path}` holds files, and no `{MANIFEST}` of `harness generate` that says "
                f"what they are; empty it, or choose another"
            )
        known = {file.name: file.sha256 for file in manifest.files}
        known |= {one.file: one.sha256 for one in manifest.companions.values() if one.is_generated}
        for file in held:
            if file.name == MANIFEST:
                continue
            if file.is_symlink() or not file.is_file() or file.name not in known:
                raise FolderError(f"`{file}` was not made by `harness generate`")
            if known[file.name] != sha256(file.read_bytes()):
                raise FolderError(f"`{file}` was changed after `harness generate` had made it")

    def add(self, data: bytes, purpose: Purpose) -> None:
        """Write the next file."""
        name = f"{len(self.files) + 1:0{self._digits}}.{self._extension}"
        path = self.path / name
        made = MadeFile(name, len(data), sha256(data), purpose)
        try:
            path.write_bytes(data)  # there are many: a rename of each would cost as much again
            self.files.append(made)
        except BaseException:
            if made not in self.files[-1:]:  # half of it, or what is not told of, is for nothing
                path.unlink(missing_ok=True)
            raise

    def add_companion(
        self, name: str, data: bytes, schema: str, extensions: tuple[str, ...]
    ) -> Companion:
        """Write a companion that was made together with the files."""
        file = f"{name}.{extension_of(extensions)}"
        write_whole(self.path / file, data)
        return Companion(file, sha256(data), schema, is_generated=True)

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest, and return it with the files in it."""
        distinct = len({file.sha256 for file in self.files if file.purpose.kind == "valid"})
        whole = msgspec.structs.replace(manifest, files=tuple(self.files), distinct=distinct)
        text = msgspec.json.format(msgspec.json.encode(whole), indent=2)
        write_whole(self.path / MANIFEST, text + b"\n")
        return whole


def extension_of(extensions: tuple[str, ...]) -> str:
    """Return the first extension that can stand after the number of a file."""
    return next((one for one in extensions if _EXTENSION.fullmatch(one)), "bin")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def manifest_at(path: Path) -> Manifest | None:
    """Return a manifest that `harness generate` wrote; None where it is none."""
    try:
        if path.is_symlink() or path.stat().st_size > _MAX_MANIFEST_BYTES:
            return None
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return manifest if manifest.generated == VERSION else None

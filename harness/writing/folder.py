"""The folder that generated files go to: nothing in it is replaced that was not made here."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

import msgspec

from harness.writing.manifest import VERSION, Companion, MadeFile, Manifest, Purpose

MANIFEST: Final = "manifest.json"
_MAX_MANIFEST_BYTES: Final = 1 << 28
_EXTENSION: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
_DIGITS: Final = 4


class FolderError(Exception):
    """The folder cannot be used: it holds what was not generated, or is none."""


class Folder:
    """A folder of generated files."""

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

    def prepare(self) -> None:
        """Make it, or empty it of what was generated into it before.

        Raises:
            FolderError: it holds anything else, or something in it was changed.
        """
        if self.path.exists() and not self.path.is_dir():
            raise FolderError(f"`{self.path}` is no folder")
        held = sorted(self.path.iterdir()) if self.path.exists() else []
        if held:
            self._check_own(held)
            (self.path / MANIFEST).unlink()
            for file in held:
                file.unlink(missing_ok=True)
        self.path.mkdir(parents=True, exist_ok=True)

    def _check_own(self, held: list[Path]) -> None:
        manifest = manifest_at(self.path / MANIFEST)
        if manifest is None:
            raise FolderError(f"`{self.path}` is not empty, and was not made by `harness generate`")
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
        try:
            path.write_bytes(data)
        except BaseException:
            path.unlink(missing_ok=True)  # half of it is for nothing
            raise
        self.files.append(MadeFile(name, len(data), sha256(data), purpose))

    def add_companion(
        self, name: str, data: bytes, schema: str, extensions: tuple[str, ...]
    ) -> Companion:
        """Write a companion that was made together with the files."""
        file = f"{name}.{extension_of(extensions)}"
        (self.path / file).write_bytes(data)
        return Companion(file, sha256(data), schema, is_generated=True)

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest, and return it with the files in it."""
        whole = msgspec.structs.replace(manifest, files=tuple(self.files))
        text = msgspec.json.format(msgspec.json.encode(whole), indent=2)
        (self.path / MANIFEST).write_bytes(text + b"\n")
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

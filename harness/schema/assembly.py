"""A schema file and its imports to IR; import paths stay inside the schema's own folders."""

from __future__ import annotations

import errno
import hashlib
import re
from pathlib import Path
from typing import Final

from harness.findings.model import Place
from harness.schema.builder import Builder
from harness.schema.interpreter import deep_recursion, without_collection
from harness.schema.ir import ABSENT, Schema, SourceFile
from harness.schema.problems import Problems
from harness.schema.resources import schemas_folder
from harness.schema.shapes import Keys
from harness.schema.source import MAX_BYTES, Mapping, SourceError, parse

MAX_FILES: Final = 64
_NAME: Final = re.compile(r"/?[A-Za-z0-9_.-]{1,80}(/[A-Za-z0-9_.-]{1,80}){0,15}")


def build(path: Path, problems: Problems) -> Schema | None:
    """Build the schema at `path`, noting every mistake; None when there is nothing to build."""
    with without_collection():
        return _build(path, problems)


def _build(path: Path, problems: Problems) -> Schema | None:
    files = _Files(path, problems)
    root = files.read(path, Place(str(path), 1))
    if root is None:
        return None
    builder = Builder(problems)
    with deep_recursion():  # for expressions; YAML nests far less
        name = builder.declare_file(root, files.imports[path])
        for imported, body in files.bodies.items():
            if imported != path:
                builder.declare_file(body, files.imports[imported])
        return builder.build(name, path, tuple(files.sources))


def _head(path: Path, size: int) -> bytes:
    """Return at most `size` bytes of a file; a pipe or a device is none.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file with content")
    with path.open("rb") as file:
        return file.read(size)


class _Files:
    """The files a schema is made of, each read once."""

    def __init__(self, main: Path, problems: Problems) -> None:
        self._problems = problems
        self._allowed = (main.parent.resolve(), schemas_folder().resolve())
        self._bytes_left = MAX_BYTES
        self.bodies: dict[Path, Mapping] = {}
        self.imports: dict[Path, tuple[str, ...]] = {}
        self.sources: list[SourceFile] = []

    def read(self, path: Path, asked_at: Place) -> Mapping | None:
        """Read `path` and all it imports."""
        try:
            text = _head(path, self._bytes_left + 1)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else str(error)) or ""
            self._problems.add("Q908", asked_at, f"`{path}` cannot be read: {reason.lower()}")
            return None
        self._bytes_left -= len(text)
        if self._bytes_left < 0:
            message = f"a schema has at most {MAX_BYTES} bytes, all files together"
            self._problems.add("Q910", asked_at, message)
            return None
        try:
            body = parse(text, str(path))
        except SourceError as error:
            self._problems.add(error.code, error.place, error.message)
            return None
        if not isinstance(body, Mapping):
            self._problems.add("Q903", body.place, "a schema must be a mapping")
            return None
        self.bodies[path] = body
        self.sources.append(SourceFile(str(path), hashlib.sha256(text).hexdigest()))
        self._follow(path, body)
        return body

    def _follow(self, path: Path, body: Mapping) -> None:
        meta = Keys(body, self._problems).mapping("meta")
        names = meta.texts("imports") if meta is not None else ()
        visible: list[str] = []
        self.imports[path] = ()
        for name in names:
            place = meta.place("imports") if meta is not None else body.place
            found = self._locate(path, name, place)
            if found is None:
                continue
            visible.append(name.rsplit("/", 1)[-1])
            if found not in self.bodies:
                if len(self.bodies) >= MAX_FILES:
                    self._problems.add("Q910", place, f"a schema has at most {MAX_FILES} files")
                    return
                self.read(found, place)
        self.imports[path] = tuple(visible)

    def _locate(self, path: Path, name: str, place: Place) -> Path | None:
        """Find an import beside the importing file, else in the library of schemas."""
        if not _NAME.fullmatch(name):
            self._problems.add("Q908", place, f"`{name[:80]}` is no name of a schema")
            return None
        folders = (path.parent,) if not name.startswith("/") else ()
        for folder in (*folders, schemas_folder()):
            candidate = folder / (name.lstrip("/") + ".ksy")
            resolved = candidate.resolve()
            if not any(resolved.is_relative_to(allowed) for allowed in self._allowed):
                self._problems.add("Q908", place, f"the import `{name}` leaves the schema's folder")
                return None
            if resolved.is_file():
                return next(
                    (known for known in self.bodies if known.resolve() == resolved), candidate
                )
            self.sources.append(SourceFile(str(candidate), ABSENT))
        self._problems.add("Q908", place, f"there is no schema `{name}` to import")
        return None

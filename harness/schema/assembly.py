"""A schema file and its imports to IR; imports stay inside its folder and those the user names."""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from harness.findings.model import Place
from harness.schema.builder import Builder
from harness.schema.interpreter import deep_recursion, without_collection
from harness.schema.ir import ABSENT, Schema, SourceFile
from harness.schema.names import TypeDeclaration
from harness.schema.problems import Problems
from harness.schema.resources import schemas_folder
from harness.schema.shapes import Keys
from harness.schema.source import MAX_BYTES, Mapping, SourceError, parse

MAX_FILES: Final = 64
_NAME: Final = re.compile(r"/?[A-Za-z0-9_.-]{1,80}(/[A-Za-z0-9_.-]{1,80}){0,15}")


class Assembled(NamedTuple):
    """A schema, and its types as they are written, by qualified name."""

    schema: Schema
    declarations: dict[str, TypeDeclaration]


def build(path: Path, problems: Problems, import_paths: Sequence[Path] = ()) -> Schema | None:
    """Build the schema at `path`, noting every mistake; None when there is nothing to build.

    Args:
        path: a `.ksy` file.
        problems: takes the mistakes, and says whether the schema is taken leniently.
        import_paths: folders where imports may lie too, the first that has one wins.
    """
    found = assemble(path, problems, import_paths)
    return None if found is None else found.schema


def assemble(path: Path, problems: Problems, import_paths: Sequence[Path] = ()) -> Assembled | None:
    """Do what `build` does, and return what the schema was made from beside it."""
    with without_collection():
        return _assemble(path, problems, import_paths)


def _assemble(path: Path, problems: Problems, import_paths: Sequence[Path]) -> Assembled | None:
    files = _Files(path, problems, import_paths)
    root = files.read(path, Place(str(path), 1))
    if root is None:
        return None
    builder = Builder(problems)
    with deep_recursion():  # for expressions; YAML nests far less
        name = builder.declare_file(root, files.imports[path])
        for imported, body in files.bodies.items():
            if imported != path:
                builder.declare_file(body, files.imports[imported])
        schema = builder.build(name, path, tuple(files.sources))
    return Assembled(schema, builder.declarations)


def _head(path: Path, size: int) -> bytes:
    """Return at most `size` bytes of a file; a pipe or a device is none.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file with content")
    with path.open("rb") as file:
        return file.read(size)


def _resolved(path: Path) -> tuple[Path, bool]:
    """Return where a path leads, links followed, and whether a file is there."""
    try:
        resolved = path.resolve()
        return resolved, resolved.is_file()
    except (OSError, RuntimeError):  # links in a circle, a folder that may not be entered
        return path.absolute(), False


class _Files:
    """The files a schema is made of, each read once."""

    def __init__(self, main: Path, problems: Problems, import_paths: Sequence[Path]) -> None:
        self._problems = problems
        self._folders = (*import_paths, schemas_folder())
        self._allowed = tuple(folder.resolve() for folder in (main.parent, *self._folders))
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
        """Find an import beside the importing file, else in an import path or the library."""
        if not _NAME.fullmatch(name):
            self._problems.add("Q908", place, f"`{name[:80]}` is no name of a schema")
            return None
        folders = (path.parent,) if not name.startswith("/") else ()
        for folder in (*folders, *self._folders):
            candidate = folder / (name.lstrip("/") + ".ksy")
            resolved, is_there = _resolved(candidate)
            if not any(resolved.is_relative_to(allowed) for allowed in self._allowed):
                where = "the folders that imports may come from"
                self._problems.add("Q908", place, f"the import `{name}` leaves {where}")
                return None
            if is_there:
                return next(
                    (known for known in self.bodies if known.resolve() == resolved), candidate
                )
            self.sources.append(SourceFile(str(candidate), ABSENT))
        self._problems.add("Q908", place, f"there is no schema `{name}` to import")
        return None

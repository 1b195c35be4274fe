"""Compiled schemas as shared libraries in the user's cache folder, each built once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache as memoised
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from harness.native import cache, compiler, pruning, seals, toolchain
from harness.native.compile.words import Legend
from harness.native.compiler import Compiler
from harness.reading.reader import lowered_for
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered
from harness.schema.overlay import Overlay
from harness.schema.resources import package_folder
from harness.schema.whole import write_whole

Generate = Callable[[Schema, Sequence[Lowered]], tuple[str, Legend]]

_LEGEND: Final = "legend.json"
_SEAL: Final = ".seal"
# whatever decides what a schema is compiled to
_SOURCES: Final = (
    "coverage",
    "findings/rules",
    "native/compile",
    "native/runtime/engine",
    "reading",
    "schema",
)


class Library(msgspec.Struct, frozen=True):
    """A compiled schema on disk: what is loaded, and the legend to what it writes."""

    path: Path
    legend_path: Path

    def legend(self) -> Legend:
        """Read the legend."""
        return msgspec.json.decode(self.legend_path.read_bytes(), type=Legend)


class Libraries:
    """The compiled schemas of one user."""

    def __init__(self, environment: Mapping[str, str], generate: Generate) -> None:
        """Make one.

        Args:
            environment: `PATH`, `CC` and `HARNESS_CACHE` are looked at.
            generate: makes the C source of a schema under overlays.
        """
        self._environment = environment
        self._generate = generate

    @cached_property
    def compiler(self) -> Compiler | None:
        """The C compiler; None where there is none."""
        return compiler.find(self._environment)

    @contextmanager
    def found(self, schema: Schema, overlays: Sequence[Overlay]) -> Iterator[Library | None]:
        """Give the library if it is built, and keep it where it is for as long as the block runs.

        Any compiler's is taken where there is none now.

        Raises:
            cache.CacheError: the cache folder cannot be used.
        """
        store = self._store()
        with cache.locked(store / pruning.IN_USE, shared=True):
            yield self._known(store / _recipe(schema, overlays))

    def build(self, schema: Schema, overlays: Sequence[Overlay]) -> None:
        """Build the library unless it is there.

        Raises:
            toolchain.ToolMissingError: there is no C compiler.
            toolchain.BuildError: it refused.
            cache.CacheError: the cache folder cannot be used.
        """
        store = self._store()
        entry = store / _recipe(schema, overlays)
        with (
            cache.locked(store / pruning.IN_USE, shared=True),
            cache.locked(entry.with_suffix(".lock")),
        ):
            if self._known(entry) is None:
                self._make(entry, schema, overlays)
        pruning.prune(store, time.time())

    def _store(self) -> Path:
        store = cache.folder(self._environment) / "built"
        store.mkdir(mode=0o700, exist_ok=True)
        return store

    def _known(self, entry: Path) -> Library | None:
        """What is damaged counts as not there: to load it would end the process."""
        legend = entry / _LEGEND
        tool = self.compiler
        there = [entry / _file_name(tool)] if tool is not None else sorted(entry.glob("*.so"))
        for path in there:
            if seals.holds(path.with_suffix(_SEAL), (path, legend)):
                pruning.mark_used(entry)
                return Library(path, legend)
        return None

    def _make(self, entry: Path, schema: Schema, overlays: Sequence[Overlay]) -> None:
        tool = self.compiler
        if tool is None:
            raise toolchain.missing(self._environment.get("CC", ""))
        text, legend = self._source(schema, overlays)
        library, legend_path = entry / _file_name(tool), entry / _LEGEND
        seal = library.with_suffix(_SEAL)
        # what is of another kind is damaged, like anything that is not as it was made
        if entry.is_symlink() or entry.is_file():
            entry.unlink()
        for path in (library, legend_path, seal):
            if path.is_dir():
                shutil.rmtree(path)
        entry.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=entry.parent) as folder:
            source, made = Path(folder) / f"{schema.id}.c", Path(folder) / "made.so"
            source.write_text(text, encoding="utf-8")
            compiler.build_shared(tool, source, made, entry.parent / "zig")
            write_whole(legend_path, msgspec.json.encode(legend))
            made.replace(library)
            seals.seal(seal, (library, legend_path))

    def _source(self, schema: Schema, overlays: Sequence[Overlay]) -> tuple[str, Legend]:
        return self._generate(schema, [lowered_for(schema, overlay) for overlay in overlays])


def _file_name(tool: Compiler) -> str:
    return hashlib.sha256(tool.stamp.encode("utf-8", "surrogateescape")).hexdigest()[:16] + ".so"


def _recipe(schema: Schema, overlays: Sequence[Overlay]) -> str:
    """A name for what is compiled, by what."""
    digest = hashlib.sha256(_stamp().encode())
    for part in (schema, list(overlays)):
        digest.update(msgspec.msgpack.encode(part, enc_hook=str))
    return digest.hexdigest()[:32]


@memoised
def _stamp() -> str:
    """Return what changes whenever the code that compiles a schema changes."""
    package = package_folder()
    return repr(sorted(fact for folder in _SOURCES for fact in _facts(str(package / folder))))


def _facts(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield the sources in a folder and those below it, by path, time and size."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _facts(entry.path)
            elif entry.name.endswith((".py", ".c", ".h")):
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size

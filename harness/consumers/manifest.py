"""Reading a manifest: TOML to plain data, with a place and a remedy for all that is wrong."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from harness.consumers import manifest_checks, toml_places
from harness.consumers.manifest_shape import ManifestError, ManifestFile, Problem, RunTable
from harness.consumers.model import CommandRun, LibraryRun, Manifest, PythonRun, Quirk
from harness.consumers.paths import tidied
from harness.findings.model import Place
from harness.schema.overlay import Observe, Overlay, OverlayRule

__all__ = ["Manifest", "ManifestError", "Problem", "load"]

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_WHERE = re.compile(r" - at `\$\.?(.*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_KEYS = "docs/manifest.md lists the keys of a manifest"


def load(path: Path) -> Manifest:
    """Read a manifest.

    Args:
        path: the TOML file; its own paths are relative to its folder.

    Returns:
        The consumer that it describes.

    Raises:
        ManifestError: it cannot be read, says what no manifest says, or names what is not there.
    """
    text = _text(path)
    source = _Source(path, toml_places.places(text))
    file = _parsed(text, source)
    problems = tuple(manifest_checks.problems(file, path.parent, source.place))
    if problems:
        raise ManifestError(*problems)
    return _manifest(file, text, source)


class _Source:
    """One manifest file: its path, and where its keys stand."""

    def __init__(self, path: Path, found: Mapping[toml_places.Key, toml_places.Position]) -> None:
        self.path = path
        self._found = found

    def place(self, *key: str | int) -> Place:
        """Where `key` stands, or the innermost table around it."""
        at = toml_places.nearest(self._found, key)
        return Place(str(self.path), at.line, at.column)


def _text(path: Path) -> str:
    place = Place(str(path), 1)
    if path.exists() and not path.is_file():
        problem = Problem(place, "is no file with text", "check the manifest's name")
        raise ManifestError(problem)
    try:
        return path.read_bytes().decode()
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ManifestError(Problem(place, message, "check the manifest's name")) from error
    except UnicodeDecodeError as error:
        raise ManifestError(Problem(place, "is not UTF-8", "a manifest is TOML text")) from error


def _parsed(text: str, source: _Source) -> ManifestFile:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(_bad_toml(str(error), source)) from error
    try:
        return msgspec.convert(data, ManifestFile)
    except msgspec.ValidationError as error:
        raise ManifestError(_bad_shape(str(error), source)) from error


def _bad_toml(message: str, source: _Source) -> Problem:
    at = _LINE.search(message)
    line, column = (int(at[1]), int(at[2])) if at else (1, 1)
    what = _lowered(_LINE.sub("", message).strip())
    place = Place(str(source.path), line, column)
    return Problem(place, f"is not TOML: {what}", "see https://toml.io for the language")


def _bad_shape(message: str, source: _Source) -> Problem:
    where, unknown = _WHERE.search(message), _UNKNOWN.search(message)
    key = _parts(where[1]) if where else ()
    if unknown is not None:
        whole = ".".join([*map(str, key), unknown[1]])
        help_text = f"remove it or correct its spelling; {_KEYS}"
        return Problem(source.place(*key, unknown[1]), f"unknown key `{whole}`", help_text)
    named = f"`{'.'.join(map(str, key))}`: " if key else ""
    what = _lowered(_WHERE.sub("", message)).replace("object", "table")
    return Problem(source.place(*key), f"{named}{what}", _KEYS)


def _parts(path: str) -> toml_places.Key:
    """Turn `contract[1].check` into `("contract", 1, "check")`; nothing is known past `[...]`."""
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", path.partition("[...]")[0])
    return tuple(int(part[1:-1]) if part[0] == "[" else part for part in parts)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _manifest(file: ManifestFile, text: str, source: _Source) -> Manifest:
    folder = source.path.parent
    run = _run(file.run, folder)
    companions = {name: tidied(folder / value) for name, value in file.companions.items()}
    events = manifest_checks.event_files(folder / file.run.events) if file.run.events else ()
    return Manifest(
        name=file.name,
        version=file.version,
        path=source.path,
        digest=_digest(text, [*_binaries(run), *companions.values(), *events]),
        schema=file.schema,
        companions=companions,
        run=run,
        events=events,
        timeout_seconds=file.run.timeout_seconds,
        memory_mb=file.run.memory_mb,
        read=tuple(folder / value for value in file.run.read),
        without=tuple(file.run.without),
        overlay=_overlay(file, source),
        quirks=_quirks(file, source),
        place=source.place("run"),
    )


def _run(run: RunTable, folder: Path) -> LibraryRun | PythonRun | CommandRun:
    if run.library is not None:
        library = run.library
        return LibraryRun(
            sources=tuple(folder / source for source in library.sources),
            flags=(*_include(library.include, folder), *library.cflags),
            compiler=library.compiler,
            path=folder / library.path if library.path else None,
        )
    if run.python is not None:
        module, _, function = run.python.partition(":")
        return PythonRun(module=module, function=function, rejects=tuple(run.rejects or ()))
    return CommandRun(
        words=tuple(run.command or ()),
        accept=tuple(run.accept if run.accept is not None else [0]),
        reject=tuple(run.reject or ()),
    )


def _include(folders: Iterable[str], folder: Path) -> Iterable[str]:
    """Absolute, since the compiler does not run in the manifest's folder."""
    return (f"-I{(folder / name).absolute()}" for name in folders)


def _binaries(run: LibraryRun | PythonRun | CommandRun) -> tuple[Path, ...]:
    match run:
        case LibraryRun(path=Path() as library):
            return (library,)
        case LibraryRun():
            return run.sources
        case _:
            return ()


def _digest(text: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _overlay(file: ManifestFile, source: _Source) -> Overlay:
    rules = tuple(
        OverlayRule(
            id=rule.id,
            at=rule.at,
            check=rule.check,
            place=source.place("contract", index, "check"),
            when=rule.when,
            message=rule.message,
            severity=rule.severity,
        )
        for index, rule in enumerate(file.contract)
    )
    observe = tuple(
        Observe(name=name, expression=expression, place=source.place("observe", name))
        for name, expression in file.observe.items()
    )
    return Overlay(name=f"{file.name} {file.version}", rules=rules, observe=observe)


def _quirks(file: ManifestFile, source: _Source) -> tuple[Quirk, ...]:
    return tuple(
        Quirk(
            id=quirk.id,
            outcome=quirk.outcome,
            content=quirk.content,
            reason=quirk.reason,
            place=source.place("quirk", index),
        )
        for index, quirk in enumerate(file.quirk)
    )

"""What the shape of a manifest cannot say: keys that exclude one another, files that must exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.consumers.manifest_shape import LibraryTable, ManifestFile, Problem, RunTable
from harness.consumers.model import LAYERS, LONGEST_NAME_BYTES
from harness.findings.model import Place

Locate = Callable[..., Place]

_KINDS = ("library", "python", "command")
_OWNERS = {"rejects": "python", "accept": "command", "reject": "command"}
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_EXIT_CODES = range(256)
_LONGEST_SECONDS = 3600
_LEAST_MB, _MOST_MB = 16, 1 << 20


def problems(file: ManifestFile, folder: Path, place: Locate) -> Iterator[Problem]:
    """Find all that is wrong with a manifest of the right shape.

    Args:
        file: what the manifest says.
        folder: where it is; its paths are relative to that.
        place: tells where a key stands, from its parts.

    Yields:
        One problem for each thing to mend.
    """
    yield from _texts(file, place)
    yield from _ids(file, place)
    yield from _companions(file, place)
    yield from _kind(file.run, place)
    yield from _library(file.run, place)
    yield from _python(file.run, place)
    yield from _command(file, place)
    yield from _limits(file.run, place)
    yield from _files(file, folder, place)
    yield from _events(file.run, folder, place)


def _texts(file: ManifestFile, place: Locate) -> Iterator[Problem]:
    for key in ("name", "version", "schema"):
        if not getattr(file, key).strip():
            yield Problem(place(key), f"`{key}` is empty", "give it a value")
    for index, quirk in enumerate(file.quirk):
        if not quirk.reason.strip():
            yield Problem(
                place("quirk", index, "reason"),
                f"quirk `{quirk.id}` gives no reason",
                "say why this version is left as it is",
            )


def _ids(file: ManifestFile, place: Locate) -> Iterator[Problem]:
    tables = {"contract": [r.id for r in file.contract], "quirk": [q.id for q in file.quirk]}
    for table, names in tables.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                message = f"`{table}` `{name}` is there twice"
                yield Problem(place(table, index), message, "an id names one of them")
            if not name.strip():
                message = f"a `{table}` has an empty `id`"
                yield Problem(place(table, index), message, "findings show the id: name it")


def _companions(file: ManifestFile, place: Locate) -> Iterator[Problem]:
    for name in file.companions:
        if name == "file" or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            message = f"`{name}` is no name for a companion"
            help_text = "it is the parameter of the schema, in lower case; `file` is the content"
            yield Problem(place("companions", name), message, help_text)
        elif len(name) > LONGEST_NAME_BYTES:
            message = f"companion name `{name}` is too long"
            help_text = f"at most {LONGEST_NAME_BYTES} bytes are handed to a consumer"
            yield Problem(place("companions", name), message, help_text)


def _kind(run: RunTable, place: Locate) -> Iterator[Problem]:
    given = [kind for kind in _KINDS if getattr(run, kind) is not None]
    if len(given) != 1:
        listed = " and ".join(f"`{kind}`" for kind in given) or "none of them"
        yield Problem(
            place("run", *given[1:2]),
            f"`run` needs exactly one of `library`, `python`, `command`, and has {listed}",
            "keep the one kind that this consumer is",
        )
    for key, owner in _OWNERS.items():
        if getattr(run, key) is not None and owner not in given:
            yield Problem(
                place("run", key),
                f"`run.{key}` belongs to `run.{owner}`",
                f"remove it, or run the consumer with `{owner}`",
            )


def _library(run: RunTable, place: Locate) -> Iterator[Problem]:
    if run.library is not None and bool(run.library.sources) == bool(run.library.path):
        yield Problem(
            place("run", "library"),
            "`run.library` needs either `sources` or `path`",
            "`sources` are built with sanitizers; `path` is a library that is already built",
        )


def _python(run: RunTable, place: Locate) -> Iterator[Problem]:
    if run.python is not None and not re.fullmatch(r"[\w.]+:[\w.]+", run.python):
        message = f"`{run.python}` does not name a function"
        yield Problem(place("run", "python"), message, 'write "package.module:function"')


def _command(file: ManifestFile, place: Locate) -> Iterator[Problem]:
    run = file.run
    if run.command is None:
        return
    at = place("run", "command")
    used = {name for word in run.command for name in _PLACEHOLDER.findall(word)}
    if "file" not in used:
        yield Problem(at, "`run.command` does not use `{file}`", 'add "{file}" as a word')
    for name in sorted(used - {"file"} - set(file.companions)):
        message = f"`{{{name}}}` is no companion of this manifest"
        yield Problem(at, message, "name it under `companions`, or use `{file}`")
    yield from _exit_codes(run, place)
    if run.events is not None:
        help_text = "give events to a `library` or `python` consumer"
        yield Problem(place("run", "events"), "a command takes no events", help_text)


def _exit_codes(run: RunTable, place: Locate) -> Iterator[Problem]:
    for key in ("accept", "reject"):
        for code in getattr(run, key) or ():
            if code not in _EXIT_CODES:
                message = f"`run.{key}` holds {code}, which no program ends with"
                yield Problem(place("run", key), message, "exit codes are 0 to 255")
    if run.accept == []:
        message = "`run.accept` is empty: no content could be accepted"
        yield Problem(place("run", "accept"), message, "leave it out for 0, or name a code")
    both = sorted(set([0] if run.accept is None else run.accept) & set(run.reject or []))
    if both:
        said = "`accept`, where 0 is by default," if run.accept is None else "`accept`"
        message = f"exit code {both[0]} is in {said} and in `reject`"
        yield Problem(place("run", "reject"), message, "an exit code means one of the two")


def _limits(run: RunTable, place: Locate) -> Iterator[Problem]:
    if not 0 < run.timeout_seconds <= _LONGEST_SECONDS:
        message = f"`run.timeout_seconds` is {run.timeout_seconds:g}"
        help_text = f"a run takes more than 0 and at most {_LONGEST_SECONDS} seconds"
        yield Problem(place("run", "timeout_seconds"), message, help_text)
    if not _LEAST_MB <= run.memory_mb <= _MOST_MB:
        message = f"`run.memory_mb` is {run.memory_mb}"
        help_text = f"a run may have {_LEAST_MB} to {_MOST_MB} MiB"
        yield Problem(place("run", "memory_mb"), message, help_text)
    for layer in run.without:
        if layer not in LAYERS:
            message = f"`{layer}` is no layer that can be switched off"
            yield Problem(place("run", "without"), message, f"the layers are {', '.join(LAYERS)}")


def _files(file: ManifestFile, folder: Path, place: Locate) -> Iterator[Problem]:
    library = file.run.library or LibraryTable()
    sources = [*library.sources, *filter(None, [library.path])]
    missing = [
        *((("companions", k), v) for k, v in file.companions.items() if not (folder / v).is_file()),
        *((("run", "library"), v) for v in sources if not (folder / v).is_file()),
        *((("run", "library"), v) for v in library.include if not (folder / v).is_dir()),
        *((("run", "read"), v) for v in file.run.read if not (folder / v).exists()),
    ]
    for key, value in missing:
        message = f"`{folder / value}` is not there"
        yield Problem(place(*key), message, "paths are relative to the manifest")


def _events(run: RunTable, folder: Path, place: Locate) -> Iterator[Problem]:
    if run.events is None:
        return
    try:
        if event_files(folder / run.events):
            return
        message = f"events folder `{folder / run.events}` holds no file"
    except OSError as error:
        message = f"events folder `{folder / run.events}` cannot be read: {error.strerror}"
    help_text = "put one file for each event there, or remove `events`"
    yield Problem(place("run", "events"), message, help_text)


def event_files(folder: Path) -> tuple[Path, ...]:
    """The events in a folder, by name; hidden files are none.

    Raises:
        OSError: there is no such folder, or it cannot be read.
    """
    return tuple(sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != "."))

"""Command consumers: a program that is given the content as a file and answers by exit code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from harness.consumers import isolation, sanitizer
from harness.consumers.isolation import Job, Limits
from harness.consumers.model import CommandRun, Manifest

_MIB = 1024 * 1024


class CommandProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A program that was found, its words with placeholders, and how it was built."""

    program: Path
    words: tuple[str, ...]
    sanitized: bool


def find(manifest: Manifest, run: CommandRun, path: str) -> CommandProgram | None:
    """Find the program: beside the manifest if its name has a slash, else on the search path."""
    name = run.words[0]
    there = str(manifest.folder / name) if "/" in name else shutil.which(name, path=path)
    if there is None or not Path(there).is_file():
        return None
    program = Path(there).absolute()
    return CommandProgram(
        program=program, words=run.words[1:], sanitized=sanitizer.is_built_in(program)
    )


@contextmanager
def job(
    program: CommandProgram,
    manifest: Manifest,
    inputs: Mapping[str, bytes],
    suffix: str,
    path: str,
) -> Iterator[Job]:
    """Lend the run of a command on `inputs`, which are files for as long as the block runs.

    Args:
        program: what to run.
        manifest: limits and more files to read.
        inputs: `file` and the companions, by the names of their placeholders.
        suffix: of the content's file, since some tools go by it.
        path: search path of the program.
    """
    with TemporaryDirectory(prefix="harness-inputs-") as folder:
        files = {}
        for number, (name, data) in enumerate(inputs.items()):
            files[name] = Path(folder) / (f"content{suffix}" if name == "file" else f"{number}.bin")
            files[name].write_bytes(data)
        yield Job(
            words=(str(program.program), *(filled(w, files) for w in program.words)),
            read=(program.program, Path(folder), manifest.folder, *manifest.read),
            environment=isolation.minimal_environment(path, sanitizer.options(manifest.memory_mb)),
            limits=Limits(
                timeout_seconds=manifest.timeout_seconds,
                address_bytes=0 if program.sanitized else manifest.memory_mb * _MIB,
            ),
            without=manifest.without,
        )


def filled(word: str, files: Mapping[str, Path]) -> str:
    """Return a word of a command with the paths of files for their placeholders."""
    for name, file in files.items():
        word = word.replace(f"{{{name}}}", str(file))
    return word

"""From a manifest to the lane that fuzzes its consumer: native or Python."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness.consumers import bundle, command, isolation, sanitizer
from harness.consumers.model import CommandRun, LibraryRun, Manifest, PythonRun
from harness.fuzzing import engine, program
from harness.fuzzing.engine import Engine
from harness.fuzzing.hints import Hints
from harness.fuzzing.native_lane import Driver, NativeLane, command_variables
from harness.fuzzing.python_lane import PythonLane
from harness.fuzzing.validators import WorkerOracle
from harness.fuzzing.worker import Lane
from harness.native import toolchain

_MIB = 1024 * 1024
_NONE = WorkerOracle()
_FEEDBACK = b"__sanitizer_cov_8bit_counters_init"  # of clang's -fsanitize=fuzzer-no-link
_ABOUT_COMMANDS = (
    "no feedback from the code of `{}`, a command: only its exit codes and what it prints lead the "
    "way, and each execution starts a process"
)
_OTHER_SANITIZER = b"libasan.so"  # gcc's own; the engine has one already


class UnsupportedConsumerError(Exception):
    """A consumer of a kind that no lane can fuzz: which, and what to do."""


@contextmanager
def opened(
    manifest: Manifest,
    hints: Hints,
    environment: Mapping[str, str],
    *,
    care: int | None = None,
    oracle: WorkerOracle = _NONE,
) -> Iterator[Lane]:
    """Make the lane of a consumer ready, for as long as the block runs.

    Args:
        manifest: the consumer.
        hints: what its mutator takes from the schema.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.
        care: every so many executions all is done twice; 0 for never, None for the lane's own.
        oracle: what workers hold verdicts against themselves; without, they only execute.

    Raises:
        UnsupportedConsumerError: it cannot live in one process with the engine, or is not there.
        engine.EngineMissingError: the engine is not installed.
        toolchain.BuildError: the consumer does not build.
    """
    found = engine.find()
    launcher = isolation.build_launcher(toolchain.find(environment), environment)
    companions = {name: path.read_bytes() for name, path in manifest.companions.items()}
    events = [path.read_bytes() for path in manifest.events]
    with ExitStack() as stack:
        inputs = stack.enter_context(bundle.bundled(b"", companions, events))
        if isinstance(manifest.run, PythonRun):
            path = environment.get("PATH", "")
            warnings = oracle.warnings
            yield PythonLane(
                manifest, manifest.run, launcher, inputs, path, care=care, warnings=warnings
            )
            return
        driver = stack.enter_context(_driver(manifest, companions, found, environment))
        yield NativeLane(manifest, driver, launcher, inputs, hints, care=care, oracle=oracle)


@contextmanager
def _driver(
    manifest: Manifest,
    companions: Mapping[str, bytes],
    found: Engine,
    environment: Mapping[str, str],
) -> Iterator[Driver]:
    match manifest.run:
        case LibraryRun(path=None):
            built = program.build(manifest.run, found, environment)
            yield Driver(program=built, own=built, needed=(found.library,))
        case LibraryRun(path=Path() as library):
            built = program.build(LibraryRun(), found, environment)
            yield _opening(manifest, built, library.absolute(), found)
        case CommandRun():
            built = program.build(LibraryRun(), found, environment, own=("fuzz_command.c",))
            with tempfile.TemporaryDirectory(prefix="harness-inputs-") as folder:
                files = _written(companions, Path(folder))
                path = environment.get("PATH", "")
                yield _starting(manifest, manifest.run, built, found, files, path)
        case PythonRun():
            raise TypeError("a Python consumer has a lane of its own")


def _opening(manifest: Manifest, built: Path, library: Path, found: Engine) -> Driver:
    """The driver of a library that others built."""
    code = library.read_bytes()
    if _OTHER_SANITIZER in code:
        raise UnsupportedConsumerError(
            f"`{manifest.label}` cannot be fuzzed: `{library.name}` brings gcc's own "
            "AddressSanitizer along, and the engine has one already; give `sources` in `[run]`, or "
            "link it without `-fsanitize`"
        )
    is_sanitized = sanitizer.is_built_in(library)
    warnings = []
    if _FEEDBACK not in code:
        warnings.append(
            f"no feedback from the code of `{library.name}`, which was built without coverage: "
            "only what it says leads the way; give `sources`, or build it with clang's "
            "`-fsanitize=fuzzer-no-link`"
        )
    if not is_sanitized:
        warnings.append(
            f"`{library.name}` has no sanitizer: only what touches a page beside an input, the "
            "heap in library functions, or nothing at all is seen"
        )
    return Driver(
        program=built,
        own=library,
        needed=(library, found.library),
        library=str(library),
        is_guarded=not is_sanitized,
        told=frozenset({"asan", "ubsan", "signal"} if is_sanitized else {"asan"}),
        warnings=tuple(warnings),
    )


def _starting(
    manifest: Manifest,
    run: CommandRun,
    built: Path,
    found: Engine,
    files: Mapping[str, Path],
    path: str,
) -> Driver:
    """The driver of a command, which it starts once for each execution."""
    there = command.find(manifest, run, path)
    if there is None:
        raise UnsupportedConsumerError(
            f"`{manifest.label}` cannot be fuzzed: `{run.words[0]}` is not there"
        )
    words = [str(there.program), *(command.filled(word, files) for word in there.words)]
    variables = isolation.minimal_environment(path, sanitizer.options(manifest.memory_mb))
    return Driver(
        program=built,
        own=there.program,
        needed=(there.program, *files.values(), manifest.folder, found.library),
        variables=command_variables(
            manifest,
            words,
            (run.accept, run.reject),
            variables,
            address_bytes=0 if there.sanitized else manifest.memory_mb * _MIB,
        ),
        told=frozenset(),
        watches_time=False,
        warnings=(_ABOUT_COMMANDS.format(there.program.name),),
    )


def _written(companions: Mapping[str, bytes], folder: Path) -> Mapping[str, Path]:
    """Companions as files, by name."""
    files = {name: folder / f"{number}.bin" for number, name in enumerate(companions)}
    for name, file in files.items():
        file.write_bytes(companions[name])
    return files

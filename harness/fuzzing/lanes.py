"""The two lanes: C consumers linked with the engine, Python consumers inside atheris."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.consumers import bundle, isolation
from harness.consumers.model import LibraryRun, Manifest, PythonRun
from harness.fuzzing import engine, program
from harness.fuzzing.hints import Hints
from harness.fuzzing.page import Page
from harness.fuzzing.worker import Lane, Launch

NATIVE_CARE = 16  # every so many executions all is done twice, on fresh copies
PYTHON_CARE = 64
_MOST_HANG_SECONDS = 1.0  # a longer one is told by the run that confirms it
_SPARE_MB = 2048  # shadow memory, quarantine and corpus, beside what the consumer may use


class UnsupportedConsumerError(Exception):
    """A consumer of a kind that no lane can fuzz: which, and what to do."""


@contextmanager
def opened(
    manifest: Manifest,
    hints: Hints,
    environment: Mapping[str, str],
    *,
    care: int | None = None,
) -> Iterator[Lane]:
    """Make the lane of a consumer ready, for as long as the block runs.

    Args:
        manifest: the consumer.
        hints: what its mutator takes from the schema.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.
        care: every so many executions all is done twice; 0 for never, None for the lane's own.

    Raises:
        UnsupportedConsumerError: it is a command, or a library without sources.
        engine.EngineMissingError: the engine is not installed.
        toolchain.BuildError: the consumer does not build.
    """
    found = engine.find()
    companions = {name: path.read_bytes() for name, path in manifest.companions.items()}
    events = [path.read_bytes() for path in manifest.events]
    match manifest.run:
        case LibraryRun(path=None):
            built = program.build(manifest.run, found, environment)
            with bundle.bundled(b"", companions, events) as inputs:
                yield NativeLane(manifest, built, inputs, hints, care=care)
        case PythonRun():
            with bundle.bundled(b"", companions, events) as inputs:
                yield PythonLane(manifest, manifest.run, inputs, environment, care=care)
        case _:
            raise UnsupportedConsumerError(
                f"`{manifest.label}` cannot be fuzzed: only consumers that are given as sources "
                "or as a Python function can; give `sources` in `[run]`"
            )


class NativeLane:
    """Consumers in C and C++: the driver is linked with them."""

    name: str = "native"

    def __init__(
        self,
        manifest: Manifest,
        built: Path,
        inputs_fd: int,
        hints: Hints,
        *,
        care: int | None,
    ) -> None:
        self.program: Path | None = built
        self._manifest = manifest
        self._inputs_fd = inputs_fd
        self._hints = (
            ";".join(map(str, hints.repairs)),
            ";".join(word.hex() for word in hints.words),
        )
        self._care = NATIVE_CARE if care is None else care

    def launch(self, folder: Path, page: Page, options: Sequence[str]) -> Launch:
        """See `Lane`."""
        hang_ms = round(1000 * min(_MOST_HANG_SECONDS, self._manifest.timeout_seconds))
        memory_mb = self._manifest.memory_mb
        return Launch(
            words=(
                *(str(self.program), str(self._inputs_fd), str(page.descriptor)),
                *(str(folder / "faults"), str(hang_ms), str(memory_mb), str(self._care)),
                *(*self._hints, *_NO_HANDLERS, f"-rss_limit_mb={memory_mb + _SPARE_MB}"),
                *options,
            ),
            # What the sanitizers need is built into the program: no environment can undo it.
            environment=isolation.minimal_environment("", {}),
            descriptors=(self._inputs_fd, page.descriptor),
        )

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """See `Lane`."""
        del folder
        return page.current() if page.counters().busy else None


# The driver's own handlers step over a fault; libFuzzer's end the process.
_NO_HANDLERS = (
    "-timeout=0",
    *(f"-handle_{name}=0" for name in ("segv", "bus", "abrt", "ill", "fpe")),
)


class PythonLane:
    """Consumers in Python: their bytecode is instrumented."""

    name: str = "python"
    program: Path | None = None

    def __init__(
        self,
        manifest: Manifest,
        run: PythonRun,
        inputs_fd: int,
        environment: Mapping[str, str],
        *,
        care: int | None,
    ) -> None:
        self._manifest = manifest
        self._run = run
        self._inputs_fd = inputs_fd
        self._path = environment.get("PATH", "")
        self._care = PYTHON_CARE if care is None else care

    def launch(self, folder: Path, page: Page, options: Sequence[str]) -> Launch:
        """See `Lane`."""
        own = str(Path(__file__).parent.parent.parent)
        variables = {"PYTHONHASHSEED": "0", "PYTHONPATH": own}
        hang_seconds = max(1, round(self._manifest.timeout_seconds))
        return Launch(
            words=(
                *(sys.executable, "-s", "-B", "-P", "-m", "harness.fuzzing.python_worker"),
                *(str(self._inputs_fd), str(folder), str(self._care)),
                *(str(self._manifest.folder.absolute()), self._run.module, self._run.function),
                *(*self._run.rejects, "--"),
                *(f"-timeout={hang_seconds}", f"-rss_limit_mb={self._manifest.memory_mb}"),
                *options,
            ),
            environment=isolation.minimal_environment(self._path, variables),
            descriptors=(self._inputs_fd, page.descriptor),
        )

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """See `Lane`."""
        del page
        left = sorted((folder / "left").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return left[-1].read_bytes() if left else None

"""The two lanes: C consumers linked with the engine, Python consumers inside atheris."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.consumers import bundle, isolation, python_function
from harness.consumers.isolation import Job, Limits
from harness.consumers.model import LibraryRun, Manifest, PythonRun
from harness.fuzzing import engine, program
from harness.fuzzing.hints import Hints
from harness.fuzzing.page import Page
from harness.fuzzing.worker import Lane
from harness.native import toolchain

NATIVE_CARE = 16  # every so many executions all is done twice, on fresh copies
PYTHON_CARE = 64
_MOST_HANG_SECONDS = 1.0  # a longer one is told by the run that confirms it
_SPARE_MB = 2048  # shadow memory, quarantine and corpus, beside what the consumer may use


UNLIMITED = ("process-limit",)
"""Layers that workers do without on purpose: they may start threads for as long as they run."""
_WITHOUT_END = Limits(timeout_seconds=0)  # the supervisor ends them


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
    launcher = isolation.build_launcher(toolchain.find(environment), environment)
    companions = {name: path.read_bytes() for name, path in manifest.companions.items()}
    events = [path.read_bytes() for path in manifest.events]
    path = environment.get("PATH", "")
    match manifest.run:
        case LibraryRun(path=None):
            built = program.build(manifest.run, found, environment)
            with bundle.bundled(b"", companions, events) as inputs:
                needed = (built, found.library, *manifest.read)
                yield NativeLane(manifest, needed, launcher, inputs, hints, care=care)
        case PythonRun():
            with bundle.bundled(b"", companions, events) as inputs:
                yield PythonLane(manifest, manifest.run, launcher, inputs, path, care=care)
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
        needed: tuple[Path, ...],
        launcher: Path,
        inputs_fd: int,
        hints: Hints,
        *,
        care: int | None,
    ) -> None:
        self.program: Path | None = needed[0]
        self._needed = needed
        self.launcher = launcher
        self._manifest = manifest
        self._inputs_fd = inputs_fd
        self._hints = (
            ";".join(map(str, hints.repairs)),
            ";".join(word.hex() for word in hints.words),
        )
        self._care = NATIVE_CARE if care is None else care

    def job(self, folder: Path, page: Page, corpus: Path, options: Sequence[str]) -> Job:
        """See `Lane`."""
        hang_ms = round(1000 * min(_MOST_HANG_SECONDS, self._manifest.timeout_seconds))
        memory_mb = self._manifest.memory_mb
        return Job(
            words=(
                *(str(self.program), str(self._inputs_fd), str(page.descriptor)),
                *(str(folder / "faults"), str(hang_ms), str(memory_mb), str(self._care)),
                *(*self._hints, *_NO_HANDLERS, f"-rss_limit_mb={memory_mb + _SPARE_MB}"),
                *options,
            ),
            read=(*self._needed, corpus),
            write=(folder,),
            # What the sanitizers need is built into the program: no environment can undo it.
            environment=isolation.minimal_environment("", {}),
            descriptors=(self._inputs_fd, page.descriptor),
            limits=_WITHOUT_END,
            without=(*self._manifest.without, *UNLIMITED),
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
        launcher: Path,
        inputs_fd: int,
        path: str,
        *,
        care: int | None,
    ) -> None:
        self.launcher = launcher
        self._manifest = manifest
        self._run = run
        self._inputs_fd = inputs_fd
        self._path = path
        self._care = PYTHON_CARE if care is None else care

    def job(self, folder: Path, page: Page, corpus: Path, options: Sequence[str]) -> Job:
        """See `Lane`."""
        own = str(Path(__file__).parent.parent.parent)
        variables = {"PYTHONHASHSEED": "0", "PYTHONPATH": own}
        hang_seconds = max(1, round(self._manifest.timeout_seconds))
        return Job(
            words=(
                *(sys.executable, "-s", "-B", "-P", "-m", "harness.fuzzing.python_worker"),
                *(str(self._inputs_fd), str(folder), str(self._care)),
                *(str(self._manifest.folder.absolute()), self._run.module, self._run.function),
                *(*self._run.rejects, "--"),
                *(f"-timeout={hang_seconds}", f"-rss_limit_mb={self._manifest.memory_mb}"),
                *options,
            ),
            read=(*python_function.readable(self._manifest), corpus, Path(own)),
            write=(folder,),
            environment=isolation.minimal_environment(self._path, variables),
            descriptors=(self._inputs_fd, page.descriptor),
            limits=_WITHOUT_END,
            without=(*self._manifest.without, *UNLIMITED),
        )

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """See `Lane`."""
        del page
        left = sorted((folder / "left").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return left[-1].read_bytes() if left else None

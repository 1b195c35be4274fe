"""Workers of the native lane: the fuzz driver with a consumer in C, a library, or a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.consumers import isolation
from harness.consumers.isolation import Job, Limits
from harness.consumers.model import Manifest
from harness.fuzzing.hints import Hints
from harness.fuzzing.page import PHASES, Page
from harness.fuzzing.validators import WorkerOracle

NATIVE_CARE = 16  # every so many executions all is done twice, on fresh copies
_MOST_HANG_SECONDS = 1.0  # a longer one is told by the run that confirms it
_SPARE_MB = 2048  # shadow memory, quarantine and corpus, beside what the consumer may use
_SEPARATOR = "\x1f"
_NEVER_MS = 1 << 40
JUDGES = PHASES.index("judge")
"""The phase in which a worker's own oracle is at work, and the consumer is not."""

UNLIMITED = ("process-limit",)
"""Layers that workers do without on purpose: they may start threads for as long as they run."""
WITHOUT_END = Limits(timeout_seconds=0)
"""Workers run until their supervisor ends them."""

# The driver's own handlers step over a fault; libFuzzer's end the process.
_NO_HANDLERS = (
    "-timeout=0",
    *(f"-handle_{name}=0" for name in ("segv", "bus", "abrt", "ill", "fpe")),
)
FROM_SOURCES = frozenset({"asan", "ubsan", "signal", "exit"})
"""Kinds of faults that a worker sees as well as a run in isolation does."""


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """A fuzz driver that is ready to run.

    Attributes:
        program: to start.
        own: the file whose code is the consumer's.
        needed: files that it reads.
        library: that it opens; empty where the consumer is linked in.
        is_guarded: inputs lie against a page that cannot be touched, not in heap blocks.
        variables: of its environment.
        told: kinds of faults that its own word is enough for.
        watches_time: it breaks off executions that do not come back, and says where they are.
        warnings: what cannot be seen in this consumer.
    """

    program: Path
    own: Path
    needed: tuple[Path, ...]
    library: str = ""
    is_guarded: bool = False
    variables: Mapping[str, str] = {}
    told: frozenset[str] = FROM_SOURCES
    watches_time: bool = True
    warnings: tuple[str, ...] = ()


class NativeLane:
    """Consumers that the fuzz driver calls in its own process, commands by way of a helper."""

    name: str = "native"

    def __init__(
        self, manifest: Manifest, driver: Driver, launcher: Path, inputs_fd: int, hints: Hints,
        *, care: int | None, oracle: WorkerOracle,
    ) -> None:  # fmt: skip  # what a worker is started with
        self.program: Path | None = driver.own
        self.launcher = launcher
        self.told = driver.told
        self.warnings = (*driver.warnings, *oracle.warnings)
        self._validator = (oracle.library,) if oracle.library is not None else ()
        self._companions = oracle.companions
        self.judges = oracle.library is not None
        self._driver = driver
        self._manifest = manifest
        self._inputs_fd = inputs_fd
        self._hints = (
            ";".join(map(str, hints.repairs)),
            ";".join(word.hex() for word in hints.words),
        )
        self._care = NATIVE_CARE if care is None else care

    def job(self, folder: Path, page: Page, corpus: Path, options: Sequence[str]) -> Job:
        """See `Lane`."""
        driver, memory_mb = self._driver, self._manifest.memory_mb
        blocks = "guard" if driver.is_guarded else "heap"
        return Job(
            words=(
                *(str(driver.program), str(self._inputs_fd), str(page.descriptor)),
                *(str(folder / "faults"), str(self._hang_ms()), str(memory_mb), str(self._care)),
                *(*self._hints, driver.library, blocks, "".join(map(str, self._validator))),
                ",".join(self._companions),
                *(*_NO_HANDLERS, f"-rss_limit_mb={memory_mb + _SPARE_MB}", *options),
            ),
            read=(
                *(driver.program, *driver.needed, *self._validator),
                *(*self._manifest.read, corpus),
            ),
            write=(folder,),
            # What the sanitizers need is built into the program: no environment can undo it.
            environment=isolation.minimal_environment("", driver.variables),
            descriptors=(self._inputs_fd, page.descriptor),
            limits=WITHOUT_END,
            without=(*self._manifest.without, *UNLIMITED),
        )

    def _hang_ms(self) -> int:
        if not self._driver.watches_time:
            return _NEVER_MS
        return round(1000 * min(_MOST_HANG_SECONDS, self._manifest.timeout_seconds))

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """See `Lane`."""
        del folder
        seen = page.counters()
        return page.current() if seen.busy or seen.phase == JUDGES else None


def command_variables(
    manifest: Manifest,
    words: Sequence[str],
    codes: tuple[Sequence[int], Sequence[int]],
    variables: Mapping[str, str],
    *,
    address_bytes: int,
) -> Mapping[str, str]:
    """Return how `fuzz_command.c` is told of a command.

    Args:
        manifest: of the command.
        words: that start it, with `{file}` for the content.
        codes: exit codes of acceptance and of rejection.
        variables: of the command's environment.
        address_bytes: of address space; 0 for no limit.
    """
    content = "{scratch}/content"
    fields = [
        *(str(round(1000 * manifest.timeout_seconds)), str(address_bytes), content),
        *("{scratch}/output", *(",".join(map(str, some)) for some in codes)),
        *(word.replace("{file}", content) for word in words),
        "",
        *(f"{name}={value}" for name, value in variables.items()),
    ]
    return {"HARNESS_COMMAND": "".join(f"{field}{_SEPARATOR}" for field in fields)}

"""Workers of the Python lane: atheris in a process of its own, the consumer instrumented."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from harness.consumers import isolation, python_function
from harness.consumers.isolation import Job
from harness.consumers.model import Manifest, PythonRun
from harness.fuzzing.corpus import is_deadly
from harness.fuzzing.native_lane import UNLIMITED, WITHOUT_END
from harness.fuzzing.page import Page

PYTHON_CARE = 64


class PythonLane:
    """Consumers in Python: their bytecode is instrumented."""

    name: str = "python"
    judges = False
    program: Path | None = None
    told = frozenset({"raised"})

    def __init__(
        self, manifest: Manifest, run: PythonRun, launcher: Path, inputs_fd: int, path: str,
        *, care: int | None, warnings: tuple[str, ...] = (),
    ) -> None:  # fmt: skip  # what a worker is started with
        self.launcher = launcher
        self.warnings = warnings
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
                str(int(is_deadly(corpus, b""))),
                *(str(self._manifest.folder.absolute()), self._run.module, self._run.function),
                *(*self._run.rejects, "--"),
                *(f"-timeout={hang_seconds}", f"-rss_limit_mb={self._manifest.memory_mb}"),
                *options,
            ),
            read=(*python_function.readable(self._manifest), corpus, Path(own)),
            write=(folder,),
            environment=isolation.minimal_environment(self._path, variables),
            descriptors=(self._inputs_fd, page.descriptor),
            limits=WITHOUT_END,
            without=(*self._manifest.without, *UNLIMITED),
        )

    def lost_content(self, folder: Path, page: Page) -> bytes | None:
        """See `Lane`."""
        left = sorted((folder / "left").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        if left:
            return left[-1].read_bytes()
        return page.current() if page.counters().busy else None

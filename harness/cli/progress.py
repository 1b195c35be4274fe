"""Progress on standard error: only on a terminal, and only once something takes two seconds."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from harness.report.escape import clip, visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_DELAY_SECONDS = 2.0
_LABEL_CELLS = 50


class Progress:
    """What a long command is doing, as a bar that comes late and leaves nothing behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._label = ""
        self._done: int | None = None
        self._total: int | None = None
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Start to wait, if there is anybody to show anything to."""
        stream: object = sys.stderr
        if stream is not None and sys.stderr.isatty():
            self._timer = threading.Timer(_DELAY_SECONDS, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the bar."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._bar is not None:
            self._bar.stop()

    def update(self, label: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done; `done` of `total` where that is known."""
        if self._timer is None:
            return
        with self._lock:
            self._label, self._done, self._total = clip(visible(label), _LABEL_CELLS), done, total
            self._drawn()

    def _show(self) -> None:
        """Put the bar up."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=None)
            self._drawn()
            self._bar.start()

    def _drawn(self) -> None:
        if self._bar is not None and self._task is not None:
            from rich.markup import escape

            label = escape(self._label)
            self._bar.update(
                self._task, description=label, completed=self._done or 0, total=self._total
            )

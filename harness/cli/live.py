"""The live view of a campaign on standard error: only on a terminal, and gone at the end."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from harness.fuzzing.settings import Snapshot
from harness.report.fuzz_text import live_text

if TYPE_CHECKING:
    from rich.live import Live


class LiveView:
    """How a campaign stands, drawn again and again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Put the view up, if there is anybody to look at it."""
        stream: object = sys.stderr
        if stream is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), transient=True, refresh_per_second=4)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the view away."""
        if self._live is not None:
            self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Show how the campaign stands."""
        if self._live is not None:
            from rich.text import Text

            self._live.update(Text(live_text(snapshot, self._seconds)))

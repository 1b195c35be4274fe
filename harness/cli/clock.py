"""The machine's clock, for what takes one as an argument."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds, from anywhere, never backwards."""
        return time.monotonic()

    def date(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

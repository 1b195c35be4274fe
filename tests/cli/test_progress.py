"""Progress is for people who wait: on a terminal, late, and gone afterwards."""

from __future__ import annotations

import io
import sys
import threading
import time
from typing import TYPE_CHECKING

from harness.cli import progress
from harness.cli.progress import Progress

if TYPE_CHECKING:
    import pytest


class _Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def _shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, delay_seconds: float) -> str:
    """What a command writes that says what it does, and is done when that was shown."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "_DELAY_SECONDS", delay_seconds)
    monkeypatch.setenv("TERM", "xterm")
    until = time.monotonic() + 10 * bool(delay_seconds < 1 and stream.isatty())
    with Progress() as shown:
        shown.update("evil\x1b]0;[bold]name")
        while "name" not in stream.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    return stream.getvalue()


def test_a_terminal_sees_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are shown as they are, and not obeyed."""
    said = _shown(monkeypatch, _Terminal(), 0.0)
    assert "evil\\x1b]0;[bold]name" in said


def test_nothing_is_shown_of_what_is_done_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no thread stays behind."""
    assert _shown(monkeypatch, _Terminal(), 60.0) == ""
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]


def test_a_log_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes."""
    assert _shown(monkeypatch, io.StringIO(), 0.0) == ""

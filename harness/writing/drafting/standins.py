"""What stands for parts of a reading while a draft is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.writing.drafting.draft import Draft


class Recorder:
    """What the checks of the reader report to: whatever it is, the draft is wrong."""

    @staticmethod
    def wants(*_: object) -> bool:
        """No message is put together."""
        return False


class Looking:
    """A moment in which nothing grows."""

    __slots__ = ("_before", "_draft")

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._before = True

    def __enter__(self) -> None:
        """Begin it."""
        self._before, self._draft.may_grow = self._draft.may_grow, False

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._draft.may_grow = self._before

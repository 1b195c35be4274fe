"""A consumer: `polib` reads a catalog, and says how many messages are in it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

polib = import_module("polib")


def read(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Read a catalog; `polib` takes the first message for its metadata if its original is empty."""
    observe("messages", len(polib.mofile(content)))

"""A consumer: Babel reads a catalog, and says how many messages are in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib import import_module

mofile = import_module("babel.messages.mofile")


def read(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Read a catalog; Babel keeps its header entry apart from the messages."""
    observe("messages", len(mofile.read_mo(io.BytesIO(content))))

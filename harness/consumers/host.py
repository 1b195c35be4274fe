"""Runs a Python consumer inside the sandbox; started as a script, it needs nothing but Python.

Usage: host.py INPUTS_FD RECORD_FD CYCLES FOLDER MODULE FUNCTION [REJECTED_EXCEPTION ...]

The function is called as `function(content)`. If it has parameters `companions` or `observe`, it
is given the files by name and a function `observe(name, value, index=None)`. What it returns, if
it can be called, is called with each event. The inputs and records are those of `driver.c`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import struct
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

_HEADER = struct.Struct("=II")
_ENTRY = struct.Struct("=IIQQ64s")
_CONTENT, _COMPANION, _EVENT = 0, 1, 2


class _Host:
    """One run: its inputs, its consumer, and where its records go."""

    def __init__(self, inputs_fd: int, record_fd: int, rejects: Sequence[str]) -> None:
        self._record_fd = record_fd
        self._rejects = frozenset(rejects)
        self._inputs = _inputs(inputs_fd)

    def record(self, *words: object) -> None:
        line = " ".join(map(str, words)).replace("\n", " ") + "\n"
        os.write(self._record_fd, line.encode(errors="replace"))

    def observe(self, name: str, value: int, index: int | None = None) -> None:
        if index is None:
            self.record("value", quote(name), int(value))
        else:
            self.record("at", quote(name), int(index), int(value))

    def cycle(self, number: int, function: Callable[..., object], folder: str) -> None:
        content = next(data for kind, _, data in self._inputs if kind == _CONTENT)
        phase = "load" if self._events() else "consume"
        self.record("begin", number, phase, 0)
        try:
            handler = function(content, **self._wanted(function))
        except BaseException as error:
            if not self._is_rejection(error):
                raise
            self.record("rejected", _raised(error, folder))
            self.record("end", number, phase, 0, 1)
            return
        self.record("end", number, phase, 0, 0)
        self._feed(number, handler)

    def _feed(self, number: int, handler: object) -> None:
        if not callable(handler):
            if self._events():
                raise TypeError("there are events; what the function returned cannot be called")
            return
        for index, event in enumerate(self._events()):
            self.record("begin", number, "event", index)
            result = handler(event)
            self.record("end", number, "event", index, int(result or 0))

    def _events(self) -> list[bytes]:
        return [data for kind, _, data in self._inputs if kind == _EVENT]

    def _wanted(self, function: Callable[..., object]) -> dict[str, object]:
        companions = {name: data for kind, name, data in self._inputs if kind == _COMPANION}
        offered: Mapping[str, object] = {"companions": companions, "observe": self.observe}
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):  # a function written in C may have no signature
            return {}
        return {name: value for name, value in offered.items() if name in parameters}

    def _is_rejection(self, error: BaseException) -> bool:
        return any(
            name in self._rejects
            for kind in type(error).__mro__
            for name in (kind.__name__, f"{kind.__module__}.{kind.__qualname__}")
        )


def _inputs(descriptor: int) -> list[tuple[int, str, bytes]]:
    _, count = _HEADER.unpack(os.pread(descriptor, _HEADER.size, 0))
    entries = []
    for number in range(count):
        at = _HEADER.size + number * _ENTRY.size
        kind, _, offset, size, name = _ENTRY.unpack(os.pread(descriptor, _ENTRY.size, at))
        data = os.pread(descriptor, size, offset) if size else b""
        entries.append((kind, name.rstrip(b"\0").decode(), data))
    return entries


def _find(folder: str, module: str, function: str) -> Callable[..., Any]:
    sys.path.insert(0, folder)
    found: Any = importlib.import_module(module)
    for part in function.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{module}:{function} cannot be called")
    return found  # type: ignore[no-any-return]  # any callable will do


def _raised(error: BaseException, folder: str) -> str:
    """The exception and the line that raised it, in one line; files relative to the manifest."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    file = frames[-1].filename.removeprefix(folder + os.sep)
    return f"{type(error).__name__} in `{frames[-1].name}` ({file}:{frames[-1].lineno})"


def main(words: Sequence[str]) -> None:
    """Run the consumer through its cycles."""
    inputs_fd, record_fd, cycles, folder, module, name, *rejects = words
    host = _Host(int(inputs_fd), int(record_fd), rejects)
    try:
        function = _find(folder, module, name)
    except Exception as error:  # noqa: BLE001  # an import runs anything and raises anything
        traceback.print_exc()
        host.record(
            "fail", f"`{module}:{name}` cannot be imported: {type(error).__name__}: {error}"
        )
        return
    host.record("hello", 1, "consume", "python")
    try:
        for number in range(int(cycles)):
            host.cycle(number, function, folder)
    except MemoryError:
        host.record("raised", "MemoryError")
        raise
    except BaseException as error:
        host.record("raised", _raised(error, folder))
        raise
    host.record("done")


if __name__ == "__main__":
    main(sys.argv[1:])

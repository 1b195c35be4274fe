"""A worker of the Python lane: atheris in this process, the consumer's bytecode instrumented.

Usage: python_worker INPUTS_FD FOLDER CARE SKIP_EMPTY MANIFEST_FOLDER MODULE FUNCTION [REJECTED...]
-- [OPTION...]

The engine begins with empty content, which SKIP_EMPTY (0 or 1) leaves out if it ends the process.

An exception that the manifest does not name as a rejection is a fault: it is told, once, and the
next content follows. What ends the process (a hang, a crash in C) libFuzzer leaves in a file; what
ends it without a word lies in the page that it shares with its supervisor.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import inspect
import os
import signal
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.fuzzing.faults import SUFFIX, Fault, encode
from harness.fuzzing.page import Counters, Page
from harness.schema.whole import write_whole

_HEADER = struct.Struct("=II")
_ENTRY = struct.Struct("=IIQQ64s")
_COMPANION, _EVENT = 1, 2
_FLUSH = 127  # counters reach the page every 128 executions, the first ones at once
_KEY_FRAMES = 3
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_FIELD = {name: number for number, name in enumerate(Counters.__struct_fields__)}


class Target:
    """The function that is fuzzed, with its companions and events."""

    def __init__(self, function: Callable[..., object], inputs_fd: int) -> None:
        entries = _inputs(inputs_fd)
        companions = {name: data for kind, name, data in entries if kind == _COMPANION}
        self.events = [data for kind, _, data in entries if kind == _EVENT]
        self.heard: list[tuple[str, int, int | None]] = []
        self._function = function
        self._more = _wanted(function, {"companions": companions, "observe": self._observe})

    def call(self) -> Callable[[bytes], object]:
        """Return what is called with each content: the bare function, where that is all."""
        if not self._more and not self.events:
            return self._function
        return self._use

    def _use(self, content: bytes) -> object:
        self.heard.clear()
        handler = self._function(content, **self._more)
        if callable(handler):
            return [handler(event) for event in self.events]
        if self.events:
            raise TypeError("there are events; what the function returned cannot be called")
        return handler

    def _observe(self, name: str, value: int, index: int | None = None) -> None:
        self.heard.append((name, int(value), index))


class Executions:
    """What libFuzzer calls, and all that is kept of it."""

    def __init__(self, target: Target, page: Page, folder: Path, rejects: Sequence[str]) -> None:
        self._target = target
        self._page = page
        self._folder = folder
        self._rejects = frozenset(rejects)
        self._is_rejection: dict[type[BaseException], bool] = {}
        self._told = 0
        self._started = time.time_ns()  # in a sandbox every process has one id

    def one_input(self, care: int) -> Callable[[bytes], None]:
        """Return the function that executes one content; `care` as in the native lane."""
        call, rejects, hold = self._target.call(), self._rejected, self._page.hold
        count = rejected = flushed = 0

        def execute(content: bytes) -> None:
            nonlocal count, rejected, flushed
            count += 1
            hold(content)
            accepted = True
            try:
                call(content)
            except BaseException as error:  # noqa: BLE001  # consumers raise anything
                accepted = False
                if rejects(error):
                    rejected += 1
                else:
                    self._raised(content, error)
            if not count & _FLUSH or count < _FLUSH:
                self._flush(count - flushed, rejected, content, accepted=accepted)
                rejected, flushed = 0, count
            if care and not count % care:
                self._reload(call, content, accepted=accepted)

        return execute

    def _rejected(self, error: BaseException) -> bool:
        kind = type(error)
        known = self._is_rejection.get(kind)
        if known is None:
            names = {name for one in kind.__mro__ for name in _names(one)}
            known = self._is_rejection[kind] = bool(names & self._rejects)
        return known

    def _flush(self, executions: int, rejected: int, content: bytes, *, accepted: bool) -> None:
        changes = {"executions": executions, "rejected": rejected}
        changes["accepted"] = executions - rejected
        self._page.add({_FIELD[name]: change for name, change in changes.items()})
        self._page.lend(0 if accepted else 1, content, accepted=accepted)

    def _raised(self, content: bytes, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            raise error
        what, report = _described(error)
        self._tell("raised", what, content, report)

    def _reload(self, call: Callable[[bytes], object], content: bytes, *, accepted: bool) -> None:
        """Execute the same again: the verdict and what is observed must not change."""
        heard = tuple(self._target.heard)
        try:
            call(content)
            again = True
        except Exception:  # noqa: BLE001  # which one does not matter here
            again = False
        self._page.add({_FIELD["reloads"]: 1})
        if again != accepted:
            self._tell("state", "verdict", content, "")
        elif heard != tuple(self._target.heard):
            self._tell("state", "values", content, "")

    def _tell(self, kind: str, what: str, content: bytes, report: str) -> None:
        key = int.from_bytes(hashlib.sha256(f"{kind} {report}".encode()).digest()[:8]) or 1
        self._page.add({_FIELD["faults"]: 1})
        if not self._page.count_fault(key):
            return
        self._told += 1
        fault = Fault(
            kind=kind,
            what=what,
            key=key,
            phase="consume",
            index=0,
            cycle=0,
            content=content,
            report=report,
        )
        path = self._folder / "faults" / f"{self._started:x}-{self._told}{SUFFIX}"
        write_whole(path, encode(fault))


def _inputs(descriptor: int) -> list[tuple[int, str, bytes]]:
    """The entries of a bundle; see `consumers.bundle`."""
    _, count = _HEADER.unpack(os.pread(descriptor, _HEADER.size, 0))
    entries = []
    for number in range(count):
        at = _HEADER.size + number * _ENTRY.size
        kind, _, offset, size, name = _ENTRY.unpack(os.pread(descriptor, _ENTRY.size, at))
        data = os.pread(descriptor, size, offset) if size else b""
        entries.append((kind, name.rstrip(b"\0").decode(), data))
    return entries


def _wanted(function: Callable[..., object], offered: Mapping[str, object]) -> dict[str, object]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a function written in C may have no signature
        return {}
    return {name: value for name, value in offered.items() if name in parameters}


def _but_empty(one_input: Callable[[bytes], None]) -> Callable[[bytes], None]:
    return lambda content: one_input(content) if content else None


def _names(kind: type) -> tuple[str, str]:
    return kind.__name__, f"{kind.__module__}.{kind.__qualname__}"


def _described(error: BaseException) -> tuple[str, str]:
    """The exception's name, and a text that is the same whenever the same place raises it."""
    frames = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename != __file__:
            frames.append(f"`{code.co_name}` ({code.co_filename}:{trace.tb_lineno})")
        trace = trace.tb_next
    innermost = frames[: -_KEY_FRAMES - 1 : -1]
    name = type(error).__name__
    return name, "\n".join([name, *innermost])


def _find(module: str, function: str) -> Callable[..., Any]:
    found: Any = importlib.import_module(module)
    for part in function.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]  # the manifest's word for it


def _die_with_supervisor() -> None:
    """A worker does not outlive its supervisor, however that ends; see `restrain` of the driver."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(words: Sequence[str]) -> None:
    """Fuzz until libFuzzer ends the process."""
    _die_with_supervisor()
    import atheris  # heavy, and only here

    own, options = words[: words.index("--")], words[words.index("--") + 1 :]
    inputs_fd, folder, care, skip_empty, manifest_folder, module, function, *rejects = own
    sys.path.insert(0, manifest_folder)
    with atheris.instrument_imports():
        found = _find(module, function)
    target = Target(found, int(inputs_fd))
    executions = Executions(target, Page(Path(folder) / "page"), Path(folder), rejects)
    one_input = executions.one_input(int(care))
    atheris.Setup([sys.argv[0], *options], _but_empty(one_input) if int(skip_empty) else one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])

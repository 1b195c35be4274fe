"""The records that a host of a consumer writes while it runs: from lines to steps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

import msgspec

from harness.consumers.observation import Step


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What the host told.

    Attributes:
        entry: `consume`, `load` or `fuzzer`; empty if it never got that far.
        steps: every call that began.
        done: the host came to its end.
        failed: why the consumer cannot be run at all; empty if it can.
        raised: the exception that nobody expected, of a Python consumer.
        rejected: the exception by which one rejected its content, at the first load.
        fault: which byte beside which input was touched, of a library without sanitizers.
    """

    entry: str = ""
    steps: tuple[Step, ...] = ()
    done: bool = False
    failed: str = ""
    raised: str = ""
    rejected: str = ""
    fault: str = ""


class _Open(msgspec.Struct):
    """A step while its records come in."""

    cycle: int
    phase: str
    index: int
    result: int | None = None
    values: dict[str, list[int]] = {}
    indexed: dict[str, dict[int, list[int]]] = {}

    def closed(self, names: Sequence[str]) -> Step:
        named = self.phase == "event" and self.index < len(names)
        return Step(
            cycle=self.cycle,
            phase=self.phase,
            index=self.index,
            name=names[self.index] if named else "",
            result=self.result,
            values={name: tuple(values) for name, values in self.values.items()},
            indexed={
                name: {index: tuple(values) for index, values in by_index.items()}
                for name, by_index in self.indexed.items()
            },
        )


def parse(data: bytes, event_names: Sequence[str] = ()) -> Records:
    """Read records; a last line without its end is what a dying process left, and is dropped.

    Args:
        data: what the host wrote.
        event_names: of the files that the events come from, where they come from files.
    """
    whole, _, _ = data.rpartition(b"\n")
    lines = (line.split(" ") for line in whole.decode(errors="replace").split("\n"))
    return _read(lines, event_names)


def _read(lines: Iterable[list[str]], event_names: Sequence[str]) -> Records:
    steps: list[_Open] = []
    entry, failed, raised, rejected, fault, done = "", "", "", "", "", False
    for line in lines:
        match line:
            case ["hello", _, entry, *_]:
                pass
            case ["fail", *words]:
                failed = " ".join(words)
            case ["raised", *words]:
                raised = " ".join(words)
            case ["rejected", *words]:
                rejected = rejected or " ".join(words)
            case ["fault", name, offset, size]:
                fault = f"byte {offset} of `{name}`, which has {size} bytes"
            case ["done"]:
                done = True
            case _:
                # A consumer that writes to descriptors at random may hit this one.
                with contextlib.suppress(ValueError):
                    _take_step(steps, line)
    return Records(
        entry=entry,
        steps=tuple(step.closed(event_names) for step in steps),
        done=done,
        failed=failed,
        raised=raised,
        rejected=rejected,
        fault=fault,
    )


def _take_step(steps: list[_Open], line: list[str]) -> None:
    match line:
        case ["begin", cycle, phase, index]:
            steps.append(_Open(int(cycle), phase, int(index)))
        case ["value", name, value] if steps:
            steps[-1].values.setdefault(unquote(name), []).append(int(value))
        case ["at", name, index, value] if steps:
            by_index = steps[-1].indexed.setdefault(unquote(name), {})
            by_index.setdefault(int(index), []).append(int(value))
        case ["end", _, _, _, result] if steps:
            steps[-1].result = int(result)

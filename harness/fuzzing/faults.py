"""What a worker tells of a fault: one file each, there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec

SUFFIX = ".fault"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault as a worker saw it.

    Attributes:
        kind: `asan`, `ubsan`, `signal`, `hang`, `memory`, `exit`, `state`, `raised`; `verdict`
            where schema and consumer disagree; `died` when the supervisor found the worker gone,
            `oracle` when it went while the compiled schema read the content.
        what: such as `SIGSEGV`; `report` where the report says it; verdict and validity.
        key: by which the worker knows it again.
        phase: `consume`, `load`, `event`, `unload` or `judge`.
        index: of the event.
        cycle: 0, or 1 in the load after it.
        content: the input.
        report: of the sanitizer, or the stack.
    """

    kind: str
    what: str
    key: int
    phase: str
    index: int
    cycle: int
    content: bytes
    report: str


def parse(data: bytes) -> Fault | None:
    """Read one file of a fault; None if it is not one."""
    head, _, body = data.partition(b"\n")
    match head.decode(errors="replace").split(" "):
        case ["fault", "1", kind, what, key, phase, index, cycle, size, report_size]:
            end = int(size)
            return Fault(
                kind=kind,
                what=what,
                key=int(key, 16),
                phase=phase,
                index=int(index),
                cycle=int(cycle),
                content=body[:end],
                report=body[end : end + int(report_size)].decode(errors="replace"),
            )
        case _:
            return None


def encode(fault: Fault) -> bytes:
    """Return the bytes of a fault's file."""
    report = fault.report.encode(errors="replace")
    words = (
        *("fault", 1, fault.kind, fault.what, f"{fault.key:016x}", fault.phase),
        *(fault.index, fault.cycle, len(fault.content), len(report)),
    )
    return " ".join(map(str, words)).encode() + b"\n" + fault.content + report


def waiting(folder: Path) -> list[Path]:
    """Return the files of faults that nobody has taken yet, oldest first."""
    found = [path for path in folder.glob(f"*{SUFFIX}") if path.is_file()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

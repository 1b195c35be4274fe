"""Reading a sanitizer's report out of what a consumer wrote to its standard error."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.consumers import symbols
from harness.consumers.observation import Frame, SanitizerReport
from harness.schema.resources import runtime_folder

EXIT_CODE = 97  # unusual on purpose: tells a sanitizer's end from the consumer's own
_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/nix/store/")
_RUNTIME = ("__asan", "__ubsan", "__sanitizer", "__interceptor", "___interceptor")
OUT_OF_MEMORY = frozenset({"allocation-too-big", "memory-limit", "out-of-memory"})
CRASHES = frozenset({"abort", "illegal-instruction", "arithmetic-signal"})

_ASAN = re.compile(r"^==\d+==(?:ERROR: )?AddressSanitizer: (.+)$", re.MULTILINE)
_UBSAN = re.compile(r"^(\S.*?):(\d+):\d+: runtime error: (.+)$", re.MULTILINE)
_ACCESS = re.compile(r"^(READ|WRITE) of size (\d+)", re.MULTILINE)
_SIGNAL_ACCESS = re.compile(r"caused by a (READ|WRITE) memory access")
_FRAME = re.compile(r"^( +#\d+ 0x[0-9a-f]+) +\((.+)\+0x([0-9a-f]+)\)(.*)$", re.MULTILINE)
_MAP = re.compile(r"^==\d+==Process memory map follows:.*", re.MULTILINE | re.DOTALL)

_ASAN_KINDS = (
    ("attempting double-free", "double-free"),
    ("attempting free on address", "bad-free"),
    ("requested allocation size", "allocation-too-big"),
    ("hard rss limit exhausted", "memory-limit"),
    ("soft rss limit exhausted", "memory-limit"),
    ("out of memory", "out-of-memory"),
    ("allocator is out of memory", "out-of-memory"),
    ("SEGV ", "invalid-address"),
    ("BUS ", "invalid-address"),
    ("ABRT ", "abort"),
    ("ILL ", "illegal-instruction"),
    ("FPE ", "arithmetic-signal"),
)
_UBSAN_KINDS = (
    ("signed integer overflow", "signed-integer-overflow"),
    ("negation of", "signed-integer-overflow"),
    ("division by zero", "division-by-zero"),
    ("out of bounds for type", "index-out-of-bounds"),
    ("null pointer", "null-pointer"),
    ("misaligned address", "misaligned-address"),
    ("shift", "invalid-shift"),
    ("is not a valid value for type", "invalid-value"),
    ("applying", "pointer-overflow"),
    ("pointer index expression", "pointer-overflow"),
    ("variable length array bound", "invalid-array-size"),
    ("is outside the range of representable values", "float-conversion"),
    ("insufficient space for an object", "object-size"),
)


def options(memory_mb: int) -> dict[str, str]:
    """The environment variables that make sanitizers stop, and say so, at the first fault.

    Address space cannot be limited under AddressSanitizer, which reserves terabytes of it; so it
    watches the memory in use itself. Names for addresses are found after the run.
    """
    common = {
        "exitcode": EXIT_CODE,
        "halt_on_error": 1,
        "symbolize": 0,
        "abort_on_error": 0,
        "print_summary": 0,
    }
    asan = {
        **common,
        "detect_leaks": 0,
        "handle_abort": 1,
        "handle_sigill": 1,
        "detect_stack_use_after_return": 1,
        "strict_string_checks": 1,
        "allocator_may_return_null": 0,
        "hard_rss_limit_mb": memory_mb,
        "max_allocation_size_mb": memory_mb,
    }
    ubsan = {**common, "print_stacktrace": 1}
    return {"ASAN_OPTIONS": _joined(asan), "UBSAN_OPTIONS": _joined(ubsan)}


def is_built_in(program: Path) -> bool:
    """Whether a program or library was built with AddressSanitizer."""
    return b"__asan_init" in program.read_bytes()


def _joined(values: Mapping[str, int]) -> str:
    return ":".join(f"{name}={value}" for name, value in values.items())


def parse(text: str, program: Path, folder: Path, path: str) -> SanitizerReport | None:
    """Find the first report in `text`.

    Args:
        text: the end of the consumer's standard error.
        program: the consumer's program, whose frames are its own.
        folder: sources below it are shown relative to it.
        path: where the look-up tool for addresses is searched.

    Returns:
        The report, or None if there is none.
    """
    asan, ubsan = _ASAN.search(text), _UBSAN.search(text)
    first = min((m for m in (asan, ubsan) if m), key=lambda m: m.start(), default=None)
    if first is None:
        return None
    report = _MAP.sub("", text[first.start() :])
    found = _FRAME.findall(report)
    addresses = [(module, int(offset, 16)) for _, module, offset, _ in found]
    raw = symbols.look_up(addresses, path, (str(program), *_SYSTEM))
    stack = _first_stack(report)
    own = [f for a in stack if Path(a[0]) == program for f in raw[a] if not _is_harness(f)]
    named = {
        address: tuple(_shortened(frame, folder) for frame in frames)
        for address, frames in raw.items()
    }
    access = _ACCESS.search(report) or _SIGNAL_ACCESS.search(report)
    is_ubsan = first is ubsan
    frame = _shortened(own[0], folder) if own else None
    return SanitizerReport(
        tool="ubsan" if is_ubsan else "asan",
        kind=_kind(first[3], _UBSAN_KINDS) if is_ubsan else _kind(first[1], _ASAN_KINDS),
        access=access[1].lower() if access and not is_ubsan else "",
        size=int(access[2]) if access and not is_ubsan and access.re is _ACCESS else None,
        frame=_of_source(first, folder, frame) if is_ubsan else frame,
        frames=tuple(frame for address in stack for frame in named[address]),
        text=_with_names(report, named).rstrip(),
    )


def _kind(message: str, kinds: Sequence[tuple[str, str]]) -> str:
    """The sanitizer's word for the fault, as one kebab-case name."""
    for part, name in kinds:
        if part in message:
            return name
    first = message.split(maxsplit=1)[0].rstrip(":").lower()
    return first if re.fullmatch(r"[a-z]+(-[a-z]+)+", first) else "undefined-behaviour"


def _first_stack(report: str) -> list[symbols.Address]:
    """Addresses of the stack of the fault itself; later stacks tell of allocations."""
    stack: list[symbols.Address] = []
    for line in report.splitlines():
        match = _FRAME.match(line)
        if match is not None:
            stack.append((match[2], int(match[3], 16)))
        elif stack:
            break
    return stack


def _is_harness(frame: Frame) -> bool:
    """The driver's frames, and a sanitizer's own where it is linked into the program."""
    return frame.function.startswith(_RUNTIME) or Path(frame.file).parent == runtime_folder()


def _of_source(match: re.Match[str], folder: Path, frame: Frame | None) -> Frame:
    """UBSan names the line itself; only the function is taken from the stack."""
    place = Frame(
        function=frame.function if frame else "",
        file=match[1],
        line=int(match[2]),
        module=frame.module if frame else "",
        offset=frame.offset if frame else 0,
    )
    return _shortened(place, folder)


def _shortened(frame: Frame, folder: Path) -> Frame:
    """The frame with its file relative to the manifest's folder, unless it is a system's file."""
    base = str(folder.absolute())
    if Path(frame.file).parent == runtime_folder():
        return msgspec.structs.replace(frame, file=Path(frame.file).name)
    if not Path(frame.file).is_absolute() or os.path.commonpath([frame.file, base]) == os.sep:
        return frame
    return msgspec.structs.replace(frame, file=os.path.relpath(frame.file, base))


def _with_names(report: str, named: Mapping[symbols.Address, Sequence[Frame]]) -> str:
    """The report with a line for each frame, those that were inlined below their address."""

    def lines(match: re.Match[str]) -> str:
        first, *others = named[match[2], int(match[3], 16)]
        indent = " " * (len(match[1]) + 4)
        return "\n".join([f"{match[1]} in {first}", *(f"{indent}{frame}" for frame in others)])

    return _FRAME.sub(lines, report)

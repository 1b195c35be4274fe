"""Names for addresses, found after the run and outside the sandbox, from debug information."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.consumers.observation import Frame

Address = tuple[str, int]  # module, offset in it

_TOOLS = ("addr2line", "llvm-addr2line", "eu-addr2line")
_LINE = re.compile(r"(.+):(\d+)(?: \(discriminator \d+\))?$")
_SECONDS = 30


def look_up(
    addresses: Sequence[Address], path: str, known: tuple[str, ...]
) -> Mapping[Address, tuple[Frame, ...]]:
    """Find function, file and line for each address.

    Args:
        addresses: offsets in programs and libraries.
        path: where the look-up tool is searched.
        known: beginnings of modules' paths that are looked into. The addresses are the word of
            a process that content may have taken over, and the tool runs outside the sandbox.

    Returns:
        The frames at each address, innermost first: more than one where calls were inlined; one
        without names where there is no tool or no debug information.
    """
    frames: dict[Address, tuple[Frame, ...]] = {
        address: (Frame(module=Path(address[0]).name, offset=address[1]),) for address in addresses
    }
    tool = next((found for name in _TOOLS if (found := shutil.which(name, path=path))), None)
    for module in dict.fromkeys(module for module, _ in addresses):
        if tool is not None and module.startswith(known) and Path(module).is_file():
            offsets = sorted({offset for other, offset in addresses if other == module})
            frames |= _of_module(tool, module, offsets)
    return frames


def _of_module(tool: str, module: str, offsets: Sequence[int]) -> dict[Address, tuple[Frame, ...]]:
    words = [tool, "-e", module, "-a", "-f", "-C", "-i", *(f"0x{offset:x}" for offset in offsets)]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[Address, tuple[Frame, ...]] = {}
    address: Address = (module, 0)
    lines = iter(done.stdout.splitlines())
    for line in lines:
        if line.startswith("0x"):
            address = (module, int(line, 16))
        else:
            frame = _frame(*address, line, next(lines, "??:0"))
            found[address] = (*found.get(address, ()), frame)
    return found


def _frame(module: str, offset: int, function: str, place: str) -> Frame:
    at = _LINE.match(place)
    known = at is not None and at[1] != "??"
    return Frame(
        function="" if function == "??" else function,
        file=at[1] if at is not None and known else "",
        line=int(at[2]) if at is not None and known else 0,
        module=Path(module).name,
        offset=offset,
    )

"""Small help for writing C: lines, blocks, literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.native.compile.expressions import Compiled

S64_MIN = -(1 << 63)


def c_int(number: int) -> str:
    """Return an integer of 64 bits as a C constant."""
    if number == S64_MIN:
        return "INT64_MIN"
    if number >= 1 << 63:
        return f"UINT64_C({number})"
    return f"INT64_C({number})" if number >= 0 else f"(-INT64_C({-number}))"


class Wide(NamedTuple):
    """An integer of any kind in C.

    Attributes:
        lines: compute it.
        is_negative: an expression.
        bits: an expression of `uint64_t`; of a negative one its two's complement.
    """

    lines: tuple[str, ...]
    is_negative: str
    bits: str


def wide_integer(found: Compiled, given: str, fail: str) -> Wide:
    """Return C that computes an integer, whatever carries it.

    Args:
        found: the function that gives it.
        given: what the function is given.
        fail: what is done when it gives nothing, `status` telling why.
    """
    begins = "{0}" if found.ctype == "hv_val" else "0"
    lines = (
        f"{found.ctype} number = {begins};",
        f"status = {found.name}({given}, &number);",
        fail,
    )
    match found.ctype:
        case "uint64_t":
            return Wide(lines, "0", "number")
        case "hv_val":
            return Wide(lines, "number.tag == HV_INT && number.as.i < 0", "number.as.u")
        case _:
            return Wide(lines, "number < 0", "(uint64_t)number")


class Code:
    """Lines of C under way."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Add lines as they are."""
        self.lines += lines

    def block(self, use: str, *lines: str) -> None:
        """Add lines as a block of their own, declarations first.

        Args:
            use: what stands after the declarations, so that none is unused.
            lines: the lines; those up to the first that declares nothing are declarations.
        """
        first = next(
            (number for number, line in enumerate(lines) if not _declares(line)), len(lines)
        )
        self.lines += ["{", *lines[:first], *([use] if use else []), *lines[first:], "}"]

    def text(self, depth: int) -> str:
        """Return the lines, indented."""
        return "".join(f"{'    ' * depth}{line}\n" for line in self.lines)


def _declares(line: str) -> bool:
    return line.startswith(("hv_", "int ", "uint32_t ", "int64_t ", "uint64_t ")) and not (
        line.startswith("hv_report")
    )

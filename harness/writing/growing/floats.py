"""Floating-point numbers: simple ones first, then any that a field can hold.

Those of one width are numbered in their order, zero is 0: what comes next, or lies between two, is
then a matter of integers, and whatever has a number is held exactly.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from harness.writing.choices import Choices

_FORMATS: Final = {4: ("<f", "<i"), 8: ("<d", "<q")}
# the number of the greatest that is finite
_MOST: Final = {4: 0x7F7F_FFFF, 8: 0x7FEF_FFFF_FFFF_FFFF}
# whole numbers that every width holds
_WHOLE: Final = 1 << 24
_ODD: Final = (math.inf, -math.inf, math.nan)


def number_of(value: float, width: int) -> int:
    """Return the number of the value that is nearest; beyond the greatest that of the greatest."""
    held, plain = _FORMATS[width]
    try:
        bits = int(struct.unpack(plain, struct.pack(held, value))[0])
    except OverflowError:
        return _MOST[width] if value > 0 else -_MOST[width]
    number = bits if bits >= 0 else -(bits + (1 << (8 * width - 1)))
    return max(-_MOST[width], min(number, _MOST[width]))


def value_of(number: int, width: int) -> float:
    """Return the value of a number."""
    held, plain = _FORMATS[width]
    bits = number if number >= 0 else -number - (1 << (8 * width - 1))
    return float(struct.unpack(held, struct.pack(plain, bits))[0])


def rounded(value: float, width: int) -> float:
    """Return the value that a field of that width holds for another one."""
    return value_of(number_of(value, width), width) if math.isfinite(value) else value


def numbers_between(low: Any, high: Any, width: int) -> tuple[int, int]:
    """Return the numbers of the least and the greatest value in a range; None for no bound."""
    first, last = -_MOST[width], _MOST[width]
    if low is not None and low > -math.inf:
        first = number_of(low, width)
        first += value_of(first, width) < low
    if high is not None and high < math.inf:
        last = number_of(high, width)
        last -= value_of(last, width) > high
    return first, last


def any_float(
    choices: Choices, width: int, low: int, high: int, known: Sequence[float]
) -> float:  # fmt: skip
    """Return a value, simple or likely ones more often.

    Args:
        choices: make the decisions.
        width: of the field, in bytes.
        low: the number of the least value.
        high: that of the greatest.
        known: what rules compare it with.
    """
    value = _finite(choices, width, low, high, known) if low <= high else 0.0
    is_bounded = low > -_MOST[width] or high < _MOST[width]  # what is no number lies nowhere
    return choices.pick(_ODD[:2] if is_bounded else _ODD) if choices.is_rare() else value


def _finite(choices: Choices, width: int, low: int, high: int, known: Sequence[float]) -> float:
    if known and choices.integer(0, 1):
        return _beside(choices, width, choices.pick(known))
    parts = choices.pick((1, 4, 0, 0))
    if parts:
        first = math.ceil(max(value_of(low, width) * parts, -_WHOLE))
        last = math.floor(min(value_of(high, width) * parts, _WHOLE))
        if first <= last:
            return choices.integer(first, last) / parts
    return value_of(choices.integer(low, high), width)


def _beside(choices: Choices, width: int, value: float) -> float:
    """Return a value, or one near it."""
    if not math.isfinite(value):
        return value
    number = number_of(value, width)
    last = _MOST[width]
    near = (number, min(number + 1, last), max(number - 1, -last))
    found = [rounded(value + 1, width), rounded(value - 1, width)]
    return choices.pick([*(value_of(n, width) for n in near), *found])

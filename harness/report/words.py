"""Small matters of English in output."""

from __future__ import annotations

_LONG_FROM = 10_000
_UNITS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs one.

    >>> count(1, "file"), count(1200, "file")
    ('1 file', '1,200 files')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def short_number(number: int) -> str:
    """Return a number in at most five characters, rounded down.

    >>> short_number(9999), short_number(12_345), short_number(3_400_000)
    ('9999', '12k', '3M')
    """
    if number < _LONG_FROM:
        return str(number)
    return next(f"{number // size}{unit}" for size, unit in _UNITS if number >= size)

"""What contracts observe, as a compiled schema writes it, turned into values by name."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Final

from harness.native.binding import Request
from harness.native.compile.words import Legend

_FIRST_WORDS: Final = 256

Values = dict[str, int | tuple[int, ...]]


class Observations:
    """The memory that values are written to; `hv_request` in types.h says how."""

    def __init__(self, legend: Legend) -> None:
        """Make some for a compiled schema."""
        self._legend = legend
        self._words = (ctypes.c_uint64 * _FIRST_WORDS)()

    def put_into(self, request: Request) -> None:
        """Have values written here."""
        request.observed = ctypes.addressof(self._words)
        request.observed_room = len(self._words)

    def has_grown(self, request: Request) -> bool:
        """Make room for what did not fit; the run must be repeated then."""
        if request.observed_wanted <= len(self._words):
            return False
        self._words = (ctypes.c_uint64 * request.observed_wanted)()
        self.put_into(request)
        return True

    def values(self) -> tuple[Values, ...]:
        """Return what each contract observed in the last run; what is unknown is left out."""
        words = iter(self._words)
        return tuple(_values(overlay, words) for overlay in self._legend.observed)


def _values(names: tuple[tuple[str, bool], ...], words: Iterator[int]) -> Values:
    found: Values = {}
    for name, is_indexed in names:
        is_known, count = next(words), next(words)
        numbers = tuple(_number(next(words), next(words)) for _ in range(count))
        if is_known:
            found[name] = numbers if is_indexed else numbers[0]
    return found


def _number(is_unsigned: int, bits: int) -> int:
    return bits if is_unsigned or bits < 1 << 63 else bits - (1 << 64)

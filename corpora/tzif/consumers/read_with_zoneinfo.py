"""Two consumers: the standard library's `zoneinfo`, in C and in Python."""

from __future__ import annotations

import io
import zoneinfo
from collections.abc import Callable
from importlib import import_module

ask = import_module("asking").ask  # a consumer finds what is in the folder of its manifest
pure = import_module("zoneinfo._zoneinfo")


def read_in_c(content: bytes) -> None:
    """Load a zone with what `zoneinfo` is normally, and ask it."""
    ask(zoneinfo.ZoneInfo.from_file(io.BytesIO(content)))


def read_in_python(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Load a zone with what `zoneinfo` is where its C part is missing, and ask it."""
    zone = pure.ZoneInfo.from_file(io.BytesIO(content))
    observe("transitions", len(zone._trans_utc))  # noqa: SLF001  # there is no public way
    ask(zone)

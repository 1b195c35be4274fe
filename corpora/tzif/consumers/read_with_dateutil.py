"""A consumer: `dateutil`, whose reader was made after that of `zoneinfo`."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib import import_module

ask = import_module("asking").ask  # a consumer finds what is in the folder of its manifest
tz = import_module("dateutil.tz")


def read(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Load a zone, and ask it."""
    zone = tz.tzfile(io.BytesIO(content))
    observe("transitions", len(zone._trans_utc))  # noqa: SLF001  # there is no public way
    ask(zone)

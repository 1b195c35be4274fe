"""A consumer: MaxMind's own reader, without its C extension, reads all values of a database."""

from __future__ import annotations

import io
from collections.abc import Callable

import maxminddb


def read_in_python(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Open a database and look at each of its networks."""
    with maxminddb.open_database(io.BytesIO(content), maxminddb.MODE_FD) as reader:
        observe("nodes", reader.metadata().node_count)
        for _ in reader:
            pass

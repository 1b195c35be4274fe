"""The inputs of one run in one anonymous file, in the layout that `driver.c` reads."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

_MAGIC = 0x314E4248
_HEADER = struct.Struct("=II")
_ENTRY = struct.Struct("=IIQQ64s")
# The consumer inherits the descriptor, and must not change what it is given the next time.
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
_CONTENT, _COMPANION, _EVENT = 0, 1, 2


@contextmanager
def bundled(
    content: bytes, companions: Mapping[str, bytes], events: Sequence[bytes]
) -> Iterator[int]:
    """Lend the descriptor of a file in memory that holds all inputs; a run reads it by position."""
    parts = [
        (_CONTENT, "content", content),
        *((_COMPANION, name, data) for name, data in companions.items()),
        *((_EVENT, f"event-{number}", data) for number, data in enumerate(events)),
    ]
    descriptor = os.memfd_create("harness-inputs", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(_HEADER.pack(_MAGIC, len(parts)))
            offset = _HEADER.size + _ENTRY.size * len(parts)
            for kind, name, data in parts:
                file.write(_ENTRY.pack(kind, 0, offset, len(data), name.encode()))
                offset += len(data)
            for _, _, data in parts:
                file.write(data)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        yield descriptor
    finally:
        os.close(descriptor)

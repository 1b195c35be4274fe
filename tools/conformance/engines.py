"""The two ways to read a content: as stock Kaitai does, and as a strict schema is read."""

from __future__ import annotations

from collections.abc import Callable

from harness.reading import Reading, read
from harness.schema import Schema

# schema, content, what findings call it
Engine = Callable[[Schema, bytes, str], Reading]


def strict_engine(schema: Schema, content: bytes, name: str) -> Reading:
    """Read all, as a schema of ours is read."""
    return read(schema, content, file=name)


def lenient_engine(schema: Schema, content: bytes, name: str) -> Reading:
    """Read as stock Kaitai does: instances when they are asked for."""
    return read(schema, content, file=name, lenient=True)

"""A Python consumer with a planted bug that is found only by following coverage."""

from __future__ import annotations


def read(content: bytes) -> None:
    """Accept what begins with `C`; the bug lies behind five bytes."""
    if content[:1] != b"C":
        raise ValueError("no such kind")
    if content[1:2] != b"o":
        return
    if content[2:3] != b"v":
        return
    if content[3:4] != b"E":
        return
    if content[4:5] == b"r":
        raise RuntimeError("canary_coverage")

"""Fixed bytes: what `contents:` says."""

from __future__ import annotations

from harness.schema.shapes import Keys
from harness.schema.source import Scalar, Sequence


def contents_bytes(keys: Keys) -> bytes | None:
    """Return the bytes that `contents:` stands for; None when absent or wrong (then reported)."""
    found = keys.get("contents")
    if found is None:
        return None
    items = found.items if isinstance(found, Sequence) else (found,)
    result = b""
    for item in items:
        value = item.value if isinstance(item, Scalar) else None
        if isinstance(value, str):
            result += value.encode()
        elif isinstance(found, Sequence) and isinstance(value, int) and value in range(256):
            result += bytes([value])
        else:
            keys.wrong("contents", "a string or a list of bytes and strings")
            return None
    return result

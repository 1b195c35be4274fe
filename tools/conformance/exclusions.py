"""What the profile leaves out, found in the text of a schema without building it.

The loader names the construct that it refuses. This module looks for the same constructs in the
YAML alone, so that a refusal can be held against what the file really contains.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.schema.source import Mapping, Scalar, Sequence, Source, SourceError, parse

OPAQUE: Final = "opaque types"
PROCESSOR: Final = "custom processor"
STREAM: Final = "stream-typed parameter"

_PROCESSORS: Final = frozenset({"xor", "rol", "ror", "zlib"})


def excluded_constructs(path: Path) -> tuple[str, ...]:
    """Return the names of the excluded constructs that the schema at `path` uses itself."""
    try:
        body = parse(path.read_bytes(), str(path))
    except (OSError, SourceError):
        return ()
    return tuple(sorted(set(_in_type(body))))


def _in_type(body: Source | None) -> Iterator[str]:
    if not isinstance(body, Mapping):
        return
    if _scalar(_entry(body, "meta"), "ks-opaque-types") == "true":
        yield OPAQUE
    for parameter in _items(_entry(body, "params")):
        if _scalar(parameter, "type") in ("io", "io[]"):
            yield STREAM
    for attribute in (*_items(_entry(body, "seq")), *_values(_entry(body, "instances"))):
        name = _scalar(attribute, "process").partition("(")[0]
        if name and name not in _PROCESSORS:
            yield PROCESSOR
    for inner in _values(_entry(body, "types")):
        yield from _in_type(inner)


def _entry(node: Source | None, key: str) -> Source | None:
    return node.entries.get(key) if isinstance(node, Mapping) else None


def _scalar(node: Source | None, key: str) -> str:
    found = _entry(node, key)
    return found.text if isinstance(found, Scalar) else ""


def _items(node: Source | None) -> tuple[Source, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _values(node: Source | None) -> tuple[Source, ...]:
    return tuple(node.entries.values()) if isinstance(node, Mapping) else ()

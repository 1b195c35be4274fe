"""Reading: a schema applied to content gives a tree and findings (the reference engine)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.reading.demand import Answer, demand, evaluate, unread
from harness.reading.gaps import Gap, gaps, outside
from harness.reading.reader import DEFAULT_MAX_FINDINGS, Reader, Reading, observed
from harness.reading.stream import Buffer
from harness.reading.views import View, views
from harness.schema.ir import Schema
from harness.schema.overlay import Overlay

__all__ = [
    "Answer",
    "Gap",
    "Reader",
    "Reading",
    "View",
    "demand",
    "evaluate",
    "gaps",
    "observed",
    "outside",
    "read",
    "unread",
    "views",
]


def read(
    schema: Schema,
    data: Buffer,
    *,
    file: str,
    companions: Mapping[str, Reading] | None = None,
    overlays: Sequence[Overlay] = (),
    max_findings: int = DEFAULT_MAX_FINDINGS,
    lenient: bool = False,
) -> Reading:
    """Read one content; for many of one schema make a `Reader` once."""
    reader = Reader(schema, overlays, lenient=lenient)
    return reader.read(data, file=file, companions=companions, max_findings=max_findings)

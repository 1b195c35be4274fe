"""A read file as JSON, in the shape that `docs/schemas/tree-1.schema.json` publishes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from harness.reading import View
from harness.report.json import (
    SCHEMA_VERSION,
    Object,
    dumped,
    file_object,
    finding_object,
    span_object,
)
from harness.report.model import Report


def tree_json(report: Report, views: Iterable[View], version: str, unread: int = 0) -> str:
    """Return the nodes of one file with its findings as JSON text.

    Pre-order with depths, not nested: readers can stream it, and no depth of nesting breaks them.

    Args:
        report: of the file, as `validate` would give it.
        views: all its nodes in pre-order.
        version: of this tool.
        unread: how many instances a lenient reader has left alone.
    """
    written: Object = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "content-harness", "version": version},
        "command": "inspect",
        "outcome": report.outcome,
        "exit_code": report.exit_code,
        "file": file_object(report.files[0]),
        "unread_instances": unread,
        "nodes": [_node(view) for view in views],
        "findings": [finding_object(finding) for finding in report.findings],
    }
    return dumped(written)


def _node(view: View) -> Object:
    return {
        "path": view.path,
        "name": view.name,
        "depth": view.depth,
        "kind": view.kind,
        "type": view.label,
        "span": span_object(view.span),
        "value": _plain(view.value),
        "text": view.text,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 -- the value of a node is of any plain type
    """A value JSON can carry: bytes as hexadecimal digits, odd floats as their names."""
    match value:
        case bytes():
            return value.hex()
        case float() if not math.isfinite(value):
            return repr(value)
        case _:
            return value

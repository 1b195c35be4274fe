"""Limits: what a reader spends on one content before it gives up."""

from __future__ import annotations

from harness.findings.example import ContentExample, SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="L601",
        name="too-deep",
        message="nests deeper than {expected} levels",
        help="flatten the content, or raise `-limits/depth` in the schema",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="L602",
        name="too-many-items",
        message="more than {expected} items",
        help="split the content, or raise `-limits/items` in the schema",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="L603",
        name="too-many-bytes-read",
        message="more than {expected} bytes read through shared offsets",
        help="remove offsets that read the same bytes again, or raise `-limits/bytes`",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="L604",
        name="oversized-output",
        message="processing gives more than {expected} bytes",
        help="compress less, or split the content",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
)

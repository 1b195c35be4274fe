"""Invariants: rules that join several fields."""

from __future__ import annotations

from harness.findings.example import ContentExample, SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="I501",
        name="invariant-broken",
        message="{actual}, {expected}",
        help="correct one of the two sides",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="I502",
        name="wrong-checksum",
        message="expected {expected}, found {actual}",
        help="recompute the checksum after the last change, and find out what changed the bytes",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="I503",
        name="unsorted-items",
        message="{actual} comes after {expected}",
        help="sort the items",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="I504",
        name="duplicate-item",
        message="{actual} also stands at `{expected}`",
        help="remove or rename one of the two",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="I505",
        name="dangling-reference",
        message="{actual} is not found in `{expected}`",
        help="refer to an item that exists, or add it",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="I506",
        name="ambiguous-key",
        message="{actual} also stands at `{expected}`, so a reference cannot tell them apart",
        help="give each item its own key",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
)

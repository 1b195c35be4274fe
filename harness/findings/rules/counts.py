"""Counts: numbers that must follow from other parts of the content."""

from __future__ import annotations

from harness.findings.example import ContentExample, SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="C301",
        name="negative-count",
        message="the count comes to {actual}",
        help="correct the fields that the count is computed from",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="C302",
        name="wrong-count",
        message="expected {expected}, found {actual}",
        help="write the number of items that are there",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="C303",
        name="wrong-size",
        message="expected {expected}, found {actual}",
        help="write the size of what is there",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="C304",
        name="wrong-offset",
        message="expected {expected}, found {actual}",
        help="write the offset at which the target starts",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="C305",
        name="wrong-index",
        message="expected {expected}, found {actual}",
        help="write the position of the item in its list",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
)

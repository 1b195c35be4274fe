"""Bounds: values, positions and arithmetic outside what is allowed."""

from __future__ import annotations

from harness.findings.example import ContentExample, SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="B201",
        name="value-out-of-range",
        message="expected {expected}, found {actual}",
        help="use a value inside the range",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B202",
        name="unexpected-value",
        message="expected {expected}, found {actual}",
        help="use one of the values the schema allows",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B203",
        name="index-out-of-range",
        message="index {actual} is outside a list of {expected}",
        help="use an index below the number of items",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B204",
        name="position-out-of-range",
        message="position {actual} is outside its stream of {expected}",
        help="point inside the stream",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B205",
        name="negative-size",
        message="the size comes to {actual}",
        help="correct the fields that the size is computed from",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B206",
        name="arithmetic-overflow",
        message="`{actual}` does not fit {expected}",
        help="keep the operands small enough, or compare before computing",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B207",
        name="division-by-zero",
        message="`{actual}` divides by zero",
        help="make the divisor nonzero, or test it first",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
    Rule(
        code="B208",
        name="rejected-value",
        message="{actual} does not satisfy `{expected}`",
        help="use a value that satisfies the condition",
        checks="",
        why="",
        fix="",
        example=ContentExample(schema="", passes="", breaks=""),
    ),
)

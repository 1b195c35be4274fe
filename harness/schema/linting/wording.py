"""Schema text and numbers for messages of lint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.schema.expression.typed import Expr
from harness.schema.expression.unparse import unparse
from harness.schema.ir import Enum
from harness.schema.linting.interval import Interval

MAX_CHARACTERS: Final = 80


def source_of(tree: Expr, enums: Mapping[str, Enum]) -> str:
    """Return an expression as its author would write it, cut where it is long."""
    text = unparse(tree, enums)
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def in_words(found: Interval) -> str:
    """Return a range in words."""
    return str(found.low) if found.is_single else f"{found.low} to {found.high}"

"""A lowered overlay as plain data: what any engine runs beside the rules of the schema itself."""

from __future__ import annotations

import msgspec

from harness.findings.model import Place
from harness.schema.expression.typed import Expression
from harness.schema.ir import Check


class PathStep(msgspec.Struct, frozen=True):
    """One step of a path: a name; `index` None for no list, -1 for every element."""

    name: str
    index: int | None = None


class PathCheck(msgspec.Struct, frozen=True):
    """A rule anchored at a path; its expression stands in the structure before the last step."""

    steps: tuple[PathStep, ...]
    check: Check


class Observed(msgspec.Struct, frozen=True):
    """A value that a consumer reports, as an expression of the top structure."""

    name: str
    is_indexed: bool
    expression: Expression
    place: Place


class Lowered(msgspec.Struct, frozen=True):
    """An overlay, ready for any engine: rules by type, rules by path, observed values."""

    name: str
    by_type: dict[str, tuple[Check, ...]]
    by_path: tuple[PathCheck, ...]
    observed: tuple[Observed, ...]

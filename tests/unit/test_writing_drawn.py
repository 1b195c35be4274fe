"""Decisions that Hypothesis makes: the simplest content is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from harness.reading import read
from harness.schema import load
from harness.schema.library import find as find_schema
from harness.writing import from_schema
from harness.writing.drawn import DrawnChoices

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

_GROWN = ("template_definitions", "gettext_mo", "tzif", "terminfo", "dtb", "mime_cache")
_ONE = settings(
    database=None,
    derandomize=True,
    max_examples=1,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.mark.parametrize("name", _GROWN)
def test_the_simplest_decisions_make_a_content(name: str) -> None:
    """Hypothesis begins with them, and shrinks towards them; a rejected one becomes the next."""
    schema, found = load(find_schema(name)), list[bytes]()

    @_ONE
    @given(from_schema(schema))
    def first(data: bytes) -> None:
        found.append(data)

    first()
    assert len(found[0]) < 200
    assert read(schema, found[0], file="").findings == ()


@given(st.integers(0, 9), st.integers(0, 9))
def test_a_rejected_decision_becomes_the_next(drawn: int, rejected: int) -> None:
    """Round to the beginning, with nothing more drawn."""
    choices = DrawnChoices(_always(drawn))
    choices.rejected = rejected
    assert choices.integer(0, 9) == (drawn + rejected) % 10


def _always(value: int) -> DrawFn:
    return lambda strategy, label=None: value  # type: ignore[return-value]  # noqa: ARG005  # its shape

"""Reading and building agree on any content of any known format."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.build import CORPORA, FOLDER
from harness.reading import Reading, read
from harness.schema import load
from harness.schema.library import find
from harness.writing import from_schema
from harness.writing.changing.build import Builder
from harness.writing.drafting.values import values_of

NAMES: Final = [corpus.format for corpus in CORPORA]
# memory dumps have bytes that nothing reads; building leaves them out
_WITH_GAPS: Final = {"yara_compiled_3"}
_FEW: Final = {"yara_compiled": 8, "yara_compiled_3": 4}
_MANY: Final = 1_000
# time is that of a machine that does other things besides
_SLOW: Final = [HealthCheck.too_slow]


@cache
def companions_of(name: str) -> dict[str, Reading]:
    """Read what the files of a corpus are read with."""
    corpus = next(corpus for corpus in CORPORA if corpus.format == name)
    schemas = load(find(name)).companions
    return {
        key: read(load(find(schemas[key])), (FOLDER / path).read_bytes(), file=path)
        for key, path in corpus.companions
    }


@cache
def builder_of(name: str) -> Builder:
    """Return the builder of a format."""
    return Builder(load(find(name)), companions_of(name))


def values_in(builder: Builder, data: bytes) -> dict[str, Any]:
    """Read a content, in which nothing is wrong, and return its values."""
    reading = builder.reader.read(data, file="", companions=builder.companions)
    assert reading.findings == ()
    return values_of(reading)


def round_trip(name: str, examples: int) -> None:
    """Build what was read, and read it again, so many times."""
    builder = builder_of(name)
    contents = from_schema(load(find(name)), companions=companions_of(name))

    @settings(max_examples=examples, deadline=None, suppress_health_check=_SLOW)
    @given(contents)
    def check(data: bytes) -> None:
        values = values_in(builder, data)
        built = builder.build(values)
        assert built == data or name in _WITH_GAPS
        assert repr(values_in(builder, built)) == repr(values)  # NaN is not itself
        assert builder.build(values_in(builder, built)) == built

    check()


@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_is_built_again(name: str) -> None:
    """build(parse(b)) == b and parse(build(v)) == v, for contents that Hypothesis comes to."""
    round_trip(name, _FEW.get(name, 15))


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_very_much_that_was_read_is_built_again(name: str) -> None:
    """Likewise, many contents."""
    round_trip(name, _MANY)


@pytest.mark.parametrize("name", ["template_definitions", "tzif", "dtb", "terminfo", "gettext_mo"])
def test_strategies_are_healthy(name: str) -> None:
    """Not too much comes to nothing, and nothing takes too much of what Hypothesis decides."""
    contents = from_schema(load(find(name)))

    @settings(max_examples=20, deadline=None, suppress_health_check=_SLOW, database=None)
    @given(st.tuples(contents, contents))
    def check(pair: tuple[bytes, bytes]) -> None:
        assert all(pair)

    check()

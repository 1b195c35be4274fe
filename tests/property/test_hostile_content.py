"""Whatever the bytes are, reading gives sorted findings, the same each time, and never raises."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.survey import FORMATS, MOST_FINDINGS, Subject, names_limit
from harness.findings.model import sort_key
from tests.property.repeatable import DEEP, QUICK

each_format = pytest.mark.parametrize("name", FORMATS)
few_bytes = st.binary(max_size=40)


@cache
def subject(name: str) -> Subject:
    """Made ready once."""
    return Subject(name)


@st.composite
def spliced(draw: st.DrawFn, name: str) -> bytes:
    """A file of the corpus with parts cut out, repeated, or replaced by parts of another."""
    samples = [sample.data for sample in subject(name).corpus.valid if len(sample.data) < 600]
    data = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 4))):
        other = draw(st.sampled_from(samples))
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(other))] * 2)))
        data = data[:start] + draw(st.one_of(st.just(other[first:last]), few_bytes)) + data[end:]
    return data


def judge(name: str, data: bytes) -> None:
    """Read twice; raise if anything but findings in good order comes of it."""
    reading, again = subject(name).read(data), subject(name).read(data)
    assert reading.findings == again.findings
    assert reading.dropped == again.dropped
    assert list(reading.findings) == sorted(reading.findings, key=sort_key)
    assert len(reading.findings) <= MOST_FINDINGS
    for span in (item.span for item in reading.findings if item.span is not None):
        assert 0 <= span.start <= span.end <= len(data)
    assert reading.size == len(data)
    assert reading.is_complete or names_limit(reading)


@each_format
@QUICK
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_are_read(name: str, data: bytes) -> None:
    """Bytes without any order."""
    judge(name, data)


@each_format
@QUICK
@given(pick=st.data())
def test_spliced_files_are_read(name: str, pick: st.DataObject) -> None:
    """Files that begin well."""
    judge(name, pick.draw(spliced(name)))


@pytest.mark.deep
@each_format
@DEEP
@given(pick=st.data())
def test_many_spliced_files_are_read(name: str, pick: st.DataObject) -> None:
    """Files that begin well, many more of them."""
    judge(name, pick.draw(spliced(name)))

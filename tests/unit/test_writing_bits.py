"""Bit fields: what is written is what is read, whatever the order of bits changes to."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reading import Reader
from harness.writing import construct_of
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from tests.unit.bench import Bench

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

_OTHER_ORDER = (
    "seq: [{id: e, type: b2be}, {id: little, type: lil}]\n"
    "types:\n"
    "  lil: {meta: {bit-endian: le}, seq: [{id: x, type: b10}, {id: z, type: b6}]}\n"
)


def test_an_order_that_changes_within_a_byte(bench: Bench) -> None:
    """The bits that are left go to the next field in its own order, as they are read."""
    format_ = construct_of(bench.schema(_OTHER_ORDER))
    for content in (b"\x6b\x64\x02", b"\xff\x00\x02", b"\x40\x01\x00"):
        values = format_.parse(content)
        assert format_.build(values) == content


@given(st.data())
def test_all_bits_are_written_where_they_are_read(data: DataObject) -> None:
    """Fields of any width and order, one after the other."""
    widths = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=6))
    widths.append(-sum(widths) % 8 or 8)
    orders = data.draw(st.lists(st.sampled_from(["le", "be"]), min_size=7, max_size=7))
    fields = [
        f"{{id: f{n}, type: b{w}{o}}}" for n, (w, o) in enumerate(zip(widths, orders, strict=False))
    ]
    content = data.draw(st.binary(min_size=sum(widths) // 8, max_size=sum(widths) // 8))
    with tempfile.TemporaryDirectory() as folder:
        format_ = construct_of(Bench(Path(folder)).schema(f"seq: [{', '.join(fields)}]\n"))
    assert format_.build(format_.parse(content)) == content


@pytest.mark.parametrize("body", ["{id: body, size: 3}", "{id: body, type: b3}"])
def test_a_measure_of_what_follows_bits(bench: Bench, body: str) -> None:
    """What begins behind the rest of a byte, or in it, has the size and offset that are read."""
    schema = bench.schema(
        "seq:\n"
        "  - {id: size, type: u1, -derive: {size-of: body}}\n"
        "  - {id: at, type: u1, -derive: {offset-of: body}}\n"
        f"  - {{id: flags, type: b3}}\n  - {body}\n"
    )
    data = Generator(schema).valid(RandomChoices(Random(1)))
    assert data is not None
    assert Reader(schema).read(data, file="").findings == ()

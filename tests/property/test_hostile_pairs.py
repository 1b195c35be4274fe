"""Whatever schema and content are together, reading gives findings and ends."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.findings.message import message
from harness.reading import Reader, Reading, demand, views
from harness.reading.tree import Missing, pre_order
from harness.schema import Schema, SchemaError, load
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator
from tests.property.repeatable import DEEP, QUICK
from tests.property.schema_texts import schemas

contents = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from((0, 0, 1, 1, 2, 3, 4, 255)), max_size=80).map(bytes),
)
MOST_LOADS = 40
ATTEMPTS = 6
MOST_DEMANDS = 200


def loaded(lines: list[str]) -> Schema | None:
    """Leave out the lines at fault until the rest is a schema; None where that leads nowhere."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.ksy"
        for _ in range(MOST_LOADS):
            path.write_text("\n".join(_closed(lines)) + "\n")
            try:
                return load(path, use_cache=False)
            except SchemaError as error:
                source = error.findings[0].source
                assert source is not None
                at = source.line - 1
                if at == len(lines) or ("{id:" not in lines[at] and ": {" not in lines[at]):
                    return None
                lines = lines[:at] + lines[at + 1 :]
    return None


def _closed(lines: list[str]) -> list[str]:
    """Give lists and mappings that have lost all their lines an empty value."""
    closed: list[str] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        is_empty = len(after) - len(after.lstrip()) <= len(line) - len(line.lstrip())
        empty = {"seq:": " []", "instances:": " {}", "-invariants:": " []"}.get(line.strip(), "")
        closed.append(line + empty if is_empty else line)
    return closed


def judge(lines: list[str], data: list[bytes]) -> None:
    """Read each content twice, by each reader; raise if anything but findings comes of it."""
    schema = loaded(lines)
    assume(schema is not None)
    assert schema is not None
    for reader in (Reader(schema), Reader(schema, lenient=True)):
        for content in data:
            reading, again = reader.read(content, file="x"), reader.read(content, file="x")
            assert reading.findings == again.findings
            judge_places(reading)
            judge_demands(reading)
            judge_places(reader.read(content, file="x", instances=True))


def judge_generation(lines: list[str], seed: int) -> None:
    """Make contents; raise if one has findings, or anything else comes of it."""
    schema = loaded(lines)
    assume(schema is not None)
    assert schema is not None
    generator, choices = Generator(schema), RandomChoices(Random(seed))
    for _ in range(ATTEMPTS):
        data = generator.attempt(choices)
        if data is not None:
            assert not Reader(schema).read(data, file="x").findings


def judge_places(reading: Reading) -> None:
    """Raise if a finding cannot be told, or anything lies outside the content."""
    for finding in reading.findings:
        assert message(finding)
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= reading.size
    for view in views(reading):
        if view.span is not None:
            assert 0 <= view.start <= view.end <= reading.size


def judge_demands(reading: Reading) -> None:
    """Raise if an instance that is asked for gives neither a value nor a reason."""
    for node in islice(pre_order(reading.root), MOST_DEMANDS):
        for slot in node.plan.instance_slots:
            answer = demand(node, slot)
            assert answer.value is not Missing.UNREAD
            assert answer.value is not Missing.RUNNING
            assert all(message(finding) for finding in answer.findings)


@QUICK
@given(lines=schemas(), data=st.lists(contents, min_size=1, max_size=4))
def test_random_schemas_read_random_contents(lines: list[str], data: list[bytes]) -> None:
    """Types, offsets, loops and rules that nobody has thought about."""
    judge(lines, data)


@pytest.mark.deep
@DEEP
@given(lines=schemas(), data=st.lists(contents, min_size=1, max_size=4))
def test_many_random_schemas_read_random_contents(lines: list[str], data: list[bytes]) -> None:
    """The same, many more."""
    judge(lines, data)


@QUICK
@given(lines=schemas(), seed=st.integers(0, 99))
def test_random_schemas_give_contents_that_they_allow(lines: list[str], seed: int) -> None:
    """Or none; never anything else."""
    judge_generation(lines, seed)


@pytest.mark.deep
@DEEP
@given(lines=schemas(), seed=st.integers(0, 99))
def test_many_random_schemas_give_contents_that_they_allow(lines: list[str], seed: int) -> None:
    """The same, many more."""
    judge_generation(lines, seed)

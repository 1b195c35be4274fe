"""A content takes memory in proportion to its size, and what the machine can spare."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from harness.native import memory
from harness.native.engine import Engine
from harness.schema import load
from tests.native.agreement import compiled

# a structure for each number up to the first, which takes no bytes
SCHEMA: Final = """meta: {id: sample, endian: le}
-limits: {items: 5000000}
seq: [{id: n, type: u4}, {id: e, type: one(_index), repeat: expr, repeat-expr: n}]
types: {one: {params: [{id: i, type: u4}], instances: {twice: {value: i * 2}}}}
"""
MIB: Final = 1 << 20


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The schema, compiled."""
    folder = tmp_path_factory.mktemp("memory")
    (folder / "sample.ksy").write_text(SCHEMA)
    return compiled(load(folder / "sample.ksy"), folder)


def refusal(engine: Engine, count: int, trailing: int = 0) -> str:
    """Why a content is not judged that claims so many items; it is bounded anew for each."""
    data = count.to_bytes(4, "little") + bytes(trailing)
    engine._bound_scratch(0)
    return engine.check(data, "content", 1).refusal


def test_a_few_bytes_cannot_take_all_memory(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever number of items they claim to be."""
    monkeypatch.setattr(memory, "_FREE_SCRATCH", 16 * MIB)
    monkeypatch.setattr(memory, "_SCRATCH_PER_BYTE", 0)
    assert refusal(engine, 1000) == ""
    assert refusal(engine, 1_000_000) == "it takes too much memory"


def test_large_contents_may_take_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """And small ones after them no more than before."""
    monkeypatch.setattr(memory, "_FREE_SCRATCH", 0)
    monkeypatch.setattr(memory, "_SCRATCH_PER_BYTE", 16)
    monkeypatch.setattr(engine, "_given", 0)
    told = [bool(refusal(engine, 500_000, size)) for size in (0, 16 * MIB, 0)]
    assert told == [True, False, True]


def test_what_is_given_back_is_overwritten_in_tests(engine: Engine) -> None:
    """So that other tests find whatever still reads it."""
    for count in (1000, 0):
        assert refusal(engine, count) == ""
    assert 1000 * b"\xa5" in engine._scratch[:MIB]


def test_no_more_is_taken_than_half_of_what_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of the machine and of its container."""
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "limit").write_text(f"{64 * MIB}\n")
    (tmp_path / "meminfo").write_text(
        "MemTotal: 99999999 kB\nMemAvailable:   4096 kB\nBuffers: 1 kB\n"
    )
    nothing = tmp_path / "nothing"
    monkeypatch.setattr(memory, "_GROUP_LIMITS", (tmp_path / "max", nothing, tmp_path / "limit"))
    monkeypatch.setattr(memory, "_FACTS", nothing)
    assert memory.scratch_bytes(0) == 32 * MIB
    monkeypatch.setattr(memory, "_FACTS", tmp_path / "meminfo")
    assert memory.scratch_bytes(0) == 2 * MIB

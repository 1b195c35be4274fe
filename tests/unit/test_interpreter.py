"""What reading changes in the interpreter is put back, and nothing depends on what was set."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harness.reading import Reader
from harness.reading.tree import StructNode
from harness.schema.interpreter import MAX_CALLS, deep_recursion, without_collection
from tests.unit.bench import Bench


def _fail_inside(context: AbstractContextManager[None], look: Callable[[], None]) -> None:
    with context:
        look()
        raise KeyError


def test_the_limit_on_calls_is_put_back() -> None:
    """Also when what ran inside raised."""
    before = sys.getrecursionlimit()
    seen: list[int] = []
    with pytest.raises(KeyError):
        _fail_inside(deep_recursion(), lambda: seen.append(sys.getrecursionlimit()))
    assert seen == [MAX_CALLS]
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize("was_on", [True, False])
def test_the_search_for_garbage_is_put_back(*, was_on: bool) -> None:
    """It is off inside, and afterwards what it was."""
    try:
        if not was_on:
            gc.disable()
        seen: list[bool] = []
        with pytest.raises(KeyError):
            _fail_inside(without_collection(), lambda: seen.append(gc.isenabled()))
        assert seen == [False]
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_trees_that_are_gone_do_not_pile_up(bench: Bench) -> None:
    """Of nine contents read one after the other, fewer than half are in memory."""
    schema = """
seq: [{id: items, type: item, repeat: eos}]
types: {item: {seq: [{id: size, type: u1}, {id: body, size: size}]}}
"""
    reader, content = Reader(bench.schema(schema)), bytes(100_000)
    for _ in range(9):
        assert not reader.read(content, file="content").findings
    alive = sum(isinstance(one, StructNode) for one in gc.get_objects())
    assert alive < 4.5 * 100_000


def test_the_deepest_expressions_are_evaluated(bench: Bench) -> None:
    """64 values that need one another, each as deep as the parser allows."""
    chain = "".join(f"  v{n}: {{value: '{'(' * 90}v{n + 1}{' + 1)' * 90}'}}\n" for n in range(62))
    schema = f"seq: [{{id: a, type: u1}}]\ninstances:\n{chain}  v62: {{value: a}}\n"
    assert bench.values(schema, "05")["v0"] == 5 + 62 * 90


def test_quantifiers_nest_as_deep_as_expressions(bench: Bench) -> None:
    """Each level looks at one element."""
    depth = 90
    text = "".join(f"a.all(x{n}: " for n in range(depth)) + "x0 == 5" + ")" * depth
    schema = f"seq: [{{id: a, type: u1, repeat: eos}}]\n-invariants: [{{id: r, check: '{text}'}}]\n"
    assert bench.codes(schema, "05") == []
    assert bench.codes(schema, "06") == ["I501"]

"""Lint of layout: what is never reached, never ends, never fits, or has no bound."""

from __future__ import annotations

import pytest

from tests.unit.bench import Bench, place


def codes(bench: Bench, text: str) -> set[str]:
    """Return what lint says of a schema."""
    return {found.code for found in bench.problems(text)}


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("size-eos: true", "type: u1", {"Q930"}),
        ("type: u1, repeat: eos", "type: u1", {"Q930"}),
        ("type: u1, repeat: until, repeat-until: _io.eof", "type: u1", {"Q930"}),
        ("type: rest", "type: u1", {"Q930"}),
        ("size-eos: true", "type: u1, if: n > 3", {"Q930"}),
        ("size-eos: true", "type: u1, repeat: eos", set()),
        ("size-eos: true", "size: 0, valid: {expr: _io.eof}", set()),
        ("size-eos: true, if: n > 3", "type: u1", set()),
        ("type: rest, size: 4", "type: u1", set()),
        ("type: u1, repeat: until, repeat-until: _ == 0", "type: u1", set()),
        ("type: {switch-on: n, cases: {1: rest, _: rest}}", "type: u1", {"Q930"}),
        ("type: {switch-on: n, cases: {1: rest, _: u1}}", "type: u1", set()),
    ],
)
def test_nothing_follows_what_takes_all(
    bench: Bench, first: str, last: str, told: set[str]
) -> None:
    """Whatever needs a byte is told, unless something may be left."""
    text = (
        f"seq:\n  - {{id: n, type: u1}}\n  - {{id: x, {first}}}\n  - {{id: y, {last}}}\n"
        "types:\n  rest: {seq: [{size-eos: true}]}\n"
    )
    assert codes(bench, text) - {"Q920"} == told


@pytest.mark.parametrize(
    ("element", "told"),
    [
        ("{seq: [{id: a, type: u1}]}", set()),
        ("{seq: [{id: a, type: u1, if: _root.n > 0}]}", {"Q932"}),
        ("{seq: [{type: u1, if: _root.n > 0}, {type: u2, if: _root.n == 0}]}", set()),
        ("{seq: [{size: _root.n}]}", {"Q932"}),
        ("{seq: [{size: _root.n + 1}]}", set()),
        ("{seq: [{size: '_root.n > 4 ? 3 : -1'}]}", {"Q940"}),
        ("{seq: [{id: s, type: strz, encoding: ASCII}]}", set()),
        ("{seq: [{id: s, type: strz, encoding: ASCII, eos-error: false}]}", set()),
        ("{seq: [{terminator: 0, consume: false}]}", {"Q932"}),
        ("{seq: [{type: u1, repeat: expr, repeat-expr: _root.n}]}", {"Q932"}),
        ("{instances: {a: {pos: 0, type: u1}}}", {"Q932"}),
        ("{seq: [{id: k, type: {switch-on: _root.n, cases: {1: u1, _: u2}}}]}", set()),
        ("{seq: [{type: {switch-on: _root.n, cases: {1: u1}}, -unknown: allow}]}", {"Q932"}),
    ],
)
def test_an_element_may_take_no_bytes(bench: Bench, element: str, told: set[str]) -> None:
    """In a loop to the end of the stream, or to a condition."""
    for repeat in ("repeat: eos", "repeat: until, repeat-until: _io.pos > 9"):
        text = (
            f"seq:\n  - {{id: n, type: u1}}\n  - {{id: x, type: box, {repeat}}}\n"
            f"types:\n  box: {element}\n"
        )
        assert codes(bench, text) == told


def test_a_loop_that_counts_has_an_end(bench: Bench) -> None:
    """`_index` moves on even where the stream does not."""
    text = "seq:\n  - {id: n, type: u1}\n  - {size: n, repeat: until, repeat-until: _index == 3}\n"
    assert codes(bench, text) == set()


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("{id: more, type: node}", {"Q933"}),
        ("{id: more, type: node, if: n > 0}", set()),
        ("{id: more, type: node, repeat: expr, repeat-expr: n}", set()),
        ("{id: more, type: node, repeat: expr, repeat-expr: n + 1}", {"Q933"}),
        ("{id: more, type: node, size: n}", set()),
        ("{id: more, type: {switch-on: n, cases: {0: u1, 1: node}}}", set()),
        ("{id: more, type: {switch-on: n, cases: {0: node, 1: node}}}", {"Q933"}),
        ("{id: more, type: around}", {"Q933"}),
    ],
)
def test_a_type_must_end(bench: Bench, inner: str, told: set[str]) -> None:
    """What holds itself on every way has no content; what only holds such a type is not told."""
    text = (
        "seq:\n  - {id: top, type: node}\n  - {id: other, type: around}\ntypes:\n  node:\n"
        f"    seq:\n      - {{id: n, type: u1}}\n      - {inner}\n"
        "  around: {seq: [{id: x, type: node}]}\n"
    )
    found = [one.actual for one in bench.problems(text) if one.code == "Q933"]
    assert {one.code for one in bench.problems(text)} == told
    assert not any("`sample`" in actual for actual in found)


@pytest.mark.parametrize(
    ("size", "layout", "told"),
    [
        ("2", "", {"Q934"}),
        ("3", "", set()),
        ("4", "", {"Q934"}),
        ("4", "-layout: {trailing: allow}, ", set()),
        ("n", "", set()),
        ("n + 4", "", {"Q934"}),
        ("n % 3", "", {"Q934"}),
    ],
)
def test_a_region_must_fit(bench: Bench, size: str, layout: str, told: set[str]) -> None:
    """Neither too small for the type in any content, nor too large in all."""
    text = (
        f"seq:\n  - {{id: n, type: u1}}\n  - {{id: x, type: box, size: {size}}}\n"
        f"types:\n  box: {{{layout}seq: [{{id: a, type: u1}}, {{id: b, type: u2}}]}}\n"
    )
    assert codes(bench, text) == told


@pytest.mark.parametrize(
    ("seq", "told"),
    [
        ("{id: x, size: n, repeat: expr, repeat-expr: n}", {"Q935"}),
        ("{id: x, type: u1, repeat: expr, repeat-expr: n}", set()),
        ("{id: x, size: n, repeat: expr, repeat-expr: n % 100}", set()),
        ("{id: x, size: n, repeat: expr, repeat-expr: xs.size}", set()),
        ("{id: x, size: 'sizes[_index]', repeat: expr, repeat-expr: n}", set()),
    ],
)
def test_empty_elements_are_counted(bench: Bench, seq: str, told: set[str]) -> None:
    """A count is bounded, or each element takes a byte, or a list beside it does."""
    sizes = "  - {id: sizes, type: u1, repeat: expr, repeat-expr: n}\n" if "sizes[" in seq else ""
    text = (
        f"seq:\n  - {{id: n, type: b24}}\n{sizes}  - {seq}\n  - {{id: xs, type: u1, repeat: eos}}\n"
    )
    assert codes(bench, text) == told
    assert codes(bench, "-limits: {items: 100}\n" + text) == set()


@pytest.mark.parametrize("count", ["0", "n >> 8", "n >> 7"])
def test_none_of_what_has_no_end_is_nothing(bench: Bench, count: str) -> None:
    """A list that is always empty takes nothing, whatever its items could take."""
    names = f"{{id: x, type: strz, encoding: ASCII, repeat: expr, repeat-expr: {count}}}"
    text = (
        "seq: [{id: n, type: u1}, {id: box, type: box, size: 1}]\n"
        f"types: {{box: {{seq: [{names}, {{id: b, type: u2}}], params: [{{id: n, type: u1}}]}}}}\n"
    ).replace("type: box, size", "type: box(n), size")
    assert "Q934" in codes(bench, text)


def test_sizes_without_a_limit_are_told_once(bench: Bench) -> None:
    """At the first, with the number of others; `-limits` or `valid` is a limit."""
    seq = "seq:\n  - {id: n, type: u4}\n  - {id: x, size: n}\n  - {id: y, size: n}\n"
    found = bench.problem(seq)
    assert (found.code, place(found)) == ("Q936", (4, 19))
    assert "1 more" in found.actual
    assert codes(bench, "-limits: {bytes: 100}\n" + seq) == set()
    assert codes(bench, seq.replace("u4", "u4, valid: {max: 9}")) == set()
    assert codes(bench, "-allow: [unlimited-size]\n" + seq) == set()

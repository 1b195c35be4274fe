"""Growing from schemas that ask for too much: it comes to an end, and says what it could not do."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.schema import load
from harness.schema.library import find
from harness.writing.choices import RandomChoices
from harness.writing.drafting import arguments, least
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from harness.schema import Schema
    from tests.unit.bench import Bench

_LEVELS = 40
_ONE = "seq: [{id: n, type: u1}, {id: body, size: %s}]\n"
_TEXT = "seq: [{id: t, type: str, size: 4, encoding: ASCII, valid: {expr: '%s'}}]\n"


def grown(schema: Schema) -> list[bytes | None]:
    """Return what comes of ten attempts."""
    generator = Generator(schema)
    return [generator.valid(RandomChoices(Random(number))) for number in range(10)]


def instances(first: str, others: str) -> str:
    """Return instances of which each but the first is computed from the one before, twice."""
    lines = [f"  v0: {{value: '{first}'}}"]
    lines += [f"  v{n}: {{value: '{others.format(f'v{n - 1}')}'}}" for n in range(1, _LEVELS)]
    return "instances:\n" + "\n".join(lines) + "\n"


def passing() -> str:
    """Return types of which each passes the sums of its parameters on to the next."""
    params = "params: [{id: a, type: u4}, {id: b, type: u4}]"
    types = [
        f"  t{n}: {{{params}, seq: [{{id: s, type: 't{n + 1}(a + b, a * 256 + b)'}}]}}\n"
        for n in range(_LEVELS)
    ]
    last = f"  t{_LEVELS}: {{{params}, seq: [{{id: body, size: a + b}}]}}\n"
    return "seq: [{id: n, type: u1}, {id: s, type: 't0(n, n)'}]\ntypes:\n" + "".join(types) + last


def ending(*values: str) -> str:
    """Return a list that ends by the last of some instances of its items."""
    items = "".join(f"      e{n}: {{value: '{value}'}}\n" for n, value in enumerate(values))
    last = f"_.e{len(values) - 1} or _io.eof"
    return (
        f"seq: [{{id: items, type: item, repeat: until, repeat-until: '{last}'}}]\n"
        f"types:\n  item:\n    seq: [{{id: a, type: u1}}]\n    instances:\n{items}"
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_ONE % "v1" + "instances: {v0: {value: n + v1}, v1: {value: v0 * 2}}\n"),
        pytest.param(_ONE % "v1" + "instances: {v0: {value: n * 256 + v1}, v1: {value: v0 * 2}}\n"),
        pytest.param(ending("e1 or e2", "e2 or e0", "e0 or e1")),
    ],
)
def test_instances_that_ask_for_one_another_have_no_value(bench: Bench, body: str) -> None:
    """Nothing can be made, and the process lives."""
    assert set(grown(bench.schema(body))) == {None}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_ONE % f"v{_LEVELS - 1}" + instances("n", "{0} * 256 + {0}"), id="sums"),
        pytest.param(passing(), id="parameters"),
        pytest.param(
            ending("a > 3", *(f"e{n} or e{n}" for n in range(_LEVELS))), id="conditions"
        ),
    ],
)  # fmt: skip
def test_what_is_asked_for_twice_at_each_level_is_looked_into_once(bench: Bench, body: str) -> None:
    """The work grows with the levels, not with the ways through them."""
    assert any(grown(bench.schema(body)))


def test_a_count_that_can_only_be_too_large_is_named(bench: Bench) -> None:
    """No list of billions is begun."""
    body = "seq: [{id: n, type: u4, valid: 4000000000}, %s]\n"
    schema = bench.schema(body % "{id: items, type: u1, repeat: expr, repeat-expr: n}")
    generator = Generator(schema)
    assert generator.valid(RandomChoices(Random(0))) is None
    assert "`sample.n` is at least 4,000,000,000" in generator.health.why


def test_a_count_that_may_be_too_large_is_a_smaller_one(bench: Bench) -> None:
    """Of the values that there may be, one that can be grown is taken."""
    body = "seq: [{id: n, type: u4, valid: {any-of: [2, 4000000000]}}, %s]\n"
    schema = bench.schema(body % "{id: items, type: u1, repeat: expr, repeat-expr: n}")
    assert {len(data or b"") for data in grown(schema)} == {6}


def test_a_part_far_behind_a_text_is_not_put_there(bench: Bench) -> None:
    """A text is not filled up for it with as many characters as there is no memory for."""
    far = 1 << 50
    schema = bench.schema(_TEXT % f'_.substring({far}, {far + 1}) == "x" or _.length == 4')
    assert all(grown(schema))
    schema = bench.schema(_TEXT % f'_.substring({far}, {far + 1}) == "x"')
    grown(schema)


@pytest.mark.parametrize("base", [-3, 0, 1, 37, 256])
def test_a_base_without_digits_gives_no_text(bench: Bench, base: int) -> None:
    """Reading finds such a number at fault, and no content is made."""
    assert set(grown(bench.schema(_TEXT % f"_.to_i({base}) > 37"))) == {None}


@pytest.mark.parametrize("size", ["n >> 1000000000000", "(n >> 1000000000000) ^ 1"])
def test_a_shift_that_leaves_nothing_cannot_be_solved(bench: Bench, size: str) -> None:
    """No number of so many bits is put together."""
    body = _ONE.replace("}]", ", type: body}]") % f"'{size}'"
    assert None in grown(bench.schema(body + "types: {body: {seq: [{id: a, type: u2}]}}\n"))


@pytest.mark.parametrize(
    "condition", ["_ << _ == 64", "_ * _ * 281474976710656 == 4503599627370496"]
)
def test_a_condition_of_a_size_may_be_at_fault(bench: Bench, condition: str) -> None:
    """For a size beside which it has no value it does not hold, and others are found."""
    body = "seq: [{id: n, type: u4, valid: {expr: '%s'}}, {id: body, size: n}]\n"
    assert any(grown(bench.schema(body % condition)))


def test_what_expressions_allow_is_tried_within_bounds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many sizes with long conditions the first are known, so that growing begins soon."""
    fields = "{id: n%d, type: u4, valid: {expr: _ %% 1000 == 7}}, {id: d%d, size: n%d}"
    schema = bench.schema(f"seq: [{', '.join(fields % (n, n, n) for n in range(3))}]\n")
    known = Generator(schema).facts.least
    assert known["sample", "n2"].values[:2] == (7, 1007)
    monkeypatch.setattr(least, "_MOST_WORK", 350_000)
    assert set(Generator(schema).facts.least) == {("sample", "n0")}


def test_an_integer_that_must_equal_a_fraction_is_none(bench: Bench) -> None:
    """No fraction stands in it, and what is computed from it is not at fault for that."""
    body = (
        "seq: [{id: a, type: s8}, {id: b, type: s8}]\n"
        "-invariants:\n"
        "  - {id: same, check: b == a * 1.5}\n"
        "  - {id: other, check: (a ^ b) != 3}\n"
    )
    generator = Generator(bench.schema(body))
    assert generator.attempt(RandomChoices(Random(0))) is None
    assert generator.health.codes == {"I501 same": 1}


def test_what_ends_a_region_behind_what_is_placed_later_is_no_size(bench: Bench) -> None:
    """A list to the end at an offset that is not known yet cannot tell how large its region is."""
    body = (
        "seq: [{id: box, size: 8, type: box}]\n"
        "types:\n"
        "  box:\n"
        "    -layout: {gaps: zero, trailing: zero}\n"
        "    seq: [{id: at, type: u1}]\n"
        "    instances: {it: {pos: at, type: u1, repeat: eos, if: at > 0}}\n"
    )
    assert {len(data or b"") for data in grown(bench.schema(body))} <= {0, 8}


def test_arguments_that_wait_for_one_another_are_looked_for_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each item of a list waits for the one before, which is placed last."""
    many = {("terminfo::header", "string_count"): lambda: 40}

    def is_made() -> bool:
        generator, choices = Generator(load(find("terminfo"))), RandomChoices(Random(1))
        return generator.attempt(choices, overrides=many) is not None

    assert is_made()
    monkeypatch.setattr(arguments, "MAX_PASSED", 1000)
    assert not is_made()


def test_items_of_a_long_list_that_must_differ_do(bench: Bench) -> None:
    """Not each is compared with all others."""
    schema = bench.schema(
        "seq: [{id: items, type: item, repeat: expr, repeat-expr: 200, -unique-by: {by: _.key}}]\n"
        "types: {item: {seq: [{id: key, type: u2}, {id: more, type: u1}]}}\n"
    )
    generator = Generator(schema)
    assert all(generator.valid(RandomChoices(Random(number))) for number in range(5))
    assert generator.health.invalid == 0


def test_what_is_read_back_nests_no_deeper_than_what_is_read(bench: Bench) -> None:
    """A structure that holds its like, for ever, stands where something else was put."""
    schema = bench.schema(
        "seq: [{id: a, type: u1}]\n"
        "instances: {again: {pos: 0, type: deep}}\n"
        "types: {deep: {seq: [{id: inner, type: deep}]}}\n"
    )
    assert set(grown(schema)) == {None}


def test_the_parent_that_a_schema_names_is_asked(bench: Bench) -> None:
    """Not the structure around; one that has none says nothing of it."""
    schema = bench.schema(
        "seq: [{id: size, type: u1, valid: 3}, {id: one, type: outer}, {id: two, type: outer}]\n"
        "types:\n"
        "  outer:\n"
        "    seq:\n"
        "      - {id: named, type: inner, parent: _root}\n"
        "      - {id: alone, type: orphan, parent: false}\n"
        "  inner: {seq: [{id: body, size: _parent.size}]}\n"
        "  orphan: {seq: [{id: a, type: u1}]}\n"
    )
    assert {len(data or b"") for data in grown(schema)} == {9}


def test_keys_that_a_field_cannot_hold_are_not_referred_to(bench: Bench) -> None:
    """Of the items of a table the one with a smaller key is taken; bits go on in the next item."""
    schema = bench.schema(
        "seq:\n"
        "  - {id: many, type: one, repeat: expr, repeat-expr: 3}\n"
        "  - {id: references, type: two, repeat: expr, repeat-expr: 3}\n"
        "types:\n"
        "  one: {seq: [{id: key, type: u1, valid: {any-of: [2, 200, 201]}}]}\n"
        "  two: {seq: [{id: other, type: b3, -refers-to: {table: _root.many, by: _.key}}]}\n"
    )
    assert {data[3:] if data else b"" for data in grown(schema)} == {bytes([0b01001001, 0])}


def test_a_fraction_refers_to_an_integer(bench: Bench) -> None:
    """They are equal as numbers."""
    schema = bench.schema(
        "seq:\n"
        "  - {id: many, type: u1, repeat: expr, repeat-expr: 1}\n"
        "  - {id: one, type: f4, -refers-to: {table: many, by: _}}\n"
    )
    assert all(grown(schema))


def test_positions_before_the_file_hold_nothing(bench: Bench) -> None:
    """Nothing is read back there."""
    box = "seq: [{id: a, type: u1}, {id: box, type: box, size-eos: true}]\n"
    schema = bench.schema(f"{box}types: {{box: {{instances: {{i: {{type: u1, pos: '-1'}}}}}}}}\n")
    assert set(grown(schema)) == {None}

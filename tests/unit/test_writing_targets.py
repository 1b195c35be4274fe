"""Targets: what contents of a schema can break, and what holds in every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.schema import load
from harness.schema.library import find
from harness.writing.breaking.targets import Target, called, targets_of

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_SWITCH = "  - {id: body, type: {switch-on: kind, cases: {1: u1, 2: u2}}}\n"
_WIDE = (
    "instances:\n  is_wide: {value: kind == 1}\n  part: {pos: 0, type: {switch-on: is_wide, "
    "cases: {true: u1, false: u2}}}\n"
)
# what the condition lets through has an arm each
_MET = (
    "seq:\n  - {id: kind, type: u1}\n  - {id: body, if: has_body, type: {switch-on: kind, cases: "
    "{1: u1, 2: u2}}}\ninstances:\n  has_body: {value: kind == 1 or (kind >= 2 and kind < 3)}\n"
)
_PASSED = (
    "seq:\n  - {id: one, type: part(4)}\n  - {id: two, type: part(8)}\n"
    "types:\n  part:\n    params: [{id: width, type: u1}]\n    seq:\n"
    "      - {id: body, type: {switch-on: width, cases: {4: u4, 8: u8}}}\n"
)


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("seq:\n  - {id: kind, type: u1}\n" + _SWITCH, True),
        ("seq:\n  - {id: kind, type: u1}\n" + _WIDE, False),
        (_MET, False),
        (_MET.replace("kind < 3", "kind < 4"), True),
        (_PASSED, False),
        (_PASSED.replace("part(8)", "part(2)"), True),
    ],
)
def test_a_switch_that_has_all_arms_cannot_lack_one(
    bench: Bench, text: str, *, can_be: bool
) -> None:
    """Of a truth there are two values; of a parameter those passed; of a byte those let through."""
    assert (Target("S104") in targets_of(bench.schema(text))) == can_be


@pytest.mark.parametrize(
    ("last", "can_be"),
    [
        ("{id: rest, type: u1}", True),
        ("{id: rest, size-eos: true}", False),
        ("{id: rest, type: u1, repeat: eos}", False),
        ("{id: rest, size-eos: true, if: first > 1}", True),
    ],
)
def test_what_takes_all_leaves_nothing_over(bench: Bench, last: str, *, can_be: bool) -> None:
    """In its region and, at the top, in the file."""
    whole = bench.schema(f"seq:\n  - {{id: first, type: u1}}\n  - {last}\n")
    assert (Target("S109") in targets_of(whole)) == can_be
    inner = bench.schema(
        "seq:\n  - {id: part, type: part, size: 4}\ntypes:\n  part:\n    seq:\n"
        f"      - {{id: first, type: u1}}\n      - {last}\n"
    )
    assert (Target("S110") in targets_of(inner)) == can_be


@pytest.mark.parametrize(
    ("region", "can_be"),
    [
        ("size-eos: true", {"S110"}),
        ("terminator: 0", {"S109", "S110"}),
        ("size: first, process: zlib", {"S109", "S110"}),
        ("size: 4, process: xor(1)", {"S109"}),
        ("size: 4, process: zlib", {"S109", "S110"}),
    ],
)
@pytest.mark.parametrize("type_", ["one", "{switch-on: first, cases: {1: one, _: one}}"])
def test_a_region_of_any_kind_may_be_left_unfilled(
    bench: Bench, region: str, can_be: set[str], type_: str
) -> None:
    """Whatever says where it ends; what a compressed one holds is as long as it is."""
    schema = bench.schema(
        f"seq:\n  - {{id: first, type: u1}}\n  - {{id: part, {region}, type: {type_}}}\n"
        "types:\n  one:\n    seq: [{id: number, type: u4}]\n"
    )
    assert {target.code for target in targets_of(schema)} & {"S109", "S110"} == can_be


@pytest.mark.parametrize("rest", ["pos: 1", "-locate: {marker: [1], occurrence: last}"])
def test_an_instance_that_goes_to_the_end_leaves_nothing_over(bench: Bench, rest: str) -> None:
    """Wherever it begins, unless there is a condition on it."""
    text = f"seq:\n  - {{id: one, type: u1}}\ninstances:\n  rest: {{{rest}, size-eos: true}}\n"
    assert Target("S109") not in targets_of(bench.schema(text))
    depending = text.replace("size-eos", "if: one > 1, size-eos")
    assert Target("S109") in targets_of(bench.schema(depending))


@pytest.mark.parametrize(
    ("trailing", "can_be"), [("forbid", True), ("zero", True), ("allow", False)]
)
def test_what_may_be_left_over_is_not_forbidden(
    bench: Bench, trailing: str, *, can_be: bool
) -> None:
    """A type may allow unread bytes at the end of its region."""
    schema = bench.schema(
        "seq:\n  - {id: part, type: part, size: 4}\ntypes:\n  part:\n"
        f"    -layout: {{trailing: {trailing}}}\n    seq:\n      - {{id: first, type: u1}}\n"
    )
    assert (Target("S110") in targets_of(schema)) == can_be


@pytest.mark.parametrize(("spared", "can_be"), [(5, False), (4, True)])
def test_what_takes_all_but_the_rest_leaves_nothing_over(
    bench: Bench, spared: int, *, can_be: bool
) -> None:
    """Where the fields after it are as long as what it spares."""
    schema = bench.schema(
        f"seq:\n  - {{id: body, size: _io.size - _io.pos - {spared}}}\n"
        "  - {id: crc, type: u4}\n  - {id: end, type: u1}\n"
    )
    assert (Target("S109") in targets_of(schema)) == can_be


@pytest.mark.parametrize(("size", "can_be"), [("total", False), ("total - 1", True)])
@pytest.mark.parametrize("kind", ["", ", type: part"])
def test_a_size_that_cuts_what_it_is_the_size_of_is_right(
    bench: Bench, size: str, kind: str, *, can_be: bool
) -> None:
    """What is there is as long as it says."""
    schema = bench.schema(
        "seq:\n  - {id: total, type: u1, -derive: {size-of: rest}}\n"
        f"  - {{id: rest, size: {size}{kind}}}\n"
        "types:\n  part:\n    seq: [{id: one, type: u1}]\n"
    )
    assert (Target("C303") in targets_of(schema)) == can_be


@pytest.mark.parametrize(
    ("key", "listed", "can_be"),
    [
        ("_.key", "", True),
        ("_.key", ", -sorted-by: _.key", True),
        ("_.key", ", -unique-by: _.other", True),
        ("_.key", ", -unique-by: _.key", False),
        ("_.key", ", -sorted-by: {by: _.key, strict: true}", False),
        ("_._start", "", False),
    ],
)
def test_a_table_may_have_a_key_twice(bench: Bench, key: str, listed: str, *, can_be: bool) -> None:
    """Unless the list says that itself, or the key is where an item stands."""
    schema = bench.schema(
        f"seq:\n  - {{id: table, type: record, repeat: expr, repeat-expr: 2{listed}}}\n"
        f"  - {{id: use, type: u2, -refers-to: {{table: table, by: {key}}}}}\n"
        "types:\n  record:\n    seq: [{id: key, type: u2}, {id: other, type: u2}]\n"
    )
    assert (Target("I506") in targets_of(schema)) == can_be


@pytest.mark.parametrize(
    ("stream", "can_be"),
    [
        ("_root._io", {"S111", "S112"}),
        ("_root.full._io", {"S112"}),
        ("_root.loose._io", {"S111", "S112"}),
        ("_root.free._io", set()),
        ("_root.bare._io", {"S111", "S112"}),
    ],
)
def test_what_lies_in_another_stream_leaves_gaps_there(
    bench: Bench, stream: str, can_be: set[str]
) -> None:
    """Where its type forbids that, and does not read all bytes before."""
    schema = bench.schema(
        "seq:\n  - {id: full, size: 4, type: full}\n  - {id: loose, size: 4, type: loose}\n"
        "  - {id: free, size: 4, type: free}\n  - {id: entry, type: entry}\n"
        "  - {id: bare, type: bare}\n"
        "types:\n  bare:\n    seq: [{id: one, type: u1}]\n"
        "  entry:\n    seq: [{id: at, type: u1}]\n"
        f"    instances:\n      body: {{io: {stream}, pos: at, type: u1}}\n"
        "  full:\n    seq: [{id: all, type: u1, repeat: eos}]\n"
        "  loose:\n    seq: [{id: one, type: u1}]\n"
        "  free:\n    -layout: {gaps: allow, overlap: allow}\n    seq: [{id: one, type: u1}]\n"
    )
    assert {target.code for target in targets_of(schema)} & {"S111", "S112"} == can_be


@pytest.mark.parametrize(
    ("measure", "code"), [("size-of: bytes", "C303"), ("count-of: items", "C302")]
)
@pytest.mark.parametrize(
    ("scale", "length", "can_be"),
    [
        ("unit: 4", "told * 4", False),
        ("unit: 4", "told * 2 + told + told", False),
        ("unit: 4", "told * 3", True),
        ("plus: -1", "told + 1", False),
        ("plus: 1, unit: 2", "(told - 1) * 2", False),
        ("plus: 1, unit: 2", "told * 2 - 1", True),
    ],
)
def test_a_measure_that_tells_the_length_is_right(
    bench: Bench, measure: str, code: str, scale: str, length: str, *, can_be: bool
) -> None:
    """In units, and with something added, too."""
    schema = bench.schema(
        f"seq:\n  - {{id: told, type: u1, -derive: {{{measure}, {scale}}}}}\n"
        f"  - {{id: bytes, size: {length}}}\n"
        f"  - {{id: items, type: u2, repeat: expr, repeat-expr: {length}}}\n"
    )
    assert (Target(code) in targets_of(schema)) == can_be


@pytest.mark.parametrize("asked", ["sum-of-al", "SUM-OF-ALL"])
def test_a_name_that_is_nearly_right_is_suggested(bench: Bench, asked: str) -> None:
    """Whatever its case."""
    schema = bench.schema(
        "seq:\n  - {id: one, type: u1}\n-invariants:\n  - {id: sum-of-all, check: one > 3}\n"
    )
    with pytest.raises(ValueError, match=r"did you mean `sum-of-all`\?"):
        called(schema, asked)


@pytest.mark.parametrize(
    ("encoding", "can_be"),
    [
        *((name, True) for name in ("ASCII", "UTF-8", "UTF-16BE", "UTF-32LE", "SJIS", "cp1252")),
        *((name, False) for name in ("ISO-8859-1", "IBM437", "KOI8-R", "windows-1256")),
    ],
)
def test_a_text_is_wrong_where_some_bytes_are_none(
    bench: Bench, encoding: str, *, can_be: bool
) -> None:
    """Where each byte is a character, there is nothing that could not be read."""
    schema = bench.schema(f"seq:\n  - {{id: name, type: strz, encoding: {encoding}}}\n")
    assert (Target("S106") in targets_of(schema)) == can_be


_TIMES = (
    "seq:\n  - {id: head, type: head(4)}\n  - {id: body, type: body(head), size: SIZE}\n"
    "types:\n  head:\n    params: [{id: width, type: u1}]\n"
    "    seq:\n      - {id: times, type: u4}\n      - {id: letters, type: u4}\n"
    "    instances:\n      whole: {value: times * (width + 1) + letters}\n"
    "  body:\n    params: [{id: head, type: head}]\n    seq:\n"
    "      - {id: times, type: time, repeat: expr, repeat-expr: head.times}\n"
    "      - {id: letters, size: head.letters}\n"
    "  time:\n    seq:\n"
    "      - {id: at, type: {switch-on: _parent.head.width, cases: {4: u4, 8: u8}}}\n"
    "      - {id: kind, type: u1}\n"
)


@pytest.mark.parametrize(
    ("size", "can_be"),
    [
        ("head.whole", False),
        ("5 * head.times + head.letters", False),
        ("5 * (head.times + head.letters) - 4 * head.letters", False),
        ("head.whole + 1", True),
        ("head.times * 6 + head.letters", True),
        ("head.letters", True),
    ],
)
def test_a_region_that_is_as_large_as_what_it_holds_is_full(
    bench: Bench, size: str, *, can_be: bool
) -> None:
    """Both are computed from the same counts, however the size is written."""
    schema = bench.schema(_TIMES.replace("SIZE", size))
    assert (Target("S110") in targets_of(schema)) == can_be


@pytest.mark.parametrize(
    "inner",
    [
        "{id: one, type: u1, if: size > 1}",
        "{id: one, type: u1, repeat: until, repeat-until: _ == 9}",
        "{id: one, type: strz}",
        "{id: one, type: body}",
    ],
)
def test_a_region_of_what_has_no_size_of_its_own_may_be_left_over(bench: Bench, inner: str) -> None:
    """A condition, an end that is searched for, a structure in itself."""
    schema = bench.schema(
        "seq:\n  - {id: size, type: u1}\n  - {id: body, type: body(size), size: size}\n"
        "types:\n  body:\n    params: [{id: size, type: u1}]\n    seq:\n"
        f"      - {inner.replace('body}', 'body(size)}')}\n"
    )
    assert Target("S110") in targets_of(schema)


def test_no_content_leaves_bytes_over_in_a_block_of_times() -> None:
    """The size of a data block is computed from the counts of what is in it."""
    assert Target("S110") not in targets_of(load(find("tzif")))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("  one: {pos: at, type: u1}\n", {"S111", "S112"}),
        ("  one: {pos: at, type: u1, -overlap: allow}\n", {"S111"}),
        ("  one: {pos: 1, type: u1}\n", {"S112"}),
        ("  one: {pos: at, type: none}\ntypes:\n  none: {}\n", {"S111"}),
        ("  one: {pos: at, type: u1}\n-layout: {gaps: allow}\n", {"S112"}),
        ("  one: {pos: at, type: u1}\n-layout: {gaps: zero, overlap: allow}\n", {"S111"}),
        ("  one: {value: at + 1}\n", set()),
    ],
)
def test_where_positions_lead_is_broken_as_the_layout_forbids(
    bench: Bench, text: str, codes: set[str]
) -> None:
    """Bytes that nothing reads, where a content tells positions; bytes that are read twice."""
    schema = bench.schema("seq:\n  - {id: at, type: u1}\ninstances:\n" + text)
    assert {target.code for target in targets_of(schema)} & {"S111", "S112"} == codes


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("seq:\n  - {id: one, size: 4}\n  - {id: two, type: u1, -align: 4}\n", False),
        ("seq:\n  - {id: one, size: 3}\n  - {id: two, type: u1, -align: 4}\n", True),
        ("seq:\n  - {id: one, type: strz}\n  - {id: two, type: u1, -align: 4}\n", True),
        ("seq: []\ninstances:\n  one: {pos: 8, type: u1, -align: 4}\n", False),
        ("seq:\n  - {id: at, type: u1}\ninstances:\n  one: {pos: at, type: u1, -align: 4}\n", True),
    ],
)
def test_what_always_begins_where_it_must_is_no_target(
    bench: Bench, text: str, *, can_be: bool
) -> None:
    """Where all before it has one size, or its position is a constant, it lies where it lies."""
    assert (Target("S108") in targets_of(bench.schema(text))) == can_be

"""Breaking: each thing that a schema forbids, alone where that can be, and said where not."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from harness.reading import Reading, read
from harness.schema import Schema, load
from harness.schema.library import find
from harness.schema.resources import corpora_folder
from harness.writing.breaking.bases import seeds_of
from harness.writing.breaking.breaker import Breaker
from harness.writing.breaking.targets import Target, targets_of
from harness.writing.changing.spots import can_be_rebuilt
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_FILES: Final = 3
# bodies that lie somewhere in the file, which the entries of a table lead to
_TABLE: Final = (
    "seq:\n  - {id: entries, type: entry, repeat: expr, repeat-expr: 2}\n"
    "types:\n  entry:\n    seq:\n      - {id: at, type: u2}\n      - {id: size, type: u1}\n"
    "    instances:\n      body: {io: _root._io, pos: at, size: size}\n"
)

# what is broken in it, and what must be raised
_SMALL: Final = {
    "S102": (
        "seq:\n  - {id: items, type: item, repeat: expr, repeat-expr: 2}\n"
        "  - {id: numbers, type: u2, repeat: expr, repeat-expr: 2}\n"
        "types:\n  item:\n    seq:\n      - {id: name, type: strz}\n"
        "      - {id: end, contents: [0]}\n"
    ),
    "S102 of a structure": (
        "seq:\n  - {id: body, terminator: 0, type: one}\n"
        "  - {id: last, type: u1, valid: {min: 3}}\n"
        "types:\n  one:\n    seq: [{id: a, type: u2}]\n"
    ),
    "S103": "seq:\n  - {id: magic, contents: abc}\n",
    "S104": (
        "seq:\n  - {id: kind, type: u1}\n  - {id: body, type: {switch-on: kind, cases: "
        "{1: u1, 2: u2}}}\n"
    ),
    "S105": "seq:\n  - {id: one, type: u1, enum: e}\nenums:\n  e: {1: one, 7: seven}\n",
    "S106": "seq:\n  - {id: name, type: str, size: 4}\n",
    "S106 of two octets": "seq:\n  - {id: name, type: strz, encoding: UTF-16LE}\n",
    "S106 of one octet or two": "seq:\n  - {id: name, type: str, size: 4, encoding: Shift_JIS}\n",
    "S107": "seq:\n  - {id: rest, size: 3, -padding: zero}\n",
    "B201": "seq:\n  - {id: one, type: u1, valid: {min: 3, max: 9}}\n",
    "B202": "seq:\n  - {id: one, type: u2, valid: {any-of: [3, 9]}}\n",
    "B208": "seq:\n  - {id: one, type: u1, valid: {expr: _ % 2 == 0}}\n",
    "C302": (
        "seq:\n  - {id: count, type: u1, -derive: {count-of: items}}\n"
        "  - {id: items, type: u1, repeat: expr, repeat-expr: 2}\n"
    ),
    "I503": "seq:\n  - {id: items, type: u1, repeat: expr, repeat-expr: 4, -sorted-by: _}\n",
    "I504": "seq:\n  - {id: items, type: u1, repeat: expr, repeat-expr: 4, -unique-by: _}\n",
    "I506": (
        "seq:\n  - {id: table, type: u1, repeat: expr, repeat-expr: 2}\n"
        "  - {id: uses, type: u1, repeat: eos, -refers-to: {table: table, by: _}}\n"
    ),
    "I506 of records": (
        "seq:\n  - {id: table, type: record, repeat: expr, repeat-expr: 2}\n"
        "  - {id: use, type: u2, -refers-to: {table: table, by: _.key}}\n"
        "types:\n  record:\n    seq:\n      - {id: at, type: u1}\n      - {id: key, type: u2}\n"
        "    instances:\n      body: {pos: at, type: u2}\n"
    ),
    "S111": "seq:\n  - {id: at, type: u1}\ninstances:\n  one: {pos: at, type: u1}\n",
    "S111 by an item": (
        "seq:\n  - {id: count, type: u1, valid: {min: 1, max: 4}}\n"
        "  - {id: places, type: u2, repeat: expr, repeat-expr: count}\n"
        "instances:\n  records: {pos: 'places[0]', type: u2, repeat: expr, repeat-expr: count}\n"
    ),
    "S112": (
        "seq:\n  - {id: one, type: u1}\n  - {id: two, type: u1}\n"
        "instances:\n  first: {pos: one, type: strz}\n  second: {pos: two, type: strz}\n"
    ),
    "S111 by another stream": _TABLE,
    "S112 by another stream": _TABLE,
    "S108": (
        "seq:\n  - {id: size, type: u1}\n  - {id: pad, size: size}\n"
        "  - {id: one, type: u1, -align: 4}\n"
    ),
    "S108 of a region": (
        "seq:\n  - {id: size, type: u1}\n  - {id: pad, size: size}\n"
        "  - {id: one, size: 2, type: one, -align: 4}\ntypes:\n"
        "  one:\n    seq:\n      - {id: number, type: u2}\n"
    ),
    "S110 of the rest": (
        "seq:\n  - {id: kind, type: u1, valid: {any-of: [1, 2]}}\n"
        "  - {id: body, size-eos: true, type: {switch-on: kind, cases: {1: one, 2: two}}}\n"
        "types:\n  one:\n    seq: [{id: a, type: u2}]\n  two:\n    seq: [{id: b, type: u4}]\n"
    ),
    "S110 of what is ended": (
        "seq:\n  - {id: body, terminator: 0, type: one}\n  - {id: last, type: u1}\n"
        "types:\n  one:\n    seq: [{id: a, type: u2}]\n"
    ),
    "S110 of what is mixed": (
        "seq:\n  - {id: size, type: u1}\n  - {id: body, size: size, process: xor(7), type: one}\n"
        "types:\n  one:\n    seq: [{id: a, type: u2}]\n"
    ),
    "S110 of what is compressed": (
        "seq:\n  - {id: size, type: u1}\n  - {id: body, size: size, process: zlib, type: one}\n"
        "types:\n  one:\n    seq: [{id: a, type: u2}]\n"
    ),
    "sum": (
        "seq:\n  - {id: one, type: u1}\n  - {id: two, type: u1}\n"
        "-invariants:\n  - {id: sum, check: one + two == 9}\n"
    ),
}


def codes(reading: Reading) -> set[str]:
    """Return what is found in a content: the ids of rules, else codes."""
    return {finding.rule or finding.code for finding in reading.findings}


def companions_of(schema: Schema) -> dict[str, Reading]:
    """Return what the corpus of a known schema is read with."""
    expected = json.loads((corpora_folder() / schema.id / "expected.json").read_text())
    return {
        name: read(
            load(find(schema.companions[name])), (corpora_folder() / file).read_bytes(), file=""
        )
        for name, file in expected["with"].items()
    }


def target_of(schema: Schema, name: str) -> Target:
    """Return the target of a name."""
    return next(target for target in targets_of(schema) if str(target) == name)


@pytest.mark.parametrize("name", _SMALL)
def test_each_thing_is_broken_alone(bench: Bench, name: str) -> None:
    """Of a small schema that forbids it, several contents, each with that finding only."""
    schema, name = bench.schema(_SMALL[name]), name.split(maxsplit=1)[0]
    breaker = Breaker(Generator(schema))
    for number in range(_FILES):
        found = breaker.broken(target_of(schema, name), RandomChoices(Random(number)))
        assert found is not None
        assert codes(read(schema, found.data, file="")) == {name}
        assert found.beside == ()


@pytest.mark.parametrize("name", ["S102", "S103", "S106"])
def test_what_was_unpacked_byte_by_byte_is_broken_too(bench: Bench, name: str) -> None:
    """Values in a region that is mixed with a key, and in one of those that is rotated."""
    schema = bench.schema(
        "seq:\n  - {id: key, type: u1}\n  - {id: size, type: u1}\n"
        "  - {id: outer, size: size, process: xor(key), type: outer}\n"
        "types:\n  outer:\n    seq:\n      - {id: mark, type: u2}\n"
        "      - {id: inner, size-eos: true, process: rol(3), type: inner}\n"
        "  inner:\n    seq:\n      - {id: magic, contents: abc}\n"
        "      - {id: name, type: strz}\n"
    )
    found = Breaker(Generator(schema)).broken(target_of(schema, name), RandomChoices(Random(1)))
    assert found is not None
    assert codes(read(schema, found.data, file="")) == {name}


_ZLIB: Final = "  - {id: body, size: size, process: zlib"
_XOR: Final = "  - {id: outer, size-eos: true, process: xor(key), type: outer}\n"
_OUTER: Final = "types:\n  outer:\n    seq:\n      - {id: size, type: u1}\n    "
_ONE: Final = "\n  one:\n    seq:\n      - {id: number, type: u2}\n"


@pytest.mark.parametrize(
    "text",
    [
        "seq:\n  - {id: size, type: u1}\n" + _ZLIB + ", type: one}\ntypes:" + _ONE,
        "seq:\n  - {id: size, type: u1}\n" + _ZLIB + "}\n",
        "seq:\n  - {id: key, type: u1}\n" + _XOR + _OUTER + _ZLIB + ", type: one}" + _ONE,
    ],
)
def test_compressed_data_are_broken(bench: Bench, text: str) -> None:
    """Those of a structure, of a value, and in what was unpacked itself."""
    schema = bench.schema(text)
    found = Breaker(Generator(schema)).broken(Target("S118"), RandomChoices(Random(1)))
    assert target_of(schema, "S118") == Target("S118")
    assert found is not None
    assert codes(read(schema, found.data, file="")) == {"S118"}


@pytest.mark.parametrize("name", ["S102", "S103", "S106", "S107"])
def test_what_was_unpacked_whole_is_broken_too(bench: Bench, name: str) -> None:
    """Values in a compressed region: what it holds is packed again, and its size follows."""
    schema = bench.schema(
        "seq:\n  - {id: size, type: u2}\n"
        "  - {id: region, size: size, process: zlib, type: region}\n"
        "types:\n  region:\n    seq:\n      - {id: magic, contents: abc}\n"
        "      - {id: filler, size: 2, -padding: zero}\n"
        "      - {id: names, type: strz, repeat: eos}\n"
    )
    breaker = Breaker(Generator(schema))
    for number in range(_FILES):
        found = breaker.broken(target_of(schema, name), RandomChoices(Random(number)))
        assert found is not None
        assert codes(read(schema, found.data, file="")) == {name}


def test_a_real_number_that_could_be_an_integer_is_changed(bench: Bench) -> None:
    """What stands there decides what it is changed to, not how many bytes it has."""
    schema = bench.schema(
        "seq:\n  - {id: kind, type: u1, enum: kind}\n"
        "  - {id: value, type: {switch-on: kind, cases: {'kind::real': f8, 'kind::whole': s8}}}\n"
        "enums:\n  kind: {1: real, 2: whole}\n"
    )
    breaker = Breaker(Generator(schema))
    for target in targets_of(schema):
        assert breaker.broken(target, RandomChoices(Random(1))) is not None


def test_a_list_that_is_hardly_ever_long_has_two_items(bench: Bench) -> None:
    """What decides its count is computed from other fields, which hold little by themselves."""
    schema = bench.schema(
        "seq:\n  - {id: flags, type: u1}\n  - {id: part, type: part(scale)}\n"
        "instances:\n  scale: {value: (flags >> 1) & 7}\n"
        "types:\n  part:\n    params: [{id: count, type: u1}]\n    seq:\n"
        "      - {id: items, type: u4, repeat: expr, repeat-expr: count, -unique-by: _}\n"
    )
    found = Breaker(Generator(schema)).broken(Target("I504"), RandomChoices(Random(0)))
    assert found is not None
    assert codes(read(schema, found.data, file="")) == {"I504"}


def test_what_comes_with_it_is_said(bench: Bench) -> None:
    """A key twice in a list in strict order is out of order too: that much, and no more."""
    schema = bench.schema(
        "seq:\n  - id: items\n    type: u1\n    repeat: expr\n    repeat-expr: 4\n"
        "    -sorted-by: {by: _, strict: true}\n    -unique-by: _\n"
    )
    found = Breaker(Generator(schema)).broken(Target("I504"), RandomChoices(Random(0)))
    assert found is not None
    assert found.beside == (Target("I503"),)
    assert codes(read(schema, found.data, file="")) == {"I503", "I504"}


def test_what_always_holds_cannot_be_broken(bench: Bench) -> None:
    """It is given up after so much work."""
    schema = bench.schema(
        "seq:\n  - {id: one, type: u1}\n-invariants:\n  - {id: sure, check: one < 256}\n"
    )
    target = target_of(schema, "sure")
    assert Breaker(Generator(schema)).broken(target, RandomChoices(Random(0))) is None


@pytest.mark.parametrize("repeated", [False, True])
def test_what_may_be_empty_is_broken(bench: Bench, *, repeated: bool) -> None:
    """An empty content cannot be cut off: another is, or none can be had."""
    item = "type: u2, repeat: eos" if repeated else "size-eos: true"
    schema = bench.schema(f"seq:\n  - {{id: all, {item}}}\n")
    breaker = Breaker(Generator(schema), (b"",))
    found = [breaker.broken(Target("S101"), RandomChoices(Random(number))) for number in range(9)]
    assert [one is not None for one in found] == 9 * [repeated]


def test_what_was_broken_before_changes_nothing(bench: Bench) -> None:
    """The same choices make the same content, whatever else the breaker has done."""
    schema = bench.schema(_SMALL["I504"])
    fresh, used = Breaker(Generator(schema)), Breaker(Generator(schema))
    for number in range(5):
        used.broken(Target("S101"), RandomChoices(Random(number)))
        used.broken(Target("I504"), RandomChoices(Random(number)))
    once = fresh.broken(Target("I504"), RandomChoices(Random(9)))
    again = used.broken(Target("I504"), RandomChoices(Random(9)))
    assert once == again


@pytest.mark.parametrize(
    ("schema_name", "names"),
    [
        ("template_definitions", ("B201", "C303", "I502", "I504", "S106", "kinds-fit-text")),
        ("channel_file", ("C304", "I502", "I503", "S105", "one-criterion-per-field")),
        ("gettext_mo", ("B201", "I503", "I504", "header-entry")),
        ("tzif", ("B202", "designation-not-empty")),
        ("dtb", ("later-version", "S106")),
        ("terminfo", ("names-printable", "S107")),
        ("magic_mgc", ("described", "S105")),
        ("mime_cache", ("lower-case", "S103")),
        ("maxmind_db", ("B201", "major-version")),
        ("yara_compiled", ("I505", "rules-end-once")),
        ("yara_compiled_3", ("match-in-pool", "S107")),
    ],
)
def test_known_formats_are_broken_in_one_thing(schema_name: str, names: tuple[str, ...]) -> None:
    """A few of each; the deep tests break everything."""
    schema = load(find(schema_name))
    companions = companions_of(schema)
    breaker = Breaker(Generator(schema, companions), seeds_of(schema))
    for name in names:
        found = breaker.broken(target_of(schema, name), RandomChoices(Random(1)))
        assert found is not None
        assert codes(read(schema, found.data, file="", companions=companions)) == {name}


@pytest.mark.parametrize(("content", "can_be"), [(b"\x01\xff", True), (b"\x01\x00", False)])
def test_what_leads_to_itself_is_not_built_anew(
    bench: Bench, content: bytes, *, can_be: bool
) -> None:
    """There is no end of its values, so changed bytes have to do."""
    schema = bench.schema(
        "seq:\n  - {id: next, type: u1}\ninstances:\n"
        "  other: {pos: next, type: link, if: next != 255}\n"
        "types:\n  link:\n    seq:\n      - {id: next, type: u1}\n    instances:\n"
        "      other: {io: _root._io, pos: next, type: link, if: next != 255}\n"
    )
    assert can_be_rebuilt(read(schema, content, file="")) == can_be

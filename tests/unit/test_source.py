"""YAML 1.2 as schemas use it: values, places and bounds."""

from __future__ import annotations

import pytest

from harness.schema import source
from harness.schema.source import MAX_BYTES, Mapping, Plain, Scalar, Sequence, SourceError, parse
from tests.unit.bench import Bench, place, values_of


def value_of(text: str) -> Plain:
    """Return the value of the key `a` of a document."""
    found = parse(f"a: {text}\n".encode(), "x.ksy")
    assert isinstance(found, Mapping)
    scalar = found.entries["a"]
    assert isinstance(scalar, Scalar)
    return scalar.value


def mistake(text: bytes) -> SourceError:
    """Return why a document cannot be used."""
    with pytest.raises(SourceError) as caught:
        parse(text, "x.ksy")
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("n", "n"),
        ("010", 10),
        ("0o10", 8),
        ("0x10", 16),
        ("0b10", 2),
        ("1_000", 1000),
        ("190:20:30", "190:20:30"),
        ("2026-11-21", "2026-11-21"),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("True", True),
        ("null", None),
        ("~", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("18446744073709551615", (1 << 64) - 1),
        ("-9223372036854775808", -(1 << 63)),
        ("9007199254740993", 9007199254740993),
        ("0x", "0x"),
        ("!!int '5'", "5"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_scalars_are_yaml_1_2(text: str, expected: Plain) -> None:
    """Only `true` and `false` are booleans, a zero makes no octal, integers keep 64 bits."""
    found = value_of(text)
    assert (found, type(found)) == (expected, type(expected))


def test_nothing_is_a_null() -> None:
    """A key without a value is null."""
    assert value_of("") is None


def test_places_of_keys_and_values() -> None:
    """Line and column count from 1; a quoted value is where its text begins."""
    found = parse(b"a: 1\nlist:\n  - x\n  - 'y'\n", "x.ksy")
    assert isinstance(found, Mapping)
    items = found.entries["list"]
    assert isinstance(items, Sequence)
    places = [found.keys["list"], *(item.place for item in items.items)]
    assert [(at.line, at.column) for at in places] == [(2, 1), (3, 5), (4, 6)]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        (b"a: 1\na: 2\n", "Q909", 2, 1),
        (b"a: {b: 1, b: 2}\n", "Q909", 1, 11),
        (b"a: 1\n\tb: 2\n", "Q901", 2, 1),
        (b"a: [1\n", "Q901", 2, 1),
        (b"a: 1\n---\nb: 2\n", "Q901", 2, 1),
        (b"a: *nothing\n", "Q901", 1, 4),
        (b"a: 1\nb: \xff\n", "Q901", 2, 1),
        (b"", "Q901", 1, 1),
        (b"[a, b]: 1\n", "Q903", 1, 1),
        (b"? {a: 1}\n: 2\n", "Q903", 1, 3),
    ],
)
def test_mistakes_are_placed(text: bytes, code: str, line: int, column: int) -> None:
    """Each mistake has the line and the column of what is wrong."""
    found = mistake(text)
    assert (found.code, found.place.line, found.place.column) == (code, line, column)


def test_a_half_surrogate_is_no_character() -> None:
    """An escape of half a surrogate pair is refused."""
    assert mistake(b'a: "\\ud800"\n').code == "Q901"


def test_merge_keys_mean_nothing() -> None:
    """`<<` is a plain key: nothing is merged."""
    found = parse(b"a: &x {b: 1}\nc: {<<: *x}\n", "x.ksy")
    assert isinstance(found, Mapping)
    inner = found.entries["c"]
    assert isinstance(inner, Mapping)
    assert list(inner.entries) == ["<<"]


def test_an_alias_stands_for_its_value() -> None:
    """An alias is read as what its anchor names."""
    found = parse(b"a: &x 7\nb: *x\n", "x.ksy")
    assert isinstance(found, Mapping)
    alias = found.entries["b"]
    assert isinstance(alias, Scalar)
    assert alias.value == 7


def test_alias_bombs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Aliases of aliases that stand for a billion values are refused, not unfolded."""
    monkeypatch.setattr(source, "MAX_NODES", 2000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 10):
        inner = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{inner}]")
    assert mistake("\n".join(lines).encode()).code == "Q910"


def test_an_alias_to_itself_is_bounded() -> None:
    """A list that holds itself is refused."""
    assert mistake(b"a: &a [*a]\n").code in {"Q901", "Q910"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_is_bounded(opening: str) -> None:
    """Deep documents are refused, and never exhaust Python's stack."""
    assert mistake(("a:\n  " + opening * 500).encode()).code in {"Q901", "Q910"}


def test_size_is_bounded() -> None:
    """A file of 1 MiB is read, one byte more is not."""
    comment = b"a: 1\n#" + b"x" * (MAX_BYTES - 6)
    assert isinstance(parse(comment, "x.ksy"), Mapping)
    assert mistake(comment + b"x").code == "Q910"


def test_an_oversized_schema_is_one_finding(bench: Bench) -> None:
    """A schema beyond the limit is refused with its own code."""
    assert bench.problem("seq: []\n#" + "x" * MAX_BYTES).code == "Q910"


def test_a_duplicate_key_is_one_finding(bench: Bench) -> None:
    """A key given twice is refused at its second place."""
    problem = bench.problem("seq: []\nseq: []\n")
    assert (problem.code, place(problem)) == ("Q909", (3, 1))


def test_on_is_a_name(bench: Bench) -> None:
    """An enum member and an attribute may be called `on`."""
    schema = """
    seq: [{id: on, type: u1, enum: switch}]
    enums: {switch: {0: off, 1: on}}
    """
    assert bench.values(schema, "01") == {"on": 1}


def test_a_64_bit_literal_stays_exact(bench: Bench) -> None:
    """An integer beyond 53 bits is compared digit by digit."""
    schema = "seq: [{id: id, type: u8, valid: 0xfedcba9876543210}]"
    assert values_of(bench.read(schema, "1032547698badcfe")) == {"id": 0xFEDCBA9876543210}
    assert bench.codes(schema, "1132547698badcfe") == ["B202"]

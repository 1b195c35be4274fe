"""Names resolved and types inferred: what fits, what is refused, and where."""

from __future__ import annotations

import pytest

from harness.schema.expression.error import ExpressionError
from harness.schema.expression.parser import parse
from harness.schema.expression.scope import Scope
from harness.schema.expression.typing import infer
from harness.schema.lowering import SchemaNames
from harness.schema.types import (
    S64_MAX,
    S64_MIN,
    U64_MAX,
    BoolValue,
    BytesValue,
    FloatValue,
    IntValue,
    ListValue,
    StructValue,
    TextValue,
    ValueType,
)
from tests.unit.bench import Bench, place

SCHEMA = """
seq:
  - {id: flag, type: b1}
  - {id: count, type: u1}
  - {id: delta, type: s1}
  - {id: big, type: u8}
  - {id: wide, type: s8}
  - {id: ratio, type: f4}
  - {id: name, type: strz}
  - {id: raw, size: 3}
  - {id: colour, type: u1, enum: colours}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
types:
  item: {seq: [{id: number, type: u2}]}
enums:
  colours: {1: red, 2: blue}
"""


class Typer:
    """Infers expressions that stand in the top type of `SCHEMA`."""

    def __init__(self, bench: Bench) -> None:
        self._names = SchemaNames(bench.schema(SCHEMA))

    def type_of(self, text: str, *, ours: bool = False) -> ValueType:
        """Return the type of an expression."""
        return infer(parse(text), self._names, Scope("sample", ours=ours)).type

    def mistake(self, text: str, *, ours: bool = False) -> ExpressionError:
        """Return what is wrong with an expression."""
        with pytest.raises(ExpressionError) as caught:
            self.type_of(text, ours=ours)
        return caught.value


@pytest.fixture
def typer(bench: Bench) -> Typer:
    """Return a typer for `SCHEMA`."""
    return Typer(bench)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flag", BoolValue()),
        ("count", IntValue(0, 255)),
        ("delta", IntValue(-128, 127)),
        ("big", IntValue(0, U64_MAX)),
        ("wide", IntValue(S64_MIN, S64_MAX)),
        ("ratio", FloatValue()),
        ("name", TextValue()),
        ("raw", BytesValue()),
        ("colour", IntValue(0, 255, "sample::colours")),
        ("items", ListValue(StructValue("sample::item"))),
        ("items[0].number", IntValue(0, 65535)),
        ("_root.count", IntValue(0, 255)),
        ("[1, 2]", BytesValue()),
        ("colours::red", IntValue(1, 1, "sample::colours")),
        ("name + name", TextValue()),
        ("count * 1.5", FloatValue()),
        ("flag ? count : delta", IntValue(-128, 255)),
        ("colour == colours::red", BoolValue()),
        ("items.size", IntValue(0, S64_MAX)),
        ("raw[0]", IntValue(0, 255)),
        ("name[0]", IntValue(0, 0x10FFFF)),
    ],
)
def test_types_of_expressions(typer: Typer, text: str, expected: ValueType) -> None:
    """Each expression has the type, and the range, of its parts."""
    assert typer.type_of(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("count + count", 0, 510),
        ("count - 1", -1, 254),
        ("count * 2", 0, 510),
        ("count / 2", 0, 127),
        ("count % 10", 0, 9),
        ("count & 15", 0, 15),
        ("-delta", -127, 128),
        ("big + 1", 1, U64_MAX),
        ("big - big", S64_MIN, S64_MAX),
        ("wide + 1", S64_MIN + 1, S64_MAX),
    ],
)
def test_ranges_follow_the_operands(typer: Typer, text: str, low: int, high: int) -> None:
    """A range is exact where it fits s64, or u64 with a u64 operand; a difference is s64."""
    assert typer.type_of(text) == IntValue(low, high)


def test_an_unknown_name_is_suggested(typer: Typer) -> None:
    """A misspelt name is refused where it stands, with the closest one."""
    mistake = typer.mistake("1 + conut")
    assert (mistake.code, mistake.offset) == ("Q905", 4)
    assert "did you mean `count`" in mistake.message


def test_a_strange_name_has_no_suggestion(typer: Typer) -> None:
    """Nothing is suggested for a name like no other."""
    assert "did you mean" not in typer.mistake("zzzzzz").message


@pytest.mark.parametrize(
    "text",
    [
        "items[0].nothing",
        "colours::green",
        "shades::red",
        "name.nothing",
        "raw.to_i",
        "count.size",
        "count.as<nothing>",
    ],
)
def test_unknown_names(typer: Typer, text: str) -> None:
    """Members, enums, methods and types that there are not, are unknown names."""
    assert typer.mistake(text).code == "Q905"


@pytest.mark.parametrize(
    "text",
    [
        "count + name",
        "name - name",
        "count and flag",
        "not count",
        "count ? 1 : 2",
        "count == name",
        "raw == name",
        "flag < flag",
        "items[flag]",
        "count[0]",
        "ratio & 1",
        "colour + 1",
        "colour == 1",
        "name.substring(1)",
        "name.substring(flag, 1)",
        "-name",
        "~ratio",
        "count.as<str>",
        "name.to_i(name)",
        "raw.to_s(1)",
        "sizeof<sample>",
        "items[0] < items[0]",
    ],
)
def test_mismatches(typer: Typer, text: str) -> None:
    """Values of the wrong kind are refused before anything is read."""
    assert typer.mistake(text).code == "Q906"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("items.all(_.number > 0)", BoolValue()),
        ("items.any(i: i.number == 1)", BoolValue()),
        ("items.count(_.number == _index)", IntValue(0, S64_MAX)),
        ("items.sum(_.number)", IntValue()),
        ("items.min(_.number)", IntValue(0, 65535)),
        ("items.max(_.number)", IntValue(0, 65535)),
        ("items.find(_.number == 1)", StructValue("sample::item")),
        ("items.all(x, n: x.number == n)", BoolValue()),
        ("raw.any(_ == 0)", BoolValue()),
        ("name.all(_ < 128)", BoolValue()),
        ("name._start", IntValue(0, S64_MAX)),
        ("items[0]._end", IntValue(0, S64_MAX)),
    ],
)
def test_quantifiers_and_offsets_in_our_keys(typer: Typer, text: str, expected: ValueType) -> None:
    """Our keys have quantifiers over lists, bytes and strings, and offsets."""
    assert typer.type_of(text, ours=True) == expected


@pytest.mark.parametrize("text", ["items.all(_.number > 0)", "items.sum(_.number)", "name._start"])
def test_quantifiers_and_offsets_only_in_our_keys(typer: Typer, text: str) -> None:
    """In stock keys the same is an unsupported construct, named."""
    assert typer.mistake(text).code == "Q907"


@pytest.mark.parametrize(
    "text",
    ["items.all(_.number)", "items.sum(_)", "count.all(_ > 0)", "items.all(a: true, b: true)"],
)
def test_quantifiers_take_one_fitting_expression(typer: Typer, text: str) -> None:
    """A condition for `.all`, a number for `.sum`, something that has elements before them."""
    assert typer.mistake(text, ours=True).code in {"Q904", "Q906"}


@pytest.mark.parametrize("text", ["raw.to_s(name)", "raw.to_s('EBCDIC')"])
def test_encodings_are_written_out(typer: Typer, text: str) -> None:
    """An encoding in an expression is a known one, as a literal."""
    assert typer.mistake(text).code == "Q907"


def test_a_choice_between_u64_and_negatives_is_s64(typer: Typer) -> None:
    """No type holds both, so the wider side is checked when it is chosen."""
    assert typer.type_of("flag ? big : delta") == IntValue(-128, S64_MAX)
    assert typer.type_of("flag ? big : count") == IntValue(0, U64_MAX)


def test_a_negated_literal_reaches_s64_min(typer: Typer) -> None:
    """The smallest s64 can be written; one less cannot."""
    assert typer.type_of("-9223372036854775808") == IntValue(S64_MIN, S64_MIN)
    assert typer.mistake("-9223372036854775809").code == "Q904"


def test_mistakes_in_a_schema_have_line_and_column(bench: Bench) -> None:
    """The finding stands at the character of the mistake, inside the value of the key."""
    problem = bench.problem("seq:\n  - id: body\n    size: 1 + siz\n")
    assert (problem.code, place(problem)) == ("Q905", (4, 15))


def test_mistakes_in_a_quoted_value_have_the_same_place(bench: Bench) -> None:
    """The opening quote moves the place by one."""
    problem = bench.problem("seq:\n  - id: body\n    size: '1 + siz'\n")
    assert (problem.code, place(problem)) == ("Q905", (4, 16))


def test_mistakes_in_a_block_have_their_own_line(bench: Bench) -> None:
    """In a block scalar the line of the mistake is given."""
    problem = bench.problem("seq:\n  - id: body\n    size: |\n      1 +\n      siz\n")
    assert (problem.code, place(problem)[0]) == ("Q905", 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("sizeof<pair>", 3), ("bitsizeof<pair>", 20), ("sizeof<b9>", 2), ("sizeof<u4>", 4)],
)
def test_sizes_of_types(bench: Bench, text: str, expected: int) -> None:
    """`sizeof` counts bytes, begun ones whole; `bitsizeof` counts bits."""
    schema = """
    instances: {size: {value: %s}}
    types: {pair: {seq: [{id: a, type: u2}, {id: b, type: b4}]}}
    """
    assert bench.values(schema % text, "") == {"size": expected}

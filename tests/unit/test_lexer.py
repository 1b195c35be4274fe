"""Expression text to tokens."""

from __future__ import annotations

import pytest

from harness.schema.expression.error import ExpressionError
from harness.schema.expression.lexer import MAX_TEXT_CHARACTERS, Kind, tokenize


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1_000", 1000),
        ("0xff", 255),
        ("0XFF", 255),
        ("0o17", 15),
        ("0b101", 5),
        ("18446744073709551615", (1 << 64) - 1),
        ("010", 10),
    ],
)
def test_integers_have_four_bases(text: str, value: int) -> None:
    """An integer literal is decimal, hex, octal or binary, with `_` between digits."""
    first, end = tokenize(text)
    assert (first.kind, first.value, end.kind) == (Kind.INTEGER, value, Kind.END)


@pytest.mark.parametrize("text", ["18446744073709551616", "0x10000000000000000", "0x" + "0" * 99])
def test_integers_fit_64_bits(text: str) -> None:
    """A literal beyond u64 is refused where it starts."""
    with pytest.raises(ExpressionError) as caught:
        tokenize(f"1 + {text}")
    assert (caught.value.offset, caught.value.code) == (4, "Q904")


@pytest.mark.parametrize(("text", "value"), [("1.5", 1.5), ("2e3", 2000.0), ("1.5e-1", 0.15)])
def test_floats_have_a_point_or_an_exponent(text: str, value: float) -> None:
    """A float is written with a decimal point, an exponent, or both."""
    token = tokenize(text)[0]
    assert (token.kind, token.value) == (Kind.FLOAT, value)


def test_a_method_of_an_integer_is_no_float() -> None:
    """`1.to_s` is an integer, a point and a name."""
    assert [token.value for token in tokenize("1.to_s")] == [1, ".", "to_s", ""]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\tb"', "a\tb"),
        (r'"\u00e9"', "é"),
        (r'"\101"', "A"),
        (r'"\""', '"'),
        (r"'a\tb'", r"a\tb"),
        ("''", ""),
    ],
)
def test_strings_escape_in_double_quotes_only(text: str, value: str) -> None:
    """Double quotes know escapes, single quotes take every character as it stands."""
    token = tokenize(text)[0]
    assert (token.kind, token.value) == (Kind.STRING, value)


@pytest.mark.parametrize(("text", "offset"), [(r'"ab\q"', 3), (r'"\ud800"', 1)])
def test_bad_escapes_are_placed(text: str, offset: int) -> None:
    """An unknown escape and half a surrogate pair are refused at the escape."""
    with pytest.raises(ExpressionError) as caught:
        tokenize(text)
    assert caught.value.offset == offset


@pytest.mark.parametrize("text", ["a $ b", 'a "b', "a 'b", "a { b", "a ! b"])
def test_other_characters_start_nothing(text: str) -> None:
    """A character outside the grammar, and a quote never closed, are refused in their place."""
    with pytest.raises(ExpressionError) as caught:
        tokenize(text)
    assert caught.value.offset == 2


def test_longer_operators_win() -> None:
    """`<<`, `<=`, `::` and `!=` are one token each."""
    assert [t.value for t in tokenize("a<<b<=c::d!=e")] == [
        "a", "<<", "b", "<=", "c", "::", "d", "!=", "e", "",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["and", "or", "not", "true", "false"])
def test_keywords_are_symbols(word: str) -> None:
    """The five words of the grammar are no names."""
    assert tokenize(word)[0].is_symbol(word)


def test_names_may_begin_with_a_keyword() -> None:
    """`order` is a name although it begins with `or`."""
    assert tokenize("order")[0].kind is Kind.NAME


def test_tokens_know_their_offset() -> None:
    """Each token keeps where it starts, the end included."""
    assert [token.offset for token in tokenize(" ab + 12")] == [1, 4, 6, 8]


def test_text_is_bounded() -> None:
    """Text up to the limit is read, one character more is refused."""
    assert len(tokenize("a" * MAX_TEXT_CHARACTERS)) == 2
    with pytest.raises(ExpressionError, match="at most"):
        tokenize("a" * (MAX_TEXT_CHARACTERS + 1))

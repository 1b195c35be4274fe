"""Tokens to syntax: precedence, limits, and where mistakes are."""

from __future__ import annotations

import pytest

from harness.schema.expression import syntax
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.parser import MAX_NESTING, parse, parse_type_call
from harness.schema.expression.syntax import Syntax


def shown(tree: Syntax) -> str:
    """Return a tree with every operation in brackets."""
    match tree:
        case syntax.Name(name=name):
            return name
        case syntax.Literal(value=value):
            return str(value)
        case syntax.Unary(operator=operator, operand=operand):
            return f"({operator} {shown(operand)})"
        case syntax.Binary(operator=operator, left=left, right=right):
            return f"({shown(left)} {operator} {shown(right)})"
        case syntax.Ternary(condition=condition, then=then, otherwise=otherwise):
            return f"({shown(condition)} ? {shown(then)} : {shown(otherwise)})"
        case syntax.Member(base=base, name=name):
            return f"{shown(base)}.{name}"
        case syntax.Index(base=base, index=index):
            return f"{shown(base)}[{shown(index)}]"
        case _:
            return type(tree).__name__


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b % c", "((a / b) % c)"),
        ("a + b << c", "((a + b) << c)"),
        ("a << b & c", "((a << b) & c)"),
        ("a & b ^ c", "((a & b) ^ c)"),
        ("a ^ b | c", "((a ^ b) | c)"),
        ("a | b == c", "((a | b) == c)"),
        ("a == b and c", "((a == b) and c)"),
        ("a and b or c", "((a and b) or c)"),
        ("a or b and c", "(a or (b and c))"),
        ("not a == b", "(not (a == b))"),
        ("not a and b", "((not a) and b)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a or b ? c : d", "((a or b) ? c : d)"),
        ("-a * b", "((- a) * b)"),
        ("~a & b", "((~ a) & b)"),
        ("-a.b[0]", "(- a.b[0])"),
        ("(a + b) * c", "((a + b) * c)"),
        ("+a", "a"),
        ("-5", "-5"),
        ("-9223372036854775808", "-9223372036854775808"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    """Operators bind as in Kaitai Struct: `&` tighter than `==`, `not` looser than it."""
    assert shown(parse(text)) == expected


@pytest.mark.parametrize(("text", "offset"), [("a < b < c", 6), ("a == b != c", 7)])
def test_a_comparison_does_not_chain(text: str, offset: int) -> None:
    """A second comparison is refused at its operator, with the remedy."""
    with pytest.raises(ExpressionError, match="do not chain") as caught:
        parse(text)
    assert caught.value.offset == offset


def test_comparisons_join_in_brackets() -> None:
    """In brackets a comparison can be compared."""
    assert shown(parse("(a < b) == (c < d)")) == "((a < b) == (c < d))"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("a +", 3),
        ("a b", 2),
        ("(a", 2),
        ("a)", 1),
        ("a[1", 3),
        ("a.", 2),
        ("a.1", 1),
        ("a ? b", 5),
        ("x.f(a b)", 6),
        ("* a", 0),
        ("sizeof<1>", 7),
        ("a::", 3),
        ("a.as<u1", 7),
    ],
)
def test_mistakes_are_placed(text: str, offset: int) -> None:
    """A mistake is at the first thing that cannot stand where it stands."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.offset, caught.value.code) == (offset, "Q904")


@pytest.mark.parametrize("shape", ["(", "-", "a+", "not ", "a[", "a?b:", "[", "a.b("])
def test_nesting_is_bounded(shape: str) -> None:
    """Deep text of any shape is refused, and no shape exhausts Python's stack."""
    with pytest.raises(ExpressionError, match=str(MAX_NESTING)):
        parse(shape * 4000 + "a")


@pytest.mark.parametrize("count", [MAX_NESTING - 1, MAX_NESTING])
def test_long_chains_are_bounded(count: int) -> None:
    """A chain may have so many operations and not one more."""
    text = "a" + "+a" * count
    if count < MAX_NESTING:
        assert isinstance(parse(text), syntax.Binary)
    else:
        with pytest.raises(ExpressionError, match="at most"):
            parse(text)


def test_offsets_stand_in_the_tree() -> None:
    """An operation is at its operator, a member at its name."""
    tree = parse("ab + cd.ef")
    assert isinstance(tree, syntax.Binary)
    assert (tree.offset, tree.left.offset, tree.right.offset) == (3, 0, 8)


def test_quantifiers_bind_names() -> None:
    """`.all(t, i: …)` names the element and its index."""
    tree = parse("types.all(t, i: t == i)")
    assert isinstance(tree, syntax.Call)
    assert [argument.binder for argument in tree.arguments] == ["t", "i"]


def test_type_calls_have_names_and_arguments() -> None:
    """`a::b(1, x)` is a scoped name with two arguments."""
    name, arguments = parse_type_call("a::b(1, x)")
    assert (name, [shown(argument) for argument in arguments]) == ("a::b", ["1", "x"])


def test_format_strings_are_split() -> None:
    """`f"…{e}…"` is text and expressions in turn."""
    tree = parse('f"a{b}c"')
    assert isinstance(tree, syntax.FormatString)
    assert [p if isinstance(p, str) else shown(p) for p in tree.pieces] == ["a", "b", "c"]


def test_format_strings_close_their_braces() -> None:
    """A brace never closed is refused at the brace."""
    with pytest.raises(ExpressionError) as caught:
        parse('f"a{b"')
    assert caught.value.offset == 3
    with pytest.raises(ExpressionError) as caught:
        parse('1 + f"a')
    assert caught.value.offset == 4


def test_format_strings_may_hold_strings() -> None:
    """Quotes and braces in a string inside an expression belong to that string."""
    tree = parse("""f"{"}"}-{'"'}-{f"{x}"}" """)
    assert isinstance(tree, syntax.FormatString)
    assert [p if isinstance(p, str) else type(p).__name__ for p in tree.pieces] == [
        "Literal", "-", "Literal", "-", "FormatString"
    ]  # fmt: skip


def test_a_mistake_in_a_format_string_is_placed() -> None:
    """Its offset counts from the start of the whole expression."""
    with pytest.raises(ExpressionError) as caught:
        parse('"x" + f"ab{c d}"')
    assert caught.value.offset == 13


@pytest.mark.parametrize(("text", "value"), [("24000.", 24000.0), (".5", 0.5), (".5e1", 5.0)])
def test_floats_may_lack_digits_on_one_side(text: str, value: float) -> None:
    """As in Kaitai; but `1.to_s` is a method of an integer."""
    assert parse(text) == syntax.Literal(value, 0)
    assert isinstance(parse("1.to_s"), syntax.Member)


def test_strings_that_follow_one_another_are_one() -> None:
    """Long texts can be broken into pieces."""
    assert parse("""'a' "b\n" 'c'""") == syntax.Literal("ab\nc", 0)


def test_a_keyword_may_name_a_member() -> None:
    """`true` is a fine name after `::` and after a point."""
    assert parse("flag::true") == syntax.ScopedName(("flag", "true"), 0)

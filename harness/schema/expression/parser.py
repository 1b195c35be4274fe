"""A Pratt parser from tokens to syntax, with the precedences of Kaitai Struct 0.11."""

from __future__ import annotations

from typing import Final

from harness.schema.expression import syntax
from harness.schema.expression.error import ExpressionError
from harness.schema.expression.lexer import (
    KEYWORDS,
    Kind,
    Token,
    format_pieces,
    tokenize,
    unescape,
)
from harness.schema.expression.syntax import Syntax

MAX_NESTING: Final = 100

# From loose to tight. A comparison does not chain: `a < b < c` is refused.
_BINDING: Final = {
    "or": 2, "and": 3,
    "<": 5, "<=": 5, ">": 5, ">=": 5, "==": 5, "!=": 5,
    "|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11,
}  # fmt: skip
_TERNARY: Final = 1
_NOT: Final = 4
_COMPARISON: Final = 5
_UNARY: Final = 12


def parse(text: str, shift: int = 0) -> Syntax:
    """Return the syntax of the expression `text`; offsets count from `-shift`.

    Raises:
        ExpressionError: with the offset of the first thing that cannot stand where it stands.
    """
    parser = _Parser(tokenize(text, shift))
    tree = parser.expression(0)
    parser.expect_end()
    _check_depth(tree)
    return tree


def parse_type_call(text: str) -> tuple[str, tuple[Syntax, ...]]:
    """Return name and arguments of a type written `a::b(x, y)` or `a::b`.

    Raises:
        ExpressionError: when it is neither.
    """
    parser = _Parser(tokenize(text))
    name = parser.scoped_name()
    arguments: list[Syntax] = []
    if parser.accept("("):
        arguments = [argument.value for argument in parser.arguments()]
    parser.expect_end()
    for argument in arguments:
        _check_depth(argument)
    return name, tuple(arguments)


def _check_depth(tree: Syntax) -> None:
    """Refuse trees that later recursive passes could not walk (long chains nest to the left)."""
    level = [tree]
    for _ in range(MAX_NESTING):
        level = [child for node in level for child in syntax.children(node)]
        if not level:
            return
    raise ExpressionError(
        f"an expression chains or nests at most {MAX_NESTING} operations", level[0].offset
    )


class _Parser:
    """A cursor over tokens; each method leaves it after what it has parsed."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    @property
    def _current(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def accept(self, symbol: str) -> bool:
        """Step over `symbol` if it comes next."""
        if self._current.is_symbol(symbol):
            self._at += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self.accept(symbol):
            raise ExpressionError(
                f"expected `{symbol}`, found {self._found()}", self._current.offset
            )

    def expect_end(self) -> None:
        """Refuse anything that is left."""
        if self._current.kind is not Kind.END:
            raise ExpressionError(
                f"expected the end of the expression, found {self._found()}", self._current.offset
            )

    def _found(self) -> str:
        token = self._current
        return "the end" if token.kind is Kind.END else f"`{token.value}`"

    def expression(self, minimum: int) -> Syntax:
        """Parse operators that bind at least as tightly as `minimum`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ExpressionError(
                f"an expression chains or nests at most {MAX_NESTING} operations",
                self._current.offset,
            )
        left = self._prefix()
        while (after := self._infix(left, minimum)) is not None:
            left = after
        self._nesting -= 1
        return left

    def _infix(self, left: Syntax, minimum: int) -> Syntax | None:
        """Parse one operator after `left`; None when none binds tightly enough."""
        token = self._current
        if token.kind is not Kind.SYMBOL:
            return None
        operator = str(token.value)
        if operator == "?" and minimum <= _TERNARY:
            return self._ternary(left)
        binding = _BINDING.get(operator)
        if binding is None or binding < minimum:
            return None
        self._next()
        right = self.expression(binding + 1)
        if binding == _COMPARISON and _BINDING.get(str(self._current.value)) == _COMPARISON:
            raise ExpressionError(
                "comparisons do not chain; join them with `and`", self._current.offset
            )
        return syntax.Binary(operator, left, right, token.offset)

    def _ternary(self, condition: Syntax) -> Syntax:
        offset = self._next().offset
        then = self.expression(_TERNARY)
        self._expect(":")
        return syntax.Ternary(condition, then, self.expression(_TERNARY), offset)

    def _prefix(self) -> Syntax:
        token = self._next()
        match token.kind, token.value:
            case Kind.SYMBOL, "not":
                return syntax.Unary("not", self.expression(_NOT), token.offset)
            case Kind.SYMBOL, "-" | "~" | "+" as operator:
                operand = self.expression(_UNARY)
                return (
                    operand if operator == "+" else _negated(str(operator), operand, token.offset)
                )
            case _:
                return self._postfix(self._atom(token))

    def _atom(self, token: Token) -> Syntax:
        match token.kind, token.value:
            case Kind.STRING, value:
                return syntax.Literal(str(value) + self._more_strings(), token.offset)
            case ((Kind.INTEGER | Kind.FLOAT), value):
                return syntax.Literal(value, token.offset)
            case Kind.FORMAT_STRING, value:
                return _format_string(str(value), token.offset + 2)
            case Kind.SYMBOL, ("true" | "false") as value:
                return syntax.Literal(value == "true", token.offset)
            case Kind.SYMBOL, "(":
                inner = self.expression(0)
                self._expect(")")
                return inner
            case Kind.SYMBOL, "[":
                return syntax.ListLiteral(self._items("]"), token.offset)
            case Kind.NAME, ("sizeof" | "bitsizeof") as name if self.accept("<"):
                type_name = self.scoped_name()
                self._expect(">")
                return syntax.SizeOf(type_name, name == "bitsizeof", token.offset)
            case Kind.NAME | Kind.SYMBOL, _ if token.kind is Kind.NAME or token.value == "::":
                return self._named(token)
        self._at -= token.kind is not Kind.END
        raise ExpressionError(f"expected a value, found {self._found()}", token.offset)

    def _more_strings(self) -> str:
        """String literals that follow one another are one string."""
        found = ""
        while self._current.kind is Kind.STRING:
            found += str(self._next().value)
        return found

    def _named(self, first: Token) -> Syntax:
        """A plain name, or an enum member `a::b::c` (a leading `::` starts at the top)."""
        self._at -= 1
        if not first.is_symbol("::") and not self._tokens[self._at + 1].is_symbol("::"):
            self._at += 1
            return syntax.Name(str(first.value), first.offset)
        return syntax.ScopedName(tuple(self.scoped_name().split("::")), first.offset)

    def scoped_name(self) -> str:
        """Parse `a::b::c`."""
        self.accept("::")
        parts = [self._name()]
        while self.accept("::"):
            parts.append(self._name())
        return "::".join(parts)

    def _name(self) -> str:
        token = self._current
        if token.kind is not Kind.NAME and token.value not in KEYWORDS:
            raise ExpressionError(f"expected a name, found {self._found()}", token.offset)
        self._at += 1
        return str(token.value)

    def _items(self, close: str) -> tuple[Syntax, ...]:
        items: list[Syntax] = []
        while not self.accept(close):
            items.append(self.expression(0))
            if not self.accept(","):
                self._expect(close)
                break
        return tuple(items)

    def arguments(self) -> list[syntax.Argument]:
        """Parse arguments up to and with the closing parenthesis, the opening one already read."""
        found: list[syntax.Argument] = []
        while not self.accept(")"):
            binder = None
            if self._current.kind is Kind.NAME and self._tokens[self._at + 1].is_symbol(":"):
                binder = self._name()
                self._next()
            elif (
                self._current.kind is Kind.NAME
                and self._tokens[self._at + 1].is_symbol(",")
                and not found
                and self._tokens[self._at + 2].kind is Kind.NAME
                and self._tokens[self._at + 3].is_symbol(":")
            ):
                # `.all(t, i: …)`: names for the element and its index
                found.append(syntax.Argument(self._name(), syntax.Literal(0, self._current.offset)))
                self._next()
                continue
            found.append(syntax.Argument(binder, self.expression(0)))
            if binder is not None and self._current.is_symbol(","):
                raise ExpressionError("a named argument stands last", self._current.offset)
            if not self.accept(","):
                self._expect(")")
                break
        return found

    def _postfix(self, base: Syntax) -> Syntax:
        while True:
            token = self._current
            if self.accept("."):
                base = self._member(base, token.offset)
            elif self.accept("["):
                index = self.expression(0)
                self._expect("]")
                base = syntax.Index(base, index, token.offset)
            else:
                return base

    def _member(self, base: Syntax, offset: int) -> Syntax:
        name_offset = self._current.offset
        name = self._name()
        if name == "as" and self.accept("<"):
            type_name = self.scoped_name()
            is_array = self.accept("[")
            if is_array:
                self._expect("]")
            self._expect(">")
            return syntax.Cast(base, type_name, is_array, offset)
        if self.accept("("):
            return syntax.Call(base, name, tuple(self.arguments()), name_offset)
        return syntax.Member(base, name, name_offset)


def _negated(operator: str, operand: Syntax, offset: int) -> Syntax:
    """`-5` is one literal, so that the smallest s64 can be written."""
    if operator == "-" and isinstance(operand, syntax.Literal):
        value = operand.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return syntax.Literal(-value, offset)
    return syntax.Unary(operator, operand, offset)


def _format_string(body: str, offset: int) -> Syntax:
    """Split `…{e}…"` into text and expressions."""
    pieces: list[str | Syntax] = []
    for start, end, is_expression in format_pieces(body, 0):
        text = body[start:end]
        if is_expression:
            pieces.append(parse(text, offset + start))
        elif text:
            pieces.append(unescape(text, offset + start))
    return syntax.FormatString(tuple(pieces), offset)

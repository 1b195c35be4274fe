"""Expression text to tokens, in the lexical grammar of Kaitai Struct 0.11."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from harness.schema.expression.error import ExpressionError

MAX_TEXT_CHARACTERS: Final = 16_384

KEYWORDS: Final = frozenset({"and", "or", "not", "true", "false"})


class Kind(Enum):
    """What a token is."""

    INTEGER = auto()
    FLOAT = auto()
    STRING = auto()
    FORMAT_STRING = auto()
    NAME = auto()
    SYMBOL = auto()
    END = auto()


class Token(NamedTuple):
    """A token: its kind, its value (already decoded) and its offset in the text."""

    kind: Kind
    value: str | int | float
    offset: int

    def is_symbol(self, text: str) -> bool:
        """Whether this is the operator or keyword `text`."""
        return self.kind is Kind.SYMBOL and self.value == text


# Alternatives are tried in order: longer operators first, floats before integers.
_PATTERN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<float>(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?
                | [0-9][0-9_]*\.(?!\s*[A-Za-z_])
                | [0-9][0-9_]*[eE][+-]?[0-9]+)
      | (?P<integer>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)
      | (?P<format>f")
      | (?P<double>"(?:[^"\\]|\\.)*")
      | (?P<single>'[^']*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<symbol>::|<<|>>|<=|>=|==|!=|[-+*/%&|^~<>?:.,()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)

# How far text in a format string goes, and how far an expression in it.
_FORMAT_TEXT: Final = re.compile(r'(?:[^{"\\]|\\.)*', re.DOTALL)
_FORMAT_CODE: Final = re.compile(r"""(?:[^{}"']|"(?:[^"\\]|\\.)*"|'[^']*')*""", re.DOTALL)

_ESCAPES: Final = {
    "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "'": "'", '"': '"', "\\": "\\", "0": "\0",
}  # fmt: skip
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([0-7]{1,3})|(.))", re.DOTALL)


class Piece(NamedTuple):
    """A piece of a format string, text or an expression: offsets of what it holds."""

    start: int
    end: int
    is_expression: bool


def format_pieces(text: str, start: int, shift: int = 0) -> Iterator[Piece]:
    """Yield the pieces of the format string whose text begins at `start`, by turns.

    The first and the last are text, perhaps empty; the last ends at the closing quote. Strings in
    its expressions may hold quotes and braces of their own. Offsets of errors count from `-shift`.

    Raises:
        ExpressionError: it is never closed.
    """
    at, inside = start, False
    while True:
        match = (_FORMAT_CODE if inside else _FORMAT_TEXT).match(text, at)
        end = match.end() if match is not None else at
        yield Piece(at, end, inside)
        sign = text[end : end + 1]
        if sign == '"' and not inside:
            return
        if sign != ("}" if inside else "{"):
            what, opened = ("`{` in", at - 1) if inside else ("", start - 2)
            message = f"{what} the format string is never closed".lstrip()
            raise ExpressionError(message, opened + shift)
        at, inside = end + 1, not inside


def tokenize(text: str, shift: int = 0) -> list[Token]:
    """Return the tokens of `text`, an END token last; offsets count from `-shift`.

    Raises:
        ExpressionError: for a character that starts no token, or text beyond the limit.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        raise ExpressionError(f"an expression has at most {MAX_TEXT_CHARACTERS} characters", 0)
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _PATTERN.match(text, offset)
        if match is None:
            message = f"`{text[offset]}` starts nothing that can stand here"
            raise ExpressionError(message, offset + shift)
        if match.lastgroup == "format":
            start = match.end()
            end = list(format_pieces(text, start, shift))[-1].end
            tokens.append(Token(Kind.FORMAT_STRING, text[start : end + 1], offset + shift))
            offset = end + 1
            continue
        token = _token(match, offset + shift)
        if token is not None:
            tokens.append(token)
        offset = match.end()
    tokens.append(Token(Kind.END, "", len(text) + shift))
    return tokens


def _token(match: re.Match[str], offset: int) -> Token | None:
    """Decode one match that stands at `offset`; None for white space."""
    text = match.group()
    match match.lastgroup:
        case "space":
            return None
        case "float":
            return Token(Kind.FLOAT, float(text.replace("_", "")), offset)
        case "integer":
            return Token(Kind.INTEGER, _integer(text, offset), offset)
        case "double":
            return Token(Kind.STRING, unescape(text[1:-1], offset + 1), offset)
        case "single":
            return Token(Kind.STRING, text[1:-1], offset)
        case "name" if text not in KEYWORDS:
            return Token(Kind.NAME, text, offset)
        case _:
            return Token(Kind.SYMBOL, text, offset)


def _integer(text: str, offset: int) -> int:
    """Decode an integer literal, which must fit 64 bits."""
    digits = text.replace("_", "").lower()
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10)
    body = digits if base == 10 else digits[2:]
    if not body or len(body) > 64 + 2:
        raise ExpressionError(f"`{text[:40]}` is not an integer of at most 64 bits", offset)
    value = int(body, base)
    if value >= 1 << 64:
        raise ExpressionError(f"`{text[:40]}` does not fit 64 bits", offset)
    return value


def unescape(body: str, offset: int) -> str:
    """Decode the escapes of a double-quoted string."""

    def decode(match: re.Match[str]) -> str:
        unicode, octal, single = match.groups()
        if unicode is not None:
            code = int(unicode, 16)
            if 0xD800 <= code <= 0xDFFF:
                raise ExpressionError("half of a surrogate pair", offset + match.start())
            return chr(code)
        if octal is not None:
            return chr(int(octal, 8))
        if single not in _ESCAPES:
            raise ExpressionError(f"`\\{single}` is no escape", offset + match.start())
        return _ESCAPES[single]

    return _ESCAPE.sub(decode, body)

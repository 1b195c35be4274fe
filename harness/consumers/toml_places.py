"""Where the keys of a TOML text stand: the standard library's parser keeps no positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Key = tuple[str | int, ...]

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_NAME = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*""")
# What can hide brackets and quotation marks: strings of all four kinds, and comments.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]',
    re.DOTALL,
)


class Position(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


def places(text: str) -> Mapping[Key, Position]:
    """Find the position of every table header and key that begins a line.

    Args:
        text: TOML that `tomllib` accepts.

    Returns:
        Positions by path; items of an array of tables are numbered from 0: `("contract", 1, "id")`.
    """
    found: dict[Key, Position] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    for number, line in _logical_lines(text):
        column = len(line) - len(line.lstrip()) + 1
        if (header := _TABLE.match(line)) is not None:
            table = _split(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, Position(number, column))
                table = (*table, counts[table])
            found[table] = Position(number, column)
        elif "=" in line and (key := _key(line)):
            for end in range(1, len(key) + 1):
                found.setdefault(table + key[:end], Position(number, column))
    return found


def nearest(found: Mapping[Key, Position], key: Key) -> Position:
    """Return the position of `key`, or of the innermost table around it that begins a line."""
    while key and key not in found:
        key = key[:-1]
    return found.get(key, Position(1, 1))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside of multi-line strings and arrays, with their numbers."""
    depth, number, start, first = 0, 1, 0, 1
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n" and depth == 0:
            yield first, text[start : token.start()]
            start, first = token.end(), number + 1
        elif word in "[{":
            depth += 1
        elif word in "]}":
            depth = max(0, depth - 1)
        number += word.count("\n")
    yield first, text[start:]


def _key(line: str) -> Key:
    """The key, dotted or not, that a line gives a value to."""
    parts: list[str | int] = []
    at = 0
    while (name := _NAME.match(line, at)) is not None:
        parts.append(_unquoted(name[1]))
        at = name.end()
        if line[at : at + 1] != ".":
            break
        at += 1
    return tuple(parts)


def _split(dotted: str) -> Key:
    return _key(dotted + " =")


def _unquoted(name: str) -> str:
    return name[1:-1] if name[0] in "\"'" else name

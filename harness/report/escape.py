"""Makes text from hostile files fit to be shown: one line, nothing a terminal obeys."""

from __future__ import annotations

import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# how Python holds the bytes of a file name that are no text
_STRAY_BYTES = range(0xDC80, 0xDD00)


def visible(text: str) -> str:
    r"""Return `text` with every character that does not print written as an escape.

    That covers control characters of both ranges, marks that turn the direction of writing,
    characters without width, undecodable bytes of file names, and line separators. `\xHH` from
    80 up is a stray byte; a character of that number is `\u00HH`.

    >>> visible("a\x1b[31m\u202eb\n")
    'a\\x1b[31m\\u202eb\\n'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def visible_name(name: str) -> str:
    r"""Return the name of a file fit to be shown, from which it can be told what it is.

    A backslash of the name is doubled, so that what follows a single one is an escape.

    >>> visible_name("a\\x0a\udcff\n")
    'a\\\\x0a\\xff\\n'
    """
    return visible(name.replace("\\", "\\\\"))


def _escaped(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    number = ord(char)
    if number in _STRAY_BYTES:
        return f"\\x{number & 0xFF:02x}"
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def cell_width(text: str) -> int:
    """Return how many terminal cells `text` takes: wide characters two, combining ones none.

    >>> cell_width("漢a")
    3
    """
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def clip(text: str, width_cells: int) -> str:
    """Return `text` cut to `width_cells`, ending in `…` where something was cut.

    >>> clip("criteria", 5)
    'crit…'
    """
    if cell_width(text) <= width_cells:
        return text
    kept, used = [], 0
    for char in text:
        used += _cells(char)
        if used > width_cells - 1:
            break
        kept.append(char)
    return "".join(kept) + "…" if width_cells > 0 else ""


def pad(text: str, width_cells: int) -> str:
    """Return `text` followed by blanks up to `width_cells`."""
    return text + " " * max(0, width_cells - cell_width(text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width_cells: int) -> list[str]:
    """Return `text` broken at blanks into lines of at most `width_cells`; longer words are cut.

    >>> wrap("sensor 7.11 supplies", 12)
    ['sensor 7.11', 'supplies']
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_width(joined) <= width_cells:
            lines[-1] = joined
        else:
            lines += _pieces(word, width_cells)
    return [line for line in lines if line]


def _pieces(word: str, width_cells: int) -> list[str]:
    """A word in pieces that fit."""
    pieces = [""]
    for char in word:
        if pieces[-1] and cell_width(pieces[-1]) + _cells(char) > width_cells:
            pieces.append("")
        pieces[-1] += char
    return pieces

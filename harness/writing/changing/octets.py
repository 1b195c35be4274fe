"""Changes to texts and octets where they stand: other bytes, and none that end them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from harness.reading.tree import Location, extent_of, value_at
from harness.writing.changing.places import Edit, number_at

if TYPE_CHECKING:
    from harness.writing.choices import Choices

MAX_DIGITS: Final = 18
# of digits
MOST_NUMBERS: Final = 10
# bytes of a text that has no end
_LEFT: Final = (1, 4, 8)
# so many bytes are a whole number of characters of any one size
_MANY: Final = 8
# where the high byte of the first character stands, if the low one comes first
_HIGH: Final = (1, 3)


@cache
def foreign_octets(encoding: str) -> bytes:
    """Return the bytes that no text of an encoding has several of, one after the other."""
    return bytes(octet for octet in range(256) if not _is_text(_MANY * bytes([octet]), encoding))


def _is_text(octets: bytes, encoding: str) -> bool:
    try:
        octets.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def changed_octets(
    held: bytes, code: str, choices: Choices, encoding: str = "utf-8"
) -> Iterator[bytes]:
    """Yield the same number of other bytes, some of them such as break a thing.

    Args:
        held: what stands there.
        code: of what is to be broken.
        choices: make the decisions.
        encoding: of the text that they are.
    """
    if code == "S106":
        foreign = foreign_octets(encoding)[-1:] or b"\xff"
        for at in sorted({0, len(held) - 1, *_HIGH}):
            if at < len(held):
                yield held[:at] + foreign + held[at + 1 :]
    if code in ("S107", "S102"):
        yield held[:-1] + b"x"
        yield held[:-2] + b"\0x" if len(held) > 1 else b"x"
        yield held.replace(b"\0", b"x")
    if held.isdigit():
        most = 10 ** min(len(held), MAX_DIGITS) - 1
        for _ in range(MOST_NUMBERS):
            yield f"{choices.integer(0, most):0{len(held)}}".encode()
    number, many = int.from_bytes(held[-8:]), 1 << 8 * len(held[-8:])
    for away in (1, -1):
        yield held[:-8] + ((number + away) % many).to_bytes(len(held[-8:]))
    yield bytes(len(held))
    yield bytes([held[0] ^ 1]) + held[1:]
    yield held[:-1] + bytes([held[-1] ^ 0x20])
    yield held[:-1] + b"\0"
    for text in (b"x", b"0", b":", b",", b" ", b"-"):
        yield (text * len(held))[: len(held)]
        at = choices.integer(0, len(held) - 1)
        yield held[:at] + text + held[at + 1 :]
    for _ in range(4):
        at = choices.integer(0, len(held) - 1)
        yield held[:at] + choices.octets(1) + held[at + 1 :]


def unended(text: Location, deciding: Iterable[Location], data: bytes) -> Iterator[Edit]:
    """Yield what moves a text to the last bytes of what it is read from, and fills those.

    Args:
        text: where it stands.
        deciding: values, of which one may tell where that is.
        data: of the content.
    """
    stream, at, _ = extent_of(text)
    if stream.origin is not None:
        return
    for place in deciding:
        value = value_at(place)
        for left in _LEFT if value.__class__ is int else ():
            assert isinstance(value, int)
            packed = number_at(place, value + stream.end - left - at)
            start, end = extent_of(place)[1:]
            if packed is not None and end <= stream.end - left:
                octets = packed + data[end : stream.end - left] + b"x" * left
                yield Edit(start, stream.end, octets, is_one=False)

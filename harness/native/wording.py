"""What findings of the native engine say: messages filled in with the values that came along."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from harness.native.compile.words import Legend, Listed, Named, Text, Word
from harness.reading import words
from harness.reading.casts import KINDS, a_structure
from harness.reading.stream import Stream
from harness.reading.tree import ListNode


class Tag:
    """What a value is: the tags of `hv_val` in runtime/engine/types.h."""

    NONE: Final = 0
    INT: Final = 1
    UINT: Final = 2
    FLOAT: Final = 3
    BOOL: Final = 4
    TEXT: Final = 5
    BYTES: Final = 6
    NODE: Final = 7
    LIST: Final = 8
    STREAM: Final = 9


_CLASSES: Final[Mapping[int, type]] = {
    Tag.INT: int,
    Tag.UINT: int,
    Tag.FLOAT: float,
    Tag.BOOL: bool,
    Tag.TEXT: str,
    Tag.BYTES: bytes,
    Tag.LIST: ListNode,
    Tag.STREAM: Stream,
}


class Said(NamedTuple):
    """A value that came with a finding.

    Attributes:
        tag: what kind it is.
        type: of a structure, the number of its type.
        number: 64 bits: the value of a number, else how much of it there is.
        data: the first bytes of a text or byte array.
        path: where a structure stands.
    """

    tag: int
    type: int = 0
    number: int = 0
    data: bytes = b""
    path: str = ""

    def plain(self) -> int | float | str | bytes:
        """The value, as far as it came along."""
        match self.tag:
            case Tag.INT:
                return self.number - (self.number >> 63 << 64)
            case Tag.FLOAT:
                (found,) = struct.unpack("=d", struct.pack("=Q", self.number))
                return float(found)
            case Tag.BOOL:
                return bool(self.number)
            case Tag.NODE:
                return self.path
            case Tag.TEXT:
                return self.data.decode("utf-8", "replace")
            case Tag.BYTES:
                return self.data
            case _:
                return self.number


class Wording:
    """Puts the messages of one compiled schema into words."""

    def __init__(self, legend: Legend) -> None:
        self._enums = legend.enums
        self._types: tuple[Named, ...] = legend.types
        self._styles: dict[str, Callable[[Said, str], str]] = {
            "plain": lambda said, _: str(said.plain()),
            "words": self._in_words,
            "hex": lambda said, _: words.hex_bytes(said.data, said.number),
            "count": lambda said, thing: words.count(int(said.plain()), thing),
            "sum": lambda said, _: words.checksum(said.plain()),
            "kind": self._kind,
        }

    def text(self, message: Text, values: Sequence[Said]) -> str:
        """Return a part of a message with its values filled in."""
        return "".join(self._part(part, values) for part in message)

    def _part(self, part: str | Word | Listed, values: Sequence[Said]) -> str:
        match part:
            case str():
                return part
            case Word():
                return self._styles[part.style](values[part.number], part.thing)
            case Listed():
                known = (one for one in part.parts if _is_known(one, values))
                said = ["".join(self._part(piece, values) for piece in one) for one in known]
                return ", ".join(said) or part.otherwise

    def _in_words(self, said: Said, enum: str) -> str:
        match said.tag:
            case Tag.BOOL:
                return words.truth(bool(said.number))
            case Tag.INT | Tag.UINT:
                return words.number(int(said.plain()), self._enums.get(enum, {}))
            case Tag.TEXT:
                return words.quoted(str(said.plain()), said.number)
            case Tag.BYTES:
                return words.hex_bytes(said.data, said.number)
            case Tag.NODE:
                return words.structure(said.path)
            case Tag.LIST:
                return words.listed(said.number)
            case _:
                return str(said.plain())

    def _kind(self, said: Said, _: str) -> str:
        if said.tag == Tag.NODE:
            return a_structure(self._types[said.type].name)
        return KINDS.get(_CLASSES.get(said.tag, object), "something else")


def _is_known(pieces: Sequence[str | Word], values: Sequence[Said]) -> bool:
    return all(values[piece.number].tag != Tag.NONE for piece in pieces if isinstance(piece, Word))

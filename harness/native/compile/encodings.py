"""Encodings that the engine decodes: the codec, and its names in C."""

from __future__ import annotations

from typing import Final, NamedTuple


class Encoding(NamedTuple):
    """An encoding, as runtime/engine/decoding.c has it.

    Attributes:
        decoder: how bytes are made text.
        characters: how many bytes a character takes.
        is_wide: it has no characters of one byte.
    """

    decoder: str
    characters: str
    is_wide: bool = False


ENCODINGS: Final = {
    "ascii": Encoding("HV_FROM_ASCII", "HV_IN_UTF8"),
    "utf-8": Encoding("HV_FROM_UTF8", "HV_IN_UTF8"),
    "latin-1": Encoding("HV_FROM_LATIN1", "HV_IN_BYTES"),
    "utf-16-le": Encoding("HV_FROM_UTF16LE", "HV_IN_UTF16", is_wide=True),
    "utf-16-be": Encoding("HV_FROM_UTF16BE", "HV_IN_UTF16", is_wide=True),
    "utf-32-le": Encoding("HV_FROM_UTF32LE", "HV_IN_UTF32", is_wide=True),
    "utf-32-be": Encoding("HV_FROM_UTF32BE", "HV_IN_UTF32", is_wide=True),
}

"""Encodings that the engine decodes: the codec, and its name in C."""

from __future__ import annotations

from typing import Final

ENCODINGS: Final = {
    "ascii": "HV_FROM_ASCII",
    "utf-8": "HV_FROM_UTF8",
    "latin-1": "HV_FROM_LATIN1",
}

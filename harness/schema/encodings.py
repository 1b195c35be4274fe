"""Text encodings: the names that schemas use, and the codecs that decode them."""

from __future__ import annotations

from typing import Final

# Names that schemas use -> the codec that decodes them.
ENCODINGS: Final = {
    "ascii": "ascii", "us-ascii": "ascii",
    "utf-8": "utf-8", "utf8": "utf-8",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "utf-32le": "utf-32-le", "utf-32be": "utf-32-be",
    "iso-8859-1": "latin-1", "iso8859-1": "latin-1", "latin-1": "latin-1",
    "ibm437": "cp437", "cp437": "cp437", "ibm866": "cp866", "cp866": "cp866",
    "shift_jis": "shift_jis", "sjis": "shift_jis", "big5": "big5", "euc-jp": "euc_jp",
    "euc-kr": "euc_kr", "gb2312": "gb2312", "gbk": "gbk",
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"cp{n}": f"cp{n}" for n in range(1250, 1259)},
    "koi8-r": "koi8-r", "koi8-u": "koi8-u",
}  # fmt: skip
CODECS: Final = frozenset(ENCODINGS.values())


def codec_of(name: str) -> str | None:
    """Return the codec of the encoding `name`; None when it is not supported."""
    return _BY_SIGNS.get(_signs(name))


def _signs(name: str) -> str:
    """Return the letters and digits: `UTF_16-LE`, `utf16le` and `UTF-16LE` are one encoding."""
    return "".join(sign for sign in name.lower() if sign not in "-_ ")


_BY_SIGNS: Final = {
    **{_signs(name): codec for name, codec in ENCODINGS.items()},
    **{
        f"latin{part}": f"iso8859-{n}"
        for part, n in zip(range(2, 7), (2, 3, 4, 9, 10), strict=True)
    },
    **{f"ibm{n}": f"cp{n}" for n in (437, 866)},
}

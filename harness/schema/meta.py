"""`meta:` of a type: what it sets for itself and the types in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from harness.findings.model import Severity
from harness.schema.encodings import codec_of
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar

META_KEYS: Final = frozenset(
    {
        "id", "title", "application", "file-extension", "xref", "license", "ks-version", "ks-debug",
        "ks-opaque-types", "ks-zero-copy-substream", "imports", "encoding", "endian", "bit-endian",
        "tags",
    }
)  # fmt: skip
_NUMBER: Final = "(0|[1-9][0-9]{0,8})"
_VERSION: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}(?:\.{_NUMBER})?")
_OLDEST: Final = (0, 6)
_NEWEST: Final = (0, 11)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a type inherits from the types around it."""

    endian: Literal["", "le", "be", "inherited"] = ""
    bit_endian: Literal["le", "be"] = "be"
    encoding: str = ""


def meta_of(keys: Keys, outer: Meta) -> Meta:
    """Return what holds in a type, given what holds around it."""
    meta = keys.mapping("meta")
    if meta is None:
        return outer
    meta.allow(META_KEYS, "`meta`")
    _check_version(meta)
    if meta.flag("ks-opaque-types", default=False):
        place = meta.place("ks-opaque-types")
        meta.problems.add("Q907", place, "opaque types are not supported")
    endian = outer.endian
    if isinstance(meta.get("endian"), Mapping):
        endian = "inherited"
    elif "endian" in meta:
        endian = meta.choice("endian", ("le", "be"), "le")  # type: ignore[assignment]
    bit_endian = meta.choice("bit-endian", ("le", "be"), outer.bit_endian)
    return replace(
        outer,
        endian=endian,
        bit_endian=bit_endian,  # type: ignore[arg-type]  # one of the two
        encoding=_encoding(meta) or outer.encoding,
    )


def _encoding(meta: Keys) -> str:
    name = meta.text("encoding")
    if name and codec_of(name) is None:
        report_encoding(name, meta)
    return name


def report_encoding(name: str, keys: Keys) -> None:
    """Report an encoding that is not supported; Kaitai finds out when it decodes."""
    severity = Severity.NOTE if keys.problems.is_lenient else None
    message = f"the encoding `{name[:80]}` is not supported"
    keys.problems.add("Q907", keys.place("encoding"), message, severity=severity)


def _check_version(meta: Keys) -> None:
    """`ks-version` is the oldest compiler that understands the schema."""
    node = meta.get("ks-version")
    if not isinstance(node, Scalar):
        return
    # as a number 0.10 is 0.1, to Kaitai as well
    text = str(node.value) if isinstance(node.value, float) else node.text
    match = _VERSION.fullmatch(text)
    if match is None:
        meta.wrong("ks-version", "a version, such as `0.11`")
        return
    version = tuple(int(part) for part in match.groups() if part is not None)
    if version[:2] < _OLDEST:
        meta.wrong("ks-version", "0.6 or later; 0.10 is written in quotes")
    elif version[:2] > _NEWEST:
        message = f"the schema needs Kaitai Struct {text}, this is the language of 0.11"
        meta.problems.add("Q907", meta.place("ks-version"), message)

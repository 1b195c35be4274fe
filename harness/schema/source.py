"""YAML 1.2 text to nodes that know their line and column; bounded, and without tags or code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from harness.findings.model import Place

MAX_BYTES: Final = 1 << 20
MAX_NODES: Final = 200_000

_INTEGER: Final = re.compile(r"[-+]?(0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar: its value, its text as written, and where the text starts."""

    value: Plain
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Source, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in its written order; `keys` holds the place of each key."""

    entries: dict[str, Source]
    keys: dict[str, Place]
    place: Place


Source = Scalar | Sequence | Mapping


class YamlNode(Protocol):
    """What ruamel's composer gives; its own classes leave these attributes untyped."""

    id: str
    value: Any
    style: str | None
    start_mark: Any


class SourceError(Exception):
    """The text is not YAML that a schema may use."""

    def __init__(self, code: str, message: str, place: Place) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


def parse(text: bytes, file: str) -> Source:
    """Return the nodes of the YAML document `text`.

    Args:
        text: the bytes of the file, at most `MAX_BYTES`.
        file: what to call it in places.

    Raises:
        SourceError: not UTF-8, not YAML, more than one document, too large, or a duplicate key.
    """
    start = Place(file, 1, 1)
    if len(text) > MAX_BYTES:
        raise SourceError("Q910", f"a schema file has at most {MAX_BYTES} bytes", start)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise SourceError("Q901", "the file is not UTF-8", Place(file, line, 1)) from None
    return _Converter(file).convert(_compose(decoded, file))


def _compose(text: str, file: str) -> YamlNode:
    """Run ruamel's YAML 1.2 composer, which constructs no objects."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # legal in YAML 1.2; the last one counts
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        raise SourceError("Q901", str(error.problem or error.context), place) from None
    except YAMLError as error:
        raise SourceError("Q901", str(error).splitlines()[0], Place(file, 1, 1)) from None
    except (ValueError, AssertionError, IndexError) as error:
        # the scanner's own slips on malformed directives and escapes
        raise SourceError("Q901", f"not YAML: {error}", Place(file, 1, 1)) from None
    except RecursionError:
        raise SourceError("Q910", "the document nests too deep", Place(file, 1, 1)) from None
    if node is None:
        raise SourceError("Q901", "the file is empty", Place(file, 1, 1))
    return cast("YamlNode", node)


class _Converter:
    """YAML nodes to ours, counting them so that aliases cannot multiply without bound."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = MAX_NODES

    def convert(self, node: YamlNode, depth: int = 0) -> Source:
        """Convert `node` and all below it."""
        place = Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
        self._left -= 1
        if self._left < 0 or depth > 100:
            raise SourceError("Q910", "the document is too large or nests too deep", place)
        match node.id:
            case "scalar":
                return _scalar(node, place)
            case "sequence":
                return Sequence(tuple(self.convert(item, depth + 1) for item in node.value), place)
            case _:
                return self._mapping(node, place, depth)

    def _mapping(self, node: YamlNode, place: Place, depth: int) -> Mapping:
        entries: dict[str, Source] = {}
        keys: dict[str, Place] = {}
        for key_node, value_node in node.value:
            key = self.convert(key_node, depth + 1)
            if not isinstance(key, Scalar):
                raise SourceError("Q903", "a key must be a plain value", key.place)
            if key.text in entries:
                raise SourceError("Q909", f"the key `{key.text}` is given twice", key.place)
            keys[key.text] = key.place
            entries[key.text] = self.convert(value_node, depth + 1)
        return Mapping(entries, keys, place)


def _scalar(node: YamlNode, place: Place) -> Scalar:
    """Resolve a scalar by the YAML 1.2 core schema, with `_` allowed between digits."""
    text = str(node.value)
    if _SURROGATE.search(text):
        raise SourceError("Q901", "half of a surrogate pair is no character", place)
    if node.style in ("'", '"'):
        return Scalar(text, text, Place(place.file, place.line, place.column + 1))
    if node.style in ("|", ">"):
        return Scalar(text, text, Place(place.file, place.line + 1, _indentation(node) + 1))
    return Scalar(_resolve(text), text, place)


def _indentation(node: YamlNode) -> int:
    """Return how far the text of a block scalar is indented on its first line."""
    buffer, pointer = node.start_mark.buffer or "", node.start_mark.pointer
    start = buffer.find("\n", pointer) + 1
    end = start
    while start and buffer[end : end + 1] == " ":
        end += 1
    return end - start


def _resolve(text: str) -> Plain:
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.fullmatch(text) and len(text) <= 70:
        return _integer(text)
    try:
        return float(text) if re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?", text) else text
    except ValueError:
        return text


def _integer(text: str) -> int | str:
    digits = text.replace("_", "").lower()
    sign, body = (digits[0], digits[1:]) if digits[0] in "+-" else ("", digits)
    base = {"0x": 16, "0o": 8, "0b": 2}.get(body[:2], 10)
    number = body[2:] if base != 10 else body
    return int(sign + number, base) if number else text

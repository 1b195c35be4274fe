"""What of a schema the native engine does not read; such a schema is left to the reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from harness.findings.model import Place
from harness.native.compile.encodings import ENCODINGS
from harness.schema.encodings import codec_of
from harness.schema.expression import typed
from harness.schema.expression.walk import nodes_of
from harness.schema.ir import Process, Schema, TextData
from harness.schema.lowered import Lowered

MAX_COMPANIONS: Final = 8  # `companions` in runtime/engine/types.h
MAX_PARTS: Final = 1_000  # of one expression: each may take room on the stack


def unsupported(schema: Schema, overlays: Sequence[Lowered] = ()) -> list[tuple[str, Place]]:
    """Return what does not compile, in words, with the place of what it stands in.

    Args:
        schema: the schema.
        overlays: contracts, resolved against it.
    """
    whole = (*schema.types.values(), *overlays)
    found = dict.fromkeys(_within(whole, schema.root.place))
    if len(schema.companions) > MAX_COMPANIONS:
        found[f"more than {MAX_COMPANIONS} companions", schema.root.place] = None
    return list(found)


def _within(whole: object, above: Place) -> Iterator[tuple[str, Place]]:
    """Yield what does not compile in any part of the IR, each with the nearest place around it."""
    waiting = [(whole, above)]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, msgspec.Struct):
            words = _words(node)
            if words:
                yield words, place
            within = getattr(node, "place", place)
            fields = (getattr(node, name) for name in reversed(node.__struct_fields__))
            waiting += [(field, within) for field in fields]
        elif isinstance(node, tuple | list):
            waiting += [(item, place) for item in reversed(node)]


def _words(node: msgspec.Struct) -> str:
    match node:
        case typed.Expression(tree=tree) if sum(1 for _ in nodes_of(tree)) > MAX_PARTS:
            return f"an expression of more than {MAX_PARTS:,} parts"
        case Process(name="zlib"):
            return "`process: zlib`"
        case TextData(encoding=encoding) if encoding not in ENCODINGS:
            return f"the encoding `{encoding}`"
        case typed.Method(name="to_s", arguments=(named,)):
            return _decoding(named)
    return ""


def _decoding(named: typed.Expr) -> str:
    """Return why bytes cannot be decoded with an encoding; empty where they can."""
    if not isinstance(named, typed.Constant):
        return "`to_s` with an encoding that only reading tells"
    codec = codec_of(str(named.value))
    return f"the encoding `{codec}`" if codec is not None and codec not in ENCODINGS else ""

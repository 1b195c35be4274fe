"""The one place where the benchmarks meet the native engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.validate import dense, variants
from harness.findings.model import Severity
from harness.native.compile.source import generate
from harness.native.engine import Engine
from harness.native.libraries import Libraries
from harness.native.spans import SpanTable
from harness.schema import Schema, load
from tools.kaitai import agree

Check = Callable[[bytes], bool]

# where a schema is, is part of its name in the cache of compiled ones
FOLDER: Final = agree.GENERATED.with_name("validate")
_KEPT: Final = 10  # findings of a content


def engine_of(schema: Schema, environment: Mapping[str, str]) -> Engine:
    """Compile a schema, or find it compiled, and load it.

    Raises:
        toolchain.ToolMissingError: there is no C compiler.
        toolchain.BuildError: it refuses what is generated.
    """
    libraries = Libraries(environment, generate)
    libraries.build(schema, ())
    return loaded(libraries, schema)


def loaded(libraries: Libraries, schema: Schema) -> Engine:
    """Load a schema that is compiled.

    Raises:
        LookupError: it is not.
    """
    with libraries.found(schema, ()) as library:
        if library is None:
            raise LookupError(f"`{schema.id}` is not compiled")
        return Engine(library)


def native_engine(
    environment: Mapping[str, str], *, with_sum: bool, with_spans: bool = False
) -> Check:
    """Return what validates channel files natively.

    Args:
        environment: of the compiler.
        with_sum: whether the checksum is checked too.
        with_spans: whether the bytes of every value are written down.

    Raises:
        toolchain.ToolMissingError: there is no C compiler.
        toolchain.BuildError: it refuses what is generated.
        ValueError: the definitions cannot be read.
    """
    engine = engine_of(load(variants.channel_schema(FOLDER, with_sum=with_sum)), environment)
    refused = engine.give_companion(dense.definitions(), "definitions", "definitions:")
    if refused:
        raise ValueError(refused)

    spans = SpanTable() if with_spans else None

    def is_valid(data: bytes) -> bool:
        found = engine.check(data, "content", _KEPT, spans=spans).findings
        return all(finding.severity is not Severity.ERROR for finding in found)

    return is_valid

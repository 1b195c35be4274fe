"""A schema compiled for tests: without warnings, and asked the same as the reader."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.findings.model import Finding
from harness.native import compiler
from harness.native.compile.source import generate
from harness.native.engine import Engine
from harness.native.libraries import Library
from harness.reading import Reader
from harness.reading.reader import lowered_for
from harness.schema import Schema
from harness.schema.overlay import Overlay

_STRICT: Final = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror")
# memory that is not in use holds nothing that could be right; what is undefined ends the process
_TRAPS: Final = ("-DHV_POISON", "-fsanitize=undefined", "-fsanitize-undefined-trap-on-error")
_SHARED: Final = ("-O1", "-fPIC", "-shared", *_TRAPS)
MAX_FINDINGS: Final = 100_000


def compiled(schema: Schema, folder: Path, overlays: Sequence[Overlay] = ()) -> Engine:
    """Return the native engine of a schema; no compiler warning is taken."""
    made = generate(schema, [lowered_for(schema, overlay) for overlay in overlays])
    source, library, legend = (folder / f"{schema.id}{end}" for end in (".c", ".so", ".json"))
    source.write_text(made.source)
    legend.write_bytes(msgspec.json.encode(made.legend))
    tool = compiler.find(os.environ)
    assert tool is not None, "these tests need a C compiler"
    words = [*tool.words, *_STRICT, *_SHARED, "-o", str(library), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return Engine(Library(library, legend))


class Both:
    """The reader and the native engine of one schema."""

    def __init__(self, schema: Schema, folder: Path) -> None:
        self._reader = Reader(schema)
        self.engine = compiled(schema, folder)

    def findings(self, data: bytes, max_findings: int = MAX_FINDINGS) -> tuple[Finding, ...]:
        """Return what both find in a content, which must be the same in each part."""
        wanted = self._reader.read(data, file="content", max_findings=max_findings)
        found = self.engine.check(data, "content", max_findings)
        assert not found.refusal
        assert found.findings == wanted.findings, data.hex()
        assert dict(found.dropped) == dict(wanted.dropped), data.hex()
        assert found.is_complete == wanted.is_complete, data.hex()
        return found.findings

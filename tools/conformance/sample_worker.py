"""One file read by Kaitai's generated parser and by ours, in a process of its own.

usage: python -m tools.conformance.sample_worker GENERATED SCHEMA IMPORT_PATH FILE; one JSON line.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from kaitaistruct import KaitaiStream

from harness.findings.model import Finding
from harness.reading import Reading, read
from harness.schema import load
from tools.kaitai.compare import Comparison, bounded, compare, errors
from tools.kaitai.exceptions import agree
from tools.kaitai.generated import parser_in

MEMORY_BYTES: Final = 4 << 30
# Generated parsers call themselves, and Python's own limit is too low for some real files.
CALLS: Final = 5_000


def main() -> int:
    """Compare the file that the arguments name."""
    generated, schema, imports, file = (Path(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    data = file.read_bytes()
    ir = load(schema, import_paths=[imports], lenient=True)
    ours = read(ir, data, file=str(file), lenient=True)
    found = both(parser_in(generated, schema.stem), data, ours)
    print(json.dumps(asdict(found)))
    return 0


def both(parser: Callable[[KaitaiStream], object], data: bytes, ours: Reading) -> Comparison:
    """Read `data` with the generated class too, and compare."""
    found = errors(ours.findings)
    sys.setrecursionlimit(CALLS)
    try:
        with bounded():
            theirs = parser(KaitaiStream(io.BytesIO(data)))
    except Exception as error:  # noqa: BLE001  # generated code raises what it likes
        return _rejected(error, found)
    if found:
        return Comparison(differences=[f"Kaitai accepts it, we have {_words(found)}"])
    return compare(theirs, ours)


def _rejected(error: Exception, found: Sequence[Finding]) -> Comparison:
    if found and agree(error, found):
        return Comparison(rejections=1)
    said = f"{type(error).__name__} ({str(error)[:80]})"
    return Comparison(differences=[f"Kaitai raises {said}, we have {_words(found)}"])


def _words(findings: Sequence[Finding]) -> str:
    words = [f"{one.code} {one.path} {one.expected}/{one.actual}" for one in findings]
    return ", ".join(words[:3]) or "no finding"


if __name__ == "__main__":
    sys.exit(main())

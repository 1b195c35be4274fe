"""Q95x: what the native engine does not read, so that the reference reader has to."""

from __future__ import annotations

from harness.findings.example import CommandExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_BOX = "meta: {id: box, endian: le}\nseq:\n  - {id: size, type: u1}\n"
_PACKED = "meta: {id: packed}\nseq:\n  - {id: body, size-eos: true, process: zlib}\n"

RULES = (
    Rule(
        code="Q950",
        name="reference-only",
        severity=Severity.NOTE,
        message="{actual} is not compiled to machine code: the reference reader reads this format",
        help="nothing is wrong; `--engine reference` says that slower reading is meant",
        checks=(
            "Every construct of the schema can be compiled for the native engine. Data packed by "
            "zlib and text in encodings other than ASCII, ISO-8859-1, UTF-8, UTF-16 and UTF-32 "
            "cannot."
        ),
        why=(
            "Both engines find the same, but the native one is hundreds of times faster. Whoever "
            "waits for it should be told why it is not there."
        ),
        fix="Use the reference reader, or describe the format without the construct.",
        example=CommandExample(
            passes="schema compile box.ksy",
            breaks="schema compile packed.ksy",
            files={"box.ksy": _BOX, "packed.ksy": _PACKED},
        ),
    ),
)

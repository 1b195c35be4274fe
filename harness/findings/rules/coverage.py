"""V8xx: what a set of contents leaves unused of what its schema offers."""

from __future__ import annotations

from harness.findings.example import CommandExample
from harness.findings.model import Severity
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CROWDSTRIKE_2024

_FIELDS = (
    "meta: {id: fields}\n"
    "doc-ref: Fields 1.0\n"
    "seq:\n"
    "  - {id: version, type: u1, enum: version}\n"
    "  - {id: kinds, type: u1, enum: kind, repeat: eos, valid: {in-enum: true}}\n"
    "enums:\n"
    "  version: {0x61: old, 0x62: new}\n"
    "  kind: {0x30: any, 0x31: text, 0x32: pattern}\n"
    "-coverage:\n"
    "  - {id: field-by-kind, each: kinds, rows: 2, row: _index, column: _, inert: [any]}\n"
)
_VERSIONS = _FIELDS.replace("each: kinds", "per: version, each: kinds")
_FILES = {
    "fields.ksy": _FIELDS,
    "texts": "a11",
    "patterns": "a22",
    "mixed": "a12",
    "short": "a2",
    "wide": "a1",
    "inert": "a20",
    "inert-too": "a10",
    "wrong": "a1x",
}
_RUN = "coverage --schema fields.ksy "

RULES = (
    Rule(
        code="V801",
        name="uncovered-cell",
        severity=Severity.NOTE,
        message="{actual}",
        help="write content that uses it, or rule it out with `when` in the `-coverage` entry",
        checks=(
            "Every cell of a `-coverage` matrix is used by valid content, inert columns and cells "
            "that `when` rules out excepted. Raised only with `--missing` or `--fail-on note`; "
            "rows that have a finding as a whole (V802, V803) have none for each cell."
        ),
        why=(
            "A combination that no test content has is code that no test has run. A cell that only "
            "invalid content uses is no better: consumers reject the file before they come to it."
        ),
        fix=(
            "Add content with that cell to the corpus and run the consumers over it. If the "
            "combination makes no sense, say so in the schema."
        ),
        example=CommandExample(
            passes=_RUN + "texts patterns --missing",
            breaks=_RUN + "texts mixed --missing",
            files=_FILES,
        ),
    ),
    Rule(
        code="V802",
        name="inert-only-row",
        severity=Severity.WARNING,
        message="{actual}",
        help="write content that uses the row with a member that is not inert",
        checks=(
            "Each row of a `-coverage` matrix that valid content uses is used at least once with a "
            "column that is not inert. Inert columns are those that exercise nothing: a wildcard, "
            "a default."
        ),
        why=(
            "Until 2024-07-19 every channel file had a wildcard in its 21st field, in the tests "
            "and in production. A wildcard is not compared with anything, so nothing had ever read "
            "the 21st input, which was not there. One line of a matrix would have said so: field "
            "20, counted from 0: only wildcard."
        ),
        fix=(
            "Before a new member is released for that row, test it: write content with it, and run "
            "every supported consumer over an event that reaches it."
        ),
        example=CommandExample(
            passes=_RUN + "texts patterns",
            breaks=_RUN + "inert inert-too",
            files=_FILES,
        ),
        sources=(CROWDSTRIKE_2024,),
    ),
    Rule(
        code="V803",
        name="uncovered-row",
        severity=Severity.WARNING,
        message="{actual}",
        help="write content that uses the row, or accept that it is retired",
        checks=(
            "Valid content uses each row of a `-coverage` matrix. How many rows there are, the "
            "`rows` expression says, not the content: a field that nobody uses still has its row."
        ),
        why=(
            "A field that is defined and never used is tested by nobody, and looks like all the "
            "others to whoever writes the next content."
        ),
        fix="Add content that uses the row to the corpus, or take the row out of the definition.",
        example=CommandExample(
            passes=_RUN + "texts patterns",
            breaks=_RUN + "short wide",
            files=_FILES,
        ),
    ),
    Rule(
        code="V804",
        name="uncovered-plane",
        severity=Severity.WARNING,
        message="{actual}",
        help="write content that has it, or take it out of the definition",
        checks=(
            "Valid content has every value of `per` that is known: the members of its enum, or the "
            "items of the table that it refers to. Each value is a plane of the matrix, with rows "
            "and columns of its own."
        ),
        why=(
            "What one template's fields went through proves nothing about another's. A template "
            "without content has no row that could look bad, so it is named as a whole."
        ),
        fix="Add content for it to the corpus, or take it out of the definitions.",
        example=CommandExample(
            passes=_RUN + "texts patterns others more",
            breaks=_RUN + "texts patterns",
            files={**_FILES, "fields.ksy": _VERSIONS, "others": "b11", "more": "b22"},
        ),
    ),
    Rule(
        code="V805",
        name="low-coverage",
        message="{actual}, {expected} wanted",
        help="`--missing` lists the cells that are not used",
        checks=(
            "Of the cells of each matrix, valid content uses at least the share that "
            "`--fail-under` asks for. Inert cells and those that `when` rules out do not count. "
            "With `--domains` the points of the automatic domains are held to the same share, all "
            "together."
        ),
        why=(
            "A threshold keeps what has been reached: when a format gains a field, the corpus has "
            "to grow with it."
        ),
        fix="Add content for the missing cells, or lower the threshold and know why.",
        example=CommandExample(
            passes=_RUN + "texts mixed --fail-under 75",
            breaks=_RUN + "texts mixed --fail-under 76",
            files=_FILES,
        ),
    ),
    Rule(
        code="V806",
        name="uncounted-content",
        message="is invalid and counts for nothing ({actual})",
        help="`harness validate` says what is wrong; leave the file out, or mend it",
        checks=(
            "Every content that coverage is measured over is valid. What invalid content uses is "
            "kept apart and fills no cell."
        ),
        why=(
            "Consumers reject an invalid file, so what comes after the fault in it is never looked "
            "at. A corpus that a change of schema or companion made invalid measures nothing, and "
            "must not look like one that covers little."
        ),
        fix=(
            "Name only valid content. If all of a corpus is invalid, look at the companions first: "
            "content is valid only together with the definitions it was written for."
        ),
        example=CommandExample(
            passes=_RUN + "texts patterns",
            breaks=_RUN + "texts patterns wrong",
            files=_FILES,
        ),
    ),
)

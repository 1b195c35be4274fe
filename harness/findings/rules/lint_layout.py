"""Q93x: what the layout of a schema makes impossible, or leaves without an end."""

from __future__ import annotations

from harness.findings.example import SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_TOP = "meta: {id: example, endian: le, encoding: ASCII}\ndoc-ref: Example format 1.0\n"

RULES = (
    Rule(
        code="Q930",
        name="unreachable-field",
        severity=Severity.WARNING,
        message="{actual}",
        help="give what stands before it a size, or move the field",
        checks=(
            "No field that takes bytes follows one that takes all there are in the same stream: "
            "`size-eos`, `repeat: eos`, `repeat-until: _io.eof`, or a type that ends so."
        ),
        why=(
            "There is no content that such a schema accepts: each is truncated at that field. "
            "RecordFlux proves the same of each message before it makes a parser of it."
        ),
        fix="Write the size of the field before it; a checksum at the end is not part of the rest.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: end, type: u1}\n  - {id: body, size-eos: true}\n",
            breaks=_TOP + "seq:\n  - {id: body, size-eos: true}\n  - {id: end, type: u1}\n",
        ),
        sources=("https://github.com/AdaCore/RecordFlux",),
    ),
    Rule(
        code="Q931",
        name="unreachable-case",
        severity=Severity.WARNING,
        message="{actual}",
        help="correct the value of the case, or remove it",
        checks=(
            "Every case of a switch can match: its value is one that `switch-on` can have, in "
            "content that keeps to `valid` and `enum`, and stands in no case before it. Something "
            "is left for `_`; where every member of an enum has its case, nothing is."
        ),
        why=(
            "The first case that matches wins, so what stands in a second one is never read, and "
            "a case that cannot match is mostly a wrong number. A `_` behind all members of an "
            "enum seems to provide for new ones, which are refused before it comes to that."
        ),
        fix=(
            "Correct the number. To take unknown members, write `-unknown: allow` at the field "
            "with the `enum`."
        ),
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: k, type: u1}\n"
                "  - id: x\n    type: {switch-on: k, cases: {1: u1, 0xff: u2}}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: k, type: u1}\n"
                "  - id: x\n    type: {switch-on: k, cases: {1: u1, 0x1ff: u2}}\n"
            ),
        ),
    ),
    Rule(
        code="Q932",
        name="loop-without-progress",
        severity=Severity.WARNING,
        message="{actual}",
        help="let every element take at least one byte, or count the elements",
        checks=(
            "Each element of a `repeat: eos` or `repeat: until` takes a byte where there is one. "
            "A loop whose condition looks at `_index` is not asked."
        ),
        why=(
            "A parser that reads an empty element until the end of the file never gets there: "
            "nine bytes made one that was generated from a public schema take all memory. Our "
            "reader stops (S113), others of the format may not."
        ),
        fix="Bound the size below with `valid: {min: 1}`, or use `repeat: expr`.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: boxes, type: box, repeat: eos}\n"
                "types:\n  box: {seq: [{id: n, type: u1}, {id: body, size: n}]}\n"
            ),
            breaks=(
                _TOP + "params: [{id: n, type: u1}]\nseq:\n"
                "  - {id: boxes, type: box, repeat: eos}\n"
                "types:\n  box: {seq: [{id: body, size: _root.n}]}\n"
            ),
        ),
        sources=("https://github.com/kaitai-io/kaitai_struct_formats/issues/773",),
    ),
    Rule(
        code="Q933",
        name="bottomless-type",
        severity=Severity.WARNING,
        message="{actual}",
        help="let the inner one be absent: by `if`, by a count, or by a case of a switch",
        checks=(
            "A type that holds its own type, be it by way of others, can also end: somewhere on "
            "the way is a condition, a count that may be zero, or another case."
        ),
        why=(
            "There is no finite content of such a type. A parser made from it calls itself until "
            "its stack is full, whatever the file."
        ),
        fix="Say under which condition there is another one.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: top, type: node}\ntypes:\n  node:\n    seq:\n"
                "      - {id: has_more, type: u1}\n"
                "      - {id: more, type: node, if: has_more == 1}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: has_top, type: u1}\n"
                "  - {id: top, type: node, if: has_top == 1}\ntypes:\n  node:\n    seq:\n"
                "      - {id: value, type: u1}\n      - {id: more, type: node}\n"
            ),
        ),
    ),
    Rule(
        code="Q934",
        name="ill-fitting-region",
        severity=Severity.WARNING,
        message="{actual}",
        help="correct the size, or the fields of the type",
        checks=(
            "A type that is read in a region of its own (`size`) fits: the region is never smaller "
            "than the least that the type takes, nor larger than the most, unless its `-layout` "
            "allows trailing bytes."
        ),
        why=(
            "Either no content is accepted, or each leaves bytes unread. A field that was added "
            "to a type without correcting its size is found here, before the first file."
        ),
        fix="Count the bytes again; `sizeof<type>` is the size of a type that never varies.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: x, type: box, size: 3}\n"
                "types:\n  box: {seq: [{id: a, type: u1}, {id: b, type: u2}]}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: x, type: box, size: 2}\n"
                "types:\n  box: {seq: [{id: a, type: u1}, {id: b, type: u2}]}\n"
            ),
        ),
        sources=("https://github.com/AdaCore/RecordFlux",),
    ),
    Rule(
        code="Q935",
        name="unbounded-count",
        severity=Severity.WARNING,
        message="{actual}",
        help="bound the count by `valid: {max: …}`, or set `-limits: {items: …}`",
        checks=(
            "A list whose elements may take no bytes has a count that is bounded: by its type, by "
            "`valid`, or by `-limits` of a type around it."
        ),
        why=(
            "The bytes of the file pay for most lists: a list that is too long is cut off by the "
            "end. Nothing pays for empty elements, so four bytes can ask for four thousand "
            "million of them, and a consumer that allocates before it reads obeys."
        ),
        fix="Look the largest count up in the specification, or let elements take a byte.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: n, type: u2}\n"
                "  - {id: xs, type: box, repeat: expr, repeat-expr: n}\n"
                "types:\n  box: {seq: [{size: _root.n}]}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: n, type: u2}\n"
                "  - {id: xs, type: box, repeat: expr, repeat-expr: n * n}\n"
                "types:\n  box: {seq: [{size: _root.n}]}\n"
            ),
        ),
    ),
    Rule(
        code="Q936",
        name="unlimited-size",
        severity=Severity.NOTE,
        message="{actual}",
        help="set `-limits` at the top, or bound the field by `valid: {max: …}`",
        checks=(
            "Every size and count of 32 bits or more is bounded: by `valid`, by a condition, or by "
            "`-limits` of a type around it. The first that is not is told, with the number of "
            "others."
        ),
        why=(
            "What the schema does not bound, each consumer bounds by itself, and mostly by the "
            "memory it has. A limit in the schema is one that all of them can be built for, and "
            "that a release can be held against."
        ),
        fix="Write the largest file or list that consumers take: `-limits: {items: …, bytes: …}`.",
        example=SchemaExample(
            passes=(
                _TOP + "-limits: {bytes: 65536}\nseq:\n"
                "  - {id: n, type: u4}\n  - {id: x, size: n}\n"
            ),
            breaks=_TOP + "seq:\n  - {id: n, type: u4}\n  - {id: x, size: n}\n",
        ),
    ),
)

"""S109 to S118: bytes that no field reads or that two read, and layouts that lead nowhere."""

from __future__ import annotations

from harness.findings.example import ContentExample
from harness.findings.rule import Rule
from harness.findings.rules.incidents import GOOGLE_2025

RULES = (
    Rule(
        code="S109",
        name="trailing-bytes",
        message="{actual} after the end of the content",
        help="remove the bytes, or allow them with `-layout: {trailing: allow}`",
        checks=(
            "The fields of the schema reach the end of the file. `-layout: {trailing: zero}` at "
            "the top permits zeros behind them, `allow` anything. Nothing is said of a file "
            "whose reading broke off."
        ),
        why=(
            "Bytes behind the end are two files run together, a count that is too small, or data "
            "put there for another reader. A consumer that takes the rest of the file for more "
            "records will read them; one that does not hides them."
        ),
        fix="Remove the bytes, or correct the count or size that leaves them out.",
        example=ContentExample(
            schema="meta: {id: pair}\nseq:\n  - {id: left, type: u1}\n  - {id: right, type: u1}\n",
            passes="01 02",
            breaks="01 02 03",
        ),
    ),
    Rule(
        code="S110",
        name="unread-bytes",
        message="{actual} left over at the end of this region",
        help="shorten the region to what it holds, or describe the bytes in the schema",
        checks=(
            "The structure in a sized region, or in unpacked data, reads it to the end. "
            "`-layout: {trailing: zero}` on its type permits zeros there, `allow` anything."
        ),
        why=(
            "A size that is larger than what it measures is wrong, or the region holds something "
            "that this schema does not know. A consumer that goes by the structure and one that "
            "goes by the size then find the next record at different places."
        ),
        fix="Write the size of what the region holds, or describe the rest of it in the schema.",
        example=ContentExample(
            schema=(
                "meta: {id: boxed}\n"
                "seq:\n"
                "  - {id: length, type: u1}\n"
                "  - {id: point, type: point, size: length}\n"
                "types:\n"
                "  point: {seq: [{id: x, type: u1}, {id: y, type: u1}]}\n"
            ),
            passes="02 0a 0b",
            breaks="03 0a 0b 0c",
        ),
    ),
    Rule(
        code="S111",
        name="unread-gap",
        message="a gap of {actual} that no field reads",
        help="close the gap, or describe the bytes in the schema",
        checks=(
            "Between the first and the last byte that is read in a stream there is none that no "
            "field reads. `-layout: {gaps: zero}` on the type permits zeros, `allow` anything."
        ),
        why=(
            "Where fields are reached by offset, a wrong offset leaves a gap before the place it "
            "should have pointed to. A gap is also room in which something can be carried past "
            "every check."
        ),
        fix="Correct the offset, close the gap, or give the bytes a field.",
        example=ContentExample(
            schema=(
                "meta: {id: located}\n"
                "seq:\n"
                "  - {id: text_at, type: u1}\n"
                "instances:\n"
                "  text: {pos: text_at, size-eos: true}\n"
            ),
            passes="01 61 62",
            breaks="02 61 62",
        ),
    ),
    Rule(
        code="S112",
        name="overlapping-reads",
        message="{actual} already read as {expected}",
        help="move one of the two, or mark the attribute `-overlap: allow`",
        checks=(
            "No byte is read as part of two different things. The same type at the same position "
            "counts as one thing, shared. The finding stands at the later of the two, unless "
            "that attribute has `-overlap: allow`, or its type `-layout: {overlap: allow}`."
        ),
        why=(
            "Bytes with two meanings are nearly always an offset that points into something "
            "else. Even where both readings are well formed, a change to the one changes the "
            "other, and a repaired checksum hides it."
        ),
        fix="Correct the offset. If sharing is part of the format, say so with `-overlap: allow`.",
        example=ContentExample(
            schema=(
                "meta: {id: located}\n"
                "seq:\n"
                "  - {id: left_at, type: u1}\n"
                "  - {id: right_at, type: u1}\n"
                "instances:\n"
                "  left: {pos: left_at, size: 2}\n"
                "  right: {pos: right_at, size: 2}\n"
            ),
            passes="02 04 61 62 63 64",
            breaks="02 03 61 62 63",
        ),
    ),
    Rule(
        code="S113",
        name="endless-loop",
        message="an item takes no bytes, so the repetition would never end",
        help="make each item take at least one byte, or bound the repetition by a count",
        checks=(
            "Each turn of a repetition without a count takes at least one bit. One that takes "
            "nothing and does not end the repetition would be followed by the same for ever."
        ),
        why=(
            "A single zero, as the width of an item, keeps a trusting parser in its loop until "
            "something from outside ends it, and each turn may take memory for one more item."
        ),
        fix="Correct the size that came to zero, or let the format count its items.",
        example=ContentExample(
            schema=(
                "meta: {id: cells}\n"
                "seq:\n"
                "  - {id: width, type: u1}\n"
                "  - {id: cells, size: width, repeat: eos}\n"
            ),
            passes="02 61 62 63 64",
            breaks="00 61 62 63 64",
        ),
    ),
    Rule(
        code="S114",
        name="cyclic-read",
        message="reading this needs its own value first",
        help="break the cycle of offsets or expressions",
        checks=(
            "No value needs itself, and no structure that is read at a position stands inside "
            "itself: following positions from one to the next does not lead back to it."
        ),
        why=(
            "References that lead back to where they started send a recursive consumer down its "
            "stack until that overflows, and an iterative one round for ever. Such content is "
            "small, looks harmless, and passes every check that takes records one by one."
        ),
        fix="Follow the references from the record that is named, and break the ring.",
        example=ContentExample(
            schema=(
                "meta: {id: chain}\n"
                "seq:\n"
                "  - {id: first_at, type: u1}\n"
                "instances:\n"
                "  first: {pos: first_at, type: link}\n"
                "types:\n"
                "  link:\n"
                "    seq:\n"
                "      - {id: next_at, type: u1}\n"
                "    instances:\n"
                "      next: {pos: next_at, type: link, if: next_at != 0}\n"
            ),
            passes="01 02 00",
            breaks="01 02 01",
        ),
    ),
    Rule(
        code="S115",
        name="undecided-endianness",
        message="no byte order for {actual}",
        help="use a value the byte order switch knows",
        checks=(
            "Where a type takes its byte order from the content (`endian` with `switch-on`), the "
            "value there is one of its cases. Else nothing of the structure can be read."
        ),
        why=(
            "A consumer that falls back to the byte order of its own machine reads the same file "
            "differently on two machines: 1 becomes 16777216, as a count or as an offset."
        ),
        fix="Write one of the byte order marks that the format knows.",
        example=ContentExample(
            schema=(
                "meta: {id: marked}\n"
                "seq:\n"
                "  - {id: mark, type: u1}\n"
                "  - {id: body, type: body}\n"
                "types:\n"
                "  body:\n"
                "    meta: {endian: {switch-on: _root.mark, cases: {0x49: le, 0x4d: be}}}\n"
                "    seq:\n"
                "      - {id: number, type: u2}\n"
            ),
            passes="4d 00 01",
            breaks="4c 00 01",
        ),
    ),
    Rule(
        code="S116",
        name="missing-marker",
        message="the marker {expected} does not occur in the {actual} that were searched",
        help="write the marker before the data it announces",
        checks=(
            "The marker of a `-locate` instance occurs in its stream; with `within`, in that many "
            "last bytes of it."
        ),
        why=(
            "Metadata at the end of a file is found by searching for its marker. Without one, a "
            "consumer has found no metadata, or has found the same bytes inside something else."
        ),
        fix="Write the marker, or append the metadata that was left out.",
        example=ContentExample(
            schema=(
                "meta: {id: trailer}\n"
                "seq:\n"
                "  - {id: body, size: 2}\n"
                "  - {id: marker, size: 2}\n"
                "instances:\n"
                "  build:\n"
                "    type: u1\n"
                "    -locate: {marker: [0xab, 0xcd], occurrence: last}\n"
            ),
            passes="61 62 ab cd 07",
            breaks="61 62 ab ce 07",
        ),
    ),
    Rule(
        code="S117",
        name="absent-layout-value",
        message="`{actual}` is needed here and has no value",
        help="make the attribute present wherever the layout needs it",
        checks=(
            "What a size, a position, a count, a condition or a switch refers to has been read: "
            "it is not an attribute whose `if` was false, and no search that found nothing. "
            "`_start` and `_end` have no value in unpacked data. Checks, unlike layouts, are "
            "silent where a value is missing."
        ),
        why=(
            "On 2025-06-12 a policy with blank fields reached every region of Google Cloud "
            "within seconds; the code that read it followed a null pointer and crashed, again "
            "and again. A field that may be absent and is used as if it were there is that case."
        ),
        fix="Supply the optional field, or clear the flag that promises what depends on it.",
        example=ContentExample(
            schema=(
                "meta: {id: optional}\n"
                "seq:\n"
                "  - {id: has_length, type: u1}\n"
                "  - {id: length, type: u1, if: has_length == 1}\n"
                "  - {id: body, size: length}\n"
            ),
            passes="01 02 61 62",
            breaks="00 61 62",
        ),
        sources=(GOOGLE_2025,),
    ),
    Rule(
        code="S118",
        name="bad-packed-data",
        message="not valid {expected}: {actual}",
        help="pack the data again with the processor that the schema names",
        checks=(
            "Data with `process: zlib` unpacks to its end: the stream is whole, its checksum is "
            "right, and no byte is left behind it. The finding spans the packed bytes."
        ),
        why=(
            "Packed data hides its damage: one wrong byte can spoil everything after it, and what "
            "a consumer unpacked before it noticed may already be in use."
        ),
        fix="Pack the data again from its source, and compare the sizes before and after.",
        example=ContentExample(
            schema="meta: {id: packed}\nseq:\n  - {id: body, size-eos: true, process: zlib}\n",
            passes="78 9c 4b 4c 4a 06 00 02 4d 01 27",
            breaks="78 9c 4b 4c 4a 06 00 02 4d 01 28",
        ),
    ),
)

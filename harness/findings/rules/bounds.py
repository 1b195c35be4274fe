"""B2xx: values, positions and arithmetic outside what is allowed."""

from __future__ import annotations

from harness.findings.example import ContentExample
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CROWDSTRIKE_2024, GOOGLE_2025

RULES = (
    Rule(
        code="B201",
        name="value-out-of-range",
        message="expected {expected}, found {actual}",
        help="use a value inside the range",
        checks=(
            "A value with `valid: {min: …}` or `{max: …}` lies between the two, both included. "
            "The limits may depend on other fields; a limit that is unknown is not checked. "
            "A float that is no number (NaN) lies between none."
        ),
        why=(
            "On 2022-01-01 the scan engine of Exchange met an update with the number 2201010001. "
            "It kept such numbers in 32 bits with a sign, which end at 2147483647, did not load, "
            "and mail stood still. The number was in the file; its range was known to the engine."
        ),
        fix=(
            "Correct the value. If the limit is that of one consumer version, write it into the "
            "contract of that version instead of the schema."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: update, endian: le}\n"
                "seq:\n"
                "  - {id: number, type: u4, valid: {max: 2147483647}}\n"
            ),
            passes="f1 4a e7 7d",
            breaks="51 bf 30 83",
        ),
        sources=(
            "https://practical365.com/malware-snafu-exchange-server/",
            "https://www.ramanean.com/microsoft-exchange-y2k22-bug/",
        ),
    ),
    Rule(
        code="B202",
        name="unexpected-value",
        message="expected {expected}, found {actual}",
        help="use one of the values the schema allows",
        checks=(
            "A value with `valid` equals the one that is given, or one of `any-of`, or with "
            "`in-enum` is a member of its enum. The values may depend on other fields."
        ),
        why=(
            "A field that can only be 0 or 1 is tested with 0 and 1. What a consumer does with 2 "
            "depends on how its author wrote the comparison, and two consumers will differ."
        ),
        fix="Write one of the values that the format allows, or correct the schema.",
        example=ContentExample(
            schema="meta: {id: switch}\nseq:\n  - {id: is_on, type: u1, valid: {any-of: [0, 1]}}\n",
            passes="01",
            breaks="02",
        ),
    ),
    Rule(
        code="B203",
        name="index-out-of-range",
        message="index {actual} is outside a list of {expected}",
        help="use an index below the number of items",
        checks=(
            "Where a layout (a size, a position, a count, a switch) takes an element of a list or "
            "a part of a string, the index is one that it has. In a check such an index leaves "
            "the check undecided, and silent: give the index `valid` or `-refers-to` as well."
        ),
        why=(
            "On 2024-07-19 a sensor compared against the 21st of 20 input values and read past "
            "the end of its array. Compiled YARA rules could do the same with an index of a rule "
            "until 2026, when the interpreter learnt to check it."
        ),
        fix="Correct the index, or add the item that it means.",
        example=ContentExample(
            schema=(
                "meta: {id: chosen}\n"
                "seq:\n"
                "  - {id: sizes, type: u1, repeat: expr, repeat-expr: 2}\n"
                "  - {id: choice, type: u1}\n"
                "  - {id: body, size: 'sizes[choice]'}\n"
            ),
            passes="02 03 01 61 62 63",
            breaks="02 03 02 61 62 63",
        ),
        sources=(
            CROWDSTRIKE_2024,
            "https://github.com/VirusTotal/yara/pull/2230",
        ),
    ),
    Rule(
        code="B204",
        name="position-out-of-range",
        message="position {actual} is outside its stream of {expected}",
        help="point inside the stream",
        checks=(
            "The position of an instance lies in the stream that it is read from; the end itself "
            "counts as inside. The range of a `-checksum` lies in the file, or in the unpacked "
            "data. The span is that of the structure with the instance."
        ),
        why=(
            "An offset from the file that is added to a pointer reads, or writes, wherever its "
            "author wants. The relocations of compiled YARA rules were such offsets: a crafted "
            "file made the loader read and write outside its buffers."
        ),
        fix="Correct the offset, or restore the part of the file that it points to.",
        example=ContentExample(
            schema=(
                "meta: {id: located}\n"
                "seq:\n"
                "  - {id: text_at, type: u1}\n"
                "instances:\n"
                "  text: {pos: text_at, size-eos: true}\n"
            ),
            passes="01 61 62",
            breaks="04 61 62",
        ),
        sources=("https://github.com/VirusTotal/yara/issues/1390",),
    ),
    Rule(
        code="B205",
        name="negative-size",
        message="the size comes to {actual}",
        help="correct the fields that the size is computed from",
        checks="A size that is computed from other fields is not below zero.",
        why=(
            "Subtracting from a size that is smaller than expected gives an enormous unsigned "
            "number in C, and a later check against that number passes. In 2025 YARA mended such "
            "a case, a buffer said to be shorter than the pointer it had to hold."
        ),
        fix="Correct the size that is too small, or the one that is taken from it.",
        example=ContentExample(
            schema=(
                "meta: {id: sized}\n"
                "seq:\n"
                "  - {id: total, type: u1}\n"
                "  - {id: body, size: total - 1}\n"
            ),
            passes="03 61 62",
            breaks="00 61 62",
        ),
        sources=("https://github.com/VirusTotal/yara/pull/2178",),
    ),
    Rule(
        code="B206",
        name="arithmetic-overflow",
        message="`{actual}` does not fit {expected}",
        help="keep the operands small enough, or compare before computing",
        checks=(
            "Each operation of an expression gives a number that its type can hold: 64 bits with "
            "a sign, or without one where an operand needs that; a difference always has a sign. "
            "A shift is by 0 to 63 bits, a rotation by 0 to 8, the key of `xor` is a byte or "
            "bytes. Values whose type only the content tells go together."
        ),
        why=(
            "A product of two counts that wraps around is a small number, so the allocation "
            "succeeds and the loop that fills it runs past its end. The reader computes with "
            "exact numbers and says so; a consumer in C or Rust will not always."
        ),
        fix="Correct the operand that is far too large; bound it with `valid` in the schema.",
        example=ContentExample(
            schema=(
                "meta: {id: grid, endian: le}\n"
                "seq:\n"
                "  - {id: rows, type: u4}\n"
                "  - {id: columns, type: u4}\n"
                "instances:\n"
                "  cells: {value: rows * columns}\n"
            ),
            passes="02 00 00 00 03 00 00 00",
            breaks="ff ff ff ff ff ff ff ff",
        ),
    ),
    Rule(
        code="B207",
        name="division-by-zero",
        message="`{actual}` divides by zero",
        help="make the divisor nonzero, or test it first",
        checks="No `/` or `%` of an expression has a divisor of zero.",
        why=(
            "On most machines dividing an integer by zero ends the process, and a count or a unit "
            "that may be zero is easily forgotten, since every real file has at least one."
        ),
        fix="Correct the field that is zero; forbid it with `valid: {min: 1}` in the schema.",
        example=ContentExample(
            schema=(
                "meta: {id: shared}\n"
                "seq:\n"
                "  - {id: total, type: u1}\n"
                "  - {id: parts, type: u1}\n"
                "instances:\n"
                "  part_size: {value: total / parts}\n"
            ),
            passes="06 02",
            breaks="06 00",
        ),
    ),
    Rule(
        code="B208",
        name="rejected-value",
        message="{actual} does not satisfy `{expected}`",
        help="use a value that satisfies the condition",
        checks=(
            "The condition in `valid: {expr: …}` holds for the value, which it calls `_`. A "
            "condition that is undecided stays silent."
        ),
        why=(
            "Some fields must not be blank, odd or reserved. On 2025-06-12 a policy with blank "
            "fields went out to all regions of Google Cloud. The code that crashed on it had been "
            "released region by region, but had never been given such a policy."
        ),
        fix="Correct the value as the condition says.",
        example=ContentExample(
            schema=(
                "meta: {id: policy, encoding: ASCII}\n"
                "seq:\n"
                "  - {id: region, type: strz, valid: {expr: '_ != \"\"'}}\n"
            ),
            passes="65 75 00",
            breaks="00",
        ),
        sources=(GOOGLE_2025,),
    ),
    Rule(
        code="B209",
        name="bad-number",
        message="{actual} is not {expected}",
        help="write digits that fit 64 bits",
        checks=(
            "A string that an expression turns into a number with `to_i` is one, and fits 64 bits."
        ),
        why=(
            "Functions that read numbers differ in what they do with the rest: one stops at the "
            "first character that is no digit, one answers 0, one takes the largest number there "
            "is. Each of them is a different file to the consumer that uses it."
        ),
        fix="Write the number in the digits that the format prescribes.",
        example=ContentExample(
            schema=(
                "meta: {id: counted, encoding: ASCII}\n"
                "seq:\n"
                "  - {id: digits, type: strz}\n"
                "instances:\n"
                "  number: {value: digits.to_i}\n"
            ),
            passes="31 32 00",
            breaks="31 78 00",
        ),
    ),
    Rule(
        code="B210",
        name="mistyped-value",
        message="{actual} is not {expected}",
        help="use a value of the kind that the expression takes",
        checks=(
            "A value whose kind only the content tells, from a switch over unlike types, is of "
            "the kind that the expression around it takes: an integer for a size, two of a kind "
            "for a comparison, the structure that a cast names."
        ),
        why=(
            "A field that is sometimes a number and sometimes a text invites a consumer to take "
            "the one for the other. In C that is a pointer read as a size; in a scripting "
            "language it is an exception in a place where nobody expected one."
        ),
        fix="Correct the field that selects the type, or let the schema ask for it first.",
        example=ContentExample(
            schema=(
                "meta: {id: varying, encoding: ASCII}\n"
                "seq:\n"
                "  - {id: kind, type: u1}\n"
                "  - {id: length, type: {switch-on: kind, cases: {1: u1, 2: strz}}}\n"
                "  - {id: body, size: length.as<u1>}\n"
            ),
            passes="01 02 61 62",
            breaks="02 32 00 61 62",
        ),
    ),
)

"""Q94x: arithmetic that content can lead astray, and conditions that decide nothing."""

from __future__ import annotations

from harness.findings.example import SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_TOP = "meta: {id: example, endian: le, encoding: ASCII}\ndoc-ref: Example format 1.0\n"

RULES = (
    Rule(
        code="Q940",
        name="possible-negative",
        severity=Severity.WARNING,
        message="{actual}",
        help="bound it below: `valid: {min: …}` on the field, or `if` around it",
        checks=(
            "A size, a count, a position or an index cannot be negative, as far as the types of "
            "the fields, their `valid`, the arguments and the conditions around it tell."
        ),
        why=(
            "Some content makes it negative. The reader refuses that (B204, B205, C301), but far "
            "from the field that is wrong, and the next parser subtracts in unsigned numbers: "
            "`length - 4` of a length of 3 is then 4,294,967,295 bytes to copy."
        ),
        fix="State the least value at the field itself; a wrong one is then found there.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: n, type: u1, valid: {min: 4}}\n  - {id: x, size: n - 4}\n"
            ),
            breaks=_TOP + "seq:\n  - {id: n, type: u1}\n  - {id: x, size: n - 4}\n",
        ),
        sources=("https://cwe.mitre.org/data/definitions/191.html",),
    ),
    Rule(
        code="Q941",
        name="possible-zero-divisor",
        severity=Severity.WARNING,
        message="{actual}",
        help="keep zero out: `valid: {min: 1}` on the field, or `if` around it",
        checks="Nothing is divided by an integer that content can make zero.",
        why=(
            "The reader refuses such content (B207). A parser in C dies of it: a division by zero "
            "is a signal, not an error that it could catch."
        ),
        fix="State at the field that it is not zero, or write `n == 0 ? … : … / n`.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: n, type: u1, valid: {min: 1}}\n  - {id: x, size: 64 / n}\n"
            ),
            breaks=_TOP + "seq:\n  - {id: n, type: u1}\n  - {id: x, size: 64 / n}\n",
        ),
        sources=("https://cwe.mitre.org/data/definitions/369.html",),
    ),
    Rule(
        code="Q942",
        name="possible-overflow",
        severity=Severity.NOTE,
        message="{actual}",
        help="bound the operands with `valid`, or use narrower fields",
        checks=(
            "No operation can leave 64 bits, as far as types, `valid` and conditions tell: signed, "
            "or unsigned where an operand is a `u8`."
        ),
        why=(
            "The reader refuses such content (B206). Where the sum wraps round instead, an offset "
            "near 2^64 plus a length is small again, and passes the check against the file's end."
        ),
        fix="Bound the operands, or compare `length <= _io.size - offset` instead of the sum.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: start, type: u4}\n  - {id: length, type: u4}\n"
                "-invariants:\n  - {id: inside, check: start + length <= _io.size}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: start, type: u8}\n  - {id: length, type: u8}\n"
                "-invariants:\n  - {id: inside, check: start + length <= _io.size}\n"
            ),
        ),
        sources=("https://cwe.mitre.org/data/definitions/190.html",),
    ),
    Rule(
        code="Q943",
        name="constant-condition",
        severity=Severity.WARNING,
        message="{actual}",
        help="correct the comparison, or remove it",
        checks=(
            "Every condition and every comparison can be true and can be false. What the types of "
            "the fields, the conditions around it, and for `if` also `valid`, leave possible "
            "decides: numbers in their range, strings and bytes by their length."
        ),
        why=(
            "A rule that is always true checks nothing, and a field whose `if` is always false is "
            "never read. Nobody sees it by testing: the 2024 validator passed every file on a "
            "comparison that could not fail for any file that there was."
        ),
        fix="Look for a wrong number, mask or field; a condition that is meant so can go.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: n, type: u1}\n  - {id: x, size: 1, if: n < 100}\n",
            breaks=_TOP + "seq:\n  - {id: n, type: u1}\n  - {id: x, size: 1, if: n < 1000}\n",
        ),
    ),
    Rule(
        code="Q944",
        name="unreachable-member",
        severity=Severity.WARNING,
        message="{actual}",
        help="correct the number, or the width of the field",
        checks="Every member of an enum fits into at least one of the fields that have the enum.",
        why=(
            "A member that no field can hold is a number with a digit too many, or a field that "
            "is read too narrow: then the other half of it is taken for the next field."
        ),
        fix="Compare the number and the width with the specification.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: k, type: u2, enum: kind}\nenums:\n  kind: {1: a, 0x100: b}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: k, type: u1, enum: kind}\nenums:\n  kind: {1: a, 0x100: b}\n"
            ),
        ),
    ),
    Rule(
        code="Q945",
        name="unmeetable-valid",
        severity=Severity.WARNING,
        message="{actual}",
        help="correct the value, or the type of the field",
        checks=(
            "What `valid` allows is something that the field can hold: a number in the range of "
            "its type, a string or bytes of its size; `min` is not above `max`."
        ),
        why="No content is accepted, or one of the values that are allowed never comes.",
        fix="Look at the type's width and sign, and count the bytes.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: n, type: u2, valid: 300}\n",
            breaks=_TOP + "seq:\n  - {id: n, type: u1, valid: 300}\n",
        ),
    ),
    Rule(
        code="Q946",
        name="idle-valid",
        severity=Severity.WARNING,
        message="{actual}",
        help="state the bound that was meant, or remove it",
        checks="What `valid` forbids is something that the field can hold.",
        why="It looks as if the field were checked, and every value passes.",
        fix="Look the range up in the specification; the type's own range needs no `valid`.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: n, type: u1, valid: {max: 99}}\n",
            breaks=_TOP + "seq:\n  - {id: n, type: u1, valid: {max: 255}}\n",
        ),
    ),
)

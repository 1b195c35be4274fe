"""Q92x: what a schema declares and does not use, or uses under a name that means another."""

from __future__ import annotations

from harness.findings.example import SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_TOP = "meta: {id: example, endian: le, encoding: ASCII}\ndoc-ref: Example format 1.0\n"

RULES = (
    Rule(
        code="Q920",
        name="unused-type",
        severity=Severity.WARNING,
        message="{actual}",
        help="remove the type, or give some field that type",
        checks=(
            "Every type can be part of a content: a field, a parameter or a cast names it, from "
            "the top type down. A schema whose top type reads nothing is a library for others, and "
            "is not asked."
        ),
        why=(
            "The rules of a type that nothing has are never run, and look as if they were. Most "
            "often a case is missing in a switch, or a copy was mended and the original is used."
        ),
        fix="Look for the field or the case that should have the type; else remove it.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: x, type: box}\ntypes:\n  box: {seq: [{size: 1}]}\n",
            breaks=_TOP + "seq:\n  - {id: x, type: u1}\ntypes:\n  box: {seq: [{size: 1}]}\n",
        ),
    ),
    Rule(
        code="Q921",
        name="unused-enum",
        severity=Severity.WARNING,
        message="{actual}",
        help="give the field its `enum`, or remove the enum",
        checks="Every enum is used: by the `enum` of a field or parameter, or in an expression.",
        why=(
            "An enum that no field has checks nothing. The field whose values it lists takes any "
            "number then: in 2024 a consumer met a kind of criterion in a field in which nobody "
            "had expected it."
        ),
        fix="Find the field that holds these numbers and write `enum` there.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: k, type: u1, enum: kind}\nenums:\n  kind: {0: a, 1: b}\n",
            breaks=_TOP + "seq:\n  - {id: k, type: u1}\nenums:\n  kind: {0: a, 1: b}\n",
        ),
    ),
    Rule(
        code="Q922",
        name="unused-parameter",
        severity=Severity.WARNING,
        message="{actual}",
        help="use the parameter, or remove it and its arguments",
        checks="Every parameter of a type is used by some expression.",
        why=(
            "Whoever calls the type believes that the argument decides something. A companion file "
            "that nothing looks at has not been compared with anything."
        ),
        fix="Write the rule or the size that the parameter was meant for, or take it out.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: x, type: box(2)}\n"
                "types:\n  box:\n    params: [{id: n, type: u1}]\n    seq: [{size: n}]\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: x, type: box(2)}\n"
                "types:\n  box:\n    params: [{id: n, type: u1}]\n    seq: [{size: 2}]\n"
            ),
        ),
    ),
    Rule(
        code="Q923",
        name="unused-import",
        severity=Severity.WARNING,
        message="{actual}",
        help="remove the import",
        checks="The file itself uses a type or an enum of every schema that it imports.",
        why=(
            "An import is read and checked each time, and a mistake in it makes this schema "
            "unusable too. Left over, it says that two formats belong together which do not."
        ),
        fix="Remove the line under `meta/imports`.",
        example=SchemaExample(
            passes=(
                "meta: {id: example, imports: [template_definitions]}\n"
                "doc-ref: Example format 1.0\n"
                "seq:\n  - {id: x, type: template_definitions}\n"
            ),
            breaks=(
                "meta: {id: example, imports: [template_definitions]}\n"
                "doc-ref: Example format 1.0\n"
                "seq:\n  - {id: x, type: u1}\n"
            ),
        ),
    ),
    Rule(
        code="Q924",
        name="unused-instance",
        severity=Severity.NOTE,
        message="{actual}",
        help="write the rule it was meant for, or leave it to readers of the values",
        checks="Every computed instance (`value`) is looked at by some expression of the schema.",
        why=(
            "A computed instance reads no byte and rejects nothing. That may be wanted, as a value "
            "for people and for `harness inspect`; or the check that should compare it is missing."
        ),
        fix="Compare it in `-invariants`, or allow it by name: `-allow: [unused-instance]`.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: n, type: u1}\ninstances:\n  twice: {value: n * 2}\n"
                "-invariants:\n  - {id: small, check: twice < 100}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: n, type: u1}\ninstances:\n  twice: {value: n * 2}\n"
                "-invariants:\n  - {id: small, check: n < 100}\n"
            ),
        ),
    ),
    Rule(
        code="Q925",
        name="unchecked-field",
        severity=Severity.NOTE,
        message="{actual}",
        help="compare it with what it describes, by `-derive`, `-checksum` or `-invariants`",
        checks=(
            "In a schema that has rules, every integer that is named like a count, a size, an "
            "offset or a checksum (`num_…`, `…_count`, `len_…`, `…_offset`, `crc32`) decides the "
            "layout, or is compared with something."
        ),
        why=(
            "Of ten public schemas that were tried, none compared a checksum, and files with any "
            "byte changed were accepted. In 2024 a count of 21 was compared with another count of "
            "21, and with nothing that the sensor supplied."
        ),
        fix="State what it is the count, the size, the offset or the sum of.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: count, type: u1, -derive: {count-of: xs}}\n"
                "  - {id: xs, type: u1, repeat: eos, -unique-by: _}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: count, type: u1}\n"
                "  - {id: xs, type: u1, repeat: eos, -unique-by: _}\n"
            ),
        ),
    ),
    Rule(
        code="Q926",
        name="shadowed-name",
        severity=Severity.WARNING,
        message="{actual}",
        help="rename one of the two",
        checks=(
            "No type or enum has the name of one that is visible around it, or of a type of Kaitai "
            "Struct itself. No name bound by a quantifier, or by `as`, is that of a field."
        ),
        why=(
            "The same word then means one thing here and another a few lines further out; moving "
            "a type changes what it reads, and nothing says so. A joined name that a field hides "
            "is never joined, so its rule compares the field with itself."
        ),
        fix="Rename the inner one, and what refers to it.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: xs, type: u1, repeat: eos}\n"
                "-invariants:\n  - {id: small, check: 'xs.all(x: x < 9)'}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: x, type: u1}\n  - {id: xs, type: u1, repeat: eos}\n"
                "-invariants:\n  - {id: small, check: 'xs.all(x: x < 9)'}\n"
            ),
        ),
    ),
    Rule(
        code="Q927",
        name="idle-key",
        severity=Severity.WARNING,
        message="{actual}",
        help="remove the key, or give the field what the key is about",
        checks=(
            "A key changes something where it stands: `-unknown` beside an `enum`, or a switch "
            "without `_`; `include`, `consume` and `eos-error` beside a terminator."
        ),
        why=(
            "A leniency that excuses nothing stays when the field changes, and excuses something "
            "then. A key about a terminator that is not there was meant for another field."
        ),
        fix="Move the key to the field that it was written for, or remove it.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: k, type: u1, enum: kind, -unknown: allow}\n"
                "enums:\n  kind: {0: a, 1: b}\n"
            ),
            breaks=_TOP + "seq:\n  - {id: k, type: u1, -unknown: allow}\n",
        ),
    ),
    Rule(
        code="Q928",
        name="idle-allowance",
        severity=Severity.WARNING,
        message="{actual}",
        help="remove the name from `-allow`",
        checks="Every rule that `-allow` names would report something at that very node.",
        why=(
            "An excuse that outlives its reason hides the next mistake of the same kind. Gates "
            "have been passed for years by exceptions that nobody remembered."
        ),
        fix="Remove it; it is about its own node only, not about what lies below.",
        example=SchemaExample(
            passes=(
                _TOP + "seq:\n  - {id: x, type: u1}\n"
                "types:\n  box: {seq: [{size: 1}], -allow: [unused-type]}\n"
            ),
            breaks=(
                _TOP + "seq:\n  - {id: x, type: box}\n"
                "types:\n  box: {seq: [{size: 1}], -allow: [unused-type]}\n"
            ),
        ),
    ),
    Rule(
        code="Q929",
        name="unfinished-lint",
        severity=Severity.WARNING,
        message="{actual}",
        help="name parts of long expressions as instances, and use fewer of each in the next",
        checks=(
            "Which values expressions can have is worked out within a bounded number of steps. "
            "Beyond it lint says nothing about values, rather than guessing, and says so."
        ),
        why=(
            "Schemas come with pull requests. One whose values each depend twice on the next "
            "would take hours, and silence would look like approval."
        ),
        fix="Split the schema, or state bounds by `valid` on the fields that all depends on.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: x, type: u1}\n",
            breaks=(
                _TOP
                + "seq:\n  - {id: n, type: u1}\n  - {id: x, size: v0, if: n > 0}\ninstances:\n"
                + "".join(f"  v{n}: {{value: 'v{n + 1} % 9 + v{n + 1} % 7'}}\n" for n in range(22))
                + "  v22: {value: n}\n"
            ),
        ),
    ),
)

"""Q9xx: mistakes in a schema itself."""

from __future__ import annotations

from harness.findings.example import SchemaExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_TOP = "meta: {id: example, encoding: ASCII}\ndoc-ref: Example format 1.0\n"

RULES = (
    Rule(
        code="Q901",
        name="bad-yaml",
        message="{actual}",
        help="correct the YAML at this place",
        checks=(
            "A schema file is one YAML 1.2 document in UTF-8, and not empty. In YAML 1.2 `yes`, "
            "`no`, `on` and `off` are strings, and `010` is ten."
        ),
        why=(
            "A rule file that cannot be read and is taken for an empty one checks nothing, and "
            "everything passes. So the place is named, and nothing is guessed."
        ),
        fix=(
            "Look at the named line and the one before it: a bracket that is not closed, a tab, "
            "a colon or a quote inside an expression that is not quoted."
        ),
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: x, type: u1}\n",
            breaks=_TOP + "seq:\n  - {id: x, type: u1\n",
        ),
    ),
    Rule(
        code="Q902",
        name="unknown-key",
        message="{actual}",
        help="correct the spelling, or remove the key",
        checks=(
            "Every key is one that Kaitai Struct 0.11 or this harness gives a meaning at that "
            "place. Keys that begin with `-` form a closed list too, beside a few that Kaitai's "
            "own tools use; with `--lenient` any other `-` key is only noted."
        ),
        why=(
            "A misspelt check is no check, and nobody notices. An osquery configuration ran for "
            "months with a flag that did not exist, silently ignored; Falco called a rule valid "
            "whose exception said `value` where it takes `values`."
        ),
        fix="Use the key that is proposed. A note for other tools goes into `doc`, or a comment.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: is_on, type: u1, valid: {max: 1}}\n",
            breaks=_TOP + "seq:\n  - {id: is_on, type: u1, vaild: {max: 1}}\n",
        ),
        sources=(
            "https://github.com/osquery/osquery/issues/1866",
            "https://github.com/falcosecurity/falco/issues/2354",
        ),
    ),
    Rule(
        code="Q903",
        name="bad-shape",
        message="{actual}",
        help="give the key a value of the kind it takes",
        checks=(
            "Each key has a value of its kind: a list, a mapping, a name, an integer in range, "
            "`true` or `false`, one of a few words. What belongs together is there together: a "
            "string has an encoding, a number a byte order, a value without a type its size."
        ),
        why=(
            "Most tools turn a value of the wrong kind into some value of the right one: `yes` "
            "into true, a number into text. The schema then means something else to each of "
            "them, and the file is judged by the one that happened to run."
        ),
        fix="Write the value as the message says.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: name, type: strz, include: true}\n",
            breaks=_TOP + "seq:\n  - {id: name, type: strz, include: yes}\n",
        ),
    ),
    Rule(
        code="Q904",
        name="bad-expression",
        message="{actual}",
        help="correct the expression at this column",
        checks=(
            "An expression follows the grammar of Kaitai Struct 0.11: its operators, literals, "
            "calls and names of types. Comparisons do not chain, integers fit 64 bits, and it "
            "chains or nests at most 100 operations."
        ),
        why=(
            "An expression is where a size or a rule is decided, so there is no mending of one "
            "that is only half understood. Users of Falco asked for what is shown here: line, "
            "column and what was expected, before the rule is anywhere near a machine."
        ),
        fix="Correct the text at the named column; quote it if YAML takes part of it for its own.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: n, type: u1, valid: {expr: _ % 2 == 0}}\n",
            breaks=_TOP + "seq:\n  - {id: n, type: u1, valid: {expr: _ % 2 ==}}\n",
        ),
        sources=("https://github.com/falcosecurity/falco/issues/2228",),
    ),
    Rule(
        code="Q905",
        name="unknown-name",
        message="{actual}",
        help="correct the name, or declare it",
        checks=(
            "Every name stands for something that is visible where it is used: an attribute, an "
            "instance, a parameter, a type, an enum and its member, a method. In a contract also "
            "the type or path under `at`."
        ),
        why=(
            "Two names that differ by one letter are easily confused, and a rule about a field "
            "that does not exist would never be broken. After a field is renamed, contracts that "
            "still say the old name must not pass in silence."
        ),
        fix="Use the name that is proposed, or declare what is missing.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: length, type: u1}\n  - {id: body, size: length}\n",
            breaks=_TOP + "seq:\n  - {id: length, type: u1}\n  - {id: body, size: lenght}\n",
        ),
    ),
    Rule(
        code="Q906",
        name="type-mismatch",
        message="{actual}",
        help="use values of types that go together",
        checks=(
            "The parts of an expression go together, and the whole is what its key needs: a "
            "condition, an integer, a value of the field's own type. Members of different enums "
            "do not compare; a type gets as many arguments as it has parameters."
        ),
        why=(
            "A comparison of a string with a number is false, or an error, by the taste of each "
            "language that a schema is compiled to. Found here, it cannot differ there."
        ),
        fix="Convert one side (`to_i`, `to_s`), or compare what was meant.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: n, type: strz}\n  - {id: x, size: 1, if: n.to_i == 1}\n",
            breaks=_TOP + "seq:\n  - {id: n, type: strz}\n  - {id: x, size: 1, if: n == 1}\n",
        ),
    ),
    Rule(
        code="Q907",
        name="unsupported-construct",
        message="{actual}",
        help="describe the format without it",
        checks=(
            "The schema keeps to the profile: no opaque types, no processors other than zlib, "
            "xor, rol and ror, no parameters that are streams, no other encodings than those "
            "listed. Quantifiers, `_start` and `_end` stand only in our own `-` keys."
        ),
        why=(
            "What needs code of its own to be read cannot be judged from the schema alone, and "
            "code in a schema would run in every pull request that brings one. A construct that "
            "is left out says so, rather than being read as something else."
        ),
        fix="Describe the bytes in another way, or leave them as they are: a field with `size`.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: body, size: 4, process: xor(0x5a)}\n",
            breaks=_TOP + "seq:\n  - {id: body, size: 4, process: cipher(0x5a)}\n",
        ),
    ),
    Rule(
        code="Q908",
        name="missing-import",
        message="{actual}",
        help="put the schema beside the one that imports it, or name its folder (--import-path)",
        checks=(
            "Every schema under `meta/imports` is there: beside the one that imports it, else in "
            "a folder given with `--import-path`, else among those that come with the harness. It "
            "can be read, and its path stays inside these folders."
        ),
        why=(
            "A schema that was checked with another file in its place was not checked. A path "
            "that leads out of the folder would let a schema from a pull request read whatever "
            "the machine holds."
        ),
        fix=(
            "Correct the name, put the schema it names into the same folder, or give the folder "
            "that absolute names (`/common/x`) count from: `--import-path DIR`."
        ),
        example=SchemaExample(
            passes=(
                "meta: {id: example, imports: [tzif]}\ndoc-ref: RFC 9636\n"
                "seq:\n  - {id: zone, type: tzif}\n"
            ),
            breaks=(
                "meta: {id: example, imports: [tz_if]}\ndoc-ref: RFC 9636\n"
                "seq:\n  - {id: zone, size: 9}\n"
            ),
        ),
    ),
    Rule(
        code="Q909",
        name="duplicate-name",
        message="{actual}",
        help="rename one of the two",
        checks=(
            "No key stands twice in a mapping; no two fields of a type, members of an enum, "
            "rules of a list or imported schemas have one name."
        ),
        why=(
            "Of two entries with one name most YAML readers keep the last and say nothing: the "
            "rule that was there first is gone. A path in a finding must lead to one place."
        ),
        fix="Rename one, or remove the one that was forgotten.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: x, type: u1}\n  - {id: y, type: u1}\n",
            breaks=_TOP + "seq:\n  - {id: x, type: u1}\n  - {id: x, type: u1}\n",
        ),
    ),
    Rule(
        code="Q910",
        name="oversized-schema",
        message="{actual}",
        help="split the schema or make it smaller",
        checks=(
            "A schema file has at most 1 MiB and, its aliases written out, 200,000 YAML nodes, "
            "nested at most 100 deep; a schema has at most 64 files and a bounded number of types."
        ),
        why=(
            "Schemas come with pull requests, so they are input like any other. A few lines of "
            "YAML aliases stand for millions of nodes, as in the example."
        ),
        fix="Split the schema by `imports`, and replace aliases by types.",
        example=SchemaExample(
            passes=_TOP + "types:\n  a: &a {types: {c: {}, d: {}}}\n  b: {types: {e: *a, f: *a}}\n",
            breaks=(
                _TOP + "types:\n"
                "  a: &a {types: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}}}\n"
                "  b: &b {types: {a: *a, b: *a, c: *a, d: *a, e: *a, f: *a, g: *a, h: *a}}\n"
                "  c: &c {types: {a: *b, b: *b, c: *b, d: *b, e: *b, f: *b, g: *b, h: *b}}\n"
                "  d: &d {types: {a: *c, b: *c, c: *c, d: *c, e: *c, f: *c, g: *c, h: *c}}\n"
                "  e: &e {types: {a: *d, b: *d, c: *d, d: *d, e: *d, f: *d, g: *d, h: *d}}\n"
                "  f: {types: {a: *e, b: *e, c: *e, d: *e, e: *e, f: *e, g: *e, h: *e}}\n"
            ),
        ),
    ),
    Rule(
        code="Q911",
        name="missing-doc-ref",
        severity=Severity.WARNING,
        message="{actual}",
        help="name the specification in `doc-ref`",
        checks="The schema names the specification it is written from, in `doc-ref` at its top.",
        why=(
            "A validator that shares its author's wrong assumption with the producer finds "
            "nothing: in 2024 both counted 21. When a finding is disputed, the specification "
            "decides, and a schema that names none cannot be proved wrong."
        ),
        fix="Write the title and section of the specification, or its address, under `doc-ref`.",
        example=SchemaExample(
            passes=_TOP + "seq:\n  - {id: x, type: u1}\n",
            breaks="meta: {id: example}\nseq:\n  - {id: x, type: u1}\n",
        ),
    ),
)

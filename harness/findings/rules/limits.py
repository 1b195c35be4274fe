"""L6xx: what a reader spends on one content before it gives up."""

from __future__ import annotations

from harness.findings.example import CommandExample, ContentExample
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CLOUDFLARE_2025

# zlib of zlib of 64 MiB and one byte of zeros: what an archive bomb looks like, made small.
_BOMB = (
    "78 da ed dc b1 4d 42 61 14 86 e1 ff 46 48 8c 24 02 05 15 0d 63 50 40 04 0a 6b 0b ac 89 03 50 "
    "9a d8 41 62 ec 59 82 9a 8a 01 e8 d8 00 b4 62 00 43 61 8c 95 f1 1a ee 18 ff 79 9e 11 be f2 e4 "
    "e4 7d f9 f8 dc 15 45 4a 69 b9 fa db 9c af 6f 12 00 00 00 90 b9 e5 fb eb d5 e5 18 90 7a e5 e1 "
    "fe e1 11 00 00 00 c8 dd 53 f3 b6 56 1d 05 7e 67 dd b1 39 00 00 00 20 7b 6f c3 7e ab fa 10 f8 "
    "5a cc 6b e6 00 00 00 80 ec 75 7e 4e a3 ea 16 b0 2f b7 ed a9 3d 00 00 00 20 7b 47 c1 00 00 00 "
    "00 08 45 30 00 00 00 00 62 11 0c 00 00 00 80 58 04 03 00 00 00 20 18 c1 00 00 00 00 88 45 30 "
    "00 00 00 00 62 11 0c 00 00 00 80 58 04 03 00 00 00 20 18 c1 00 00 00 00 88 45 30 00 00 00 00 "
    "62 59 0f fb bd cb 63 40 eb bb 7c be 9b d4 13 00 00 00 91 1c 1b 83 22 15 ff 9c a5 9e c2"
)

RULES = (
    Rule(
        code="L601",
        name="too-deep",
        message="nests deeper than {expected} levels",
        help="flatten the content, or raise `-limits/depth` in the schema",
        checks=(
            "Structures nest at most 64 deep, or as deep as `-limits: {depth: …}` says of the type "
            "around them, and values that need one another at most 64 times. The region in which "
            "it goes deeper is not read."
        ),
        why=(
            "A parser that calls itself for each level takes its depth from the file, and its "
            "stack is finite: a few thousand nested records, a few bytes each, overflow it. The "
            "reader keeps its own stack, so it can say where instead of falling over."
        ),
        fix="Look for a record that contains itself. If the depth is real, raise the limit.",
        example=ContentExample(
            schema=(
                "meta: {id: nested}\n"
                "-limits: {depth: 3}\n"
                "seq:\n"
                "  - {id: outer, type: box}\n"
                "types:\n"
                "  box:\n"
                "    seq:\n"
                "      - {id: is_full, type: u1}\n"
                "      - {id: inner, type: box, if: is_full == 1}\n"
            ),
            passes="01 00",
            breaks="01 01 00",
        ),
    ),
    Rule(
        code="L602",
        name="too-many-items",
        message="more than {expected} items",
        help="split the content, or raise `-limits/items` in the schema",
        checks=(
            "One content has at most 65,536 items and 16 for each of its bytes, 10,000,000 at the "
            "most, or as many as `-limits: {items: …}` says of the type around them, but never "
            "more than 10,000,000 and 16 for each byte. Elements of lists are items, and "
            "structures outside lists. Beyond it nothing more is read."
        ),
        why=(
            "On 2025-11-18 a generated file had more features than the 200 that Cloudflare's "
            "proxy had room for. The limit stood in the proxy, unknown to whoever made the file. "
            "A limit of one consumer belongs into its contract; this one guards the check itself."
        ),
        fix="Find out why there are so many. If they are meant, raise the limit or split the file.",
        example=ContentExample(
            schema=(
                "meta: {id: features}\n"
                "-limits: {items: 3}\n"
                "seq:\n"
                "  - {id: features, type: u1, repeat: eos}\n"
            ),
            passes="01 02 03",
            breaks="01 02 03 04",
        ),
        sources=(CLOUDFLARE_2025,),
    ),
    Rule(
        code="L603",
        name="too-many-bytes-read",
        message="more than {expected} bytes read through shared offsets",
        help="remove offsets that read the same bytes again, or raise `-limits/bytes`",
        checks=(
            "Instances together read at most 16 times the size of the content at their positions, "
            "or as many bytes as `-limits: {bytes: …}` says of the type around them. What is read "
            "once and shared counts once; what a checksum sums counts too. Beyond the limit "
            "nothing more is read."
        ),
        why=(
            "A thousand offsets that point to one large block make a consumer read a thousand "
            "blocks: a small file, and minutes of work or gigabytes of copies."
        ),
        fix="Let the offsets share what they read, or raise the limit if the format needs it.",
        example=ContentExample(
            schema=(
                "meta: {id: windows}\n"
                "-limits: {bytes: 8}\n"
                "seq:\n"
                "  - {id: count, type: u1}\n"
                "  - {id: windows, type: window(_index), repeat: expr, repeat-expr: count}\n"
                "types:\n"
                "  window:\n"
                "    params:\n"
                "      - {id: index, type: u1}\n"
                "    instances:\n"
                "      body: {io: _root._io, pos: index + 1, size: 4, -overlap: allow}\n"
            ),
            passes="02 61 62 63 64 65",
            breaks="03 61 62 63 64 65 66",
        ),
    ),
    Rule(
        code="L604",
        name="oversized-output",
        message="processing gives more than {expected} bytes",
        help="compress less, or split the content",
        checks=(
            "All that is unpacked or decoded with `process`, and all strings that expressions "
            "make, come to at most 64 MiB for one content. Unpacking stops there, and nothing "
            "more is read."
        ),
        why=(
            "Packed data can grow a thousandfold, and packed twice, a millionfold: the example "
            "takes 246 bytes. A consumer that unpacks before it looks at the size gives its "
            "memory away to whoever wrote the file."
        ),
        fix="Split the content, or leave large parts unpacked.",
        example=ContentExample(
            schema=(
                "meta: {id: packed_twice}\n"
                "seq:\n"
                "  - {id: outer, type: inner, size-eos: true, process: zlib}\n"
                "types:\n"
                "  inner:\n"
                "    seq:\n"
                "      - {id: body, size-eos: true, process: zlib}\n"
            ),
            passes="78 da ab b8 e5 ed e3 c5 c6 c0 e4 cb a8 0e 00 15 fc 02 b1",
            breaks=_BOMB,
        ),
    ),
    Rule(
        code="L605",
        name="too-many-steps",
        message="expressions look at more than {expected} elements",
        help="simplify the rule that loops inside a loop, or raise `-limits/items` in the schema",
        checks=(
            "The expressions of one content look at no more than 4,000,000 elements of lists, "
            "strings and byte arrays, and 32 more for each byte of it; or at as many as "
            "`-limits: {items: …}` of the top type says, if that is more."
        ),
        why=(
            "On 2019-07-02 one expression that went over the same text again and again took all "
            "processor time of Cloudflare's machines. A rule that compares every item with every "
            "other is such an expression, and the file chooses how many items there are."
        ),
        fix=(
            "Say it without a loop inside a loop: `-unique-by`, `-sorted-by` and `-refers-to` "
            "look at each item once. Bound the list with `valid` on its count."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: compared}\n"
                "seq:\n"
                "  - {id: a, size-eos: true}\n"
                "-invariants:\n"
                "  - {id: any-four, check: 'a.all(w: a.all(x: a.all(y: a.any(z: z > 0))))'}\n"
            ),
            passes="01 02 03",
            breaks=" ".join(["01"] * 45),
        ),
        sources=("https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/",),
    ),
    Rule(
        code="L606",
        name="unmeasured-content",
        message="measuring its coverage takes too much; nothing of it is counted",
        help="simplify the expressions of `-coverage`, or raise `-limits/items` in the schema",
        checks=(
            "Measuring one content looks at no more elements than reading it may (see L605), and "
            "finds at most 262,144 different cells in at most 1,024 planes."
        ),
        why=(
            "The rows of a matrix come from content, and so does what its expressions loop over. "
            "A file that could make measuring endless would stop whatever waits for the figures."
        ),
        fix=(
            "Say `row`, `rows`, `column` and `when` without a loop inside a loop. Bound the list "
            "with `valid` on its count."
        ),
        example=CommandExample(
            passes="coverage --schema compared.ksy few",
            breaks="coverage --schema compared.ksy many",
            files={
                "compared.ksy": (
                    "meta: {id: compared}\n"
                    "doc-ref: Compared 1.0\n"
                    "seq:\n"
                    "  - {id: a, type: u1, enum: kind, repeat: eos}\n"
                    "enums:\n"
                    "  kind: {0x61: only}\n"
                    "-coverage:\n"
                    "  - id: more-than\n"
                    "    each: a\n"
                    "    row: 'a.count(w: a.all(x: a.all(y: a.any(z: z == x))))'\n"
                    "    column: _\n"
                ),
                "few": "aaa",
                "many": "a" * 45,
            },
        ),
    ),
)

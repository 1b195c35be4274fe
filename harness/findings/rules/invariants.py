"""I5xx: rules that join several fields."""

from __future__ import annotations

from harness.findings.example import ContentExample
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CLOUDFLARE_2025, CROWDSTRIKE_2024

RULES = (
    Rule(
        code="I501",
        name="invariant-broken",
        message="{actual}, {expected}",
        help="correct one of the two sides",
        checks=(
            "A rule under `-invariants` of a type holds for each structure of it, where its "
            "`when` does. Of a comparison the finding shows both sides; of `list.all(…)` it "
            "names each element that fails. A rule that touches a value that is not there is "
            "undecided and stays silent: what is missing has its own finding."
        ),
        why=(
            "The channel file of 2024-07-19 had 21 criteria and its definition 21 fields; the "
            "sensor supplied 20 values. The validator compared the two numbers it knew. An "
            "invariant states such a rule once, by name, where everybody who reads or writes "
            "the format finds it; a rule of one consumer version is a contract (K401)."
        ),
        fix="See which of the two sides is wrong by the format's specification, and correct it.",
        example=ContentExample(
            schema=(
                "meta: {id: range}\n"
                "seq:\n"
                "  - {id: low, type: u1}\n"
                "  - {id: high, type: u1}\n"
                "-invariants:\n"
                "  - {id: low-to-high, check: low <= high}\n"
            ),
            passes="01 05",
            breaks="05 01",
        ),
        sources=(CROWDSTRIKE_2024,),
    ),
    Rule(
        code="I502",
        name="wrong-checksum",
        message="expected {expected}, found {actual}",
        help="recompute the checksum after the last change, and find out what changed the bytes",
        checks=(
            "A field with `-checksum` holds the sum of the bytes in `over` (by default its whole "
            "stream), with the attributes under `zeroed` taken as zeros. The finding spans the "
            "bytes that were summed."
        ),
        why=(
            "In 2022 a single byte of a ClamAV database, `d`, arrived on one machine as 0xe4. "
            "How was never found out; that it was seen before the file was used is due to the "
            "checksum of each part."
        ),
        fix=(
            "Fetch or build the file again and compare. Only if the change was meant, write the "
            "new sum."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: summed, endian: le}\n"
                "seq:\n"
                "  - {id: body, size: 3}\n"
                "  - {id: sum, type: u4, -checksum: {algorithm: crc32, over: {end: 3}}}\n"
            ),
            passes="61 62 63 c2 41 24 35",
            breaks="61 62 e3 c2 41 24 35",
        ),
        sources=("https://github.com/Cisco-Talos/clamav/issues/455",),
    ),
    Rule(
        code="I503",
        name="unsorted-items",
        message="{actual} comes after {expected}",
        help="sort the items",
        checks=(
            "The items of a list with `-sorted-by` have keys that do not fall; with `strict` each "
            "is larger than the one before, with `descending` the other way round. `within` "
            "joins the lists of all such structures below one ancestor. Items for which `when` "
            "does not hold are left out."
        ),
        why=(
            "A consumer that searches by halves in a list that is not sorted finds some items and "
            "misses others. Nothing crashes: a rule that is in the file is never applied."
        ),
        fix="Sort the list by its key before it is written.",
        example=ContentExample(
            schema=(
                "meta: {id: sorted}\n"
                "seq:\n"
                "  - {id: keys, type: u1, repeat: eos, -sorted-by: {by: _, strict: true}}\n"
            ),
            passes="01 02 05",
            breaks="01 05 02",
        ),
    ),
    Rule(
        code="I504",
        name="duplicate-item",
        message="{actual} also stands at `{expected}`",
        help="remove or rename one of the two",
        checks=(
            "The items of a list with `-unique-by` have different keys; with `within`, so have "
            "those of all such lists below one ancestor. Items for which `when` does not hold "
            "are left out."
        ),
        why=(
            "On 2025-11-18 a query began to return duplicate rows, and the file that is made from "
            "it, the features of Cloudflare's bot detection, grew to twice its size. It passed "
            "the 200 features that the proxy had room for, and web traffic failed for hours."
        ),
        fix="Find out why the item was written twice, and keep one of the two.",
        example=ContentExample(
            schema=(
                "meta: {id: features}\n"
                "seq:\n"
                "  - {id: features, type: u1, repeat: eos, -unique-by: {by: _}}\n"
            ),
            passes="01 02 03",
            breaks="01 02 01",
        ),
        sources=(CLOUDFLARE_2025,),
    ),
    Rule(
        code="I505",
        name="dangling-reference",
        message="{actual} is not found in `{expected}`",
        help="refer to an item that exists, or add it",
        checks=(
            "A field with `-refers-to` names an item of the `table`, by the key `by` of that item "
            "or, without one, by its position. The table may stand in a companion file. Nothing "
            "is asked where `when` does not hold, or where the table could not be read whole."
        ),
        why=(
            "A reference to an item that was removed reads, in one consumer, whatever lies at "
            "that place; another finds nothing and skips the rule. Compiled YARA rules with an "
            "index past the end of a table made the scanner read out of bounds until 2026."
        ),
        fix=(
            "Refer to an item that exists, or give it back to the table. Of a companion, see "
            "whether it is the right version."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: reference}\n"
                "seq:\n"
                "  - {id: items, type: u1, repeat: expr, repeat-expr: 2}\n"
                "  - {id: chosen, type: u1, -refers-to: {table: items, by: _}}\n"
            ),
            passes="0a 0b 0b",
            breaks="0a 0b 0c",
        ),
        sources=("https://github.com/VirusTotal/yara/pull/2241",),
    ),
    Rule(
        code="I506",
        name="ambiguous-key",
        message="{actual} also stands at `{expected}`, so a reference cannot tell them apart",
        help="give each item its own key",
        checks=(
            "In a table that a `-refers-to` with `by` looks into, no two items have the same key. "
            "It is said once for each table, whoever refers to it, and only if somebody does."
        ),
        why=(
            "Of two items with one key, one consumer takes the first, one the last, and a hash "
            "table either. Whoever wrote the reference meant one of them."
        ),
        fix="Give one of the two items another key, or remove it.",
        example=ContentExample(
            schema=(
                "meta: {id: reference}\n"
                "seq:\n"
                "  - {id: items, type: item, repeat: expr, repeat-expr: 2}\n"
                "  - {id: chosen, type: u1, -refers-to: {table: items, by: _.key}}\n"
                "types:\n"
                "  item: {seq: [{id: key, type: u1}, {id: value, type: u1}]}\n"
            ),
            passes="0a 01 0b 02 0a",
            breaks="0a 01 0a 02 0a",
        ),
    ),
)

"""C3xx: counts, sizes, offsets and indexes that must follow from other parts of the content."""

from __future__ import annotations

from harness.findings.example import ContentExample
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="C301",
        name="negative-count",
        message="the count comes to {actual}",
        help="correct the fields that the count is computed from",
        checks=(
            "A `repeat-expr` that is computed from other fields is not below zero. A count that "
            "is too large is found as data that ends early."
        ),
        why=(
            "Formats that store a count plus one, or leave out the first item, break where the "
            "stored number is 0. In 2026 a file of 8 bytes that declared 0 buffers made YARA's "
            "loader fail an assertion, since it went on to ask for the first of them."
        ),
        fix="Correct the stored number; forbid the one that is too small with `valid: {min: …}`.",
        example=ContentExample(
            schema=(
                "meta: {id: listed}\n"
                "seq:\n"
                "  - {id: count_plus_one, type: u1}\n"
                "  - {id: items, type: u1, repeat: expr, repeat-expr: count_plus_one - 1}\n"
            ),
            passes="02 0a",
            breaks="00 0a",
        ),
        sources=("https://github.com/VirusTotal/yara/issues/2238",),
    ),
    Rule(
        code="C302",
        name="wrong-count",
        message="expected {expected}, found {actual}",
        help="write the number of items that are there",
        checks=(
            "A field with `-derive: {count-of: …}` holds the number of items of that list, "
            "divided by `unit` and increased by `plus` where these are given."
        ),
        why=(
            "In 2022 a development version of ClamAV refused a whole daily database for one "
            "signature that declared 5 parts and used 7. In 2026 YARA learnt to reject compiled "
            "rules that declare more rules than their table holds; before, it read past the table."
        ),
        fix="Count the items and write that number, or restore the items that are missing.",
        example=ContentExample(
            schema=(
                "meta: {id: listed}\n"
                "seq:\n"
                "  - {id: count, type: u1, -derive: {count-of: items}}\n"
                "  - {id: items, type: u1, repeat: eos}\n"
            ),
            passes="02 0a 0b",
            breaks="03 0a 0b",
        ),
        sources=(
            "https://github.com/Cisco-Talos/clamav/issues/698",
            "https://github.com/VirusTotal/yara/pull/2222",
        ),
    ),
    Rule(
        code="C303",
        name="wrong-size",
        message="expected {expected}, found {actual}",
        help="write the size of what is there",
        checks=(
            "A field with `-derive: {size-of: …}` holds the bytes that the target takes in the "
            "file, divided by `unit` and increased by `plus` where these are given. `_root` is "
            "the whole file."
        ),
        why=(
            "A stored size that is right shows that the file arrived whole. One that is wrong is "
            "believed by consumers that allocate or seek by it, and ignored by those that read "
            "field by field: the two do not see the same file."
        ),
        fix="Measure again after the last change, or restore the bytes that are missing.",
        example=ContentExample(
            schema=(
                "meta: {id: measured}\n"
                "seq:\n"
                "  - {id: file_size, type: u1, -derive: {size-of: _root}}\n"
                "  - {id: body, size-eos: true}\n"
            ),
            passes="03 61 62",
            breaks="04 61 62",
        ),
    ),
    Rule(
        code="C304",
        name="wrong-offset",
        message="expected {expected}, found {actual}",
        help="write the offset at which the target starts",
        checks=(
            "A field with `-derive: {offset-of: …}` holds the offset in the file at which the "
            "target starts, divided by `unit` and increased by `plus` where these are given."
        ),
        why=(
            "Where a format stores both an order and offsets, consumers choose: one reads in "
            "order, one jumps. As long as both agree nobody notices which of the two is used; "
            "the first wrong offset shows it, in the field."
        ),
        fix="Write the offsets after everything has its place.",
        example=ContentExample(
            schema=(
                "meta: {id: indexed}\n"
                "seq:\n"
                "  - {id: body_at, type: u1, -derive: {offset-of: body}}\n"
                "  - {id: name, type: strz, encoding: ASCII}\n"
                "  - {id: body, size-eos: true}\n"
            ),
            passes="03 61 00 0a 0b",
            breaks="02 61 00 0a 0b",
        ),
    ),
    Rule(
        code="C305",
        name="wrong-index",
        message="expected {expected}, found {actual}",
        help="write the position of the item in its list",
        checks=(
            "A field with `-derive: {index-of: …}` holds the position, from 0, of that item in "
            "its list, divided by `unit` and increased by `plus` where these are given. The item "
            "is often one that `-refers-to` found by its key."
        ),
        why=(
            "A key and a position that both name an item will disagree once the list is sorted "
            "anew. A consumer that goes by the position then applies one rule under the name of "
            "another, without any error."
        ),
        fix="Write the positions after the list has its final order.",
        example=ContentExample(
            schema=(
                "meta: {id: reference}\n"
                "seq:\n"
                "  - {id: items, type: item, repeat: expr, repeat-expr: 2}\n"
                "  - {id: key, type: u1, -refers-to: {table: items, by: _.key, as: found}}\n"
                "  - {id: position, type: u1, -derive: {index-of: found}}\n"
                "types:\n"
                "  item: {seq: [{id: key, type: u1}]}\n"
            ),
            passes="0a 0b 0b 01",
            breaks="0a 0b 0b 00",
        ),
    ),
)

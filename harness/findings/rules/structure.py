"""S101 to S108: what one field holds is not what the schema says of it."""

from __future__ import annotations

from harness.findings.example import ContentExample
from harness.findings.rule import Rule

RULES = (
    Rule(
        code="S101",
        name="truncated-field",
        message="the data ends early: {expected} needed, {actual} left",
        help="give the field its bytes, or correct the size or count that asks for more",
        checks=(
            "Every number, bit field, sized value and sized region lies whole in the stream that "
            "it is read from: the file, a sized region, or unpacked data. The finding spans what "
            "was left, from where the read began. The rest of the innermost sized region is not "
            "read; reading goes on after it."
        ),
        why=(
            "A file that was cut short is the commonest damage, and a parser that trusts a size "
            "reads on into memory that is not the file's. In 2017 one signature that was too "
            "short made ClamAV refuse its whole daily database as malformed."
        ),
        fix="Restore the missing bytes, or correct the size or count that asks for too many.",
        example=ContentExample(
            schema=(
                "meta: {id: text}\nseq:\n  - {id: length, type: u1}\n  - {id: body, size: length}\n"
            ),
            passes="03 61 62 63",
            breaks="04 61 62 63",
        ),
        sources=("https://github.com/Cisco-Talos/clamav-faq/issues/52",),
    ),
    Rule(
        code="S102",
        name="missing-terminator",
        message="no terminator {expected} before the end of the data",
        help="end the value with its terminator",
        checks=(
            "A value that ends at a terminator has it: before the end of its region, or within "
            "its `size` where it has one. `eos-error: false` takes the end instead, and so does "
            "a `pad-right` of the same byte. Without a `size` the rest of the region is not read."
        ),
        why=(
            "A consumer that copies until it meets the terminator runs past the end of a value "
            "that has none. A change proposed for YARA in 2026 makes the loader of compiled "
            "rules require just this, that each string ends inside its own buffer."
        ),
        fix="Write the terminator; make room for it if the value fills its field to the last byte.",
        example=ContentExample(
            schema="meta: {id: name}\nseq:\n  - {id: name, type: strz, encoding: ASCII}\n",
            passes="61 62 00",
            breaks="61 62",
        ),
        sources=("https://github.com/VirusTotal/yara/pull/2244",),
    ),
    Rule(
        code="S103",
        name="wrong-contents",
        message="expected {expected}, found {actual}",
        help="write the fixed bytes that the format prescribes here",
        checks=(
            "A field with `contents` holds exactly these bytes: a magic number, a version that "
            "the schema is written for, a fixed separator. Reading goes on after it."
        ),
        why=(
            "Fixed bytes are the cheapest proof that a file is what its name says. CrowdStrike "
            "has seen channel files made of zeros only, where a machine crashed soon after they "
            "were written; a magic number is enough to turn such a file away."
        ),
        fix=(
            "Find out what overwrote the bytes: a torn write, text mode, another format. If the "
            "format has a new version, write a schema for it."
        ),
        example=ContentExample(
            schema="meta: {id: tagged}\nseq:\n  - {id: magic, contents: TAGS}\n",
            passes="54 41 47 53",
            breaks="00 00 00 00",
        ),
        sources=(
            "https://www.crowdstrike.com/blog/tech-analysis-channel-file-may-contain-null-bytes/",
        ),
    ),
    Rule(
        code="S104",
        name="unknown-case",
        message="no case for {actual}",
        help="use a value the switch knows, or add a case to the schema",
        checks=(
            "A switch has a case for the value that it depends on. Without one the reader cannot "
            "know what follows: it steps over the attribute where a `size` says how far, else it "
            "leaves the innermost sized region. `-unknown: allow` on the attribute permits it."
        ),
        why=(
            "Content may be right for one consumer and unknown to the next. In 2024 thousands of "
            "the official Snort rules failed to load on OpenWrt, because that build did not know "
            "the keyword `pcre`."
        ),
        fix=(
            "Correct the value. If it is a new kind of record, describe it in the schema, and "
            "state in the contracts which consumer versions take it."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: record, endian: le}\n"
                "seq:\n"
                "  - {id: kind, type: u1}\n"
                "  - id: value\n"
                "    size: 2\n"
                "    type: {switch-on: kind, cases: {1: pair}}\n"
                "types:\n"
                "  pair: {seq: [{id: low, type: u1}, {id: high, type: u1}]}\n"
            ),
            passes="01 0a 0b",
            breaks="02 0a 0b",
        ),
        sources=("https://github.com/openwrt/packages/issues/25239",),
    ),
    Rule(
        code="S105",
        name="unknown-enum-value",
        message="{actual} is not a member of {expected}",
        help="use a member of the enum, or add the value to it",
        checks=(
            "An integer with an `enum` is one of its members, unless the attribute has "
            "`-unknown: allow`. Where `valid: {in-enum: true}` asks for the same, that is what "
            "is reported."
        ),
        why=(
            "Code that switches over the known members has no branch for another one, or has a "
            "default that was never meant for it. New or damaged, no shipped consumer has been "
            "tested with such a value."
        ),
        fix="Correct the value, or add it to the enum once every supported consumer knows it.",
        example=ContentExample(
            schema=(
                "meta: {id: rule}\n"
                "seq:\n"
                "  - {id: action, type: u1, enum: action}\n"
                "enums:\n"
                "  action: {0: pass, 1: block}\n"
            ),
            passes="01",
            breaks="02",
        ),
    ),
    Rule(
        code="S106",
        name="bad-encoding",
        message="not valid {expected}: {actual}",
        help="encode the string as the schema says",
        checks=(
            "The bytes of a string are valid in its encoding. The finding spans the first bytes "
            "that are not; expressions that use the string are left undecided."
        ),
        why=(
            "Every decoder mends broken text in its own way: one stops, one drops bytes, one "
            "puts a replacement character. Producer and consumer then compare different strings, "
            "and a rule silently matches something else."
        ),
        fix="Encode the text as the format says, or correct `encoding` in the schema.",
        example=ContentExample(
            schema="meta: {id: text}\nseq:\n  - {id: text, type: str, size: 2, encoding: UTF-8}\n",
            passes="c3 a9",
            breaks="c3 28",
        ),
    ),
    Rule(
        code="S107",
        name="nonzero-padding",
        message="padding must be zero, found {actual}",
        help="fill the padding with zeros, or mark the field `-padding: any`",
        checks=(
            "Padding is zero: what stands after the terminator of a sized string, the bits that "
            "are left over when a field begins at a whole byte, and fields with `-padding: zero`. "
            "`-padding: any` on the attribute permits anything."
        ),
        why=(
            "Padding that is not cleared carries whatever the producer had in memory. The next "
            "version of a format makes fields of it, and its consumers then read values that "
            "nobody wrote on purpose."
        ),
        fix="Clear the buffer before it is filled. If the bytes mean something, give them a field.",
        example=ContentExample(
            schema="meta: {id: text}\nseq:\n  - {id: text, type: strz, size: 4, encoding: ASCII}\n",
            passes="61 62 00 00",
            breaks="61 62 00 63",
        ),
    ),
    Rule(
        code="S108",
        name="misaligned-field",
        message="starts at offset {actual} of its stream, which is not a multiple of {expected}",
        help="move the field to an aligned offset",
        checks=(
            "An attribute with `-align: n` starts at a multiple of n bytes, counted from the "
            "start of its stream: the file, its sized region, or unpacked data."
        ),
        why=(
            "A consumer that maps the file and reads numbers where they lie depends on their "
            "alignment. Where producer and consumer differ, each field is read from the wrong "
            "bytes: in 2022 rules compiled for one word size crashed a consumer of another."
        ),
        fix="Put padding before the field; the padding is a field of its own in the schema.",
        example=ContentExample(
            schema=(
                "meta: {id: entry, endian: le}\n"
                "seq:\n"
                "  - {id: name, type: strz, encoding: ASCII}\n"
                "  - {id: value, type: u4, -align: 4}\n"
            ),
            passes="61 62 63 00 01 00 00 00",
            breaks="61 62 00 01 00 00 00",
        ),
        sources=("https://github.com/kevoreilly/capemon/issues/48",),
    ),
)

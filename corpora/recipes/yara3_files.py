"""Compiled YARA rules of libyara 3: what libyara made, and broken copies of it."""

from __future__ import annotations

from corpora.recipes.sample import Corpus, Sample, patched
from corpora.recipes.yara import (
    NULL_3,
    PAGE,
    SMALL_3,
    changed_3,
    page_size,
    pointing_3,
    relocated_3,
    u4,
    u8,
    valid,
    without_relocation_3,
)

VALID = tuple(
    Sample(f"{name}.yarc3", f"libyara 3.7.0: {tells}", valid("yara_compiled_3", f"{name}.yarc3"))
    for name, tells in (
        ("one", "one rule, one string"),
        ("small", "a little of everything; the broken files are made of it"),
        ("loops", "two rules with loops, which use scratch memory"),
        ("namespaces", "three namespaces, two with the same rule"),
        ("everything", "modules, regular expressions, jumps, chained strings, variables"),
    )
)

INVALID = (
    Sample("magic.yarc3", "the magic is `YARB`", patched(SMALL_3, 0, b"YARB"), ("S103",)),
    Sample("threads.yarc3", "made for 16 threads", patched(SMALL_3, 8, u4(0x10_0010)), ("B202",)),
    Sample(
        "page-size.yarc3",
        "a page of two gigabytes",
        patched(SMALL_3, 4, u4(0x7FFF_FFF8)),
        ("S101",),
    ),
    Sample(
        "truncated.yarc3", "the relocations are missing", SMALL_3[: PAGE + page_size()], ("S101",)
    ),
    Sample("no-hash.yarc3", "the hash is missing", SMALL_3[:-4], ("S101",)),
    Sample("trailing.yarc3", "a byte after the hash", SMALL_3 + b"\0", ("S109",)),
    Sample(
        "code-beyond-page.yarc3",
        "the code begins behind the page",
        pointing_3(16, 1 << 31),
        ("B204", "I501 pointer-in-page", "I501 relocated-pointer-in-page"),
    ),
    Sample("rules-null.yarc3", "no rules", pointing_3(0, NULL_3), ("B204", "I501 pointer-in-page")),
    Sample(
        "pointer-not-relocated.yarc3",
        "a pointer that is not in the list stays an offset",
        without_relocation_3(0),
        ("I505",),
    ),
    Sample(
        "relocation-beyond-page.yarc3",
        "only four of the eight bytes to relocate are in the page",
        relocated_3(page_size() - 4),
        ("I501 relocation-in-page",),
    ),
    Sample(
        "relocation-of-number.yarc3",
        "what is relocated is no offset in the page",
        relocated_3(1176),
        ("I501 relocated-pointer-in-page",),
    ),
    Sample(
        "name-beyond-page.yarc3",
        "a rule's name behind the page",
        pointing_3(712, 1 << 20),
        ("I501 pointer-in-page", "I501 relocated-pointer-in-page"),
    ),
    Sample(
        "memory-slot.yarc3",
        "slot 16 of 16 (VirusTotal/yara #891)",
        changed_3(152, u8(16)),
        ("B201",),
    ),
    Sample("opcode.yarc3", "an unknown instruction", changed_3(83, b"\xee"), ("S105",)),
    Sample("jump.yarc3", "a jump to the middle of an instruction", pointing_3(85, 106), ("I505",)),
    Sample(
        "meta-type.yarc3",
        "a meta of type 9",
        changed_3(7776, u4(9)),
        ("I501 text-only-of-text", "S105"),
    ),
    Sample(
        "string-length.yarc3",
        "a string of a gigabyte",
        changed_3(1140, u4(1 << 30)),
        ("I501 string-in-page",),
    ),
    Sample(
        "string-matched.yarc3",
        "a string that has matches before it is used",
        changed_3(1184, u8(1)),
        ("S107",),
    ),
    Sample(
        "transition.yarc3",
        "a state behind the table",
        changed_3(8016 + 8, u8(0x400 << 32)),
        ("I501 states-in-table",),
    ),
    Sample(
        "first-match.yarc3",
        "a match inside a match",
        pointing_3(16208 + 8, 24404),
        ("I501 match-in-pool",),
    ),
)

CORPUS = Corpus("yara_compiled_3", VALID, INVALID)

"""Compiled YARA rules of libyara 4: what libyara made, and broken copies of it."""

from __future__ import annotations

from corpora.recipes.sample import Corpus, Sample, patched
from corpora.recipes.yara import (
    NULL,
    SMALL,
    Section,
    changed,
    entry,
    place,
    pointing,
    relocated,
    u4,
    u8,
    valid,
    without_relocation,
)


def slot(number: int) -> bytes:
    """The first instruction that clears a slot of scratch memory, given another slot."""
    start, _ = place(Section.CODE)
    return patched(SMALL, SMALL.index(b"\x1f" + bytes(8), start) + 1, u8(number))


VALID = tuple(
    Sample(f"{name}.yarc", f"libyara 4.5.4: {tells}", valid("yara_compiled", f"{name}.yarc"))
    for name, tells in (
        ("one", "one rule, one string"),
        ("small", "a little of everything; the broken files are made of it"),
        ("loops", "two rules with loops, which use scratch memory"),
        ("namespaces", "three namespaces, two with the same rule"),
        ("everything", "modules, regular expressions, jumps, chained strings, variables"),
        ("newer", "syntax that came with libyara 4"),
    )
)

INVALID = (
    # The container
    Sample("empty.yarc", "no byte at all", b"", ("S101",)),
    Sample("magic.yarc", "the magic is `YARB`", patched(SMALL, 0, b"YARB"), ("S103",)),
    Sample("version-20.yarc", "the version of libyara 4.3", patched(SMALL, 4, b"\x14"), ("S103",)),
    Sample(
        "no-buffers.yarc",
        "a header with no buffer, and two bytes (VirusTotal/yara #2238)",
        b"YARA\x15\0\0\0",
        ("B202", "B203"),
    ),
    Sample(
        "buffer-offset.yarc",
        "a buffer is said to begin one byte late",
        entry(Section.CODE, offset=place(Section.CODE)[0] + 1),
        ("I501 buffers-in-a-row", "I501 code-pointer-in-buffer", "I505"),
    ),
    Sample(
        "buffer-size.yarc",
        "a buffer of four gigabytes",
        entry(Section.REGULAR_EXPRESSIONS, size=0xFFFF_FFFF),
        ("I501 buffer-in-file", "I501 buffers-in-a-row", "S101"),
    ),
    Sample(
        "truncated.yarc",
        "the second half is missing",
        SMALL[: len(SMALL) // 2],
        ("I501 buffer-in-file", "S101"),
    ),
    Sample("half-relocation.yarc", "half a relocation at the end", SMALL[:-4], ("S101",)),
    # Counts
    Sample(
        "rule-count.yarc",
        "one rule more than the table has (VirusTotal/yara #2222)",
        changed(Section.SUMMARY, 0, u4(3)),
        ("I501 rules-counted",),
    ),
    Sample(
        "string-count.yarc",
        "a string too many",
        changed(Section.SUMMARY, 4, u4(4)),
        ("I501 strings-counted",),
    ),
    Sample(
        "namespace-count.yarc",
        "no namespace",
        changed(Section.SUMMARY, 8, u4(0)),
        ("I501 namespaces-counted",),
    ),
    # Pointers
    Sample(
        "name-beyond-pool.yarc",
        "the name of a rule begins behind the pool",
        pointing(Section.RULES, 16, (Section.TEXTS, place(Section.TEXTS)[1])),
        ("I501 pointer-in-buffer",),
    ),
    Sample(
        "name-in-code.yarc",
        "the name of a rule is in the code",
        pointing(Section.RULES, 16, (Section.CODE, 0)),
        ("I501 pointer-to-right-buffer",),
    ),
    Sample(
        "name-null.yarc",
        "a rule without a name",
        pointing(Section.RULES, 16, NULL),
        ("I501 pointer-to-right-buffer",),
    ),
    Sample(
        "strings-mid-item.yarc",
        "the strings of a rule begin inside a string",
        pointing(Section.RULES, 40, (Section.STRINGS, 8)),
        ("I501 pointer-to-item",),
    ),
    Sample(
        "strings-not-first.yarc",
        "a rule points at its second string",
        pointing(Section.RULES, 40, (Section.STRINGS, 56)),
        ("I501 first-of-own-strings",),
    ),
    Sample(
        "strings-of-another.yarc",
        "a rule without strings points at those of another",
        pointing(Section.RULES, 56 + 40, (Section.STRINGS, 0)),
        ("I501 own-strings",),
    ),
    Sample(
        "pointer-not-relocated.yarc",
        "a pointer that is not in the list stays a number (VirusTotal/yara #2239)",
        without_relocation(Section.EXTERNAL_VARIABLES, 16),
        ("I505",),
    ),
    Sample(
        "relocated-twice.yarc", "the same relocation twice", relocated(Section.RULES, 16), ("I506",)
    ),
    Sample(
        "relocation-beyond-buffer.yarc",
        "only four of the eight bytes to relocate are in the buffer",
        relocated(Section.CODE, place(Section.CODE)[1] - 4),
        ("I501 relocation-in-buffer",),
    ),
    Sample(
        "relocation-in-small-buffer.yarc",
        "a relocation in a buffer that holds less than a pointer (VirusTotal/yara #1390, #2178)",
        relocated(Section.REGULAR_EXPRESSIONS, 0x4000_0000),
        ("I501 relocation-at-pointer", "I501 relocation-in-buffer"),
    ),
    Sample(
        "relocation-buffer.yarc",
        "a relocation in buffer 200 (VirusTotal/yara #2202)",
        relocated(200, 0),
        ("S105",),
    ),
    Sample(
        "relocation-of-flags.yarc",
        "a relocation where there is no pointer",
        relocated(Section.RULES, 0),
        ("I501 relocation-at-pointer",),
    ),
    Sample(
        "target-buffer.yarc",
        "a pointer in the code to buffer 200 (VirusTotal/yara #2213)",
        pointing(Section.CODE, 19, (200, 0)),
        ("I501 code-pointer-in-buffer",),
    ),
    Sample(
        "target-beyond-buffer.yarc",
        "a pointer in the code to an offset behind its buffer",
        pointing(Section.CODE, 19, (Section.STRINGS, 0x7FFF_FFFF)),
        ("I501 code-pointer-in-buffer",),
    ),
    Sample(
        "target-mid-item.yarc",
        "a pointer in the code to the middle of a string",
        pointing(Section.CODE, 19, (Section.STRINGS, 60)),
        ("I501 code-pointer-to-item",),
    ),
    # Texts
    Sample(
        "name-open.yarc",
        "the last name in the pool is not ended",
        changed(Section.TEXTS, -1, b"x"),
        ("S102",),
    ),
    # Rules, metas, strings, variables
    Sample(
        "rule-flags.yarc",
        "a flag that no rule has",
        changed(Section.RULES, 0, u4(0x100)),
        ("B208",),
    ),
    Sample(
        "rules-open.yarc",
        "no sentinel after the rules",
        changed(Section.RULES, -56, u4(0)),
        ("B201", "I501 pointer-to-item", "I501 pointer-to-right-buffer", "I501 rules-end", "I505"),
    ),
    Sample(
        "rules-end-early.yarc",
        "a sentinel in between",
        changed(Section.RULES, 56, u4(4)),
        ("I501 rules-end-once",),
    ),
    Sample(
        "meta-type.yarc",
        "a meta of type 9",
        changed(Section.METAS, 24, u4(9)),
        ("I501 text-only-of-text", "S105"),
    ),
    Sample(
        "meta-without-text.yarc",
        "a text without a text",
        pointing(Section.METAS, 8, NULL),
        ("I501 text-only-of-text",),
    ),
    Sample(
        "metas-open.yarc",
        "no meta is the last",
        changed(Section.METAS, -4, u4(0)),
        ("I501 metas-end",),
    ),
    Sample(
        "string-index.yarc",
        "a string with another's index",
        changed(Section.STRINGS, 4, u4(1)),
        ("B202",),
    ),
    Sample(
        "string-rule.yarc",
        "a string of no rule",
        changed(Section.STRINGS, 16, u4(2)),
        ("I501 own-strings", "I501 string-of-a-rule", "I501 strings-end"),
    ),
    Sample(
        "string-length.yarc",
        "a string of a gigabyte",
        changed(Section.STRINGS, 20, u4(1 << 30)),
        ("I501 string-in-pool",),
    ),
    Sample(
        "string-chained.yarc",
        "a string that is chained to itself",
        pointing(Section.STRINGS, 32, (Section.STRINGS, 0)),
        ("I501 chained-to-earlier",),
    ),
    Sample(
        "strings-open.yarc",
        "the last string of a rule is not marked",
        changed(Section.STRINGS, -56, u4(0x229)),
        ("I501 strings-end",),
    ),
    Sample(
        "variables-open.yarc",
        "no sentinel after the external variables",
        changed(Section.EXTERNAL_VARIABLES, -24, u4(2)),
        ("I501 pointer-to-right-buffer", "I501 variables-end", "I505"),
    ),
    Sample(
        "namespace-index.yarc", "a wrong index", changed(Section.NAMESPACES, 8, u4(1)), ("B202",)
    ),
    # Code
    Sample("memory-slot.yarc", "slot 20 of 20 (VirusTotal/yara #891)", slot(20), ("B201",)),
    Sample("opcode.yarc", "an unknown instruction", changed(Section.CODE, 27, b"\xee"), ("S105",)),
    Sample(
        "code-open.yarc",
        "the code does not end with a halt",
        changed(Section.CODE, -1, b"\xfe"),
        ("I501 code-ends",),
    ),
    Sample(
        "jump.yarc",
        "a jump to the middle of an instruction",
        changed(Section.CODE, 29, u4(17)),
        ("I505",),
    ),
    Sample(
        "jump-beyond.yarc",
        "a jump behind the code",
        changed(Section.CODE, 10, u4(1 << 20)),
        ("I505",),
    ),
    Sample(
        "rule-number.yarc",
        "code for a rule that is not there",
        changed(Section.CODE, 14, u4(2)),
        ("I501 rule-exists",),
    ),
    # The automaton
    Sample(
        "transition.yarc",
        "a transition to a state behind the table",
        changed(Section.TRANSITIONS, 4, u4(0x400 << 9)),
        ("I501 states-in-table",),
    ),
    Sample(
        "first-match.yarc",
        "a state whose first match is not in the pool",
        changed(Section.STATE_MATCHES, 4, u4(99)),
        ("I501 matches-in-pool",),
    ),
    Sample(
        "match-next.yarc",
        "a match that is its own successor",
        pointing(Section.MATCHES, 24, (Section.MATCHES, 0)),
        ("I501 next-is-another",),
    ),
)

CORPUS = Corpus("yara_compiled", VALID, INVALID)

"""Broken flattened devicetrees: what is wrong stands in the tree, or in its names."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.dtb import (
    END,
    END_NODE,
    HEADER_SIZE,
    NOP,
    STRINGS,
    STRUCTURE_SIZE,
    TOTAL_SIZE,
    Blob,
    Node,
    begin,
    build,
    prop,
    tree,
    word,
    words,
)
from corpora.recipes.dtb_valid import BOARD, EMPTY, SOME, UART, with_name, with_property
from corpora.recipes.sample import Sample, inserted, patched

SOUND = build(SOME)
SIZE, BLOCK, NAMES = len(SOUND), len(SOME.structure), len(SOME.strings)
AT = HEADER_SIZE + 16  # where the structure block is in `SOUND`
NAMES_AT = AT + BLOCK
FIRST = AT + 8  # the first property: its token; length, name and value are 4, 8, 12 further
MODEL = len(b"sample,board\0")


def tokens(*pieces: bytes) -> bytes:
    """A file with this structure block, and one name, `a`."""
    return build(Blob(b"".join(pieces), b"a\0"))


INVALID = (
    # Tokens.
    Sample(
        "token-5.dtb",
        "a token that there is not",
        tokens(begin(b""), words(5), END_NODE, END),
        ("S104", "S105"),
    ),
    Sample(
        "token-swapped.dtb",
        "a token in the other byte order",
        tokens(begin(b""), END_NODE[::-1], END),
        ("S104", "S105"),
    ),
    Sample(
        "no-end.dtb",
        "no FDT_END",
        tokens(begin(b""), END_NODE),
        ("I501 structure-ends-with-end", "S101"),
    ),
    Sample(
        "early-end.dtb",
        "tokens after FDT_END",
        tokens(begin(b""), END_NODE, END, NOP),
        ("I501 structure-ends-with-end", "S110"),
    ),
    Sample("two-ends.dtb", "FDT_END twice", tokens(begin(b""), END_NODE, END, END), ("S110",)),
    Sample(
        "end-in-node.dtb",
        "FDT_END in a node",
        tokens(begin(b""), begin(b"n"), END, END_NODE, END_NODE, END),
        ("I501 end-outside-of-nodes", "I501 tokens-in-nodes"),
    ),
    Sample(
        "node-not-ended.dtb",
        "a node without FDT_END_NODE",
        tokens(begin(b""), begin(b"n"), END_NODE, END),
        ("I501 end-outside-of-nodes", "S101"),
    ),
    Sample(
        "node-ended-twice.dtb",
        "one FDT_END_NODE too many",
        tokens(begin(b""), END_NODE, END_NODE, END),
        ("I501 tokens-in-nodes",),
    ),
    Sample(
        "no-root.dtb",
        "no node at all",
        tokens(END),
        ("I501 one-root-node", "I501 structure-begins-with-node"),
    ),
    Sample(
        "two-roots.dtb",
        "two root nodes",
        tokens(begin(b""), END_NODE, begin(b""), END_NODE, END),
        ("I501 one-root-node",),
    ),
    Sample(
        "property-outside.dtb",
        "a property before the root node",
        tokens(prop(0, b""), begin(b""), END_NODE, END),
        ("I501 structure-begins-with-node", "I501 tokens-in-nodes"),
    ),
    Sample(
        "property-after-node.dtb",
        "a property after a node",
        tokens(begin(b""), begin(b"n"), END_NODE, NOP, prop(0, b""), END_NODE, END),
        ("I501 properties-before-nodes",),
    ),
    Sample(
        "too-deep.dtb",
        "nodes 300 deep, more than the schema follows",
        tokens(begin(b""), begin(b"n") * 299, END_NODE * 300, END),
        ("L601",),
    ),
    # Properties.
    Sample(
        "value-far-longer.dtb",
        "a value of 65,536 bytes",
        word(SOUND, FIRST + 4, 0x1_0000),
        ("B201", "S101"),
    ),
    Sample(
        "value-longer.dtb",
        "a value told longer than it is",
        word(SOUND, FIRST + 4, MODEL + 4),
        ("I501 value-leads-to-token", "S104", "S105", "S107"),
    ),
    Sample(
        "value-padding.dtb",
        "padding of a value that is not zero, as libfdt leaves it",
        patched(SOUND, FIRST + 12 + MODEL, b"\1"),
        ("S107",),
    ),
    Sample(
        "name-outside.dtb",
        "the name of a property where the strings block ends",
        word(SOUND, FIRST + 8, NAMES),
        ("B201",),
    ),
    Sample(
        "name-hostile.dtb",
        "the name of a property at the last offset there is",
        word(SOUND, FIRST + 8, 0xFFFF_FFFF),
        ("B201",),
    ),
    Sample(
        "name-at-nul.dtb",
        "the name of a property at a NUL",
        word(SOUND, FIRST + 8, 5),
        ("I501 property-with-name",),
    ),
    Sample(
        "name-without-nul.dtb",
        "the last name has no NUL",
        patched(SOUND, SIZE - 1, b"!"),
        ("I501 strings-end-with-nul", "S102"),
    ),
    Sample(
        "property-twice.dtb",
        "a property twice",
        build(tree(Node(b"", ((b"a", b"1"), (b"b", b""), (b"a", b"2"))))),
        ("I504",),
    ),
    Sample(
        "property-star.dtb",
        "a property name with a character that it must not have",
        with_property(b"clock*names"),
        ("I501 property-name-characters",),
    ),
    Sample(
        "property-8-bit.dtb",
        "a property name that is not ASCII",
        with_property(b"gr\xfc\xdfe"),
        ("S106",),
    ),
    # Nodes.
    Sample(
        "root-named.dtb",
        "a root node with a name",
        build(tree(replace(BOARD, name=b"board"))),
        ("I501 root-without-name",),
    ),
    Sample("node-nameless.dtb", "a node without a name", with_name(b""), ("I501 node-with-name",)),
    Sample(
        "node-unit-only.dtb",
        "a node with a unit address and no name",
        with_name(b"@0"),
        ("I501 node-with-name",),
    ),
    Sample(
        "node-twice.dtb",
        "two nodes with the same name",
        build(tree(replace(BOARD, nodes=(*BOARD.nodes, UART)))),
        ("I504",),
    ),
    Sample(
        "node-like-property.dtb",
        "a node with the name of a property beside it",
        build(tree(Node(b"", ((b"model", b"x\0"),), (Node(b"model"),)))),
        ("I504",),
    ),
    Sample(
        "node-slash.dtb",
        "a node name with a slash",
        with_name(b"soc/uart"),
        ("I501 node-name-characters",),
    ),
    Sample("node-8-bit.dtb", "a node name that is not ASCII", with_name(b"ger\xe4t@0"), ("S106",)),
    Sample(
        "node-two-units.dtb",
        "a node name with two unit addresses",
        with_name(b"uart@1@2"),
        ("I501 one-unit-address",),
    ),
    Sample(
        "node-unit-empty.dtb",
        "a node name that ends with `@`",
        with_name(b"uart@"),
        ("I501 unit-address-not-empty",),
    ),
    Sample(
        "node-padding.dtb",
        "padding of a node name that is not zero",
        patched(build(EMPTY), AT + 7, b"\1"),
        ("S107",),
    ),
    Sample(
        "node-name-endless.dtb",
        "a node name without NUL",
        build(Blob(begin(b"") + words(1) + b"endless name", b"")),
        ("I501 structure-ends-with-end", "S102"),
    ),
    Sample(
        "torn.dtb",
        "zeros from the middle of the structure block on, as after a torn write",
        SOUND[: AT + BLOCK // 8 * 4] + bytes(SIZE - AT - BLOCK // 8 * 4),
        (
            "I501 property-name-not-empty",
            "I501 property-with-name",
            "I501 structure-ends-with-end",
            "I501 value-leads-to-token",
            "I504",
            "S104",
            "S105",
        ),
    ),
    Sample(
        "inserted.dtb",
        "a byte too many in the structure block",
        word(
            word(word(inserted(SOUND, FIRST, b"\0"), TOTAL_SIZE, SIZE + 1), STRINGS, NAMES_AT + 1),
            STRUCTURE_SIZE,
            BLOCK + 1,
        ),
        ("I501 structure-ends-with-end", "I501 structure-size-aligned", "S104", "S105"),
    ),
)

"""Sound flattened devicetrees: each part of the format, and what draws a warning or a note."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.dtb import END, END_NODE, NOP, Blob, Node, begin, build, prop, tree, words
from corpora.recipes.sample import Sample

CELLS = ((b"#address-cells", words(1)), (b"#size-cells", words(1)))
CPUS = Node(
    b"cpus",
    ((b"#address-cells", words(1)), (b"#size-cells", words(0))),
    (
        Node(b"cpu@0", ((b"device_type", b"cpu\0"), (b"reg", words(0)))),
        Node(b"cpu@1", ((b"device_type", b"cpu\0"), (b"reg", words(1)))),
    ),
)
MEMORY = Node(b"memory@0", ((b"device_type", b"memory\0"), (b"reg", words(0, 0x2000_0000))))
UART = Node(
    b"uart@fe001000",
    (
        (b"compatible", b"ns16550\0"),
        (b"reg", words(0xFE00_1000, 0x100)),
        (b"interrupt-controller", b""),
    ),
)
# The tree that the specification draws (§2.1), with small changes.
BOARD = Node(
    b"",
    ((b"model", b"sample,board\0"), (b"compatible", b"sample,board\0sample,soc\0"), *CELLS),
    (
        CPUS,
        MEMORY,
        UART,
        Node(b"chosen", ((b"bootargs", b"root=/dev/sda2\0"),)),
        Node(b"aliases", ((b"serial0", b"/uart@fe001000\0"),)),
    ),
)
SOME = tree(BOARD)
EMPTY = tree(Node(b""))
OVERLAY = Node(
    b"",
    ((b"compatible", b"sample,board\0"),),
    (
        Node(
            b"fragment@0",
            ((b"target", b"\xff\xff\xff\xff"),),
            (Node(b"__overlay__", ((b"status", b"okay\0"),)),),
        ),
        Node(b"__fixups__", ((b"uart0", b"/fragment@0:target:0\0"),)),
    ),
)
# Behind a node of eight bytes name and five bytes value.
NOPS = NOP + begin(b"") + NOP + prop(0, b"12345") + NOP + NOP + begin(b"child") + NOP + END_NODE


def with_name(name: bytes) -> bytes:
    """A tree with one node, called `name`."""
    return build(tree(Node(b"", CELLS, (Node(name, ((b"status", b"okay\0"),)),))))


def with_property(name: bytes) -> bytes:
    """A tree with one property, called `name`."""
    return build(tree(Node(b"", ((name, b"\0\1"),))))


VALID = (
    Sample("empty-tree.dtb", "a root node and nothing in it", build(EMPTY)),
    Sample("board.dtb", "a small board, like the one that the specification draws", build(SOME)),
    Sample(
        "reservations.dtb",
        "reserved memory: two regions side by side, one at the end of the address space",
        build(
            replace(
                SOME,
                reservations=(
                    (0x8000_0000, 0x1000),
                    (0x8000_1000, 0x1000),
                    (0xFFFF_FFFF_FFFF_F000, 0xFFF),
                ),
            )
        ),
    ),
    Sample(
        "free-space.dtb",
        "free space between the blocks and at the end, some of it not zero",
        build(replace(SOME, space=(bytes(8), b"left" * 2, b"odd", b"\xff" * 13))),
    ),
    Sample(
        "nops.dtb", "FDT_NOP everywhere", build(Blob(NOPS + NOP + END_NODE + NOP + END, b"a\0"))
    ),
    Sample(
        "shared-names.dtb",
        "names that are the end of others",
        build(
            tree(
                Node(
                    b"",
                    ((b"interrupt-parent", words(1)), (b"parent", b""), (b"#size-cells", words(1))),
                    (Node(b"soc", ((b"cells", b"\1"),)),),
                )
            )
        ),
    ),
    Sample(
        "unused-name.dtb",
        "a name that no property has, as it is left where one was removed",
        build(replace(SOME, strings=SOME.strings + b"data\0")),
    ),
    Sample(
        "all-characters.dtb",
        "each character that names may have",
        build(
            tree(
                Node(
                    b"",
                    ((b"a.Z_9+,?#-", b"\0"),),
                    (Node(b"a.Z_0,+-9@A,b.c_d+e-9"), Node(b"b@0"), Node(b"b@1"), Node(b"b")),
                )
            )
        ),
    ),
    Sample(
        "values.dtb",
        "values of 0 to 8 bytes, with 0 to 3 bytes of padding",
        build(tree(Node(b"", tuple((b"v%d" % n, bytes(range(1, n + 1))) for n in range(9))))),
    ),
    Sample(
        "names.dtb",
        "node names with 0 to 3 bytes of padding",
        build(tree(Node(b"", (), tuple(Node(b"n" * n) for n in range(1, 9))))),
    ),
    Sample(
        "deep.dtb",
        "nodes 60 deep",
        build(Blob(begin(b"") + begin(b"n") * 59 + END_NODE * 60 + END, b"")),
    ),
    Sample("length-31.dtb", "names as long as they may be", with_name(b"n" * 31 + b"@0")),
    # What draws a warning or a note.
    Sample(
        "overlay.dtbo",
        "an overlay; its node names begin with underscores",
        build(tree(OVERLAY)),
        ("I501 node-name-start",),
    ),
    Sample(
        "version-18.dtb",
        "a later version that a reader of version 17 can read",
        build(replace(SOME, version=(18, 17))),
        ("I501 later-version",),
    ),
    Sample(
        "strings-first.dtb",
        "the strings block before the structure block",
        build(
            replace(
                SOME,
                order=("reservations", "strings", "structure"),
                space=(b"", b"", bytes(-len(SOME.strings) % 4), b""),
            )
        ),
        ("I501 order-of-blocks",),
    ),
    Sample(
        "node-name-32.dtb",
        "a node name one character too long",
        with_name(b"n" * 32 + b"@0"),
        ("I501 node-name-length",),
    ),
    Sample(
        "node-name-digit.dtb",
        "a node name that begins with a digit",
        with_name(b"1wire@0"),
        ("I501 node-name-start",),
    ),
    Sample(
        "property-name-32.dtb",
        "a property name one character too long",
        with_property(b"sample," + b"n" * 25),
        ("I501 property-name-length",),
    ),
)

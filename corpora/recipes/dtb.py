"""Build flattened devicetrees from plain values, sound or not: what is given is written."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from corpora.recipes.sample import patched

HEADER_SIZE = 40
# Where the header has what (Devicetree Specification v0.4 §5.2).
MAGIC, TOTAL_SIZE, STRUCTURE, STRINGS, RESERVATIONS = range(0, 20, 4)
VERSION, COMPATIBLE, BOOT_CPU, STRINGS_SIZE, STRUCTURE_SIZE = range(20, 40, 4)

# Tokens of the structure block (§5.4.1), as they stand in it.
NOP, END_NODE, END = (struct.pack(">I", token) for token in (4, 2, 9))

Order = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree.

    Attributes:
        name: with its unit address.
        properties: names and values.
        nodes: those below it.
    """

    name: bytes
    properties: tuple[tuple[bytes, bytes], ...] = ()
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Blob:
    """What a file says.

    Attributes:
        structure: the structure block.
        strings: the strings block.
        reservations: regions of memory, address and size; the end mark comes by itself.
        order: of the blocks in the file.
        space: what follows the header, and each of the blocks, in the file.
        version: and the lowest compatible one.
    """

    structure: bytes
    strings: bytes
    reservations: tuple[tuple[int, int], ...] = ()
    order: Order = ("reservations", "structure", "strings")
    space: tuple[bytes, bytes, bytes, bytes] = (b"", b"", b"", b"")
    version: tuple[int, int] = (17, 16)


class Names:
    """The strings block, put together as names are needed; one may be the end of another."""

    def __init__(self) -> None:
        self.data = b""

    def offset(self, name: bytes) -> int:
        """Where a name begins."""
        if name + b"\0" not in self.data:
            self.data += name + b"\0"
        return self.data.index(name + b"\0")


def tree(root: Node) -> Blob:
    """Return the tree as `dtc` writes it."""
    names = Names()
    return Blob(flat(root, names) + END, names.data)


def flat(node: Node, names: Names) -> bytes:
    """Return the tokens of a node."""
    properties = (prop(names.offset(name), value) for name, value in node.properties)
    nodes = (flat(below, names) for below in node.nodes)
    return b"".join((begin(node.name), *properties, *nodes, END_NODE))


def begin(name: bytes) -> bytes:
    """FDT_BEGIN_NODE with the name of the node."""
    return words(1) + _padded(name + b"\0")


def prop(name_offset: int, value: bytes) -> bytes:
    """FDT_PROP with the value of the property."""
    return words(3, len(value), name_offset) + _padded(value)


def build(blob: Blob) -> bytes:
    """Return the file."""
    blocks = {
        "reservations": b"".join(
            struct.pack(">QQ", *pair) for pair in (*blob.reservations, (0, 0))
        ),
        "structure": blob.structure,
        "strings": blob.strings,
    }
    body, starts = blob.space[0], {}
    for name, space in zip(blob.order, blob.space[1:], strict=True):
        starts[name] = HEADER_SIZE + len(body)
        body += blocks[name] + space
    offsets = (starts["structure"], starts["strings"], starts["reservations"])
    sizes = (len(blob.strings), len(blob.structure))
    header = words(0xD00DFEED, HEADER_SIZE + len(body), *offsets, *blob.version, 0, *sizes)
    return header + body


def word(data: bytes, offset: int, value: int) -> bytes:
    """Overwrite a number of four bytes."""
    return patched(data, offset, words(value))


def words(*values: int) -> bytes:
    """Numbers of four bytes, big endian."""
    return struct.pack(f">{len(values)}I", *values)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)

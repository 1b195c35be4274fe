"""Broken MaxMind DB files: what is wrong in the search tree, and in values."""

from __future__ import annotations

from corpora.recipes.maxmind import (
    Data,
    Kind,
    array,
    boolean,
    build,
    head,
    integer,
    pointer,
    string,
    tree,
)
from corpora.recipes.maxmind_invalid import NODES, SOUND, TREE_SIZE
from corpora.recipes.maxmind_valid import COUNTRIES, FIRST, IPV4, TO_FIRST
from corpora.recipes.sample import Sample, patched


def with_value(field: bytes) -> bytes:
    """A database of one value."""
    return build([(Data(0), None)], field)


def with_record(value: int) -> bytes:
    """The sound database; the last record of its tree is another."""
    return patched(SOUND, TREE_SIZE - 3, value.to_bytes(3, "big"))


INVALID = (
    # The search tree.
    Sample(
        "node-unreached.mmdb",
        "a node that no record leads to",
        build([*IPV4, (None, None)], COUNTRIES),
        ("S110",),
    ),
    Sample(
        "tree-ring.mmdb",
        "a node that leads back to the top",
        with_record(0),
        ("S114",),
    ),
    Sample(
        "tree-too-deep.mmdb",
        "a prefix of 33 bits for addresses of 32",
        build(tree({"1" * 33: TO_FIRST}), FIRST),
        ("L601",),
    ),
    Sample(
        "tree-too-deep-ipv6.mmdb",
        "a prefix of 129 bits for addresses of 128",
        build(tree({"1" * 129: TO_FIRST}), FIRST, ip_version=6),
        ("L601",),
    ),
    Sample(
        "record-in-separator.mmdb",
        "a record that leads to the first byte of the separator",
        with_record(NODES + 1),
        ("I501 right-leads-somewhere",),
    ),
    Sample(
        "record-before-data.mmdb",
        "a record that leads to the last byte of the separator",
        with_record(NODES + 15),
        ("I501 right-leads-somewhere",),
    ),
    Sample(
        "record-inside-a-string.mmdb",
        "a record that leads into the middle of a value",
        with_record(NODES + 16 + 3),
        ("I505",),
    ),
    Sample(
        "record-behind-data.mmdb",
        "a record that leads to where the data section ends",
        with_record(NODES + 16 + len(COUNTRIES)),
        ("I501 right-leads-somewhere",),
    ),
    Sample(
        "record-28-bits.mmdb",
        "one of the upper four bits of a record is set",
        patched(build(IPV4, COUNTRIES, record_size=28), 3, b"\x10"),
        ("I501 left-leads-somewhere", "S111"),
    ),
    # Values.
    Sample(
        "pointer-behind-data.mmdb",
        "a pointer that leads behind the data section",
        with_value(pointer(1_000)),
        ("B204", "I505"),
    ),
    Sample(
        "pointer-inside-a-string.mmdb",
        "a pointer that leads into the middle of a value, where a string seems to be",
        with_value(array(string("ABCDE"), pointer(4))),
        ("I505",),
    ),
    Sample(
        "pointer-to-pointer.mmdb",
        "a pointer that leads to a pointer",
        with_value(array(string("x"), pointer(2), pointer(4))),
        ("I501 pointer-to-value",),
    ),
    Sample(
        "pointer-ring.mmdb",
        "an array whose item points to the array",
        with_value(array(pointer(0))),
        ("S114",),
    ),
    Sample(
        "key-number.mmdb",
        "a map with a number as its key",
        with_value(head(Kind.MAP, 1) + integer(Kind.UINT16, 1) + string("x")),
        ("I501 key-is-string",),
    ),
    Sample(
        "key-twice.mmdb",
        "a map with the same key twice, once as a pointer",
        with_value(head(Kind.MAP, 2) + string("a") + boolean(0) + pointer(1) + boolean(1)),
        ("I504",),
    ),
    Sample("not-utf-8.mmdb", "a string in ISO-8859-1", with_value(b"\x42Z\xfc"), ("S106",)),
    Sample(
        "map-runs-over.mmdb",
        "a map with a pair more than there is",
        with_value(head(Kind.MAP, 2) + string("a") + boolean(1)),
        ("S101",),
    ),
    Sample(
        "array-hostile.mmdb",
        "an array of 16,843,036 items",
        with_value(head(Kind.ARRAY, 16_843_036)),
        ("S101",),
    ),
    Sample(
        "string-runs-over.mmdb",
        "a string longer than its section",
        with_value(head(Kind.STRING, 9) + b"x"),
        ("S101",),
    ),
    Sample(
        "double-of-4.mmdb",
        "a double of four bytes",
        with_value(head(Kind.DOUBLE, 4) + bytes(4)),
        ("I501 size-of-type",),
    ),
    Sample(
        "float-of-8.mmdb",
        "a float of eight bytes",
        with_value(head(Kind.FLOAT, 8) + bytes(8)),
        ("I501 size-of-type",),
    ),
    Sample("boolean-2.mmdb", "a truth value of 2", with_value(boolean(2)), ("I501 size-of-type",)),
    Sample(
        "uint16-of-3.mmdb",
        "a uint16 of three bytes",
        with_value(integer(Kind.UINT16, 1, 3)),
        ("I501 size-of-type",),
    ),
    Sample(
        "uint32-of-5.mmdb",
        "a uint32 of five bytes",
        with_value(integer(Kind.UINT32, 1, 5)),
        ("I501 size-of-type",),
    ),
    Sample(
        "int32-of-5.mmdb",
        "an int32 of five bytes",
        with_value(integer(Kind.INT32, 1, 5)),
        ("I501 size-of-type",),
    ),
    Sample(
        "uint64-of-9.mmdb",
        "a uint64 of nine bytes",
        with_value(integer(Kind.UINT64, 1, 9)),
        ("I501 size-of-type",),
    ),
    Sample(
        "uint128-of-17.mmdb",
        "a uint128 of 17 bytes",
        with_value(integer(Kind.UINT128, 1, 17)),
        ("I501 size-of-type",),
    ),
    Sample(
        "container.mmdb",
        "a data cache container",
        with_value(head(Kind.CONTAINER, 0)),
        ("I501 type-in-use",),
    ),
    Sample(
        "end-marker.mmdb",
        "an end marker",
        with_value(head(Kind.END_MARKER, 0)),
        ("I501 type-in-use",),
    ),
    Sample(
        "type-16.mmdb", "a type that there is not", with_value(b"\0\x09"), ("I501 type-in-use",)
    ),
    Sample(
        "type-extended-zero.mmdb",
        "an extended type of 0, as if it were a map",
        with_value(b"\0\0"),
        ("B201",),
    ),
    Sample(
        "value-too-deep.mmdb",
        "arrays within arrays, more than 500 deep",
        with_value(head(Kind.ARRAY, 1) * 520 + boolean(1)),
        ("L601",),
    ),
)

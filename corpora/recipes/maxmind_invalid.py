"""Broken MaxMind DB files: each breaks one rule of the specification, version 2.0."""

from __future__ import annotations

from corpora.recipes.maxmind import (
    MARKER,
    Kind,
    about,
    array,
    boolean,
    build,
    head,
    integer,
    mapping,
    pointer,
    string,
)
from corpora.recipes.maxmind_valid import (
    COUNTRIES,
    FIRST,
    IPV4,
    told,
)
from corpora.recipes.sample import Sample, patched

SOUND = build(IPV4, COUNTRIES)
TREE_SIZE = 6 * len(IPV4)
METADATA = SOUND.rindex(MARKER) + len(MARKER)
NODES = len(IPV4)


def with_metadata(metadata: bytes) -> bytes:
    """The sound database with other bytes behind the marker."""
    return SOUND[:METADATA] + metadata


INVALID = (
    # The whole.
    Sample("empty.mmdb", "no byte at all", b"", ("S116",)),
    Sample("no-marker.mmdb", "no metadata", SOUND[: METADATA - len(MARKER)], ("S116",)),
    Sample("marker-only.mmdb", "a marker and nothing behind it", MARKER, ("S101",)),
    Sample("cut-in-metadata.mmdb", "the last byte is missing", SOUND[:-1], ("S101",)),
    Sample("trailing-byte.mmdb", "a byte behind the metadata", SOUND + b"\0", ("S110",)),
    Sample(
        "trailing-string.mmdb",
        "a string behind the map of the metadata to which nothing points",
        SOUND + string("lost"),
        ("S110",),
    ),
    Sample(
        "separator.mmdb",
        "a separator that is not zero",
        patched(SOUND, TREE_SIZE + 5, b"\1"),
        ("I501 tree-ends-at-separator", "S107"),
    ),
    Sample(
        "separator-too-short.mmdb",
        "one zero less between tree and data, so that all offsets are off by one",
        SOUND[:TREE_SIZE] + SOUND[TREE_SIZE + 1 :],
        ("I501 key-is-string", "I501 size-of-type", "I501 tree-ends-at-separator", "I505", "S107"),
    ),
    # Metadata.
    Sample(
        "metadata-array.mmdb",
        "metadata that begin with an array",
        with_metadata(array(string("node_count"))),
        ("I501 metadata-is-map", "S104"),
    ),
    Sample(
        "metadata-empty.mmdb",
        "metadata without keys",
        with_metadata(mapping()),
        (
            "I501 build-epoch-given",
            "I501 database-type-given",
            "I501 description-given",
            "I501 ip-version-given",
            "I501 major-version-given",
            "I501 minor-version-given",
            "I501 node-count-given",
            "I501 record-size-given",
            "S117",
        ),
    ),
    Sample(
        "no-node-count.mmdb",
        "`node_count` is missing",
        told(node_count=None),
        ("I501 node-count-given", "S117"),
    ),
    Sample(
        "no-record-size.mmdb",
        "`record_size` is missing",
        told(record_size=None),
        ("I501 record-size-given", "S117"),
    ),
    Sample(
        "no-ip-version.mmdb",
        "`ip_version` is missing",
        told(ip_version=None),
        ("I501 ip-version-given", "S117"),
    ),
    Sample(
        "no-database-type.mmdb",
        "`database_type` is missing",
        told(database_type=None),
        ("I501 database-type-given",),
    ),
    Sample(
        "no-build-epoch.mmdb",
        "`build_epoch` is missing",
        told(build_epoch=None),
        ("I501 build-epoch-given",),
    ),
    Sample(
        "no-major-version.mmdb",
        "`binary_format_major_version` is missing",
        told(binary_format_major_version=None),
        ("I501 major-version-given",),
    ),
    Sample(
        "no-minor-version.mmdb",
        "`binary_format_minor_version` is missing",
        told(binary_format_minor_version=None),
        ("I501 minor-version-given",),
    ),
    Sample(
        "major-version-3.mmdb",
        "a major version that is yet to come",
        told(binary_format_major_version=integer(Kind.UINT16, 3)),
        ("I501 major-version",),
    ),
    Sample(
        "ip-version-5.mmdb",
        "an IP version that there is not",
        told(ip_version=integer(Kind.UINT16, 5)),
        ("I501 ip-version", "S104"),
    ),
    Sample(
        "record-size-26.mmdb",
        "records of 26 bits",
        told(record_size=integer(Kind.UINT16, 26)),
        (
            "I501 record-size",
            "I501 size-of-type",
            "I501 tree-ends-at-separator",
            "S101",
            "S104",
            "S107",
        ),
    ),
    Sample(
        "record-size-36.mmdb",
        "records of 36 bits, which the format allows and no database has",
        build(
            [(1, 1)],
            b"",
            record_size=36,
        ),
        ("I501 record-size", "S104"),
    ),
    Sample(
        "node-count-zero.mmdb",
        "a tree without nodes",
        build([], FIRST),
        ("I501 node-count", "S101"),
    ),
    Sample(
        "node-count-too-high.mmdb",
        "one node more than there is",
        told(node_count=integer(Kind.UINT32, NODES + 1)),
        (
            "I501 left-leads-somewhere",
            "I501 size-of-type",
            "I501 tree-ends-at-separator",
            "S101",
            "S107",
            "S114",
        ),
    ),
    Sample(
        "node-count-too-low.mmdb",
        "one node less than there is",
        told(node_count=integer(Kind.UINT32, NODES - 1)),
        (
            "B201",
            "I501 key-is-string",
            "I501 left-leads-somewhere",
            "I501 right-leads-somewhere",
            "I501 tree-ends-at-separator",
            "I505",
            "S107",
        ),
    ),
    Sample(
        "node-count-hostile.mmdb",
        "4,294,967,295 nodes",
        told(node_count=integer(Kind.UINT32, 0xFFFF_FFFF)),
        ("I501 tree-ends-at-separator", "S101"),
    ),
    Sample(
        "node-count-uint64.mmdb",
        "a number of nodes of another type",
        told(node_count=integer(Kind.UINT64, NODES)),
        ("I501 metadata-type", "S117"),
    ),
    Sample(
        "epoch-string.mmdb",
        "a time of making that is a string",
        told(build_epoch=string("2023-11-14")),
        ("I501 metadata-type",),
    ),
    Sample(
        "languages-numbers.mmdb",
        "languages that are no strings",
        told(languages=array(integer(Kind.UINT16, 1))),
        ("I501 languages-are-strings",),
    ),
    Sample(
        "description-number.mmdb",
        "a description that is no string",
        told(description=mapping(("en", boolean(1)))),
        ("I501 descriptions-are-strings",),
    ),
    Sample(
        "metadata-key-twice.mmdb",
        "`build_epoch` stands twice",
        with_metadata(
            head(Kind.MAP, 10)
            + about(NODES, 24, 4)[1:]
            + string("build_epoch")
            + integer(Kind.UINT64, 1)
        ),
        ("I504",),
    ),
    Sample(
        "metadata-key-number.mmdb",
        "a key of the metadata that is a number",
        with_metadata(
            head(Kind.MAP, 10) + about(NODES, 24, 4)[1:] + integer(Kind.UINT16, 1) + boolean(1)
        ),
        ("I501 key-is-string",),
    ),
    Sample(
        "metadata-pointer-outside.mmdb",
        "a pointer of the metadata that leads behind the file",
        told(database_type=pointer(2_000)),
        ("B204",),
    ),
)

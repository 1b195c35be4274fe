"""The corpus of channel files, read against the definitions of sensor 7.11."""

from __future__ import annotations

import struct

from corpora.recipes.channel import (
    CHANNEL_HEADER,
    CRITERION,
    INDEX_ENTRY,
    INSTANCE_HEADER,
    RECORD_SIZE,
    Criterion,
    Instance,
    Kind,
    between,
    build_channel,
    integer,
    regex,
    sealed,
    string,
    wildcard,
)
from corpora.recipes.definitions_files import NETWORK, PIPE, PROCESS
from corpora.recipes.sample import Corpus, Sample, inserted, patched

LAST_FIELD = len(PIPE.fields) - 1
U4 = struct.Struct("<I")


def pipe(number: int, criteria: dict[int, Criterion]) -> Instance:
    """An instance of the type with 21 fields; a wildcard for every field not given."""
    fields = range(len(PIPE.fields))
    return Instance(number, PIPE.id, tuple(criteria.get(index, wildcard()) for index in fields))


def process(number: int, *criteria: Criterion) -> Instance:
    """An instance of the process type: image name, command line, parent id."""
    return Instance(number, PROCESS.id, criteria)


def network(number: int, *criteria: Criterion) -> Instance:
    """An instance of the network type: host, port."""
    return Instance(number, NETWORK.id, criteria)


# Where things are in a file of two network instances that share the text `ex.mple`.
PAIR = (network(5, regex("ex.mple"), between(1, 9)), network(9, string("ex.mple"), wildcard()))
SMALL = build_channel(PAIR)
SIZES = CHANNEL_HEADER.size
FIRST = SIZES + len(PAIR) * RECORD_SIZE.size
SIZE_OF_ONE = INSTANCE_HEADER.size + 2 * CRITERION.size
SECOND = FIRST + SIZE_OF_ONE
INDEX = SECOND + SIZE_OF_ONE
POOL = INDEX + len(PAIR) * INDEX_ENTRY.size
REGEX = FIRST + INSTANCE_HEADER.size
RANGE = REGEX + CRITERION.size
STRING = SECOND + INSTANCE_HEADER.size
WILDCARD = STRING + CRITERION.size

FILE_SIZE, COUNT = 8, 24
INSTANCES_OFFSET, INSTANCES_SIZE = 28, 32
INDEX_OFFSET, INDEX_SIZE = 36, 40
POOL_OFFSET, POOL_SIZE = 44, 48


def edited(offset: int, replacement: bytes, data: bytes = SMALL) -> bytes:
    """The small file with other bytes, and its checksum put right."""
    return sealed(patched(data, offset, replacement))


def adjusted(data: bytes, *offsets: int, by: int = 0) -> bytes:
    """Add to four-byte figures of the header; file size and checksum are put right."""
    for offset in offsets:
        (value,) = U4.unpack_from(data, offset)
        data = patched(data, offset, U4.pack(value + by))
    return sealed(patched(data, FILE_SIZE, U4.pack(len(data))))


def two_networks(first: Criterion, second: Criterion) -> bytes:
    """One network instance with these criteria."""
    return build_channel([network(1, first, second)])


VALID = (
    Sample(
        "last-good.chnl",
        "the shape of early 2024: criterion 21 is a wildcard",
        build_channel([pipe(1, {0: regex("mojo[.].*"), 2: string("svchost.exe"), 16: integer(7)})]),
    ),
    Sample(
        "candidate.chnl",
        "the shape of July 2024: the first criterion 21 that is no wildcard",
        build_channel(
            [
                pipe(1, {0: regex("mojo[.].*"), 2: string("svchost.exe"), 16: integer(7)}),
                pipe(2, {0: regex("status_.*"), LAST_FIELD: regex("[a-z]{8}[.]exe")}),
            ],
            revision=2,
        ),
    ),
    Sample(
        "every-kind.chnl",
        "three types, every kind of criterion",
        build_channel(
            [
                process(1, string("cmd.exe"), regex("/c .*"), integer(4)),
                network(2, wildcard(), between(1024, 65535)),
                pipe(3, {LAST_FIELD: string("cmd.exe")}),
            ]
        ),
    ),
    Sample("two-instances.chnl", "a text that two criteria share", SMALL),
    Sample(
        "no-text.chnl",
        "an empty string pool",
        build_channel([network(1, wildcard(), integer(443)), pipe(2, {})]),
    ),
    Sample(
        "any-order.chnl",
        "instances out of the order of their ids, which the index has",
        build_channel([network(number, wildcard(), integer(number)) for number in (9, 2, 7, 1)]),
    ),
    Sample(
        "largest-values.chnl",
        "the largest integer, the widest range, the highest id",
        build_channel(
            [
                network(0xFFFF_FFFF, wildcard(), integer(0xFFFF_FFFF)),
                network(0, wildcard(), between(0, 0xFFFF)),
            ],
            revision=0xFFFF_FFFF,
        ),
    ),
    Sample("one-number.chnl", "a range of one number", two_networks(wildcard(), between(80, 80))),
    Sample(
        "older-release.chnl",
        "content that release 7.00 can read too",
        build_channel(PAIR, minimum_release=700),
    ),
    Sample(
        "empty-string.chnl", "an empty text to compare with", two_networks(string(""), wildcard())
    ),
    Sample(
        "empty-pattern.chnl",
        "a pattern that matches everything, which is worth a warning",
        two_networks(regex(""), wildcard()),
        ("I501 pattern-not-empty",),
    ),
    Sample(
        "hundred.chnl",
        "a hundred instances, each text used ten times",
        build_channel(
            [
                process(number, string(f"tool{number % 10}.exe"), wildcard(), integer(number))
                for number in range(100)
            ]
        ),
    ),
)

INVALID = (
    Sample("empty.chnl", "no byte at all", b"", ("S101",)),
    Sample("magic.chnl", "the magic is `CHNM`", edited(0, b"CHNM"), ("S103",)),
    Sample("version.chnl", "version 2", edited(4, b"\2\0"), ("B202",)),
    Sample("header-size.chnl", "a header of 60 bytes", edited(6, b"\x3c\0"), ("C303",)),
    Sample(
        "file-size.chnl",
        "a size one too large",
        edited(FILE_SIZE, U4.pack(len(SMALL) + 1)),
        ("C303",),
    ),
    Sample(
        "checksum.chnl",
        "a changed number, and the checksum of before",
        patched(SMALL, RANGE + 4, b"\2"),
        ("I502",),
    ),
    Sample(
        "header-reserved.chnl", "a reserved byte of the header is 1", edited(63, b"\1"), ("S107",)
    ),
    Sample("revision.chnl", "revision 0", build_channel(PAIR, revision=0), ("B201",)),
    Sample("no-instances.chnl", "no instance", build_channel([]), ("B201",)),
    Sample("truncated.chnl", "the last byte is missing", SMALL[:-1], ("C303", "I502", "S101")),
    Sample(
        "trailing.chnl",
        "four zero bytes after the pool, size and checksum to match",
        adjusted(SMALL + bytes(4)),
        ("S109",),
    ),
    Sample(
        "zero-tail.chnl",
        "a torn write: index and pool are zero",
        SMALL[:INDEX] + bytes(len(SMALL) - INDEX),
        (
            "I501 length-of-text",
            "I501 pattern-not-empty",
            "I502",
            "I503",
            "I505",
            "S110",
        ),
    ),
    Sample(
        "all-zero.chnl",
        "a torn write: the right length, all zero",
        bytes(len(SMALL)),
        ("B201", "B202", "C303", "C304", "I502", "S103", "S109"),
    ),
    # header: where the parts are
    Sample(
        "instances-offset.chnl",
        "instances said to begin four bytes early",
        adjusted(SMALL, INSTANCES_OFFSET, by=-4),
        ("C304",),
    ),
    Sample(
        "instances-size.chnl",
        "instances said to take eight bytes more",
        adjusted(SMALL, INSTANCES_SIZE, by=8),
        ("C303",),
    ),
    Sample(
        "index-size.chnl",
        "an index said to have three entries",
        adjusted(SMALL, INDEX_SIZE, by=8),
        ("C303",),
    ),
    Sample(
        "gap-before-index.chnl",
        "eight bytes that nothing reads, between instances and index",
        adjusted(inserted(SMALL, INDEX, bytes(8)), INDEX_OFFSET, POOL_OFFSET, by=8),
        ("S111",),
    ),
    Sample(
        "gap-before-pool.chnl",
        "one byte that nothing reads, between index and pool",
        adjusted(inserted(SMALL, POOL, bytes(1)), POOL_OFFSET, by=1),
        ("S111",),
    ),
    Sample(
        "pool-beyond-end.chnl",
        "a pool that begins after the end of the file",
        adjusted(SMALL, POOL_OFFSET, by=1000),
        ("B204",),
    ),
    Sample(
        "index-over-instances.chnl",
        "an index that lies on the last instance",
        adjusted(SMALL, INDEX_OFFSET, by=-8),
        ("I505", "S111", "S112"),
    ),
    # instances
    Sample(
        "instance-too-large.chnl",
        "eight bytes in an instance that belong to no criterion",
        adjusted(
            adjusted(inserted(SMALL, INDEX, bytes(8)), SIZES + 4, by=8),
            INSTANCES_SIZE,
            INDEX_OFFSET,
            POOL_OFFSET,
            by=8,
        ),
        ("S110",),
    ),
    Sample(
        "criteria-count.chnl",
        "a count of criteria that runs over the end of the instance",
        edited(SECOND + 6, b"\3"),
        ("S101",),
    ),
    Sample(
        "criteria-missing.chnl",
        "20 criteria for a type with 21 fields",
        build_channel([Instance(1, PIPE.id, (wildcard(),) * LAST_FIELD)]),
        ("I501 one-criterion-per-field",),
    ),
    Sample(
        "criteria-extra.chnl",
        "22 criteria for a type with 21 fields",
        build_channel([Instance(1, PIPE.id, (wildcard(),) * (LAST_FIELD + 2))]),
        ("I501 one-criterion-per-field",),
    ),
    Sample(
        "unknown-template.chnl",
        "a template type that the definitions do not have",
        build_channel([Instance(1, 99, (wildcard(),))]),
        ("I505",),
    ),
    Sample(
        "other-channel.chnl",
        "channel 290, with the templates of channel 291",
        build_channel(PAIR, channel_id=290),
        ("I501 template-of-this-channel",),
    ),
    Sample(
        "newer-release.chnl",
        "content that needs release 7.12",
        build_channel(PAIR, minimum_release=712),
        ("I501 release-is-new-enough",),
    ),
    Sample(
        "instance-reserved.chnl",
        "a reserved byte of an instance is 1",
        edited(FIRST + 7, b"\1"),
        ("S107",),
    ),
    Sample(
        "instance-twice.chnl",
        "two instances with the same id, and so two entries",
        build_channel([network(5, wildcard(), integer(1)), network(5, wildcard(), integer(2))]),
        ("C304", "I503", "I504", "I506"),
    ),
    # criteria
    Sample(
        "kind.chnl", "a kind of criterion that does not exist", edited(WILDCARD, b"\5"), ("S105",)
    ),
    Sample(
        "kind-not-allowed.chnl",
        "an integer for a field that takes text",
        two_networks(integer(5), wildcard()),
        ("I501 kind-allowed",),
    ),
    Sample(
        "criterion-reserved.chnl",
        "a reserved byte of a criterion is 1",
        edited(RANGE + 1, b"\1"),
        ("S107",),
    ),
    Sample(
        "wildcard-with-value.chnl",
        "a wildcard that carries a value",
        two_networks(Criterion(Kind.WILDCARD, 5), wildcard()),
        ("I501 wildcard-is-empty",),
    ),
    Sample(
        "range-reversed.chnl",
        "a range from nine to one",
        two_networks(wildcard(), between(9, 1)),
        ("I501 range-in-order",),
    ),
    Sample(
        "length-of-range.chnl",
        "a range with a length",
        edited(RANGE + 2, b"\4"),
        ("I501 length-only-of-text",),
    ),
    Sample(
        "length-of-text.chnl",
        "a length one short of the text",
        edited(STRING + 2, b"\6"),
        ("I501 length-of-text",),
    ),
    # the string pool
    Sample(
        "text-beyond-pool.chnl",
        "a text that begins after the pool",
        edited(STRING + 4, b"\xff"),
        ("B204",),
    ),
    Sample(
        "text-in-text.chnl",
        "a text that begins in the middle of another",
        edited(STRING + 2, struct.pack("<HI", 5, 2)),
        ("S112",),
    ),
    Sample(
        "text-unused.chnl",
        "a text that no criterion uses",
        adjusted(SMALL + b"unused\0", POOL_SIZE, by=7),
        ("S110",),
    ),
    Sample(
        "text-open.chnl",
        "a text that no NUL ends",
        adjusted(SMALL[:-1], POOL_SIZE, by=-1),
        ("S102",),
    ),
    Sample(
        "text-encoding.chnl",
        "a text that is not ASCII",
        edited(POOL, b"\xe9"),
        ("S106",),
    ),
    # the index
    Sample(
        "index-unsorted.chnl",
        "two entries the wrong way round",
        edited(INDEX, SMALL[INDEX + 8 : POOL] + SMALL[INDEX : INDEX + 8]),
        ("I503",),
    ),
    Sample(
        "index-unknown-instance.chnl",
        "an entry for an instance that does not exist",
        edited(INDEX + 8, U4.pack(10)),
        ("I505",),
    ),
    Sample(
        "index-offset.chnl",
        "an entry that points at another instance",
        edited(INDEX + 12, U4.pack(FIRST)),
        ("C304",),
    ),
)

CORPUS = Corpus(
    "channel_file",
    VALID,
    INVALID,
    companions=(("definitions", "template_definitions/valid/sensor-7.11.tdef"),),
)

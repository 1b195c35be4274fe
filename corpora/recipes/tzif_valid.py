"""Sound TZif files: the examples of RFC 9636, the shapes in use, and what should not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from corpora.recipes.sample import Sample
from corpora.recipes.tzif import (
    Block,
    LeapSecond,
    LocalTimeType,
    build,
    build_v1,
)

UTC_TYPE = LocalTimeType(0, 0, 0)

# The months at whose end a leap second was inserted, by IERS Bulletin C.
LEAP_MONTHS = (
    (1972, 7), (1973, 1), (1974, 1), (1975, 1), (1976, 1), (1977, 1), (1978, 1), (1979, 1),
    (1980, 1), (1981, 7), (1982, 7), (1983, 7), (1985, 7), (1988, 1), (1990, 1), (1991, 1),
    (1992, 7), (1993, 7), (1994, 7), (1996, 1), (1997, 7), (1999, 1), (2006, 1), (2009, 1),
    (2012, 7), (2015, 7), (2017, 1),
)  # fmt: skip


def leap_time(year: int, month: int, day: int, correction: int) -> int:
    """UNIX leap time of a midnight, where the correction before it is `correction`."""
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) + correction


LEAP_SECONDS = tuple(
    LeapSecond(leap_time(year, month, 1, before), before + 1)
    for before, (year, month) in enumerate(LEAP_MONTHS)
)
EXPIRY = LeapSecond(leap_time(2024, 6, 28, 27), 27)

UTC_BLOCK = Block((UTC_TYPE,), b"UTC\0")
LEAPING = replace(UTC_BLOCK, leap_seconds=LEAP_SECONDS, standard=b"\0", ut=b"\0")

HONOLULU = Block(
    (
        LocalTimeType(-37886, 0, 0),
        LocalTimeType(-37800, 0, 4),
        LocalTimeType(-34200, 1, 8),
        LocalTimeType(-34200, 1, 12),
        LocalTimeType(-34200, 1, 16),
        LocalTimeType(-36000, 0, 4),
    ),
    b"LMT\0HST\0HDT\0HWT\0HPT\0",
    (
        (-2334101314, 1),
        (-1157283000, 2),
        (-1155436200, 1),
        (-880198200, 3),
        (-769395600, 4),
        (-765376200, 1),
        (-712150200, 5),
    ),
    standard=b"\0\0\0\0\1\0",
    ut=b"\0\0\0\0\1\0",
)
# The first transition is before 1901; 32 bits begin there.
HONOLULU_32 = replace(HONOLULU, transitions=((-(2**31), 1), *HONOLULU.transitions[1:]))

JOHNSTON = Block(
    (
        LocalTimeType(-37886, 0, 4),
        LocalTimeType(0, 0, 0),
        LocalTimeType(-37800, 0, 8),
        LocalTimeType(-34200, 1, 12),
        LocalTimeType(-34200, 1, 16),
        LocalTimeType(-34200, 1, 20),
        LocalTimeType(-36000, 0, 8),
    ),
    b"-00\0LMT\0HST\0HDT\0HWT\0HPT\0",
    (
        (-2334101314, 2),
        (-1157283000, 3),
        (-1155436200, 2),
        (-880198200, 4),
        (-769395600, 5),
        (-765376200, 2),
        (-712150200, 6),
        (1087344000, 1),
    ),
)
JERUSALEM = Block(
    (LocalTimeType(0, 0, 0), LocalTimeType(7200, 0, 4)), b"-00\0IST\0", ((2145916800, 1),)
)
LONDON = Block(
    (LocalTimeType(0, 0, 0), LocalTimeType(0, 0, 4)),
    b"-00\0GMT\0",
    ((1640995227, 1),),
    (LeapSecond(1483228826, 27), EXPIRY),
)
# Two designations in one: `EST` is the end of `AEST`.
SUFFIX = Block(
    (LocalTimeType(36000, 0, 0), LocalTimeType(-18000, 0, 1)), b"AEST\0", ((0, 1), (86400, 0))
)
FAR = Block(
    (LocalTimeType(0, 0, 0), LocalTimeType(3600, 1, 4)),
    b"GMT\0BST\0",
    ((-(2**59), 0), (2**40, 1), (2**41, 0)),
)
NEGATIVE_LEAP = replace(
    UTC_BLOCK,
    leap_seconds=(*LEAP_SECONDS, LeapSecond(leap_time(2035, 1, 1, 27) - 1, 26)),
)

DAYLIGHT_TYPES = (UTC_TYPE, LocalTimeType(3600, 1, 4), LocalTimeType(7200, 1, 4))


def utc(block: Block = UTC_BLOCK, tz_string: str = "UTC0", version: int = 2) -> bytes:
    """A file with this block and rule; by default of UTC."""
    return build(version, block, tz_string)


def local(
    utoff: int = 0, isdst: int = 0, desigidx: int = 0, designations: bytes = b"UTC\0"
) -> bytes:
    """A file with one local time type."""
    return utc(Block((LocalTimeType(utoff, isdst, desigidx),), designations), "")


def leaping(*records: LeapSecond, version: int = 2) -> bytes:
    """A file with a leap-second table."""
    return utc(replace(UTC_BLOCK, leap_seconds=records), version=version)


VALID = (
    Sample(
        "v1-utc-leap-seconds.tzif",
        "RFC 9636 B.1: version 1, all leap seconds to 2017",
        build_v1(LEAPING),
        ("I501 legacy-version",),
    ),
    Sample(
        "v2-honolulu.tzif",
        "RFC 9636 B.2: both blocks in full, with indicators (a fat file)",
        build(2, HONOLULU, "HST10", old=HONOLULU_32),
    ),
    Sample(
        "v2-johnston.tzif",
        "RFC 9636 B.3: truncated at the end, placeholder version 1 block (a slim file)",
        build(2, JOHNSTON),
    ),
    Sample(
        "v3-jerusalem.tzif",
        "RFC 9636 B.4: truncated at the start, a rule with hour 26",
        build(3, JERUSALEM, "IST-2IDT,M3.4.4/26,M10.5.0"),
    ),
    Sample(
        "v4-london.tzif",
        "RFC 9636 B.5: leap-second table truncated at the start, and it expires",
        build(4, LONDON, "GMT0BST,M3.5.0/1,M10.5.0"),
    ),
    Sample("v2-minimal.tzif", "the least a version 2 file needs", utc()),
    Sample("v2-without-rule.tzif", "an empty TZ string", utc(tz_string="")),
    Sample("v1-minimal.tzif", "version 1", build_v1(UTC_BLOCK), ("I501 legacy-version",)),
    Sample("v2-shared-suffix.tzif", "a designation is the end of another", utc(SUFFIX, "")),
    Sample("v2-far-times.tzif", "transition times that need 64 bits", utc(FAR, "GMT0")),
    Sample("v2-leap-seconds.tzif", "a full leap-second table", utc(LEAPING)),
    Sample("v2-negative-leap.tzif", "a leap second that is left out", utc(NEGATIVE_LEAP)),
    Sample(
        "v3-negative-hour.tzif",
        "a rule with a negative hour",
        utc(tz_string="<-02>2<-01>,M3.5.0/-1,M10.5.0/0", version=3),
    ),
    Sample(
        "v4-expiry.tzif",
        "a full leap-second table that expires",
        leaping(*LEAP_SECONDS, EXPIRY, version=4),
    ),
    Sample(
        "v4-truncated.tzif",
        "a leap-second table without its beginning, and no expiry",
        leaping(*LEAP_SECONDS[20:], version=4),
    ),
    Sample(
        "v2-all-year-dst.tzif",
        "RFC 9636 §3.3.1: daylight saving time all year by a negative offset",
        utc(tz_string="XXX3EDT4,0/0,J365/23"),
    ),
    Sample(
        "v2-day-and-more.tzif",
        "an offset of more than 26 hours, which should not be",
        local(93_600),
        ("I501 offset-of-a-day",),
    ),
    Sample(
        "v2-unused-type.tzif",
        "a local time type without a transition, which should not be",
        utc(Block((UTC_TYPE, LocalTimeType(3600, 0, 0)), b"UTC\0")),
        ("I501 unused-local-time-type",),
    ),
    Sample(
        "v2-unused-designation.tzif",
        "a designation that no local time type uses, which should not be",
        local(designations=b"UTC\0GMT\0"),
        ("I501 unused-designation",),
    ),
    Sample(
        "v2-empty-designation.tzif",
        "an empty designation outside a placeholder, which §3.2 allows and §4 does not",
        local(3600, designations=b"\0UTC\0", desigidx=0),
        ("I501 designation-not-empty", "I501 unused-designation"),
    ),
    Sample(
        "v2-before-time.tzif",
        "a transition before -2^59, which should not be",
        utc(Block((UTC_TYPE,), b"UTC\0", ((-(2**59) - 1, 0),))),
        ("I501 transition-before-time",),
    ),
    Sample(
        "v2-colon.tzif",
        "a TZ string that begins with a colon, which should not be",
        utc(tz_string=":UTC0"),
        ("I501 no-colon",),
    ),
    Sample(
        "v2-daylight-to-the-end.tzif",
        "two transitions, both to daylight saving time, to the last local time type first",
        utc(Block(DAYLIGHT_TYPES, b"UTC\0XXX\0", ((0, 2), (864000, 1))), ""),
    ),
    Sample(
        "v2-rule-left-open.tzif",
        "daylight saving time, and when it is left to the system",
        utc(tz_string="EST5EDT"),
        ("I501 daylight-saving-time-of-unknown-rule",),
    ),
    Sample(
        "v2-brackets-and-seconds.tzif",
        "designations in brackets, offsets and hours with minutes and seconds, numbers of days",
        utc(tz_string="<XX+1>-1:30:15<YY+2>-2:00,J60/2:30,365/24:00:59"),
    ),
    Sample(
        "v3-unneeded.tzif",
        "version 3 where version 2 would do, which should not be",
        utc(tz_string="CET-1CEST,M3.5.0,M10.5.0/3", version=3),
        ("I501 version-3-needed",),
    ),
    Sample(
        "v4-unneeded.tzif",
        "version 4 where version 2 would do, which should not be",
        utc(version=4),
        ("I501 version-4-needed",),
    ),
)

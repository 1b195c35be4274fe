"""Broken TZif files: one for each clause of RFC 9636 that the schema checks."""

from __future__ import annotations

from dataclasses import replace

from corpora.recipes.sample import Sample, patched
from corpora.recipes.tzif import (
    HEADER,
    Block,
    Counts,
    LeapSecond,
    LocalTimeType,
    build,
    build_v1,
    telling,
)
from corpora.recipes.tzif_valid import (
    LEAP_SECONDS,
    SUFFIX,
    UTC_BLOCK,
    UTC_TYPE,
    leap_time,
    leaping,
    local,
    utc,
)

SECOND_HEADER = HEADER.size + 7  # after a placeholder block: one local time type, one octet

INVALID = (
    # §3.1, the header
    Sample("empty.tzif", "no byte at all", b"", ("S101",)),
    Sample(
        "magic.tzif", "the magic is `TZIF`", b"TZIF" + build_v1(UTC_BLOCK)[4:],
        ("I501 legacy-version", "S103"),
    ),
    Sample(
        "version-5.tzif",
        "version 5 does not exist",
        patched(patched(utc(), 4, b"5"), SECOND_HEADER + 4, b"5"),
        ("S105",),
    ),
    Sample("reserved.tzif", "a reserved octet is 1", patched(utc(), 5, b"\1"), ("S107",)),
    Sample(
        "isutcnt.tzif",
        "two local time types, one UT/local indicator",
        utc(replace(SUFFIX, standard=b"\1\1", ut=b"\1"), ""),
        ("I501 isutcnt-zero-or-typecnt",),
    ),
    Sample(
        "isstdcnt.tzif",
        "two local time types, one standard/wall indicator",
        utc(replace(SUFFIX, standard=b"\1"), ""),
        ("I501 isstdcnt-zero-or-typecnt",),
    ),
    Sample(
        "typecnt-zero.tzif",
        "no local time type",
        utc(Block((), b"UTC\0")),
        ("B201", "I501 unused-designation"),
    ),
    Sample(
        "charcnt-zero.tzif",
        "no octet of designations",
        utc(Block((UTC_TYPE,), b"")),
        ("B201",),
    ),
    Sample(
        "version-differs.tzif",
        "version 2 in one header, 3 in the other",
        patched(utc(), SECOND_HEADER + 4, b"3"),
        ("I501 version-repeated",),
    ),
    Sample(
        "second-magic.tzif",
        "the second header has no magic",
        patched(utc(), SECOND_HEADER, b"\0\0\0\0"),
        ("I501 counts-lead-to-header", "S103"),
    ),
    Sample(
        "hostile-count.tzif",
        "a count of four billion transition times",
        build_v1(telling(UTC_BLOCK, Counts(timecnt=0xFFFF_FFFF))),
        ("I501 counts-fit-file", "I501 legacy-version", "S101"),
    ),
    Sample(
        "count-too-low.tzif",
        "one octet of designations fewer in the header than in the block",
        build(2, telling(UTC_BLOCK, Counts(charcnt=3)), "UTC0"),
        ("I501 counts-lead-to-footer", "S102", "S103", "S109"),
    ),
    Sample(
        "count-too-high.tzif",
        "one local time type too many in the header: the block ends early",
        build_v1(telling(UTC_BLOCK, Counts(typecnt=2))),
        ("I501 counts-fit-file", "I501 legacy-version", "S101"),
    ),
    # §3, which parts a version has
    Sample(
        "v1-with-more.tzif",
        "version 1, but a second header follows",
        patched(utc(), 4, b"\0"),
        ("I501 counts-lead-to-end", "I501 legacy-version", "S109"),
    ),
    Sample(
        "v2-cut-short.tzif",
        "version 2 that ends after the version 1 block",
        utc()[:SECOND_HEADER],
        ("S101",),
    ),
    Sample("no-footer.tzif", "version 2 without a footer", utc()[:-6], ("S101",)),
    Sample("trailing.tzif", "an octet after the footer", utc() + b"\0", ("S109",)),
    # §3.2, transitions
    Sample(
        "transitions-unsorted.tzif",
        "a transition time is before the one before it",
        utc(replace(SUFFIX, transitions=((86400, 1), (0, 0))), ""),
        ("I503",),
    ),
    Sample(
        "transitions-equal.tzif",
        "the same transition time twice",
        utc(replace(SUFFIX, transitions=((0, 1), (0, 0))), ""),
        ("I503",),
    ),
    Sample(
        "old-transitions-unsorted.tzif",
        "the same in the version 1 block of a version 2 file",
        build(2, SUFFIX, old=replace(SUFFIX, transitions=((1, 1), (0, 0)))),
        ("I503",),
    ),
    Sample(
        "transition-type.tzif",
        "a transition to a local time type that does not exist",
        utc(replace(UTC_BLOCK, transitions=((0, 1),))),
        ("I505",),
    ),
    # §3.2, local time types
    Sample("utoff.tzif", "an offset of -2^31", local(-(2**31)), ("B201", "I501 offset-of-a-day")),
    Sample("isdst.tzif", "2 for daylight saving time", local(isdst=2), ("B202",)),
    Sample(
        "desigidx.tzif",
        "a designation beyond the table",
        utc(Block((UTC_TYPE, LocalTimeType(0, 0, 4)), b"UTC\0", ((0, 1),))),
        ("B201",),
    ),
    # §3.2 and §4, designations
    Sample(
        "designation-open.tzif",
        "a designation that no NUL ends",
        local(designations=b"UTC"),
        ("S102",),
    ),
    Sample(
        "designation-short.tzif",
        "a designation of two characters",
        local(designations=b"UT\0"),
        ("I501 designation-length",),
    ),
    Sample(
        "designation-long.tzif",
        "a designation of seven characters",
        local(designations=b"ABCDEFG\0"),
        ("I501 designation-length",),
    ),
    Sample(
        "designation-character.tzif",
        "a designation with an underscore",
        local(designations=b"A_C\0"),
        ("I501 designation-characters",),
    ),
    Sample(
        "designation-not-ascii.tzif",
        "a designation with an octet above 0x7f",
        local(designations=b"U\xd6C\0"),
        ("S106",),
    ),
    # §3.2, leap seconds
    Sample(
        "leap-unsorted.tzif",
        "leap seconds in the wrong order",
        leaping(
            LeapSecond(leap_time(1973, 1, 1, 0), 1), LeapSecond(leap_time(1972, 7, 1, 1), 2)
        ),
        ("I503",),
    ),
    Sample(
        "leap-negative.tzif",
        "a leap second before 1970",
        leaping(LeapSecond(leap_time(1969, 7, 1, 0), 1)),
        ("I501 first-occurrence-not-negative",),
    ),
    Sample(
        "leap-mid-month.tzif",
        "a leap second in the middle of a month",
        leaping(LeapSecond(leap_time(1972, 7, 15, 0), 1)),
        ("I501 end-of-month",),
    ),
    Sample(
        "leap-off-midnight.tzif",
        "a leap second one second late",
        leaping(LeapSecond(leap_time(1972, 7, 1, 1), 1)),
        ("I501 end-of-month",),
    ),
    Sample(
        "leap-step.tzif",
        "a correction that grows by two",
        leaping(LEAP_SECONDS[0], LeapSecond(leap_time(1973, 1, 1, 1), 3)),
        ("I501 correction-step",),
    ),
    Sample(
        "leap-truncated-v3.tzif",
        "a leap-second table truncated at the start, in version 3",
        utc(
            replace(UTC_BLOCK, leap_seconds=LEAP_SECONDS[20:]),
            "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            3,
        ),
        ("I501 truncated-table",),
    ),
    Sample(
        "leap-expiry-v2.tzif",
        "a leap-second table that expires, in version 2",
        leaping(*LEAP_SECONDS, LeapSecond(leap_time(2024, 7, 1, 27), 27)),
        ("I501 correction-step",),
    ),
    Sample(
        "leap-expiry-early-v4.tzif",
        "two records with the same correction that are not the last, in version 4",
        leaping(
            LEAP_SECONDS[0],
            LeapSecond(leap_time(1973, 1, 1, 1), 1),
            LeapSecond(leap_time(1974, 1, 1, 1), 2),
            LeapSecond(leap_time(1974, 6, 28, 2), 2),
            version=4,
        ),
        ("I501 correction-step",),
    ),
    # §3.2, indicators
    Sample(
        "standard-indicator.tzif",
        "2 for standard time",
        utc(replace(UTC_BLOCK, standard=b"\2")),
        ("B202",),
    ),
    Sample(
        "ut-indicator.tzif",
        "2 for UT",
        utc(replace(UTC_BLOCK, standard=b"\1", ut=b"\2")),
        ("B202",),
    ),
    Sample(
        "ut-without-standard.tzif",
        "UT but not standard time",
        utc(replace(UTC_BLOCK, standard=b"\0", ut=b"\1")),
        ("I501 ut-implies-standard",),
    ),
    Sample(
        "ut-without-indicators.tzif",
        "UT, and no standard/wall indicators",
        utc(replace(UTC_BLOCK, ut=b"\1")),
        ("I501 ut-implies-standard",),
    ),
    # §3.3, the footer
    Sample(
        "footer-no-newline.tzif",
        "a space where the footer's first new line should be",
        utc()[:-6] + b" UTC0\n",
        ("I501 counts-lead-to-footer", "S103"),
    ),
    Sample("footer-open.tzif", "no new line ends the footer", utc()[:-1], ("S102",)),
    Sample("footer-nul.tzif", "a NUL in the TZ string", utc(tz_string="UTC0\0"), ("I501 no-nul",)),
    Sample(
        "footer-not-ascii.tzif", "a TZ string with an octet above 0x7f",
        utc(tz_string="\xd6TC0"), ("S106",),
    ),
    Sample(
        "footer-half-a-rule.tzif",
        "daylight saving time starts and never ends",
        utc(tz_string="CET-1CEST,M3.5.0"),
        ("I501 start-and-end",),
    ),
    Sample(
        "footer-v2-hour-26.tzif",
        "hour 26 in version 2",
        utc(tz_string="IST-2IDT,M3.4.4/26,M10.5.0"),
        ("I501 hour-of-a-day",),
    ),
    Sample(
        "footer-hour-168.tzif",
        "hour 168, one more than a week has",
        utc(tz_string="IST-2IDT,M3.4.4/168,M10.5.0", version=3),
        ("I501 hour-of-a-week",),
    ),
    Sample(
        "footer-hour-word.tzif",
        "an hour that is no number",
        utc(tz_string="CET-1CEST,M3.5.0/x,M10.5.0/3"),
        ("B209", "I501 hour-written-as-number"),
    ),
    Sample(
        "footer-no-day.tzif",
        "a rule with an hour and no day",
        utc(tz_string="CET-1CEST,/2,M10.5.0/3"),
        ("B208",),
    ),
    Sample(
        "footer-no-offset.tzif",
        "a designation without an offset",
        utc(tz_string="UTC"),
        ("I501 names-and-offsets",),
    ),
    Sample(
        "footer-two-letters.tzif",
        "a designation of two letters in the TZ string",
        utc(tz_string="UT0"),
        ("I501 names-and-offsets",),
    ),
    Sample(
        "footer-open-bracket.tzif",
        "a designation with an opening bracket only",
        utc(tz_string="<+03-3"),
        ("I501 names-and-offsets",),
    ),
    Sample(
        "footer-offset-25.tzif",
        "an offset of 25 hours",
        utc(tz_string="XXX25"),
        ("I501 names-and-offsets",),
    ),
    Sample(
        "footer-no-dst.tzif",
        "a rule for daylight saving time, which there is not",
        utc(tz_string="EST5,M3.2.0,M11.1.0"),
        ("I501 rule-of-daylight-saving-time",),
    ),
    Sample(
        "footer-month-13.tzif",
        "a rule for month 13",
        utc(tz_string="EST5EDT,M13.2.0,M11.1.0"),
        ("I501 day-by-weekday",),
    ),
    Sample(
        "footer-day-366.tzif",
        "a rule for day 366, where 29 February is not counted",
        utc(tz_string="EST5EDT,J60,J366"),
        ("I501 day-by-number",),
    ),
    Sample(
        "footer-slash.tzif",
        "a slash with no hour after it",
        utc(tz_string="EST5EDT,M3.2.0/,M11.1.0"),
        ("I501 time-of-day",),
    ),
    Sample(
        "footer-minute-60.tzif",
        "minute 60",
        utc(tz_string="EST5EDT,M3.2.0/2:60,M11.1.0"),
        ("I501 minutes-and-seconds",),
    ),
)  # fmt: skip

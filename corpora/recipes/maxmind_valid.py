"""Sound MaxMind DB files: record sizes, IP versions, types, pointers, and what draws a warning."""

from __future__ import annotations

from itertools import accumulate

from corpora.recipes.maxmind import (
    MARKER,
    Data,
    Kind,
    Node,
    about,
    array,
    boolean,
    build,
    double,
    head,
    integer,
    mapping,
    octets,
    pointer,
    single,
    string,
    tree,
)
from corpora.recipes.sample import Sample

# Two countries. The second record has no key of its own but points to that of the first, whose
# offset is 1: the byte before is the head of the map.
FIRST = mapping(("country", string("DE")))
SECOND = head(Kind.MAP, 1) + pointer(1) + string("FR")
COUNTRIES = FIRST + SECOND
TO_FIRST, TO_SECOND = Data(0), Data(len(FIRST))
IPV4 = tree({"00001010": TO_FIRST, "1100": TO_SECOND})

# IPv4 addresses at ::/96, and the same again at ::ffff:0:0/96 and 2002::/16 (IPv4 addresses in an
# IPv6 tree): node 96 is where 96 zeros lead.
IPV4_ROOT = 96
IPV6 = tree(
    {
        "0" * IPV4_ROOT + "00001010": TO_FIRST,
        "0" * 80 + "1" * 16: IPV4_ROOT,
        "0010000000000010": IPV4_ROOT,
        "0010101000000000": TO_SECOND,
    }
)

EVERY_TYPE = mapping(
    ("pointer", pointer(1)),
    ("string", string("Zürich")),
    ("empty string", string("")),
    ("double", double(-47.37)),
    ("bytes", octets(bytes(range(32)))),
    ("empty bytes", octets(b"")),
    ("uint16", integer(Kind.UINT16, 0xFFFF)),
    ("uint16 of no bytes", integer(Kind.UINT16, 0)),
    ("uint32", integer(Kind.UINT32, 0xFFFF_FFFF)),
    ("uint32 with zeros in front", integer(Kind.UINT32, 7, 4)),
    ("empty map", mapping()),
    ("int32", integer(Kind.INT32, -2_147_483_648, 4)),
    ("int32 of one byte", integer(Kind.INT32, 200)),
    ("uint64", integer(Kind.UINT64, 0xFFFF_FFFF_FFFF_FFFF)),
    ("uint128", integer(Kind.UINT128, (1 << 128) - 1)),
    ("empty array", array()),
    ("array", array(string("a"), array(boolean(1), mapping(("b", boolean(0)))), single(1.5))),
)
# The smallest and largest sizes that take no byte more, and one byte more.
SIZES = array(*(string("x" * size) for size in (28, 29, 284, 285)))

# Where one, two and four bytes of a pointer lead; two begin at 2,048.
FAR = octets(bytes(2_100))
POINTERS = FAR + string("near") + array(pointer(0, 4), pointer(len(FAR)), pointer(0))

ONE_NODE: list[Node] = [(None, None)]

# A country as databases of countries tell it: the second one's keys are those of the first.
NAMES = mapping(("de", string("Deutschland")), ("en", string("Germany")), ("ja", string("ドイツ")))
COUNTRY = mapping(
    ("iso_code", string("DE")), ("geoname_id", integer(Kind.UINT32, 2_921_044)), ("names", NAMES)
)
ISO_CODE = 1
GEONAME_ID = ISO_CODE + len(string("iso_code") + string("DE"))
SAME_KEYS = (
    head(Kind.MAP, 2)
    + pointer(ISO_CODE)
    + string("AT")
    + pointer(GEONAME_ID)
    + integer(Kind.UINT32, 2_782_113)
)
# Half of all addresses, and of the other half a part that is told otherwise.
NESTED_NETWORKS = tree({"0": TO_FIRST, "100": TO_SECOND, "101": TO_FIRST, "11": TO_SECOND})
FLAGS = mapping(
    *((key, boolean(value)) for key, value in (("is_proxy", 1), ("is_relay", 0), ("is_vpn", 1)))
)
DEEP = mapping(("a", array(mapping(("b", array(mapping(("c", array(string("d"))))))))))
# What databases of cities, and of autonomous systems, tell of an address.
CITY = mapping(
    ("city", mapping(("names", mapping(("en", string("Bremen")))))),
    ("location", mapping(("latitude", double(53.0758)), ("longitude", double(8.8072)))),
    ("subdivisions", array(mapping(("iso_code", string("HB"))))),
)
SYSTEM = mapping(
    ("autonomous_system_number", integer(Kind.UINT32, 64_496)),
    ("autonomous_system_organization", string("Documentation")),
)
LANGUAGES = ("de", "en", "ja")


def pointing_metadata() -> bytes:
    """Metadata whose keys and values are pointers to strings behind the map."""
    fields = (
        ("binary_format_major_version", integer(Kind.UINT16, 2)),
        ("binary_format_minor_version", integer(Kind.UINT16, 0)),
        ("build_epoch", integer(Kind.UINT64, 1)),
        ("database_type", string("Pointers")),
        ("description", mapping(("en", string("all by pointers")))),
        ("ip_version", integer(Kind.UINT16, 4)),
        ("languages", array(string("en"))),
        ("node_count", integer(Kind.UINT32, len(IPV4))),
        ("record_size", integer(Kind.UINT16, 24)),
    )
    behind = [part for key, value in fields for part in (string(key), value)]
    start = 1 + len(behind) * len(pointer(0, 1))
    offsets = accumulate((len(part) for part in behind[:-1]), initial=start)
    pointers = b"".join(pointer(offset, 1) for offset in offsets)
    return head(Kind.MAP, len(fields)) + pointers + b"".join(behind)


def told(**changed: bytes | None) -> bytes:
    """The IPv4 database with other metadata."""
    return build(IPV4, COUNTRIES, metadata=about(len(IPV4), 24, 4, **changed))


def reversed_metadata() -> bytes:
    """Metadata whose keys stand in the order opposite to the specification's."""
    return mapping(
        ("record_size", integer(Kind.UINT16, 24)),
        ("node_count", integer(Kind.UINT32, len(IPV4))),
        ("languages", array(string("en"))),
        ("ip_version", integer(Kind.UINT16, 4)),
        ("description", mapping(("en", string("keys in another order")))),
        ("database_type", string("Harness-Test")),
        ("build_epoch", integer(Kind.UINT64, 1)),
        ("binary_format_minor_version", integer(Kind.UINT16, 0)),
        ("binary_format_major_version", integer(Kind.UINT16, 2)),
    )


VALID = (
    Sample("ipv4-24.mmdb", "IPv4 in records of 24 bits", build(IPV4, COUNTRIES)),
    Sample("ipv4-28.mmdb", "IPv4 in records of 28 bits", build(IPV4, COUNTRIES, record_size=28)),
    Sample("ipv4-32.mmdb", "IPv4 in records of 32 bits", build(IPV4, COUNTRIES, record_size=32)),
    Sample(
        "ipv6-24.mmdb",
        "IPv6 with the IPv4 part under three names",
        build(IPV6, COUNTRIES, ip_version=6),
    ),
    Sample(
        "ipv6-28.mmdb",
        "the same in records of 28 bits",
        build(IPV6, COUNTRIES, ip_version=6, record_size=28),
    ),
    Sample(
        "ipv6-32.mmdb",
        "the same in records of 32 bits",
        build(IPV6, COUNTRIES, ip_version=6, record_size=32),
    ),
    Sample(
        "ipv6-deepest.mmdb",
        "a single address, 128 bits deep",
        build(tree({"01" * 64: TO_FIRST}), FIRST, ip_version=6),
    ),
    Sample("every-type.mmdb", "each type, with its extremes", build([(Data(0), None)], EVERY_TYPE)),
    Sample("sizes.mmdb", "strings whose sizes take more bytes", build([(None, Data(0))], SIZES)),
    Sample(
        "pointers.mmdb",
        "pointers of one, two and four bytes",
        build([(Data(len(FAR)), Data(len(FAR) + len(string("near"))))], POINTERS),
    ),
    Sample(
        "value-inside-a-value.mmdb",
        "a record that leads to a value inside the map of another",
        build([(Data(0), Data(1 + len(string("country"))))], FIRST),
    ),
    Sample(
        "metadata-pointers.mmdb",
        "metadata that point to what stands behind their map",
        build(IPV4, COUNTRIES, metadata=pointing_metadata()),
    ),
    Sample(
        "marker-in-data.mmdb",
        "a value that looks like the marker, which only the last one is",
        build([(Data(0), None)], octets(MARKER + b"\xe0")),
    ),
    Sample(
        "country.mmdb",
        "countries with their names in three languages, the second with the first one's keys",
        build([(Data(0), Data(len(COUNTRY)))], COUNTRY + SAME_KEYS),
    ),
    Sample(
        "nested-networks.mmdb",
        "every address has a value, some by longer prefixes",
        build(NESTED_NETWORKS, COUNTRIES),
    ),
    Sample("city.mmdb", "a city, where it is and in what", build([(Data(0), None)], CITY)),
    Sample(
        "autonomous-system.mmdb",
        "a number, and whose it is",
        build(tree({"11000000": Data(0)}), SYSTEM),
    ),
    Sample("flags.mmdb", "truth values only", build([(None, Data(0))], FLAGS)),
    Sample("deep.mmdb", "maps in arrays in maps", build([(Data(0), Data(0))], DEEP)),
    Sample(
        "several-languages.mmdb",
        "metadata with three languages, and a description in each",
        told(
            languages=array(*map(string, LANGUAGES)),
            description=mapping(*((key, string(f"made ({key})")) for key in LANGUAGES)),
        ),
    ),
    Sample(
        "metadata-reversed.mmdb",
        "metadata whose keys are in another order",
        build(IPV4, COUNTRIES, metadata=reversed_metadata()),
    ),
    Sample("no-data.mmdb", "a node that leads nowhere, and no values", build(ONE_NODE, b"")),
    Sample(
        "no-languages.mmdb", "metadata without the key that may be left out", told(languages=None)
    ),
    Sample(
        "no-description.mmdb",
        "metadata without a description",
        told(description=None),
        ("I501 description-given",),
    ),
    Sample(
        "description-empty.mmdb",
        "metadata with a description in no language",
        told(description=mapping()),
        ("I501 description-given",),
    ),
    Sample(
        "unknown-key.mmdb",
        "metadata with a key of their own",
        told(maker=string("a recipe")),
        ("I501 known-key",),
    ),
    Sample(
        "minor-version-1.mmdb",
        "a minor version that is yet to come",
        told(binary_format_minor_version=integer(Kind.UINT16, 1)),
        ("I501 minor-version",),
    ),
)

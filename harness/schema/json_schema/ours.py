"""Our own `-` keys, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.findings.model import Severity
from harness.schema import extensions, type_extensions
from harness.schema.allowances import ALLOW, allowable
from harness.schema.json_schema.kinds import (
    BYTE,
    CONDITION,
    FLAG,
    INTEGER,
    NAME,
    OCTETS,
    REFERENCE,
    RULE_NAME,
    TEXT,
    VALUE,
    Fragment,
    Key,
    choice,
    list_of,
    mapping,
    one_or_more,
    refer,
    whole,
)

_LENIENCY: Final = choice("forbid", "zero", "allow")
_WHEN: Final = Key(CONDITION, "When the rule holds at all.")

ALLOWANCE: Final = Key(
    one_or_more(choice(*sorted(allowable()))),
    "Rules of `harness schema check` that this node is excused from, by name.",
)

INVARIANT: Final[Mapping[str, Key]] = {
    "id": Key(RULE_NAME, "The name of the rule, which findings carry."),
    "check": Key(CONDITION, "What must hold in every structure of the type."),
    "when": _WHEN,
    "message": Key(TEXT, "What the rule says, for people."),
    "severity": Key(choice(*Severity), "How bad it is; `error` if left out."),
}
LAYOUT: Final[Mapping[str, Key]] = {
    "trailing": Key(_LENIENCY, "Bytes after the last that is read."),
    "gaps": Key(_LENIENCY, "Bytes in between that nothing reads."),
    "overlap": Key(choice("forbid", "allow"), "Bytes that two structures read."),
}
LIMITS: Final[Mapping[str, Key]] = {
    "depth": Key(whole(1, 10_000), "How deep structures may nest, counted from here."),
    "items": Key(whole(1, 1 << 40), "How many elements and structures there may be."),
    "bytes": Key(whole(1, 1 << 50), "How many bytes may be read at positions."),
}
COVERAGE: Final[Mapping[str, Key]] = {
    "id": Key(RULE_NAME, "The name of the matrix."),
    "each": Key(TEXT, "The list whose items are counted."),
    "per": Key(VALUE, "What tells matrices apart, such as the type of a template."),
    "row": Key(VALUE, "The row of an item, which is `_`."),
    "rows": Key(INTEGER, "How many rows there are."),
    "column": Key(VALUE, "The column of an item: a member of an enum."),
    "when": Key(CONDITION, "Which cells there can be: `_` is the column, `_index` the row."),
    "inert": Key(one_or_more(NAME), "Members that exercise nothing, such as a wildcard."),
}
TYPE: Final[Mapping[str, Key]] = {
    "-invariants": Key(list_of(refer("invariant")), "Rules between fields of the type."),
    "-layout": Key(refer("layout"), "What bytes mean that are read by nothing, or twice."),
    "-limits": Key(refer("limits"), "How much may be read below the type."),
    "-coverage": Key(list_of(refer("coverage")), "What content of the format can exercise."),
    ALLOW: ALLOWANCE,
}

DERIVE: Final[Mapping[str, Key]] = {
    "count-of": Key(TEXT, "The list whose elements it counts."),
    "size-of": Key(TEXT, "The field whose bytes it counts; `_root` is the file."),
    "offset-of": Key(TEXT, "The field whose first byte it names."),
    "index-of": Key(TEXT, "The structure whose position in its list it is."),
    "plus": Key({"type": "integer"}, "What is added."),
    "unit": Key(whole(1, 1 << 62), "What it is counted in, in bytes or elements."),
}
OVER: Final[Mapping[str, Key]] = {
    "start": Key(INTEGER, "The first byte, from the start of the stream."),
    "end": Key(INTEGER, "The end: the first byte that is not summed."),
}
CHECKSUM: Final[Mapping[str, Key]] = {
    "algorithm": Key(choice(*extensions.CHECKSUM_WIDTHS), "How it is computed."),
    "over": Key(
        mapping(extensions.OVER_KEYS, OVER), "What is summed; the whole stream if left out."
    ),
    "zeroed": Key(one_or_more(NAME), "Fields that are taken as zero."),
}
ORDER: Final[Mapping[str, Key]] = {
    "by": Key(VALUE, "What is compared of each element, which is `_`."),
    "when": Key(CONDITION, "Which elements count."),
    "strict": Key(FLAG, "Two elements must not be equal."),
    "descending": Key(FLAG, "The greatest stands first."),
    "within": Key(REFERENCE, "All lists of this field below the structure of that type."),
}
REFERS: Final[Mapping[str, Key]] = {
    "table": Key(TEXT, "The list in which the value must be found."),
    "by": Key(VALUE, "What of an item, `_`, is compared; its index if left out."),
    "value": Key(VALUE, "What is looked for; the field's own value, `_`, if left out."),
    "when": Key(CONDITION, "When it must be found."),
    "as": Key(NAME, "The name by which our own keys know the item that was found."),
}
GENERATE: Final[Mapping[str, Key]] = {
    "values": Key(list_of(VALUE), "Values to choose from."),
    "min": Key(VALUE, "The least value."),
    "max": Key(VALUE, "The greatest value."),
}
LOCATE: Final[Mapping[str, Key]] = {
    "marker": Key(
        {"anyOf": [TEXT, BYTE, OCTETS]}, "The bytes to look for; the instance begins after them."
    ),
    "occurrence": Key(choice("first", "last"), "Which of several; the first if left out."),
    "within": Key(whole(1, 1 << 62), "Look only at the last bytes of the stream, so many."),
}
_SORTED: Final = {"anyOf": [VALUE, refer("order")]}
ATTRIBUTE: Final[Mapping[str, Key]] = {
    "-overlap": Key(choice("allow"), "It may read bytes that something else reads."),
    "-unknown": Key(choice("allow"), "Numbers that its enum, or its switch, lacks are allowed."),
    "-padding": Key(choice("zero", "any"), "It is padding; zero, or anything."),
    "-align": Key(whole(1, 1 << 30), "It begins at a multiple of so many bytes in its stream."),
    "-derive": Key(refer("derive"), "It follows from another field: a count, a size, an offset."),
    "-checksum": Key(refer("checksum"), "It is the checksum of bytes."),
    "-sorted-by": Key(_SORTED, "Its elements are in order."),
    "-unique-by": Key(_SORTED, "No two of its elements are alike."),
    "-refers-to": Key(refer("refers"), "Its value is found in a list, also of a companion file."),
    "-generate": Key(refer("generate"), "Hints for values that are made up."),
    ALLOW: ALLOWANCE,
}
INSTANCE: Final[Mapping[str, Key]] = {
    "-locate": Key(refer("locate"), "It stands after a marker, wherever that is."),
}
PARAMETER: Final[Mapping[str, Key]] = {ALLOW: ALLOWANCE}


def definitions() -> dict[str, Fragment]:
    """Return what our keys take, by the names that they refer to."""
    return {
        "invariant": mapping(type_extensions.INVARIANT_KEYS, INVARIANT, needs=("id", "check")),
        "layout": mapping(type_extensions.LAYOUT_KEYS, LAYOUT),
        "limits": mapping(type_extensions.LIMITS_KEYS, LIMITS),
        "coverage": mapping(
            type_extensions.COVERAGE_KEYS, COVERAGE, needs=("id", "each", "row", "column")
        ),
        "derive": {
            **mapping(extensions.DERIVE_KEYS, DERIVE),
            "oneOf": [{"required": [measure]} for measure in extensions.MEASURES],
        },
        "checksum": mapping(extensions.CHECKSUM_KEYS, CHECKSUM, needs=("algorithm",)),
        "order": mapping(extensions.ORDER_KEYS, ORDER, needs=("by",)),
        "refers": mapping(extensions.REFERS_KEYS, REFERS, needs=("table",)),
        "generate": mapping(extensions.GENERATE_KEYS, GENERATE),
        "locate": mapping(extensions.LOCATE_KEYS, LOCATE, needs=("marker",)),
    }

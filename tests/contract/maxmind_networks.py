"""What a MaxMind DB says, taken from our reading of it: its networks and their values."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reading import Reading
from harness.reading.tree import ListNode, StructNode

Value = object
# The bits of a network, and what the database has for it; None for nothing.
Network = tuple[str, Value]


def networks(reading: Reading) -> Iterator[Network]:
    """Walk the search tree, aliases included, as a lookup of every address would."""
    metadata = _struct(reading.root, "metadata")
    fields = dict(_placed(_struct(reading.root, "data_section")))
    node_count = _number(metadata, "node_count")
    waiting = [("", _struct(_struct(reading.root, "search_tree"), "top"))]
    while waiting:
        bits, node = waiting.pop()
        for side, name in enumerate(("left", "right")):
            record = _number(node, name)
            here = f"{bits}{side}"
            if record < node_count:
                waiting.append((here, _struct(node, f"{name}_node")))
            elif record == node_count:
                yield here, None
            else:
                yield here, _value(fields[record - node_count - 16])


def _placed(section: StructNode) -> Iterator[tuple[int, StructNode]]:
    """Yield each field by its offset in the section, those in maps and arrays too."""
    waiting = _items(section, "fields")
    while waiting:
        field = waiting.pop()
        yield field.start - section.start, field
        waiting += _items(field, "items")
        for pair in _items(field, "pairs"):
            waiting += [_struct(pair, "key"), _struct(pair, "value")]


def _value(field: StructNode) -> Value:
    head = _struct(field, "head")
    match _number(head, "kind"):
        case 1:
            return _value(_struct(field, "target"))
        case 2:
            return _plain(field, "text")
        case 3:
            return _plain(field, "double")
        case 4:
            return _plain(field, "octets")
        case 7:
            pairs = _items(field, "pairs")
            return {_plain(pair, "name"): _value(_struct(pair, "value")) for pair in pairs}
        case 8:
            return _signed(_plain(field, "octets"))
        case 11:
            return [_value(item) for item in _items(field, "items")]
        case 14:
            return bool(_number(head, "size"))
        case 15:
            return _plain(field, "float")
    octets = _plain(field, "octets")
    assert isinstance(octets, bytes)
    return int.from_bytes(octets, "big")


def _signed(octets: Value) -> int:
    assert isinstance(octets, bytes)
    return int.from_bytes(octets, "big", signed=len(octets) == 4)


def _plain(node: StructNode, name: str) -> Value:
    return node.values[node.plan.names.index(name)]


def _struct(node: StructNode, name: str) -> StructNode:
    found = _plain(node, name)
    assert isinstance(found, StructNode), name
    return found


def _number(node: StructNode, name: str) -> int:
    found = _plain(node, name)
    assert isinstance(found, int), name
    return found


def _items(node: StructNode, name: str) -> list[StructNode]:
    found = _plain(node, name)
    if not isinstance(found, ListNode):
        return []
    return [item for item in found.items if isinstance(item, StructNode)]

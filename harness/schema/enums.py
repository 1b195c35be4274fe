"""Enums as declared: numbers with names."""

from __future__ import annotations

from typing import Final

from harness.findings.model import Place
from harness.schema.identifiers import check_id
from harness.schema.ir import Enum
from harness.schema.problems import Problems
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Scalar, Source
from harness.schema.types import S64_MIN, U64_MAX

MEMBER_KEYS: Final = frozenset({"id", "doc", "doc-ref"})


def declared_enums(keys: Keys, owner: str, problems: Problems) -> dict[str, Enum]:
    """Return the enums that a type declares, by qualified name."""
    enums = keys.mapping("enums")
    found: dict[str, Enum] = {}
    for name, body in enums.node.entries.items() if enums is not None else ():
        place = enums.node.keys[name] if enums is not None else body.place
        check_id(name, place, problems)
        if not isinstance(body, Mapping):
            problems.add("Q903", body.place, f"the enum `{name[:80]}` must be a mapping")
            continue
        qualified = f"{owner}::{name}"
        found[qualified] = Enum(qualified, _members(body, problems))
    return found


def _members(body: Mapping, problems: Problems) -> dict[int, str]:
    members: dict[int, str] = {}
    labels: set[str] = set()
    for key, node in body.entries.items():
        place = body.keys[key]
        number, label = _number(key), _label(node, problems)
        if number is None or not label:
            problems.add("Q903", place, "an enum maps integers to names")
            continue
        _check_member(number, label, place, problems)
        if number in members or label in labels:
            problems.add("Q909", place, f"the member `{label[:80]}` is given twice")
        members[number] = label
        labels.add(label)
    return members


def _check_member(number: int, label: str, place: Place, problems: Problems) -> None:
    check_id(label, place, problems)
    if not S64_MIN <= number <= U64_MAX:
        problems.add("Q903", place, f"`{str(number)[:40]}` does not fit 64 bits")


def _number(text: str) -> int | None:
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        return None


def _label(node: Source, problems: Problems) -> str:
    """Return a member's name: a text, or the `id` of a mapping."""
    if isinstance(node, Mapping):
        keys = Keys(node, problems)
        keys.allow(MEMBER_KEYS, "an enum member")
        return keys.text("id")
    is_named = isinstance(node, Scalar) and isinstance(node.value, str | bool)
    return node.text if isinstance(node, Scalar) and is_named else ""

"""References: to any item of a table, or to none."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from harness.writing.choices import RandomChoices
from harness.writing.drafting.values import values_of
from harness.writing.generate import Generator

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_NODES = (
    "seq:\n  - {id: count, type: u1, valid: {min: 1}}\n"
    "  - {id: nodes, type: node, repeat: expr, repeat-expr: count}\n"
    "types:\n  node:\n    seq:\n      - {id: key, type: u2}\n"
    "      - id: parent\n        type: u2\n"
    "        -refers-to: {table: _root.nodes, by: _.key, when: %s != 0xffff}\n"
    "    -invariants: [{id: rule, check: %s}]\n"
)


def relations(bench: Bench, body: str) -> tuple[set[str], int]:
    """Return what nodes refer to in 60 contents, and how many drafts were given up."""
    generator = Generator(bench.schema(body))
    found = set()
    for number in range(60):
        data = generator.valid(RandomChoices(Random(number)))
        nodes = values_of(generator.reader.read(data or b"", file=""))["nodes"]
        keys = [node["key"] for node in nodes]
        for own, node in enumerate(nodes):
            to = keys.index(node["parent"]) if node["parent"] != 0xFFFF else None
            found.add("none" if to is None else "-=+"[(to >= own) + (to > own)])
    return found, generator.health.rejected


@pytest.mark.parametrize("name", ["_", "parent"])
def test_an_item_refers_to_any_other_of_its_list(bench: Bench, name: str) -> None:
    """To itself, to one before or behind it, or to none; the condition may name the field."""
    found, rejected = relations(bench, _NODES % (name, "true"))
    assert found == {"none", "-", "=", "+"}
    assert rejected < 6


def test_an_item_refers_to_none_that_a_rule_forbids(bench: Bench) -> None:
    """Where there is just the item itself, to nothing."""
    found, rejected = relations(bench, _NODES % ("parent", "parent != key"))
    assert found == {"none", "-", "+"}
    assert rejected < 30


def test_what_a_rule_singles_out_is_a_value_that_the_field_holds(bench: Bench) -> None:
    """One above the greatest value is none."""
    _, rejected = relations(bench, _NODES % ("parent", "key != 0xffff"))
    assert rejected == 0


_KINDS = (
    "seq:\n"
    "  - {id: wanted, type: u1, enum: side}\n"
    "  - {id: kinds, type: kind, repeat: expr, repeat-expr: 8}\n"
    "  - {id: used, type: use, repeat: expr, repeat-expr: 3}\n"
    "enums: {side: {0: left, 1: right}}\n"
    "types:\n"
    "  kind:\n    seq:\n"
    "      - {id: key, type: u2}\n      - {id: side, type: u1, enum: side}\n"
    "  use:\n    seq:\n"
    "      - {id: key, type: u2, -refers-to: {table: _root.kinds, by: _.key, as: kind}}\n"
    "      - {id: rest, type: u4, repeat: expr, repeat-expr: 4}\n"
    "    -invariants: [{id: rule, check: kind.side == _root.wanted}]\n"
)


def test_the_item_referred_to_is_one_that_the_rules_on_it_allow(bench: Bench) -> None:
    """It is looked for when the reference is decided, not after all the rest has been grown."""
    generator = Generator(bench.schema(_KINDS))
    for number in range(40):
        assert generator.valid(RandomChoices(Random(number)))
    least = 1 + 8 + 3  # structures of one content
    assert generator.effort < 1.1 * least * generator.health.contents

"""Every rule's example does what its explanation says: one half passes, one breaks only it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.findings.example import ContentExample, Example, SchemaExample
from harness.findings.registry import RULES
from harness.findings.rule import Rule
from tests.rules.running import Bench

_EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """One bench for all, so that consumers are built once."""
    return Bench(tmp_path_factory.mktemp("bench"), RULES.values())


@_EVERY_RULE
def test_the_first_half_raises_nothing(rule: Rule, bench: Bench) -> None:
    """`passes` is clean, of this rule and of every other."""
    assert bench.raised(rule, "passes") == set()


@_EVERY_RULE
def test_the_second_half_breaks_this_rule_and_no_other(rule: Rule, bench: Bench) -> None:
    """`breaks` raises exactly the code that it explains."""
    assert bench.raised(rule, "breaks") == {rule.code}


@pytest.mark.parametrize(
    ("code", "example", "raised"),
    [
        ("S109", ContentExample(schema="meta: {id: none}\n", passes="00", breaks=""), {"S109"}),
        (
            "Q905",
            SchemaExample(passes="meta: {id: none}\n", breaks="meta: {id: 'no name'}\n"),
            {"Q911"},
        ),
    ],
)
def test_an_example_that_does_not_hold_is_found(
    code: str, example: Example, raised: set[str], tmp_path: Path
) -> None:
    """The bench reports what is raised, not what the rule says should be."""
    rule = msgspec.structs.replace(RULES[code], example=example)
    bench = Bench(tmp_path, [])
    assert bench.raised(rule, "passes") == raised
    assert bench.raised(rule, "breaks") != {code}

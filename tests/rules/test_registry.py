"""The registry keeps its promises: codes, names and texts, and nothing that cannot be raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import harness
from harness.findings.example import ContentExample
from harness.findings.registry import RULES, joined
from harness.findings.rule import Rule
from tests.rules.wording import codes_in, codes_of, faults

PACKAGE = Path(harness.__file__).parent
# These rooms speak about codes that others raise.
SPEAKING = frozenset({"findings", "report", "cli"})

GOOD = RULES["S103"]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_is_well_formed(rule: Rule) -> None:
    """Code, name, message, help, explanation and sources are as the design wants them."""
    assert list(faults(rule)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"code": "S1"}, "code: a letter and three digits"),
        ({"code": "S203"}, "code: the digits are not those of its family"),
        ({"code": "X103"}, "code: the digits are not those of its family"),
        ({"name": "WrongContents"}, "name: a few short words in kebab-case"),
        ({"name": "contents"}, "name: a few short words in kebab-case"),
        ({"name": "no-contents"}, "name: `allow no-contents` says the opposite"),
        ({"message": "{found}"}, "message: cannot be formatted: KeyError('found')"),
        ({"message": "{}"}, "message: cannot be formatted: IndexError("),
        ({"message": "{actual"}, "message: cannot be formatted: ValueError("),
        ({"message": ""}, "message: it is empty"),
        ({"message": "{actual}."}, "message: one line in lower case without a full stop"),
        ({"message": "Found {actual}"}, "message: one line in lower case without a full stop"),
        ({"help": ""}, "help: it is empty"),
        ({"help": "write `{{a: b}}`"}, "help: it is not formatted, so braces stand once"),
        ({"checks": ""}, "checks: it says next to nothing"),
        ({"why": "because"}, "why: it says next to nothing"),
        ({"fix": "write the bytes that the format prescribes here"}, "fix: sentences, with"),
        ({"sources": ("the root cause analysis",)}, "source: the root cause analysis"),
        (
            {"example": ContentExample(schema="", passes="00", breaks="00")},
            "example: both halves are the same",
        ),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_a_fault_of_a_rule_is_found(change: dict[str, Any], fault: str) -> None:
    """A good rule with one thing wrong has that one fault."""
    (found,) = faults(msgspec.structs.replace(GOOD, **change))
    assert found.startswith(fault)


@pytest.mark.parametrize("change", [{"code": "S199"}, {"name": "wrong-contents-too"}])
def test_a_code_or_name_that_is_taken_is_refused(change: dict[str, str]) -> None:
    """Whichever of the two is the same."""
    with pytest.raises(AssertionError, match="registered twice"):
        joined((GOOD,), (msgspec.structs.replace(GOOD, **change),))


def test_the_rules_stand_in_order() -> None:
    """Families together, codes rising, so that lists and pages need no sorting."""
    codes = list(RULES)
    families = list(dict.fromkeys(code[0] for code in codes))
    assert codes == sorted(codes, key=lambda code: (families.index(code[0]), code))


def test_every_code_in_the_program_is_registered() -> None:
    """No finding can be made that nothing explains."""
    assert codes_of(PACKAGE) - RULES.keys() == set()


def test_every_registered_code_is_raised_somewhere() -> None:
    """No rule is explained that nothing checks."""
    assert RULES.keys() - codes_of(PACKAGE, without=SPEAKING) == set()


def test_codes_are_found_in_a_module() -> None:
    """As whole strings; not inside longer ones, in comments, or of no family."""
    text = 'found = ["S101", "T0099"]\n# "S102"\ndef f(code="Q904"): "see S103"; return "Z101"\n'
    assert codes_in(text) == {"S101", "Q904"}

"""docs/rules.md is what the registry says."""

from __future__ import annotations

from harness.findings.registry import RULES
from tests.repo.checkout import ROOT
from tools.rules_page import page


def test_the_page_is_up_to_date() -> None:
    """After a rule has changed: `python -m tools.rules_page > docs/rules.md`."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == page()


def test_every_rule_has_its_section() -> None:
    """By code and name, with all that explains it."""
    text = page()
    for rule in RULES.values():
        section = text.split(f"### {rule.code} {rule.name}\n")[1].split("\n### ")[0]
        missing = [part for part in (rule.checks, rule.why, rule.fix) if part not in section]
        assert missing == []
        assert [source for source in rule.sources if source not in section] == []

"""`harness explain`: what a finding means and how to fix it."""

from __future__ import annotations

import difflib
import os
import sys

import click

from harness.cli.output import style_for, write_report
from harness.findings.registry import RULES
from harness.findings.rule import Rule
from harness.report.rule_page import list_lines, page_lines

_EXAMPLES = """\b
Examples:
  harness explain I501
  harness explain invariant-broken
"""


@click.command(epilog=_EXAMPLES)
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Say what RULE checks, why it matters, what triggers it and how to fix it.

    RULE is a code or a name; without one, all are listed.
    """
    style = style_for(sys.stdout, os.environ)
    lines = list_lines(RULES.values(), style) if rule is None else page_lines(_find(rule), style)
    write_report("\n".join(lines).rstrip("\n") + "\n", None)


def _find(wanted: str) -> Rule:
    """The rule by code or name; in any case of letters."""
    by_key = {rule.code.lower(): rule for rule in RULES.values()}
    by_key |= {rule.name: rule for rule in RULES.values()}
    found = by_key.get(wanted.lower())
    if found is None:
        near = difflib.get_close_matches(wanted.lower(), by_key, n=3, cutoff=0.6)
        said = ", ".join(f"{by_key[key].code} {by_key[key].name}" for key in near)
        hint = f"; did you mean {said}?" if near else "; `harness explain` lists all"
        raise click.UsageError(f"there is no finding `{wanted}`{hint}")
    return found

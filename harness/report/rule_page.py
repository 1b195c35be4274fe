"""A rule for people: what it checks, why, an example, how to fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from harness.findings.example import (
    CommandExample,
    ConsumerExample,
    ContentExample,
    Example,
    SchemaExample,
)
from harness.findings.rule import Rule
from harness.report.escape import clip, wrap
from harness.report.style import SEVERITY_ROLE, Style

_TEXT_CELLS = 88
_FAMILIES = {
    "S": "structure",
    "B": "bounds",
    "C": "counts",
    "K": "contracts",
    "I": "invariants",
    "L": "limits and budgets",
    "D": "consumer behaviour",
    "V": "format coverage",
    "Q": "schemas",
    "T": "the check itself",
}


def page_lines(rule: Rule, style: Style) -> Iterator[str]:
    """Yield the page of one rule as lines of text."""
    severity = style.paint(rule.severity, SEVERITY_ROLE[rule.severity])
    yield f"{style.paint(f'{rule.code} {rule.name}', 'strong')}  {severity}"
    for title, text in (
        ("What it checks", rule.checks),
        ("Why it matters", rule.why),
        ("How to fix", rule.fix),
    ):
        yield from _section(title, _paragraph(text, style), style)
    yield from _section("Example", _example(rule.example), style)
    if rule.sources:
        yield from _section("Sources", rule.sources, style)


def list_lines(rules: Iterable[Rule], style: Style) -> Iterator[str]:
    """Yield all rules, one a line, by family."""
    for family, members in groupby(rules, key=lambda rule: rule.code[0]):
        yield style.paint(_FAMILIES[family], "strong")
        for rule in members:
            severity = style.paint(f"{rule.severity:<8}", SEVERITY_ROLE[rule.severity])
            said = clip(rule.help, max(20, style.width - 42))
            yield f"  {rule.code}  {rule.name:<24} {severity} {said}"
        yield ""


def _section(title: str, lines: Iterable[str], style: Style) -> Iterator[str]:
    yield ""
    yield style.paint(title, "strong")
    yield from (f"  {line}".rstrip() for line in lines)


def _paragraph(text: str, style: Style) -> list[str]:
    return wrap(" ".join(text.split()), min(style.width, _TEXT_CELLS) - 2)


def _example(example: Example) -> Iterator[str]:
    match example:
        case ContentExample():
            yield from _quoted("schema", example.schema)
            if example.contract:
                yield f"contract   {example.contract}"
            yield f"passes     {example.passes or '(no bytes)'}"
            yield f"breaks     {example.breaks or '(no bytes)'}"
        case SchemaExample():
            yield from _quoted("passes", example.passes)
            yield from _quoted("breaks", example.breaks)
        case ConsumerExample():
            yield f"content    {example.content} ({_validity(example)})"
            yield from _quoted("passes", example.passes)
            yield from _quoted("breaks", example.breaks)
        case CommandExample():
            yield f"passes     harness {example.passes}"
            yield f"breaks     harness {example.breaks}"
            for name, text in example.files.items():
                yield from _quoted(name, text)


def _validity(example: ConsumerExample) -> str:
    if example.passing_validity:
        return f"{example.passing_validity} for the first, {example.validity} for the second"
    return example.validity


def _quoted(title: str, text: str) -> Iterator[str]:
    yield f"{title}:"
    yield from (f"  {line}" for line in text.rstrip().split("\n"))
    yield ""

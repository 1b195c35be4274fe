"""Prints docs/rules.md: every rule with its explanation, made from the registry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from harness.findings.example import (
    CommandExample,
    ConsumerExample,
    ContentExample,
    Example,
    SchemaExample,
)
from harness.findings.registry import RULES
from harness.findings.rule import Rule

_HEADER = """\
# Rules

Made from the registry by `python -m tools.rules_page > docs/rules.md`; do not edit.
`harness explain CODE` shows the same in the terminal, and every example is run by the tests.

Of two examples the first raises nothing, the second this rule and no other.
"""
_FAMILIES = {
    "S": "Structure",
    "B": "Bounds",
    "C": "Counts",
    "K": "Contracts",
    "I": "Invariants",
    "L": "Limits and budgets",
    "D": "Consumer behaviour",
    "V": "Format coverage",
    "Q": "Schemas",
    "T": "The check itself",
}


def page() -> str:
    """Return the page."""
    return "\n".join([_HEADER, *_contents(), *_chapters()]).rstrip("\n") + "\n"


def _contents() -> Iterator[str]:
    yield "| code | name | severity | what helps |"
    yield "|---|---|---|---|"
    for rule in RULES.values():
        link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
        yield f"| {link} | `{rule.name}` | {rule.severity} | {_cell(rule.help)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _chapters() -> Iterator[str]:
    for family, rules in groupby(RULES.values(), key=lambda rule: rule.code[0]):
        yield f"## {_FAMILIES[family]}"
        yield ""
        for rule in rules:
            yield from _section(rule)


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code} {rule.name}"
    yield ""
    yield f"{rule.checks}"
    yield ""
    yield f"**Why.** {rule.why}"
    yield ""
    yield f"**Fix.** {rule.fix}"
    yield ""
    yield from _example(rule.example)
    if rule.sources:
        yield "Sources: " + ", ".join(f"<{source}>" for source in rule.sources)
        yield ""


def _example(example: Example) -> Iterator[str]:
    match example:
        case ContentExample():
            contract = f"# contract: {example.contract}\n" if example.contract else ""
            yield from _block("yaml", contract + example.schema)
            yield from _block("text", f"{_hex(example.passes)}\n\n{_hex(example.breaks)}")
        case SchemaExample():
            yield from _block("yaml", example.passes)
            yield from _block("yaml", example.breaks)
        case ConsumerExample():
            yield f"The body of `harness_consume`; the content is {_validities(example)}."
            yield ""
            yield from _block("c", example.passes)
            yield from _block("c", example.breaks)
        case CommandExample():
            yield from _block("sh", f"harness {example.passes}\nharness {example.breaks}")
            for name, text in example.files.items():
                yield f"`{name}`:"
                yield ""
                yield from _block("text", text)


def _hex(digits: str) -> str:
    """Return hexadecimal digits, 16 bytes a line."""
    pairs = digits.split()
    lines = [" ".join(pairs[at : at + 16]) for at in range(0, len(pairs), 16)]
    return "\n".join(lines) or "(no bytes)"


def _validities(example: ConsumerExample) -> str:
    if example.passing_validity:
        return f"{example.passing_validity} for the first, {example.validity} for the second"
    return example.validity


def _block(language: str, text: str) -> Iterator[str]:
    yield f"```{language}"
    yield text.rstrip("\n")
    yield "```"
    yield ""


if __name__ == "__main__":
    print(page(), end="")

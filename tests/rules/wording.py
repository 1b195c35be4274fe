"""What is wrong with a rule as data: its code, its name, its texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from harness.findings.example import ContentExample
from harness.findings.rule import Rule

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "S": "1", "B": "2", "C": "3", "K": "4", "I": "5",
        "L": "6", "D": "7", "V": "8", "Q": "9", "T": "0",
    }
)  # fmt: skip
"""The first digit of each family's codes."""

MOST_NAME_CHARACTERS = 24
LEAST_TEXT_CHARACTERS = 25

_CODE = re.compile(r"([A-Z])([0-9])[0-9]{2}")
_NAME = re.compile(r"[a-z]+(-[a-z]+)+")
# after "allow", a rule that says what must be, or what must not be, means its opposite
_COMMANDS = frozenset({"no", "not", "must", "check", "require", "valid", "allow", "forbid"})
_SAMPLE = MappingProxyType({"expected": "one", "actual": "two", "rule": "three", "reason": "four"})
_SOURCE = re.compile(r"https?://[^\s/]+/\S+")


def faults(rule: Rule) -> Iterator[str]:
    """Yield what is wrong with one rule, short of running its example."""
    yield from _faults_of_code(rule.code)
    yield from _faults_of_name(rule.name)
    yield from _faults_of_message(rule.message)
    yield from (f"help: {fault}" for fault in _faults_of_line(rule.help))
    if "{{" in rule.help or "}}" in rule.help:
        yield "help: it is not formatted, so braces stand once"
    for field in ("checks", "why", "fix"):
        yield from (f"{field}: {fault}" for fault in _faults_of_text(getattr(rule, field)))
    yield from (f"source: {source}" for source in rule.sources if not _SOURCE.fullmatch(source))
    yield from _faults_of_example(rule)


def _faults_of_code(code: str) -> Iterator[str]:
    match = _CODE.fullmatch(code)
    if match is None:
        yield "code: a letter and three digits"
    elif FAMILIES.get(match[1]) != match[2]:
        yield "code: the digits are not those of its family"


def _faults_of_name(name: str) -> Iterator[str]:
    if not _NAME.fullmatch(name) or len(name) > MOST_NAME_CHARACTERS:
        yield "name: a few short words in kebab-case"
    if name.split("-", maxsplit=1)[0] in _COMMANDS:
        yield f"name: `allow {name}` says the opposite"


def _faults_of_message(message: str) -> Iterator[str]:
    try:
        text = message.format(**_SAMPLE)
    except (KeyError, IndexError, ValueError) as error:
        yield f"message: cannot be formatted: {error!r}"
        return
    yield from (f"message: {fault}" for fault in _faults_of_line(text))


def _faults_of_line(text: str) -> Iterator[str]:
    """Lower case, no full stop, one line."""
    if not text.strip():
        yield "it is empty"
    if text[:1].isupper() or text.endswith(".") or text != text.strip() or "\n" in text:
        yield "one line in lower case without a full stop"


def _faults_of_text(text: str) -> Iterator[str]:
    if len(text) < LEAST_TEXT_CHARACTERS:
        yield "it says next to nothing"
    elif text[0].islower() or not text.endswith(".") or "  " in text:
        yield "sentences, with single spaces"


def _faults_of_example(rule: Rule) -> Iterator[str]:
    example = rule.example
    if not example.breaks and not isinstance(example, ContentExample):
        yield "example: nothing breaks"
    if example.passes == example.breaks and not getattr(example, "passing_validity", ""):
        yield "example: both halves are the same"


# codes in the program's text


def codes_in(text: str) -> set[str]:
    """Return every finding code that stands as a string in the text of a module."""
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(f"[{''.join(FAMILIES)}][0-9]{{3}}", node.value)
    }


def codes_of(folder: Path, without: frozenset[str] = frozenset()) -> set[str]:
    """Return the codes in all modules below `folder`, but not in the rooms `without`."""
    return {
        code
        for path in folder.rglob("*.py")
        if path.relative_to(folder).parts[0] not in without
        for code in codes_in(path.read_text(encoding="utf-8"))
    }

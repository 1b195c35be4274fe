"""Runs the examples of rules, each the way a user meets it, and says which codes they raise."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, assert_never

import pytest

from harness.cli.main import run as run_command_line
from harness.consumers import manifest
from harness.consumers.run import Consumer, ConsumerError, prepare, run
from harness.findings.example import (
    CommandExample,
    ConsumerExample,
    ContentExample,
    SchemaExample,
)
from harness.findings.model import Place
from harness.findings.rule import Rule
from harness.oracle import Expectation, Validity, judge
from harness.reading import read
from harness.schema import load
from harness.schema.lint import lint
from harness.schema.overlay import Overlay, OverlayRule

Half = Literal["passes", "breaks"]

_C_HEAD = """\
#include "harness_consumer.h"
#include <stdlib.h>
#include <sys/socket.h>
#define BODY(NAME) \\
    static int NAME(const uint8_t *data, size_t size, const harness_observer *observer)
"""
_C_TAIL = """
int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer)
{ return bodies[observer->companions[0].data[0]](data, size, observer); }
"""
_HANGING = "D703"


class Bench:
    """Runs halves of examples; consumers are built once, all bodies in one program.

    Args:
        folder: where files may be written.
        rules: those whose consumers are built together.
    """

    def __init__(self, folder: Path, rules: Iterable[Rule]) -> None:
        self._folder = folder
        self._environment = {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(folder / "cache")}
        self._bodies = list(_bodies(rules))

    def raised(self, rule: Rule, half: Half) -> set[str]:
        """Return the codes that one half of the rule's example raises."""
        folder = self._folder / f"{rule.code}-{half}"
        folder.mkdir(exist_ok=True)
        match rule.example:
            case ContentExample() as example:
                return content_codes(example, getattr(example, half), folder)
            case SchemaExample() as example:
                return schema_codes(getattr(example, half), folder)
            case ConsumerExample() as example if rule.code.startswith("T"):
                return self._build_codes(getattr(example, half), folder)
            case ConsumerExample() as example:
                return self._behaviour_codes(rule.code, example, half)
            case CommandExample() as example:
                return self._command_codes(example, getattr(example, half), folder)
            case _:
                assert_never(rule.example)

    def _command_codes(self, example: CommandExample, line: str, folder: Path) -> set[str]:
        """Run a command line in a folder of its own, and read its JSON report."""
        for name, text in example.files.items():
            path = folder / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        report = folder / "report.json"
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder / "files")
            patch.setenv("HARNESS_CACHE", self._environment["HARNESS_CACHE"])
            run_command_line([*line.split(), "--format", "json", "--output", str(report)])
        findings = json.loads(report.read_text())["findings"]
        return {one["code"] for one in findings if not _is_of_machine(one["code"], one["message"])}

    def _build_codes(self, body: str, folder: Path) -> set[str]:
        """Build a consumer of its own from one body."""
        try:
            _prepared(_C_HEAD + _function("only", body) + _table(1), folder, self._environment)
        except ConsumerError as error:
            return {error.code}
        return set()

    def _behaviour_codes(self, code: str, example: ConsumerExample, half: Half) -> set[str]:
        """Run one of the bodies once, and judge it."""
        content = bytes.fromhex(example.content)
        validity = example.validity
        if half == "passes" and example.passing_validity:
            validity = example.passing_validity
        is_hanging = (code, half) == (_HANGING, "breaks")
        which = self._bodies.index((code, half, getattr(example, half)))
        seen = run(
            self._consumer(is_hanging=is_hanging), content, companions={"body": bytes([which])}
        )
        expectation = Expectation(
            file="content", size=len(content), validity=Validity(validity),
            rules=("example",), codes=("S101",),
        )  # fmt: skip
        found = judge(expectation, [seen])
        return {one.code for one in found if not _is_of_machine(one.code, one.actual)}

    @functools.cache  # noqa: B019  # a bench lives as long as the session
    def _consumer(self, *, is_hanging: bool) -> Consumer:
        """All bodies as one consumer; little patience only where it is known to hang."""
        functions = "".join(
            _function(f"body_{number}", body) for number, (_, _, body) in enumerate(self._bodies)
        )
        folder = self._folder / ("hanging" if is_hanging else "bodies")
        folder.mkdir()
        source = _C_HEAD + functions + _table(len(self._bodies))
        return _prepared(source, folder, self._environment, seconds=1 if is_hanging else 60)


def content_codes(example: ContentExample, content: str, folder: Path) -> set[str]:
    """Return the codes that content raises under the example's schema and contract."""
    path = folder / "example.ksy"
    path.write_text(example.schema)
    schema = load(path, use_cache=False)
    overlays = [overlay_of(example)]
    reading = read(schema, bytes.fromhex(content), file="content", overlays=overlays)
    return {finding.code for finding in reading.findings}


def schema_codes(text: str, folder: Path) -> set[str]:
    """Return the codes that the lint of a schema raises."""
    path = folder / "example.ksy"
    path.write_text(text)
    return {finding.code for finding in lint(path)}


def overlay_of(example: ContentExample) -> Overlay:
    """Return the contract of an example."""
    return Overlay(name="example", rules=tuple(_contract(example.contract)))


def _contract(text: str) -> Iterator[OverlayRule]:
    for number, line in enumerate(text.splitlines()):
        at, check = (part.strip() for part in line.split("::", 1))
        yield OverlayRule(id=f"example-{number}", at=at, check=check, place=Place("contract", 1))


def _bodies(rules: Iterable[Rule]) -> Iterator[tuple[str, Half, str]]:
    for rule in rules:
        if isinstance(rule.example, ConsumerExample) and rule.code.startswith("D"):
            yield rule.code, "passes", rule.example.passes
            yield rule.code, "breaks", rule.example.breaks


def _function(name: str, body: str) -> str:
    return f"BODY({name}) {{ {body} }}\n"


def _table(count: int) -> str:
    """The bodies by number, and the function that calls the one which the companion names."""
    names = ", ".join(f"body_{number}" for number in range(count)) if count > 1 else "only"
    pointer = "int (*const bodies[])(const uint8_t *, size_t, const harness_observer *)"
    return f"static {pointer} = {{{names}}};{_C_TAIL}"


def _prepared(
    source: str, folder: Path, environment: Mapping[str, str], seconds: float = 60
) -> Consumer:
    (folder / "example.c").write_text(source)
    (folder / "example.toml").write_text(
        'name = "example"\nversion = "1"\nschema = "any"\n[run]\n'
        f'library = {{sources = ["example.c"]}}\ntimeout_seconds = {seconds}\nmemory_mb = 256\n'
    )
    return prepare(manifest.load(folder / "example.toml"), environment=environment)


def _is_of_machine(code: str, said: str) -> bool:
    """Whether a missing layer of isolation is this machine's lack, not the example's doing."""
    return code == "T007" and "switched off" not in said

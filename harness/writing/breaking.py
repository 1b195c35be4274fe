"""Breaking: contents that break one thing and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from harness.findings.model import Finding
from harness.reading.tree import Location, path_of, pre_order
from harness.writing.build import Builder, BuildError
from harness.writing.edits import Edit, Editor
from harness.writing.generate import Generator
from harness.writing.settle import Settler
from harness.writing.targets import Target
from harness.writing.values import values_of

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.writing.choices import Choices

CONTENTS: Final = 12
GROWN: Final = 60
MAX_TRIES: Final = 400


class Breaker:
    """Breaks contents of one schema."""

    def __init__(self, generator: Generator, seeds: Sequence[bytes] = ()) -> None:
        """Make one.

        Args:
            generator: of valid contents.
            seeds: other valid contents, which may have what generated ones seldom do.
        """
        self._generator = generator
        self._seeds = seeds
        self._settler = Settler(generator.reader)
        self._growing: dict[str, Generator] = {}
        self._builder = Builder(generator.schema, generator.companions)

    def _grown(self, target: Target, choices: Choices) -> bytes | None:
        """Return a content that was grown to break a rule of the schema."""
        if target.rule not in self._growing:
            self._growing[target.rule] = Generator(
                self._generator.schema, self._generator.companions, broken=target.rule
            )
        generator = self._growing[target.rule]
        for _ in range(GROWN):
            data = generator.attempt(choices, accepts=lambda found: _is_only(found, target))
            if data is not None:
                return data
        return None

    def broken(self, target: Target, choices: Choices) -> bytes | None:
        """Return a content whose only findings are of `target`; None if none was found."""
        if target.rule:
            grown = self._grown(target, choices)
            if grown is not None:
                return grown
        for number in range(CONTENTS):
            if self._seeds and number % 2:
                data: bytes | None = choices.pick(self._seeds)
            else:
                data = self._generator.valid(choices)
            if data is None:
                continue
            found = self._break(data, target, choices)
            if found is not None:
                return found
        return None

    def _break(self, data: bytes, target: Target, choices: Choices) -> bytes | None:
        reader, companions = self._generator.reader, self._generator.companions
        reading = reader.read(data, file="", companions=companions)
        tries = 0
        for changed in self._changed(reading, data, target, choices):
            if _is_only(reader.read(changed, file="", companions=companions).findings, target):
                return changed
            tries += 1
            if tries >= MAX_TRIES:
                return None
        return None

    def _changed(
        self, reading: Reading, data: bytes, target: Target, choices: Choices
    ) -> Iterator[bytes]:
        editor = Editor(reading, data, self._generator.facts, choices)
        if target.code in ("S110", "S111"):
            yield from self._with_junk(reading, target)
        if target.code == "I501":
            yield from self._with_other_lists(reading)
        for edit in editor.edits(target):
            yield self._settled(data, edit)

    def _settled(self, data: bytes, edit: Edit) -> bytes:
        changed = edit.apply(data)
        kept = range(edit.start, edit.end) if edit.is_kept else range(0)
        return self._settler.settle(changed, self._generator.companions, kept=kept)

    def _with_junk(self, reading: Reading, target: Target) -> Iterator[bytes]:
        """Put a byte that nothing reads at the end of a region."""
        values = values_of(reading)
        for node in pre_order(reading.root):
            if node.stream.owner is node and node.parent is not None:
                path = path_of(Location(node))
                try:
                    yield self._builder.build(values, junk={path: b"\0"})
                except BuildError:
                    continue

    def _with_other_lists(self, reading: Reading) -> Iterator[bytes]:
        """Leave out the last item of a list, or repeat it."""
        for change in (_shorter, _longer):
            for number in range(32):
                values = values_of(reading)
                lists = list(_lists(values))
                if number >= len(lists):
                    break
                change(lists[number])
                try:
                    yield self._builder.build(values)
                except BuildError:
                    continue


def _lists(values: Any) -> Iterator[list[Any]]:
    if isinstance(values, Mapping):
        for value in values.values():
            yield from _lists(value)
    elif isinstance(values, list):
        if values:
            yield values
        for value in values:
            yield from _lists(value)


def _shorter(items: list[Any]) -> None:
    items.pop()


def _longer(items: list[Any]) -> None:
    items.append(items[-1])


def _is_only(findings: tuple[Finding, ...], target: Target) -> bool:
    return bool(findings) and all(
        finding.code == target.code and finding.rule == target.rule
        if target.rule
        else finding.code == target.code
        for finding in findings
    )

"""Reported values against computed ones, and runs against their repetitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness.consumers.observation import RELOAD_CYCLE, Observation, Step
from harness.oracle.expectation import Expectation

CONSUMED = "consumed_bytes"
_INDEXED = "[*]"


class Difference(msgspec.Struct, frozen=True):
    """One value that is not what it should be; `name` is the observation's."""

    name: str
    expected: str
    actual: str


def values(expectation: Expectation, observation: Observation) -> Iterator[Difference]:
    """Find where an accepting consumer read the content differently than the schema does."""
    wanted: dict[str, int | tuple[int, ...]] = {CONSUMED: expectation.size, **expectation.values}
    for name, value in wanted.items():
        if isinstance(value, tuple):
            yield from _indexed(name, value, observation)
        else:
            yield from _single(name, value, observation, named=name in expectation.values)


def _single(
    name: str, value: int, observation: Observation, *, named: bool
) -> Iterator[Difference]:
    told = [(step, got) for step in observation.steps for got in step.values.get(name, ())]
    wrong = next(((step, got) for step, got in told if got != value), None)
    if wrong is not None:
        step, got = wrong
        actual = f"`{observation.consumer}` reports {got} for `{name}` in {step}"
        yield Difference(name, f"{value} by the schema", actual)
    elif not told and named:
        yield _unreported(name, str(value), observation)


def _indexed(name: str, wanted: Sequence[int], observation: Observation) -> Iterator[Difference]:
    base = name.removesuffix(_INDEXED)
    told: dict[int, tuple[Step, int]] = {}
    for step in observation.steps:
        for index, values_told in step.indexed.get(base, {}).items():
            for got in values_told:
                expected = wanted[index] if index < len(wanted) else None
                if index not in told or got != expected:
                    told[index] = (step, got)
    if not told and wanted:
        yield _unreported(name, f"{len(wanted)} values", observation)
        return
    for index in sorted({*told, *range(len(wanted))}):
        yield from _at(f"{base}[{index}]", index, wanted, told, observation)


def _at(
    name: str,
    index: int,
    wanted: Sequence[int],
    told: Mapping[int, tuple[Step, int]],
    observation: Observation,
) -> Iterator[Difference]:
    expected = f"{wanted[index]} by the schema" if index < len(wanted) else "no such element"
    if index not in told:
        actual = f"`{observation.consumer}` reports nothing for `{name}`"
        yield Difference(name, expected, actual)
        return
    step, got = told[index]
    if index >= len(wanted) or got != wanted[index]:
        actual = f"`{observation.consumer}` reports {got} for `{name}` in {step}"
        yield Difference(name, expected, actual)


def _unreported(name: str, value: str, observation: Observation) -> Difference:
    actual = f"`{observation.consumer}` never reports `{name}`"
    return Difference(name, f"{value} by the schema", actual)


def reloads(observation: Observation) -> Iterator[Difference]:
    """Find where the second load of one process differs from the first."""
    first = [step for step in observation.steps if step.cycle != RELOAD_CYCLE]
    again = [step for step in observation.steps if step.cycle == RELOAD_CYCLE]
    if again:
        yield from _runs(first, again, observation.consumer, "the second load")


def repetitions(observations: Sequence[Observation]) -> Iterator[Difference]:
    """Find where identical runs differ; runs that did not survive are not compared."""
    survivors = [observation for observation in observations if observation.survived]
    for other in survivors[1:]:
        first = survivors[0]
        if other.signature() != first.signature():
            yield from _runs(first.steps, other.steps, first.consumer, "an identical run")
            return


def _runs(
    first: Sequence[Step], second: Sequence[Step], consumer: str, turn: str
) -> Iterator[Difference]:
    """The first difference only: what follows from it says nothing new."""
    for one, other in zip(first, second, strict=False):
        where = "the load" if one.phase in ("load", "consume") else f"{one.phase} {one.index}"
        for name, before, after in _told(one, other):
            actual = f"`{consumer}` tells {after} for {name} of {where} in {turn}"
            yield Difference(name.strip("`"), f"{before} again", actual)
            return
    if len(first) != len(second):
        actual = f"`{consumer}` takes {len(second)} steps in {turn}"
        yield Difference("steps", f"{len(first)} again", actual)


def _told(one: Step, other: Step) -> Iterator[tuple[str, str, str]]:
    """Name and both values of each thing that two steps tell differently."""
    if (one.phase, one.index) != (other.phase, other.index):
        yield "the step", str(one.phase), str(other.phase)
    if one.result != other.result:
        yield "the result", str(one.result), str(other.result)
    for name in sorted({*one.values, *other.values}):
        yield from _unequal(f"`{name}`", one.values.get(name), other.values.get(name))
    for name in sorted({*one.indexed, *other.indexed}):
        before, after = one.indexed.get(name, {}), other.indexed.get(name, {})
        for index in sorted({*before, *after}):
            yield from _unequal(f"`{name}[{index}]`", before.get(index), after.get(index))


def _unequal(
    name: str, before: tuple[int, ...] | None, after: tuple[int, ...] | None
) -> Iterator[tuple[str, str, str]]:
    if before != after:
        yield name, _listed(before), _listed(after)


def _listed(told: tuple[int, ...] | None) -> str:
    return ", ".join(map(str, told)) if told else "nothing"

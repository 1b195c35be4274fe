"""Checks what the user named, by one request or several, and keeps what is found if stopped."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from harness.cli.plan import Plan
from harness.cli.progress import Progress
from harness.cli.reporting import each_once, file_report
from harness.cli.standard_input import KeptInput
from harness.findings.model import Finding
from harness.report.model import FileReport
from harness.schema import SchemaError
from harness.validation import Result, unused_companions, validate_paths
from harness.validation.inputs import expand

_NOTHING_TO_CHECK = "T004"
_UNREACHED = "not reached: interrupted"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found until the end, or until the user wanted no more.

    Attributes:
        files: each with what it was judged by; after an interrupt, those not reached as unchecked.
        findings: sorted, each once.
        is_interrupted: the user stopped it; what is here was found before.
    """

    files: tuple[FileReport, ...]
    findings: tuple[Finding, ...]
    is_interrupted: bool


def check(names: Sequence[str], plans: Sequence[Plan], kept: KeptInput) -> Checked:
    """Check files and folders by each plan.

    Args:
        names: as the user gave them.
        plans: one at least; each file is checked by all of them.
        kept: what `-` reads.
    """
    files: list[FileReport] = []
    findings: list[Finding] = []
    contracts = tuple(plan.contract for plan in plans if plan.contract)
    is_interrupted = False
    try:
        with Progress() as progress:
            used: set[str] = set()
            for results in _by_file(names, plans, kept):
                progress.update(results[0].file, len(files))
                for result in results:
                    used.update([one.name for one in result.companions])
                    findings += result.findings
                if not _is_nothing(results[0]):
                    files.append(file_report(results, contracts))
            findings += unused_companions(plans[0].request.companions, used, findings)
    except SchemaError as error:
        findings += error.findings
    except KeyboardInterrupt:
        is_interrupted = True
        files += unreached(names, len(files), contracts)
    return Checked(files=tuple(files), findings=each_once(findings), is_interrupted=is_interrupted)


def _is_nothing(result: Result) -> bool:
    """Whether it stands for a folder with nothing to check in it."""
    return any(one.code == _NOTHING_TO_CHECK for one in result.findings)


def unreached(
    names: Sequence[str], number: int, contracts: tuple[str, ...] = ()
) -> Iterator[FileReport]:
    """The files after the first `number`; whoever interrupts again gets those found until then."""
    with contextlib.suppress(KeyboardInterrupt):
        inputs = (item for name in names for item in expand(name))
        for item in itertools.islice(inputs, number, None):
            left = Result(
                file=item.name, checked=False, reason=_UNREACHED, is_walked=item.is_walked
            )
            yield file_report((left,), contracts)


def _by_file(
    names: Sequence[str], plans: Sequence[Plan], kept: KeptInput
) -> Iterator[tuple[Result, ...]]:
    """The results of each file, one a plan."""
    runs = [validate_paths(names, plan.request, kept.stream) for plan in plans]
    yield from zip(*runs, strict=True)

"""Telling one finding from another: oracle class or rule, path, place and callers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from harness.consumers.observation import Observation, SanitizerReport
from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.schema.resources import runtime_folder

_TOP_FRAMES = 3
_NUMBER = re.compile(r"\d+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")
_FOLDERS = re.compile(r"(?<=\()[^()]*/")  # of a file, which lies elsewhere on another machine
_HANG = "D703"  # where in the function is chance
_FAMILIES = (
    ("lifetime", ("use-after", "double-free", "bad-free", "alloc-dealloc")),
    ("access", ("out-of-bounds", "buffer-overflow", "buffer-underflow")),
    ("access", ("invalid-address", "null-pointer", "pointer-overflow", "misaligned-address")),
    ("access", ("object-size", "unknown-crash", "wild", "guard-page")),
)
_CRASHES = ("D701", "D702", "D703", "D704", "D705")


def is_crash(finding: Finding) -> bool:
    """Whether a finding says how a run ended, not what the consumer said."""
    return finding.code in _CRASHES


def key(finding: Finding, observation: Observation, why: Sequence[str] = ()) -> str:
    """Return the name under which a finding is known: a folder's name that can be read.

    Args:
        finding: of the oracle.
        observation: of the run that it is about.
        why: of an acceptance: the rules that the content breaks.
    """
    parts = [finding.code, finding.rule, _NUMBER.sub("*", finding.path), *why]
    label = why[0] if why else finding.rule
    if finding.code == "D707":  # who refuses for another reason disagrees about something else
        label = _FOLDERS.sub("", observation.reason)
        parts.append(label)
    if is_crash(finding):
        fault = _fault(observation)
        functions = own_functions(observation.report)[:_TOP_FRAMES]
        place = functions[:1] if finding.code == _HANG else _place(observation.report)
        parts = [finding.code, _family(observation) if place else fault, *place, *functions[1:]]
        label = functions[0] if functions else fault
    name = RULES[finding.code].name
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
    words = (finding.code, name, _UNSAFE.sub("-", label)[:40].strip("-"), digest)
    return "-".join(word for word in words if word)


def own_functions(report: SanitizerReport | None) -> list[str]:
    """Return the functions of the consumer's own code on the stack of a fault, innermost first."""
    if report is None or report.frame is None:
        return []
    ours = {path.name for path in runtime_folder().iterdir()}
    own = [one for one in report.frames if one.module == report.frame.module]
    return [one.function for one in own if one.function and one.file not in ours]


def _place(report: SanitizerReport | None) -> tuple[str, ...]:
    """Function, file and line of a fault: two on different lines of one function are two.

    UBSan names the line itself, and the frame of its report has it; the stack's may be another.
    """
    functions = own_functions(report)
    if report is None or report.frame is None or not functions:
        return ()
    return (functions[0], report.frame.file, str(report.frame.line))


def same_place(one: Observation, other: Observation) -> bool:
    """Whether two runs ended at the same place, as far as stacks tell."""
    first, second = _place(one.report), _place(other.report)
    if first and second:
        return first == second
    return _family(one) == _family(other)


def _fault(observation: Observation) -> str:
    """What kind of fault ended a run, and whether it read or wrote where that is known."""
    access = observation.report.access if observation.report is not None else ""
    return f"{_kind(observation)} {access}".strip()


def _family(observation: Observation) -> str:
    """What kind of fault ended a run, as far as it does not depend on who saw it.

    An index out of bounds to UBSan is, once that has told of it, a read past a block to
    AddressSanitizer, or a signal where there is no memory at all: at one place these are one fault.
    """
    kind = _kind(observation)
    return next((name for name, kinds in _FAMILIES if any(one in kind for one in kinds)), kind)


def _kind(observation: Observation) -> str:
    """What kind of fault ended a run, without line numbers, addresses and folders."""
    if observation.report is not None:
        return observation.report.kind
    return _NUMBER.sub("*", _FOLDERS.sub("", f"{observation.how} {observation.detail}"))

"""Two readings of one file side by side, value by value: Kaitai's generated parser's and ours.

Attributes are compared as they were read. Then each instance is asked for on both sides, in the
order of our schema, so that a lazy reader reads it now. Where Kaitai raises an exception, we must
have a finding of that kind.
"""

from __future__ import annotations

import inspect
import math
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from kaitaistruct import KaitaiStream, KaitaiStruct

from harness.findings.model import Finding, Severity
from harness.reading import Answer, Reading, demand
from harness.reading.stream import Stream
from harness.reading.tree import ListNode, Missing, StructNode
from tools.kaitai.exceptions import agree

MAX_DEPTH: Final = 100
MAX_VALUES: Final = 2_000_000
# A structure that our reader shares is met once for each reference to it.
MAX_VISITS: Final = 4
# Generated code loops without end where it reads nothing until the end of a stream.
MAX_SECONDS: Final = 5


@dataclass(slots=True)
class Comparison:
    """What came of comparing.

    Attributes:
        values: plain values compared.
        rejections: things that both sides reject.
        differences: a line each.
        is_complete: everything there is was compared; large webs of references are cut off.
    """

    values: int = 0
    rejections: int = 0
    differences: list[str] = field(default_factory=list)
    is_complete: bool = True


def compare(theirs: object, ours: Reading) -> Comparison:
    """Compare a parsed object with our reading of the same bytes."""
    found = Comparison()
    _Walk(found).run(theirs, ours.root)
    return found


def errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that are errors; each would be an exception."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The same thing as both sides have it."""

    path: str
    theirs: object
    ours: object
    depth: int


class _Walk:
    """One comparison, its work put off on a list: content may nest deeper than calls can."""

    def __init__(self, found: Comparison) -> None:
        self._found = found
        self._waiting: list[_Pair] = []
        self._visits: Counter[int] = Counter()

    def run(self, theirs: object, ours: StructNode) -> None:
        """Compare all that lies below a pair."""
        self._waiting.append(_Pair("", theirs, ours, 0))
        while self._waiting:
            pair = self._waiting.pop()
            if pair.depth > MAX_DEPTH or self._found.values > MAX_VALUES:
                self._found.is_complete = False
                continue
            # in order, though the list is taken from its end
            self._waiting += reversed(list(self._below(pair)))

    def _below(self, pair: _Pair) -> Iterator[_Pair]:
        match pair.theirs, pair.ours:
            case KaitaiStruct() as theirs, StructNode() as ours:
                yield from self._members(theirs, ours, pair)
            case (list() as theirs, ListNode(items=ours)):
                yield from self._elements(theirs, ours, pair)
            case KaitaiStream() as theirs, Stream() as ours:
                self._plain(pair.path, theirs.size(), ours.end - ours.start)
            case theirs, ours:
                self._plain(pair.path, _number(theirs), ours)

    def _elements(self, theirs: list[Any], ours: list[Any], pair: _Pair) -> Iterator[_Pair]:
        if len(theirs) != len(ours):
            self._differ(pair.path, f"{len(theirs)} items", f"{len(ours)}")
        for index, (one, other) in enumerate(zip(theirs, ours, strict=False)):
            yield _Pair(f"{pair.path}[{index}]", one, other, pair.depth + 1)

    def _members(self, theirs: KaitaiStruct, ours: StructNode, pair: _Pair) -> Iterator[_Pair]:
        self._visits[id(ours)] += 1
        if self._visits[id(ours)] > MAX_VISITS:
            return
        plan = ours.plan
        known = set(plan.names)
        for name in _names(theirs) - known:
            self._differ(_join(pair.path, name), "a member", "none of that name")
        for slot in (*plan.sequence_slots, *plan.instance_slots):
            path = _join(pair.path, plan.names[slot])
            yield from self._member(
                _asked(theirs, plan.names[slot]), demand(ours, slot), path, pair
            )

    def _member(self, theirs: object, ours: Answer, path: str, pair: _Pair) -> Iterator[_Pair]:
        found = errors(ours.findings)
        is_lost = bool(found) or ours.value is Missing.ABANDONED
        if isinstance(theirs, Exception):
            if not is_lost or not agree(theirs, found):
                self._differ(path, _raised(theirs), _words(ours))
            self._found.rejections += 1
        elif found:
            self._differ(path, _shown(theirs), _words(ours))
        elif is_lost:
            # lost to what was rejected before; generated code may keep a value that it rejected
            self._found.rejections += 1
        else:
            value = None if isinstance(ours.value, Missing) else ours.value
            yield _Pair(path, theirs, value, pair.depth + 1)

    def _plain(self, path: str, theirs: object, ours: object) -> None:
        self._found.values += theirs is not None or ours is not None
        if not _same(theirs, ours):
            self._differ(path, _shown(theirs), _shown(ours))

    def _differ(self, path: str, theirs: str, ours: str) -> None:
        self._found.differences.append(f"{path or '_root'}: Kaitai has {theirs}, we have {ours}")


def _asked(node: KaitaiStruct, name: str) -> object:
    """Return a member; the exception if asking for it raises one; None where it was not read."""
    if name not in vars(node) and not hasattr(type(node), name):
        return None
    try:
        with bounded():
            found: object = getattr(node, name)
    except Exception as error:  # noqa: BLE001  # generated code raises what it likes
        return error
    return found


@contextmanager
def bounded() -> Iterator[None]:
    """Let generated code run for so long.

    Raises:
        TimeoutError: it did not come to an end.
    """

    def expire(_number: int, _frame: object) -> None:
        raise TimeoutError(f"no end in {MAX_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(MAX_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _names(node: KaitaiStruct) -> set[str]:
    """Names of what was read (set on the object) and of instances (properties of the class)."""
    parameters = inspect.signature(type(node)).parameters
    read = {name for name in vars(node) if not name.startswith("_") and name not in parameters}
    return read | {name for name, item in vars(type(node)).items() if isinstance(item, property)}


def _number(value: object) -> object:
    return int(value.value) if isinstance(value, Enum) else value


def _same(theirs: object, ours: object) -> bool:
    match theirs, ours:
        case (bool(), _) | (_, bool()):
            return theirs is ours
        case (float(), float()) if math.isnan(theirs) or math.isnan(ours):
            return math.isnan(theirs) and math.isnan(ours)
        case (int() | float(), int() | float()):
            return theirs == ours
        case _:
            return type(theirs) is type(ours) and theirs == ours


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _raised(error: Exception) -> str:
    return f"{type(error).__name__} ({str(error)[:80]})"


def _words(answer: Answer) -> str:
    codes = ", ".join(f"{f.code} {f.path} {f.expected}/{f.actual}" for f in answer.findings[:3])
    return f"{_shown(answer.value)} and {codes or 'no finding'}"


def _shown(value: object) -> str:
    if isinstance(value, StructNode):
        return f"a {value.plan.type.name}"
    if isinstance(value, Missing):
        return "nothing"
    return repr(_number(value))[:120]

"""Statements of a sweep: what is not as it must be ends it, without branches where that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Lines = list[str | list[str]]
TRUE = "INT64_C(1)"
FALSE = "INT64_C(0)"


class _NeedsBranchError(Exception):
    """Something must not be done where a condition does not hold."""


class Statements:
    """Writes statements of C.

    What is not as it must be sets `bad`, which ends the sweep after the item; or, where going on
    makes no sense, goes to `fail`. Conditions are seldom foreseen by a processor, so that what can
    do no harm is done in any case, and only counts where the condition holds.

    Attributes:
        lines: what was written; a list among them may still grow.
        locals: declarations of what is there for the whole sweep.
    """

    def __init__(self) -> None:
        self._count = 0
        self._guard: str | None = None  # C of a mask: all bits where what is written counts
        self._is_soft = False  # there is no branch around what is written
        self._known: list[dict[str, str]] = [{}]  # variables by what they hold, block in block
        self._truths: list[str] = []  # conditions under which what is written counts
        self.lines: Lines = []
        self.locals: list[str] = []

    def add(self, *lines: str | list[str]) -> None:
        """Write statements."""
        self.lines += lines

    def variable(self, code: str) -> str:
        """Keep a number that does not change; return its name."""
        for known in self._known:
            if code in known:
                return known[code]
        self._count += 1
        name = self._known[-1][code] = f"v{self._count}"
        self.lines.append(f"const int64_t {name} = {code}; (void){name};")
        return name

    def changing(self, code: str) -> str:
        """Keep a number that may be set anew; return its name."""
        self._count += 1
        self.lines.append(f"int64_t v{self._count} = {code};")
        return f"v{self._count}"

    def unless(self, condition: str) -> None:
        """End the sweep where a condition does not hold."""
        if self._is_soft:
            self.wrong(f"!({condition})")
        else:
            self.lines.append(f"if (!({condition})) goto fail;")

    def unless_one(self, truth: str) -> None:
        """End the sweep where a truth value, 1 or 0, is 0."""
        if truth == TRUE or truth in self._truths:
            return
        if self._is_soft:
            self.wrong(f"{truth} ^ 1")
        else:
            self.lines.append(f"if (!({truth})) goto fail;")

    def wrong(self, bits: str) -> None:
        """End the sweep where a number is not zero."""
        guard = f"{self._guard} & " if self._guard else ""
        self.lines.append(f"bad |= {guard}({bits});")

    @property
    def is_soft(self) -> bool:
        """Whether there is no branch around what is written."""
        return self._is_soft

    def hard(self) -> None:
        """Say that what follows must not be done where the condition around it does not hold.

        Raises:
            _NeedsBranchError: there is no branch yet.
        """
        if self._is_soft:
            raise _NeedsBranchError

    def holds(self, truth: str) -> bool:
        """Whether what is written only counts where a truth value is 1."""
        return truth in self._truths

    @contextmanager
    def block(self, head: str = "", truth: str = TRUE) -> Iterator[None]:
        """What is written stands in a block of its own, where a truth value is 1."""
        before, self._is_soft = self._is_soft, False
        self._known.append({})
        self._truths.append(truth)
        self.lines.append(f"{head}{{")
        try:
            yield
        finally:
            self.lines.append("}")
            self._truths.pop()
            self._known.pop()
            self._is_soft = before

    @contextmanager
    def collected(self) -> Iterator[Lines]:
        """Collect what is written instead of writing it."""
        before, self.lines = self.lines, []
        self._known.append({})
        try:
            yield self.lines
        finally:
            self._known.pop()
            self.lines = before

    @contextmanager
    def counted(self, condition: str) -> Iterator[None]:
        """What is written only counts where a truth value is 1."""
        if condition == TRUE:
            yield
            return
        before = self._guard
        self._count += 1
        name = self._guard = f"v{self._count}"
        both = "" if before is None else f"{before} & "
        start = len(self.lines)
        self.lines.append(f"const int64_t {name} = {both}-({condition});")
        self._truths.append(condition)
        try:
            yield
        finally:
            self._truths.pop()
            self._guard = before
            if not any(f"{name} & " in line for line in self.lines[start + 1 :]):
                del self.lines[start]

    def provided(self, condition: Callable[[], str], then: Callable[[], None]) -> None:
        """Write what is done where a truth value is 1: without a branch, if it can do no harm."""

        def counting() -> None:
            with self.counted(condition()):
                then()

        if self._softly(counting):
            return
        tests: list[str] = []
        if not self._softly(lambda: tests.append(condition())):
            tests.append(condition())
        with self.block(f"if ({tests[-1]}) ", tests[-1]):
            then()

    def simply(self, then: Callable[[], None]) -> None:
        """Write what is done in any case, without branches where that can be."""
        if not self._softly(then):
            then()

    def _softly(self, write: Callable[[], None]) -> bool:
        """Write something without branches, or nothing at all where it cannot be done so.

        Raises:
            _NeedsBranchError: the same holds of what is around.
        """
        start, before = len(self.lines), (self._count, self._guard, self._is_soft)
        known = dict(self._known[-1])
        try:
            self._is_soft = True
            write()
        except _NeedsBranchError:
            del self.lines[start:]
            self._known[-1] = known
            self._count, self._guard, was_soft = before
            if was_soft:
                raise
            return False
        else:
            return True
        finally:
            self._guard, self._is_soft = before[1:]


def text_of(lines: Sequence[str | list[str]]) -> str:
    """Return statements as the text of a function."""
    flat = (one for line in lines for one in ([line] if isinstance(line, str) else line))
    return "".join(f"    {line}\n" for line in flat)

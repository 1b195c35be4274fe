"""Decides what of a tree is shown: long arrays folded, depth limited, findings always in place.

A folded element or a branch below the depth limit that holds a finding is not passed over in
silence: the element is shown, or the finding is shown at the nearest node that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from harness.findings.model import Finding
from harness.reading import View

_SHOWN_OF_ARRAY = 5
# Bytes that no node read: they are shown after the node whose bytes they should have been.
UNREAD_CODES = frozenset({"S109", "S110", "S111"})


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants to see.

    Attributes:
        depth: levels below the first node shown; None for all.
        path: only this node and what is below it; empty for the whole tree.
        everything: fold nothing.
    """

    depth: int | None = None
    path: str = ""
    everything: bool = False

    def covers(self, path: str) -> bool:
        """Tell whether the node at `path` is the chosen one or below it."""
        return is_at_or_below(path, self.path)

    def of(self, views: Iterable[View]) -> Iterator[View]:
        """Yield the nodes that are wanted, none folded."""
        top: int | None = None
        for view in views:
            if self.covers(view.path):
                top = view.depth if top is None else top
                if self.depth is None or view.depth - top <= self.depth:
                    yield view


class Row(msgspec.Struct, frozen=True):
    """A node to show; `indent` counts from the first node shown."""

    view: View
    indent: int
    findings: tuple[Finding, ...]


class Hidden(msgspec.Struct, frozen=True):
    """Elements of a folded array that are passed over."""

    count: int
    indent: int


class Found(msgspec.Struct, frozen=True):
    """A finding, to be shown below the row before it."""

    finding: Finding
    indent: int
    at: str


Item = Row | Hidden | Found


def is_at_or_below(path: str, prefix: str) -> bool:
    """Tell whether `path` is `prefix` or a node below it.

    >>> is_at_or_below("a[1].b", "a[1]"), is_at_or_below("a[11]", "a[1]")
    (True, False)
    """
    return not prefix or path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))


def arrange(
    views: Iterable[View], findings: Iterable[Finding], selection: Selection
) -> Iterator[Item]:
    """Yield what is to be shown of a tree, in order, every finding in its place.

    Args:
        views: the whole tree, in pre-order.
        findings: of the same file; those outside the selection are left out.
        selection: what the user wants to see.
    """
    pending = _Pending(finding for finding in findings if selection.covers(finding.path))
    yield from _Arrangement(pending, selection).items(views)


class _Pending:
    """Findings that have not been shown yet, by path."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_path: dict[str, list[Finding]] = {}
        self._below: Counter[str] = Counter()
        for finding in findings:
            self._by_path.setdefault(finding.path, []).append(finding)
            self._below.update(_prefixes(finding.path))

    def holds(self, path: str) -> bool:
        """Whether any is left at `path` or below it."""
        return self._below[path] > 0

    def take_at(self, path: str) -> tuple[Finding, ...]:
        """Take those of exactly this node, but for bytes that nobody read."""
        here = self._by_path.get(path, [])
        taken = [finding for finding in here if finding.code not in UNREAD_CODES]
        return self._taken(path, taken)

    def take_below(self, path: str) -> tuple[Finding, ...]:
        """Take all that are left at or below this node."""
        if not self.holds(path):
            return ()
        paths = [other for other in self._by_path if is_at_or_below(other, path)]
        return tuple(one for other in paths for one in self._taken(other, self._by_path[other]))

    def _taken(self, path: str, findings: list[Finding]) -> tuple[Finding, ...]:
        if findings:
            kept = [finding for finding in self._by_path[path] if finding not in findings]
            self._by_path[path] = kept
            for _ in findings:
                self._below.subtract(_prefixes(path))
        return tuple(findings)


def _prefixes(path: str) -> Iterator[str]:
    """The paths of a node and of all nodes above it, the root's empty one included."""
    if path:
        yield ""
    for at, char in enumerate(path):
        if char in ".[" and at:
            yield path[:at]
    yield path


class _Open(msgspec.Struct):
    """A node whose children are being seen."""

    view: View
    indent: int
    children: int = 0
    hidden: int = 0


class _Arrangement:
    """One walk over a tree: which nodes are open, and below which depth nodes are passed over."""

    def __init__(self, pending: _Pending, selection: Selection) -> None:
        self._pending = pending
        self._selection = selection
        self._open: list[_Open] = []
        self._skip_below: int | None = None

    def items(self, views: Iterable[View]) -> Iterator[Item]:
        """Yield rows, folds and findings."""
        for view in views:
            if self._selection.covers(view.path) and not self._is_skipped(view):
                yield from self._closed(view.depth)
                yield from self._met(view)
        yield from self._closed(-1)
        yield from (Found(one, 0, "") for one in self._pending.take_below(self._selection.path))

    def _is_skipped(self, view: View) -> bool:
        if self._skip_below is not None and view.depth > self._skip_below:
            return True
        self._skip_below = None
        return False

    def _met(self, view: View) -> Iterator[Item]:
        """Show a node, or pass over it and what is below it."""
        parent = self._open[-1] if self._open else None
        if parent is not None:
            parent.children += 1
            if self._is_too_deep(parent) or self._is_folded(view, parent):
                self._skip_below = view.depth
                return
            yield from _unfolded(parent)
        indent = parent.indent + 1 if parent is not None else 0
        findings = self._pending.take_at(view.path)
        yield Row(view, indent, findings)
        yield from (Found(finding, indent, view.path) for finding in findings)
        self._open.append(_Open(view, indent))

    def _is_too_deep(self, parent: _Open) -> bool:
        depth = self._selection.depth
        return depth is not None and parent.indent + 1 > depth

    def _is_folded(self, view: View, parent: _Open) -> bool:
        """Whether this element is passed over; those that are count."""
        folds = parent.view.kind == "array" and not self._selection.everything
        if not folds or parent.children <= _SHOWN_OF_ARRAY or self._pending.holds(view.path):
            return False
        parent.hidden += 1
        return True

    def _closed(self, depth: int) -> Iterator[Item]:
        """End the nodes that a node at `depth` is not below."""
        while self._open and self._open[-1].view.depth >= depth:
            node = self._open.pop()
            yield from _unfolded(node)
            rest = self._pending.take_below(node.view.path)
            yield from (Found(finding, node.indent, node.view.path) for finding in rest)


def _unfolded(node: _Open) -> Iterator[Hidden]:
    """Say how many children were passed over since the last one shown."""
    if node.hidden:
        yield Hidden(node.hidden, node.indent + 1)
        node.hidden = 0

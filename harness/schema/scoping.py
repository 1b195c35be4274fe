"""How a written name such as `a::b` finds a type or an enum: from the inside out, part by part."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Final

MAX_PARTS: Final = 32


def enclosing(owner: str) -> list[str]:
    """Return a qualified type name and those of the types around it, innermost first."""
    parts = owner.split("::")
    return ["::".join(parts[:count]) for count in range(len(parts), 0, -1)]


def file_of(owner: str) -> str:
    """Return the top type of the file that a type is declared in."""
    return owner.split("::", 1)[0]


@dataclass(frozen=True, slots=True)
class Search:
    """One search for a name.

    The first part is looked for in the type at hand, then in those around it; from what it names
    the next part is looked for in the same way, so `a::b` also finds a `b` that stands beside `a`.

    Attributes:
        types: all types, by qualified name.
        wanted: what the last part may name, by qualified name: types or enums.
        is_visible: whether another file's top type may be named.
    """

    types: Container[str]
    wanted: Container[str]
    is_visible: Callable[[str], bool]
    _failed: set[tuple[str, int]] = field(default_factory=set)

    def find(self, name: str, owner: str) -> str | None:
        """Return the qualified name of what `name` means inside the type `owner`."""
        parts = tuple(name.split("::"))
        return self._from(owner, parts, 0) if len(parts) <= MAX_PARTS else None

    def _from(self, owner: str, parts: tuple[str, ...], at: int) -> str | None:
        if (owner, at) in self._failed:
            return None
        for around in enclosing(owner):
            found = self._named(f"{around}::{parts[at]}", parts, at)
            if found is not None:
                return found
        top = parts[at]
        found = None
        if top == file_of(owner) or self.is_visible(top):
            found = self._named(top, parts, at)
        if found is None:
            self._failed.add((owner, at))
        return found

    def _named(self, candidate: str, parts: tuple[str, ...], at: int) -> str | None:
        """Return what the rest of the parts means, once `candidate` is what part `at` means."""
        if at + 1 == len(parts):
            return candidate if candidate in self.wanted else None
        return self._from(candidate, parts, at + 1) if candidate in self.types else None

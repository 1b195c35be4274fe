"""Reading keys of a mapping: closed lists, wrong kinds of value reported and left out."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Final

from harness.findings.model import Place, Severity
from harness.schema.problems import Problems
from harness.schema.source import Mapping, Scalar, Sequence, Source

# Keys that other tools put beside Kaitai's own; they carry no meaning for reading.
FOREIGN_KEYS: Final = frozenset(
    {"-orig-id", "-webide-representation", "-webide-parse-mode", "-affected-by", "-license"}
)
# Of our own keys the one that stays in force where the others are ignored: it protects the reader.
PROTECTING_KEYS: Final = frozenset({"-limits"})


class Keys:
    """The entries of one mapping, read by name; what is never asked for was checked before."""

    def __init__(self, node: Mapping, problems: Problems) -> None:
        self.node = node
        self.problems = problems

    def allow(self, names: Collection[str], what: str) -> None:
        """Report every key that is not in `names`."""
        for key, place in self.node.keys.items():
            if key in names or key in FOREIGN_KEYS:
                continue
            if self.problems.is_full:
                return
            close = difflib.get_close_matches(key[:80], names, 1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            severity = Severity.NOTE if self.problems.is_lenient and key.startswith("-") else None
            words = f"{what} has no key `{key[:80]}`{hint}"
            self.problems.add("Q902", place, words, severity=severity)

    def __contains__(self, name: str) -> bool:
        return name in self.node.entries and self._is_heard(name)

    def get(self, name: str) -> Source | None:
        """Return the node under `name`, or None."""
        return self.node.entries.get(name) if self._is_heard(name) else None

    def _is_heard(self, name: str) -> bool:
        """Whether a key means something: Kaitai's own do; ours only to a strict reader."""
        return not (
            self.problems.is_lenient and name.startswith("-") and name not in PROTECTING_KEYS
        )

    def place(self, name: str) -> Place:
        """Return where the value of `name` stands (where the mapping stands if it is absent)."""
        found = self.node.entries.get(name)
        return found.place if found is not None else self.node.place

    def wrong(self, name: str, wanted: str) -> None:
        """Report that the value under `name` is not what it must be."""
        self.problems.add("Q903", self.place(name), f"`{name}` must be {wanted}")

    def text(self, name: str, default: str = "") -> str:
        """Return a string; numbers and booleans count as their text."""
        found = self.get(name)
        if found is None:
            return default
        if isinstance(found, Scalar) and found.text:
            return found.text
        self.wrong(name, "a string")
        return default

    def prose(self, name: str) -> str:
        """Return a text for people, which may be empty."""
        found = self.get(name)
        if isinstance(found, Scalar) and isinstance(found.value, str):
            return found.value
        return self.text(name)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a boolean."""
        found = self.get(name)
        if found is None:
            return default
        if isinstance(found, Scalar) and isinstance(found.value, bool):
            return found.value
        self.wrong(name, "`true` or `false`")
        return default

    def number(self, name: str, low: int, high: int) -> int | None:
        """Return an integer of `[low, high]`; None when absent or wrong."""
        found = self.get(name)
        if found is None:
            return None
        value = found.value if isinstance(found, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(name, f"an integer from {low} to {high}")
        return None

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of `allowed`."""
        found = self.get(name)
        if found is None:
            return default
        if isinstance(found, Scalar) and found.text in allowed:
            return found.text
        self.wrong(name, "one of " + ", ".join(f"`{option}`" for option in allowed))
        return default

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a string or a list of strings as a tuple."""
        found = self.get(name)
        match found:
            case None:
                return ()
            case Scalar() if found.text:
                return (found.text,)
            case Sequence(items=items) if all(isinstance(item, Scalar) for item in items):
                return tuple(item.text for item in items if isinstance(item, Scalar))
        self.wrong(name, "a string or a list of strings")
        return ()

    def mappings(self, name: str) -> tuple[Keys, ...]:
        """Return a list of mappings."""
        found = self.get(name)
        if found is None:
            return ()
        if not isinstance(found, Sequence):
            self.wrong(name, "a list")
            return ()
        for item in found.items:
            if not isinstance(item, Mapping):
                self.problems.add("Q903", item.place, f"an item of `{name}` must be a mapping")
        return tuple(Keys(m, self.problems) for m in found.items if isinstance(m, Mapping))

    def mapping(self, name: str) -> Keys | None:
        """Return a mapping; None when absent or wrong."""
        found = self.get(name)
        if found is None or isinstance(found, Mapping):
            return Keys(found, self.problems) if found is not None else None
        self.wrong(name, "a mapping")
        return None

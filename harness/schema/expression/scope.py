"""Where an expression stands, and what its typer asks of the schema around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from harness.schema.types import StructValue, ValueType


class Names(Protocol):
    """What the typer asks of the schema's declarations."""

    @property
    def is_lenient(self) -> bool:
        """Whether the schema is taken as stock Kaitai takes it."""

    def field_type(self, owner: str, name: str) -> ValueType | None:
        """Type of a parameter, attribute or instance; None when `owner` has none of that name."""

    def is_made(self, owner: str, name: str) -> bool:
        """Whether a value is computed or passed, so that it has no bytes of its own."""

    def joined_type(self, owner: str, name: str) -> ValueType | None:
        """Type of the item a `-refers-to … as name` of `owner` names."""

    def parent_type(self, owner: str) -> StructValue:
        """Static type of `_parent`; unnamed where it differs."""

    def root_type(self, owner: str) -> StructValue:
        """Type of `_root`."""

    def field_names(self, owner: str) -> tuple[str, ...]:
        """All names of `owner`, for suggestions."""

    def find_type(self, name: str, owner: str) -> str | None:
        """Qualified name of the type written `name` inside `owner`."""

    def find_enum(self, name: str, owner: str) -> str | None:
        """Qualified name of the enum written `name` inside `owner`."""

    def enum_value(self, enum: str, label: str) -> int | None:
        """Number of a member."""

    def size_in_bits(self, type_name: str, owner: str) -> int | None:
        """Fixed size of a type; None where content decides."""

    def struct_bits(self, owner: str) -> int | None:
        """Fixed size of the sequence of a type; None where content decides."""

    def field_bits(self, owner: str, name: str) -> int | None:
        """Fixed size of an attribute; None where content decides."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands.

    Attributes:
        owner: the type in which it stands.
        bound: names its context binds (`_`, `_index`, `_on`, quantifier names).
        ours: it stands in one of our keys, so extensions and joined names may be used.
    """

    owner: str
    bound: Mapping[str, ValueType] = field(default_factory=dict)
    ours: bool = False

    def binding(self, names: Mapping[str, ValueType]) -> Scope:
        """Return this scope with more bound names."""
        return replace(self, bound={**self.bound, **names})

"""Where the parameters, attributes and instances of each type stand in its structures."""

from __future__ import annotations

from harness.schema.ir import Schema


class Slots:
    """Type and name to slot: parameters first, then `seq`, then instances."""

    def __init__(self, schema: Schema) -> None:
        self._by_type = {
            name: {
                field.id: slot
                for slot, field in enumerate((*type_.parameters, *type_.sequence, *type_.instances))
            }
            for name, type_ in schema.types.items()
        }

    def of(self, owner: str, name: str) -> int:
        """Return the slot of `name` in structures of the type `owner`."""
        return self._by_type[owner][name]

    def find(self, owner: str, name: str) -> int | None:
        """Return the slot of `name`, or None."""
        return self._by_type[owner].get(name)

"""Members that only reading finds: their names by number, and where each type has them."""

from __future__ import annotations

from harness.native.compile.unit import Numbered, Unit

HEAD = "static int32_t hv_slot_named(const hv_type *type, uint32_t member)"


class Members:
    """Names of members of structures whose type only reading tells."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._numbers: Numbered[str] = Numbered()

    def number(self, name: str) -> int:
        """Return the number of a name."""
        return self._numbers[name]

    def table(self) -> str:
        """Return the C function that finds the slot of a member by its number, or -1."""
        if not self._numbers:
            return f"{HEAD}\n{{\n    (void)type;\n    (void)member;\n    return -1;\n}}"
        rows = []
        for type_ in self._unit.type_numbers:
            slots = (self._unit.slots.find(type_, name) for name in self._numbers)
            cells = ", ".join(str(-1 if slot is None else slot) for slot in slots)
            rows.append(f"        {{{cells}}},")
        count, body = len(self._numbers), "\n".join(rows)
        return (
            f"{HEAD}\n{{\n    static const int32_t slots[][{count}] = {{\n{body}\n    }};\n"
            "    return slots[type->id][member];\n}"
        )

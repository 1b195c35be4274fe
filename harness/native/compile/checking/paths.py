"""Contract rules anchored at a path, to C: harness/reading/pathrules.py."""

from __future__ import annotations

from harness.native.compile.checking.parts import Parts
from harness.native.compile.checking.rules import compile_rule
from harness.schema.lowered import PathCheck, PathStep
from harness.schema.types import ListValue, StructValue, ValueType

_EVERY = -1


def compile_paths(parts: Parts, checks: list[PathCheck]) -> str:
    """Put in `hv_check_paths`; return its name, or nothing where there are no such rules."""
    if not checks:
        return ""
    calls = []
    for check in checks:
        slots, owner = _follow(parts, check.steps)
        rule = compile_rule(parts, owner, "K401", check.check).name
        steps = parts.unit.fresh("steps")
        listed = ", ".join(
            f"{{{slot}u, {_item(step)}}}" for slot, step in zip(slots, check.steps, strict=True)
        )
        parts.unit.add(f"static const hv_path_step {steps}[] = {{{listed}}};")
        path = parts.record("hv_path", steps, len(slots), rule)
        calls.append(f"    if (hv_follow(c, root, &{path}, 0) != HV_OK) return HV_STOPPED;\n")
    parts.unit.add(
        "static int hv_check_paths(hv_ctx *c, hv_node *root)\n"
        f"{{\n{''.join(calls)}    return HV_OK;\n}}\n"
    )
    return "hv_check_paths"


def _item(step: PathStep) -> str:
    if step.index is None:
        return "HV_STEP_PLAIN"
    return "HV_STEP_EACH" if step.index == _EVERY else str(step.index)


def _follow(parts: Parts, steps: tuple[PathStep, ...]) -> tuple[list[int], str]:
    """Return the slots that the steps lead through, and the type that the rule stands in."""
    owner, slots = parts.unit.schema.id, []
    holder = owner
    for step in steps:
        holder = owner
        slot = parts.unit.slots.of(holder, step.name)
        slots.append(slot)
        kind = _kind(parts, holder, slot)
        owner = kind.name if isinstance(kind, StructValue) else ""
    return slots, owner or holder


def _kind(parts: Parts, owner: str, slot: int) -> ValueType:
    kind = parts.layouts.of(owner).fields[slot].type
    return kind.item if isinstance(kind, ListValue) else kind

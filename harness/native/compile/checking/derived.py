"""`-derive` to C: harness/reading/derived.py."""

from __future__ import annotations

from harness.native.compile.checking.parts import Parts
from harness.native.compile.words import Word
from harness.reading.derived import CODES, WORDS
from harness.schema.expression import typed
from harness.schema.ir import Derive

_HEAD = "(hv_ctx *c, hv_node *n, const hv_bound *b, int64_t *out)"


def compile_derived(parts: Parts, owner: str, slot: int, derive: Derive) -> str:
    """Return the call that checks the attribute in `slot` of `n`."""
    unit, tree = parts.unit, derive.target.tree
    words = f", {WORDS[derive.measure]} `{unit.text(tree)}`"
    if derive.unit != 1:
        words += f" in units of {derive.unit}"
    if derive.plus:
        words += f" plus {derive.plus}"
    message = unit.message(CODES[derive.measure], (Word(0, "plain"), words), (Word(1, "words"),))
    source = unit.source(derive.place)
    measure = _measure(parts, owner, derive)
    record = parts.record(
        "hv_derived", slot, source, message, f"INT64_C({derive.unit})",
        f"INT64_C({derive.plus})", measure,
    )  # fmt: skip
    return f"hv_check_derived(c, &{record}, n)"


def _measure(parts: Parts, owner: str, derive: Derive) -> str:
    """Put in the function that measures what is there; return its name."""
    value = parts.boxed(derive.target, owner)
    lines = ["hv_val v = hv_missing(HV_ABSENT);", f"int status = {value}(c, n, b, &v);"]
    match derive.measure:
        case "count":
            lines += _count(parts)
        case "index":
            lines.append(
                "if (status == HV_OK) *out = v.tag == HV_NODE ? (int64_t)v.as.node->index : 0;"
            )
        case what:
            lines += _at_place(parts, owner, derive.target.tree, is_offset=what == "offset")
    name = parts.unit.fresh("measure")
    body = "".join(f"    {line}\n" for line in lines)
    parts.unit.add(f"static int {name}{_HEAD}\n{{\n{body}    return status;\n}}\n")
    return name


def _count(parts: Parts) -> list[str]:
    no_list = parts.unit.message("B210", ("a list",), (Word(0, "words"),))
    return [
        "hv_walk walk; walk.count = 0;",
        f"if (status == HV_OK) status = hv_begin_walk(c, v, {no_list}u, &walk);",
        "if (status == HV_OK) *out = (int64_t)walk.count;",
    ]


def _at_place(parts: Parts, owner: str, tree: typed.Expr, *, is_offset: bool) -> list[str]:
    """Measure a structure, or what stands in a slot of one."""
    lines = [
        "hv_place place;",
        "if (status != HV_OK) return status;",
        "if (v.tag == HV_NODE) {",
        "    place = hv_at(v.as.node, -1, -1);",
        "} else {",
    ]
    if isinstance(tree, typed.Field) and tree.owner:
        holder = parts.expressions.function(tree.base, owner).name
        slot = parts.unit.slots.of(tree.owner, tree.name)
        lines += [
            "    hv_node *holder;",
            f"    status = {holder}(c, n, b, &holder);",
            "    if (status != HV_OK) return status;",
            f"    place = hv_at(holder, {slot}, -1);",
        ]
    else:
        lines.append(f"    return hv_unknown(c, {parts.unit.name('target')}u, 0);")
    no_offset = parts.unit.message("S117", (), ("_start",))
    return [
        *lines,
        "}",
        f"status = hv_measure_place(c, place, {int(is_offset)}, {no_offset}u, out);",
    ]

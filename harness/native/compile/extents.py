"""Which bytes a value takes, to C: harness/reading/{extents,processing}.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.native.compile.code import wide_integer
from harness.native.compile.words import Word
from harness.reading.extents import NUL
from harness.schema.ir import Attribute, Extent, Process

if TYPE_CHECKING:
    from harness.native.compile.code import Code
    from harness.native.compile.reading import Context
    from harness.native.compile.unit import Unit


class Extents:
    """Writes the C that finds the bytes of values, for the attributes of one type."""

    def __init__(self, context: Context, owner: str) -> None:
        self._context = context
        self._unit = context.unit
        self._owner = owner

    def take(
        self, code: Code, slot: int, attribute: Attribute, extent: Extent, bound: str = "b"
    ) -> None:
        """Leave the bytes of a value in `found`, the cursor after them."""
        self._bounds(code, extent, bound)
        self._trim(code, slot, attribute, extent)
        code.add(
            "hv_slice found;",
            "found.p = s->data + s->position;",
            "found.n = value_end - s->position;",
            "s->position = after;",
        )
        if extent.process is not None:
            self._process(code, extent.process, bound, "value_start", "raw_end")

    def region(self, code: Code, slot: int, attribute: Attribute, extent: Extent) -> None:
        """Leave the stream on a region in `inner`, the cursor of `s` after it."""
        self._bounds(code, extent, "b")
        self._trim(code, slot, attribute, extent)
        if extent.process is None:
            code.add(
                "s->position = after;",
                "inner = hv_new_stream(c, s->session, s->data, s->size, value_start, value_end);",
                "if (inner == NULL) return HV_STOPPED;",
                "inner->has_origin = s->has_origin;",
                "inner->origin_start = s->origin_start;",
                "inner->origin_end = s->origin_end;",
            )
            return
        code.add(
            "hv_slice found;",
            "found.p = s->data + value_start;",
            "found.n = value_end - value_start;",
            "s->position = after;",
        )
        self._process(code, extent.process, "b", "value_start", "value_end")
        code.add(
            "inner = hv_new_stream(c, s->session, found.p, found.n, 0, found.n);",
            "if (inner == NULL) return HV_STOPPED;",
            "inner->has_origin = 1;",
            "inner->origin_start = s->has_origin ? s->origin_start : value_start;",
            "inner->origin_end = s->has_origin ? s->origin_end : value_end;",
            "inner->packed = hv_take(c, sizeof *inner->packed);",
            "if (inner->packed == NULL) return HV_STOPPED;",
            "inner->packed->stream = s;",
            "inner->packed->start = value_start;",
            "inner->packed->end = value_end;",
        )

    def _bounds(self, code: Code, extent: Extent, bound: str) -> None:
        """Leave where the value ends in `value_end`, where reading goes on in `after`."""
        code.add("uint32_t value_start = s->position, value_end, after, raw_end;")
        if extent.size is not None:
            found = self._context.expressions.function(extent.size.tree, self._owner)
            wide = wide_integer(found, f"c, n, {bound}", "if (status != HV_OK) return status;")
            code.add(
                "{",
                *wide.lines,
                f"status = hv_sized(c, s, {wide.is_negative}, {wide.bits}, &value_end); }}",
                "if (status != HV_OK) return status;",
                "after = value_end;",
            )
        elif extent.to_end:
            code.add("value_end = after = s->end;")
        else:
            terminator = extent.terminator or NUL
            flags = [
                flag
                for flag, is_set in (
                    ("HV_INCLUDE", extent.include),
                    ("HV_CONSUME", extent.consume),
                    ("HV_EOS_ERROR", extent.eos_error),
                )
                if is_set
            ]
            code.add(
                f"status = hv_terminated(c, s, {self._unit.literal(terminator)}, "
                f"{' | '.join(flags) or '0'}, &value_end, &after);",
                "if (status != HV_OK) return status;",
            )
        code.add("raw_end = value_end; (void)value_start; (void)raw_end;")

    def _trim(self, code: Code, slot: int, attribute: Attribute, extent: Extent) -> None:
        """Cut a sized value at its terminator, strip its padding."""
        is_sized = extent.size is not None or extent.to_end
        record = trim_record(self._unit, attribute, extent) if is_sized else None
        if record is None:
            return
        code.add(
            f"{{ static const hv_trim trim = {record};",
            f"  value_end = hv_cut(c, s, &trim, value_end, hv_at(n, {slot}, index)); }}",
        )

    def _process(self, code: Code, process: Process, bound: str, start: str, end: str) -> None:
        """Undo the processing of `found`; what goes wrong is shown on the packed bytes."""
        name = process.name
        wanted = "a byte" if name == "xor" else "0 to 8 bits"
        bad_key = self._unit.message("B206", (wanted,), (f"{name}(", Word(0, "plain"), ")"))
        kind = ("an integer or a byte array", "the key of `xor`")
        if name != "xor":
            kind = ("an integer", "the key of a rotation")
        bad_kind = self._unit.message("B210", (kind[0],), (kind[1],))
        if process.argument is None:
            raise NotImplementedError(name)
        key = self._context.expressions.boxed(process.argument.tree, self._owner)
        rotation = {"xor": 0, "rol": 1, "ror": -1}[name]
        code.add(
            "{ hv_val key = {0}; const uint8_t *made = NULL;",
            "  status = hv_output(c, n, found.n);",
            f"  if (status == HV_OK) status = {key}(c, n, {bound}, &key);",
            "  if (status == HV_OK)",
            f"      status = hv_process(c, found, key, {rotation}, {bad_key}, {bad_kind}, &made);",
            "  if (status == HV_FAULT && !c->error.has_span) {",
            f"      c->error.has_span = 1; c->error.start = {start}; c->error.end = {end}; }}",
            "  if (status != HV_OK) return status;",
            "  found.p = made; }",
        )


def trim_record(unit: Unit, field: Attribute, extent: Extent) -> str | None:
    """Return how a sized value is cut, to initialise a `hv_trim`; None where it is not."""
    if extent.terminator is None and extent.pad_right is None:
        return None
    pad = -1 if extent.pad_right is None else extent.pad_right
    terminator = "{NULL, 0}"
    if extent.terminator is not None:
        number = unit.literals[extent.terminator]
        terminator = f"{{LITERAL_{number}, {len(extent.terminator)}u}}"
    flags = (extent.include, extent.eos_error, field.padding == "any")
    return f"{{{terminator}, {pad}, {', '.join(str(int(flag)) for flag in flags)}}}"

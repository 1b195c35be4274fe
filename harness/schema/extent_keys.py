"""How many bytes a value takes, and what is done with them: `size`, `terminator`, `process`."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from harness.schema.compiler import Compiler
from harness.schema.expression.scope import Scope
from harness.schema.ir import Extent, Process
from harness.schema.shapes import Keys
from harness.schema.source import Scalar, Sequence
from harness.schema.types import BytesValue, IntValue

MAX_TERMINATOR_BYTES: Final = 16


def extent_of(
    keys: Keys, compiler: Compiler, scope: Scope, terminator: bytes | None = None
) -> Extent:
    """Return what the keys say; `terminator` is that of the type where they name none."""
    if "size" in keys and keys.flag("size-eos", default=False):
        keys.wrong("size-eos", "left out beside `size`")
    return Extent(
        size=compiler.integer(keys, "size", scope),
        to_end=keys.flag("size-eos", default=False),
        terminator=_terminator(keys) if "terminator" in keys else terminator,
        include=keys.flag("include", default=False),
        consume=keys.flag("consume", default=True),
        eos_error=keys.flag("eos-error", default=True),
        pad_right=keys.number("pad-right", 0, 255),
        process=_process(keys, compiler, scope),
    )


def bounded(keys: Keys, extent: Extent) -> Extent:
    """Return `extent`, and report it when it does not say how many bytes."""
    is_said = "size" in keys or extent.to_end or extent.terminator is not None
    if not is_said and "terminator" not in keys:  # a wrong one has been reported
        message = "nothing says how many bytes: give `size`, `size-eos` or `terminator`"
        keys.problems.add("Q903", keys.node.place, message)
    return extent


def _terminator(keys: Keys) -> bytes | None:
    node = keys.get("terminator")
    values = node.items if isinstance(node, Sequence) else (node,)
    numbers = [v.value if isinstance(v, Scalar) else None for v in values]
    is_short = 0 < len(numbers) <= MAX_TERMINATOR_BYTES
    if is_short and all(isinstance(n, int) and n in range(256) for n in numbers):
        return bytes(n for n in numbers if isinstance(n, int))
    keys.wrong("terminator", f"a byte or a list of up to {MAX_TERMINATOR_BYTES} bytes")
    return None


def _process(keys: Keys, compiler: Compiler, scope: Scope) -> Process | None:
    if "process" not in keys:
        return None
    text, place = keys.text("process"), keys.place("process")
    name, _, rest = text.partition("(")
    if name == "zlib" and not rest:
        return Process("zlib")
    if name not in ("xor", "rol", "ror") or not rest.endswith(")"):
        message = f"the processor `{name[:80]}` is not supported"
        keys.problems.add("Q907", place, message)
        return None
    wanted = (IntValue, BytesValue) if name == "xor" else (IntValue,)
    inside = replace(place, column=place.column + len(name) + 1)
    argument = compiler.text(rest[:-1], inside, scope, *wanted, what="a key")
    return None if argument is None else Process(name, argument)

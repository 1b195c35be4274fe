"""One C function under way: its statements, its temporaries, the names that are bound in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from re import compile as pattern
from typing import TYPE_CHECKING, Final

from harness.native.compile.expression.carriers import (
    boxed,
    carried,
    carrier_of,
    declared,
    nothing,
    unboxed,
)
from harness.native.compile.words import Word

if TYPE_CHECKING:
    from harness.native.compile.expression.members import Members
    from harness.native.compile.layout import Layouts
    from harness.native.compile.unit import Unit
    from harness.native.compile.words import Text
    from harness.schema.expression.typed import Expr
    from harness.schema.types import ValueType

_SIMPLE: Final = pattern(r"[A-Za-z_]\w*|[A-Z0-9_]+\(\w+\)|\d+|\(-INT64_C\(\d+\)\)")

# the C type of a variable, and its name
Room = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a bound name stands for.

    Attributes:
        code: the value, or an `hv_val` that may be missing.
        type: of the value.
        is_boxed: it is an `hv_val` that may be missing.
        rooms: where it stands, if it is only loaded.
    """

    code: str
    type: ValueType
    is_boxed: bool = False
    rooms: tuple[Room, ...] = ()


class Body:
    """The statements of one function.

    Attributes:
        unit: the compilation.
        layouts: where slots stand.
        members: names of members that only reading finds.
        bound: what names are bound to here.
    """

    def __init__(
        self,
        unit: Unit,
        layouts: Layouts,
        members: Members,
        emit: Callable[[Body, Expr], str],
    ) -> None:
        self.unit = unit
        self.layouts = layouts
        self.members = members
        self.bound: Mapping[str, Binding] = {}
        self._emit = emit
        self._declarations: list[str] = []
        self._rooms: dict[str, tuple[Room, ...]] = {}
        self._free: defaultdict[str, list[str]] = defaultdict(list)
        self._lines: list[str] = []
        self._depth = 1
        self._count = 0

    # statements

    def line(self, text: str) -> None:
        """Add a statement."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a statement with a block."""
        self.line(f"{head} {{")
        self._depth += 1
        yield
        self._depth -= 1
        self.line("}")

    def name(self, stem: str = "v") -> str:
        """Return a name that nothing else has in this function."""
        self._count += 1
        return f"{stem}{self._count}"

    def constant(self, carrier: str, code: str, stem: str = "v") -> str:
        """Keep a value under a new name."""
        name = self.name(stem)
        self.line(f"{'' if carrier.endswith('*') else 'const '}{declared(carrier, name)} = {code};")
        return name

    def variable(self, carrier: str, code: str = "") -> str:
        """Declare a variable that is assigned later."""
        name = self.name()
        self.line(f"{declared(carrier, name)} = {code or nothing(carrier)};")
        return name

    def room(self, carrier: str) -> str:
        """Return a variable that lives as long as the function runs, unless it is let go."""
        free = self._free[carrier]
        if free:
            return free.pop()
        name = self.name("room")
        self._declarations.append(f"    {carrier} {name};")
        return name

    def stands_in(self, code: str, *rooms: Room) -> None:
        """Note that what `code` points to stands in rooms: one of them, or each in turn."""
        self._rooms[code] = rooms

    def rooms_of(self, *codes: str) -> tuple[Room, ...]:
        """Return the rooms, if any, that `codes` point into; they are kept until given back."""
        return tuple(room for code in codes for room in self._rooms.pop(code, ()))

    def let_go(self, *codes: str) -> None:
        """Give back the rooms, if any, that `codes` point into; these are not used any more."""
        self.give_back(*self.rooms_of(*codes))

    def give_back(self, *rooms: Room) -> None:
        """Let rooms be used for something else."""
        for carrier, name in rooms:
            self._free[carrier].append(name)

    def room_of(self, carrier: str, count: int) -> str:
        """Declare an array that lives as long as the function runs."""
        name = self.name("room")
        self._declarations.append(f"    {carrier} {name}[{count}];")
        return name

    def once(self, carrier: str, code: str) -> str:
        """Return `code` under a name, so that it can stand in several places."""
        return code if _SIMPLE.fullmatch(code) else self.constant(carrier, code)

    # giving up

    def attempt(self, call: str) -> None:
        """Call what may fail, and give up if it does."""
        status = self.constant("int", call, "status")
        self.line(f"if ({status} != HV_OK) return {status};")

    def unless(self, condition: str, failure: str) -> None:
        """Give up with `failure` where `condition` does not hold."""
        self.line(f"if (!({condition})) return {failure};")

    def fault(self, code: str, expected: Text = (), actual: Text = (), value: str = "") -> str:
        """Return a call that reports a fault, with a value for its words."""
        message = self.unit.message(code, expected, actual)
        return f"hv_fault_of(c, {message}u, {value})" if value else f"hv_fault(c, {message}u)"

    def unknown(self, name: str, *, is_reported: bool | str = False) -> str:
        """Return a call that gives up for a value that is not there."""
        reported = is_reported if isinstance(is_reported, str) else str(int(is_reported))
        return f"hv_unknown(c, {self.unit.name(name)}u, {reported})"

    @staticmethod
    def word() -> Word:
        """Return the value of a fault in words."""
        return Word(0, "words")

    def no_list(self) -> int:
        """Return the message for a value that has no elements."""
        return self.unit.message("B210", ("a list",), (self.word(),))

    # values

    def value(self, node: Expr) -> str:
        """Evaluate an expression; return its value as `carrier_of(node.type)` carries it."""
        return self._emit(self, node)

    def named(self, node: Expr) -> str:
        """The same under a name, so that it can stand in several places."""
        return self.once(carrier_of(node.type), self.value(node))

    def boxed(self, node: Expr) -> str:
        """Evaluate an expression; return its value as an `hv_val` under a name."""
        return self.once("hv_val", boxed(self.named(node), node.type))

    def as_type(self, node: Expr, wanted: ValueType) -> str:
        """Evaluate an expression; return its value as values of a wider type are carried."""
        return carried(self.named(node), node.type, wanted)

    def taken(self, box: str, name: str, type_: ValueType) -> str:
        """Return the value of the `hv_val` `box`; give up where it is missing."""
        reported = f"{box}.state == HV_ABANDONED"
        self.unless(f"{box}.state == HV_PRESENT", self.unknown(name, is_reported=reported))
        return unboxed(box, type_)

    @contextmanager
    def binding(self, names: Mapping[str, Binding]) -> Iterator[None]:
        """Bind names for a while."""
        before = self.bound
        self.bound = {**before, **names}
        yield
        self.bound = before

    # the whole

    def function(self, head: str) -> str:
        """Return the function; `head` declares `c`, `self` and `b`, and what is named `out`."""
        lines = [*self._declarations, *self._lines, "    return HV_OK;"]
        text = "\n".join(lines)
        unused = [f"    (void){name};" for name in ("c", "self", "b") if not _mentions(text, name)]
        return "\n".join([head, "{", *self._declarations, *unused, *self._lines,
                          "    return HV_OK;", "}"])  # fmt: skip


def _mentions(text: str, name: str) -> bool:
    return pattern(rf"(?<![\w.>]){name}\b").search(text) is not None

"""How reading and evaluating give up: what is unknown, what is at fault."""

from __future__ import annotations


class Unknown(Exception):
    """An expression touched a value that is not there.

    Attributes:
        name: the value touched.
        is_reported: something else has already been reported as the cause.
        is_null: to Kaitai it is a null, which may be passed on; attributes of `seq` that are not
            there have no value at all.
    """

    def __init__(self, name: str, *, is_reported: bool, is_null: bool = False) -> None:
        super().__init__(name)
        self.name = name
        self.is_reported = is_reported
        self.is_null = is_null


class OutOfRange(Unknown):
    """An expression used an index that its list does not have.

    Attributes:
        index: the index.
        count: items of the list.
    """

    def __init__(self, index: int, count: int) -> None:
        super().__init__(f"[{index}]", is_reported=False)
        self.index = index
        self.count = count


class Fault(Exception):
    """An expression or a layout went wrong: one finding.

    Attributes:
        code: the rule.
        expected: see `Finding`.
        actual: see `Finding`.
        span: offsets in the stream's data; None for those of the value under way.
        slot: the attribute at fault, where it is not the next one to be read.
        index: the element of it at fault.
    """

    def __init__(
        self,
        code: str,
        expected: str = "",
        actual: str = "",
        span: tuple[int, int] | None = None,
        *,
        slot: int = -1,
        index: int = -1,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected
        self.actual = actual
        self.span = span
        self.slot = slot
        self.index = index


class Stopped(Exception):
    """A limit on the whole content is exceeded: it is reported, and nothing more is read."""

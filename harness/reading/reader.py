"""The reference reader: a schema, made ready once, applied to content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.findings.model import Finding
from harness.reading.accounting import account
from harness.reading.checks import CheckBook, check_tree
from harness.reading.faults import Fault, OutOfRange, Stopped, Unknown
from harness.reading.frames import StructFrame
from harness.reading.instances import read_all_instances
from harness.reading.leniency import relaxed
from harness.reading.limits import DEFAULT_ITEMS
from harness.reading.pathrules import PathRules
from harness.reading.plan import PlanBook
from harness.reading.recorder import Recorder
from harness.reading.rings import report_rings
from harness.reading.session import Session
from harness.reading.steps import complete_plan
from harness.reading.stream import Buffer
from harness.reading.tree import ABSENT, StructNode
from harness.schema.interpreter import deep_recursion, without_collection
from harness.schema.ir import Check, Schema, Type
from harness.schema.lowered import Lowered, Observed
from harness.schema.overlay import Overlay

DEFAULT_MAX_FINDINGS = 1000


class Reading(msgspec.Struct, frozen=True, eq=False):
    """What reading one content gave.

    Attributes:
        schema: what it was read as.
        file: what findings call it.
        size: bytes of the content.
        root: the top structure.
        findings: sorted, at most as many as asked for.
        dropped: how many more there were, by code.
        is_complete: False when a limit stopped the reading.
        session: the state behind the tree.
    """

    schema: Schema
    file: str
    size: int
    root: StructNode
    findings: tuple[Finding, ...]
    dropped: Mapping[str, int]
    is_complete: bool
    session: Session


class Reader:
    """Reads contents of one schema, under the same overlays.

    A lenient reader is stock Kaitai: instances are read when something needs them, and only what
    Kaitai rejects is a finding. Limits stay in force.
    """

    def __init__(
        self, schema: Schema, overlays: Sequence[Overlay] = (), *, lenient: bool = False
    ) -> None:
        """Make one.

        Args:
            schema: what content is read as.
            overlays: contracts, which only a strict reader holds content against.
            lenient: whether to read as stock Kaitai does.

        Raises:
            ValueError: a strict reader for a schema that was loaded leniently, and so lacks its
                rules; or a lenient one with overlays.
        """
        if schema.lenient and not lenient:
            raise ValueError("a schema that was loaded leniently has no rules for a strict reader")
        if lenient and overlays:
            raise ValueError("a lenient reader holds content against no contract")
        self.schema = schema
        self.is_lenient = lenient
        book_schema = relaxed(schema) if lenient else schema
        self.book = PlanBook(book_schema, complete_plan, lenient=lenient)
        self._lowered = [lowered_for(schema, overlay) for overlay in overlays]
        by_type: dict[str, list[Check]] = {}
        for lowered in self._lowered:
            for name, checks in lowered.by_type.items():
                by_type.setdefault(name, []).extend(checks)
        self.checks = CheckBook(self.book, by_type)
        self._paths = PathRules(
            self.book, [check for lowered in self._lowered for check in lowered.by_path]
        )

    def read(
        self,
        data: Buffer | memoryview,
        *,
        file: str,
        companions: Mapping[str, Reading] | None = None,
        prefix: str = "",
        max_findings: int = DEFAULT_MAX_FINDINGS,
        instances: bool = False,
    ) -> Reading:
        """Read one content.

        Args:
            data: the whole content; bytes or a memory map, not changed while it is in use.
            file: what findings call it.
            companions: for each structure-typed top-level parameter, what was read for it.
            prefix: what paths begin with; for a companion its name and a colon.
            max_findings: how many findings are kept; the rest is counted.
            instances: read every instance; a reader that is not lenient does so anyway.

        Returns:
            Tree and findings; hostile content never raises.

        Raises:
            ValueError: when a companion that the schema takes is not given, or is another type.
        """
        if isinstance(data, memoryview):
            data = data.tobytes()  # it cannot be searched
        recorder = Recorder(max_findings)
        session = Session(self.book, data, file, prefix, recorder)
        with deep_recursion(), without_collection():
            root = self._read(session, companions or {}, instances=instances)
        return Reading(
            schema=self.schema,
            file=file,
            size=len(data),
            root=root,
            findings=recorder.findings(),
            dropped=recorder.dropped,
            is_complete=not session.is_stopped,
            session=session,
        )

    def _read(
        self, session: Session, companions: Mapping[str, Reading], *, instances: bool
    ) -> StructNode:
        plan, main = self.book.plan(self.schema.id), session.main
        root = StructNode(plan, None, -1, -1, main, 0, session.limits)
        give_parameters(root, self.book.schema, companions)
        session.root = root
        main.own(root)
        try:
            session.run(StructFrame(root, main, owns_region=True))
            if instances or not self.is_lenient:
                read_all_instances(session, root)
            if self.is_lenient:
                return root  # what is not read until now may still be asked for
            session.is_done = True
            report_rings(session, root)
            check_tree(session, self.checks, root)
            self._paths.check(root)
            account(session)
        except Stopped:
            session.is_done = True
        return root


def lowered_for(schema: Schema, overlay: Overlay) -> Lowered:
    """Return `overlay` resolved against `schema`.

    Raises:
        SchemaError: when it does not fit.
    """
    from harness.schema.lowering import lower  # noqa: PLC0415  # slow to import, and most checks have no overlay

    return lower(schema, overlay)


def observed(reading: Reading, overlay: Overlay) -> dict[str, int | tuple[int, ...]]:
    """Return the values of an overlay's observations; unknown ones are left out.

    Raises:
        SchemaError: when the overlay does not fit the schema.
    """
    found: dict[str, int | tuple[int, ...]] = {}
    for entry in lowered_for(reading.schema, overlay).observed:
        value = _observe(reading, entry)
        if value is not None:
            found[entry.name] = value
    return found


def _observe(reading: Reading, entry: Observed) -> int | tuple[int, ...] | None:
    value = reading.session.book.expressions.compile(entry.expression.tree)
    reading.session.steps.left = reading.session.steps.limit
    found: list[int] = []
    # an index beyond the list ends it; one that never does ends with the limit on items
    while len(found) < DEFAULT_ITEMS:
        try:
            with deep_recursion():
                given = value(reading.root, {"_index": len(found)})
        except OutOfRange:
            return tuple(found) if entry.is_indexed else None
        except (Unknown, Fault, Stopped):
            return None
        if not isinstance(given, int):
            return None
        found.append(int(given))
        if not entry.is_indexed:
            return found[0]
    return None


def give_parameters(root: StructNode, schema: Schema, companions: Mapping[str, Reading]) -> None:
    """Give the root what was read for its parameters; nothing gives those of other types.

    Args:
        root: of a content.
        schema: of it.
        companions: for each structure-typed top-level parameter, what was read for it.

    Raises:
        ValueError: one is not given, or is another type.
    """
    for slot, parameter in enumerate(root.plan.type.parameters):
        wanted = schema.companions.get(parameter.id)
        if wanted is None:
            root.values[slot] = ABSENT
        elif parameter.id not in companions:
            raise ValueError(f"the companion `{parameter.id}` is not given")
        elif not fits(companions[parameter.id].schema, schema, wanted):
            raise ValueError(f"the companion `{parameter.id}` was not read as `{wanted}`")
        else:
            root.values[slot] = companions[parameter.id].root


def fits(theirs: Schema, schema: Schema, wanted: str) -> bool:
    """Whether what is read by one schema is of the type that another takes as a companion."""
    return theirs.id == wanted and all(
        _names(type_) == _names(schema.types[name]) if name in schema.types else False
        for name, type_ in theirs.types.items()
        if name.split("::", 1)[0] == wanted
    )


def _names(type_: Type) -> list[str]:
    return [field.id for field in (*type_.parameters, *type_.sequence, *type_.instances)]

"""The reference reader: a schema, made ready once, applied to content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import msgspec

from harness.findings.model import Finding
from harness.reading.accounting import account
from harness.reading.checks import CheckBook, check_tree
from harness.reading.faults import Fault, OutOfRange, Unknown
from harness.reading.frames import StructFrame
from harness.reading.instances import read_all_instances
from harness.reading.pathrules import PathRules
from harness.reading.plan import PlanBook
from harness.reading.recorder import Recorder
from harness.reading.session import DEFAULT_ITEMS, Session, Stopped
from harness.reading.steps import complete_plan
from harness.reading.stream import Buffer
from harness.reading.tree import Missing, StructNode
from harness.schema.ir import Check, Schema
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
    """Reads contents of one schema, under the same overlays."""

    def __init__(self, schema: Schema, overlays: Sequence[Overlay] = ()) -> None:
        self.schema = schema
        self._book = PlanBook(schema, complete_plan)
        self._lowered = [lowered_for(schema, overlay) for overlay in overlays]
        by_type: dict[str, list[Check]] = {}
        for lowered in self._lowered:
            for name, checks in lowered.by_type.items():
                by_type.setdefault(name, []).extend(checks)
        self._checks = CheckBook(self._book, by_type)
        self._paths = PathRules(
            self._book, [check for lowered in self._lowered for check in lowered.by_path]
        )

    def read(
        self,
        data: Buffer,
        *,
        file: str,
        companions: Mapping[str, Reading] | None = None,
        prefix: str = "",
        max_findings: int = DEFAULT_MAX_FINDINGS,
    ) -> Reading:
        """Read one content.

        Args:
            data: the whole content; bytes or a memory map, not changed while it is in use.
            file: what findings call it.
            companions: for each structure-typed top-level parameter, what was read for it.
            prefix: what paths begin with; for a companion its name and a colon.
            max_findings: how many findings are kept; the rest is counted.

        Returns:
            Tree and findings; hostile content never raises.

        Raises:
            ValueError: when a companion that the schema takes is not given.
        """
        recorder = Recorder(max_findings)
        session = Session(self._book, data, file, prefix, recorder)
        root = StructNode(self._book.plan(self.schema.id), None, -1, -1, session.main, 0)
        _give_parameters(root, companions or {})
        session.root = session.main.owner = session.main.run_node = root
        try:
            session.run(StructFrame(root, session.main, owns_region=True), 1)
            read_all_instances(session, root)
        except Stopped:
            _abandon(root)
        else:
            check_tree(session, self._checks, root)
            self._paths.check(root)
            account(session)
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
    if not entry.is_indexed:
        try:
            return int(value(reading.root, {}))
        except (Unknown, Fault, Stopped):
            return None
    found: list[int] = []
    # an index beyond the list ends it; one that never does ends with the limit on items
    while len(found) < DEFAULT_ITEMS:
        try:
            found.append(int(value(reading.root, {"_index": len(found)})))
        except OutOfRange:
            return tuple(found)
        except (Unknown, Fault, Stopped):
            return None
    return None


def _give_parameters(root: StructNode, companions: Mapping[str, Reading]) -> None:
    for slot, parameter in enumerate(root.plan.type.parameters):
        if parameter.id in companions:
            root.values[slot] = companions[parameter.id].root
        elif _is_structure(root, slot):
            raise ValueError(f"the companion `{parameter.id}` is not given")
        else:
            root.values[slot] = Missing.ABSENT


def _is_structure(root: StructNode, slot: int) -> bool:
    return root.plan.names[slot] in root.stream.session.book.schema.companions


def _abandon(root: StructNode) -> None:
    """After a limit nothing is known of what was not read."""
    if root.end < 0:
        root.end = root.stream.position

"""Measuring: one content's tree held against the model of its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from harness.coverage.cells import Tally
from harness.coverage.matrices import Model
from harness.coverage.matrix_probe import MatrixProbe
from harness.coverage.probes import probe_of
from harness.coverage.sink import Probe, Sink
from harness.findings.model import Severity
from harness.reading.faults import Fault, Stopped, Unknown
from harness.reading.limits import Budget
from harness.reading.plan import PlanBook
from harness.reading.reader import Reading
from harness.reading.tree import StructNode, pre_order
from harness.schema.interpreter import deep_recursion

_TOO_MANY_STEPS = "L606"
_CONTRACT = "K"


def measure(model: Model, reading: Reading, *, is_valid: bool | None = None) -> Tally:
    """Return what one content uses of what its schema offers.

    Args:
        model: of the schema that the content was read by.
        reading: the content, read strictly.
        is_valid: whether it counts; without it, whether reading it found no error.

    Returns:
        A tally of one content. Hostile content never raises: where measuring would take too many
        steps, nothing is counted and the tally says so.

    Raises:
        ValueError: the content was read by another schema.
    """
    if model.digest != reading.schema.digest:
        raise ValueError("the content was read by another schema than the model's")
    sink = Sink()
    probes = _probes(model, reading.session.book)
    try:
        with _own_budget(reading), deep_recursion():
            _run(reading.root, probes, sink)
    except Stopped:
        return Tally(schema=model.digest, unmeasured=(reading.file,))
    return sink.tally(reading, is_valid=_is_valid(reading) if is_valid is None else is_valid)


def _run(root: StructNode, probes: Mapping[str, Iterable[Probe]], sink: Sink) -> None:
    for node in pre_order(root):
        for probe in probes.get(node.plan.type.name, ()):
            try:
                probe(node, sink)
            except (Unknown, Fault):
                continue


@lru_cache(maxsize=8)
def _probes(model: Model, book: PlanBook) -> Mapping[str, tuple[Probe, ...]]:
    """Return the probes of each type, compiled once for all contents of a reader."""
    found: dict[str, list[Probe]] = {}
    for domain in model.domains:
        found.setdefault(domain.type, []).append(probe_of(book, domain))
    for matrix in model.matrices:
        found.setdefault(matrix.type, []).append(MatrixProbe(book, matrix))
    return {name: tuple(probes) for name, probes in found.items()}


@contextmanager
def _own_budget(reading: Reading) -> Iterator[None]:
    """Let expressions look at as many elements once more, on an account of their own."""
    session = reading.session
    spent, was_stopped = session.steps, session.is_stopped
    session.steps = Budget(_TOO_MANY_STEPS, spent.limit)
    try:
        yield
    finally:
        session.steps, session.is_stopped = spent, was_stopped


def _is_valid(reading: Reading) -> bool:
    """Whether the schema finds no error; what a contract finds is another matter."""
    return reading.is_complete and not any(
        finding.severity is Severity.ERROR and not finding.code.startswith(_CONTRACT)
        for finding in reading.findings
    )

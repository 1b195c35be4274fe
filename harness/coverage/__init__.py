"""Format coverage: which cells a schema offers, and which of them contents use."""

from harness.coverage.cells import Cell, Count, Plane, Tally, Total, Witness, merged
from harness.coverage.matrices import Matrix, Model, model
from harness.coverage.meter import measure

__all__ = [
    "Cell", "Count", "Matrix", "Model", "Plane", "Tally", "Total", "Witness", "measure", "merged",
    "model",
]  # fmt: skip

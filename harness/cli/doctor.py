"""`harness doctor`: proves by planted bugs that fuzzing works on this machine."""

from __future__ import annotations

import os
import sys

import click

from harness.cli.clock import SystemClock
from harness.cli.exit_codes import CLEAN, FAILED
from harness.cli.output import style_for, write_report
from harness.cli.progress import Progress
from harness.fuzzing.checkup import check
from harness.report.fuzz_text import proof_lines

_OPTIONAL = "isolation"  # a layer that is missing is reported with each run, and stops nothing


@click.command()
def doctor() -> int:
    """Prove that compilers, engine, canaries and isolation are live, and say what is missing."""
    proofs = []
    with Progress() as progress:
        for proof in check(os.environ, SystemClock()):
            proofs.append(proof)
            progress.update(f"{proof.lane}: {proof.part}", len(proofs))
    dead = [proof for proof in proofs if not proof.is_live and proof.lane != _OPTIONAL]
    lines = [*proof_lines(proofs, style_for(sys.stdout, os.environ))]
    lines.append(f"{len(dead)} dead" if dead else "everything that fuzzing needs is live")
    write_report("\n".join(lines) + "\n", None)
    return (FAILED if dead else CLEAN).number

"""What `make demo` shows: the file of 2024 is blocked, its fault found by fuzzing, tzdata passes.

Each step is a command that a user could type. A step whose exit code or whose words are not the
expected ones stops the demo: it proves the claims of the README, or it fails.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tzdata

ROOT = Path(__file__).resolve().parent.parent
HARNESS = Path(sys.executable).parent / "harness"
INCIDENT = "incidents/2024-07-crowdstrike-291"
CORPUS = Path("corpora/channel_file/valid")
WITH_DEFINITIONS = f"--with definitions={INCIDENT}/definitions.bin"
CLEAN, FINDINGS = 0, 10


@dataclass(frozen=True, slots=True)
class Step:
    """One command, what it proves, and how to recognise that it did.

    Attributes:
        claim: one sentence for the reader.
        arguments: the command line after `harness`.
        exit_code: the code of docs/exit-codes.md that it must end with.
        shows: regular expressions that its output must match.
    """

    claim: str
    arguments: str
    exit_code: int
    shows: tuple[str, ...] = ()


STEPS = (
    Step(
        "The last good file: it fits its definitions, and sensor 7.11 survives it.",
        f"gate {INCIDENT}/last_good.bin --policy {INCIDENT}/gate.toml",
        CLEAN,
    ),
    Step(
        "The candidate: 21 criteria for 21 fields, so plain validation says yes.",
        f"validate {INCIDENT}/candidate.bin {WITH_DEFINITIONS}",
        CLEAN,
    ),
    Step(
        "The same file against the contract of sensor 7.11, which supplies 20 inputs: blocked.",
        f"validate {INCIDENT}/candidate.bin {WITH_DEFINITIONS}"
        f" --contract {INCIDENT}/consumers/sensor-7.11.toml",
        FINDINGS,
        (r"K401", r"criteria\[20\]", r"bytes 0x[0-9a-f]+\.\.0x[0-9a-f]+", r"\b20 input"),
    ),
    Step(
        "The gate runs the real consumer as well: it reads out of bounds at the first event.",
        f"gate {INCIDENT}/candidate.bin --policy {INCIDENT}/gate.toml",
        FINDINGS,
        (r"D702", r"heap-buffer-overflow", r"\bevent"),
    ),
    Step(
        "The fixed consumer takes the candidate.",
        f"gate {INCIDENT}/candidate.bin --policy {INCIDENT}/gate-fixed.toml",
        CLEAN,
    ),
    Step(
        "Real files: everything in the tzdata package.",
        f"validate {Path(os.path.relpath(Path(tzdata.__file__).parent, ROOT)) / 'zoneinfo'}",
        CLEAN,
    ),
)


def fuzzing(campaign: Path) -> Step:
    """Return the step that finds the fault of 2024 anew, in a campaign's folder of its own."""
    known = sorted((ROOT / CORPUS).iterdir())
    seeds = [CORPUS / path.name for path in known if path.stem != "candidate"]
    words = " ".join(f"--corpus {seed}" for seed in (*seeds, f"{INCIDENT}/last_good.bin"))
    return Step(
        "The candidate put aside: fuzzing sensor 7.11 finds the read by itself within 20 seconds.",
        f"fuzz --consumer {INCIDENT}/consumers/sensor-7.11.toml --time 20s --until D702 {words}"
        f" --campaign {shlex.quote(str(campaign))}",
        FINDINGS,
        (r"D702.*heap-buffer-overflow.*`criterion_matches`",),
    )


def run(step: Step) -> list[str]:
    """Run one step and show it.

    Returns:
        What was not as expected; empty when the claim holds.
    """
    print(f"# {step.claim}\n$ harness {step.arguments}", flush=True)
    outcome = subprocess.run(
        [str(HARNESS), *shlex.split(step.arguments)],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"{outcome.stdout.rstrip()}\n-> exit code {outcome.returncode}\n", flush=True)
    missing = [f"no `{words}`" for words in step.shows if not re.search(words, outcome.stdout)]
    if outcome.returncode != step.exit_code:
        missing.insert(0, f"exit code {outcome.returncode}, expected {step.exit_code}")
    return missing


def main() -> int:
    """Run the steps in order, up to the first that fails."""
    with tempfile.TemporaryDirectory() as folder:
        for step in (*STEPS, fuzzing(Path(folder) / "campaign")):
            if faults := run(step):
                print(f"demo failed at: {step.claim}\n  " + "\n  ".join(faults), file=sys.stderr)
                return 1
    print("All claims hold.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

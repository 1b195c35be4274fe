"""Hold the schema language against Kaitai's own test suites: `make conformance`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.conformance.bars import Results, bars
from tools.conformance.gallery import run_gallery
from tools.conformance.loading import run_schemas
from tools.conformance.mistakes import run_mistakes
from tools.conformance.page import as_json, lines_of
from tools.conformance.samples import Compared, run_samples
from tools.conformance.specs import Checkout
from tools.conformance.suite import run_suite

ROOT: Final = Path(__file__).resolve().parents[2]
BUILT: Final = ROOT / ".build" / "conformance"
USAGE, BROKEN, HOLD = 2, 1, 0


def main(arguments: Sequence[str]) -> int:
    """Run everything, print the page, write the JSON.

    Returns:
        0 only if every bar holds; 2 when a checkout is not one.
    """
    options = _parser().parse_args(arguments)
    checkout = Checkout(options.tests, options.formats, options.samples)
    wrong = _wrong_checkouts(checkout)
    if wrong:
        print(wrong, file=sys.stderr)
        return USAGE
    results = _run(checkout)
    found = bars(results)
    for line in lines_of(results, found):
        print(line)
    told = as_json(results, found, _commits(checkout))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"\nall of it, as JSON: {options.json}")
    return HOLD if all(bar.holds for bar in found) else BROKEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__)
    for name in ("tests", "formats", "samples"):
        told = f"checkout of kaitai_struct_{name}"
        parser.add_argument(f"--{name}", type=Path, required=True, help=told)
    parser.add_argument("--json", type=Path, default=BUILT / "results.json", metavar="FILE")
    return parser


def _wrong_checkouts(checkout: Checkout) -> str:
    """Return which folder is not what it should be; empty when all are."""
    if not checkout.specs:
        return f"{checkout.tests} has no spec/ks/*.kst: is it kaitai_struct_tests?"
    if not (checkout.formats / "common").is_dir():
        return f"{checkout.formats} has no common/: is it kaitai_struct_formats?"
    if not checkout.samples.is_dir():
        return f"{checkout.samples} is no folder: where is kaitai_struct_samples?"
    return ""


def _run(checkout: Checkout) -> Results:
    samples, unmade = _samples(checkout)
    return Results(
        schemas=run_schemas(checkout),
        specs=run_suite(checkout),
        mistakes=run_mistakes(checkout),
        gallery=run_gallery(checkout.formats),
        samples=samples,
        unmade=unmade,
    )


def _samples(checkout: Checkout) -> tuple[Sequence[Compared], Sequence[str]]:
    """Compare the samples; where Kaitai's compiler cannot be run, return why."""
    try:
        return run_samples(checkout.samples, checkout.formats, BUILT / "generated"), ()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return (), (f"Kaitai's compiler could not be run: {error}",)


def _commits(checkout: Checkout) -> dict[str, str]:
    """Return the commit of each checkout; empty where it is no repository."""
    folders = {"tests": checkout.tests, "formats": checkout.formats, "samples": checkout.samples}
    return {name: _commit(folder) for name, folder in folders.items()}


def _commit(folder: Path) -> str:
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Compares both engines on corpora and seeded mutants of them: `python -m tools.engines`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpora.build import CORPORA
from harness.consumers.manifest import load as load_manifest
from harness.native.service import AbsentError
from tools.engines.compare import Twins
from tools.engines.contents import contents
from tools.engines.observing import observing
from tools.engines.subjects import Subject, kaitai_subjects, subject_of

MOST_FINDINGS = (1000, 1, 3)  # in turn


def main(arguments: Sequence[str]) -> int:
    """Run; 1 where the engines do not agree about something, else 0."""
    wanted = _parser().parse_args(arguments)
    wanted.keep.mkdir(parents=True, exist_ok=True)
    total = [_compare(subject, wanted) for subject in _subjects(wanted)]
    print(f"{len(total)} schemas, {sum(total):,} differences")
    return int(any(total))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.engines", description=__doc__)
    parser.add_argument("formats", nargs="*", help="schemas with a corpus; else all")
    parser.add_argument("--kaitai", type=Path, metavar="DIR", help="kaitai_struct_tests instead")
    parser.add_argument("--kaitai-formats", type=Path, metavar="DIR", default=Path())
    parser.add_argument("--mutants", type=int, default=1000, metavar="N", help="of each schema")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--contract", type=Path, metavar="MANIFEST", help="laid over the schemas")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        default=Path(tempfile.gettempdir()),
        help="where contents go that they differ about, and the one at hand",
    )
    parser.add_argument("--most", type=int, default=3, help="differences shown of each schema")
    return parser


def _subjects(wanted: argparse.Namespace) -> Iterator[Subject]:
    if wanted.kaitai is not None:
        for subject in kaitai_subjects(wanted.kaitai, wanted.kaitai_formats):
            if not wanted.formats or subject.schema.id in wanted.formats:
                yield subject
        return
    overlays = (load_manifest(wanted.contract).overlay,) if wanted.contract is not None else ()
    for name in wanted.formats or [corpus.format for corpus in CORPORA]:
        yield subject_of(name, overlays)


def _compare(subject: Subject, wanted: argparse.Namespace) -> int:
    """Compare on one schema; about how many contents they differ."""
    name = subject.schema.id
    try:
        watched = (*subject.overlays, observing(subject.schema))
        twins = Twins(replace(subject, overlays=watched))
    except AbsentError as error:
        print(f"{name}: {error}", flush=True)
        return int(error.findings[0].code != "Q950")
    start, number, different = time.perf_counter(), 0, 0
    at_hand = wanted.keep / f"{name}.at-hand"  # what it was when the process dies
    for number, data in enumerate(contents(subject, wanted.seed, wanted.mutants), 1):
        at_hand.write_bytes(data)
        found = twins.difference(data, MOST_FINDINGS[number % len(MOST_FINDINGS)])
        different += bool(found)
        if found and different <= wanted.most:
            kept = wanted.keep / f"{name}-{number}"
            kept.write_bytes(data)
            print(f"{kept} ({len(data)} bytes):", *found, sep="\n  ")
    at_hand.unlink()
    seconds = time.perf_counter() - start
    print(f"{name}: {number:,} contents, {different:,} differences ({seconds:.0f} s)", flush=True)
    return different


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Fuzz the project's own C as `harness fuzz` fuzzes consumers; any report is a failure.

A subject is `mutator` (the native lane's), `records` (what drivers write of a consumer), or a
schema: the validator that is generated from it, or C that `--source` names, which defines an entry
point of harness_consumer.h or is a validator with its header `validator.h`. Contents of the corpora
are its seeds, and what `harness_consume` says is held against the reference reader as well.

Ends with 0 if nothing was reported, with 1 if something was, with 2 for a wrong command line.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.consumers.run import ConsumerError
from harness.fuzzing.engine import EngineMissingError
from harness.fuzzing.proving import DeadPartError
from harness.schema import SchemaError
from tools.selffuzz.running import Settings, run
from tools.selffuzz.subjects import companion, subject

BUILT: Final = Path(__file__).resolve().parents[2] / ".build" / "selffuzz"
HOLDS, REPORTED, USAGE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Fuzz each subject for its time; see the module."""
    options = _parser().parse_args(arguments)
    settings = Settings(60 * options.minutes, options.workers, options.seed)
    code = HOLDS
    for name in options.subjects:
        try:
            companions = dict(map(companion, options.companions))
            one = subject(name, options.source, companions)
        except (SchemaError, ValueError) as error:
            print(error, file=sys.stderr)
            return USAGE
        try:
            record = run(one, settings, options.folder / one.name, os.environ)
        except (ConsumerError, EngineMissingError, DeadPartError) as error:
            print(error, *_detail(error), sep="\n", file=sys.stderr)
            return REPORTED
        print("\n".join(record.lines()), flush=True)
        code = code if record.holds else REPORTED
    return code


def _detail(error: Exception) -> tuple[str, ...]:
    return (error.detail,) if isinstance(error, ConsumerError) and error.detail else ()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.selffuzz", description=__doc__)
    parser.add_argument("subjects", nargs="+", metavar="SUBJECT")
    parser.add_argument("--minutes", type=float, default=3.0, metavar="N", help="for each [3]")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes [2]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of random numbers [1]")
    parser.add_argument(
        "--source", type=Path, action="append", default=[], metavar="FILE",
        help="of a schema's subject: C or a header; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--with", dest="companions", action="append", default=[], metavar="NAME=FILE",
        help="a file that its contents are read against; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--folder", type=Path, default=BUILT, metavar="DIR", help="[.build/selffuzz]"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

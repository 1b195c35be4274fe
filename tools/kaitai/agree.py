"""Do Kaitai's own compiler and our reader agree? `python -m tools.kaitai.agree` says on what.

Every schema is compiled to Python with Kaitai's compiler. Then every valid corpus file, and every
file of the `tzdata` package, is read twice: by the generated parser and by the reference reader.
Each must find the same paths with the same values. Kaitai knows nothing of our `-` keys, so this
says that layout and expressions mean the same to both, not that the checks are right.
"""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tzdata
from kaitaistruct import KaitaiStream

from harness import schema
from harness.reading import Reading, read
from tools.kaitai.leaves import Leaf, of_harness, of_kaitai

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCHEMAS = ROOT / "schemas"
CORPORA = ROOT / "corpora"
GENERATED = ROOT / ".build" / "kaitai"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Input:
    """A file, the schema it is of, and by parameter the files to read it with."""

    schema: str
    path: Path
    companions: Mapping[str, Path]


@dataclass(slots=True)
class Row:
    """What was compared for one schema from one source of files."""

    schema: str
    source: str
    files: int = 0
    values: int = 0
    differences: int = 0


@dataclass(frozen=True, slots=True)
class Parser:
    """One schema, compiled by both."""

    kaitai: Any  # the generated class; its module is made while we run
    ours: schema.Schema


def compile_schemas() -> str:
    """Fetch Kaitai's compiler if need be, and compile all schemas with it.

    Returns:
        A line for each schema.

    Raises:
        RuntimeError: it refused one; the message is what it said.
    """
    if not _is_installed():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    command = ["node", str(HERE / "compile.mjs"), str(SCHEMAS), str(GENERATED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
    return done.stdout


def _is_installed() -> bool:
    """Whether `npm ci` has run since the versions were last changed."""
    record = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    return record.is_file() and record.stat().st_mtime >= lock.stat().st_mtime


def parsers() -> dict[str, Parser]:
    """Load the generated classes and our schemas, by id."""
    sys.path.insert(0, str(GENERATED))
    found = {}
    for path in sorted(SCHEMAS.glob("*.ksy")):
        module = importlib.import_module(path.stem)
        name = "".join(part.capitalize() for part in path.stem.split("_"))
        found[path.stem] = Parser(getattr(module, name), schema.load(path))
    return found


def corpus_inputs() -> Iterator[Input]:
    """List the valid files of all corpora."""
    for listing in sorted(CORPORA.glob("*/expected.json")):
        told = json.loads(listing.read_text(encoding="utf-8"))
        companions = {name: CORPORA / path for name, path in told["with"].items()}
        for name in told["valid"]:
            yield Input(told["schema"], listing.parent / "valid" / name, companions)


def tzdata_inputs() -> Iterator[Input]:
    """List the files of the installed `tzdata` package that are TZif."""
    for path in sorted(Path(tzdata.__file__).parent.rglob("*")):
        if path.is_file() and path.read_bytes()[:4] == b"TZif":
            yield Input("tzif", path, {})


def differences(item: Input, known: Mapping[str, Parser], row: Row) -> Iterator[str]:
    """Read one file with both parsers and tell where they differ; counts into `row`."""
    theirs = dict(of_kaitai(_read_kaitai(item, known)))
    ours = dict(of_harness(_read_ours(item, known)))
    row.files += 1
    for path in sorted(theirs.keys() | ours.keys()):
        row.values += 1
        left, right = theirs.get(path), ours.get(path)
        if not _same(left, right):
            row.differences += 1
            yield f"{item.path.name}: {path}: Kaitai reads {left!r}, we read {right!r}"


def _same(left: Leaf | None, right: Leaf | None) -> bool:
    return left == right and isinstance(left, str | bytes) == isinstance(right, str | bytes)


def _read_kaitai(item: Input, known: Mapping[str, Parser]) -> object:
    parser = known[item.schema]
    kinds = parser.ours.companions
    companions = [
        _read_kaitai(Input(kinds[name], path, {}), known) for name, path in item.companions.items()
    ]
    return parser.kaitai(*companions, KaitaiStream(io.BytesIO(item.path.read_bytes())))


def _read_ours(item: Input, known: Mapping[str, Parser]) -> Reading:
    kinds = known[item.schema].ours.companions
    companions = {
        name: _read_ours(Input(kinds[name], path, {}), known)
        for name, path in item.companions.items()
    }
    data = item.path.read_bytes()
    return read(known[item.schema].ours, data, file=str(item.path), companions=companions)


def compare() -> tuple[list[Row], list[str]]:
    """Compare on all files.

    Returns:
        A row for each schema and source of files, and a line for each difference.
    """
    known = parsers()
    rows: dict[tuple[str, str], Row] = {}
    found: list[str] = []
    sources = (("corpus", corpus_inputs()), (f"tzdata {tzdata.__version__}", tzdata_inputs()))
    for source, inputs in sources:
        for item in inputs:
            row = rows.setdefault((item.schema, source), Row(item.schema, source))
            found.extend(differences(item, known, row))
    return list(rows.values()), found


def main() -> int:
    """Print the table; 1 when a schema is refused, a value differs, or nothing was compared."""
    try:
        print(compile_schemas(), end="")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    rows, found = compare()
    print(f"{'schema':<24}{'files of':<18}{'files':>7}{'values':>10}{'differences':>13}")
    for row in rows:
        counts = f"{row.files:>7}{row.values:>10}{row.differences:>13}"
        print(f"{row.schema:<24}{row.source:<18}{counts}")
    print("compared: every path and value of attributes and instances; not: parameters, findings")
    for line in found[:SHOWN]:
        print(line, file=sys.stderr)
    compared = {row.schema for row in rows if row.values}
    return 1 if found or compared != {path.stem for path in SCHEMAS.glob("*.ksy")} else 0


if __name__ == "__main__":
    sys.exit(main())

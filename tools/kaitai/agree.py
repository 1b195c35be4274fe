"""Do Kaitai's own compiler and our reader agree? `python -m tools.kaitai.agree` says on what.

Every schema is compiled to Python with Kaitai's compiler. Then every valid corpus file, every file
of the `tzdata` package, and the MIME cache of the machine, is read twice: by the generated parser
and by the reference reader.
Each must find the same paths with the same values. Kaitai knows nothing of our `-` keys, so this
says that layout and expressions mean the same to both, not that the checks are right. A schema that
reads at a place found by `-locate` means something else to Kaitai; it is compiled, not compared.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tzdata
from kaitaistruct import KaitaiStream

from harness import schema
from harness.reading import Reading, read
from harness.schema.ir import Attribute
from tools.kaitai.compare import compare
from tools.kaitai.generated import compile_folder, parser_in

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
CORPORA = ROOT / "corpora"
GENERATED = ROOT / ".build" / "kaitai"
MIME_CACHE = Path("/usr/share/mime/mime.cache")
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
    """Compile all schemas with Kaitai's compiler; see `compile_folder`."""
    return compile_folder(SCHEMAS, GENERATED)


def parsers() -> dict[str, Parser]:
    """Load the generated classes and our schemas that can be compared, by id."""
    found = {path.stem: schema.load(path) for path in sorted(SCHEMAS.glob("*.ksy"))}
    return {
        name: Parser(parser_in(GENERATED, name), ours)
        for name, ours in found.items()
        if not _locates(ours)
    }


def _locates(ours: schema.Schema) -> bool:
    """Whether `-locate` decides where anything is read."""
    fields = (field for type_ in ours.types.values() for field in type_.instances)
    return any(isinstance(field, Attribute) and field.locate is not None for field in fields)


def corpus_inputs(known: Mapping[str, Parser]) -> Iterator[Input]:
    """List the valid files of all corpora whose schema is known."""
    for listing in sorted(CORPORA.glob("*/expected.json")):
        told = json.loads(listing.read_text(encoding="utf-8"))
        companions = {name: CORPORA / path for name, path in told["with"].items()}
        for name in told["valid"] if told["schema"] in known else ():
            yield Input(told["schema"], listing.parent / "valid" / name, companions)


def tzdata_inputs() -> Iterator[Input]:
    """List the files of the installed `tzdata` package that are TZif."""
    for path in sorted(Path(tzdata.__file__).parent.rglob("*")):
        if path.is_file() and path.read_bytes()[:4] == b"TZif":
            yield Input("tzif", path, {})


def machine_inputs() -> Iterator[Input]:
    """List the MIME cache of this machine, if it has one."""
    if MIME_CACHE.is_file():
        yield Input("mime_cache", MIME_CACHE, {})


def differences(item: Input, known: Mapping[str, Parser], row: Row) -> Iterator[str]:
    """Read one file with both parsers and tell where they differ; counts into `row`."""
    found = compare(_read_kaitai(item, known), _read_ours(item, known))
    row.files += 1
    row.values += found.values
    row.differences += len(found.differences)
    yield from (f"{item.path.name}: {line}" for line in found.differences)


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


def compare_all() -> tuple[list[Row], list[str]]:
    """Compare on all files.

    Returns:
        A row for each schema and source of files, and a line for each difference.
    """
    known = parsers()
    rows: dict[tuple[str, str], Row] = {}
    found: list[str] = []
    sources = (
        ("corpus", corpus_inputs(known)),
        (f"tzdata {tzdata.__version__}", tzdata_inputs()),
        ("this machine", machine_inputs()),
    )
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
    rows, found = compare_all()
    print(f"{'schema':<24}{'files of':<18}{'files':>7}{'values':>10}{'differences':>13}")
    for row in rows:
        counts = f"{row.files:>7}{row.values:>10}{row.differences:>13}"
        print(f"{row.schema:<24}{row.source:<18}{counts}")
    print("compared: every path and value of attributes and instances; not: parameters, findings")
    for line in found[:SHOWN]:
        print(line, file=sys.stderr)
    compared = {row.schema for row in rows if row.values}
    return 1 if found or compared != set(parsers()) else 0


if __name__ == "__main__":
    sys.exit(main())

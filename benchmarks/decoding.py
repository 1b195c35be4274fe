"""How many generated files do other readers decode? A table, the same for a seed.

Valid contents are made from the schemas alone, and each is given to two readers that know nothing
of them. What a reader refuses is told with its first reason, so that somebody can look whether it
is the reader's limit or the schema's mistake.
"""

from __future__ import annotations

import argparse
import gettext
import io
import os
import signal
import subprocess
import sys
import tempfile
import zoneinfo
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import fdt
import maxminddb
from dateutil import tz

from harness.schema import load
from harness.schema.library import find
from harness.writing.choices import RandomChoices
from harness.writing.generate import Generator

Decode = Callable[[bytes, Path], object]

COUNT: Final = 200
BAR: Final = 0.95
_MOMENTS: Final = [datetime(1970, 1, 1) + timedelta(days=days) for days in range(0, 36_000, 977)]  # noqa: DTZ001  # local times are asked for
_ROW: Final = "{:14}{:28}{:>7}{:>9}{:>8}  {}"


@dataclass(slots=True)
class Row:
    """What one reader did with the files of one format."""

    schema: str
    reader: str
    files: int = 0
    decoded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def by_zoneinfo(data: bytes, _path: Path) -> object:
    """Load a zone, and ask it for its offset at many moments."""
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data), key="generated")
    return [(zone.utcoffset(moment), zone.dst(moment), zone.tzname(moment)) for moment in _MOMENTS]


def by_dateutil(data: bytes, _path: Path) -> object:
    """Load a zone, and ask it for its offset at many moments."""
    zone = tz.tzfile(io.BytesIO(data))
    return [moment.replace(tzinfo=UTC).astimezone(zone) for moment in _MOMENTS]


def by_gettext(data: bytes, _path: Path) -> object:
    """Load a catalog."""
    return gettext.GNUTranslations(io.BytesIO(data))


def by_fdt(data: bytes, _path: Path) -> object:
    """Load a tree, and write it as source."""
    return fdt.parse_dtb(data).to_dts()


def by_maxminddb(mode: int) -> Decode:
    """Return what opens a database, and decodes all networks and their values."""

    def decode(_data: bytes, path: Path) -> object:
        with maxminddb.open_database(path, mode) as reader:
            return reader.metadata(), list(reader)

    return decode


def by_command(*words: str, env: Mapping[str, str] | None = None) -> Decode:
    """Return what runs a command on the file; it must end with 0 and say nothing of errors."""

    def decode(_data: bytes, path: Path) -> object:
        command = [word.replace("{file}", str(path)) for word in words]
        done = subprocess.run(
            command, capture_output=True, timeout=20, check=False,
            env=None if env is None else {"PATH": "/usr/bin:/bin", **env},
        )  # fmt: skip
        if done.returncode:
            raise ValueError(done.stderr.decode(errors="replace").strip().splitlines()[-1][:90])
        return done.stdout

    return decode


def by_terminfo(*words: str) -> Decode:
    """Return what runs a command on an entry, which is found by its name in a folder."""

    def decode(data: bytes, path: Path) -> object:
        size = int.from_bytes(data[2:4], "little")
        name = data[12 : 12 + size - 1].split(b"|")[0].decode("ascii")
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / name[0]
            home.mkdir()
            (home / name).write_bytes(data)
            run = by_command(
                *(word.replace("{name}", name) for word in words), env={"TERMINFO": folder}
            )
            return run(data, path)

    return decode


_CURSES: Final = "import curses, sys; curses.setupterm(sys.argv[1]); curses.tigetstr('clear')"
READERS: Final[Mapping[str, Mapping[str, Decode]]] = {
    "tzif": {"zoneinfo": by_zoneinfo, "dateutil": by_dateutil},
    "gettext_mo": {"gettext": by_gettext, "msgunfmt": by_command("msgunfmt", "-o", "-", "{file}")},
    "dtb": {"dtc": by_command("dtc", "-q", "-I", "dtb", "-O", "dts", "{file}"), "fdt": by_fdt},
    "terminfo": {
        "infocmp": by_terminfo("infocmp", "-x", "{name}"),
        "curses": by_terminfo(sys.executable, "-c", _CURSES, "{name}"),
    },
    "maxmind_db": {
        "maxminddb": by_maxminddb(maxminddb.MODE_MEMORY),
        "maxminddb in C": by_maxminddb(maxminddb.MODE_MMAP_EXT),
    },
}


def decoded(name: str, count: int, seed: int) -> list[Row]:
    """Generate `count` files of a schema, and give each to every reader of its format."""
    generator = Generator(load(find(name)))
    rows = [Row(name, reader) for reader in READERS[name]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated"
        for number in range(count):
            data = generator.valid(RandomChoices(Random(f"{seed}/{number}")))
            if data is None:
                continue
            path.write_bytes(data)
            for row, decode in zip(rows, READERS[name].values(), strict=True):
                _give(row, decode, data, path)
    return rows


def _give(row: Row, decode: Decode, data: bytes, path: Path) -> None:
    row.files += 1
    reason = _refusal(decode, data, path)
    if reason:
        row.reasons[reason] += 1
    else:
        row.decoded += 1


def _refusal(decode: Decode, data: bytes, path: Path) -> str:
    """Decode in a process of its own, which may crash; return why it failed, or nothing."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_decode_in_child(decode, data, path, theirs))
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"died of {signal.Signals(os.WTERMSIG(status)).name}"
    return told


def _decode_in_child(decode: Decode, data: bytes, path: Path, pipe: int) -> int:
    try:
        decode(data, path)
    except Exception as error:  # noqa: BLE001  # readers raise what they like
        os.write(pipe, f"{type(error).__name__}: {error}"[:90].encode())
    return 0


def main(arguments: Sequence[str]) -> int:
    """Print the table.

    Returns:
        0, or 1 when a reader decodes less than it should.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="files of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schema", choices=sorted(READERS), action="append")
    options = parser.parse_args(arguments)
    print(_ROW.format("format", "reader", "files", "decoded", "%", "refused, most often"))
    is_low = False
    for name in options.schema or READERS:
        for row in decoded(name, options.count, options.seed):
            share = row.decoded / row.files if row.files else 0
            is_low |= share < BAR
            why = "; ".join(f"{n} {reason}" for reason, n in row.reasons.most_common(2))
            print(_ROW.format(name, row.reader, row.files, row.decoded, f"{100 * share:.1f}", why))
    return int(is_low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

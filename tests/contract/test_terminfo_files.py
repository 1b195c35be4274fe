"""The terminal descriptions of this system, and what ncurses' own tools make of our corpus."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpora.recipes.sample import Sample
from corpora.recipes.terminfo import CANCELLED, Extended, build
from corpora.recipes.terminfo_files import CORPUS
from corpora.recipes.terminfo_valid import SOME
from harness.findings.model import Severity
from harness.validation import Request, validate_file

SYSTEM = (Path("/usr/share/terminfo"), Path("/lib/terminfo"))
FEWEST_ENTRIES = 20  # what every Debian system has; with the package ncurses-term 1,800 and more
MAGICS = (b"\x1a\x01", b"\x1e\x02")

# True, and explained in docs/formats-terminfo.md: limits of term(5) that ncurses does not keep.
TRUE_FINDINGS = {"names-size", "legacy-entry-size"}
# ncurses 6.5 and later refuses what these warn of.
BEYOND_NCURSES = {"I501 known-booleans", "I501 known-numbers", "I501 known-strings"}

# Capabilities of `SOME`, as `tic` reads them; those that are absent cannot be written.
SOURCE = r"""
demo|demo-256color|demonstration terminal,
    am, xenl, cols#80, lines#24, pb@, colors#256, pairs#32767,
    bel=^G, cr=^M, el@, cup=\E[%i%p1%d;%p2%dH,
    AX, XT, RGB#8, E3=\E[3J, kUP3@, rmxx=\E[29m,
"""
EXTENDED = Extended(
    booleans=((b"AX", 1), (b"XT", 1)),
    numbers=((b"RGB", 8),),
    strings=((b"E3", b"\x1b[3J"), (b"kUP3", CANCELLED), (b"rmxx", b"\x1b[29m")),
)


def entries(*folders: Path) -> list[Path]:
    """The compiled entries below folders; a name that leads to another entry counts once."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    files = (path for path in found if not path.is_symlink())
    return sorted(path for path in files if path.read_bytes()[:2] in MAGICS)


def complaints(paths: list[Path]) -> Iterator[str]:
    """What the schema has to say: the rule of a warning or a note, the code of an error."""
    request = Request(schema="terminfo")
    for path in paths:
        for item in validate_file(path, request).findings:
            yield item.code if item.severity is Severity.ERROR else item.rule


def compiled(source: str, folder: Path, *options: str) -> Path:
    """Compile descriptions with `tic` and return the folder of the entries."""
    text = folder / "source.ti"
    text.write_text(source)
    done = folder / "compiled"
    subprocess.run(["tic", *options, "-o", done, text], check=True, capture_output=True)
    return done


def tool(name: str) -> str:
    """Find one of ncurses' tools, or skip the test."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"`{name}` is not installed")
    return found


def test_the_entries_of_this_system_have_only_true_findings() -> None:
    """No error, no note, and no warning but of limits that ncurses itself does not keep."""
    found = entries(*SYSTEM)
    assert len(found) > FEWEST_ENTRIES
    assert set(complaints(found)) <= TRUE_FINDINGS


def test_the_schema_is_found_by_the_magic_number() -> None:
    """Entries have no extension, so nothing else tells what they are."""
    path = entries(*SYSTEM)[0]
    used = validate_file(path, Request()).schema
    assert used is not None
    assert used.id == "terminfo"


def test_an_entry_that_lost_its_last_byte_has_an_error(tmp_path: Path) -> None:
    """The same check, seen to fail."""
    cut = tmp_path / "cut"
    for path in entries(*SYSTEM)[::50]:
        cut.write_bytes(path.read_bytes()[:-1])
        assert "S101" in set(complaints([cut])), path


def test_the_recipes_write_what_tic_writes(tmp_path: Path) -> None:
    """The same description, compiled by `tic -x`, has the same bytes."""
    tool("tic")
    entry = compiled(SOURCE, tmp_path, "-x") / "d" / "demo"
    numbers = (80, -1, 24, -1, -1, CANCELLED, *SOME.numbers[6:])
    assert entry.read_bytes() == build(replace(SOME, numbers=numbers, extended=EXTENDED))


@pytest.mark.parametrize(
    "sample",
    [sample for sample in CORPUS.valid if not BEYOND_NCURSES & {*sample.findings}],
    ids=lambda sample: sample.name,
)
def test_infocmp_reads_what_is_valid(sample: Sample, tmp_path: Path) -> None:
    """The tools of ncurses take every valid file of the corpus, those with warnings too."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "x").write_bytes(sample.data)
    command = [tool("infocmp"), "-x", "-A", str(tmp_path), "x"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.deep
@pytest.mark.parametrize("options", [(), ("-x",)], ids=["tic", "tic -x"])
def test_all_entries_written_anew_have_only_true_findings(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    """`infocmp` turns each into a description, and `tic` compiles all of them again."""
    infocmp, names = tool("infocmp"), sorted({path.name for path in entries(*SYSTEM)})
    written = (
        subprocess.run([infocmp, "-x", "-1", name], capture_output=True, check=True).stdout
        for name in names
    )
    source = b"".join(written).decode("latin-1")
    found = entries(compiled(source, tmp_path, *options))
    assert len(found) > FEWEST_ENTRIES
    assert set(complaints(found)) <= TRUE_FINDINGS

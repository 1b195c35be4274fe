"""No compiled magic has a finding but one, which is true, and damage does not go unseen."""

from __future__ import annotations

import subprocess
from importlib.metadata import files
from pathlib import Path

import pytest

from harness.findings.message import message
from harness.reading import evaluate, read
from harness.schema import load
from harness.schema.library import find
from harness.validation import Request, validate_file

SYSTEM = Path("/usr/lib/file/magic.mgc")
FEWEST_TESTS = 10_000

# A test of each kind that has a place of its own in the structure, as an author writes it.
TEXT = r"""
0	belong		0xcafebabe	Compiled Java class data,
!:mime	application/x-java-applet
!:apple	????Java
!:ext	class/jcls
!:strength +20
>6	ubeshort	x		version %d.
>4	beshort		>-1		\b%d
>(8.l+4)	byte	&0x80		\b, odd
>(8.S)	leqdate	x		\b, made %s
>>&-2	ulelong&0x7fff	!7	\b, %u things
>&(&4,b*2)	bequad	<99	\b, few
>-8	ledouble	1.5		\b, half
>16	befloat		-0.25		\b, quarter
>20	guid		12345678-1234-1234-1234-123456789ABC	\b, guid
>0	default		x		\b, other
>0	clear		x
>0	use		part
>4	use		\^part
0	string/Wbc	\<!DOCTYPE\ html	HTML
>0	search/4096/cWs	title	\b, titled
>0	regex/3l	\^a[b-d]+$	\b, %s
>0	pstring/HJ	x	\b, named %s
>0	bestring16	ab	\b, wide
>0	indirect	x	\b, in it:
>0	der		seq	\b, sequence
>0	octal	0644	\b, mode
>0	lemsdosdate	x	\b, %s
0	name	part
>0	byte	1	one
>0	byte	2	two
"""


def complaints(path: Path) -> list[str]:
    """What the schema has to say, warnings included."""
    found = validate_file(path, Request(schema="magic_mgc")).findings
    return [f"{item.code} {item.rule}: {message(item)}" for item in found]


def compiled(folder: Path, text: str) -> Path:
    """Have `file` compile magic from text."""
    (folder / "magic").write_text(text, encoding="utf-8")
    command = ["file", "--compile", "--magic-file", "magic"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return folder / "magic.mgc"


def packaged() -> Path:
    """The magic in the package `pylibmagic`, which must not be imported: it changes `ctypes`."""
    (found,) = (path for path in files("pylibmagic") or () if path.name == "magic.mgc")
    return Path(str(found.locate()))


def test_the_magic_of_a_release_has_no_finding() -> None:
    """All that there is in a release, in version 16."""
    reading = read(load(find("magic_mgc")), packaged().read_bytes(), file="magic.mgc")
    assert reading.findings == ()
    assert evaluate(reading, "database.version").value == 16
    assert evaluate(reading, f"database.test_count > {FEWEST_TESTS}").value


def test_what_is_compiled_here_has_no_finding(tmp_path: Path) -> None:
    """Values and offsets of each kind, in the version of the `file` of this system."""
    assert complaints(compiled(tmp_path, TEXT)) == []


def test_what_is_compiled_is_what_was_written(tmp_path: Path) -> None:
    """Texts, numbers and operators stand where the schema says."""
    path = compiled(tmp_path, TEXT)
    reading = read(load(find("magic_mgc")), path.read_bytes(), file=str(path))
    # The stronger test comes first: that for HTML, and what is below it.
    java, indirect = (f"database.records.tests[{number}]" for number in (9, 12))
    expected = {
        f"{java}.number": -0x35014542,
        f"{java}.factor": 20,
        f"{java}.description.text": "Compiled Java class data,",
        f"{java}.mime_type": "application/x-java-applet",
        f"{java}.apple": "????Java",
        f"{java}.extensions": "class/jcls",
        f"{indirect}.level": 1,
        f"{indirect}.offset": 8,
        f"{indirect}.indirect_offset": 4,
        f"{indirect}.number": -0x80,
        f"{indirect}.description.text": ", odd",
        "database.records.names[0].name": "part",
        "database.records.names[2].number": 2,
    }
    assert {name: evaluate(reading, name).value for name in expected} == expected


def test_a_list_that_is_used_and_not_there_is_found(tmp_path: Path) -> None:
    """`file` compiles it without a word, and fails when the test is made."""
    path = compiled(tmp_path, TEXT.replace("0	name	part", "0	name	port"))
    assert [line[:4] for line in complaints(path)] == ["I505", "I505"]


@pytest.mark.parametrize("at", [0, 500, -1])
def test_magic_that_lost_a_byte_has_a_finding(tmp_path: Path, at: int) -> None:
    """The same check, seen to fail: at the start, in an entry, and at the end."""
    path = compiled(tmp_path, TEXT)
    data = bytearray(path.read_bytes())
    del data[at]
    path.write_bytes(data)
    assert complaints(path) != []


@pytest.mark.deep
def test_the_magic_of_this_system_has_no_finding() -> None:
    """That of the package `libmagic-mgc`; see docs/formats.md for the versions that were seen."""
    assert complaints(SYSTEM) == []

"""The library of schemas: found by name or path, matched by extension, then by magic."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.schema import SchemaError, library
from tests.unit.bench import Bench, whole

SCHEMAS = {
    "alpha": "meta: {id: alpha, file-extension: alp}\nseq: [{id: m, contents: AL}]\n",
    "alphabet": "meta: {id: alphabet, file-extension: [alp, abc]}\n"
    "seq: [{id: m, contents: ALPHA}]\n",
    "nested": "meta: {id: nested}\nseq: [{id: h, type: h}]\n"
    "types: {h: {seq: [{id: m, contents: [0, 1]}]}}\n",
    "either": "meta: {id: either}\n"
    "seq: [{id: m, size: 2, valid: {any-of: ['[0x1a, 1]', '[0x1e, 2]']}}]\n",
    "equal": "meta: {id: equal}\nseq: [{id: m, size: 3, valid: '[69, 81, 0]'}]\n",
    "number": "meta: {id: number}\nseq: [{id: m, type: u1, valid: {any-of: [1, 2]}}]\n",
    "open": "meta: {id: open}\n"
    "seq: [{id: m, size: 1, valid: {any-of: ['[90]', 'tail']}}, {id: tail, size: 1}]\n",
    "plain": "meta: {id: plain, file-extension: TXT}\nseq: [{id: all, size-eos: true}]\n",
    "listing": "meta: {id: listing, file-extension: Some.List}\nseq: [{id: m, type: u1}]\n",
    "broken": "meta: {id: broken, file-extension: bad}\nseqq: []\n",
}


@pytest.fixture
def folder(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a library of small schemas, one of them with a mistake."""
    for name, text in SCHEMAS.items():
        bench.write(text, f"{name}.ksy")
    monkeypatch.setattr(library, "schemas_folder", lambda: bench.folder)
    monkeypatch.setenv("HARNESS_CACHE", str(bench.folder / "cache"))
    library._library.cache_clear()
    yield bench.folder
    library._library.cache_clear()


def test_find_by_name(folder: Path) -> None:
    """A name is that of a file in the library."""
    assert library.find("alpha") == folder / "alpha.ksy"


def test_find_by_path(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A path is taken as it is, whether it exists or not."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "own.ksy"
    elsewhere.write_text(whole("seq: []"))
    assert library.find(str(elsewhere)) == elsewhere
    assert library.find("missing.ksy") == Path("missing.ksy")
    assert folder.is_dir()


@pytest.mark.usefixtures("folder")
def test_find_suggests_a_name() -> None:
    """An unknown name is refused, with the closest known one."""
    with pytest.raises(SchemaError) as caught:
        library.find("alpa")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == ("T012", "alpa")
    assert "did you mean `alpha`" in finding.actual


@pytest.mark.usefixtures("folder")
def test_find_lists_names() -> None:
    """A name like no other gets the list of all."""
    with pytest.raises(SchemaError) as caught:
        library.find("zzzzzz")
    wanted = "known are alpha, alphabet, broken, either, equal, listing, nested, number, open"
    assert wanted in caught.value.findings[0].actual


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["../alpha", "/etc/passwd/x", "x/../alpha"])
def test_find_stays_in_the_library(name: str) -> None:
    """A name does not lead out of the folder."""
    with pytest.raises(SchemaError):
        library.find(name)


@pytest.mark.parametrize(
    ("file_name", "head", "expected"),
    [
        ("x.alp", b"AL", "alpha"),
        ("x.alp", b"ALPHABET", "alphabet"),
        ("x.alp", b"damaged", "alpha"),
        ("x.ABC", b"damaged", "alphabet"),
        ("x.txt", b"ALPHABET", "plain"),
        ("x.txt", b"", "plain"),
        ("folder.alp/x.txt", b"", "plain"),
        ("x", b"ALPHABET", "alphabet"),
        ("x.bin", b"AL", "alpha"),
        ("x.bin", b"\0\1", "nested"),
        ("x.bin", b"\x1a\1", "either"),
        ("x.terminal", b"\x1e\2more", "either"),
        ("x.bin", b"\x1a\2", None),
        ("x.bin", b"EQ\0", "equal"),
        ("x.bin", b"EQ\1", None),
        ("x.bin", b"\1", None),
        ("x.bin", b"ZZ", None),
        ("x.bin", b"nothing", None),
        ("x", b"", None),
        ("x.bad", b"", None),
        ("folder/some.list", b"", "listing"),
        ("x.SOME.list", b"", "listing"),
        ("x.list", b"", None),
        ("awesome.list", b"", None),
        ("alp", b"", None),
    ],
)
def test_match(folder: Path, file_name: str, head: bytes, expected: str | None) -> None:
    """The extension decides, then the longest magic; a schema with mistakes matches nothing."""
    wanted = None if expected is None else folder / f"{expected}.ksy"
    assert library.match(file_name, head) == wanted


@pytest.mark.parametrize(("name", "what"), [("pipe", "a pipe or a device"), ("inner", "a folder")])
def test_what_is_no_file_is_no_schema(folder: Path, name: str, what: str) -> None:
    """A pipe is not waited for, and nobody is told that nothing is there."""
    os.mkfifo(folder / "pipe")
    (folder / "inner").mkdir()
    with pytest.raises(SchemaError) as refused:
        library.find(str(folder / name))
    [finding] = refused.value.findings
    assert finding.code == "T012"
    assert f"is {what}, and a schema is a file or a known name" in finding.actual

"""The cache of schemas: what it gives is what the files say now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.schema import Schema, cache, load

TERMS = cache.terms((), lenient=False)
PART = "meta: {id: part}\nseq: [{id: a, type: u1}]\n"
TOP = "meta: {id: sample, imports: [%s]}\nseq: [{id: p, type: part}]\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a cache of its own."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _name: str(tmp_path / "cache"))
    cache._folder.cache_clear()
    yield
    cache._folder.cache_clear()


def write(folder: Path, **files: str) -> Path:
    """Write schemas and return the path of `sample`."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.ksy").write_text(text)
    return folder / "sample.ksy"


def fields(schema: Schema) -> list[str]:
    """Names of what `part` holds."""
    return [field.id for field in schema.types["part"].sequence]


def test_a_schema_comes_back_as_it_was(tmp_path: Path) -> None:
    """The cached IR equals the built one."""
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    built = load(path)
    assert cache.fetch(path, TERMS) == built
    assert load(path, use_cache=False) == built


@pytest.mark.parametrize("changed", ["sample", "part"])
def test_a_changed_file_is_read_anew(tmp_path: Path, changed: str) -> None:
    """Also one that is only imported."""
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    load(path)
    file = path.with_name(f"{changed}.ksy")
    file.write_text(file.read_text() + "doc: changed\n")
    assert cache.fetch(path, TERMS) is None


def test_a_deleted_import_is_missed(tmp_path: Path) -> None:
    """What was made from it is of no use."""
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    load(path)
    path.with_name("part.ksy").unlink()
    assert cache.fetch(path, TERMS) is None


def test_a_file_that_takes_the_place_of_an_import_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import is looked for beside the schema first, then in the library."""
    library = tmp_path / "library"
    write(library, part=PART)
    monkeypatch.setattr("harness.schema.assembly.schemas_folder", lambda: library)
    path = write(tmp_path / "here", sample=TOP % "part")
    assert fields(load(path)) == ["a"]
    write(tmp_path / "here", part="meta: {id: part}\nseq: [{id: b, type: u1}]\n")
    assert fields(load(path)) == ["b"]


def test_a_damaged_entry_is_built_anew(tmp_path: Path) -> None:
    """Bytes that are no schema are no fault of the user."""
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    built = load(path)
    for entry in (tmp_path / "cache").rglob("*.ir"):
        entry.write_bytes(b"\xc1nonsense")
    assert load(path) == built


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    """Whoever can write there could change what a schema says."""
    folder = tmp_path / "cache" / "ir"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    load(path)
    assert list(folder.iterdir()) == []


def _entries(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "cache" / "ir").iterdir()}


def test_what_nobody_used_for_a_month_goes(tmp_path: Path) -> None:
    """Whenever something new is kept; what was used since stays."""
    old, used = (write(tmp_path / name, sample=TOP % "part", part=PART) for name in ("a", "b"))
    load(old)
    first = _entries(tmp_path)
    load(used)
    for name in _entries(tmp_path):
        os.utime(tmp_path / "cache" / "ir" / name, (0, 0))
    assert cache.fetch(used, TERMS) is not None
    load(write(tmp_path / "c", sample=TOP % "part", part=PART))
    assert len(_entries(tmp_path)) == 2
    assert not first & _entries(tmp_path)


def test_the_cache_is_of_a_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest unused goes first; one that is gone is made anew."""
    monkeypatch.setattr(cache, "_MOST_BYTES", 1)
    path = write(tmp_path / "here", sample=TOP % "part", part=PART)
    assert load(path) == load(path)
    assert _entries(tmp_path) == set()


def test_a_path_may_be_text(tmp_path: Path) -> None:
    """With the cache as without: the schema is the same as that of the path."""
    path = tmp_path / "one.ksy"
    path.write_text("meta: {id: one}\nseq: [{id: a, type: u1}]\n")
    assert load(str(path)) == load(path) == load(str(path), use_cache=False)

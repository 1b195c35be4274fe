"""Imports: where they are looked for, in which order, and where they may not lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.schema import Schema, SchemaError, cache, load
from harness.schema.lint import lint

TOP = "meta: {id: sample, imports: [%s]}\nseq: [{id: p, type: part}]\n"
PART = "meta: {id: part}\nseq: [{id: %s, type: u1}]\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Folders for the main schema and for two import paths."""
    made = tuple(tmp_path / name for name in ("own", "first", "second"))
    for folder in made:
        (folder / "common").mkdir(parents=True)
    return made[0], made[1], made[2]


def write(path: Path, text: str) -> Path:
    """Write a schema and return its path."""
    path.write_text(text)
    return path


def field(schema: Schema) -> str:
    """The name of what `part` holds, which tells the files apart."""
    return schema.types["part"].sequence[0].id


def refusal(path: Path, *import_paths: Path) -> str:
    """What is said of a schema that does not load."""
    with pytest.raises(SchemaError) as raised:
        load(path, use_cache=False, import_paths=import_paths)
    (found,) = (one for one in raised.value.findings if one.code == "Q908")
    return found.actual


def test_an_absolute_import_counts_from_an_import_path(folders: tuple[Path, Path, Path]) -> None:
    """And is not found without one."""
    own, first, _ = folders
    path = write(own / "sample.ksy", TOP % "/common/part")
    write(first / "common" / "part.ksy", PART % "first")
    assert field(load(path, use_cache=False, import_paths=[first])) == "first"
    assert refusal(path) == "there is no schema `/common/part` to import"


def test_a_relative_import_is_taken_from_its_own_folder_first(
    folders: tuple[Path, Path, Path],
) -> None:
    """An import path serves only what is not there."""
    own, first, _ = folders
    path = write(own / "sample.ksy", TOP % "part")
    write(first / "part.ksy", PART % "first")
    assert field(load(path, use_cache=False, import_paths=[first])) == "first"
    write(own / "part.ksy", PART % "own")
    assert field(load(path, use_cache=False, import_paths=[first])) == "own"


def test_the_first_import_path_wins(folders: tuple[Path, Path, Path]) -> None:
    """In the order given."""
    own, first, second = folders
    path = write(own / "sample.ksy", TOP % "/part")
    write(first / "part.ksy", PART % "first")
    write(second / "part.ksy", PART % "second")
    assert field(load(path, use_cache=False, import_paths=[second, first])) == "second"
    assert field(load(path, use_cache=False, import_paths=[first, second])) == "first"


def test_an_import_path_comes_before_the_library(folders: tuple[Path, Path, Path]) -> None:
    """A schema that happens to be called like one of ours is the one that is meant."""
    own, first, _ = folders
    path = write(own / "sample.ksy", "meta: {id: sample, imports: [/tzif]}\n")
    write(first / "tzif.ksy", "meta: {id: tzif}\nseq: [{id: mine, type: u1}]\n")
    found = load(path, use_cache=False, import_paths=[first])
    assert [one.id for one in found.types["tzif"].sequence] == ["mine"]


def test_a_relative_import_may_climb_inside_an_import_path(
    folders: tuple[Path, Path, Path],
) -> None:
    """`../` leads from one folder of a collection to another, and not out of it."""
    _, first, _ = folders
    (first / "image").mkdir()
    path = write(first / "image" / "sample.ksy", TOP % "../common/part")
    write(first / "common" / "part.ksy", PART % "first")
    assert field(load(path, use_cache=False, import_paths=[first])) == "first"
    assert "leaves the folders" in refusal(path)


@pytest.mark.parametrize("name", ["/../own/secret", "../own/secret", "/common/../../own/secret"])
def test_an_import_stays_in_its_folders(folders: tuple[Path, Path, Path], name: str) -> None:
    """However it is written."""
    own, first, second = folders
    write(own / "secret.ksy", PART % "secret")
    path = write(first / "sample.ksy", TOP % name)
    assert "leaves the folders" in refusal(path, second)


def test_a_link_does_not_lead_out_of_an_import_path(folders: tuple[Path, Path, Path]) -> None:
    """What it points to counts, not where it lies."""
    own, first, second = folders
    write(own / "secret.ksy", PART % "secret")
    (second / "part.ksy").symlink_to(own / "secret.ksy")
    path = write(first / "sample.ksy", TOP % "/part")
    assert "leaves the folders" in refusal(path, second)


def test_links_in_a_circle_are_no_schema(folders: tuple[Path, Path, Path]) -> None:
    """They are said not to be there."""
    own, first, _ = folders
    (first / "part.ksy").symlink_to(first / "other.ksy")
    (first / "other.ksy").symlink_to(first / "part.ksy")
    path = write(own / "sample.ksy", TOP % "/part")
    assert refusal(path, first) == "there is no schema `/part` to import"


def test_lint_takes_import_paths_too(folders: tuple[Path, Path, Path]) -> None:
    """What loads with them has no missing import."""
    own, first, _ = folders
    path = write(own / "sample.ksy", TOP % "/part")
    write(first / "part.ksy", PART % "first")
    assert "Q908" in [one.code for one in lint(path)]
    assert "Q908" not in [one.code for one in lint(path, [first])]


def test_the_cache_tells_import_paths_apart(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same schema means something else with other folders, or when one gets a file."""
    own, first, second = folders
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _name: str(own / "cache"))
    cache._folder.cache_clear()
    path = write(own / "sample.ksy", TOP % "/part")
    write(second / "part.ksy", PART % "second")
    assert field(load(path, import_paths=[first, second])) == "second"
    write(first / "part.ksy", PART % "first")
    assert field(load(path, import_paths=[second])) == "second"
    assert field(load(path, import_paths=[first])) == "first"
    assert field(load(path, import_paths=[first, second])) == "first"
    cache._folder.cache_clear()


def test_the_cache_tells_leniency_apart(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was loaded without our rules must not be taken for what has them."""
    own, _, _ = folders
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _name: str(own / "cache"))
    cache._folder.cache_clear()
    rule = "-invariants: [{id: any, check: true}]\n"
    path = write(own / "sample.ksy", "meta: {id: sample}\n" + rule)
    assert load(path, lenient=True).root.checks == ()
    assert len(load(path).root.checks) == 1
    assert load(path, lenient=True).lenient
    cache._folder.cache_clear()

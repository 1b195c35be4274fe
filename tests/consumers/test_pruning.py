"""The cache of built programs stays within bounds, and nothing that may be in use goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.native import cache, toolchain
from harness.native.pruning import IN_USE, Bounds, mark_used, prune

_NOW = 1_000_000.0
_BOUNDS = Bounds(unused_seconds=1000, size_bytes=100, spared_seconds=50, pause_seconds=10)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that nobody builds in."""
    return tmp_path


def _made(store: Path, name: str, age: float, size: int = 1) -> Path:
    """A file or, with `/` in its name, a folder with a program; unused for `age` seconds."""
    path = store / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))
    entry = store / Path(name).parts[0]
    os.utime(entry, (_NOW - age, _NOW - age))
    return entry


def _names(store: Path) -> set[str]:
    return {path.name for path in store.iterdir()} - {IN_USE, "pruned"}


def test_what_nobody_used_for_long_goes(store: Path) -> None:
    """Programs, objects, locks and what a killed build left; the rest stays."""
    for name in ("old/program", "old.o", "old.json", "old.lock", "tmp123/x.o"):
        _made(store, name, 1001)
    for name in ("new/program", "new.o", "new.lock"):
        _made(store, name, 999)
    prune(store, _NOW, _BOUNDS)
    assert _names(store) == {"new", "new.o", "new.lock"}


def test_beyond_the_size_the_longest_unused_goes_first(store: Path) -> None:
    """As much of it as needed, and nothing that was used lately."""
    _made(store, "a/program", 200, 60)
    _made(store, "b/program", 150, 60)
    _made(store, "c/program", 20, 30)
    prune(store, _NOW, _BOUNDS)
    assert _names(store) == {"b", "c"}
    _made(store, "d/program", 49, 500)
    prune(store, _NOW + 11, Bounds(size_bytes=100, spared_seconds=100, pause_seconds=10))
    assert _names(store) == {"c", "d"}


def test_what_is_used_again_counts_as_new(store: Path) -> None:
    """Use is what matters, not when it was built."""
    mark_used(_made(store, "old/program", 5000), store / "not-there")
    prune(store, _NOW, _BOUNDS)
    assert _names(store) == {"old"}


def test_nothing_goes_while_somebody_builds(store: Path) -> None:
    """A build may be about to use what looks unused."""
    _made(store, "old/program", 5000)
    with cache.locked(store / IN_USE, shared=True), cache.locked(store / IN_USE, shared=True):
        prune(store, _NOW, _BOUNDS)
        assert _names(store) == {"old"}
    prune(store, _NOW, _BOUNDS)
    assert _names(store) == set()


def test_it_is_not_looked_through_at_every_build(store: Path) -> None:
    """Only after a while."""
    prune(store, _NOW, _BOUNDS)
    _made(store, "old/program", 5000)
    prune(store, _NOW + 9, _BOUNDS)
    assert _names(store) == {"old"}
    prune(store, _NOW + 11, _BOUNDS)
    assert _names(store) == set()


def test_a_build_prunes_and_keeps_its_program(tmp_path: Path) -> None:
    """What was just built is there, what is old is not."""
    environment = {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(tmp_path / "cache")}
    source = tmp_path / "a.c"
    source.write_text("int main(void) { return 0; }\n")
    store = cache.folder(environment) / "built"
    store.mkdir()
    old = _made(store, "old/program", _NOW)
    job = toolchain.Job(sources=(source,), flags=())
    program = toolchain.build(toolchain.find(environment), job, environment)
    assert program.exists()
    assert not old.exists()

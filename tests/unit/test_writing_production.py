"""Producing: shares of the work that do not know of each other, boundaries, folders."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
from contextlib import closing
from importlib import import_module
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest

from corpora.build import CORPORA
from harness.reading import Reader, read
from harness.schema import load
from harness.schema.library import find
from harness.schema.whole import write_whole
from harness.validation.judging import judge_of
from harness.writing import workshop
from harness.writing.breaking.boundaries import Boundary, Bounder, boundaries_of
from harness.writing.breaking.breaker import Breaker
from harness.writing.breaking.patience import Patient
from harness.writing.choices import RandomChoices
from harness.writing.folder import Folder, FolderError, extension_of
from harness.writing.generate import Generator
from harness.writing.manifest import Manifest, Purpose, SchemaRecord
from harness.writing.orders import Order
from harness.writing.production import Batch, JudgeMaker, Maker
from harness.writing.workshop import batches

if TYPE_CHECKING:
    from tests.unit.bench import Bench

_LISTED = (
    "seq:\n  - {id: count, type: u2}\n  - {id: level, type: s1, valid: {min: -3, max: 90}}\n"
    "  - {id: items, type: u2, repeat: expr, repeat-expr: count}\n"
)

FORMATS = [corpus.format for corpus in CORPORA]
_MANY = 10_000
_PATIENCE_SECONDS = 60


@pytest.mark.parametrize("way", ["popen_fork", "popen_spawn_posix"])
def test_processes_that_cannot_be_begun_are_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Those that were begun before are ended, so that nobody waits for them."""
    kind = import_module(f"multiprocessing.{way}").Popen
    launch = kind._launch
    begun: list[object] = []

    def refuse(self: object, process: object) -> None:
        if begun:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        begun.append(process)
        launch(self, process)

    monkeypatch.setattr(kind, "_launch", refuse)
    start = multiprocessing.get_context("fork" if way == "popen_fork" else "spawn")
    monkeypatch.setattr(workshop, "_start_of_processes", lambda: start)
    with pytest.raises(ChildProcessError, match="fewer `--workers` need less"):
        made(Order(schema=bench.schema(_LISTED), count=200), 2)
    for process in multiprocessing.active_children():
        process.join(_PATIENCE_SECONDS)
    assert begun
    assert not multiprocessing.active_children()


def made(order: Order, workers: int) -> list[tuple[bytes, Purpose]]:
    """Return all that comes of an order."""
    terms = order.terms(order.made_companions())
    with batches(terms, order.jobs(terms), workers) as coming:
        return [one for batch in coming for one in batch.made]


@pytest.mark.parametrize(
    ("breaking", "boundaries"), [("", False), ("S101", False), ("", True)], ids=str
)
def test_processes_share_the_work_unseen(bench: Bench, breaking: str, boundaries: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """One process or two: the same contents in the same order."""
    schema = bench.schema(_LISTED)
    order = Order(schema=schema, count=45, breaking=breaking, boundaries=boundaries)
    alone = made(order, 1)
    assert alone == made(order, 2)
    assert len(alone) > 10


def test_a_job_does_not_depend_on_those_before(bench: Bench) -> None:
    """The last share alone is what it is after all others."""
    order = Order(schema=bench.schema(_LISTED), count=60)
    terms = order.terms({})
    jobs = order.jobs(terms)
    one, other = Maker(terms), Maker(terms)
    batch = Batch()
    for job in jobs:
        batch = one.batch(job)
    assert other.batch(jobs[-1]).made == batch.made


def test_boundaries_of_a_number_and_of_a_count(bench: Bench) -> None:
    """Ends of the width and around the least and the greatest allowed; a count is as large, too."""
    schema = bench.schema(_LISTED)
    found = boundaries_of(schema, Generator(schema).facts)
    levels = {one.value: one.code for one in found if one.field == "level"}
    assert {value for value, code in levels.items() if not code} == {
        -3, -2, -1, 0, 1, 63, 64, 89, 90,
    } - {63, 64}  # fmt: skip
    assert {value for value, code in levels.items() if code} == {
        -128, -127, -4, 91, 126, 127,
    }  # fmt: skip
    counts = {one.value for one in found if one.field == "count"}
    assert {0, 1, 2, 255, 256, 32767, 32768, 65534, 65535} <= counts


@pytest.mark.parametrize("value", [0, 1, 256, 1000, 4000])
def test_a_count_is_what_it_is_to_be(bench: Bench, value: int) -> None:
    """And the list has that many items."""
    schema = bench.schema(_LISTED)
    bounder = Bounder(Breaker(Generator(schema)))
    boundary = Boundary("sample", "count", value, "", is_measure=True)
    found = bounder.content(boundary, RandomChoices(Random(0)))
    assert found is not None
    data, reached = found
    assert (reached, len(data), int.from_bytes(data[:2], "little")) == (value, 3 + 2 * value, value)
    assert not read(schema, data, file="").findings


def test_a_length_that_a_rule_tells_is_what_it_is_to_be(bench: Bench) -> None:
    """It decides nothing of the layout, so the text is made that long beside it."""
    schema = bench.schema(
        "seq:\n  - {id: length, type: u2}\n  - {id: text, type: strz, encoding: ASCII}\n"
        "-invariants:\n  - {id: told, check: length == text.length}\n"
    )
    bounder = Bounder(Breaker(Generator(schema)))
    boundary = Boundary("sample", "length", 32_767)
    found = bounder.content(boundary, RandomChoices(Random(1)))
    assert found is not None
    assert found[0] == b"\xff\x7f" + found[0][2:-1] + b"\0"
    assert len(found[0]) == 2 + 32_767 + 1


def test_beyond_a_boundary_is_one_finding(bench: Bench) -> None:
    """One above the greatest value raises just that."""
    schema = bench.schema(_LISTED)
    bounder = Bounder(Breaker(Generator(schema)))
    found = bounder.content(Boundary("sample", "level", 91, "B201"), RandomChoices(Random(0)))
    assert found is not None
    assert [one.code for one in read(schema, found[0], file="").findings] == ["B201"]


def test_one_of_many_is_as_long_as_can_be(bench: Bench) -> None:
    """The others stay short: no content is grown in which every one of them is."""
    schema = bench.schema(
        "seq:\n  - {id: chunks, type: chunk, repeat: expr, repeat-expr: 8}\n"
        "types:\n  chunk:\n    seq:\n      - {id: size, type: u2}\n"
        "      - {id: data, type: data, size: size}\n"
        "  data:\n    seq: [{id: samples, type: u1, repeat: eos}]\n"
    )
    boundary = Boundary("sample::chunk", "size", 65_535, is_measure=True)
    found = Bounder(Breaker(Generator(schema))).content(boundary, RandomChoices(Random(0)))
    assert found is not None
    assert 65_535 < len(found[0]) < 2 * 65_535
    assert not read(schema, found[0], file="").findings


def test_patience_ends(bench: Bench) -> None:
    """After so many items no more are grown, in whatever content."""
    schema = bench.schema("seq:\n  - {id: items, type: u1, repeat: expr, repeat-expr: 8}\n")
    patient = Patient(RandomChoices(Random(0)), 20)
    made = [Generator(schema).attempt(patient) for _ in range(4)]
    assert [data is not None for data in made] == [True, True, False, False]


def test_beyond_the_most_items_is_one_finding(bench: Bench) -> None:
    """Where a field counts items, there is one more of them."""
    schema = bench.schema(
        "seq:\n  - {id: count, type: u1, valid: {max: 5}}\n"
        "  - {id: items, type: u1, repeat: expr, repeat-expr: count}\n"
    )
    boundary = Boundary("sample", "count", 6, "B201", is_measure=True)
    found = Bounder(Breaker(Generator(schema))).content(boundary, RandomChoices(Random(0)))
    assert found is not None
    assert (found[0][0], len(found[0])) == (6, 7)
    assert [one.code for one in read(schema, found[0], file="").findings] == ["B201"]


@pytest.mark.parametrize("process", ["zlib", "xor(0x55)", "rol(3)"])
@pytest.mark.parametrize(("value", "code"), [(9, ""), (10, "B201")])
def test_what_was_unpacked_has_boundaries_too(
    bench: Bench, process: str, value: int, code: str
) -> None:
    """In a region that is compressed, mixed with a key, or rotated."""
    schema = bench.schema(
        f"seq:\n  - {{id: size, type: u2}}\n"
        f"  - {{id: region, size: size, process: {process}, type: inner}}\n"
        "types:\n  inner:\n    seq:\n      - {id: one, type: u2}\n"
        "      - {id: two, type: u2, valid: {max: 9}}\n"
    )
    bounder = Bounder(Breaker(Generator(schema)))
    found = bounder.content(Boundary("sample::inner", "two", value, code), RandomChoices(Random(0)))
    assert found is not None
    assert found[1] == value
    assert [one.code for one in read(schema, found[0], file="").findings] == [code] * bool(code)


def test_some_bits_of_a_byte_have_boundaries_too(bench: Bench) -> None:
    """One below the least value raises just that, also where the field shares its byte."""
    schema = bench.schema(
        "seq:\n  - {id: low, type: b3}\n  - {id: level, type: b12, valid: {min: 10}}\n"
        "  - {id: rest, type: b1}\n"
    )
    bounder = Bounder(Breaker(Generator(schema)))
    found = bounder.content(Boundary("sample", "level", 9, "B201"), RandomChoices(Random(0)))
    assert found is not None
    assert [one.code for one in read(schema, found[0], file="").findings] == ["B201"]


@pytest.mark.parametrize(
    ("extensions", "taken"),
    [
        (("tdef",), "tdef"),
        ((), "bin"),
        (("../../evil", "mime.cache"), "mime.cache"),
        (("a/b", "", "x" * 99), "bin"),
    ],
)
def test_extensions_that_are_none_are_passed_over(extensions: tuple[str, ...], taken: str) -> None:
    """A schema must not decide where files go."""
    assert extension_of(extensions) == taken


def _fill(path: Path) -> None:
    """Make a folder of one file."""
    with closing(Folder(path, ("box",), 2)) as folder:
        folder.prepare()
        folder.add(b"one", Purpose("valid"))
        folder.finish(Manifest(schema=SchemaRecord("box", ""), seed=1))


def test_a_folder_knows_what_it_made(tmp_path: Path) -> None:
    """Its own files go, and a file that was changed keeps everything in its place."""
    _fill(tmp_path)
    with closing(Folder(tmp_path, ("box",), 2)) as folder:
        folder.prepare()
    assert list(tmp_path.iterdir()) == []
    _fill(tmp_path)
    (tmp_path / "0001.box").write_bytes(b"two")
    changed = Folder(tmp_path, ("box",), 2)
    with closing(changed), pytest.raises(FolderError, match="was changed after"):
        changed.prepare()
    assert (tmp_path / "0001.box").read_bytes() == b"two"


def test_what_does_not_fit_on_the_disk_is_not_there_in_part(tmp_path: Path) -> None:
    """Neither a file nor the manifest, and the error names it; what there was stays."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    (tmp_path / "manifest.json").write_bytes(b"before")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))
        with pytest.raises(OSError, match="File too large") as raised:
            write_whole(tmp_path / "manifest.json", b"afterwards")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert raised.value.filename == str(tmp_path / "manifest.json")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


@pytest.mark.parametrize("name", FORMATS)
def test_contents_of_known_formats_are_valid(name: str) -> None:
    """A few of each format; the deep tests make many."""
    assert _findings(name, 6) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", FORMATS)
def test_very_many_contents_are_valid(name: str) -> None:
    """As the command makes them, and by a reader that knows nothing of how they came about."""
    assert _findings(name, _MANY, judge_of) == []


def _findings(name: str, count: int, judge: JudgeMaker | None = None) -> list[str]:
    """Return the codes of what is found in so many contents, and why others are missing."""
    order = Order(schema=load(find(name)), count=count)
    companions = order.made_companions()
    terms = msgspec.structs.replace(order.terms(companions), judge=judge)
    reader = Reader(order.schema)
    read_with = {key: read(one.schema, one.data, file=key) for key, one in companions.items()}
    found: list[str] = []
    with batches(terms, order.jobs(terms), 2 if count > 100 else 1) as coming:
        for batch in coming:
            found += [one.reason for one in batch.not_made]
            for data, _ in batch.made:
                reading = reader.read(data, file="", companions=read_with)
                found += [finding.code for finding in reading.findings]
    return found

"""Content that nests deep is judged as far as the stack is sure to hold, and refused beyond."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from harness.coverage.matrices import model
from harness.native import compiler, memory, service
from harness.native.cells import CellTable
from harness.native.engine import Engine
from harness.native.export import exported
from harness.native.libraries import Library
from harness.native.spans import SpanTable
from harness.reading import Reader
from harness.schema import Schema, load
from tests.native.agreement import compiled

# nodes in nodes; each also has an instance, which is read on the way back, and a check
SCHEMA: Final = """meta: {id: tree, endian: le}
-limits: {depth: 9000}
seq: [{id: top, type: node}]
types:
  node:
    seq: [{id: kind, type: u1}, {id: below, type: node, if: kind == 1}]
    instances:
      least: {value: 'kind == 1 ? below.kind : kind'}
    -invariants: [{id: least, check: least <= kind}]
"""
DEPTH: Final = 2000
DEEP: Final = b"\1" * (DEPTH - 2) + b"\0"
REFUSAL: Final = "it nests deeper than the stack is sure to hold"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """Nodes in nodes."""
    path = tmp_path_factory.mktemp("schema") / "tree.ksy"
    path.write_text(SCHEMA)
    return load(path)


@pytest.fixture(scope="module")
def library(tree: Schema, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """It, compiled."""
    folder = tmp_path_factory.mktemp("library")
    compiled(tree, folder)
    return Library(folder / "tree.so", folder / "tree.json")


def test_as_much_of_the_stack_is_taken_as_there_is(
    tree: Schema, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many levels that are; the reading, the walks after it and the tables all ask."""
    wanted = Reader(tree).read(DEEP, file="content", max_findings=10)
    assert wanted.is_complete
    told = []
    for kilobytes in range(0, 2048, 32):
        monkeypatch.setattr(memory, "stack_bytes", lambda size=kilobytes << 10: size)
        engine, spans, cells = Engine(library), SpanTable(), CellTable(model(tree))
        plain = engine.check(DEEP, "content", 10)
        full = engine.check(DEEP, "content", 10, spans=spans, cells=cells)
        told.append((plain.refusal, full.refusal))
        assert plain.refusal or plain.findings == wanted.findings
        assert full.refusal or len(spans) > 2 * DEPTH
    assert told == sorted(told, reverse=True)
    assert set(told) == {(REFUSAL, REFUSAL), ("", REFUSAL), ("", "")}


def test_wide_structures_leave_room_for_fewer(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compiled without optimising takes some of the stack for each field."""
    head, below = SCHEMA[: SCHEMA.index("    seq: [{id: kind")], "      - {id: below, type: node"
    fields = "".join(
        f"      - {{id: f{number}, type: u2, if: kind == 7}}\n" for number in range(200)
    )
    path = tmp_path / "tree.ksy"
    path.write_text(
        f"{head}    seq:\n      - {{id: kind, type: u1}}\n{below}, if: kind == 1}}\n{fields}"
    )
    monkeypatch.setattr(compiler, "_OPTIMISED_BYTES", 1)
    monkeypatch.setattr(memory, "stack_bytes", lambda: 512 << 10)
    environment = {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(tmp_path / "cache")}
    engines = (Engine(library), service.made(load(path), (), environment))
    told = [engine.check(DEEP[-500:], "content", 10).refusal for engine in engines]
    assert told == ["", REFUSAL]


def test_an_exported_check_keeps_to_the_stack_it_names(tree: Schema, tmp_path: Path) -> None:
    """On a stack of 320 KiB it ends, and judges what its caller gives more for."""
    for name, text in exported(tree).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "content").write_bytes(DEEP)
    refused = (2, f"{tmp_path / 'content'}: it nests too deep\n")
    assert checked(tmp_path, "-O0", "-DTREE_STACK_BYTES=262144") == refused
    assert checked(tmp_path, "-O0", "-DTREE_STACK_BYTES=0") == refused
    assert checked(tmp_path, "-O0", "-DTREE_STACK_BYTES=4194304", stack=8192) == (0, "")


def checked(folder: Path, *flags: str, stack: int = 320) -> tuple[int, str]:
    """What the example says of the content: its exit code and what it complains of."""
    words = ["cc", "-std=c99", *flags, "-o", "example", "tree.c", "example.c"]
    subprocess.run(words, cwd=folder, check=True)
    line = f'ulimit -s {stack}; exec ./example "$0"'
    done = subprocess.run(
        ["/bin/sh", "-c", line, folder / "content"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_content_as_deep_as_schemas_allow_is_judged(tree: Schema, library: Library) -> None:
    """With the stack that this process has."""
    data = b"\1" * 8900 + b"\0"
    found = Engine(library).check(data, "content", 10)
    assert not found.refusal
    assert found.findings == Reader(tree).read(data, file="content", max_findings=10).findings

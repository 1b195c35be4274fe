"""An exported check builds everywhere, needs nothing, and says what `harness validate` says."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from corpora.build import CORPORA, FOLDER
from harness.cli.main import run as run_command_line
from harness.native.compile.scratch import scratch_of
from harness.native.export import exported
from harness.reading import Reader
from harness.reading.reader import Reading
from harness.schema import load
from harness.schema.library import find
from tools.engines.contents import readings_of
from tools.engines.subjects import subject_of

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror")
COMPILERS = [one for one in ("gcc", "clang", "clang-14") if shutil.which(one)] or ["cc"]
QUICK = ("channel_file", "tzif")
FORMATS = [
    pytest.param(corpus.format, marks=() if corpus.format in QUICK else pytest.mark.deep)
    for corpus in CORPORA
]
# of the C library, and what linkers and compilers add by themselves
ALLOWED = {"memcmp", "memcpy", "memset", "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"}

NOT_CHECKED = 2  # as exit code of the example

Export = Callable[[str], Path]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Export a schema into a folder of its own, once."""
    folder = tmp_path_factory.mktemp("exported")

    def export(name: str) -> Path:
        target = folder / name
        if not target.exists():
            target.mkdir()
            for file, text in exported(load(find(name))).items():
                (target / file).write_text(text)
        return target

    return export


def build(folder: Path, compiler: str, *words: str) -> None:
    """Run a compiler that may not warn."""
    done = subprocess.run(
        [compiler, *STRICT, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", FORMATS)
def test_it_builds_without_a_warning(export: Export, name: str, compiler: str) -> None:
    """Source and example, with every compiler that is here."""
    build(export(name), compiler, "-o", f"example.{compiler}", f"{name}.c", "example.c")


@pytest.mark.deep
@pytest.mark.parametrize("level", ["-O1", "-O2", "-O3", "-Os"])
@pytest.mark.parametrize("name", FORMATS)
def test_no_optimiser_has_a_warning(export: Export, name: str, level: str) -> None:
    """They see more of the paths through it, and less of what keeps some from being taken."""
    build(export(name), "cc", level, "-c", f"{name}.c")


@pytest.mark.parametrize("name", FORMATS)
def test_the_example_says_what_the_reader_says(export: Export, name: str) -> None:
    """Of every file of the corpus: may it be loaded, and which codes are found where.

    What is not checked, since it needs more scratch than a content should, is none to be loaded.
    """
    folder, subject = export(name), subject_of(name)
    build(folder, "cc", "-O1", "-o", "example", f"{name}.c", "example.c")
    companions = [FOLDER / path for _, path in subject.corpus.companions]
    reader, readings = Reader(subject.schema), readings_of(subject)
    for sample in (*subject.corpus.valid, *subject.corpus.invalid):
        content = folder / "content"
        content.write_bytes(sample.data)
        done = subprocess.run(
            [folder / "example", content, *companions], capture_output=True, text=True, check=False
        )
        reading = reader.read(sample.data, file="content", companions=readings, max_findings=100)
        has_error = any(one.severity.rank == 0 for one in reading.findings)
        if done.returncode == NOT_CHECKED:
            assert has_error, sample.name
            assert done.stderr.endswith(": the scratch is too small\n"), sample.name
            continue
        assert sorted(done.stdout.splitlines()) == sorted(_lines(reading))
        assert done.returncode == int(has_error), sample.name


def _lines(reading: Reading) -> list[str]:
    return [
        f"{one.severity} {one.code}{' ' * bool(one.rule)}{one.rule}: "
        f"`{one.path.removeprefix('definitions:')}`, "
        f"bytes 0x{one.span.start:x}..0x{one.span.end:x}"
        for one in reading.findings
        if one.span is not None
    ]


def test_only_what_was_exported_before_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the user's own stays, and none is written beside it."""
    line = ["schema", "export", "c", "template_definitions", "-o", str(tmp_path / "guard")]
    assert run_command_line(line) == 0
    assert run_command_line(line) == 0
    own = tmp_path / "guard" / "example.c"
    own.write_text("int main(void) { return 0; }\n")
    (tmp_path / "guard" / "usage.md").unlink()
    assert run_command_line(line) == 2
    assert "was not made by this command" in capsys.readouterr().err
    assert own.read_text().startswith("int main")
    assert not (tmp_path / "guard" / "usage.md").exists()


@pytest.mark.parametrize("flag", ["-ffreestanding", "-fno-builtin-bcmp"])
def test_it_calls_nothing_but_three_functions(export: Export, flag: str) -> None:
    """So it can be built into a program that has no C library; its page names the flags."""
    folder = export("tzif")
    assert flag in (folder / "usage.md").read_text()
    build(folder, COMPILERS[-1], "-O1", flag, "-c", "tzif.c")
    listed = subprocess.run(
        ["nm", "-u", "tzif.o"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert {line.split()[-1] for line in listed.stdout.splitlines()} <= ALLOWED


def test_what_cannot_be_checked_is_not_accepted(export: Export) -> None:
    """Too little scratch is no reason to load."""
    library = loaded(export("tzif"), "tzif")
    library.tzif_scratch_size.restype = ctypes.c_size_t
    data = subject_of("tzif").corpus.valid[0].data
    enough = library.tzif_scratch_size(ctypes.c_size_t(len(data)), ctypes.c_size_t(0))
    scratch = ctypes.create_string_buffer(enough)
    accepted = [
        library.tzif_accepts(scratch, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
        for size in (0, 100, 1000, enough)
    ]
    assert accepted == [0, 0, 0, 1]


def test_no_scratch_at_all_is_too_little(export: Export) -> None:
    """Whatever size is said of it."""
    library, data = loaded(export("tzif"), "tzif"), subject_of("tzif").corpus.valid[0].data
    assert library.tzif_open(None, ctypes.c_size_t(1 << 20)) is None
    size = ctypes.c_size_t(len(data))
    assert library.tzif_accepts(None, ctypes.c_size_t(1 << 20), data, size) == 0


def loaded(folder: Path, name: str) -> ctypes.CDLL:
    """The check as a library, built once."""
    if not (folder / f"{name}.so").exists():
        build(folder, "cc", "-O1", "-shared", "-fPIC", "-o", f"{name}.so", f"{name}.c")
    library = ctypes.CDLL(str(folder / f"{name}.so"))
    getattr(library, f"{name}_open").restype = ctypes.c_void_p
    return library


DONE, NO_COMPANION, BAD_COMPANION = 0, 5, 6
DEFINITIONS = subject_of("channel_file").companions["definitions"]
DAMAGED = {
    "empty": b"",
    "cut": DEFINITIONS[:20],
    "cut by a byte": DEFINITIONS[:-1],
    "with a byte too many": DEFINITIONS + b"\0",
    "of another format": b"\x7fELF" + DEFINITIONS[4:],
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_nothing_is_accepted_beside_a_damaged_companion(export: Export, damaged: bytes) -> None:
    """The same content is beside a whole one."""
    library = loaded(export("channel_file"), "channel_file")
    data = subject_of("channel_file").corpus.valid[0].data
    scratch, size = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t
    accepted = [
        library.channel_file_accepts(
            scratch, size(len(scratch)), data, size(len(data)), one, size(len(one))
        )
        for one in (damaged, DEFINITIONS)
    ]
    assert accepted == [0, 1]


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_companion_is_not_kept(export: Export, damaged: bytes) -> None:
    """Who overlooks the refusal cannot check anything; a whole one may follow."""
    library, size = loaded(export("channel_file"), "channel_file"), ctypes.c_size_t
    scratch = ctypes.create_string_buffer(1 << 20)
    context = ctypes.c_void_p(library.channel_file_open(scratch, size(len(scratch))))
    data, result = subject_of("channel_file").corpus.valid[0].data, (ctypes.c_uint64 * 8)()
    told = []
    for one in (damaged, DEFINITIONS):
        told.append(library.channel_file_give_definitions(context, one, size(len(one))))
        told.append(library.channel_file_check(context, data, size(len(data)), result))
    assert told == [BAD_COMPANION, NO_COMPANION, DONE, DONE]


def test_the_example_says_that_a_companion_was_refused(export: Export, tmp_path: Path) -> None:
    """And does not call the content good or bad."""
    folder = export("channel_file")
    build(folder, "cc", "-O1", "-o", "example", "channel_file.c", "example.c")
    for number, sample in enumerate(subject_of("channel_file").corpus.invalid):
        (tmp_path / f"{number}").write_bytes(sample.data)
        (tmp_path / "damaged").write_bytes(DEFINITIONS[:20])
        code, error = example(folder, tmp_path / f"{number}", tmp_path / "damaged")
        assert (code, error) == (2, f"{tmp_path / 'damaged'}: not valid itself\n")


def example(folder: Path, *files: Path, before: str = "") -> tuple[int, str]:
    """Run the example: its exit code and what it complains of."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'{before} exec "$@"', "sh", folder / "example", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_the_example_says_that_memory_is_short(export: Export, tmp_path: Path) -> None:
    """With how much it wanted: 96 bytes for each byte, and 64 KiB."""
    folder, large = export("dtb"), tmp_path / "large"
    build(folder, "cc", "-O1", "-o", "example", "dtb.c", "example.c")
    with large.open("wb") as file:
        file.truncate(30_000_000)
    told = example(folder, large, before="ulimit -v 1000000;")
    assert told == (2, f"no memory: {30_000_000 * 96 + 65536} bytes of scratch\n")


def test_the_page_on_its_use_speaks_of_what_there_is(export: Export) -> None:
    """Companions where the format has some, and how much scratch it takes everywhere."""
    pages = [(export(name) / "usage.md").read_text() for name in ("tzif", "channel_file")]
    assert ["companion" in page for page in pages] == [False, True]
    assert ["96 bytes" in page for page in pages] == [False, True]  # names of bytes, each a node


# as many valid items as `n` says, of next to no bytes each
SMALL: Final = {
    "bits": (
        """seq: [{id: n, type: u4}, {id: xs, type: b1, repeat: expr, repeat-expr: n * 8}]""",
        False,
    ),
    "structures": (
        """seq: [{id: n, type: u4}, {id: xs, type: x, repeat: expr, repeat-expr: n}]
types:
  x:
    seq: [{id: a, type: b1}, {id: b, type: b2}, {id: c, type: b5}]
    instances: {sum: {value: b + c}, both: {value: a and b > 0}}
    -invariants: [{id: q, check: sum >= 0}]
""",
        False,
    ),
    "structures that vary": (
        """seq:
  - {id: n, type: u4}
  - id: xs
    type: "x(_index, n, _index == 0 ? 0 : xs[_index - 1].end)"
    repeat: expr
    repeat-expr: n
types:
  x:
    params: [{id: i, type: u4}, {id: m, type: u4}, {id: before, type: u8}]
    seq: [{id: len, type: u1}, {id: s, size: len}]
    instances: {end: {value: before + len}}
    -invariants: [{id: q, check: end >= before}]
""",
        True,
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_scratch_is_enough_as_far_as_it_is_said_to_be(name: str, tmp_path: Path) -> None:
    """For small items of a fixed size always; for others the most that is told of is enough."""
    text, takes_more = SMALL[name]
    (tmp_path / "small.ksy").write_text(f"meta: {{id: small, endian: le, bit-endian: be}}\n{text}")
    schema = load(tmp_path / "small.ksy")
    for file, content in exported(schema).items():
        (tmp_path / file).write_text(content)
    library, size = loaded(tmp_path, "small"), ctypes.c_size_t
    library.small_scratch_size.restype = ctypes.c_size_t
    data = (20_000).to_bytes(4, "little") + bytes(20_000)
    usual = library.small_scratch_size(size(len(data)), size(0))
    most = scratch_of(schema).most * len(data) + 65536
    accepted = []
    for room in (usual, most):
        scratch = ctypes.create_string_buffer(room)
        accepted.append(library.small_accepts(scratch, size(room), data, size(len(data))))
    assert accepted == [int(not takes_more), 1]
    assert f"about {scratch_of(schema).most} bytes" in (tmp_path / "usage.md").read_text()


def test_a_switch_may_have_no_cases(tmp_path: Path) -> None:
    """There is nothing to measure in its items but what they stand in."""
    schema = tmp_path / "small.ksy"
    items = "{id: xs, size: 1, type: {switch-on: n, cases: {}}, repeat: eos}"
    schema.write_text(f"meta: {{id: small}}\nseq: [{{id: n, type: u1}}, {items}]\n")
    assert "small.c" in exported(load(schema))


def test_the_command_writes_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says which."""
    arguments = ["schema", "export", "c", "tzif", "--output", str(tmp_path / "guard")]
    assert run_command_line(arguments) == 0
    names = {"tzif.h", "tzif.c", "example.c", "usage.md"}
    assert {path.name for path in (tmp_path / "guard").iterdir()} == names
    assert {Path(line).name for line in capsys.readouterr().out.splitlines()} == names


@pytest.mark.parametrize("name", ["example", "validator", "usage", "hv_box"])
def test_a_schema_may_be_called_as_the_files_are(name: str, tmp_path: Path) -> None:
    """None of them takes the place of another."""
    schema = tmp_path / f"{name}.ksy"
    schema.write_text(f"meta: {{id: {name}}}\nseq:\n  - {{id: x, type: u1, valid: 5}}\n")
    folder = tmp_path / "guard"
    assert run_command_line(["schema", "export", "c", str(schema), "--output", str(folder)]) == 0
    sources = {path.name for path in folder.glob("*.c")}
    assert len(sources) == 2
    build(folder, "cc", "-o", "program", *sources)
    for data, accepted in ((b"\5", 0), (b"\6", 1)):
        (tmp_path / "content").write_bytes(data)
        done = subprocess.run([folder / "program", tmp_path / "content"], check=False)
        assert done.returncode == accepted


def test_what_does_not_compile_is_refused(tmp_path: Path) -> None:
    """With the construct and its place, and nothing is written."""
    schema = tmp_path / "packed.ksy"
    schema.write_text("meta: {id: packed}\nseq:\n  - {id: x, size-eos: true, process: zlib}\n")
    arguments = ["schema", "export", "c", str(schema), "--output", str(tmp_path / "guard")]
    assert run_command_line(arguments) == 2
    assert not (tmp_path / "guard").exists()

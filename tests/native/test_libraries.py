"""Compiled schemas are built once, found without a compiler, and asked about many contents."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from harness.findings.model import Place, Span
from harness.native import compiler, service, toolchain
from harness.native import libraries as libraries_module
from harness.native.engine import Engine
from harness.native.libraries import Libraries
from harness.schema import Schema, load
from harness.schema.overlay import Overlay, OverlayRule
from harness.schema.resources import package_folder, runtime_folder
from tests.native import stand_in

BOX = "meta: {id: box, endian: le}\nseq:\n  - {id: size, type: u1}\n"


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """One whose cache folder does not exist yet."""
    return {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def box(tmp_path: Path) -> Schema:
    """A schema."""
    path = tmp_path / "box.ksy"
    path.write_text(BOX)
    return load(path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine that takes no companions."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "box.ksy").write_text(BOX)
    environment = {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(folder / "cache")}
    return engine(environment, load(folder / "box.ksy"))


def libraries(environment: Mapping[str, str]) -> Libraries:
    """Those of the stand-in."""
    return Libraries(environment, stand_in.generate)


def engine(environment: Mapping[str, str], schema: Schema) -> Engine:
    """The engine of the stand-in."""
    there = libraries(environment)
    there.build(schema, ())
    with there.found(schema, ()) as library:
        assert library is not None
        return Engine(library)


def path_of(environment: Mapping[str, str], schema: Schema, *overlays: Overlay) -> Path | None:
    """Where the library is; None where it is not built."""
    with libraries(environment).found(schema, overlays) as library:
        return library.path if library is not None else None


def test_a_library_is_there_once_it_is_built(environment: Mapping[str, str], box: Schema) -> None:
    """And building it once more leaves it as it is."""
    assert path_of(environment, box) is None
    libraries(environment).build(box, ())
    first = path_of(environment, box)
    assert first is not None
    before = first.stat().st_mtime_ns
    libraries(environment).build(box, ())
    assert path_of(environment, box) == first
    assert first.stat().st_mtime_ns == before


def test_another_schema_overlay_or_compiler_is_another_library(
    environment: Mapping[str, str], box: Schema, tmp_path: Path
) -> None:
    """What was built for one is not there for the other."""
    libraries(environment).build(box, ())
    (tmp_path / "box.ksy").write_text(BOX + "doc: another\n")
    rule = OverlayRule(id="r", at="box", check="size > 0", place=Place("r.toml", 1))
    assert path_of(environment, load(tmp_path / "box.ksy")) is None
    assert path_of(environment, box, Overlay(name="reader", rules=(rule,))) is None
    assert path_of({**environment, "CC": "gcc -g"}, box) is None
    assert path_of(environment, box) is not None


def test_whatever_decides_what_is_compiled_counts() -> None:
    """A library is not taken for another once any module has changed that compiles schemas."""
    folder = package_folder() / "native" / "compile"
    modules = [*folder.rglob("*.py"), *(runtime_folder() / "engine").glob("*.c")]
    assert len(modules) > 60
    stamp = libraries_module._stamp()
    assert [path for path in modules if str(path) not in stamp] == []


def test_a_cache_that_is_only_read_is_used(
    environment: Mapping[str, str], box: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an image: what is compiled there is found, and asking for it again is no error."""
    libraries(environment).build(box, ())
    path, opened = path_of(environment, box), os.open

    def only_read(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", only_read)
    monkeypatch.setattr(os, "access", lambda *_: False)
    libraries(environment).build(box, ())
    assert path_of(environment, box) == path


@pytest.mark.parametrize("kept", [0, 100, 5000])
@pytest.mark.parametrize("suffix", [".so", ".json", ".seal"])
def test_what_is_damaged_is_built_again(
    environment: Mapping[str, str], box: Schema, suffix: str, kept: int
) -> None:
    """It is never loaded: a library that ends early would end the process."""
    libraries(environment).build(box, ())
    path = path_of(environment, box)
    assert path is not None
    (damaged,) = path.parent.glob(f"*{suffix}")
    damaged.write_bytes(damaged.read_bytes()[:kept] + b"x")
    assert path_of(environment, box) is None
    assert engine(environment, box).check(b"\0", "a.box", 10).findings == ()


def test_another_library_in_its_place_is_built_again(
    environment: Mapping[str, str], box: Schema, tmp_path: Path
) -> None:
    """It has none of our functions."""
    libraries(environment).build(box, ())
    path = path_of(environment, box)
    assert path is not None
    source = tmp_path / "other.c"
    source.write_text("int other(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, source], check=True)
    assert engine(environment, box).check(b"\0", "a.box", 10).findings == ()


def test_a_library_without_our_functions_is_an_error(
    environment: Mapping[str, str], box: Schema
) -> None:
    """Whatever a compiler makes."""
    odd = Libraries(environment, lambda _schema, _overlays: ("int odd;\n", stand_in.LEGEND))
    odd.build(box, ())
    with odd.found(box, ()) as library:
        assert library is not None
        with pytest.raises(OSError, match="no compiled schema"):
            Engine(library)


def test_a_built_library_needs_no_compiler(environment: Mapping[str, str], box: Schema) -> None:
    """Where there is none now, any that was built is as good."""
    libraries(environment).build(box, ())
    assert path_of({**environment, "PATH": "/nowhere"}, box) is not None


def test_without_a_compiler_nothing_is_built(
    environment: Mapping[str, str], box: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names what is looked for; no other takes the place of the one that is named."""
    monkeypatch.setattr("harness.native.compiler.find_spec", lambda _name: None)
    with pytest.raises(toolchain.ToolMissingError, match="`cc`, `gcc` or `clang`"):
        libraries({**environment, "PATH": "/nowhere"}).build(box, ())
    with pytest.raises(toolchain.ToolMissingError, match="no-such-compiler"):
        libraries({**environment, "CC": "no-such-compiler"}).build(box, ())


def test_zig_takes_the_place_of_a_missing_compiler(
    environment: Mapping[str, str],
    box: Schema,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It is started as a module of Python; here another program plays that."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$1 $2 $3" = "-m ziglang cc" ] || exit 1\nshift 3\n'
        f'PATH="{os.environ["PATH"]}" exec cc "$@"\n'
    )
    python.chmod(0o700)
    found = ModuleSpec("ziglang", None, origin=str(python))
    monkeypatch.setattr("harness.native.compiler.find_spec", lambda _name: found)
    monkeypatch.setattr("harness.native.compiler.PYTHON", (str(python),))
    bare = {**environment, "PATH": "/nowhere"}
    libraries(bare).build(box, ())
    assert path_of(bare, box) is not None


def test_source_that_does_not_compile_is_an_error(
    environment: Mapping[str, str], box: Schema
) -> None:
    """With what the compiler says."""
    broken = Libraries(environment, lambda _schema, _overlays: ("int f(", stand_in.LEGEND))
    with pytest.raises(toolchain.BuildError) as caught:
        broken.build(box, ())
    assert "error" in caught.value.output
    assert path_of(environment, box) is None


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 3", "exit code 3"), ("kill -9 $$", "exit code -9"), ("exit 0", "leaves no library")],
)
def test_a_compiler_that_says_nothing_is_an_error(
    environment: Mapping[str, str], box: Schema, tmp_path: Path, script: str, said: str
) -> None:
    """It tells how the compiler ended, or what is missing."""
    odd = tmp_path / "odd-compiler"
    odd.write_text(f"#!/bin/sh\n{script}\n")
    odd.chmod(0o700)
    with pytest.raises(toolchain.BuildError) as caught:
        libraries({**environment, "CC": str(odd)}).build(box, ())
    assert said in f"{caught.value}: {caught.value.output}"


def test_source_beyond_all_measure_is_not_compiled(
    environment: Mapping[str, str], box: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile schema must keep nobody waiting; below that it is compiled without optimising."""
    monkeypatch.setattr("harness.native.compiler._OPTIMISED_BYTES", 1)
    libraries(environment).build(box, ())
    monkeypatch.setattr("harness.native.compiler.MOST_BYTES", 1)
    with pytest.raises(toolchain.BuildError, match="too large"):
        libraries({**environment, "CC": "gcc -g"}).build(box, ())


@pytest.mark.parametrize("suffix", [".so", ".seal", ".json"])
def test_a_folder_in_place_of_a_file_is_damage(
    suffix: str, environment: Mapping[str, str], box: Schema
) -> None:
    """It is built again, whatever lies in the folder."""
    libraries(environment).build(box, ())
    built = path_of(environment, box)
    assert built is not None
    (path,) = built.parent.glob(f"*{suffix}")
    path.unlink()
    (path / "within").mkdir(parents=True)
    assert path_of(environment, box) is None
    libraries(environment).build(box, ())
    assert path_of(environment, box) == built


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_in_place_of_the_folder_is_damage(
    kind: str, environment: Mapping[str, str], box: Schema, tmp_path: Path
) -> None:
    """A file, or a link that leads nowhere, makes room for what is built."""
    libraries(environment).build(box, ())
    built = path_of(environment, box)
    assert built is not None
    shutil.rmtree(built.parent)
    if kind == "file":
        built.parent.touch()
    else:
        built.parent.symlink_to(tmp_path / "nowhere")
    assert path_of(environment, box) is None
    libraries(environment).build(box, ())
    assert path_of(environment, box) == built


def test_what_the_system_says_of_the_cache_has_no_number(
    environment: Mapping[str, str], box: Schema
) -> None:
    """A file is where a folder should be."""
    cache = Path(environment["HARNESS_CACHE"])
    cache.mkdir(mode=0o700)
    (cache / "built").write_text("")
    with pytest.raises(service.AbsentError) as caught:
        service.made(box, (), environment)
    assert str(caught.value) == f"`{cache / 'built'}`: File exists"


def test_a_compiler_that_takes_too_long_is_ended(
    environment: Mapping[str, str], box: Schema, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source that is small can take long too."""
    monkeypatch.setattr("harness.native.compiler._MOST_SECONDS", 1)
    slow = tmp_path / "slow-compiler"
    slow.write_text("#!/bin/sh\nwhile :; do :; done\n")
    slow.chmod(0o700)
    with pytest.raises(toolchain.BuildError, match="does not compile"):
        libraries({**environment, "CC": str(slow)}).build(box, ())


@pytest.mark.parametrize("tool", [one for one in ("gcc", "clang-14") if shutil.which(one)])
def test_functions_that_take_much_of_the_stack_are_not_loaded(
    tool: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """Compilers say so."""
    found = compiler.find({**environment, "CC": tool})
    assert found is not None
    sizes, refused = {"small.c": 1 << 15, "large.c": 1 << 17}, []
    for name, size in sizes.items():
        text = f"int g(char *);\nint f(void) {{ char all[{size}]; return g(all); }}\n"
        (tmp_path / name).write_text(text)
        try:
            compiler.build_shared(found, tmp_path / name, tmp_path / "made.so", tmp_path)
        except toolchain.BuildError as error:
            refused.append(f"{name}: {error}")
    assert refused == [
        "large.c: the generated validator does not compile: it would take too much of the stack"
    ]


def test_source_beyond_all_measure_is_not_even_made(
    environment: Mapping[str, str], box: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes long too."""
    monkeypatch.setattr("harness.native.compiler.MOST_BYTES", 100)
    monkeypatch.setattr(compiler, "build_shared", None)
    with pytest.raises(service.AbsentError, match="too large"):
        service.made(box, (), environment)


def test_clean_content_has_no_findings(shared: Engine) -> None:
    """And needs no legend."""
    checked = shared.check(b"\0", "a.box", 10)
    assert (checked.findings, checked.dropped, checked.is_complete) == ((), {}, True)


def test_findings_come_from_bytes_and_from_maps(shared: Engine, tmp_path: Path) -> None:
    """Maps that are read only are looked at where they are."""
    path = tmp_path / "a.box"
    path.write_bytes(b"\0\5")
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = [shared.check(data, "a.box", 10).findings for data in (b"\0\5", mapped)]
    assert found[0] == found[1]
    assert found[0][0].span == Span(5, 6)
    mapped.close()


def test_findings_beyond_the_limit_are_counted(shared: Engine) -> None:
    """And forgotten with the next content."""
    checked = shared.check(b"\0" + bytes(5), "a.box", 2)
    assert (len(checked.findings), checked.dropped) == (2, {"S101": 3})
    assert shared.check(b"\0\0", "a.box", 2).dropped == {}


def test_records_that_do_not_fit_get_more_room(shared: Engine) -> None:
    """The content is judged once more."""
    checked = shared.check(b"\0" + bytes(10_000), "a.box", 20_000)
    assert len(checked.findings) == 10_000


def test_a_limit_leaves_the_reading_incomplete(shared: Engine) -> None:
    """The findings are told all the same."""
    checked = shared.check(b"\1\0", "a.box", 2)
    assert (len(checked.findings), checked.is_complete) == (1, False)


@pytest.mark.parametrize(
    ("status", "said"), [(2, "memory"), (3, "4 GiB"), (4, "nests"), (5, "companion")]
)
def test_what_the_engine_cannot_judge_it_refuses(shared: Engine, status: int, said: str) -> None:
    """Which says why."""
    assert said in shared.check(bytes([status]), "a.box", 2).refusal


def test_companions_stay_for_all_contents(environment: Mapping[str, str], box: Schema) -> None:
    """They are given once."""
    one = engine(environment, box)
    assert one.give_companion(b"\7", "a.lid", "lid:") == ""
    assert one.check(b"\0", "a.box", 2).findings == ()

"""Programs are built once for each set of inputs, in a folder that is the user's alone."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.consumers import isolation, library
from harness.native import cache, toolchain
from harness.native.toolchain import BuildError, Job, ToolMissingError
from harness.schema.resources import runtime_folder

RUNTIME = (*isolation.LAUNCHER_SOURCES, *library.DRIVER_SOURCES)
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-O1")


@pytest.fixture
def own_cache(tmp_path: Path) -> Mapping[str, str]:
    """An environment whose cache folder does not exist yet."""
    return {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(tmp_path / "cache")}


def source(folder: Path, text: str, name: str = "a.c") -> Path:
    """A source file with this text."""
    path = folder / name
    path.write_text(text)
    return path


def built(environment: Mapping[str, str], *sources: Path, flags: tuple[str, ...] = ()) -> Path:
    """The program of these sources."""
    return toolchain.build(
        toolchain.find(environment), Job(sources=sources, flags=flags), environment
    )


def exit_code(program: Path) -> int:
    """What the program exits with."""
    return subprocess.run([program], check=False).returncode


def test_the_same_inputs_are_built_once(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """The second build is the first one's program, untouched."""
    path = source(tmp_path, "int main(void) { return 0; }")
    first = built(own_cache, path)
    before = first.stat().st_mtime_ns
    second = built(own_cache, path)
    assert (second, second.stat().st_mtime_ns) == (first, before)


def test_a_changed_source_header_or_flag_is_built_anew(
    tmp_path: Path, own_cache: Mapping[str, str]
) -> None:
    """Headers count although nobody lists them; an old state is found again."""
    header = source(tmp_path, "#define CODE 1", "code.h")
    path = source(tmp_path, '#include "code.h"\nint main(void) { return CODE; }')
    programs = [built(own_cache, path)]
    header.write_text("#define CODE 2")
    programs.append(built(own_cache, path))
    programs.append(built(own_cache, path, flags=("-O2",)))
    path.write_text("int main(void) { return 4; }")
    programs.append(built(own_cache, path))
    assert len(set(programs)) == 4
    assert [exit_code(p) for p in programs] == [1, 2, 2, 4]


def test_the_cache_folder_is_private(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """Whatever rights it had: programs in it are run."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    assert stat.S_IMODE(cache.folder(own_cache).stat().st_mode) == 0o700


def test_a_cache_folder_of_somebody_else_is_refused(
    tmp_path: Path, own_cache: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user could put a program there."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(cache.CacheError, match="belongs to another user"):
        cache.folder(own_cache)


def test_a_cache_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """The message names the variable that helps."""
    blocker = source(tmp_path, "", "file")
    with pytest.raises(cache.CacheError, match="name another in `HARNESS_CACHE`"):
        cache.folder({"HARNESS_CACHE": str(blocker / "cache")})


def test_a_source_that_does_not_compile(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """The error carries the compiler's own words."""
    path = source(tmp_path, "int main(void) { return no_such_name; }")
    with pytest.raises(BuildError, match=r"`a\.c` does not compile") as caught:
        built(own_cache, path)
    assert "no_such_name" in caught.value.output


def test_a_program_that_does_not_link(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """The linker's words as well."""
    path = source(tmp_path, "int other(void); int main(void) { return other(); }")
    with pytest.raises(BuildError, match="does not link") as caught:
        built(own_cache, path)
    assert "other" in caught.value.output


def test_c_and_cpp_build_together(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """Each source goes to the compiler of its language."""
    one = source(tmp_path, "int seven(void) { return 7; }")
    other = source(
        tmp_path,
        '#include <vector>\nextern "C" int seven(); int main() { return seven(); }',
        "b.cc",
    )
    assert exit_code(built(own_cache, one, other)) == 7


@pytest.mark.parametrize("name", ["no-such-compiler", "false"])
def test_a_compiler_that_is_not_there_or_does_not_answer(name: str) -> None:
    """`CC` is taken at its word."""
    with pytest.raises(ToolMissingError, match=name):
        toolchain.find({"PATH": os.environ["PATH"], "CC": name})


def test_no_compiler_at_all() -> None:
    """The names that were tried are in the message."""
    with pytest.raises(ToolMissingError, match="`cc`, `gcc` or `clang`"):
        toolchain.find({"PATH": "/nowhere"})


def test_cc_may_have_words(tmp_path: Path, own_cache: Mapping[str, str]) -> None:
    """`CC="cc -DX"` is a compiler and a flag."""
    path = source(tmp_path, "int main(void) { return CODE; }")
    program = built({**own_cache, "CC": "cc -DCODE=5"}, path)
    assert exit_code(program) == 5


@pytest.mark.parametrize("name", RUNTIME)
@pytest.mark.parametrize(
    "flags", [(), ("-DHARNESS_DRIVER_OPENS_LIBRARY",), ("-fsanitize=address,undefined",)]
)
def test_the_runtime_compiles_without_a_warning(
    own_cache: Mapping[str, str], name: str, flags: tuple[str, ...]
) -> None:
    """Strict C99, every warning an error; that it does not link alone is another matter."""
    job = Job(sources=(runtime_folder() / name,), flags=(*STRICT, *flags))
    with pytest.raises(BuildError, match="does not link"):
        toolchain.build(toolchain.find(own_cache), job, own_cache)

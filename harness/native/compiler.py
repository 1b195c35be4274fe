"""The compiler of generated validators: the machine's own, else Zig's from the package index."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from harness.native import toolchain

PYTHON: Final = (sys.executable,)
_FLAGS: Final = ("-std=c99", "-fPIC", "-shared")
_OPTIMISED: Final = "-O2"
_PLAIN: Final = "-O0"
# compilers take much longer than in proportion for what is larger, and no schema that people
# write is; a hostile one must not keep a run waiting
_OPTIMISED_BYTES: Final = 2 << 20
_MOST_BYTES: Final = 32 << 20
# Zig's own default is to trap on what UBSan finds
_ZIG_FLAGS: Final = ("-fno-sanitize=undefined",)


class Compiler(msgspec.Struct, frozen=True):
    """A C compiler that has not been started yet.

    Attributes:
        words: what starts it, with the flags of its own.
        path: where it looks up programs.
        stamp: changes whenever the program does.
    """

    words: tuple[str, ...]
    path: str
    stamp: str


def find(environment: Mapping[str, str]) -> Compiler | None:
    """Return `CC`, else `cc`, `gcc`, `clang`, else `ziglang`; None where there is none."""
    path = toolchain.search_path(environment)
    words = toolchain.located(environment, environment.get("CC", ""))
    if words:
        return Compiler(words, path, _stamp(words, shutil.which(words[0], path=path) or ""))
    if environment.get("CC"):
        return None  # what the user names is not replaced by something else
    zig = find_spec("ziglang")
    if zig is None or zig.origin is None:
        return None
    words = (*PYTHON, "-m", "ziglang", "cc", *_ZIG_FLAGS)
    return Compiler(words, path, _stamp(words, zig.origin))


def build_shared(compiler: Compiler, source: Path, target: Path, store: Path) -> None:
    """Compile one C file into a shared library.

    Args:
        compiler: what with.
        source: the C file.
        target: the library.
        store: a folder that stays, for what Zig makes once and uses again.

    Raises:
        toolchain.BuildError: the compiler refused.
        toolchain.ToolMissingError: it is not there.
    """
    size = source.stat().st_size
    if size > _MOST_BYTES:
        raise toolchain.BuildError("the generated validator does not compile: it is too large", "")
    level = _OPTIMISED if size <= _OPTIMISED_BYTES else _PLAIN
    words = [*compiler.words, *_FLAGS, level, "-o", str(target), str(source)]
    folders = {"ZIG_GLOBAL_CACHE_DIR": str(store), "ZIG_LOCAL_CACHE_DIR": str(source.parent)}
    summary = "the generated validator does not compile"
    toolchain.run(words, summary, compiler.path, folders)
    if not target.is_file():
        raise toolchain.BuildError(f"{summary}: the compiler leaves no library", "")


def _stamp(words: tuple[str, ...], program: str) -> str:
    status = os.stat(program)  # noqa: PTH116  # of a text; follows links to the program itself
    program = os.path.realpath(program)
    facts = (*words, *_FLAGS, _OPTIMISED, program, status.st_mtime_ns, status.st_size)
    return "\0".join(map(str, facts))

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
# calls that do not nest have the half of the stack that `memory.stack_bytes` leaves
_FRAME: Final = "frame-larger-than"
_FLAGS: Final = ("-std=c99", "-fPIC", "-shared", f"-W{_FRAME}={1 << 16}")
_OPTIMISED: Final = "-O2"
_PLAIN: Final = "-O0"
# passes of gcc that take a quarter of the time. Without the last two the engine takes an eighth
# more for what lies in the processor's cache, which nobody notices beside the wait for the first
# check; what the others make here is no faster
_LEFT_OUT: Final = (
    "-fno-tree-pta", "-fno-tree-vectorize", "-fno-schedule-insns2", "-fno-gcse",
    "-fno-inline-functions", "-fno-tree-dominator-opts", "-fno-tree-vrp",
)  # fmt: skip
# compilers take much longer than in proportion for what is larger, and no schema that people
# write is; a hostile one must not keep a run waiting
_OPTIMISED_BYTES: Final = 2 << 20
MOST_BYTES: Final = 8 << 20
_MOST_SECONDS: Final = 60  # of the processor, for sources that are small and take long all the same
# Zig's own default is to trap on what UBSan finds
_ZIG_FLAGS: Final = ("-fno-sanitize=undefined",)
_SUMMARY: Final = "the generated validator does not compile"


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
    if size > MOST_BYTES:
        raise too_large()
    words = [*_limited(compiler), *_FLAGS, "-o", str(target), str(source)]
    words += (_OPTIMISED, *_left_out(compiler)) if size <= _OPTIMISED_BYTES else (_PLAIN,)
    folders = {"ZIG_GLOBAL_CACHE_DIR": str(store), "ZIG_LOCAL_CACHE_DIR": str(source.parent)}
    said = toolchain.run(words, _SUMMARY, compiler.path, folders)
    if _FRAME in said:
        raise toolchain.BuildError(f"{_SUMMARY}: it would take too much of the stack", "")
    if not target.is_file():
        raise toolchain.BuildError(f"{_SUMMARY}: the compiler leaves no library", "")


def _left_out(compiler: Compiler) -> tuple[str, ...]:
    """Return what leaves passes out; nothing for compilers that know no such passes."""
    probe = [*_limited(compiler), *_LEFT_OUT, "-E", "-x", "c", os.devnull]
    try:
        toolchain.run(probe, _SUMMARY, compiler.path)
    except toolchain.BuildError:
        return ()
    return _LEFT_OUT


def too_large() -> toolchain.BuildError:
    """Return what to raise where there is more C than is compiled."""
    return toolchain.BuildError(f"{_SUMMARY}: it is too large", "")


def _limited(compiler: Compiler) -> tuple[str, ...]:
    """What starts the compiler, so that it ends when it takes too long."""
    if shutil.which(compiler.words[0], path=compiler.path) is None:
        raise toolchain.missing(compiler.words[0])
    limit = f'ulimit -t {_MOST_SECONDS} 2>/dev/null; exec "$@"'
    return ("/bin/sh", "-c", limit, "sh", *compiler.words)


def _stamp(words: tuple[str, ...], program: str) -> str:
    status = os.stat(program)  # noqa: PTH116  # of a text; follows links to the program itself
    program = os.path.realpath(program)
    facts = (*words, *_FLAGS, _OPTIMISED, *_LEFT_OUT, program, status.st_mtime_ns, status.st_size)
    return "\0".join(map(str, facts))

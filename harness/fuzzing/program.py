"""Building the fuzz driver together with a consumer's sources: the native lane's program.

The sources are compiled by the machine's compiler with sanitizers and coverage, and linked without
`-fsanitize` against the engine's own AddressSanitizer, since two of them in one process fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.consumers.model import LibraryRun
from harness.fuzzing.engine import Engine
from harness.native import toolchain
from harness.schema.resources import runtime_folder

_SOURCES = (
    *("fuzz_driver.c", "fuzz_consumer.c", "fuzz_blocks.c", "fuzz_coverage.c"),
    *("fuzz_edits.c", "fuzz_mutator.c"),
    *("fuzz_faults.c", "fuzz_oracle.c", "fuzz_signals.c", "fuzz_stacks.c", "fuzz_wraps.c"),
)
_HOOKED_CALLS = (
    *("exit", "_exit", "_Exit", "abort"),
    *("malloc", "calloc", "realloc", "memcpy", "memmove", "memset"),
    *(
        f"__asan_report_{access}{size}_noabort"
        for access in ("load", "store")
        for size in ("1", "2", "4", "8", "16", "_n")
    ),
)
_FOR_SOURCES = (
    "-fsanitize=address,undefined",
    # A null pointer ends in a signal all the same, and would be told twice.
    "-fno-sanitize=object-size,null",
    "-fsanitize-recover=address,undefined",
    "-fsanitize-coverage=trace-pc,trace-cmp",
)
# Large functions too report through the calls that are hooked.
_THRESHOLD = "asan-instrumentation-with-call-threshold=1000000"
_FOR_SOURCES_BY_GCC = (f"--param={_THRESHOLD}",)
_FOR_SOURCES_BY_CLANG = ("-mllvm", f"-{_THRESHOLD}")
# Frames of the driver stand below the consumer's in every stack; its hooks have none.
_FOR_OWN = ("-g", "-O2", "-fno-omit-frame-pointer")
_FOR_OWN_BY_CLANG = (*_FOR_OWN, "-momit-leaf-frame-pointer", "-Wno-unknown-attributes")


def build(
    run: LibraryRun, engine: Engine, environment: Mapping[str, str], own: tuple[str, ...] = ()
) -> Path:
    """Build the program, or find it built.

    Args:
        run: the consumer; without sources the driver alone, which opens a library.
        engine: what it is linked with.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.
        own: more of the harness' own sources.

    Raises:
        toolchain.BuildError: compiler or linker refused.
        toolchain.ToolMissingError: there is no compiler that does it.
    """
    tools = toolchain.find(environment, run.compiler)
    is_clang = "clang" in tools.identity
    by_compiler = _FOR_SOURCES_BY_CLANG if is_clang else _FOR_SOURCES_BY_GCC
    hooks = ",".join(f"--wrap={name}" for name in _HOOKED_CALLS)
    job = toolchain.Job(
        sources=tuple(source.absolute() for source in run.sources),
        flags=(),
        own=tuple(runtime_folder() / name for name in (*_SOURCES, *own)),
        define=_FOR_OWN_BY_CLANG if is_clang else _FOR_OWN,
        source_flags=(*_FOR_SOURCES, *by_compiler, *toolchain.FOR_REPORTS, *run.flags),
        link_flags=(
            f"-Wl,{hooks}",
            str(engine.library),
            f"-Wl,-rpath,{engine.library.parent}",
            "-lpthread",
            *run.flags,  # libraries among them
        ),
    )
    return toolchain.build(tools, job, environment)

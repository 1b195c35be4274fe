"""Library consumers: built with sanitizers from sources, or opened as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.consumers import isolation, sanitizer
from harness.consumers.isolation import Job, Limits
from harness.consumers.model import LibraryRun, Manifest
from harness.native import toolchain
from harness.schema.resources import runtime_folder

DRIVER_SOURCES = ("driver.c", "driver_blocks.c", "driver_records.c")
_CYCLES = 2  # a load, and one after it
_MIB = 1024 * 1024
_BASE_ADDRESS_BYTES = 64 * _MIB  # the driver and the C library, before the consumer takes any


class LibraryProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A driver that is ready to run, with the library that it opens unless it is linked in."""

    driver: Path
    library: Path | None
    sanitized: bool


def build(
    run: LibraryRun,
    tools: toolchain.Toolchain,
    environment: Mapping[str, str],
) -> LibraryProgram:
    """Build the driver, together with the consumer's sources where there are any.

    Raises:
        toolchain.BuildError: compiler or linker refused.
        toolchain.ToolMissingError: there is no such compiler.
    """
    if run.compiler:
        tools = toolchain.find(environment, run.compiler)
    # A library with AddressSanitizer can only be opened by a program that has it too.
    sanitized = run.path is None or sanitizer.is_built_in(run.path)
    checked = toolchain.SANITIZERS if sanitized else ()
    opens = run.path is not None
    own = (*DRIVER_SOURCES, "driver_coverage.c") if opens else DRIVER_SOURCES
    job = toolchain.Job(
        sources=tuple(source.absolute() for source in run.sources),
        flags=(*toolchain.FOR_REPORTS, *checked, *run.flags),
        own=tuple(runtime_folder() / name for name in own),
        define=("-DHARNESS_DRIVER_OPENS_LIBRARY",) if opens else (),
        link_flags=("-rdynamic",) if opens else (),
    )
    driver = toolchain.build(tools, job, environment)
    # flags of the author's own can switch it off
    sanitized = sanitized and sanitizer.is_built_in(driver)
    return LibraryProgram(driver=driver, library=run.path, sanitized=sanitized)


def job(program: LibraryProgram, manifest: Manifest, inputs_fd: int, path: str) -> Job:
    """The run of a library consumer on the inputs behind `inputs_fd`."""
    library = (str(program.library.absolute()),) if program.library else ()
    address = 0 if program.sanitized else manifest.memory_mb * _MIB + _BASE_ADDRESS_BYTES
    return Job(
        words=(str(program.driver), str(inputs_fd), "{record_fd}", str(_CYCLES), *library),
        read=(program.driver, *manifest.read, *([program.library] if program.library else [])),
        environment=isolation.minimal_environment(path, sanitizer.options(manifest.memory_mb)),
        descriptors=(inputs_fd,),
        limits=Limits(timeout_seconds=manifest.timeout_seconds, address_bytes=address),
        without=manifest.without,
    )

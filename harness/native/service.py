"""The native engine for a schema, if it can be had: found compiled, or compiled now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from harness.findings.model import Finding
from harness.findings.registry import RULES
from harness.native import cache, compiler, toolchain
from harness.native.compile.words import Legend
from harness.native.engine import Engine
from harness.native.libraries import Libraries, Library
from harness.reading.reader import lowered_for
from harness.schema.interpreter import deep_recursion
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered
from harness.schema.overlay import Overlay

_Made = TypeVar("_Made")


class AbsentError(Exception):
    """There is no native engine for a schema: why, as findings of severity `note`."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].actual)
        self.findings = findings


def found(
    schema: Schema, overlays: Sequence[Overlay], environment: Mapping[str, str]
) -> Engine | None:
    """Return the engine if the schema is compiled; None where it is not, or cannot be loaded."""
    try:
        with _libraries(environment).found(schema, overlays) as library:
            return Engine(library) if library is not None else None
    except (OSError, MemoryError, cache.CacheError):
        return None


def made(schema: Schema, overlays: Sequence[Overlay], environment: Mapping[str, str]) -> Engine:
    """Return the engine; the schema is compiled unless it was before.

    Raises:
        AbsentError: it cannot be compiled, or there is nothing to compile it with.
    """
    return _made(schema, overlays, environment, Engine)


def compiled(
    schema: Schema, overlays: Sequence[Overlay], environment: Mapping[str, str]
) -> Library:
    """Return the compiled schema on disk, for others to load; see `made`.

    What was asked for lately stays where it is; see `pruning.BOUNDS`.

    Raises:
        AbsentError: it cannot be compiled, or there is nothing to compile it with.
    """
    return _made(schema, overlays, environment, lambda found: found)


def _made(
    schema: Schema,
    overlays: Sequence[Overlay],
    environment: Mapping[str, str],
    use: Callable[[Library], _Made],
) -> _Made:
    obstacles = uncompilable(schema, overlays)
    if obstacles:
        raise AbsentError(obstacles)
    libraries = _libraries(environment)
    try:
        libraries.build(schema, overlays)
        with libraries.found(schema, overlays) as library:
            given = use(library) if library is not None else None
    except toolchain.BuildError as error:
        raise _absent(schema, _refusal(error), "a schema that compiles") from error
    except toolchain.ToolMissingError as error:
        raise _absent(schema, str(error), "a C compiler") from error
    except cache.CacheError as error:
        raise _absent(schema, str(error), "a cache folder") from error
    except (OSError, MemoryError) as error:
        # what the loader says has no number
        is_of_folder = isinstance(error, OSError) and error.errno is not None
        wanted = "a cache folder" if is_of_folder else "a library that loads"
        raise _absent(schema, _trouble(error), wanted) from error
    if given is None:
        raise _absent(schema, "somebody removed it from the cache folder", "a cache folder")
    return given


def uncompilable(schema: Schema, overlays: Sequence[Overlay] = ()) -> tuple[Finding, ...]:
    """Return a note for each construct of a schema or contract that is not compiled.

    Raises:
        SchemaError: a contract does not fit.
    """
    from harness.native.compile.unsupported import unsupported  # noqa: PLC0415  # slow to import

    lowered = [lowered_for(schema, overlay) for overlay in overlays]
    return tuple(
        Finding(
            code="Q950",
            severity=RULES["Q950"].severity,
            file=place.file,
            actual=construct,
            source=place,
        )
        for construct, place in unsupported(schema, lowered)
    )


def no_compiler(schema: Schema, environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return a note where there is no C compiler, even if the schema is compiled already."""
    if _libraries(environment).compiler is not None:
        return ()
    why = str(toolchain.missing(environment.get("CC", "")))
    return _absent(schema, why, "a C compiler").findings


def _trouble(error: OSError | MemoryError) -> str:
    """What the system says, without its number, and of which file."""
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    return f"`{error.filename}`: {error.strerror}" if error.filename else error.strerror


def _refusal(error: toolchain.BuildError) -> str:
    """What a compiler refused, in one line: the first that says `error`, else the first."""
    lines = error.output.splitlines()
    said = next((line for line in lines if "error:" in line), lines[0] if lines else "")
    return f"{error.summary}: {said.strip()}" if said else error.summary


def _absent(schema: Schema, why: str, wanted: str) -> AbsentError:
    finding = Finding(
        code="T014",
        severity=RULES["T014"].severity,
        file=str(schema.path),
        expected=wanted,
        actual=why,
    )
    return AbsentError((finding,))


def _libraries(environment: Mapping[str, str]) -> Libraries:
    names = ("PATH", "CC", cache.VARIABLE)
    return _shared(tuple((name, environment[name]) for name in names if name in environment))


@lru_cache(maxsize=4)
def _shared(environment: tuple[tuple[str, str], ...]) -> Libraries:
    return Libraries(dict(environment), _generate)


def _generate(schema: Schema, overlays: Sequence[Lowered]) -> tuple[str, Legend]:
    from harness.native.compile.source import generate  # noqa: PLC0415  # slow to import
    from harness.native.compile.unit import TooLargeError  # noqa: PLC0415  # likewise

    try:
        with deep_recursion():  # for expressions
            return generate(schema, overlays, compiler.MOST_BYTES)
    except TooLargeError as error:
        raise compiler.too_large() from error

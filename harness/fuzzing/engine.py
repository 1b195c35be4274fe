"""The fuzzing engine: libFuzzer as the package atheris ships it, found without being loaded."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import msgspec

_PACKAGE = "atheris"
_NATIVE = "asan_with_fuzzer.so"


class EngineMissingError(Exception):
    """The engine is not installed, or not of this kind of machine: what to do about it."""


class Engine(msgspec.Struct, frozen=True):
    """Where the engine is.

    Attributes:
        version: of atheris.
        library: AddressSanitizer with libFuzzer, for the native lane.
    """

    version: str
    library: Path


def find() -> Engine:
    """Find the engine of this Python.

    Raises:
        EngineMissingError: it is not there.
    """
    if sys.platform != "linux":
        raise EngineMissingError("fuzzing needs Linux: there atheris ships libFuzzer")
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EngineMissingError(
            "the fuzzing engine is not installed: `pip install content-harness` brings `atheris` "
            "along on Linux, `pip install atheris` adds it"
        )
    library = Path(spec.origin).parent.parent / _NATIVE
    if not library.is_file():
        raise EngineMissingError(
            f"`{_NATIVE}` is missing beside atheris in `{library.parent}`: install its wheel, "
            "which brings libFuzzer along; builds from source may not"
        )
    return Engine(version=_version(), library=library)


def _version() -> str:
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return "unknown"

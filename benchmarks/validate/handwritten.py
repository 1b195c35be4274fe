"""The validator that is written by hand, `handwritten.c`, built and called from Python."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.native import toolchain

SOURCE: Final = Path(__file__).with_suffix(".c")
FLAGS: Final = ("-std=c99", "-O2", "-fPIC", "-shared", "-fvisibility=hidden")
WARNINGS: Final = ("-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror")


def built(environment: Mapping[str, str]) -> Path:
    """Build the library, or find it built.

    Raises:
        toolchain.ToolMissingError: there is no C compiler.
    """
    job = toolchain.Job(sources=(SOURCE,), flags=(*FLAGS, *WARNINGS))
    return toolchain.build(toolchain.find(environment), job, environment)


class Handwritten:
    """The loaded library.

    Args:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self._read = library.handwritten_definitions
        self._read.argtypes, self._read.restype = [ctypes.c_char_p, ctypes.c_size_t], _Handle
        self._check = library.handwritten_channel
        self._check.argtypes = [_Handle, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
        self._free = library.handwritten_free
        self._free.argtypes, self._free.restype = [_Handle], None

    def definitions(self, data: bytes) -> Definitions | None:
        """Return definitions, read; None if they are not valid."""
        handle = self._read(data, len(data))
        return Definitions(handle, self) if handle else None

    def is_valid(self, data: bytes, definitions: Definitions, *, with_sum: bool = True) -> bool:
        """Whether a channel file is valid; `with_sum` says whether its checksum counts.

        Raises:
            MemoryError: there is none left.
        """
        verdict = self._check(definitions.handle, data, len(data), with_sum)
        if verdict < 0:
            raise MemoryError
        return bool(verdict)

    def free(self, definitions: Definitions) -> None:
        """Free definitions; nobody may use them any more."""
        self._free(definitions.handle)


class _Handle(ctypes.c_void_p):
    """A pointer that stays one when a function returns it."""


class Definitions:
    """Definitions that the library has read; they live as long as this does."""

    def __init__(self, handle: _Handle, library: Handwritten) -> None:
        self.handle = handle
        self._library = library

    def __del__(self) -> None:
        self._library.free(self)

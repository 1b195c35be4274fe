"""The C interface of compiled schemas, for ctypes: see runtime/engine/driver.c."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ABI: Final = 5
MAX_BYTES: Final = (1 << 32) - 1

# how a run ended (runtime/engine/types.h)
DONE: Final = 0
LIMIT: Final = 1
NO_SCRATCH: Final = 2
TOO_LARGE: Final = 3
TOO_NESTED: Final = 4
NO_COMPANION: Final = 5


class Request(ctypes.Structure):
    """What one run is to find and where it writes it; afterwards, what it found."""

    _fields_ = (
        ("max_findings", ctypes.c_int64),
        ("findings", ctypes.c_void_p),
        ("findings_size", ctypes.c_size_t),
        ("dropped", ctypes.c_void_p),
        ("used", ctypes.c_size_t),
        ("count", ctypes.c_uint64),
        ("errors", ctypes.c_uint64),
        ("contract_errors", ctypes.c_uint64),
        ("is_full", ctypes.c_uint32),
        ("padding", ctypes.c_uint32),
        ("scratch_kept", ctypes.c_size_t),
        ("scratch_used", ctypes.c_size_t),
        ("observed", ctypes.c_void_p),
        ("observed_room", ctypes.c_size_t),
        ("observed_wanted", ctypes.c_size_t),
        ("spans", ctypes.c_void_p),
        ("span_room", ctypes.c_uint64),
        ("span_count", ctypes.c_uint64),
        ("cells", ctypes.c_void_p),
        ("cell_room", ctypes.c_uint64),
        ("cell_count", ctypes.c_uint64),
        ("is_measured", ctypes.c_uint32),
        ("is_swept", ctypes.c_uint32),
    )


class Functions:
    """The entry points of one library."""

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises:
            OSError: it cannot be loaded, or speaks another version.
        """
        library = ctypes.CDLL(str(path))
        try:
            self._take(library)
        except AttributeError as error:
            raise OSError(f"`{path}` is no compiled schema") from error
        if library.hv_abi() != ABI:
            raise OSError(f"`{path}` is of another version")

    def _take(self, library: ctypes.CDLL) -> None:
        library.hv_abi.restype = ctypes.c_uint32
        self.open = library.hv_open
        self.open.restype = ctypes.c_void_p
        self.open.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
        self.bound_stack = library.hv_bound_stack
        self.bound_stack.restype = None
        self.bound_stack.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
        self.bound_scratch = library.hv_bound_scratch
        self.bound_scratch.restype = None
        self.bound_scratch.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
        self.give_companion = library.hv_give_companion
        self.give_companion.argtypes = (
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.c_void_p,
            ctypes.c_size_t,
        )
        self.check = library.hv_check
        self.check.argtypes = (
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
        )


class _View(ctypes.Structure):
    """`Py_buffer` of Python's C interface."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.py_object),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


def start_of(memory: mmap.mmap) -> int:
    """Return the address of memory that may be written to, which must be kept meanwhile."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


@contextmanager
def address_of(data: bytes | mmap.mmap) -> Iterator[int]:
    """Give the address of data that may be read only, and keep it there meanwhile."""
    view = _View()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(data), ctypes.byref(view), 0)
    try:
        yield view.buf or 0
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(view))

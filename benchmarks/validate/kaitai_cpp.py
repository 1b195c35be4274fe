"""Kaitai's generated C++ parser of channel files, built with Kaitai's own run-time library.

That library comes with no package manager; the benchmark is told where a checkout of it is.
"""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.native import toolchain
from tools.kaitai import agree
from tools.kaitai.generated import compile_folder

VARIABLE: Final = "KAITAI_CPP_RUNTIME"
SCHEMAS: Final = ("channel_file", "template_definitions")
GENERATED: Final = agree.GENERATED.with_name("kaitai-cpp")
DRIVER: Final = Path(__file__).with_suffix(".cpp")
RUNTIME_SOURCE: Final = Path("kaitai") / "kaitaistream.cpp"
# texts are taken as they are: faster than asking iconv
FLAGS: Final = ("-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-DKS_STR_ENCODING_NONE")


def built(runtime: Path, environment: Mapping[str, str]) -> Path:
    """Generate the parsers and build them with the library in `runtime`, or find them built.

    Raises:
        RuntimeError: Kaitai's compiler refuses a schema.
        toolchain.BuildError: the C++ compiler refuses, or `runtime` is something else.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name in SCHEMAS:
            shutil.copy(agree.SCHEMAS / f"{name}.ksy", folder)
        compile_folder(Path(folder), GENERATED, "cpp_stl")
    generated = (GENERATED / f"{name}.cpp" for name in SCHEMAS)
    job = toolchain.Job(
        sources=(DRIVER, *generated, runtime.resolve() / RUNTIME_SOURCE),
        flags=(*FLAGS, "-I", str(runtime.resolve()), "-I", str(GENERATED)),
    )
    return toolchain.build(toolchain.find(environment), job, environment)


class KaitaiCpp:
    """The loaded parsers, with definitions to read channel files with.

    Args:
        path: where the library is.
        definitions: a valid file; read once, and kept as long as the process lives.

    Raises:
        ValueError: the definitions are refused.
    """

    def __init__(self, path: Path, definitions: bytes) -> None:
        library = ctypes.CDLL(str(path))
        read, self._parse = library.kaitai_definitions, library.kaitai_channel
        read.argtypes, read.restype = [ctypes.c_char_p, ctypes.c_size_t], ctypes.c_void_p
        self._parse.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        self._definitions = read(definitions, len(definitions))
        if self._definitions is None:
            raise ValueError("Kaitai's parser refuses the definitions")

    def accepts(self, data: bytes) -> bool:
        """Parse a channel file with all its parse instances, and free it again."""
        return bool(self._parse(self._definitions, data, len(data)))

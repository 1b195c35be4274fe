"""Who validates channel files: each as a function of the bytes that says yes or no."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.peers import Ours, Theirs
from benchmarks.validate import dense, handwritten, kaitai_cpp
from benchmarks.validate.construct_channel import CHANNEL
from benchmarks.validate.native import native_engine
from harness.findings.model import Severity
from harness.native.toolchain import BuildError, ToolMissingError
from harness.schema import load
from harness.schema.library import find
from tools.kaitai import agree

MB: Final = 1 << 20
WHOLE: Final = 1 << 40  # any file there is

BY_HAND: Final = "C by hand"
BY_HAND_SUMMED: Final = "C by hand, with the CRC"
NATIVE: Final = "ours, native"
NATIVE_SPANS: Final = "ours, native, with spans"
NATIVE_SUMMED: Final = "ours, native, with the CRC"
REFERENCE: Final = "ours, reference, with the CRC"
KAITAI_CPP: Final = "Kaitai C++"
KAITAI_PYTHON: Final = "Kaitai Python"
CONSTRUCT: Final = "construct"
CONSTRUCT_COMPILED: Final = "construct, compiled"


class AbsentError(Exception):
    """An engine is not here; the text says what it needs."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One of those that are compared.

    Attributes:
        name: as the table calls it.
        accepts: whether a channel file is valid to it.
        largest: bytes of the largest file that it is given, so that it takes a second at most.
    """

    name: str
    accepts: Callable[[bytes], bool]
    largest: int


Make = Callable[[], Callable[[bytes], bool]]


def engines(runtime: Path | None) -> tuple[list[Engine], list[str]]:
    """Make all that are here.

    Args:
        runtime: a checkout of Kaitai's run-time library for C++, if there is one.

    Returns:
        The engines, and a sentence for each that is absent.
    """
    found, absent = list[Engine](), list[str]()
    for name, make, largest in _all(runtime):
        try:
            found.append(Engine(name, make(), largest))
        except AbsentError as error:
            absent.append(f"Absent: {name} ({error}).")
    return found, absent


def _all(runtime: Path | None) -> Iterator[tuple[str, Make, int]]:
    yield BY_HAND, partial(_by_hand, with_sum=False), WHOLE
    yield BY_HAND_SUMMED, partial(_by_hand, with_sum=True), WHOLE
    yield NATIVE, partial(_native, with_sum=False), WHOLE
    yield NATIVE_SPANS, partial(_native, with_sum=False, with_spans=True), 64 * MB
    yield NATIVE_SUMMED, partial(_native, with_sum=True), WHOLE
    yield KAITAI_CPP, partial(_kaitai_cpp, runtime), 64 * MB
    yield KAITAI_PYTHON, _kaitai_python, MB
    yield CONSTRUCT_COMPILED, partial(_construct, is_compiled=True), MB
    yield CONSTRUCT, partial(_construct, is_compiled=False), MB // 4
    yield REFERENCE, _reference, MB


def _by_hand(*, with_sum: bool) -> Callable[[bytes], bool]:
    try:
        library = handwritten.Handwritten(handwritten.built(os.environ))
    except ToolMissingError as error:
        raise AbsentError(str(error)) from error
    definitions = library.definitions(dense.definitions())
    if definitions is None:
        raise ValueError("the definitions are refused by hand")
    return partial(library.is_valid, definitions=definitions, with_sum=with_sum)


def _native(*, with_sum: bool, with_spans: bool = False) -> Callable[[bytes], bool]:
    try:
        return native_engine(os.environ, with_sum=with_sum, with_spans=with_spans)
    except (ToolMissingError, BuildError) as error:
        raise AbsentError(str(error)) from error


def _kaitai_cpp(runtime: Path | None) -> Callable[[bytes], bool]:
    if runtime is None:
        raise AbsentError(f"name a checkout of its run-time library in `{kaitai_cpp.VARIABLE}`")
    try:
        library = kaitai_cpp.built(runtime, os.environ)
    except (ToolMissingError, BuildError) as error:
        raise AbsentError(str(error)) from error
    return kaitai_cpp.KaitaiCpp(library, dense.definitions()).accepts


def _kaitai_python() -> Callable[[bytes], bool]:
    agree.compile_schemas()
    parsers = agree.parsers()
    definitions = Theirs(parsers["template_definitions"].kaitai, []).parse(dense.definitions())
    channel = Theirs(parsers["channel_file"].kaitai, [definitions])
    return lambda data: channel.parse(data) is not None


def _construct(*, is_compiled: bool) -> Callable[[bytes], bool]:
    parser = CHANNEL.compile() if is_compiled else CHANNEL
    return lambda data: parser.parse(data) is not None


def _reference() -> Callable[[bytes], bool]:
    definitions = Ours(load(find("template_definitions")), {}).read(dense.definitions())
    reader = Ours(load(find("channel_file")), {"definitions": definitions})
    return lambda data: all(
        finding.severity is not Severity.ERROR for finding in reader.read(data).findings
    )

"""A corpus file as a recipe makes it, and the small cuts that recipes make in bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of a corpus.

    Attributes:
        name: of the file.
        tells: what is special about it, in a sentence: for an invalid file, what it breaks.
        data: its bytes.
        findings: all it must raise, sorted: a code, and the rule's id where it has one.
    """

    name: str
    tells: str
    data: bytes
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """All files of one format.

    Attributes:
        format: id of the schema, and name of the folder.
        valid: files without an error; some have warnings.
        invalid: each breaks one thing.
        companions: by parameter of the schema, the file to read with, from the corpora folder.
    """

    format: str
    valid: tuple[Sample, ...]
    invalid: tuple[Sample, ...]
    companions: tuple[tuple[str, str], ...] = ()


def patched(data: bytes, offset: int, replacement: bytes) -> bytes:
    """Overwrite bytes; the length stays."""
    if offset < 0 or offset + len(replacement) > len(data):
        raise ValueError(f"{len(replacement)} bytes at {offset} do not fit {len(data)} bytes")
    return data[:offset] + replacement + data[offset + len(replacement) :]


def inserted(data: bytes, offset: int, addition: bytes) -> bytes:
    """Put bytes in; what follows moves."""
    return data[:offset] + addition + data[offset:]

"""The page that a worker and its supervisor share: counters, known faults, samples, the input.

It is a file that both map, laid out as `fuzz_shared` in `native/runtime/fuzz.h`. Whatever ends a
worker, the supervisor still reads there what it was doing.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.fuzzing.edits import Edit

MAGIC: Final = 0x5A465348
VERSION: Final = 4
FAULTS: Final = 2048
SAMPLES: Final = 8
SAMPLE_BYTES: Final = 65536
INPUT_BYTES: Final = 1 << 20
EDIT_BYTES: Final = 8 << 20
PHASES: Final = ("consume", "load", "event", "unload", "judge")

_HEAD: Final = struct.Struct("=II17Q")
_FAULT: Final = struct.Struct("=QQ")
_SAMPLE: Final = struct.Struct("=IIQ")
_NUMBER: Final = struct.Struct("=Q")
_SIZE_AT: Final = _HEAD.size - 8  # of `input_size`, the last counter
_BUSY_AT: Final = _SIZE_AT - 4 * 8
_KNOWN_AT: Final = _HEAD.size
_SAMPLES_AT: Final = _KNOWN_AT + FAULTS * _FAULT.size
_INPUT_AT: Final = _SAMPLES_AT + SAMPLES * (_SAMPLE.size + SAMPLE_BYTES)
_ENTRIES_AT: Final = _INPUT_AT + INPUT_BYTES
_EDITS_AT: Final = _ENTRIES_AT + 8
SIZE: Final = _EDITS_AT + EDIT_BYTES
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1


class Counters(msgspec.Struct, frozen=True):
    """What one worker has done since it was first started; see `fuzz_shared`."""

    executions: int = 0
    accepted: int = 0
    rejected: int = 0
    events: int = 0
    reloads: int = 0
    faults: int = 0
    leaps: int = 0
    counters: int = 0
    judging: int = 0
    judged: int = 0
    valid: int = 0
    disputes: int = 0
    busy: int = 0
    phase: int = 0
    index: int = 0
    cycle: int = 0
    input_size: int = 0


class Sample(msgspec.Struct, frozen=True):
    """Content that was just executed, and what the consumer said of it."""

    content: bytes
    accepted: bool


def content_hash(content: bytes) -> int:
    """Return the hash by which a worker knows content; see `hash_of` of fuzz_edits.c."""
    found = len(content) * _MULTIPLIER & _MASK
    whole = content + bytes(-len(content) % 8)
    for (word,) in struct.iter_unpack("=Q", whole):
        found = (found ^ word) * _MULTIPLIER & _MASK
        found ^= found >> 29
    return found


def pack_edits(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the entry of one content in the table of edits."""
    parts = [struct.pack("=QIII", content_hash(content), len(content), len(edits), 0), content]
    for edit in edits:
        parts += [struct.pack("=III", edit.start, edit.end, len(edit.octets)), edit.octets]
    return b"".join(parts)


class Page:
    """One worker's page, mapped."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b" if path.exists() else "w+b")
        os.ftruncate(self._file.fileno(), SIZE)
        self._map = mmap.mmap(self._file.fileno(), SIZE)
        if struct.unpack_from("=II", self._map) != (MAGIC, VERSION):
            self._map[:] = bytes(SIZE)  # new, or of another version of the harness
        struct.pack_into("=II", self._map, 0, MAGIC, VERSION)
        struct.pack_into("=Q", self._map, _ENTRIES_AT, 0)
        self._edits_end = _EDITS_AT

    @property
    def descriptor(self) -> int:
        """Of the file, for a worker to inherit."""
        return self._file.fileno()

    def counters(self) -> Counters:
        """Read the counters."""
        return Counters(*_HEAD.unpack_from(self._map)[2:])

    def add(self, changes: Mapping[int, int]) -> None:
        """Add to counters by their number; for workers that are written in Python."""
        for number, change in changes.items():
            at = 8 + 8 * number
            value = int.from_bytes(self._map[at : at + 8], "little")
            self._map[at : at + 8] = (value + change).to_bytes(8, "little")

    def rest(self) -> None:
        """Say that no consumer is running, and that there is no content; between two workers."""
        for name in ("busy", "phase", "input_size"):
            at = 8 + 8 * Counters.__struct_fields__.index(name)
            self._map[at : at + 8] = bytes(8)

    def hold(self, content: bytes) -> None:
        """Keep what is about to be executed, should that end the worker; for those in Python."""
        size = len(content)
        if size <= INPUT_BYTES:
            self._map[_INPUT_AT : _INPUT_AT + size] = content
            _NUMBER.pack_into(self._map, _SIZE_AT, size)
            self._map[_BUSY_AT] = 1

    def known(self) -> dict[int, int]:
        """How often each fault was seen, by its key."""
        pairs = _FAULT.iter_unpack(self._map[_KNOWN_AT:_SAMPLES_AT])
        return {key: count for key, count in pairs if key}

    def forget_but(self, known: frozenset[int]) -> None:
        """Forget all faults but these; for as long as no worker is at the page."""
        kept = {key: count for key, count in self.known().items() if key in known}
        self._map[_KNOWN_AT:_SAMPLES_AT] = bytes(_SAMPLES_AT - _KNOWN_AT)
        for key, count in kept.items():
            _FAULT.pack_into(self._map, self._slot(key), key, count)

    def _slot(self, key: int) -> int:
        """Where a fault is, or would be; see `is_new` of fuzz_faults.c."""
        places = (_KNOWN_AT + (key + step) % FAULTS * _FAULT.size for step in range(FAULTS))
        return next(at for at in places if _FAULT.unpack_from(self._map, at)[0] in (0, key))

    def count_fault(self, key: int) -> bool:
        """Count a fault; true if it is the first of its key. See `is_new` of fuzz_faults.c."""
        for step in range(FAULTS):
            at = _KNOWN_AT + (key + step) % FAULTS * _FAULT.size
            found, count = _FAULT.unpack_from(self._map, at)
            if found in (0, key):
                _FAULT.pack_into(self._map, at, key, count + 1)
                return bool(found == 0)
        return False

    def samples(self) -> Iterator[Sample]:
        """Take what the worker lends."""
        for number in range(SAMPLES):
            at = _SAMPLES_AT + number * (_SAMPLE.size + SAMPLE_BYTES)
            full, accepted, size = _SAMPLE.unpack_from(self._map, at)
            if full:
                start = at + _SAMPLE.size
                yield Sample(bytes(self._map[start : start + size]), bool(accepted))
                self._map[at : at + 4] = bytes(4)

    def lend(self, number: int, content: bytes, *, accepted: bool) -> None:
        """Lend what was just executed, if that place is free; for workers in Python."""
        at = _SAMPLES_AT + number % SAMPLES * (_SAMPLE.size + SAMPLE_BYTES)
        if self._map[at] or len(content) > SAMPLE_BYTES:
            return
        start = at + _SAMPLE.size
        self._map[start : start + len(content)] = content
        _SAMPLE.pack_into(self._map, at, 0, accepted, len(content))
        self._map[at] = 1

    def add_edits(self, entry: bytes) -> bool:
        """Add to the table of edits what `pack_edits` made; false if there is no more room."""
        if self._edits_end + len(entry) > SIZE:
            return False
        self._map[self._edits_end : self._edits_end + len(entry)] = entry
        self._edits_end += len(entry)
        (count,) = struct.unpack_from("=Q", self._map, _ENTRIES_AT)
        struct.pack_into("=Q", self._map, _ENTRIES_AT, count + 1)
        return True

    def current(self) -> bytes:
        """Return the content that a worker executes, or executed last."""
        size = min(self.counters().input_size, INPUT_BYTES)
        return bytes(self._map[_INPUT_AT : _INPUT_AT + size])

    def close(self) -> None:
        """Give the mapping back."""
        self._map.close()
        self._file.close()

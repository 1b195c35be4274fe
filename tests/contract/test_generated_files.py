"""Other readers, which know nothing of our schemas, decode what is generated from them."""

from __future__ import annotations

import pytest

from benchmarks.decoding import BAR, READERS, Row, decoded

COUNT = 8
# docs/writing.md: a key of the metadata that the specification does not demand
LIMITS = {"maxmind_db": ("'languages'", "Error opening database file")}


@pytest.mark.parametrize("name", sorted(READERS))
def test_two_other_readers_decode_generated_files(name: str) -> None:
    """Every file of a few; `python -m benchmarks.decoding` prints the table for many."""
    known = LIMITS.get(name, ())
    for row in decoded(name, COUNT, seed=3):
        reasons = {why for why in row.reasons if not any(part in why for part in known)}
        assert (row.files, reasons) == (COUNT, set())


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(READERS))
def test_two_other_readers_decode_nearly_all_of_many(name: str) -> None:
    """At least 95 of a hundred, each reader."""
    for row in decoded(name, 200, seed=0):
        assert row.decoded >= BAR * row.files > 0


def test_a_reader_that_crashes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash, a refusal and a success are three outcomes, and end only the child."""

    def crash(_data: bytes, _path: object) -> object:
        import os
        import signal

        os.kill(os.getpid(), signal.SIGSEGV)
        return None

    def refuse(_data: bytes, _path: object) -> object:
        raise ValueError("no")

    readers = {"crash": crash, "refuse": refuse, "take": lambda data, _path: data}
    monkeypatch.setitem(READERS, "template_definitions", readers)
    crashing, refusing, taking = decoded("template_definitions", 1, seed=0)
    assert dict(crashing.reasons) == {"died of SIGSEGV": 1}
    assert dict(refusing.reasons) == {"ValueError: no": 1}
    assert taking == Row("template_definitions", "take", files=1, decoded=1)

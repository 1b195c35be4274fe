"""Kaitai's own compiler accepts our schemas, and its parsers read what ours reads."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness import schema
from tools.kaitai import agree

pytestmark = pytest.mark.kaitai


def test_both_parsers_agree_on_every_valid_file(capfd: pytest.CaptureFixture[str]) -> None:
    """Same paths, same values, for each valid corpus file and each file of `tzdata`."""
    status = agree.main()
    table = capfd.readouterr().out
    with capfd.disabled():
        sys.stdout.write(f"\n{table}")
    assert status == 0


def test_a_schema_that_reads_otherwise_is_found(tmp_path: Path) -> None:
    """With two fields swapped on our side, the comparison sees values that differ."""
    agree.compile_schemas()
    sound = agree.parsers()["tzif"]
    text = (agree.SCHEMAS / "tzif.ksy").read_text(encoding="utf-8")
    swapped = tmp_path / "tzif.ksy"
    swapped.write_text(
        text.replace("id: isdst\n", "id: held\n")
        .replace("id: desigidx\n", "id: isdst\n")
        .replace("id: held\n", "id: desigidx\n"),
        encoding="utf-8",
    )
    known = {"tzif": agree.Parser(sound.kaitai, schema.load(swapped))}
    path = agree.CORPORA / "tzif" / "valid" / "v2-honolulu.tzif"
    row = agree.Row("tzif", "corpus")
    found = list(agree.differences(agree.Input("tzif", path, {}), known, row))
    assert any("isdst" in line for line in found)
    assert row.differences == len(found)

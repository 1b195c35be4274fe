"""Kaitai's own compiler accepts our schemas, and its parsers read what ours reads."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.kaitai


def test_both_parsers_agree_on_every_valid_file(capfd: pytest.CaptureFixture[str]) -> None:
    """Same paths, same values, for each valid corpus file and each file of `tzdata`."""
    from tools.kaitai import agree

    status = agree.main()
    table = capfd.readouterr().out
    with capfd.disabled():
        sys.stdout.write(f"\n{table}")
    assert status == 0

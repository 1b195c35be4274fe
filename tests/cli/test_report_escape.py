"""Nothing that a terminal obeys gets through, and columns stay in line."""

from __future__ import annotations

import pytest

from harness.report.escape import cell_width, clip, pad, visible, wrap


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\u009b31m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("line\u2028separator", "line\\u2028separator"),
        ("byte\udc9b", "byte\\x9b"),
        ("\U000e0001", "\\U000e0001"),
        ("grün 漢字 ✗", "grün 漢字 ✗"),
    ],
)
def test_what_does_not_print_is_written_as_an_escape(hostile: str, shown: str) -> None:
    """Letters of any script stay; controls, marks of direction and stray bytes do not."""
    assert visible(hostile) == shown


def test_every_character_becomes_one_that_prints() -> None:
    """No code point at all leaves anything unprintable."""
    assert all(visible(chr(number)).isprintable() for number in range(0x11000))


def test_wide_characters_take_two_cells_and_combining_ones_none() -> None:
    """Width is counted in cells, not in characters."""
    assert [cell_width(text) for text in ("ab", "漢字", "e\u0301")] == [2, 4, 1]


def test_clipping_never_exceeds_the_width() -> None:
    """A wide character that would stick out is left out."""
    assert clip("漢字漢字", 5) == "漢字…"
    assert cell_width(clip("漢字漢字", 4)) <= 4


def test_padding_counts_cells() -> None:
    """A padded wide text lines up with a padded narrow one."""
    assert cell_width(pad("漢", 6)) == cell_width(pad("a", 6)) == 6


def test_wrapping_keeps_every_word_and_cuts_only_what_cannot_fit() -> None:
    """Lines break at blanks; a word longer than a line is cut."""
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]

"""What the tree of a content suggests to the mutator."""

from __future__ import annotations

from pathlib import Path

from harness.fuzzing.edits import Edit, edits_of
from harness.reading import read
from harness.schema import load

_TEXT = """
meta: {id: list, endian: be}
seq:
  - {id: count, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
-coverage:
  - {id: kinds, each: items, row: _index, column: _.kind, inert: [any]}
types:
  item:
    seq:
      - {id: kind, type: u2, enum: kinds}
      - {id: value, type: u1}
enums:
  kinds: {0: any, 7: exact, 9: all}
"""


def _edits(folder: Path, content: bytes) -> tuple[Edit, ...]:
    (folder / "list.ksy").write_text(_TEXT)
    return edits_of(read(load(folder / "list.ksy"), content, file="content"))


def test_inert_values_are_made_active_first(tmp_path: Path) -> None:
    """In their width and byte order, each active member; what is active already comes later."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert found[:2] == (Edit(1, 3, b"\x00\x07"), Edit(1, 3, b"\x00\x09"))
    assert found.index(Edit(4, 6, b"\x00\x09")) > 1
    assert found.index(Edit(4, 6, b"\x00\x00")) > 1


def test_items_are_removed_repeated_and_swapped(tmp_path: Path) -> None:
    """Whole items, so that what follows them stays where it belongs."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert Edit(1, 4, b"") in found
    assert Edit(4, 4, b"\x00\x00\x05") in found
    assert Edit(1, 7, b"\x00\x07\x06\x00\x00\x05") in found


def test_numbers_are_one_off_and_at_the_edge(tmp_path: Path) -> None:
    """A count that is one too high or too low, or as high as it gets."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert {Edit(0, 1, bytes([value])) for value in (3, 1, 0, 255, 128)} <= set(found)


def test_no_edit_is_made_twice_and_there_are_bounds(tmp_path: Path) -> None:
    """A long list does not become a list of edits without end."""
    found = _edits(tmp_path, b"\xff" + b"\x00\x00\x05" * 255)
    assert len(set(found)) == len(found) == 512


def test_broken_content_gives_what_was_read_of_it(tmp_path: Path) -> None:
    """Truncated content still has values that can be changed."""
    assert Edit(0, 1, b"\x03") in _edits(tmp_path, b"\x02\x00")
    assert _edits(tmp_path, b"") == ()

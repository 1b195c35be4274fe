"""Positions of keys in TOML, in all the ways of writing it."""

from __future__ import annotations

from harness.consumers.toml_places import Position, nearest, places

TEXT = '''\
name = "x" # = not a key
list = [
  "a]",  # ] here
  {key = 1},
]
[run]
text = """
[no.table]
no_key = 2
"""
other = \'\'\'
[[none]]
\'\'\'
  "quoted key" = 1
a.b = 2
[[contract]]
id = "[["
[[contract]]
id = 'second'
[deep."er table"]
x = 1
'''


def test_tables_and_keys_have_their_lines() -> None:
    """Whatever strings, comments and arrays contain."""
    found = {key: position.line for key, position in places(TEXT).items()}
    assert found == {
        ("name",): 1,
        ("list",): 2,
        ("run",): 6,
        ("run", "text"): 7,
        ("run", "other"): 11,
        ("run", "quoted key"): 14,
        ("run", "a"): 15,
        ("run", "a", "b"): 15,
        ("contract",): 16,
        ("contract", 0): 16,
        ("contract", 0, "id"): 17,
        ("contract", 1): 18,
        ("contract", 1, "id"): 19,
        ("deep", "er table"): 20,
        ("deep", "er table", "x"): 21,
    }


def test_columns_count_from_one() -> None:
    """An indented key stands where its first character is."""
    assert places(TEXT)["run", "quoted key"] == Position(14, 3)


def test_a_key_without_a_line_is_shown_at_the_table_around_it() -> None:
    """Inline tables have no lines of their own."""
    found = places("a = 1\n[run]\nlibrary = {path = 1}\n")
    assert nearest(found, ("run", "library", "path")) == Position(3, 1)
    assert nearest(found, ("run", "absent")) == Position(2, 1)
    assert nearest(found, ("absent",)) == Position(1, 1)

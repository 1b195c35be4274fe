"""`harness inspect`: the tree beside the bytes, in the terminal and as data."""

from __future__ import annotations

from harness.report.escape import cell_width
from tests.cli.box_files import Boxes

_SCHEMA = ("--schema", "box.ksy")


def test_a_file_is_shown_as_a_tree_beside_its_bytes(boxes: Boxes) -> None:
    """A title, the columns, the nodes, and what it was read by."""
    lines = boxes.run("inspect", "valid.box", *_SCHEMA, "--width", "80").stdout.decode()
    assert lines.splitlines()[:6] == [
        "valid.box: box, 4 bytes",
        "",
        " at  │bytes                  │text    │",
        " 0000│                       │        │box (box, 4 bytes)",
        " 0000│03                     │.       │  size: 3 (u1)",
        " 0001│61 62 63               │abc     │  body (bytes)",
    ]


def test_findings_stand_below_their_node(boxes: Boxes) -> None:
    """Trailing bytes after the last one that was read."""
    lines = boxes.run("inspect", "trailing.box", *_SCHEMA).stdout.decode().splitlines()
    at = lines.index("✗0004│64                     │d       │  (1 unread byte)")
    assert lines[at + 1].startswith("  ╰─ error S109 trailing-bytes: ")


def test_the_tree_can_be_cut_to_a_path(boxes: Boxes) -> None:
    """What lies outside is counted."""
    said = boxes.run("inspect", "trailing.box", *_SCHEMA, "--path", "size").stdout.decode()
    assert "body" not in said
    assert "1 finding outside `size` not shown" in said


def test_a_path_that_is_not_there_is_said(boxes: Boxes) -> None:
    """An empty tree would look like an empty file."""
    done = boxes.run("inspect", "valid.box", *_SCHEMA, "--path", "sise")
    assert b"no node is called `sise`" in done.stdout + done.stderr
    assert done.returncode == 2


def test_no_line_is_wider_than_asked_for(boxes: Boxes) -> None:
    """At 80 and at 120 columns."""
    for width in (80, 120):
        done = boxes.run("inspect", "invalid.box", *_SCHEMA, "--width", str(width), "--depth", "9")
        tree = done.stdout.decode().split("\n\n")[1]
        assert max(cell_width(line) for line in tree.splitlines()) <= width


def test_the_tree_as_data_has_every_node(boxes: Boxes) -> None:
    """In pre-order, with spans and values."""
    tree = boxes.report("inspect", "valid.box", *_SCHEMA)
    assert [(one["path"], one["depth"], one["span"], one["value"]) for one in tree["nodes"]] == [
        ("", 0, {"start": 0, "end": 4}, None),
        ("size", 1, {"start": 0, "end": 1}, 3),
        ("body", 1, {"start": 1, "end": 4}, "616263"),
    ]


def test_the_tree_as_data_can_be_cut_too(boxes: Boxes) -> None:
    """By path and by depth."""
    arguments = ("inspect", "valid.box", *_SCHEMA)
    by_path = boxes.report(*arguments, "--path", "body")
    by_depth = boxes.report(*arguments, "--depth", "0")
    assert [one["path"] for one in by_path["nodes"]] == ["body"]
    assert [one["path"] for one in by_depth["nodes"]] == [""]


def test_a_file_that_cannot_be_read_has_no_tree_but_a_reason(boxes: Boxes) -> None:
    """The finding stands alone."""
    done = boxes.run("inspect", "missing.box", *_SCHEMA)
    assert done.stdout.startswith(b"error[T001] unreadable-file")


def test_a_finding_in_a_companion_is_shown_apart(boxes: Boxes) -> None:
    """It has other bytes."""
    boxes.write("limits.bin", "\x09\x09")
    arguments = ("two.list", "--schema", "list.ksy", "--with", "limits=limits.bin")
    said = boxes.run("inspect", *arguments).stdout.decode()
    assert "error[S109] trailing-bytes" in said
    assert "--> limits.bin: " in said


def test_standard_input_can_be_inspected(boxes: Boxes) -> None:
    """It is kept for the excerpts."""
    said = boxes.run("inspect", "-", *_SCHEMA, content=b"\x01z").stdout.decode()
    assert "│7a                     │z       │  body (bytes)" in said

"""`harness explain` and `harness schema`: what is known, and where to look."""

from __future__ import annotations

import pytest

from harness.findings.registry import RULES
from tests.cli.box_files import Boxes


@pytest.mark.parametrize("asked", ["I501", "i501", "invariant-broken"])
def test_a_rule_is_explained_by_code_and_by_name(boxes: Boxes, asked: str) -> None:
    """With all that the registry knows of it."""
    said = boxes.run("explain", asked).stdout.decode()
    assert said.startswith("I501 invariant-broken  error\n")
    for title in ("What it checks", "Why it matters", "How to fix", "Example"):
        assert f"\n{title}\n" in said


def test_every_rule_can_be_explained(boxes: Boxes) -> None:
    """The list names each once."""
    lines = boxes.run("explain").stdout.decode().splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(listed) == sorted(RULES)
    assert max(map(len, lines)) <= 100


def test_a_near_miss_is_suggested(boxes: Boxes) -> None:
    """For a typing mistake in the name."""
    done = boxes.run("explain", "invariant-brokn")
    assert b"did you mean I501 invariant-broken" in done.stderr


def test_the_known_schemas_are_listed(boxes: Boxes) -> None:
    """With extension and title."""
    said = boxes.run("schema", "show").stdout.decode()
    assert any(line.startswith("tzif ") and ".tzif" in line for line in said.splitlines())


def test_a_schema_is_shown_with_its_types(boxes: Boxes) -> None:
    """And with what it was made from."""
    said = boxes.run("schema", "show", "list.ksy").stdout.decode()
    assert "  companion  limits: limits\n" in said
    assert "  count: integer\n" in said


def test_a_checked_schema_shows_line_and_column(boxes: Boxes) -> None:
    """As an editor wants it, in the order of the lines."""
    said = boxes.run("schema", "check", "broken.ksy", "--format", "concise").stdout.decode()
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "broken.ksy:1:1",
        "broken.ksy:3:26",
    ]
    assert ": error Q902 unknown-key: " in said


def test_every_command_has_help_with_an_example(boxes: Boxes) -> None:
    """And the list of commands is complete."""
    listed = boxes.run("--help").stdout.decode()
    for command in (
        ("validate",),
        ("inspect",),
        ("explain",),
        ("schema", "check"),
        ("schema", "show"),
        ("gate",),
    ):
        done = boxes.run(*command, "--help")
        assert done.returncode == 0
        assert f"  harness {' '.join(command)}" in done.stdout.decode()
        assert f"\n  {command[0]} " in listed

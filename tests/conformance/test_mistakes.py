"""Schemas with mistakes: refused at the right line, or told."""

from __future__ import annotations

import pytest

from tests.conformance.tiny import Tiny
from tools.conformance import mistakes
from tools.conformance.mistakes import judge, mistakes_of, run_mistakes
from tools.conformance.yaml_places import lines_of

SCHEMA = """meta:
  id: wrong
seq:
  - id: BAD
    type: u1
"""


def head(path: str, level: str = "error", file: str = "wrong.ksy") -> str:
    """Return what the compiler says at the head of a file."""
    return f"{file}: {path}:\n\t{level}: something is wrong\n\n"


@pytest.mark.parametrize(
    ("path", "is_right"), [("/seq/0/id", True), ("/seq/0/type", False), ("/meta/id", False)]
)
def test_the_line_must_be_right(tiny: Tiny, path: str, *, is_right: bool) -> None:
    """Refused at another line is not right, and what was said instead is kept."""
    found = judge(tiny.mistake(head(path), SCHEMA), tiny.checkout)
    assert (found.level, found.is_refused, found.is_right) == ("error", True, is_right)
    assert bool(found.missing) is not is_right
    assert bool(found.beside) is not is_right


def test_an_accepted_schema_is_not_right(tiny: Tiny) -> None:
    """The mistake is not found at all."""
    found = judge(tiny.mistake(head("/seq/0/id"), SCHEMA.replace("BAD", "a")), tiny.checkout)
    assert (found.is_refused, found.is_right) == (False, False)


def test_every_mistake_must_be_found(tiny: Tiny) -> None:
    """One of two is not enough."""
    two = head("/seq/0/id") + head("/seq/0/type")
    found = judge(tiny.mistake(two, SCHEMA), tiny.checkout)
    assert (found.is_right, len(found.missing)) == (False, 1)
    fixed = SCHEMA.replace("u1", "nowhere")
    assert judge(tiny.mistake(two, fixed), tiny.checkout).is_right


def test_the_mistake_may_be_in_another_file(tiny: Tiny) -> None:
    """The head names it; the same line of the importing file is not meant."""
    tiny.mistake("", SCHEMA.replace("id: wrong", "id: other"), "other")
    importing = "meta:\n  id: wrong\n  imports: [other]\nseq: []\n"
    path = tiny.mistake(head("/seq/0/id", file="other.ksy"), importing)
    assert judge(path, tiny.checkout).is_right
    path = tiny.mistake(head("/seq/0/id"), importing)
    assert not judge(path, tiny.checkout).is_right


def test_a_place_may_be_a_line(tiny: Tiny) -> None:
    """Where YAML itself is broken, there is no path."""
    broken = "meta: {id: wrong\nseq: ]\n"
    for line, is_right in ((5, True), (4, False)):
        text = f"wrong.ksy:{line}:6:\n\terror: bad YAML\n\n"
        assert judge(tiny.mistake(text, broken), tiny.checkout).is_right is is_right


def test_a_warning_must_load(tiny: Tiny) -> None:
    """A file that only deserves a warning is not refused, and something stands at the line."""
    text = "meta:\n  id: wrong\n  encoding: odd\nseq: []\n"
    found = judge(tiny.mistake(head("/meta/encoding", "warning"), text), tiny.checkout)
    assert (found.level, found.is_refused, found.is_right) == ("warning", False, True)
    found = judge(tiny.mistake(head("/seq", "warning"), text), tiny.checkout)
    assert not found.is_right


def test_a_crash_is_told(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a refusal, and does not stop the run."""

    def crashing(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    tiny.mistake(head("/seq/0/id"), SCHEMA)
    monkeypatch.setattr(mistakes, "load", crashing)
    (found,) = run_mistakes(tiny.checkout)
    assert (found.crash, found.is_right) == ("RuntimeError: boom", False)


def test_a_file_without_a_head_has_no_level(tiny: Tiny) -> None:
    """It is there for others to import."""
    assert judge(tiny.mistake("", SCHEMA.replace("BAD", "a")), tiny.checkout).level == ""


def test_heads_are_read_as_they_are_written() -> None:
    """Paths and positions, errors and warnings; text after the head does not count."""
    text = (
        "# a.ksy: /seq/0:\n# \terror: one\n#\n# b.ksy:6:8:\n# \twarning: two: three\n"
        "meta: {}\n# a.ksy: /meta:\n# \terror: no\n"
    )
    found = [(m.file, m.path, m.line, m.level, m.text) for m in mistakes_of(text)]
    assert found == [
        ("a.ksy", "/seq/0", 0, "error", "one"),
        ("b.ksy", "", 6, "warning", "two: three"),
    ]


DOCUMENT = """# one
meta:
  id: a
seq:
  - id: x
    type:
      switch-on: 1
      cases:
        42: u1
        '"a b"': u2
    valid: |
      1 +
      2
  - {id: y}
"""


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/", range(2, 3)),
        ("/meta", range(2, 4)),
        ("/meta/id", range(3, 4)),
        ("/meta/nothing", range(2, 4)),
        ("/seq/0", range(5, 6)),
        ("/seq/0/type", range(6, 8)),
        ("/seq/0/type/cases/IntNum(42)", range(9, 10)),
        ("/seq/0/type/cases/Str(a b)", range(10, 11)),
        ("/seq/0/type/cases/Str(c)", range(8, 10)),
        ("/seq/0/valid", range(11, 14)),
        ("/seq/1/id", range(14, 15)),
        ("/seq/2", range(4, 6)),
    ],
)
def test_paths_lead_to_lines(path: str, lines: range) -> None:
    """From the key to where its value starts; a block of text counts as a whole."""
    assert lines_of(DOCUMENT, path) == lines


@pytest.mark.parametrize("text", ["", "a: [", "- ? [1]: 2"])
def test_what_is_no_yaml_has_a_first_line(text: str) -> None:
    """The top of it is line 1."""
    assert lines_of(text, "/") == range(1, 2)

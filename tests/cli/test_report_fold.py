"""What a tree shows: arrays folded, depth limited, findings always somewhere in sight."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from harness.findings.model import Finding, Severity, Span
from harness.reading import View
from harness.report.fold import Found, Hidden, Item, Row, Selection, arrange, is_at_or_below


def _view(path: str, depth: int, kind: str = "value") -> View:
    return View(
        path=path,
        name=path.rpartition(".")[2],
        depth=depth,
        span=Span(0, 1),
        value=1 if kind == "value" else None,
        label="u1",
        kind=kind,  # type: ignore[arg-type]  # a parameter of the test
        order=0,
        text="",
    )


def _box(count: int) -> list[View]:
    """A header, and an array of `count` structures of one field."""
    views = [_view("", 0, "struct"), _view("size", 1), _view("items", 1, "array")]
    for at in range(count):
        views += [_view(f"items[{at}]", 2, "struct"), _view(f"items[{at}].kind", 3)]
    return views


def _finding(path: str, code: str = "B202") -> Finding:
    return Finding(code=code, severity=Severity.ERROR, file="a", path=path, span=Span(0, 1))


def _shown(items: Iterable[Item]) -> list[str]:
    """Rows by path, folds by count, findings by code."""
    said: list[str] = []
    for item in items:
        match item:
            case Row():
                said.append(item.view.path)
            case Hidden():
                said.append(f"...{item.count}")
            case Found():
                said.append(f"!{item.finding.path}")
    return said


def test_a_short_array_is_shown_whole() -> None:
    """Five elements are not worth folding."""
    assert "...1" not in _shown(arrange(_box(5), (), Selection()))


def test_a_long_array_says_how_many_more_there_are() -> None:
    """The first elements stand for the rest."""
    shown = _shown(arrange(_box(100), (), Selection()))
    assert shown[-1] == "...95"
    assert "items[4].kind" in shown
    assert "items[5]" not in shown


def test_everything_folds_nothing() -> None:
    """`--all` is all."""
    assert len(_shown(arrange(_box(100), (), Selection(everything=True)))) == 203


def test_an_element_with_a_finding_is_not_folded() -> None:
    """What is wrong is shown, with what is left out before and after it counted."""
    shown = _shown(arrange(_box(100), [_finding("items[50].kind")], Selection()))
    at = shown.index("items[50]")
    assert shown[at - 1 :] == ["...45", "items[50]", "items[50].kind", "!items[50].kind", "...49"]


def test_below_the_depth_limit_nothing_is_shown() -> None:
    """The limit counts from the first node shown."""
    assert _shown(arrange(_box(9), (), Selection(depth=1))) == ["", "size", "items"]


def test_a_finding_below_the_depth_limit_stands_at_the_nearest_node_shown() -> None:
    """A limit on depth hides nodes, never findings."""
    shown = _shown(arrange(_box(3), [_finding("items[1].kind")], Selection(depth=1)))
    assert shown == ["", "size", "items", "!items[1].kind"]


def test_a_finding_at_a_node_that_was_never_read_stands_at_its_parent() -> None:
    """Abandoned attributes are not in the tree."""
    shown = _shown(arrange(_box(1), [_finding("items[0].value")], Selection()))
    assert shown[-2:] == ["items[0].kind", "!items[0].value"]


def test_bytes_that_nobody_read_come_after_what_was_read() -> None:
    """Trailing bytes stand at the end of their structure, where they are in the file."""
    shown = _shown(arrange(_box(1), [_finding("", "S109")], Selection()))
    assert shown[-1] == "!"
    assert shown[0] == ""


def test_a_file_without_a_tree_still_shows_its_findings() -> None:
    """A root that could not be read leaves the findings."""
    assert _shown(arrange((), [_finding("a.b")], Selection())) == ["!a.b"]


def test_a_path_shows_its_node_and_what_is_below() -> None:
    """Siblings whose names begin alike are not meant."""
    views = [*_box(12), _view("items_more", 1)]
    findings = [_finding("items[1].kind"), _finding("items[11].kind")]
    shown = _shown(arrange(views, findings, Selection(path="items[1]")))
    assert shown == ["items[1]", "items[1].kind", "!items[1].kind"]


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("depth", [None, 0, 1, 2])
def test_every_finding_is_shown_exactly_once(everything: bool, depth: int | None) -> None:  # noqa: FBT001 -- a parameter of the test
    """Whatever is hidden."""
    findings = [
        _finding("", "S109"),
        _finding(""),
        _finding("size"),
        _finding("items"),
        _finding("items[9]"),
        _finding("items[9].kind"),
        _finding("items[9].absent.deep"),
        _finding("elsewhere"),
    ]
    selection = Selection(everything=everything, depth=depth)
    shown = [item for item in arrange(_box(20), findings, selection) if isinstance(item, Found)]
    assert sorted(item.finding.path for item in shown) == sorted(one.path for one in findings)


def test_prefixes_end_at_names() -> None:
    """`a.b` is below `a`, `ab` is not."""
    assert [is_at_or_below(path, "a") for path in ("a", "a.b", "a[0]", "ab")] == [
        True,
        True,
        True,
        False,
    ]

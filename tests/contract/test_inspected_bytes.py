"""A tree beside its bytes shows every byte of the file: terminators, padding, unread ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpora.build import CORPORA, FOLDER
from corpora.recipes.sample import Corpus
from harness.cli.reporting import file_report
from harness.cli.sources import FileSources
from harness.report.fold import Selection
from harness.report.model import Report
from harness.report.style import Style
from harness.report.tree_page import page_lines
from harness.validation import Request, Result, validate_file

# offset, bytes and text of a row
_ROW = re.compile(r"^.([0-9a-f]+)│((?:[0-9a-f]{2} ?)+) *│")
_LARGEST = 4096


def _page(result: Result) -> list[str]:
    report = Report(
        command="inspect",
        outcome="findings",
        exit_code=10,
        findings=result.findings,
        files=(file_report([result], ()),),
    )
    selection, style = Selection(everything=True), Style(width=100)
    return list(page_lines(report, result.reading, selection, FileSources({}), style))


def _shown(lines: list[str]) -> dict[int, int]:
    """The bytes that rows show, by offset."""
    found: dict[int, int] = {}
    for row in filter(None, map(_ROW.match, lines)):
        found.update(enumerate(bytes.fromhex(row[2]), int(row[1], 16)))
    return found


@pytest.mark.parametrize("kind", ["valid", "invalid"])
@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.format)
def test_every_byte_of_every_file_is_shown(corpus: Corpus, kind: str) -> None:
    """Whatever is wrong with it."""
    companions = {name: FOLDER / path for name, path in corpus.companions}
    request = Request(schema=corpus.format, companions=companions, engine="reference")
    for path in sorted((FOLDER / corpus.format / kind).iterdir()):
        content = path.read_bytes()
        if 0 < len(content) <= _LARGEST:
            shown = _shown(_page(validate_file(path, request)))
            assert shown == dict(enumerate(content)), path.name


def _text(path: Path) -> str:
    return "\n".join(_page(validate_file(path, Request(schema="tzif", engine="reference"))))


def test_what_nothing_reads_after_a_fault_is_labelled() -> None:
    """Where reading stopped, the rest of the file is there and called unread."""
    text = _text(FOLDER / "tzif" / "invalid" / "hostile-count.tzif")
    assert re.search(r"002c│00 00 00 00 00 00 55 54│......UT│ +\(unread, 10 bytes\)", text)


def test_the_end_of_a_footer_is_labelled() -> None:
    """The line feed that ends a TZ string stands in no value."""
    text = _text(FOLDER / "tzif" / "valid" / "v2-minimal.tzif")
    assert re.search(r"│0a  .*\(terminator or padding, 1 byte\)", text)

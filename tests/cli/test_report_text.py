"""A finding for people: headline, place, bytes, remedy and the line of its rule."""

from __future__ import annotations

from harness.findings.model import Finding, Place, Severity, Span
from harness.report.concise import finding_line
from harness.report.style import Style
from harness.report.text import finding_lines
from tests.cli.bytes_at_hand import HeldSources

_FINDING = Finding(
    code="I501",
    severity=Severity.ERROR,
    file="candidate.bin",
    path="instances[3]",
    span=Span(2, 4),
    rule="one-criterion-per-field",
    expected="`template.fields.size` is 20",
    actual="`criteria.size` is 21",
    source=Place("channel.ksy", 41, 15),
)
_SOURCES = HeldSources(b"abcdef", "          - {id: one, check: criteria.size == 20}")


def _text(finding: Finding, style: Style) -> str:
    return "\n".join(finding_lines(finding, _SOURCES, style))


def test_the_text_of_a_finding_is_complete() -> None:
    """One look answers: which rule, where, what was wanted, what to do, and who says so."""
    assert _text(_FINDING, Style(width=80)) == (
        "error[I501] invariant-broken (one-criterion-per-field): "
        "`criteria.size` is 21, `template.fields.size` is 20\n"
        "    --> candidate.bin: instances[3] (bytes 0x2..0x4)\n"
        "       |\n"
        "0x0000 | 61 62 63 64 65 66                                 |abcdef|\n"
        "       |       ^^^^^\n"
        "       |\n"
        "       = help: correct one of the two sides\n"
        "    --> rule: channel.ksy:41:15\n"
        "    41 | - {id: one, check: criteria.size == 20}\n"
        "       |     ^\n"
    )


def test_the_concise_form_is_one_line_with_the_bytes_in_front() -> None:
    """Editors and `grep` find file and offset where they look for them."""
    assert finding_line(_FINDING) == (
        "candidate.bin:0x2-0x4: error I501 invariant-broken (one-criterion-per-field): "
        "instances[3]: `criteria.size` is 21, `template.fields.size` is 20"
    )


def test_a_finding_in_a_schema_has_line_and_column_in_front() -> None:
    """Editors jump to it."""
    finding = Finding(
        code="Q902",
        severity=Severity.ERROR,
        file="a.ksy",
        actual="the key `sequel` is not known here",
        source=Place("a.ksy", 4, 3),
    )
    assert finding_line(finding).startswith("a.ksy:4:3: error Q902 ")


def test_a_contract_does_not_take_the_place_of_the_file() -> None:
    """A finding without bytes names the file it is in, not the manifest that wants something."""
    finding = Finding(
        code="K402", severity=Severity.WARNING, file="a.bin", source=Place("m.toml", 4, 3)
    )
    assert finding_line(finding).startswith("a.bin: warning K402 ")


def test_hostile_text_reaches_neither_form_raw() -> None:
    """File names, values and schema lines are all the attacker's."""
    evil = "\x1b]0;owned\x07\n"
    finding = Finding(
        code="B202",
        severity=Severity.ERROR,
        file=f"{evil}.bin",
        path=f"a{evil}",
        span=Span(0, 1),
        rule=evil,
        expected=evil,
        actual=evil,
        reason=evil,
        source=Place(f"{evil}.ksy", 1, 2),
    )
    sources = HeldSources(b"\x1b]0;", f"- {evil}{evil}")
    written = [*finding_lines(finding, sources, Style(width=60)), finding_line(finding)]
    assert all(line.isprintable() for line in written)


def test_values_that_the_message_does_not_name_stand_below_it() -> None:
    """Nothing that the finding knows is lost."""
    finding = Finding(
        code="Q902", severity=Severity.ERROR, file="a.ksy", expected="`seq`", actual="no such key"
    )
    assert "= expected: `seq`" in _text(finding, Style(width=80))


def test_colour_is_the_severity() -> None:
    """Errors are red, warnings yellow, notes cyan."""
    colours = {
        severity: _text(
            Finding(code="B202", severity=severity, file="a"), Style(colour=True)
        ).split("[", 2)[1][:4]
        for severity in Severity
    }
    assert colours == {
        Severity.ERROR: "1;31",
        Severity.WARNING: "1;33",
        Severity.NOTE: "1;36",
    }

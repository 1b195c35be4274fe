"""The bars hold or break as the results say, and the exit code follows them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.tiny import Tiny
from tests.repo.checkout import ROOT
from tools.conformance import __main__ as command
from tools.conformance import gallery, samples
from tools.conformance.bars import Results, bars
from tools.conformance.mistakes import Judged
from tools.conformance.page import lines_of
from tools.conformance.suite import Outcome, Result, Strict

PASSED = Result("good", Outcome.PASSED, strict=Strict.SAME)
FAILED = Result("bad", Outcome.FAILED, ("why",), strict=Strict.SAME)
REFUSED = Result("odd", Outcome.REFUSED, ("opaque types",))
RIGHT = Judged("right.ksy", "error", is_refused=True, missing=())
WRONG = Judged("wrong.ksy", "error", is_refused=False, missing=("/seq",))
WARNED = Judged("warned.ksy", "warning", is_refused=False, missing=("/seq",))
LOADED = gallery.Loaded("a.ksy", gallery.Outcome.LOADED)
UNLOADED = gallery.Loaded("b.ksy", gallery.Outcome.REFUSED, ("opaque types",))
SAME = samples.Compared("a.bin", samples.Outcome.SAME, values=3)

GOOD = Results(
    [LOADED, UNLOADED], [PASSED] * 98 + [FAILED] * 2 + [REFUSED] * 50, [RIGHT], [LOADED], [SAME]
)


def broken(results: Results) -> list[str]:
    """Return the bars that do not hold."""
    return [bar.what for bar in bars(results) if not bar.holds]


def test_all_bars_hold() -> None:
    """98 of 100 are enough, refused ones and warnings do not count."""
    assert broken(GOOD) == []
    assert broken(replace(GOOD, mistakes=[*[RIGHT] * 95, *[WRONG] * 5, WARNED])) == []
    assert broken(replace(GOOD, gallery=[LOADED] * 97 + [UNLOADED] * 3)) == []


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (replace(GOOD, schemas=[]), "are refused"),
        (replace(GOOD, schemas=[replace(LOADED, outcome=gallery.Outcome.FAILED)]), "are refused"),
        (replace(GOOD, specs=[PASSED] * 97 + [FAILED] * 2), "in the profile pass"),
        (replace(GOOD, specs=[]), "in the profile pass"),
        (replace(GOOD, specs=[REFUSED]), "in the profile pass"),
        (replace(GOOD, specs=[replace(PASSED, strict=Strict.DIFFERENT)]), "another value"),
        (replace(GOOD, specs=[PASSED] * 99 + [Result("c", Outcome.CRASHED)]), "crashes"),
        (replace(GOOD, mistakes=[replace(RIGHT, crash="boom")] + [RIGHT] * 99), "crashes"),
        (replace(GOOD, mistakes=[RIGHT] * 94 + [WRONG] * 5), "right line"),
        (replace(GOOD, mistakes=[WARNED]), "right line"),
        (replace(GOOD, gallery=[LOADED] * 96 + [UNLOADED] * 4), "gallery load"),
        (replace(GOOD, gallery=[LOADED] * 99 + [replace(UNLOADED, outcome=gallery.Outcome.FAILED)]),
         "refused by name"),
        (replace(GOOD, samples=[]), "sample"),
        (replace(GOOD, samples=[SAME] * 99 + [replace(SAME, outcome=samples.Outcome.LATE)]),
         "sample"),
        (replace(GOOD, unmade=["no node"]), "sample"),
    ],
)  # fmt: skip
def test_each_bar_can_break(results: Results, words: str) -> None:
    """One too few, or nothing at all, breaks the bar; no other."""
    (what,) = broken(results)
    assert words in what


def test_the_page_names_what_is_not_right() -> None:
    """Every failure, refusal and miss stands there with its reason."""
    results = replace(GOOD, specs=[FAILED, REFUSED], mistakes=[WRONG], gallery=[UNLOADED])
    page = "\n".join(lines_of(results, bars(results)))
    for line in ("bad: why", "odd: opaque types", "wrong.ksy: /seq", "b.ksy: opaque types"):
        assert f"  {line}" in page
    assert "BROKEN" in page


def run(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, object]]:
    """Run the command on a tiny checkout, without Kaitai's compiler."""
    monkeypatch.setattr(command, "_samples", lambda _checkout: ([SAME], ()))
    out = tiny.folder / "deep" / "results.json"
    checkout = tiny.checkout
    folders = ("--tests", checkout.tests, "--formats", checkout.formats)
    arguments = (*folders, "--samples", checkout.samples, "--json", out)
    code = command.main([str(argument) for argument in arguments])
    return code, json.loads(out.read_text()) if out.exists() else {}


def prepare(tiny: Tiny, expected: str) -> None:
    """Write a suite in which all is well if `expected` is 1."""
    tiny.spec(
        f"asserts:\n  - {{actual: a, expected: {expected}}}\n",
        schema="seq: [{id: a, type: u1}]",
        content="01",
    )
    tiny.mistake(
        "wrong.ksy: /seq/0/id:\n\terror: bad\n\n", "meta: {id: wrong}\nseq:\n  - id: BAD\n"
    )
    tiny.write("formats/common/one.ksy", "meta: {id: one}\n")
    (tiny.folder / "samples").mkdir()


@pytest.mark.parametrize(("expected", "code"), [("1", 0), ("2", 1)])
def test_the_exit_code_follows_the_bars(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, expected: str, code: int
) -> None:
    """0 only when all hold; the JSON has everything either way."""
    prepare(tiny, expected)
    found, told = run(tiny, monkeypatch)
    assert found == code
    assert {"bars", "schemas", "specifications", "mistakes", "gallery", "samples"} <= told.keys()


@pytest.mark.parametrize("missing", ["tests/spec", "formats/common", "samples"])
def test_a_folder_that_is_no_checkout(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Nothing to run is a usage error, not a success."""
    prepare(tiny, "1")
    (tiny.folder / missing).rename(tiny.folder / "elsewhere")
    assert run(tiny, monkeypatch) == (2, {})


def test_make_says_what_it_wants() -> None:
    """Without the folders, `make conformance` names the variables."""
    done = subprocess.run(
        ["make", "--no-print-directory", "conformance"],
        cwd=Path(ROOT),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "KAITAI_TESTS=DIR" in done.stderr

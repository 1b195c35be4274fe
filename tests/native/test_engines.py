"""Both engines find the same: in files of the corpora, in damaged ones, in any bytes at all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import Mock

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.build import CORPORA
from corpora.recipes.sample import Corpus, Sample
from harness.consumers.manifest import load as load_manifest
from harness.coverage import Cell
from harness.findings.example import ContentExample
from harness.findings.registry import RULES
from harness.native import service
from harness.schema import load
from tests.rules.running import overlay_of
from tools.engines.__main__ import main
from tools.engines.compare import Outcome, Twins
from tools.engines.contents import contents
from tools.engines.observing import observing
from tools.engines.subjects import Subject, subject_of

FORMATS = [corpus.format for corpus in CORPORA]
CONTRACT = Path("incidents/2024-07-crowdstrike-291/consumers/sensor-7.11.toml")
MOST_FINDINGS = (1000, 1, 3)
HALVES = ("passes", "breaks")
COUNTS = [pytest.param(200, id="200"), pytest.param(50_000, id="50000", marks=pytest.mark.deep)]
EXAMPLES = [
    pytest.param(rule.example, id=rule.code)
    for rule in RULES.values()
    if isinstance(rule.example, ContentExample)
]


@cache
def twins_of(name: str, *, with_contract: bool = False) -> tuple[Subject, Twins]:
    """A format with both of its readers, made once."""
    subject = subject_of(name)
    overlays = [load_manifest(CONTRACT).overlay] if with_contract else []
    subject = replace(subject, overlays=(*overlays, observing(subject.schema)))
    return subject, Twins(subject)


def differences(subject: Subject, twins: Twins, seed: int, count: int) -> list[str]:
    """What they do not agree about, in all samples and so many mutants."""
    found: list[str] = []
    for number, data in enumerate(contents(subject, seed, count)):
        found += twins.difference(data, MOST_FINDINGS[number % 3])
    return found


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", FORMATS)
def test_samples_and_mutants_give_the_same(name: str, count: int) -> None:
    """Findings, their order, those only counted, the end, values observed, spans, cells."""
    assert differences(*twins_of(name), seed=0, count=count) == []


@pytest.mark.parametrize("count", COUNTS)
def test_under_a_contract_they_give_the_same(count: int) -> None:
    """Its findings too."""
    subject, twins = twins_of("channel_file", with_contract=True)
    assert differences(subject, twins, seed=1, count=count) == []


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_give_the_same(draw: st.DataObject) -> None:
    """Bytes that have nothing to do with a format, and those that begin like it."""
    subject, twins = twins_of(draw.draw(st.sampled_from(FORMATS)))
    sample = draw.draw(st.sampled_from(subject.corpus.valid)).data[:2048]
    start = draw.draw(st.integers(0, len(sample)))
    data = sample[:start] + draw.draw(st.binary(max_size=200))
    assert twins.difference(data, draw.draw(st.sampled_from(MOST_FINDINGS))) == []


@pytest.mark.deep
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_rules_give_the_same(example: ContentExample, tmp_path: Path) -> None:
    """Every code that content can raise has one."""
    path = tmp_path / "example.ksy"
    path.write_text(example.schema)
    samples = [Sample(half, half, bytes.fromhex(getattr(example, half))) for half in HALVES]
    corpus = Corpus("example", tuple(samples), ())
    subject = Subject(corpus, load(path), {}, (overlay_of(example),))
    refused = service.uncompilable(subject.schema)
    if refused:  # only the reference reader reads it, and that is said
        assert {finding.code for finding in refused} == {"Q950"}
        return
    assert differences(subject, Twins(subject), seed=0, count=100) == []


def test_a_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In code, words, number and end: the comparison can fail."""
    subject, twins = twins_of("tzif")
    data = subject.corpus.invalid[0].data
    told = twins.reference(data, 1000)
    first, *rest = told.findings
    renamed = msgspec.structs.replace(first, code="S116")
    reworded = msgspec.structs.replace(first, expected="x")
    others: dict[str, Outcome | str] = {
        "S116": replace(told, findings=(renamed, *rest)),
        "expected='x'": replace(told, findings=(reworded, *rest)),
        "native:    none": replace(told, findings=()),
        "dropped": replace(told, dropped={"S101": 1}),
        "complete": replace(told, is_complete=False),
        "observed 0": replace(told, observed=({"0": -1},)),
        "span": replace(told, spans=told.spans[1:]),
        "cell": replace(told, cells={Cell("tzif/x", "y"): 1}),
        "refuses": "it has 4 GiB or more",
    }
    for words, other in others.items():
        monkeypatch.setattr(twins, "native", Mock(return_value=other))
        assert words in "\n".join(twins.difference(data))


def test_the_tool_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how much it looked at, and ends with 0 where there is no difference."""
    assert main(["template_definitions", "--mutants", "5", "--keep", str(tmp_path)]) == 0
    assert "0 differences" in capsys.readouterr().out

"""The project's own C as a consumer: any report is a failure, and there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fuzzing.conftest import MOST_SECONDS
from tools.selffuzz.__main__ import REPORTED, USAGE, main
from tools.selffuzz.running import Record, Settings, run
from tools.selffuzz.subjects import Subject, subject

_SHORT_SECONDS = 3.0
_SCHEMA = """
meta: {id: counted, endian: le}
seq:
  - {id: magic, contents: CH}
  - {id: count, type: u1}
  - {id: all, size: count}
"""
_VALIDATOR = """
#include "harness_consumer.h"
#include "more.h"
int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer) {
    (void)observer;
    if (size < LEAST || data[0] != 'C' || data[1] != 'H') return 1;
    return SAYS;
}
"""
_SOUND = "#define LEAST 3\n#define SAYS (data[2] + 3u == size ? 0 : 2)\n"
_READS_TOO_FAR = "#define LEAST 2\n#define SAYS (data[2] + 3u == size ? 0 : 2)\n"
_TAKES_TOO_MUCH = "#define LEAST 3\n#define SAYS (data[2] + 3u <= size ? 0 : 2)\n"


def _subject(folder: Path, header: str) -> Subject:
    (folder / "counted.ksy").write_text(_SCHEMA)
    return Subject(
        name="counted",
        files={"validator.c": _VALIDATOR, "more.h": header},
        seeds=(b"CH\x01x", b"CH\x00", b"CH"),
        schema=str(folder / "counted.ksy"),
    )


def _run(folder: Path, environment: Mapping[str, str], header: str, until: str = "") -> Record:
    seconds = MOST_SECONDS if until else _SHORT_SECONDS
    settings = Settings(seconds=seconds, workers=1, until=until)
    return run(_subject(folder, header), settings, folder / "run", environment)


def test_sound_c_has_no_report(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """Its verdicts are the reference reader's; how much was executed is kept."""
    record = _run(tmp_path, environment, _SOUND)
    assert record.holds, record.reports
    kept = json.loads((tmp_path / "run" / "record.json").read_text())
    assert kept["executions"] == record.executions > 0
    assert kept["judged"] > 0


@pytest.mark.parametrize(("header", "code"), [(_READS_TOO_FAR, "D702"), (_TAKES_TOO_MUCH, "D706")])
def test_a_fault_is_a_report(
    tmp_path: Path, environment: Mapping[str, str], header: str, code: str
) -> None:
    """Of memory, or of what it says of a content; then it does not hold."""
    record = _run(tmp_path, environment, header, code)
    assert not record.holds
    assert any(report.startswith(code) for report in record.reports)


@pytest.mark.parametrize("name", ["mutator", "records"])
def test_the_runtime_stands_its_own_fuzzing(
    tmp_path: Path, environment: Mapping[str, str], name: str
) -> None:
    """The inputs that once broke it are among the seeds."""
    record = run(subject(name), Settings(seconds=_SHORT_SECONDS), tmp_path / "run", environment)
    assert record.holds, record.reports


def test_a_schema_needs_c_that_reads_it(
    tmp_path: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Without it that is said; with it, it is fuzzed from the files of the corpora."""
    monkeypatch.setenv("HARNESS_CACHE", environment["HARNESS_CACHE"])
    source = tmp_path / "all.c"
    source.write_text(
        "#include <stdint.h>\n#include <stddef.h>\n"
        "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {\n"
        "    return size > 3 && data[0] == 'T' && data[size] == 0;\n}\n"
    )
    words = ["tzif", "--folder", str(tmp_path / "runs"), "--workers", "1", "--minutes", "0.05"]
    assert main(words) == USAGE
    assert "--source" in capsys.readouterr().err
    assert main([*words, "--source", str(source)]) == REPORTED
    assert "report: D702" in capsys.readouterr().out

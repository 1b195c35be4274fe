"""The project's own C as a consumer: any report is a failure, and there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
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
# As a generated validator declares itself, over a schema of magic, count and so many bytes.
_HEADER = """
#include <stddef.h>
#include <stdint.h>
enum { HV_DONE = 0, HV_LIMIT = 1, HV_NO_SCRATCH = 2 };
typedef struct hv_ctx hv_ctx;
typedef struct { uint32_t start, end; } hv_span;
typedef struct {
    int64_t max_findings;
    uint8_t *findings;
    size_t findings_size, used;
    uint64_t count, errors;
    uint32_t is_full, is_swept;
    hv_span *spans;
    uint64_t span_room;
} hv_request;
hv_ctx *hv_open(void *scratch, size_t size);
int hv_give_companion(hv_ctx *c, uint32_t number, const uint8_t *data, size_t size);
int hv_check(hv_ctx *c, const uint8_t *data, size_t size, hv_request *request);
"""
_GENERATED = """
#include "validator.h"
#include <string.h>
struct hv_ctx { size_t size; uint8_t left; };
hv_ctx *hv_open(void *scratch, size_t size) {
    hv_ctx *c = scratch;
    if (size < NEEDS) return NULL;
    c->size = size;
    return c;
}
int hv_give_companion(hv_ctx *c, uint32_t number, const uint8_t *data, size_t size) {
    return (void)c, (void)number, (void)data, size > 0 ? HV_DONE : HV_LIMIT;
}
int hv_check(hv_ctx *c, const uint8_t *data, size_t size, hv_request *request) {
    if (c->size < 5000) return HV_NO_SCRATCH;
    int is_right = size >= 3 && data[0] == 'C' && data[1] == 'H' && data[2] + 3u == size;
    request->is_swept = is_right && request->spans == NULL;
    if (is_right && (request->is_swept || IN_FULL)) return HV_DONE;
    request->errors = request->count = 1;
    request->is_full = request->findings_size < 40;
    if (!request->is_full) memset(request->findings, SAYS, request->used = 40);
    return HV_DONE;
}
"""


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


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param(_READS_TOO_FAR, "D702", id="reads-too-far"),
        pytest.param(_TAKES_TOO_MUCH, "D706", id="takes-too-much"),
    ],
)
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


@pytest.mark.parametrize(
    ("needs", "says", "in_full", "code"),
    [
        pytest.param("sizeof *c", "7", 1, "", id="sound"),
        pytest.param("sizeof *c", "c->left", 1, "D710", id="scratch-that-is-not-written-first"),
        pytest.param("0", "((volatile uint8_t *)c)[c->size]", 1, "D702", id="beyond-the-scratch"),
        pytest.param("sizeof *c", "7", 0, "D701", id="a-trial-that-overlooks-something"),
    ],
)
def test_a_generated_validator_gets_an_entry_point(
    tmp_path: Path, environment: Mapping[str, str], needs: str, says: str, in_full: int,
    code: str,
) -> None:  # fmt: skip
    """Its memory is of exact size and never blank, so what it leaves out shows."""
    (tmp_path / "counted.ksy").write_text(_SCHEMA)
    (tmp_path / "validator.h").write_text(_HEADER)
    (tmp_path / "validator.c").write_text(
        f"#define NEEDS {needs}\n#define SAYS {says}\n#define IN_FULL {in_full}\n{_GENERATED}"
    )
    made = subject(str(tmp_path / "counted.ksy"), sorted(tmp_path.glob("validator.*")))
    made = replace(made, seeds=(b"CH\x01x", b"CH"))
    seconds = MOST_SECONDS if code else _SHORT_SECONDS
    settings = Settings(seconds=seconds, workers=1, until=code)
    record = run(made, settings, tmp_path / "run", environment)
    codes = {report.split("-")[0] for report in record.reports}
    assert code in codes if code else record.holds


@pytest.mark.deep  # the sanitizers take their time over so much code
def test_what_is_generated_from_a_schema_stands_it(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """Its validator, against the reference reader."""
    made = subject("gettext_mo")
    record = run(made, Settings(seconds=_SHORT_SECONDS), tmp_path / "run", environment)
    assert record.holds, record.reports
    assert record.judged > 0


def test_a_schema_that_is_not_compiled_is_no_subject(tmp_path: Path) -> None:
    """Nor one whose contents are read against something that is not given."""
    (tmp_path / "packed.ksy").write_text(
        "meta: {id: packed}\nseq:\n  - {id: all, size-eos: true, process: zlib}\n"
    )
    with pytest.raises(ValueError, match="zlib"):
        subject(str(tmp_path / "packed.ksy"))
    with pytest.raises(ValueError, match="--with definitions=FILE"):
        subject("channel_file")


def test_c_that_reads_a_schema_is_a_subject(
    tmp_path: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It is fuzzed from the files of the corpora."""
    monkeypatch.setenv("HARNESS_CACHE", environment["HARNESS_CACHE"])
    source = tmp_path / "all.c"
    source.write_text(
        "#include <stdint.h>\n#include <stddef.h>\n"
        "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {\n"
        "    return size > 3 && data[0] == 'T' && data[size] == 0;\n}\n"
    )
    words = ["tzif", "--folder", str(tmp_path / "runs"), "--workers", "1", "--minutes", "0.05"]
    assert main(["no-such-schema"]) == USAGE
    assert "no-such-schema" in capsys.readouterr().err
    assert main([*words, "--source", str(source)]) == REPORTED
    assert "report: D702" in capsys.readouterr().out

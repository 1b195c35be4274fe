"""The oracle in workers: verdicts are held against the compiled schema, contract and companions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest

from harness.cli.clock import SystemClock
from harness.cli.exit_codes import FAILED
from harness.cli.fuzz import Options, exit_row
from harness.consumers import run
from harness.consumers.manifest import load
from harness.consumers.model import Manifest
from harness.findings.model import Severity
from harness.fuzzing.judging import Oracle
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Outcome, Snapshot
from harness.fuzzing.validators import WorkerOracle, worker_oracle
from harness.schema import load as load_schema
from harness.schema.library import find
from harness.schema.resources import runtime_folder
from tests.fuzzing.conftest import MOST_SECONDS, Seen, fuzz_manifest

# Says the same of all content of four bytes, so nothing in its code leads to a value.
_TAKES_FOUR = "return size == 4 ? 0 : 1;"
_SCHEMA = """
meta: {id: four, endian: le}
seq:
  - {id: kind, type: u1, valid: {max: 200}}
  - {id: number, type: u2, valid: {expr: _ & 0xff0 != 0x4e0}}
  - {id: last, type: u1}
"""
_LIMITED = """
meta: {id: four, imports: [limits]}
params:
  - {id: limits, type: limits}
"""
_FALSE_ENTRY_POINTS = """
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include "engine/types.h"
uint32_t hv_abi(void) { return HV_ABI; }
hv_ctx *hv_open(void *scratch, size_t size) { return size > 0 ? scratch : NULL; }
int hv_give_companion(hv_ctx *c, uint32_t n, const uint8_t *data, size_t size) {
    return (void)c, (void)n, (void)data, (void)size, HV_NO_SCRATCH;
}
int hv_check(hv_ctx *c, const uint8_t *data, size_t size, hv_request *r) {
    (void)c, (void)r;
    BODY
    return HV_DONE;
}
"""


def _is_rare(content: bytes) -> bool:
    return int.from_bytes(content[1:3], "little") & 0xFF0 == 0x4E0


Make = Callable[..., Manifest]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make the manifest of a consumer from the body of `harness_consume` and a schema."""

    def made(
        body: str = _TAKES_FOUR, schema: str = _SCHEMA, rest: str = "", run: str = ""
    ) -> Manifest:
        (tmp_path / "four.ksy").write_text(schema)
        (tmp_path / "four.c").write_text(
            '#include "harness_consumer.h"\n'
            "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
            f"    (void)data, (void)o;\n    {body}\n}}\n"
        )
        (tmp_path / "four.toml").write_text(
            f'name = "four"\nversion = "1"\nschema = "four.ksy"\n{rest}\n'
            f'[run]\nlibrary = {{sources = ["four.c"]}}\n{run}\n'
        )
        return load(tmp_path / "four.toml")

    return made


def _oracle(manifest: Manifest, environment: Mapping[str, str]) -> WorkerOracle:
    return worker_oracle(load_schema(find(manifest.schema_hint())), manifest, environment)


def _disputed(
    manifest: Manifest, environment: Mapping[str, str], what: str, seed: bytes = b"\1\0\0\0"
) -> Seen:
    """Fuzz by a worker alone until it suspects content of something."""
    oracle = _oracle(manifest, environment)
    assert oracle.warnings == ()

    def is_found(seen: Seen) -> bool:
        return ("verdict", what) in seen.names

    folder = manifest.folder / "campaign"
    return fuzz_manifest(manifest, environment, folder, is_found, seeds=[seed], oracle=oracle)


def test_a_bug_that_only_the_schema_shows_is_seen_by_the_worker(
    make: Make, environment: Mapping[str, str]
) -> None:
    """No supervisor reads anything; executions are judged at the rate at which they come."""
    seen = _disputed(make(), environment, "accepted-invalid")
    content = seen.faults["verdict", "accepted-invalid"].content
    assert len(content) == 4
    assert content[0] > 200 or _is_rare(content)
    assert seen.counters.disputes > 0
    assert seen.counters.judged > seen.counters.executions / 2


def test_one_value_of_many_is_seen(make: Make, environment: Mapping[str, str]) -> None:
    """Nothing in the code leads to it: of a few samples none may be it."""
    manifest = make("return size == 4 && data[0] <= 200 ? 0 : 1;")
    seen = _disputed(manifest, environment, "accepted-invalid")
    assert _is_rare(seen.faults["verdict", "accepted-invalid"].content)


def test_a_rejection_of_valid_content_is_seen(make: Make, environment: Mapping[str, str]) -> None:
    """The seed is rejected."""
    seen = _disputed(make("return 7;"), environment, "rejected-valid")
    content = seen.faults["verdict", "rejected-valid"].content
    assert len(content) == 4
    assert content[0] <= 200


def test_contract_rules_are_judged(make: Make, environment: Mapping[str, str]) -> None:
    """Content that is valid, and out of this consumer's contract, is another thing."""
    contract = '[[contract]]\nid = "low"\nat = "four"\ncheck = "last < 16"\nmessage = "m"\n'
    manifest = make(f"{_TAKES_FOUR}", rest="")
    path = manifest.path
    path.write_text(f"{path.read_text()}{contract}")
    seen = _disputed(load(path), environment, "accepted-out-of-contract")
    content = seen.faults["verdict", "accepted-out-of-contract"].content
    assert content[3] >= 16
    assert content[0] <= 200


def _limits(folder: Path, content: bytes) -> str:
    """Write a companion and its schema; return what the manifest says of it."""
    (folder / "limits.ksy").write_text("meta: {id: limits}\nseq: [{id: most, type: u1}]\n")
    (folder / "limits.bin").write_bytes(content)
    return 'companions = {limits = "limits.bin"}'


def test_content_is_judged_against_companions(
    make: Make, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """As they were given once, whatever the consumer does to its own copies."""
    schema = (
        f"{_LIMITED}seq:\n  - {{id: all, type: u1, repeat: expr, repeat-expr: 4}}\n"
        "-invariants:\n  - {id: most, check: 'all[0] <= limits.most'}\n"
    )
    body = "uint8_t *most = (uint8_t *)o->companions[0].data; *most = 255; return size != 4;"
    manifest = make(body, schema, _limits(tmp_path, b"\x40"))
    seen = _disputed(manifest, environment, "accepted-invalid")
    assert seen.faults["verdict", "accepted-invalid"].content[0] > 0x40
    assert seen.counters.valid > 0


@pytest.mark.parametrize(
    ("schema", "environ", "said"),
    [
        pytest.param(
            "meta: {id: four}\nseq:\n  - {id: all, size: 4, process: zlib}\n", {}, "zlib", id="Q950"
        ),
        pytest.param(_SCHEMA, {"CC": "no-such-compiler"}, "no-such-compiler", id="no-compiler"),
    ],
)
def test_without_a_compiled_schema_samples_are_judged_and_that_is_said(
    make: Make, environment: Mapping[str, str], tmp_path: Path, schema: str,
    environ: Mapping[str, str], said: str,
) -> None:  # fmt: skip
    """Once, with the reason."""
    own = {**environment, "HARNESS_CACHE": str(tmp_path / "cache"), **environ}
    oracle = _oracle(make(schema=schema), own)
    assert oracle.library is None
    (warning,) = oracle.warnings
    assert said in warning
    assert "only samples of the executions" in warning


def test_without_a_sound_companion_samples_are_judged(
    make: Make, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """What is wrong with it would be wrong with every content."""
    schema = f"{_LIMITED}seq:\n  - {{id: all, size: 4}}\n"
    given = _limits(tmp_path, b"")
    for rest, said in ((given, "breaks its own schema"), ("", "is missing")):
        (warning,) = _oracle(make(schema=schema, rest=rest), environment).warnings
        assert f"companion `limits` {said}" in warning


def _false_oracle(folder: Path, body: str) -> WorkerOracle:
    """A library in the place of a compiled schema."""
    source = folder / "false.c"
    source.write_text(_FALSE_ENTRY_POINTS.replace("BODY", body))
    words = ["cc", "-shared", "-fPIC", "-I", str(runtime_folder()), str(source)]
    subprocess.run([*words, "-o", str(folder / "false.so")], check=True)
    return WorkerOracle(library=folder / "false.so")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("r->errors = 1; if (size > 1) *(volatile int *)16 = 1;", id="signal"),
        pytest.param(
            "for (r->errors = 1; size > 1;) *(volatile uint64_t *)&r->errors = 1;", id="hang"
        ),
    ],
)
def test_an_oracle_that_fails_is_no_fault_of_the_consumer(
    make: Make, environment: Mapping[str, str], tmp_path: Path, body: str
) -> None:
    """The content is told, as a fault of its own kind, and set aside."""
    manifest = make(run="timeout_seconds = 0.05")
    seen = fuzz_manifest(
        manifest, environment, tmp_path / "campaign",
        lambda seen: any(kind == "oracle" for kind, _ in seen.names),
        oracle=_false_oracle(tmp_path, body),
    )  # fmt: skip
    assert {kind for kind, _ in seen.names} == {"oracle"}
    assert all(len(fault.content) > 1 for fault in seen.faults.values())


def test_a_worker_that_cannot_judge_says_so(
    make: Make, environment: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page tells, and the campaign warns; all else goes on."""
    manifest = make(
        "return 0;", f"{_LIMITED}seq: [{{id: all, size-eos: true}}]\n", _limits(tmp_path, b"\1")
    )
    oracle = msgspec.structs.replace(_false_oracle(tmp_path, ""), companions=("limits",))
    monkeypatch.setattr("harness.fuzzing.session.worker_oracle", lambda *_: oracle)
    result = _campaign(manifest, environment, "", executions=1000)
    last = result.outcome.snapshot
    assert last.executions > 1000 > last.judged
    assert any("could not have the companions read" in one for one in result.outcome.warnings)


def test_a_slow_oracle_judges_fewer(
    make: Make, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """Rejections first: the search keeps most of the time."""
    manifest = make("return 1;")
    seen = fuzz_manifest(
        manifest, environment, tmp_path / "campaign",
        lambda seen: seen.counters.executions > 4096,
        oracle=_false_oracle(tmp_path, "usleep(2000); r->errors = 1;"),
    )  # fmt: skip
    assert 0 < seen.counters.judged < seen.counters.executions / 2


def _campaign(
    manifest: Manifest, environment: Mapping[str, str], until: str, executions: int = 0
) -> Result:
    """Fuzz as a whole until there is a finding, or so many executions."""

    def show(snapshot: Snapshot) -> None:
        is_found = bool(until) and any(key.startswith(until) for key in snapshot.findings)
        if is_found or 0 < executions < snapshot.executions:
            raise KeyboardInterrupt

    seed = manifest.folder / "seed"
    seed.write_bytes(b"\1\0\0\0")
    request = Request(
        manifest=manifest, folder=manifest.folder / "c", seconds=MOST_SECONDS, seeds=(seed,)
    )
    return fuzz(request, environment, SystemClock(), show)


def test_a_campaign_makes_a_finding_of_it(make: Make, environment: Mapping[str, str]) -> None:
    """A run in isolation shows it; hardly an execution was not judged, and the engines agree."""
    manifest = make("return size == 4 && data[0] <= 200 ? 0 : 1;")
    result = _campaign(manifest, environment, "D706")
    assert [kept.why for kept in result.findings] == [("B208  number",)]
    last = result.outcome.snapshot
    assert last.judged > last.executions / 2
    assert result.outcome.tool_faults == result.outcome.warnings == ()


def test_both_engines_read_what_matters(
    make: Make, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They say the same; where one reads something else into it, that shows."""
    consumer = run.prepare(make(), environment=environment)
    oracle = Oracle(consumer, native=environment)
    content, other = b"\xff\0\0\0", b"\1\0\0\0"
    opinion = oracle.compared(content)
    assert opinion.faults == ("B201  kind",)
    assert not opinion.is_split
    assert oracle.opinion(content) == opinion
    monkeypatch.setattr(Oracle, "_read_natively", lambda self, name, _: self._read(name, other))
    assert oracle.compared(content).is_split
    assert oracle.study(content)[0].is_split
    assert not oracle.compared(other).is_split


def test_a_fault_of_the_tool_is_its_failure(tmp_path: Path) -> None:
    """Whatever else was found: the exit code is that of a tool that failed."""
    snapshot = Snapshot(
        elapsed=1, executions=1, accepted=1, rejected=0, edges=0, corpus=0, judged=0, valid=0,
        findings={}, unconfirmed=0, waiting=1, untried=0, starts=1,
    )  # fmt: skip
    outcome = Outcome(snapshot=snapshot, is_interrupted=False, tool_faults=("they differ",))
    wanted = Options(
        consumer=tmp_path, schema=None, import_paths=(), seconds=1, workers=1, seed=1, seeds=(),
        campaign=None, until="", format_name="text", output=None, fail_on=Severity.ERROR,
    )  # fmt: skip
    assert exit_row(Result(outcome=outcome, findings=()), wanted) is FAILED

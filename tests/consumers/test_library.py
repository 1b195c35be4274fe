"""Library consumers: their phases, their inputs, what they report, how they fail."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.consumers import manifest
from harness.consumers.observation import How, Observation, Verdict
from harness.consumers.run import Consumer, ConsumerError, prepare, run
from harness.schema.resources import runtime_folder
from tests.consumers.conftest import MakeConsumer, manifest_text

CONSUME = "int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer)"
QUIET = "(void)data; (void)size; (void)observer; "
PHASES = """
#include <stdlib.h>
#include <string.h>
static int loads;
void *harness_load(const uint8_t *data, size_t size, const harness_observer *observer) {
    if (size > 0 && data[0] == 'r') return NULL;
    observer->observe(observer->context, "companion_bytes", observer->companions[0].size);
    observer->observe(observer->context, "abi", observer->abi);
    loads++;
    return malloc(1);
}
int harness_event(void *content, const uint8_t *event, size_t size, const harness_observer *o) {
    (void)content;
    o->observe(o->context, "event_bytes", size);
    return size > 0 ? -(int)event[0] : 0;
}
void harness_unload(void *content) { free(content); }
"""


def steps(seen: Observation) -> list[str]:
    """What was called, in order."""
    return [f"{step.cycle} {step.phase} {step.index}: {step.result}" for step in seen.steps]


def told(consumer: Consumer, content: bytes) -> Observation:
    """What the consumer does, with one companion and two events."""
    return run(consumer, content, companions={"definitions": b"abc"}, events=[b"A", b""])


def test_load_events_unload_and_the_same_again(make_consumer: MakeConsumer) -> None:
    """All phases in order, with what each returned and reported."""
    seen = told(make_consumer(PHASES), b"x")
    assert (seen.verdict, seen.how, seen.where) == (Verdict.ACCEPTED, How.FINISHED, "")
    cycle = ["load 0: 0", "event 0: -65", "event 1: 0", "unload 0: 0"]
    assert steps(seen) == [f"{turn} {step}" for turn in (0, 1) for step in cycle]
    assert seen.steps[0].values == {"companion_bytes": (3,), "abi": (1,)}
    assert [step.values for step in seen.steps[1:3]] == [
        {"event_bytes": (1,)},
        {"event_bytes": (0,)},
    ]


def test_a_rejected_load_is_not_used(make_consumer: MakeConsumer) -> None:
    """No events and no unload; but the load is tried once more."""
    seen = told(make_consumer(PHASES), b"r")
    assert (seen.verdict, seen.reject_code) == (Verdict.REJECTED, None)
    assert steps(seen) == ["0 load 0: 1", "1 load 0: 1"]


def test_consume_has_a_reject_code(misbehaving: Consumer) -> None:
    """What `harness_consume` returns, unless it is 0."""
    seen = run(misbehaving, b"reject")
    assert (seen.verdict, seen.reject_code, seen.how) == (Verdict.REJECTED, 7, How.FINISHED)
    seen = run(misbehaving, b"accept")
    assert (seen.verdict, seen.reject_code) == (Verdict.ACCEPTED, None)


def test_a_fuzzer_entry_point_gives_no_verdict(make_consumer: MakeConsumer) -> None:
    """It can only crash."""
    consumer = make_consumer(
        "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)"
        "{ return size > 0 ? data[size - 1 + (data[0] == 'x')] & 1 : 0; }"
    )
    assert run(consumer, b"a").verdict is Verdict.NONE
    assert run(consumer, b"a").survived
    assert run(consumer, b"x").how is How.SANITIZER


def test_observations_arrive_with_names_values_and_indices(misbehaving: Consumer) -> None:
    """Also a name with a space, a newline and a percent sign, and the largest value."""
    (first, _) = run(misbehaving, b"observe").steps
    assert first.values == {"instances": (3,)}
    assert first.indexed == {"criteria": {0: (21,)}, "odd name\n%": {7: (2**64 - 1,)}}


def test_what_was_reported_before_a_crash_is_kept(make_consumer: MakeConsumer) -> None:
    """Each record is written at once."""
    body = QUIET + 'observer->observe(observer->context, "n", 1); __builtin_trap(); return 0;'
    seen = run(make_consumer(f"{CONSUME} {{ {body} }}"), b"")
    assert seen.steps[0].values == {"n": (1,)}
    assert (seen.how, seen.where) == (How.SIGNAL, "at the first load")


@pytest.mark.parametrize("size", [0, 1, 7, 8, 4096])
@pytest.mark.parametrize("which", ["data[size]", "observer->companions[0].data[size]"])
def test_the_first_byte_past_an_input_is_a_fault(
    make_consumer: MakeConsumer, size: int, which: str
) -> None:
    """For content and companions of any size, none included."""
    consumer = make_consumer(f"{CONSUME} {{ {QUIET} return {which}; }}")
    seen = run(consumer, b"x" * size, companions={"other": b"y" * size})
    assert (seen.how, seen.detail) == (How.SANITIZER, "heap-buffer-overflow")
    assert seen.report is not None
    assert (seen.report.access, seen.report.size) == ("read", 1)
    assert seen.report.frame is not None
    assert seen.report.frame.file == "consumer.c"


def test_an_event_is_gone_after_its_call(make_consumer: MakeConsumer) -> None:
    """A consumer that keeps it reads freed memory at the next event."""
    consumer = make_consumer(
        "static const uint8_t *kept; static int content;"
        "void *harness_load(const uint8_t *d, size_t s, const harness_observer *o)"
        "{ (void)d; (void)s; (void)o; return &content; }"
        "int harness_event(void *c, const uint8_t *e, size_t s, const harness_observer *o)"
        "{ (void)c; (void)s; (void)o; int old = kept ? kept[0] : 0; kept = e; return old; }"
        "void harness_unload(void *c) { (void)c; }"
    )
    seen = run(consumer, b"", events=[b"A", b"B"])
    assert (seen.detail, seen.where) == ("heap-use-after-free", "at event 1 of the first load")


def test_events_need_an_entry_point_for_them(make_consumer: MakeConsumer) -> None:
    """Feeding them to nobody would look like surviving them."""
    with pytest.raises(ConsumerError, match="does not define harness_load") as caught:
        run(make_consumer(f"{CONSUME} {{ {QUIET} return 0; }}"), b"", events=[b"A"])
    assert caught.value.code == "T006"


def test_a_consumer_without_an_entry_point(make_consumer: MakeConsumer) -> None:
    """There is nothing to call."""
    with pytest.raises(ConsumerError, match="defines none of") as caught:
        run(make_consumer("int nothing(void); int nothing(void) { return 0; }"), b"")
    assert caught.value.finding("a.bin").code == "T006"


def test_a_consumer_that_does_not_compile(make_consumer: MakeConsumer) -> None:
    """The finding has the compiler's first error, the exception all of its words."""
    with pytest.raises(ConsumerError) as caught:
        make_consumer(f"{CONSUME} {{ return no_such_name; }}")
    finding = caught.value.finding("a.bin")
    assert (finding.code, finding.file) == ("T005", "a.bin")
    assert "`test 1` is not built" in finding.actual
    assert "no_such_name" in finding.actual
    assert "no_such_name" in caught.value.detail
    assert finding.source == caught.value.manifest.place


def test_without_a_compiler(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """The tool that is missing is named."""
    (tmp_path / "a.c").write_text("")
    (tmp_path / "m.toml").write_text(manifest_text('library = {sources = ["a.c"]}'))
    with pytest.raises(ConsumerError, match="no C compiler") as caught:
        prepare(manifest.load(tmp_path / "m.toml"), environment={**environment, "CC": "none-cc"})
    assert caught.value.code == "T008"


def shared_library(folder: Path, body: str, *flags: str) -> str:
    """Build a library by hand, as somebody else would; the lines of `[run]` for it."""
    text = f'#include "harness_consumer.h"\n{CONSUME} {{ {body} }}'
    (folder / "built.c").write_text(text)
    words = ["cc", "-shared", "-fPIC", f"-I{runtime_folder()}", *flags]
    subprocess.run([*words, "-o", folder / "built.so", folder / "built.c"], check=True)
    return 'library = {path = "built.so"}'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return data[size];", "touched byte 3 of `content`, which has 3 bytes"),
        ("((uint8_t *)data)[1] = 0; return 0;", "touched byte 1 of `content`, which has 3 bytes"),
    ],
)
def test_a_library_without_sanitizers_meets_guard_pages(
    tmp_path: Path, environment: Mapping[str, str], body: str, text: str
) -> None:
    """One byte past the content, or a write into it, is a fault that names the byte."""
    (tmp_path / "m.toml").write_text(manifest_text(shared_library(tmp_path, QUIET + body)))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    seen = run(consumer, b"abc")
    assert (seen.how, seen.detail) == (How.SANITIZER, text)
    assert seen.report is not None
    assert seen.report.tool == "guard"


def test_a_library_without_sanitizers_has_its_memory_limited(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """Address space is what can be limited there: malloc says no."""
    body = QUIET + "extern void *malloc(size_t); return malloc((size_t)1 << 29) == 0;"
    run_lines = shared_library(tmp_path, body) + "\nmemory_mb = 64"
    (tmp_path / "m.toml").write_text(manifest_text(run_lines))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    assert run(consumer, b"").verdict is Verdict.REJECTED


def test_a_library_with_sanitizers_is_opened_by_a_driver_with_them(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """Its faults are the sanitizer's to tell."""
    lines = shared_library(tmp_path, QUIET + "return data[size];", "-fsanitize=address", "-g")
    (tmp_path / "m.toml").write_text(manifest_text(lines))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    seen = run(consumer, b"abc")
    assert seen.detail == "heap-buffer-overflow"
    assert seen.report is not None
    assert seen.report.frame is not None
    assert (seen.report.frame.function, seen.report.frame.file) == ("harness_consume", "built.c")


def test_a_file_that_is_no_library(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """It cannot be opened, and the system's words say why."""
    (tmp_path / "built.so").write_text("this is no library")
    (tmp_path / "m.toml").write_text(manifest_text('library = {path = "built.so"}'))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    with pytest.raises(ConsumerError, match=r"built\.so") as caught:
        run(consumer, b"")
    assert caught.value.code == "T006"


def test_a_consumer_in_cpp(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """The header is made for both languages; an uncaught exception is a crash."""
    (tmp_path / "a.cpp").write_text(
        '#include "harness_consumer.h"\n#include <stdexcept>\n#include <string>\n'
        f'extern "C" {CONSUME} {{ (void)observer;'
        "std::string text((const char *)data, size);"
        'if (text == "bad") throw std::runtime_error(text); return text != "good"; }'
    )
    (tmp_path / "m.toml").write_text(manifest_text('library = {sources = ["a.cpp"]}'))
    consumer = prepare(manifest.load(tmp_path / "m.toml"), environment=environment)
    assert run(consumer, b"good").verdict is Verdict.ACCEPTED
    assert run(consumer, b"other").verdict is Verdict.REJECTED
    assert (run(consumer, b"bad").how, run(consumer, b"bad").detail) == (How.SIGNAL, "abort")


def test_two_identical_runs_have_the_same_signature(misbehaving: Consumer) -> None:
    """Addresses, durations and output are no part of it; what happened is."""
    for content in (b"accept", b"over-read", b"abort"):
        first, second = run(misbehaving, content), run(misbehaving, content)
        assert first.signature() == second.signature()
    assert run(misbehaving, b"accept").signature() != run(misbehaving, b"reject").signature()

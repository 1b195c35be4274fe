"""Each trap on the way to native fuzzing that was paid for once, and must not come back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.consumers.model import LibraryRun, Manifest
from harness.fuzzing import engine, program
from harness.fuzzing.faults import Fault
from tests.fuzzing.conftest import Fuzz, Seen

_CONSUME = (
    "#include <stdlib.h>\n#include <string.h>\n#include <signal.h>\n#include <unistd.h>\n"
    "#define PLANTED __attribute__((noinline))\n"
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer);\n"
)
_HEAD = "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) "
_UNUSED = "(void)data; (void)size; (void)o;"


def has(*names: tuple[str, str]) -> Callable[[Seen], bool]:
    """Whether faults of these kinds in these functions were told."""
    return lambda seen: set(names) <= seen.names


def many(executions: int) -> Callable[[Seen], bool]:
    """Whether so many executions were made."""
    return lambda seen: seen.counters.executions >= executions


def test_counters_are_as_many_as_calls_in_the_code(fuzz: Fuzz) -> None:
    """65,536 counters halve the speed: the table has one for each call of the hook."""
    seen = fuzz(_CONSUME + _HEAD + "{ (void)o; return size > 1 && data[0] == 'x'; }", many(1000))
    assert 0 < seen.counters.counters < 20


def test_the_hook_is_ours_not_the_engines(
    make_manifest: Callable[..., Manifest], environment: Mapping[str, str]
) -> None:
    """An exported hook would be replaced by libFuzzer's, which counts nothing."""
    manifest = make_manifest(_HEAD + "{ (void)o; return size > 1 && data[0] == 'x'; }")
    assert isinstance(manifest.run, LibraryRun)
    built = program.build(manifest.run, engine.find(), environment)
    names = subprocess.run(["nm", "-D", built], capture_output=True, text=True, check=True).stdout
    assert "__sanitizer_cov_trace_pc" not in names.split()
    assert "LLVMFuzzerCustomMutator" in names.split()
    assert "__asan_default_options" in names.split()


def test_coverage_leads_the_way(fuzz: Fuzz) -> None:
    """Input that reaches new code is kept and built upon."""
    source = _CONSUME + (
        "static volatile int step;\n"
        "PLANTED static void behind(void) { abort(); }\n"
    ) + _HEAD + (
        "{ (void)o; if (size < 4) return 1; if (data[0] != 'a') return 1; step = 1;"
        " if (data[1] != 'b') return 1; step = 2; if (data[2] != 'c') return 1; step = 3;"
        " if (data[3] == 'd') behind(); return 0; }"
    )  # fmt: skip
    seen = fuzz(source, has(("signal", "behind")), words='"a"\n"b"\n"c"\n"d"\n')
    assert seen.edges > 4


def test_a_consumer_without_branches_is_fuzzed_all_the_same(fuzz: Fuzz) -> None:
    """The engine gives up where the first inputs reach nothing; what the consumer says counts."""
    seen = fuzz(_CONSUME + _HEAD + "{ " + _UNUSED + " return 1; }", many(2000))
    assert seen.starts == 1


def test_an_empty_dictionary_does_not_end_the_engine(fuzz: Fuzz) -> None:
    """The engine exits at a dictionary without words, so it is not given one."""
    assert fuzz(_CONSUME + _HEAD + "{ " + _UNUSED + " return 0; }", many(100), words="").starts == 1


def test_a_known_fault_is_counted_and_stops_nothing(fuzz: Fuzz) -> None:
    """`halt_on_error=0` and `suppress_equal_pcs=0`: seen again and again, told once."""
    source = _CONSUME + (
        "PLANTED static int over_read(const char *block) { return block[8]; }\n"
    ) + _HEAD + (
        "{ (void)data; (void)size; (void)o; char *block = calloc(1, 8);"
        " int seen = over_read(block); free(block); return seen == 77; }"
    )  # fmt: skip
    seen = fuzz(source, many(20000))
    assert seen.names == {("asan", "over_read")}
    assert max(seen.known.values()) > 10000
    assert seen.starts == 1


def test_what_lies_behind_a_known_fault_is_found(fuzz: Fuzz) -> None:
    """After an invalid read the consumer goes on, so a second bug behind it is told too."""
    source = _CONSUME + (
        "PLANTED static int first(const char *block) { return block[8]; }\n"
        "PLANTED static int second(const char *block) { return block[12]; }\n"
    ) + _HEAD + (
        "{ (void)data; (void)o; char *block = calloc(1, 8);"
        " int seen = first(block); if (size > 6) seen += second(block);"
        " free(block); return seen == 77; }"
    )  # fmt: skip
    fuzz(source, has(("asan", "first"), ("asan", "second")))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("signal", "abort();", id="abort"),
        pytest.param("signal", "raise(SIGABRT);", id="raised-signal"),
        pytest.param("signal", "*(volatile int *)(uintptr_t)(size * 8) = 1;", id="wild-write"),
        pytest.param("exit", "exit(3);", id="exit"),
        pytest.param("exit", "_exit(0);", id="exit-at-once"),
        pytest.param("memory", "kept = malloc((size_t)1 << 40);", id="huge-allocation"),
        pytest.param("asan", "kept = malloc(8); kept[8 + size % 2] = 1; free(kept);", id="write"),
        pytest.param(
            "asan",
            "kept = malloc(8); memset(kept, 1, 9 + size % 2); free(kept);",
            id="library-write",
        ),
        pytest.param("asan", "kept = malloc(8); free(kept); free(kept);", id="double-free"),
        pytest.param("ubsan", "static volatile int x = 0x7fffffff; x = x + 1;", id="undefined"),
        pytest.param("hang", "for (volatile int i = 0;; i++) if (i < 0) i = 0;", id="hang"),
    ],
)
def test_each_kind_of_fault_is_told_and_fuzzing_goes_on(fuzz: Fuzz, kind: str, body: str) -> None:
    """The fault is told once, with the function it lies in; executions continue."""
    source = _CONSUME + (
        "static char *volatile kept = 0; /* else the compiler leaves the fault out */\n"
        f"PLANTED static void planted(size_t size) {{ (void)size; (void)kept; {body} }}\n"
    ) + _HEAD + "{ (void)o; if (size > 2 && data[0] == '!') planted(size); return 0; }"  # fmt: skip
    wanted = has((kind, "planted"))
    seen = fuzz(
        source,
        lambda seen: wanted(seen) and seen.counters.executions > 100,
        seeds=[b"!12", b"seed"],
        run="timeout_seconds = 0.2",
    )
    assert seen.faults[kind, "planted"].content[:1] == b"!"


def test_a_hang_is_known_by_the_function_that_does_not_return(fuzz: Fuzz) -> None:
    """Where in it, or in which of its callees, the clock finds it is chance, and tells nothing."""
    source = _CONSUME + (
        "static volatile unsigned sink;\n"
        "PLANTED static void one(unsigned n) { for (unsigned i = 0; i < n % 97; i++) sink += i; }\n"
        "PLANTED static void other(unsigned n) { one(n); for (int i = 0; i < 9; i++) sink ^= n; }\n"
        "PLANTED static void endless(void) { for (unsigned n = 0;; n++) { one(n); other(n); } }\n"
        "PLANTED static void through(void) { endless(); sink = 1; }\n"
    ) + _HEAD + (
        "{ (void)o; if (size > 2 && data[0] == '!') through();"
        " if (size > 2 && data[0] == '?') { endless(); sink = 2; } return 0; }"
    )  # fmt: skip
    seen = fuzz(
        source,
        lambda seen: len(seen.known) == 2 and sum(seen.known.values()) > 8,
        seeds=[b"!12", b"?12", b"seed"],
        run="timeout_seconds = 0.2",
    )
    assert seen.names == {("hang", "endless")}


def test_endless_recursion_is_told(fuzz: Fuzz) -> None:
    """The stack is used up: the handler has one of its own."""
    source = _CONSUME + (
        "PLANTED static int deeper(volatile int *at, size_t size)"
        " { volatile int here[64] = {*at}; return size == 1 ? 0 : deeper(here, size) + here[1]; }\n"
    ) + _HEAD + "{ (void)data; (void)o; int z = 0; return deeper(&z, size) == 9; }"  # fmt: skip
    fuzz(source, lambda seen: any(kind == "signal" for kind, _ in seen.names))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("lose_stack((void *)0x10000);", id="below-the-stack"),
        pytest.param(
            "pthread_t thread; void *hole = mmap(NULL, 4096, PROT_NONE,"
            " MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);"
            " pthread_create(&thread, NULL, lose_stack, hole); pthread_join(thread, NULL);",
            id="above-a-threads-stack",
        ),
    ],
)
def test_a_stack_that_cannot_be_walked_is_no_fault_of_the_handler(fuzz: Fuzz, body: str) -> None:
    """Frame pointers may hold anything: the fault that is told is the consumer's, and only that."""
    source = _CONSUME + (
        "#include <pthread.h>\n#include <sys/mman.h>\n"
        "PLANTED static void *lose_stack(void *frame) {"
        ' __asm__ volatile("mov %0, %%rbp; movl $1, 8" : : "r"(frame) : "memory"); return 0; }\n'
        f"{_HEAD}{{ (void)o; if (size > 2 && data[0] == '!') {{ {body} }} return 0; }}"
    )
    seen = fuzz(
        source,
        lambda seen: bool(seen.faults) and seen.counters.executions > 100,
        seeds=[b"!12", b"seed"],
    )
    assert seen.names == {("signal", "lose_stack")}


def test_an_earlier_report_is_not_part_of_a_later_one(fuzz: Fuzz) -> None:
    """AddressSanitizer hands over what UBSan printed before: line and kind would be its."""
    source = _CONSUME + (
        "static volatile int most = 0x7fffffff;\n"
        "PLANTED static int overflow(void) { return most + 1; }\n"
        "PLANTED static int over_read(const char *block) { return block[8]; }\n"
    ) + _HEAD + (
        "{ (void)data; (void)size; (void)o; char *block = calloc(1, 8);"
        " int seen = overflow() + over_read(block); free(block); return seen == 77; }"
    )  # fmt: skip
    seen = fuzz(source, has(("ubsan", "overflow"), ("asan", "over_read")))
    report = seen.faults["asan", "over_read"].report
    assert "heap-buffer-overflow" in report
    assert "runtime error" not in report


def test_content_of_a_worker_that_vanishes_is_kept(fuzz: Fuzz) -> None:
    """Whatever ends the process, its input is in the page that the supervisor shares."""
    source = _CONSUME + _HEAD + (
        "{ (void)o; if (size > 2 && data[0] == '!') kill(getpid(), SIGKILL); return 0; }"
    )  # fmt: skip
    seen = fuzz(source, has(("died", "signal-9")), seeds=[b"!12"])
    fault: Fault = seen.faults["died", "signal-9"]
    assert fault.content[:1] == b"!"


@pytest.mark.parametrize("size", [0, 1, 7, 64])
def test_content_lies_in_a_block_of_its_size(fuzz: Fuzz, size: int) -> None:
    """One byte past content is a fault, also past empty content."""
    source = _CONSUME + (
        "PLANTED static int beyond(const uint8_t *data, size_t size) { return data[size]; }\n"
    ) + _HEAD + f"{{ (void)o; return size == {size} && beyond(data, size) == 300; }}"  # fmt: skip
    fuzz(source, has(("asan", "beyond")), seeds=[b"x" * size])


def test_companions_and_events_lie_in_blocks_of_their_size(fuzz: Fuzz, tmp_path: Path) -> None:
    """One byte past a companion or an event is a fault."""
    (tmp_path / "limits.bin").write_bytes(b"123")
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "1").write_bytes(b"event")
    source = _CONSUME + (
        "PLANTED static int past_companion(const harness_companion *c)"
        " { return c->data[c->size]; }\n"
        "PLANTED static int past_event(const uint8_t *e, size_t size) { return e[size]; }\n"
        "void *harness_load(const uint8_t *d, size_t size, const harness_observer *o)"
        " { (void)d; (void)size; past_companion(&o->companions[0]); return malloc(1); }\n"
        "int harness_event(void *c, const uint8_t *e, size_t size, const harness_observer *o)"
        " { (void)c; (void)o; return past_event(e, size); }\n"
        "void harness_unload(void *c) { free(c); }\n"
    )
    fuzz(
        source,
        has(("asan", "past_companion"), ("asan", "past_event")),
        run='events = "events"',
        rest='companions = {limits = "limits.bin"}',
    )


def test_state_that_outlives_an_unload_is_told(fuzz: Fuzz) -> None:
    """A careful execution does all twice, and both times the consumer must say the same."""
    source = _CONSUME + _HEAD + (
        "{ static uint64_t calls; (void)data; (void)size;"
        ' o->observe(o->context, "calls", ++calls); return 0; }'
    )  # fmt: skip
    fuzz(source, has(("state", "values")), care=2)


def test_freed_companions_are_not_used_after_an_unload(fuzz: Fuzz, tmp_path: Path) -> None:
    """Careful executions give companions new blocks, so a kept pointer shows."""
    (tmp_path / "limits.bin").write_bytes(b"123")
    source = _CONSUME + (
        "static const uint8_t *kept;\n"
        "PLANTED static int use_kept(void) { return kept != NULL ? kept[0] : 0; }\n"
    ) + _HEAD + (
        "{ (void)data; (void)size; int seen = use_kept(); kept = o->companions[0].data;"
        " return seen == 300; }"
    )  # fmt: skip
    fuzz(
        source,
        has(("asan", "use_kept")),
        care=2,
        rest='companions = {limits = "limits.bin"}',
    )

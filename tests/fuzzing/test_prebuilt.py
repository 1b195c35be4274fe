"""Consumers that others built: libraries without sources, and commands."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.cli.clock import SystemClock
from harness.consumers.manifest import load
from harness.fuzzing import lanes
from harness.fuzzing.hints import Hints
from harness.fuzzing.lanes import UnsupportedConsumerError
from harness.fuzzing.session import Request, Result, fuzz
from harness.fuzzing.settings import Snapshot
from harness.native import toolchain
from harness.schema.resources import runtime_folder
from tests.fuzzing.conftest import MOST_SECONDS

_HEAD = (
    '#include "harness_consumer.h"\n#include <stdlib.h>\n#include <signal.h>\n'
    "#define PLANTED __attribute__((noinline)) static int\n"
)
_BUGS = (
    "static int *volatile nowhere;\n"
    "PLANTED beyond(const uint8_t *data, size_t size) { return data[size]; }\n"
    "PLANTED null(void) { return *nowhere; }\n"
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
    "  (void)o; int seen = 0; if (size == 0) return 1;\n"
    "  if (data[0] == 'B') seen = beyond(data, size);\n"
    "  if (data[0] == 'N') seen = null();\n"
    "  return seen == 300 || data[0] == 'R'; }\n"
)
# What clang's -fsanitize=fuzzer-no-link does: counters of the library's own, told to the engine.
_COUNTERS = (
    "static uint8_t counters[8]; static uintptr_t places[16];\n"
    "void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *end);\n"
    "void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *end);\n"
    "__attribute__((constructor)) static void tell(void) {\n"
    "  for (int i = 0; i < 8; i++) places[2 * i] = (uintptr_t)counters + i;\n"
    "  __sanitizer_cov_8bit_counters_init(counters, counters + 8);\n"
    "  __sanitizer_cov_pcs_init(places, places + 16); }\n"
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *o) {\n"
    '  (void)o; const char *word = "COVER"; size_t at = 0;\n'
    "  while (at < 5 && at < size && data[at] == (uint8_t)word[at]) counters[at++]++;\n"
    "  if (at == 5) abort();\n  return 1; }\n"
)


def _write(folder: Path, run: str, schema: str = "{id: all, size-eos: true}") -> Path:
    (folder / "any.ksy").write_text(f"meta: {{id: any, endian: le}}\nseq:\n  - {schema}\n")
    path = folder / "consumer.toml"
    path.write_text(f'name = "other"\nversion = "1"\nschema = "any.ksy"\n[run]\n{run}\n')
    return path


def _library(folder: Path, source: str, *flags: str) -> Path:
    (folder / "other.c").write_text(_HEAD + source)
    words = ["cc", "-shared", "-fPIC", "-g", "-I", str(runtime_folder()), *flags]
    words += [str(folder / "other.c"), "-o", str(folder / "other.so")]
    subprocess.run(words, check=True)
    return _write(folder, 'library = {path = "other.so"}')


def _fuzz(
    path: Path,
    environment: Mapping[str, str],
    seeds: list[bytes],
    until: Callable[[Snapshot], bool],
) -> Result:
    folder = path.parent / "seeds"
    folder.mkdir()
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)

    def show(snapshot: Snapshot) -> None:
        if until(snapshot):
            raise KeyboardInterrupt

    request = Request(
        manifest=load(path), folder=path.parent / "c", seconds=MOST_SECONDS, seeds=(folder,)
    )
    return fuzz(request, environment, SystemClock(), show)


def _has(*parts: str) -> Callable[[Snapshot], bool]:
    return lambda seen: all(any(part in key for key in seen.findings) for part in parts)


def test_a_library_is_fuzzed_with_what_can_be_seen(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """A byte past content is a fault, a signal too; it is said that there is no feedback."""
    path = _library(tmp_path, _BUGS)
    result = _fuzz(path, environment, [b"B", b"N"], _has("beyond", "null"))
    codes = {kept.key.split("-")[0] for kept in result.findings}
    assert codes - {"D707"} == {"D701", "D702"}  # it rejects some content as well
    warnings = " ".join(result.outcome.warnings)
    assert "no feedback" in warnings
    assert "no sanitizer" in warnings


def test_counters_of_a_library_lead_the_way(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """A library that was built with coverage is fuzzed with feedback."""
    path = _library(tmp_path, _COUNTERS)
    result = _fuzz(path, environment, [b"CO?E"], _has("D701"))
    assert result.outcome.snapshot.edges > 3
    assert "no feedback" not in " ".join(result.outcome.warnings)


def test_a_library_with_another_sanitizer_is_refused(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """One process holds one AddressSanitizer: the reason is said, and what to do."""
    path = _library(tmp_path, _BUGS, "-fsanitize=address")
    with (
        pytest.raises(UnsupportedConsumerError, match="sources"),
        lanes.opened(load(path), Hints(), environment),
    ):
        pass


_COMMAND = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
    char said[16] = {0};
    FILE *file = count > 2 && strcmp(words[1], "--limit") == 0 ? fopen(words[2], "rb") : NULL;
    if (file == NULL || fread(said, 1, 15, file) == 0) return 7;
    if (said[0] == 'S') abort();
    if (said[0] == 'H') for (;;) continue;
    if (said[0] == 'X') return 99;
    printf("kind %c\n", said[0]);
    return said[0] == 'R' ? 7 : 0;
}
"""


@pytest.fixture
def command(tmp_path: Path, environment: Mapping[str, str]) -> Path:
    """A command that crashes, hangs, ends oddly, rejects, and takes what it should not."""
    (tmp_path / "tool.c").write_text(_COMMAND)
    job = toolchain.Job(sources=(tmp_path / "tool.c",), flags=toolchain.PLAIN)
    built = toolchain.build(toolchain.find(environment), job, environment)
    run = f'command = ["{built}", "--limit", "{{file}}"]\naccept = [0]\nreject = [7]\n'
    return _write(tmp_path, f"{run}timeout_seconds = 0.5", "{id: n, type: u1, valid: {max: 0x60}}")


def test_a_command_is_fuzzed_by_its_exit_codes(
    command: Path, environment: Mapping[str, str]
) -> None:
    """Signals, odd exit codes and hangs are confirmed in isolation; verdicts are judged."""
    seeds = [b"S", b"H", b"X", b"R", b"A", b"z"]
    wanted = _has("D701-consumer-crashed-signal", "D701-consumer-crashed-exit", "D703", "D706")
    result = _fuzz(command, environment, seeds, wanted)
    assert wanted(result.outcome.snapshot)
    assert result.outcome.snapshot.rejected > 0
    assert "a command" in " ".join(result.outcome.warnings)

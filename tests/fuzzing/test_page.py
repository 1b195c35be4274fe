"""The page that workers and supervisor share is laid out alike in C and in Python."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness.fuzzing import page
from harness.fuzzing.page import Page
from harness.schema.resources import runtime_folder

_PROGRAM = """
#include "fuzz.h"
#include <stdio.h>
int main(void) {
    printf("%zu %zu %zu %zu %zu %zu\\n", sizeof(fuzz_shared), offsetof(fuzz_shared, known),
           offsetof(fuzz_shared, samples), offsetof(fuzz_shared, input),
           offsetof(fuzz_shared, busy), offsetof(fuzz_shared, edits));
    return 0;
}
"""


def test_the_layout_is_that_of_the_c_header(tmp_path: Path) -> None:
    """Sizes and offsets agree with the compiler's."""
    (tmp_path / "layout.c").write_text(_PROGRAM)
    program = tmp_path / "layout"
    words = ["cc", "-I", str(runtime_folder()), str(tmp_path / "layout.c"), "-o", str(program)]
    subprocess.run(words, check=True)
    told = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    busy = 8 + 8 * page.Counters.__struct_fields__.index("busy")
    expected = [page.SIZE, page._KNOWN_AT, page._SAMPLES_AT, page._INPUT_AT, busy, page._EDITS_AT]
    assert [int(number) for number in told.split()] == expected


def test_counters_faults_and_samples_come_back(tmp_path: Path) -> None:
    """What a worker in Python writes, the supervisor reads; a sample once."""
    shared = Page(tmp_path / "page")
    shared.add({0: 3, 1: 2})
    assert (shared.counters().executions, shared.counters().accepted) == (3, 2)
    assert shared.count_fault(77)
    assert not shared.count_fault(77)
    assert shared.known() == {77: 2}
    shared.lend(0, b"content", accepted=True)
    shared.lend(0, b"later", accepted=True)
    assert [(one.content, one.accepted) for one in shared.samples()] == [(b"content", True)]
    assert list(shared.samples()) == []
    shared.close()

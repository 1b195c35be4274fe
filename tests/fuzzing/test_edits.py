"""What the tree of a content suggests to the mutator."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.fuzzing.edits import Edit, edits_of
from harness.fuzzing.page import Page, pack_edits
from harness.reading import read
from harness.schema import load
from harness.schema.resources import runtime_folder

_TEXT = """
meta: {id: list, endian: be}
seq:
  - {id: count, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: count}
-coverage:
  - {id: kinds, each: items, row: _index, column: _.kind, inert: [any]}
types:
  item:
    seq:
      - {id: kind, type: u2, enum: kinds}
      - {id: value, type: u1}
enums:
  kinds: {0: any, 7: exact, 9: all}
"""


def _edits(folder: Path, content: bytes) -> tuple[Edit, ...]:
    (folder / "list.ksy").write_text(_TEXT)
    return edits_of(read(load(folder / "list.ksy"), content, file="content"))


def test_inert_values_are_made_active_first(tmp_path: Path) -> None:
    """In their width and byte order, each active member; what is active already comes later."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert found[:2] == (Edit(1, 3, b"\x00\x07"), Edit(1, 3, b"\x00\x09"))
    assert found.index(Edit(4, 6, b"\x00\x09")) > 1
    assert found.index(Edit(4, 6, b"\x00\x00")) > 1


def test_items_are_removed_repeated_and_swapped(tmp_path: Path) -> None:
    """Whole items, so that what follows them stays where it belongs."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert Edit(1, 4, b"") in found
    assert Edit(4, 4, b"\x00\x00\x05") in found
    assert Edit(1, 7, b"\x00\x07\x06\x00\x00\x05") in found


def test_numbers_are_one_off_and_at_the_edge(tmp_path: Path) -> None:
    """A count that is one too high or too low, or as high as it gets."""
    found = _edits(tmp_path, b"\x02\x00\x00\x05\x00\x07\x06")
    assert {Edit(0, 1, bytes([value])) for value in (3, 1, 0, 255, 128)} <= set(found)


def test_no_edit_is_made_twice_and_there_are_bounds(tmp_path: Path) -> None:
    """A long list does not become a list of edits without end."""
    found = _edits(tmp_path, b"\xff" + b"\x00\x00\x05" * 255)
    assert len(set(found)) == len(found) == 512


def test_broken_content_gives_what_was_read_of_it(tmp_path: Path) -> None:
    """Truncated content still has values that can be changed."""
    assert Edit(0, 1, b"\x03") in _edits(tmp_path, b"\x02\x00")
    assert _edits(tmp_path, b"") == ()


_PROGRAM = """
#include "fuzz.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <stdlib.h>
#include <string.h>
fuzz_shared *harness_fuzz_page;
void *__real_memcpy(void *to, const void *from, size_t size) { return memcpy(to, from, size); }
int main(int count, char **words) {
    int page = open(words[1], O_RDWR);
    harness_fuzz_page = mmap(NULL, sizeof *harness_fuzz_page, PROT_READ | PROT_WRITE, MAP_SHARED,
                             page, 0);
    if (count != 4 || harness_fuzz_page == MAP_FAILED) return 1;
    unsigned random = (unsigned)atoi(words[2]);
    for (int i = 0; i < atoi(words[3]); i++, random += 8) {
        uint8_t data[64] = "picked";
        size_t size = 6;
        int edited = harness_fuzz_edit(data, &size, sizeof data, random);
        printf("%d %.*s\\n", edited, (int)size, (const char *)data);
    }
    return 0;
}
"""


def _edited(folder: Path, table: Mapping[bytes, list[Edit]], random: int, times: int) -> list[str]:
    """What the mutator makes of a table of edits."""
    page = Page(folder / "page")
    for content, edits in table.items():
        assert page.add_edits(pack_edits(content, edits))
    page.close()
    (folder / "edits.c").write_text(_PROGRAM)
    runtime = runtime_folder()
    words = ["cc", "-I", str(runtime), str(folder / "edits.c"), str(runtime / "fuzz_edits.c")]
    subprocess.run([*words, "-o", str(folder / "edits")], check=True)
    return _run(folder, random, times)


def _run(folder: Path, random: int, times: int) -> list[str]:
    words = [str(folder / "edits"), str(folder / "page"), str(random), str(times)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


_TABLE = {
    b"picked": [Edit(0, 1, b"l"), Edit(3, 6, b"")],
    b"another content": [Edit(0, 7, b"some"), Edit(15, 15, b"s"), Edit(99, 100, b"?")],
}


def test_every_edit_is_made_once_of_each_content_in_turn(tmp_path: Path) -> None:
    """Whatever content the engine picked; an edit that does not fit is passed over."""
    said = _edited(tmp_path, _TABLE, 0, 5)
    assert said[:4] == ["2 licked", "2 some content", "2 pic", "2 another contents"]
    assert said[4] == "0 picked"


def test_a_worker_that_is_started_again_goes_on_with_the_edits(tmp_path: Path) -> None:
    """What may have ended it is not made again, and the rest still comes."""
    assert _edited(tmp_path, _TABLE, 0, 2) == ["2 licked", "2 some content"]
    assert _run(tmp_path, 0, 3) == ["2 pic", "2 another contents", "0 picked"]


def test_later_only_edits_of_what_was_picked_are_made(tmp_path: Path) -> None:
    """Content is found by its hash, also where its size is no multiple of eight."""
    said = _edited(tmp_path, _TABLE, 0, 20)[6:]
    assert {"1 licked", "1 pic"} == set(said)


def test_another_mutation_is_made_every_other_time(tmp_path: Path) -> None:
    """So that the engine's own are not held up by a long list of edits."""
    assert set(_edited(tmp_path, _TABLE, 1, 20)) == {"0 picked"}

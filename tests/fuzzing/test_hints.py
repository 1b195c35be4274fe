"""What mutation takes from a schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.fuzzing import hints
from harness.schema import load
from harness.schema.ir import Schema
from harness.schema.library import find


def schema_of(folder: Path, text: str) -> Schema:
    """The schema of a text."""
    (folder / "box.ksy").write_text(f"meta: {{id: box, endian: le}}\n{text}")
    return load(folder / "box.ksy")


def test_size_and_checksum_of_the_channel_file_are_mended() -> None:
    """Both stand at fixed places of the header; the checksum comes last, since it covers all."""
    found = [str(one) for one in hints.repairs(load(find("channel_file")))]
    assert found == ["size,8,4,l,0,-1,0,0", "crc32,12,4,l,0,-1,12,16"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "seq:\n  - {id: n, type: strz, encoding: ASCII}\n"
            "  - {id: sum, type: u4, -checksum: {algorithm: crc32, zeroed: [sum]}}\n",
            id="after-a-value-of-unknown-size",
        ),
        pytest.param(
            "seq:\n  - {id: n, type: u1, if: 1 == 1}\n"
            "  - {id: sum, type: u4, -checksum: {algorithm: crc32, zeroed: [sum]}}\n",
            id="after-a-value-that-may-be-absent",
        ),
    ],
)
def test_fields_at_places_that_depend_on_content_are_left_alone(tmp_path: Path, text: str) -> None:
    """Mending at a wrong place would spoil content."""
    assert hints.repairs(schema_of(tmp_path, text)) == ()


def test_a_structure_that_holds_itself_has_no_size(tmp_path: Path) -> None:
    """A hostile schema does not send the search round in circles."""
    text = (
        "seq:\n  - {id: first, type: knot}\n"
        "  - {id: sum, type: u4, -checksum: {algorithm: crc32, zeroed: [sum]}}\n"
        "types:\n  knot:\n    seq:\n      - {id: inner, type: knot}\n"
    )
    assert hints.repairs(schema_of(tmp_path, text)) == ()


def test_words_are_enum_members_and_fixed_contents(tmp_path: Path) -> None:
    """In the width and byte order of the fields that hold them, each once."""
    text = (
        "seq:\n  - {id: magic, contents: BOX}\n  - {id: kind, type: u2, enum: kinds}\n"
        "enums:\n  kinds: {1: one, 513: other}\n"
    )
    found = hints.words(schema_of(tmp_path, text))
    assert found == (b"BOX", b"\x01\x00", b"\x01\x02")
    assert hints.dictionary(found[1:]) == '"\\x01\\x00"\n"\\x01\\x02"\n'


def test_there_are_no_more_rules_than_the_mutator_has_room_for(tmp_path: Path) -> None:
    """It would refuse to start with more."""
    fields = "".join(
        f"  - {{id: s{n}, type: u4, -derive: {{size-of: _root}}}}\n" for n in range(40)
    )
    assert len(hints.repairs(schema_of(tmp_path, f"seq:\n{fields}"))) == 32

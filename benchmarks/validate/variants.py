"""The schemas that are measured, where they are not those of `schemas/`: a line is another."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from tools.kaitai import agree

# 256 MB of channel file have 25 million of them; without more words 10 million are allowed
_ROOM: Final = "-limits: {items: 64_000_000}"
_BEFORE: Final = "-allow: [unlimited-size]"
_CHECKSUM: Final = "        -checksum: {algorithm: crc32, zeroed: [crc32]}\n"

PLAIN: Final = f"""\
meta: {{id: plain_records, endian: le}}
-allow: [unlimited-size]
{_ROOM}
seq:
  - {{id: records, type: record, repeat: eos}}
types:
  record:
    -invariants:
      - {{id: in-order, check: low <= high}}
    seq:
      - {{id: kind, type: u1, valid: {{max: 4}}}}
      - {{id: reserved, type: u1, -padding: zero}}
      - {{id: length, type: u2}}
      - {{id: low, type: u2}}
      - {{id: high, type: u2}}
"""
_RECORDS: Final = bytes.fromhex("02 00 00 00 10 00 20 00 01 00 07 00 00 00 ff ff")


def channel_schema(folder: Path, *, with_sum: bool) -> Path:
    """Write the schema of channel files, and the one it imports, with room for any file.

    Args:
        folder: gets a folder with both.
        with_sum: whether the checksum is one.

    Raises:
        ValueError: a line that is to be another is not there any more.
    """
    folder = folder / ("summed" if with_sum else "unsummed")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(agree.SCHEMAS / "template_definitions.ksy", folder)
    text = (agree.SCHEMAS / "channel_file.ksy").read_text(encoding="utf-8")
    if _BEFORE not in text or _CHECKSUM not in text:
        raise ValueError("the schema of channel files is written in another way")
    text = text.replace(_BEFORE, f"{_ROOM}\n{_BEFORE}", 1)
    path = folder / "channel_file.ksy"
    path.write_text(text if with_sum else text.replace(_CHECKSUM, "", 1), encoding="utf-8")
    return path


def plain_schema(folder: Path) -> Path:
    """Write a schema of records that know nothing of each other."""
    path = folder / "plain_records.ksy"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def plain(size: int) -> bytes:
    """Return a valid file of such records, of about so many bytes."""
    return _RECORDS * (size // len(_RECORDS))

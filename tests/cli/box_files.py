"""A small format of the tests' own, and a consumer of it: files to run the command line on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HARNESS = Path(sys.executable).with_name("harness")

SCHEMA = """\
meta: {id: box, endian: le, file-extension: box}
doc-ref: the tests of content-harness
seq:
  - {id: size, type: u1}
  - {id: body, size: size}
-invariants:
  - {id: not-empty, check: size > 0, severity: warning}
"""
BROKEN_SCHEMA = "meta: {id: broken, endian: le}\nseq:\n  - {id: size, type: u1, siize: 4}\n"
VALID = b"\x03abc"
LIGHT = b"\x00"
INVALID = b"\x03ab"
TRAILING = b"\x03abcd"


def write_files(folder: Path) -> Path:
    """Write the schema and one file of each kind into `folder`; return it."""
    (folder / "box.ksy").write_text(SCHEMA)
    (folder / "broken.ksy").write_text(BROKEN_SCHEMA)
    (folder / "valid.box").write_bytes(VALID)
    (folder / "light.box").write_bytes(LIGHT)
    (folder / "invalid.box").write_bytes(INVALID)
    (folder / "trailing.box").write_bytes(TRAILING)
    (folder / "notes.unknown").write_bytes(b"hello")
    (folder / "empty").mkdir()
    return folder


def harness(
    folder: Path,
    *arguments: str,
    content: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in `folder`, as a user does.

    Args:
        folder: the working folder.
        arguments: after `harness`.
        content: standard input.
        environment: added to this process's own.
    """
    return subprocess.run(
        [HARNESS, *arguments],
        cwd=folder,
        input=content,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=60,
        check=False,
    )

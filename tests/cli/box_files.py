"""A small format of the tests' own with files of every kind, and a way to run the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HARNESS = Path(sys.executable).with_name("harness")
# Long enough for a consumer to be built on a busy machine.
TIMEOUT_SECONDS = 120

_SCHEMA = """\
meta: {id: box, endian: le, file-extension: box}
doc-ref: the tests of content-harness
seq:
  - {id: size, type: u1}
  - {id: body, size: size}
-invariants:
  - {id: not-empty, check: size > 0, severity: warning}
"""
_BROKEN_SCHEMA = "meta: {id: broken, endian: le}\nseq:\n  - {id: size, type: u1, siize: 4}\n"
_LIST_SCHEMA = """\
meta: {id: list, endian: le, imports: [limits]}
doc-ref: the tests of content-harness
params:
  - {id: limits, type: limits}
seq:
  - {id: count, type: u1, valid: {max: limits.most}}
"""
_FILES = {
    "box.ksy": _SCHEMA,
    "broken.ksy": _BROKEN_SCHEMA,
    "limits.ksy": "meta: {id: limits, endian: le}\nseq:\n  - {id: most, type: u1}\n",
    "list.ksy": _LIST_SCHEMA,
    "limits.bin": "\x09",
    "low.bin": "\x01",
    "two.list": "\x02",
    "valid.box": "\x03abc",
    "light.box": "\x00",
    "invalid.box": "\x03ab",
    "trailing.box": "\x03abcd",
    "notes.unknown": "hello",
    "folder/one.box": "\x01a",
    "folder/read.unknown": "hello",
    "unknown/read.unknown": "hello",
}


class Boxes:
    """A folder with a schema and files, in which the command line is run as a user does."""

    def __init__(self, folder: Path, cache: Path) -> None:
        """Write the files.

        Args:
            folder: empty.
            cache: where consumers are built.
        """
        self.folder = folder
        self._cache = cache
        for name, text in _FILES.items():
            self.write(name, text)
        (folder / "empty").mkdir()

    def write(self, name: str, text: str) -> Path:
        """Write a file; each character of `text` is one byte."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1"))
        return path

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment that commands run in."""
        return {**os.environ, "HARNESS_CACHE": str(self._cache), **(more or {})}

    def run(
        self, *arguments: str | bytes, content: bytes = b"", more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `harness` with `arguments` and `content` as standard input."""
        return subprocess.run(
            [HARNESS, *arguments],
            cwd=self.folder,
            input=content,
            env=self.environment(more),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `harness` and do not wait for it."""
        return subprocess.Popen(
            # a shell that starts the tests in the background has the interrupt ignored
            ["env", "--default-signal=INT,HUP", HARNESS, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(),
        )

    def code(self, *arguments: str | bytes) -> int:
        """Run `harness` and return its exit code."""
        return self.run(*arguments).returncode

    def report(self, *arguments: str | bytes) -> dict[str, Any]:
        """Run `harness` with `--format json` and return what it says."""
        written: dict[str, Any] = json.loads(self.run(*arguments, "--format", "json").stdout)
        return written

    def codes(self, *arguments: str | bytes) -> list[str]:
        """Run `harness` and return the codes of its findings."""
        return [finding["code"] for finding in self.report(*arguments)["findings"]]

    def write_consumer(self, name: str, body: str, run: str = "") -> None:
        """Write a consumer of boxes: a manifest `NAME.toml` and its source.

        Args:
            name: of both.
            body: of `harness_consume` in C.
            run: more lines of `[run]`.
        """
        self.write(
            f"{name}.c",
            '#include "harness_consumer.h"\n#include <signal.h>\n#include <stdlib.h>\n'
            "int harness_consume(const uint8_t *data, size_t size, "
            "const harness_observer *observer)\n"
            f"{{ (void)data; (void)size; (void)observer; {body} }}\n",
        )
        self.write(
            f"{name}.toml",
            f'name = "{name}"\nversion = "1.0"\nschema = "box.ksy"\n'
            f'[run]\nlibrary = {{sources = ["{name}.c"]}}\n{run}\n',
        )

    def write_policy(self, *consumers: str, more: str = "") -> None:
        """Write `gate.toml` for these consumers; `more` are lines after its first ones."""
        named = ", ".join(f'"{name}.toml"' for name in consumers)
        self.write(
            "gate.toml",
            f'schema = "box.ksy"\nfirst_release = true\nconsumers = [{named}]\n{more}\n',
        )


GOOD = "return size > 0 && data[0] == size - 1 ? 0 : 1;"

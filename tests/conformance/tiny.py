"""A checkout of a test suite, as small as can be: our own specifications and schemas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tools.conformance.specs import Checkout

META = "meta: {id: %s, endian: le, encoding: ASCII}\n"


@dataclass(frozen=True, slots=True)
class Tiny:
    """Writes the files of a checkout below one folder."""

    folder: Path

    @property
    def checkout(self) -> Checkout:
        """The checkout as the runner takes it."""
        formats, samples = self.folder / "formats", self.folder / "samples"
        return Checkout(self.folder / "tests", formats, samples)

    def spec(self, text: str, *, schema: str, content: str = "", name: str = "tiny") -> Path:
        """Write a specification, its schema and its content in hex; return its path."""
        self.write(f"tests/formats/{name}.ksy", META % name + dedent(schema).lstrip("\n"))
        self.folder.joinpath("tests/src").mkdir(parents=True, exist_ok=True)
        self.folder.joinpath(f"tests/src/{name}.bin").write_bytes(bytes.fromhex(content))
        head = f"id: {name}\ndata: {name}.bin\n"
        return self.write(f"tests/spec/ks/{name}.kst", head + dedent(text).lstrip("\n"))

    def mistake(self, head: str, schema: str, name: str = "wrong") -> Path:
        """Write a schema with mistakes that the comment `head` names."""
        comment = "".join(f"# {line}\n" if line else "#\n" for line in dedent(head).splitlines())
        text = comment + dedent(schema).lstrip("\n")
        return self.write(f"tests/formats_err/{name}.ksy", text)

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

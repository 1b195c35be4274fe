"""Schema text and hex bytes in, a reading or the schema's mistakes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from harness.findings.model import Finding
from harness.reading import Reader, Reading, View, views
from harness.schema import Schema, load
from harness.schema.lint import lint
from harness.schema.overlay import Overlay

META = "meta: {id: sample, endian: le, bit-endian: be, encoding: UTF-8}\n"


def whole(text: str) -> str:
    """Return the text of a schema, with a `meta` where it has none."""
    text = dedent(text).lstrip("\n")
    return text if text.startswith("meta") else META + text


class Bench:
    """Writes schemas into a folder of the test's own, and reads with them.

    Args:
        folder: where files may be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, text: str, name: str = "sample.ksy") -> Path:
        """Write a file beside the schema and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(whole(text))
        return path

    def schema(self, text: str) -> Schema:
        """Return the IR of the schema `text`."""
        return load(self.write(text), use_cache=False)

    def problems(self, text: str) -> tuple[Finding, ...]:
        """Return what lint says of the schema, the missing `doc-ref` left out."""
        return tuple(finding for finding in lint(self.write(text)) if finding.code != "Q911")

    def problem(self, text: str) -> Finding:
        """Return the only mistake of the schema."""
        (found,) = self.problems(text)
        return found

    def read(
        self,
        text: str,
        content: str,
        *,
        overlays: Sequence[Overlay] = (),
        companions: Mapping[str, Reading] | None = None,
        max_findings: int = 1000,
    ) -> Reading:
        """Read the bytes written in hex as the schema `text`."""
        reader = Reader(self.schema(text), overlays)
        return reader.read(
            bytes.fromhex(content), file="content", companions=companions, max_findings=max_findings
        )

    def codes(self, text: str, content: str) -> list[str]:
        """Return the codes of what is found, in their order."""
        return [finding.code for finding in self.read(text, content).findings]

    def finding(self, text: str, content: str) -> Finding:
        """Return the only finding."""
        (found,) = self.read(text, content).findings
        return found

    def values(self, text: str, content: str) -> dict[str, object]:
        """Return plain values by path, of content without findings."""
        reading = self.read(text, content)
        assert reading.findings == ()
        return values_of(reading)


def view_of(reading: Reading, path: str) -> View:
    """Return the view of the node at `path`."""
    return next(view for view in views(reading) if view.path == path)


def values_of(reading: Reading) -> dict[str, object]:
    """Return the plain values of a reading by path; absent ones are left out."""
    return {view.path: view.value for view in views(reading) if view.kind == "value"}


def span(finding: Finding) -> tuple[int, int]:
    """Return the bytes of a finding that has some."""
    assert finding.span is not None
    return finding.span.start, finding.span.end


def place(finding: Finding) -> tuple[int, int]:
    """Return line and column of where a finding's rule stands."""
    assert finding.source is not None
    return finding.source.line, finding.source.column

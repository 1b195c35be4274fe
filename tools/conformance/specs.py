"""The language-neutral specifications of Kaitai's test suite: one `.kst` file each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.schema.source import Mapping, Scalar, Sequence, Source, parse

ABSENT = "null"


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that must hold of the content read.

    Attributes:
        actual: an expression that stands in the top type.
        expected: an expression for the value it must have; `null` when it must be absent.
        exception: the class of the exception that evaluating `actual` must raise; empty for none.
    """

    actual: str
    expected: str
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """One `.kst` file.

    Attributes:
        name: its `id`, which is that of the schema.
        data: name of the content it reads.
        assertions: in their order.
        exception: the class of the exception that reading must raise; empty for none.
    """

    name: str
    data: str
    assertions: tuple[Assertion, ...]
    exception: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the suites lie.

    Attributes:
        tests: kaitai_struct_tests.
        formats: kaitai_struct_formats.
        samples: kaitai_struct_samples.
    """

    tests: Path
    formats: Path
    samples: Path

    @property
    def specs(self) -> list[Path]:
        """All specifications, by name."""
        return sorted((self.tests / "spec" / "ks").glob("*.kst"))

    @property
    def import_paths(self) -> tuple[Path, ...]:
        """Folders in which schemas of the suite look for imports."""
        schemas = self.tests / "formats"
        return (schemas / "ks_path", schemas, self.formats)

    def schema(self, name: str) -> Path:
        """Return the schema called `name`."""
        return self.tests / "formats" / f"{name}.ksy"

    def content(self, name: str) -> Path:
        """Return the content called `name`."""
        return self.tests / "src" / name


def load_spec(path: Path) -> Spec:
    """Return the specification in the file at `path`.

    Raises:
        ValueError: it is none.
        harness.schema.source.SourceError: it is not YAML.
        OSError: it cannot be read.
    """
    body = _mapping(parse(path.read_bytes(), str(path)))
    asserts = body.entries.get("asserts")
    items = asserts.items if isinstance(asserts, Sequence) else ()
    return Spec(
        name=_text(body, "id"),
        data=_text(body, "data"),
        assertions=tuple(_assertion(_mapping(item)) for item in items),
        exception=_exception(body),
    )


def _assertion(body: Mapping) -> Assertion:
    exception = _exception(body)
    expected = "" if exception else _text(body, "expected")
    return Assertion(_text(body, "actual"), expected, exception)


def _exception(body: Mapping) -> str:
    """Return the class that is named, without the type of value that failed."""
    found = body.entries.get("exception")
    if isinstance(found, Mapping):
        found = found.entries.get("type")
    return found.text.partition("<")[0] if isinstance(found, Scalar) else ""


def _mapping(node: Source) -> Mapping:
    if not isinstance(node, Mapping):
        raise ValueError(f"line {node.place.line}: a mapping is wanted")  # noqa: TRY004  # of the file, not of a caller
    return node


def _text(body: Mapping, key: str) -> str:
    found = body.entries.get(key)
    if not isinstance(found, Scalar) or not found.text:
        raise ValueError(f"line {body.place.line}: `{key}` is missing")
    return found.text

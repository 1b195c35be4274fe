"""Whatever a schema file holds, loading gives a schema, or findings that have a place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.findings.model import Finding, Severity
from harness.schema.library import find, names
from harness.schema.loader import load
from harness.schema.problems import SchemaError
from tests.property.repeatable import DEEP, QUICK

WORDS = (
    *("meta", "id", "endian", "le", "be", "seq", "types", "instances", "params", "enums", "type"),
    *("size", "size-eos", "repeat", "expr", "until", "eos", "repeat-expr", "repeat-until", "if"),
    *("pos", "io", "value", "valid", "min", "max", "any-of", "contents", "switch-on", "cases"),
    *("process", "zlib", "xor(7)", "terminator", "encoding", "ASCII", "enum", "imports", "doc"),
    *("-derive", "size-of", "-checksum", "-invariants", "check", "when", "-sorted-by", "-layout"),
    *("-refers-to", "table", "by", "-limits", "-overlap", "-padding", "-align", "-locate"),
    *("u1", "u4le", "s8", "f4", "b3", "str", "strz", "bytes", "_root", "_parent", "_io", "_", "x"),
    *("_index", "x.y", "x[0]", "x + 1", "1 / 0", "x ? 1 : 2", "x.all(_ > 0)", "0xffffffffffffffff"),
    *("true", "null", "''", "-1", "1e999", "[1, 2]", "[]", "{}", "{a: b}", "&a", "*a", "<<", "|"),
    *("!!python/name:os.system", "!x", "\t", "\x00", "\u2028", "\ud7ff", "# x", "---", "...", "%"),
)

lines = st.tuples(
    st.sampled_from(("", "  ", "    ", "      ", "- ", "  - ", "    - ")),
    st.sampled_from(WORDS),
    st.sampled_from((":", ": ", "", " ")),
    st.one_of(st.just(""), st.sampled_from(WORDS), st.text(max_size=12)),
).map("".join)
yamlish = st.lists(lines, max_size=25).map("\n".join)
headed = yamlish.map(lambda text: f"meta:\n  id: x\n  endian: le\nseq:\n  - id: x\n{text}\n")


@cache
def shipped(name: str) -> tuple[str, ...]:
    """The lines of a schema of ours."""
    return tuple(find(name).read_text(encoding="utf-8").splitlines())


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A schema of ours with lines dropped, doubled, moved, indented, cut or given other words."""
    text = list(shipped(draw(st.sampled_from(names()))))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text) - 1))
        line, word = text[at], draw(st.sampled_from(WORDS))
        cut = draw(st.integers(0, len(line)))
        edits: tuple[list[str], ...] = (
            [],
            [line, line],
            [f"  {line}"],
            [line.removeprefix("  ")],
            [line[:cut]],
            [line[:cut] + word],
            [line.split(":")[0] + ": " + word],
            [line[:cut] + word + line[cut:]],
            [line, draw(st.sampled_from(text))],
        )
        text[at : at + 1] = draw(st.sampled_from(edits))
        text = text or [""]
    return "\n".join(text)


def judge(text: str | bytes) -> None:
    """Load a schema file with this text; raise if anything but a schema or findings comes of it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.ksy"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        for lenient in (False, True):
            try:
                load(path, use_cache=False, lenient=lenient)
            except SchemaError as error:
                judge_findings(error.findings)


def judge_findings(found: tuple[Finding, ...]) -> None:
    """Raise if a schema was refused without an error, or one has no place."""
    assert any(item.severity is Severity.ERROR for item in found)
    for item in found:
        assert item.code.startswith("Q9")
        assert item.source is not None
        assert item.source.line >= 1
        assert item.source.column >= 1


@QUICK
@given(text=yamlish)
def test_random_yaml_gives_findings_with_places(text: str) -> None:
    """Words of the language in no order."""
    judge(text)


@QUICK
@given(text=headed)
def test_random_attributes_give_findings_with_places(text: str) -> None:
    """The same below a beginning that is right."""
    judge(text)


@QUICK
@given(data=st.binary(max_size=200))
def test_bytes_that_are_no_text_give_findings_with_places(data: bytes) -> None:
    """A file may hold anything."""
    judge(data)


@QUICK
@given(text=mutated())
def test_mutated_schemas_give_findings_with_places(text: str) -> None:
    """Schemas of ours, a few lines wrong."""
    judge(text)


@pytest.mark.deep
@DEEP
@given(text=st.one_of(mutated(), headed, yamlish))
def test_many_hostile_schemas_give_findings_with_places(text: str) -> None:
    """All of these, many more."""
    judge(text)

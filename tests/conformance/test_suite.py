"""Specifications pass, fail and are refused for the right reasons."""

from __future__ import annotations

import pytest

from harness.reading import Reading, read
from harness.schema import Schema
from tests.conformance.tiny import Tiny
from tools.conformance import loading, suite
from tools.conformance.gallery import Outcome as Loading
from tools.conformance.loading import run_schemas
from tools.conformance.suite import Outcome, Strict, run_spec

SCHEMA = """
seq:
  - {id: number, type: u2}
  - {id: flag, type: b1}
  - {id: rest, type: b7}
  - {id: name, type: strz}
  - {id: kind, type: u1, enum: side}
  - {id: ratio, type: f4}
  - {id: absent, type: u1, if: number == 0}
  - {id: list, type: u1, repeat: expr, repeat-expr: 2}
enums: {side: {0: left, 1: right}, other: {0: left, 1: right}}
instances: {wrong: {value: 'name.to_i'}}
"""
CONTENT = "0102 80 616200 01 0000803f 0708"


def spec(*pairs: tuple[str, str]) -> str:
    """Return the assertions of a specification."""
    lines = [f"  - actual: '{actual}'\n    expected: '{expected}'\n" for actual, expected in pairs]
    return "asserts:\n" + "".join(lines)


RIGHT = (
    ("number", "0x0201"),
    ("flag", "true"),
    ("name", '"ab"'),
    ("kind", "tiny::side::right"),
    ("ratio", "1"),
    ("absent", "null"),
    ("list", "[7, 8]"),
    ("list.size", "2"),
    ("name.length + 1", "3"),
)


def test_a_specification_passes(tiny: Tiny) -> None:
    """Every kind of value that is right passes, with both readers."""
    result = run_spec(tiny.spec(spec(*RIGHT), schema=SCHEMA, content=CONTENT), tiny.checkout)
    assert (result.outcome, result.reasons) == (Outcome.PASSED, ())
    # the instance that is not asked for fails when all is read
    assert result.strict is Strict.FOUND


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("number", "0x0202"),
        ("number", "null"),
        ("number", '"513"'),
        ("flag", "1"),
        ("rest", "false"),
        ("name", "[0x61, 0x62]"),
        ("kind", "tiny::side::left"),
        ("kind", "tiny::other::right"),
        ("ratio", "1.00001"),
        ("absent", "0"),
        ("list", "[7]"),
        ("list", "[7, 9]"),
        ("wrong", "null"),
        ("wrong", "0"),
        ("list[2]", "null"),
        ("nothing", "null"),
        ("number +", "0"),
    ],
)
def test_a_specification_fails(tiny: Tiny, actual: str, expected: str) -> None:
    """Another value, kind or enum fails, and so does what cannot be asked."""
    path = tiny.spec(spec(*RIGHT, (actual, expected)), schema=SCHEMA, content=CONTENT)
    result = run_spec(path, tiny.checkout)
    assert (result.outcome, len(result.reasons)) == (Outcome.FAILED, 1)
    assert f"`{actual}`" in result.reasons[0]


def test_a_finding_where_none_is_expected_fails(tiny: Tiny) -> None:
    """Content that Kaitai reads must not be rejected."""
    path = tiny.spec(
        spec(("a", "1")), schema="seq: [{id: a, type: u1}, {id: b, type: u1}]", content="01"
    )
    result = run_spec(path, tiny.checkout)
    assert result.outcome is Outcome.FAILED
    assert "S101" in result.reasons[0]


@pytest.mark.parametrize(
    ("exception", "schema", "outcome"),
    [
        ("EndOfStreamError", "seq: [{id: a, type: u4}]", Outcome.PASSED),
        ("EndOfStreamError", "seq: [{id: a, type: u1}]", Outcome.FAILED),
        ("EndOfStreamError", "seq: [{id: a, type: u1, valid: 2}]", Outcome.FAILED),
        ("ValidationNotEqualError<u1>", "seq: [{id: a, type: u1, valid: 2}]", Outcome.PASSED),
        ("ValidationExprError<u1>", "seq: [{id: a, type: u1, valid: 2}]", Outcome.FAILED),
        ("NoSuchError", "seq: [{id: a, type: u4}]", Outcome.FAILED),
    ],
)
def test_an_exception_is_expected(
    tiny: Tiny, exception: str, schema: str, outcome: Outcome
) -> None:
    """Reading must find what that class of exception stands for."""
    path = tiny.spec(f"exception: {exception}\n", schema=schema, content="01")
    assert run_spec(path, tiny.checkout).outcome is outcome


@pytest.mark.parametrize(
    ("name", "outcome"), [("wrong", Outcome.PASSED), ("number", Outcome.FAILED)]
)
def test_an_exception_of_one_value(tiny: Tiny, name: str, outcome: Outcome) -> None:
    """Asking for that value, and for no other, must fail."""
    text = f"asserts:\n  - actual: {name}\n    exception: ConversionError\n"
    path = tiny.spec(text, schema=SCHEMA, content=CONTENT)
    assert run_spec(path, tiny.checkout).outcome is outcome


@pytest.mark.parametrize(
    ("schema", "construct"),
    [
        ("seq: [{id: a, size: 1, process: my_own(1)}]", "custom processor"),
        ("seq: [{id: a, type: t}]\ntypes: {t: {params: [{id: p, type: io}]}}", "stream-typed"),
    ],
)
def test_an_excluded_construct_is_refused_by_name(tiny: Tiny, schema: str, construct: str) -> None:
    """Refused is what the file really has."""
    result = run_spec(tiny.spec("", schema=schema, content="01"), tiny.checkout)
    assert result.outcome is Outcome.REFUSED
    assert construct in result.reasons[0]


@pytest.mark.parametrize(
    "schema",
    ["seq: [{id: a, type: nowhere}]", "seq: [{id: a, size: 1, if: '[1].all(_ == 1)'}]"],
)
def test_a_schema_that_does_not_load_fails(tiny: Tiny, schema: str) -> None:
    """Without an excluded construct in the file nothing excuses it, whatever the code."""
    result = run_spec(tiny.spec("", schema=schema, content="01"), tiny.checkout)
    assert result.outcome is Outcome.FAILED


def test_an_excluded_construct_that_loads_fails(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent pass over what the profile leaves out is the worst outcome."""
    monkeypatch.setattr(loading, "excluded_constructs", lambda _path: ("opaque types",))
    path = tiny.spec("", schema="seq: [{id: a, type: u1}]", content="01")
    result = run_spec(path, tiny.checkout)
    assert (result.outcome, result.reasons) == (Outcome.FAILED, ("opaque types: not refused",))


def test_a_crash_is_an_outcome(tiny: Tiny) -> None:
    """One broken file does not stop the run."""
    path = tiny.spec("", schema="seq: [{id: a, type: u1}]", content="01")
    (tiny.folder / "tests/src/tiny.bin").unlink()
    result = run_spec(path, tiny.checkout)
    assert result.outcome is Outcome.CRASHED
    assert "FileNotFoundError" in result.reasons[0]


def test_another_value_of_the_strict_reader_is_told(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strict findings are allowed, other values are not."""

    def lying(schema: Schema, content: bytes, name: str) -> Reading:
        return read(schema, b"\x02" + content[1:], file=name)

    monkeypatch.setattr(suite, "strict_engine", lying)
    path = tiny.spec(spec(("a", "1")), schema="seq: [{id: a, type: u1}]", content="01")
    result = run_spec(path, tiny.checkout)
    assert (result.outcome, result.strict) == (Outcome.PASSED, Strict.DIFFERENT)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ("seq: [{id: a, type: u1}, {id: b, type: u1}]", Strict.SAME),
        ("seq: [{id: a, type: u1}]", Strict.FOUND),
        ("meta: {-odd: 1}\nseq: [{id: a, type: u1}]", Strict.REFUSED),
    ],
)
def test_what_the_strict_reader_says_more(tiny: Tiny, schema: str, strict: Strict) -> None:
    """Trailing bytes are a finding, an unknown `-` key a refusal; the values stay the same."""
    path = tiny.spec(spec(("a", "1")), schema=schema, content="0102")
    if schema.startswith("meta"):
        text = schema.replace("meta: {", "meta: {id: tiny, ")
        tiny.write("tests/formats/tiny.ksy", text)
    result = run_spec(path, tiny.checkout)
    assert (result.outcome, result.strict) == (Outcome.PASSED, strict)


def test_imports_are_found_where_the_suite_has_them(tiny: Tiny) -> None:
    """Beside the schema, in `ks_path`, and in the gallery."""
    for folder, name in (("tests/formats/ks_path/deep", "one"), ("formats/common", "two")):
        text = f"meta: {{id: {name}}}\nseq: [{{id: n, type: u1}}]\n"
        tiny.write(f"{folder}/{name}.ksy", text)
    path = tiny.spec(spec(("a.n + b.n", "3")), schema="", content="0102")
    schema = "meta: {id: tiny, imports: [/deep/one, /common/two]}\n"
    tiny.write("tests/formats/tiny.ksy", schema + "seq: [{id: a, type: one}, {id: b, type: two}]\n")
    assert run_spec(path, tiny.checkout).reasons == ()


def test_every_schema_of_the_suite_is_loaded(tiny: Tiny) -> None:
    """Those without a specification too; each outcome has its reasons."""
    tiny.write("tests/formats/fine.ksy", "meta: {id: fine}\n")
    tiny.write("tests/formats/deep/odd.ksy", "meta: {id: odd, ks-opaque-types: true}\n")
    tiny.write("tests/formats/wrong.ksy", "meta: {id: wrong}\nseq: [{id: a, type: nowhere}]\n")
    found = {one.name: (one.outcome, one.reasons) for one in run_schemas(tiny.checkout)}
    assert found["fine.ksy"] == (Loading.LOADED, ())
    assert found["deep/odd.ksy"] == (Loading.REFUSED, ("opaque types",))
    assert found["wrong.ksy"][0] is Loading.FAILED

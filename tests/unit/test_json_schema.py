"""The JSON Schema for editors knows what the loader knows: the same keys at the same places."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import harness.schema
from harness.findings.model import Severity
from harness.schema import SchemaError, load
from harness.schema.builder import Builder
from harness.schema.json_schema.document import document
from harness.schema.json_schema.kinds import TEXT, Key, mapping
from harness.schema.library import find, names
from harness.schema.problems import Problems
from harness.schema.source import Mapping, Sequence, Source, parse

PACKAGE = Path(harness.schema.__file__).parent
STRICT = jsonschema.Draft7Validator(document())
LENIENT = jsonschema.Draft7Validator(document(lenient=True))

EVERYTHING = """\
meta:
  id: everything
  title: All keys
  file-extension: [a, b]
  endian: {switch-on: order, cases: {1: le, _: be}}
  bit-endian: le
  encoding: ASCII
doc: All keys.
doc-ref: Section 1
params: [{id: p, type: u1, enum: kind, doc: A number., -allow: [unused-parameter]}]
-invariants: [{id: rule, check: order > 0, when: order > 1, message: text, severity: note}]
-layout: {trailing: zero, gaps: allow, overlap: allow}
-limits: {depth: 9, items: 9, bytes: 9}
-coverage:
  - {id: m, each: boxes, per: order, row: _.key, rows: 4, column: _.kind, when: true, inert: [a]}
-allow: unlimited-size
seq:
  - {id: order, type: u1, valid: {any-of: [1, 2]}, -unknown: allow, -generate: {min: 1}}
  - {id: raw, size: 2, process: xor(1), pad-right: 0, terminator: 0, -padding: any}
  - {id: text, type: str, size: 4, terminator: [0, 0], include: true, eos-error: false}
  - {id: boxes, type: box, repeat: expr, repeat-expr: 2, -sorted-by: _.key, -unique-by: {by: _.key}}
  - {id: more, type: {switch-on: order, cases: {1: box, _: u4}}, if: order > 1, -orig-id: X}
  - {id: sum, type: u4, -checksum: {algorithm: crc32, over: {start: 0, end: 4}, zeroed: [sum]}}
  - {id: count, type: u1, -derive: {count-of: boxes, plus: 1, unit: 2}, -align: 2}
  - {id: ref, type: u1, -refers-to: {table: boxes, by: _.key, value: _, when: _ > 0, as: found}}
  - {id: magic, contents: [1, 'a'], doc: Fixed bytes.}
  - {id: until, type: u1, repeat: until, repeat-until: _ == 0}
instances:
  placed: {pos: 1, io: _root._io, type: u1, enum: kind, -overlap: allow, valid: {in-enum: true}}
  found_at: {-locate: {marker: [1, 'x'], occurrence: last, within: 9}, size: 1}
  computed: {value: order + 1, if: order > 0, enum: kind, doc: A sum., -allow: [unused-instance]}
types:
  box: {seq: [{id: key, type: u1}, {id: kind, type: u1, enum: kind}], to-string: key.to_s}
enums:
  kind: {0: a, 0x1: {id: b, doc: The second., -orig-id: B}}
"""


def plain(node: Source) -> Any:  # noqa: ANN401  # what JSON can hold
    """Return YAML as the validator of an editor sees it."""
    match node:
        case Mapping(entries=entries):
            return {key: plain(value) for key, value in entries.items()}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case _:
            return node.value


def faults(text: str) -> list[str]:
    """Return what an editor underlines in a schema."""
    found = STRICT.iter_errors(plain(parse(text.encode(), "x.ksy")))
    return [error.message for error in found]


def refusals(text: str, folder: Path) -> set[str]:
    """Return the mistakes that the loader finds."""
    path = folder / "x.ksy"
    path.write_text(text)
    try:
        load(path, use_cache=False)
    except SchemaError as error:
        return {one.code for one in error.findings if one.severity is Severity.ERROR}
    return set()


def test_it_is_of_the_draft_that_editors_take() -> None:
    """Draft-07, and plain JSON."""
    for made in (document(), document(lenient=True)):
        jsonschema.Draft7Validator.check_schema(made)
        assert json.loads(json.dumps(made)) == made


def test_the_published_copy_is_up_to_date() -> None:
    """After a change: `harness schema json-schema --output docs/schemas/ksy.schema.json`."""
    page = Path(__file__).parents[2] / "docs" / "schemas" / "ksy.schema.json"
    assert json.loads(page.read_text()) == document()


@pytest.mark.parametrize("name", names())
def test_our_schemas_validate(name: str) -> None:
    """All that come with the package."""
    assert faults(find(name).read_text(encoding="utf-8")) == []


def test_a_schema_with_every_key_validates(tmp_path: Path) -> None:
    """And loads."""
    assert faults(EVERYTHING) == []
    assert refusals(EVERYTHING, tmp_path) == set()


def tables() -> Iterator[str]:
    """Yield the name of each closed list that the loader holds keys against."""
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "allow":
                yield ast.unparse(node.args[0])


def test_each_table_of_the_loader_is_described() -> None:
    """By its own name, so that neither can have a key that the other lacks."""
    made = "".join(path.read_text() for path in (PACKAGE / "json_schema").glob("*.py"))
    given = {"known", "names"}  # what `check_keys` and `Keys.allow` are called with
    found = set(tables()) - given
    assert len(found) > 15
    assert [table for table in sorted(found) if table not in made] == []


@pytest.mark.parametrize("described", [{}, {"a": Key(TEXT, ""), "b": Key(TEXT, "")}])
def test_a_key_in_one_of_both_only_is_found(described: dict[str, Key]) -> None:
    """Whichever lacks it."""
    with pytest.raises(AssertionError, match="differ"):
        mapping({"a"}, described)


def misspelt(node: Source) -> Iterator[Source]:
    """Yield `node` once for each key in it, that key a letter longer."""
    if isinstance(node, Mapping):
        for key, value in node.entries.items():
            entries = {key + "x" if key == old else old: one for old, one in node.entries.items()}
            places = {key + "x" if key == old else old: one for old, one in node.keys.items()}
            yield Mapping(entries, places, node.place)
            for changed in misspelt(value):
                yield replace(node, entries={**node.entries, key: changed})
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            for changed in misspelt(item):
                rest = (node.items[:number], node.items[number + 1 :])
                yield Sequence((*rest[0], changed, *rest[1]), node.place)


def test_a_misspelt_key_is_found_wherever_the_loader_finds_it() -> None:
    """Each key of the schema with every key, a letter longer."""
    seen = 0
    for changed in misspelt(parse(EVERYTHING.encode(), "x.ksy")):
        assert isinstance(changed, Mapping)
        problems = Problems()
        builder = Builder(problems)
        builder.build(builder.declare_file(changed, ()), Path("x.ksy"), ())
        if "Q902" in {found.code for found in problems.findings}:
            seen += 1
            assert list(STRICT.iter_errors(plain(changed))) != []
    assert seen > 100


@pytest.mark.parametrize(
    "change",
    [
        ("type: u1, valid", "type: u1, size: 1, valid"),
        ("type: str, size: 4", "type: str, size: 4, process: zlib"),
        ("size: 2, process: xor(1)", "size: 2, process: cipher(1)"),
        ("repeat: expr, repeat-expr: 2", "repeat: eos, repeat-expr: 2"),
        ("value: order + 1", "value: order + 1, size: 1"),
        ("endian: {switch-on", "endian: {switch_on"),
        ("trailing: zero", "trailing: none"),
        ("severity: note", "severity: bad"),
        ("algorithm: crc32", "algorithm: crc33"),
        ("depth: 9", "depth: 0"),
        ("contents: [1, 'a']", "contents: [256]"),
        ("-allow: unlimited-size", "-allow: unlimited-sizes"),
        ("-unknown: allow", "-unknown: forbid"),
        ("count-of: boxes", "count-of: boxes, size-of: raw"),
        ("valid: {in-enum: true}", "valid: {}"),
        ("id: everything", "id: Everything"),
        ("0x1: {id: b", "one: {id: b"),
    ],
)
def test_a_wrong_value_is_found(change: tuple[str, str], tmp_path: Path) -> None:
    """By the editor as by the loader."""
    assert EVERYTHING.count(change[0]) == 1
    broken = EVERYTHING.replace(*change)
    assert faults(broken)
    assert refusals(broken, tmp_path)


def test_unknown_keys_of_others_are_tolerated_leniently() -> None:
    """With a `-` in front only."""
    text = "meta: {id: a}\nseq: [{id: x, type: u1, -vendor-key: 1}]\n"
    node = plain(parse(text.encode(), "x.ksy"))
    assert list(LENIENT.iter_errors(node)) == []
    assert list(STRICT.iter_errors(node)) != []
    wrong = plain(parse(text.replace("-vendor", "vendor").encode(), "x.ksy"))
    assert list(LENIENT.iter_errors(wrong)) != []

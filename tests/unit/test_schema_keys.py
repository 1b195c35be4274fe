"""What a schema may say: closed lists of keys, shapes of values, imports, what is left out."""

from __future__ import annotations

import pytest

from harness.schema import SchemaError, load
from harness.schema.lint import lint
from tests.unit.bench import Bench, place


@pytest.mark.parametrize(
    ("text", "hint", "at"),
    [
        ("meta: {id: a, endain: le}\n", "endian", (1, 15)),
        ("sec: []\n", "seq", (2, 1)),
        ("seq:\n  - {id: a, size: 1, typ: u1}\n", "type", (3, 22)),
        ("seq:\n  - {id: a, size: 1, -overlaps: allow}\n", "-overlap", (3, 22)),
        ("seq:\n  - {id: a, size: 1, pos: 0}\n", "", (3, 22)),
        ("params:\n  - {id: a, typo: u1}\n", "type", (3, 13)),
        ("instances:\n  a: {value: 1, size: 1}\n", "", (3, 17)),
        ("instances:\n  a: {pos: 0, size: 1, positio: 1}\n", "", (3, 24)),
        ("types:\n  a: {seqs: []}\n", "seq", (3, 7)),
        ("-invariant: []\n", "-invariants", (2, 1)),
        ("-nonsense: 1\n", "", (2, 1)),
        ("seq:\n  - {id: a, type: u1, valid: {minn: 1}}\n", "min", (3, 31)),
        ("-layout: {gap: allow}\n", "gaps", (2, 11)),
        ("-limits: {deph: 1}\n", "depth", (2, 11)),
        ("-invariants:\n  - {id: a, check: true, wen: true}\n", "when", (3, 26)),
    ],
)
def test_unknown_keys(bench: Bench, text: str, hint: str, at: tuple[int, int]) -> None:
    """A key outside the closed list is refused at the key, with the closest known one."""
    problem = bench.problem(text)
    assert (problem.code, place(problem)) == ("Q902", at)
    assert not hint or f"did you mean `{hint}`" in problem.actual


@pytest.mark.parametrize(
    ("attribute", "key"),
    [
        ("{id: a, type: u1, size: 1}", "size"),
        ("{id: a, type: b3, encoding: ASCII}", "encoding"),
        ("{id: a, type: f4, contents: [1]}", "contents"),
        ("{id: a, type: sample, contents: [1]}", "contents"),
        ("{id: a, type: str, size: 1, process: zlib}", "process"),
        ("{id: a, size: 1, encoding: ASCII}", "encoding"),
        ("{id: a, type: u1, repeat-expr: 2}", "repeat-expr"),
        ("{id: a, type: u1, repeat-until: 'true'}", "repeat-until"),
        ("{id: a, type: u1, repeat: eos, repeat-until: 'true'}", "repeat-until"),
        ("{id: a, type: u1, repeat: until, repeat-until: _ == 0, repeat-expr: 2}", "repeat-expr"),
        ("{id: a, type: {switch-on: 1, cases: {1: strz}}, encoding: ASCII}", "encoding"),
    ],
)
def test_keys_without_a_meaning(bench: Bench, attribute: str, key: str) -> None:
    """A key that says nothing about what is read is refused at the key, as in Kaitai."""
    problem = bench.problem(f"seq:\n  - {attribute}\n")
    column = f"  - {attribute}".index(f"{key}:") + 1
    assert (problem.code, place(problem)) == ("Q902", (3, column))
    assert key in problem.actual


def test_keys_with_a_meaning(bench: Bench) -> None:
    """The same keys stand where they say something."""
    text = """
    seq:
      - {id: a, type: str, size: 1, pad-right: 0, encoding: ASCII}
      - {id: b, size: 1, process: xor(1), parent: _root}
      - {id: c, type: u1, repeat: until, repeat-until: _ == 0}
      - {id: d, type: u1, repeat: expr, repeat-expr: 2}
    """
    assert bench.problems(text) == ()


def test_a_value_instance_has_no_type(bench: Bench) -> None:
    """Its value has one."""
    assert bench.problem("instances:\n  a: {value: 1, type: u1}\n").code == "Q902"


@pytest.mark.parametrize(
    ("valid", "code"),
    [
        ("{in-enum: false}", "Q903"),
        ("{}", "Q903"),
        ("{eq: 1, expr: _ > 0}", "Q903"),
        ("{min: 1, any-of: [2]}", "Q903"),
        ("colour::red", "Q906"),
        ("{any-of: [1, colour::red]}", "Q906"),
    ],
)
def test_valid_has_one_form(bench: Bench, valid: str, code: str) -> None:
    """`valid` is one of its forms, and compares like with like."""
    enums = "enums: {colour: {1: red}}\n"
    enum = ", enum: colour" if "in-enum" in valid else ""
    assert bench.problem(f"seq: [{{id: a, type: u1, valid: {valid}{enum}}}]\n{enums}").code == code


def test_contents_are_valid_by_themselves(bench: Bench) -> None:
    """`contents` says what is valid already."""
    assert bench.problem("seq: [{id: a, contents: [1], valid: '[1]'}]").code == "Q903"


@pytest.mark.parametrize("version", ["'0.6'", "0.9", "'0.10'", "0.11", "'0.11.2'"])
def test_versions_of_the_language(bench: Bench, version: str) -> None:
    """Schemas of all versions up to 0.11 are understood."""
    assert bench.problems(f"meta: {{id: a, ks-version: {version}}}\nseq: []\n") == ()


@pytest.mark.parametrize(
    ("version", "code"),
    [("0.7f", "Q903"), ("0.10", "Q903"), ("1", "Q903"), ("'0.12'", "Q907"), ("9.9.9", "Q907")],
)
def test_other_versions_are_refused(bench: Bench, version: str, code: str) -> None:
    """A later version may mean something else; 0.10 without quotes is the number 0.1."""
    problem = bench.problem(f"meta:\n  id: a\n  ks-version: {version}\nseq: []\n")
    assert (problem.code, place(problem)[0]) == (code, 3)


def test_an_encoding_of_meta_is_reported_once(bench: Bench) -> None:
    """Where it is written, and not again at each string."""
    problem = bench.problem(
        "meta:\n  id: a\n  encoding: EBCDIC\nseq: [{id: x, type: strz}, {id: y, type: strz}]\n"
    )
    assert (problem.code, place(problem)[0]) == ("Q907", 3)


@pytest.mark.parametrize(
    "name", ["UTF_16-LE", "utf16le", "latin1", "LATIN-2", "IBM437", "cp1251", "Shift-JIS", "sjis"]
)
def test_other_spellings_of_encodings(bench: Bench, name: str) -> None:
    """Case, `-` and `_` make no other encoding."""
    assert bench.problems(f"seq: [{{id: a, type: strz, encoding: {name}}}]") == ()


@pytest.mark.parametrize(("value", "codes"), [('"a"', []), ("1 + 2", ["Q906"])])
def test_to_string_is_a_string(bench: Bench, value: str, codes: list[str]) -> None:
    """What other tools show of a structure must be text."""
    assert [one.code for one in bench.problems(f"to-string: '{value}'\nseq: []\n")] == codes


def test_documentation_may_be_empty(bench: Bench) -> None:
    """An empty `doc` says nothing, which is no mistake."""
    text = 'doc: ""\nseq: [{id: a, type: u1, doc: ""}]\ninstances: {b: {value: 1, doc: ""}}\n'
    assert bench.problems(text) == ()


def test_keys_of_other_tools_mean_nothing(bench: Bench) -> None:
    """Keys that Kaitai's own tools put there are passed over."""
    assert bench.problems("seq: [{id: a, -orig-id: A, type: u1}]") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[]\n", 1),
        ("meta: []\n", 1),
        ("meta: {id: A}\n", 1),
        ("meta: {title: a}\n", 1),
        ("meta: {id: a, endian: middle}\n", 1),
        ("meta: {id: a, bit-endian: 1}\n", 1),
        ("meta:\n  id: a\n  encoding: [UTF-8]\n", 3),
        ("seq: {}\n", 2),
        ("seq:\n  - a\n", 3),
        ("seq:\n  - {id: Upper, type: u1}\n", 3),
        ("seq:\n  - {id: a, type: [u1]}\n", 3),
        ("seq:\n  - {id: a}\n", 3),
        ("seq:\n  - {id: a, type: str}\n", 3),
        ("seq:\n  - {id: a, size: [1]}\n", 3),
        ("seq:\n  - {id: a, size: 1, size-eos: true}\n", 3),
        ("seq:\n  - {id: a, size-eos: 1}\n", 3),
        ("seq:\n  - {id: a, terminator: 256}\n", 3),
        ("seq:\n  - {id: a, terminator: zero}\n", 3),
        ("seq:\n  - {id: a, terminator: 0, include: 1}\n", 3),
        ("seq:\n  - {id: a, size: 2, pad-right: 256}\n", 3),
        ("seq:\n  - {id: a, contents: 3}\n", 3),
        ("seq:\n  - {id: a, contents: [300]}\n", 3),
        ("seq:\n  - {id: a, contents: {}}\n", 3),
        ("seq:\n  - {id: a, type: u1, repeat: thrice}\n", 3),
        ("seq:\n  - {id: a, type: u1, repeat: expr}\n", 3),
        ("seq:\n  - {id: a, type: u1, repeat: until}\n", 3),
        ("seq:\n  - {id: a, type: u1, if: {}}\n", 3),
        ("seq:\n  - {id: a, type: u1, valid: []}\n", 3),
        ("seq:\n  - {id: a, type: {switch-on: 1}}\n", 3),
        ("seq:\n  - {id: a, type: {cases: {1: u1}}}\n", 3),
        ("types: []\n", 2),
        ("types:\n  a: []\n", 3),
        ("types:\n  A: {}\n", 3),
        ("instances: []\n", 2),
        ("instances:\n  a: 1\n", 3),
        ("enums: []\n", 2),
        ("enums:\n  a: []\n", 3),
        ("enums:\n  a: {x: y}\n", 3),
        ("enums:\n  a: {1: {}}\n", 3),
        ("enums:\n  a: {1: null}\n", 3),
        ("enums:\n  a: {1: 2}\n", 3),
        ("enums:\n  a: {1: 2nd}\n", 3),
        ("enums:\n  A: {1: y}\n", 3),
        ("enums:\n  a: {18446744073709551616: y}\n", 3),
        ("params: a\n", 2),
        ("doc: []\n", 2),
    ],
)
def test_wrong_shapes(bench: Bench, text: str, line: int) -> None:
    """A value of the wrong kind is refused on its line."""
    if not text.startswith("["):
        problems = bench.problems(text)
    else:
        (bench.folder / "sample.ksy").write_text(text)
        problems = lint(bench.folder / "sample.ksy")
    assert {(problem.code, place(problem)[0]) for problem in problems} == {("Q903", line)}


def test_the_byte_order_is_given(bench: Bench) -> None:
    """A number of several bytes needs an order; one byte needs none."""
    assert bench.problems("meta: {id: a}\nseq: [{id: x, type: u1}]\n") == ()
    assert bench.problem("meta: {id: a}\nseq: [{id: x, type: u2}]\n").code == "Q903"


def test_the_encoding_is_given(bench: Bench) -> None:
    """A string needs an encoding, its own or the schema's."""
    text = "meta: {id: a}\nseq: [{id: x, type: strz%s}]\n"
    assert bench.problems(text % ", encoding: ASCII") == ()
    assert bench.problem(text % "").code == "Q903"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("meta:\n  id: a\n  ks-opaque-types: true\n", "opaque types", 3),
        ("seq:\n  - id: a\n    size: 1\n    process: my.codec(1)\n", "my.codec", 5),
        ("seq:\n  - id: a\n    size: 1\n    process: lz4\n", "lz4", 5),
        ("params:\n  - {id: a, type: io}\n", "stream", 3),
        ("seq:\n  - {id: a, type: strz, encoding: EBCDIC}\n", "EBCDIC", 3),
        ("seq:\n  - {id: a, size: 1, if: '[1].all(_ == 1)'}\n", "all", 3),
    ],
)
def test_unsupported_constructs(bench: Bench, text: str, words: str, line: int) -> None:
    """What the profile leaves out is refused by its name, on its line."""
    problem = bench.problem(text)
    assert (problem.code, place(problem)[0]) == ("Q907", line)
    assert words in problem.actual


@pytest.mark.parametrize(
    "text",
    [
        "seq: [{id: a, type: u1}, {id: a, type: u2}]",
        "seq: [{id: a, type: u1}]\ninstances: {a: {value: 1}}",
        "params: [{id: a, type: u1}]\nseq: [{id: a, type: u1}]",
        "enums: {e: {1: a, 0x1: b}}",
        "enums: {e: {1: a, 2: a}}",
        "-invariants: [{id: a, check: true}, {id: a, check: true}]",
    ],
)
def test_duplicate_names(bench: Bench, text: str) -> None:
    """A name stands for one thing."""
    assert bench.problem(text).code == "Q909"


@pytest.mark.parametrize(
    "text",
    [
        "seq: [{id: a, type: nothing}]",
        "seq: [{id: a, type: u1, enum: nothing}]",
        "seq: [{id: a, size: nothing}]",
        "params: [{id: a, type: nothing}]",
        "instances: {a: {value: nothing}}",
        "instances: {a: {pos: nothing, size: 1}}",
    ],
)
def test_unknown_names(bench: Bench, text: str) -> None:
    """Types, enums and attributes must be declared."""
    assert bench.problem(text).code == "Q905"


@pytest.mark.parametrize(
    "text",
    [
        "seq: [{id: a, size: 'true'}]",
        "seq: [{id: a, type: u1, if: 1}]",
        "seq: [{id: a, type: strz, enum: e}]\nenums: {e: {1: x}}",
        "seq: [{id: a, type: u1, valid: '\"x\"'}]",
        "seq: [{id: a, size: 1, valid: 1}]",
        "seq: [{id: a, type: t(1)}]\ntypes: {t: {}}",
        "seq: [{id: a, type: t}]\ntypes: {t: {params: [{id: p, type: u1}]}}",
        "seq: [{id: a, type: 't(\"x\")'}]\ntypes: {t: {params: [{id: p, type: u1}]}}",
        "seq: [{id: a, type: {switch-on: 1, cases: {'\"x\"': u1}}}]",
        "instances: {a: {pos: '\"x\"', size: 1}}",
        "instances: {a: {io: 1, size: 1}}",
        "seq: [{id: a, size: 1, process: xor(true)}]",
    ],
)
def test_mismatches(bench: Bench, text: str) -> None:
    """A value of the wrong type is refused where the schema is read."""
    assert bench.problem(text).code == "Q906"


def test_every_mistake_is_reported(bench: Bench) -> None:
    """One run names all mistakes, in the order of their lines."""
    text = "seq:\n  - {id: a, typ: u1, size: 1}\n  - {id: b, type: u9}\n  - {id: c, size: q}\n"
    problems = bench.problems(text)
    assert [(problem.code, place(problem)[0]) for problem in problems] == [
        ("Q902", 3), ("Q905", 4), ("Q905", 5),
    ]  # fmt: skip


def test_a_missing_doc_ref_is_a_warning(bench: Bench) -> None:
    """A schema that names no specification is warned about, and can be used."""
    path = bench.write("seq: []")
    assert [(found.code, found.severity.value) for found in lint(path)] == [("Q911", "warning")]
    assert load(path, use_cache=False).id == "sample"


def test_load_raises_all_mistakes(bench: Bench) -> None:
    """A schema with mistakes cannot be loaded, and says why."""
    with pytest.raises(SchemaError) as caught:
        bench.schema("sec: []\nseqq: []\n")
    assert [finding.code for finding in caught.value.findings] == ["Q902", "Q902"]


# what a schema imports

PART = "meta: {id: part, endian: be}\nseq: [{id: number, type: u2}]\n"


def importing(*names: str) -> str:
    """Return a schema that imports `names` and reads a `part`."""
    return f"meta: {{id: sample, imports: [{', '.join(names)}]}}\nseq: [{{id: p, type: part}}]\n"


@pytest.mark.parametrize("name", ["part", "folder/part"])
def test_imports_beside_the_schema(bench: Bench, name: str) -> None:
    """An imported type is read with the byte order of its own file."""
    bench.write(PART, f"{name}.ksy")
    assert bench.values(importing(name), "0102") == {"p.number": 0x0102}


def test_a_type_is_visible_only_where_it_is_imported(bench: Bench) -> None:
    """Without the import the type is unknown."""
    bench.write(PART, "part.ksy")
    text = "meta: {id: sample}\nseq: [{id: p, type: part}]\n"
    assert bench.problem(text).code == "Q905"


@pytest.mark.parametrize(
    "name", ["nothing", "../part", "folder/../../part", "'/etc/passwd'", "'a b'", "'..'"]
)
def test_imports_stay_in_their_folders(bench: Bench, name: str) -> None:
    """An import that there is not, or that leaves the folder, is refused at its line."""
    bench.write(PART, "../part.ksy")
    problems = bench.problems(importing(name))
    assert [(p.code, place(p)[0]) for p in problems if p.code != "Q905"] == [("Q908", 1)]


def test_a_link_out_of_the_folder_is_refused(bench: Bench) -> None:
    """A symbolic link does not lead out."""
    outside = bench.write(PART, "../linked.ksy")
    (bench.folder / "part.ksy").symlink_to(outside)
    assert "Q908" in {problem.code for problem in bench.problems(importing("part"))}


def test_import_cycles_end(bench: Bench) -> None:
    """Files that import one another are read once each."""
    bench.write("meta: {id: part, imports: [sample]}\nseq: [{id: number, type: u1}]\n", "part.ksy")
    assert bench.values(importing("part"), "07") == {"p.number": 7}


def test_mistakes_in_an_import_name_its_file(bench: Bench) -> None:
    """A mistake in an imported file is placed there."""
    path = bench.write("meta: {id: part}\nsec: []\n", "part.ksy")
    problem = bench.problem(importing("part"))
    assert (problem.code, problem.file, place(problem)) == ("Q902", str(path), (2, 1))


def test_two_files_have_two_names(bench: Bench) -> None:
    """An import with the id of another file is refused."""
    bench.write("meta: {id: sample}\nseq: []\n", "part.ksy")
    text = "meta: {id: sample, imports: [part]}\nseq: []\n"
    assert bench.problem(text).code == "Q909"


def test_a_schema_has_at_most_so_many_files(bench: Bench) -> None:
    """A chain of a hundred imports is refused."""
    for number in range(100):
        bench.write(f"meta: {{id: f{number}, imports: [f{number + 1}]}}\n", f"f{number}.ksy")
    problems = bench.problems("meta: {id: sample, imports: [f0]}\n")
    assert "Q910" in {problem.code for problem in problems}


# what a type overrides


@pytest.mark.parametrize(
    ("schema", "content", "expected"),
    [
        ("meta: {id: s, endian: le}\nseq: [{id: a, type: u2be}]", "0102", {"a": 0x0102}),
        (
            (
                "meta: {id: s, endian: le}\nseq: [{id: a, type: t}]\n"
                "types: {t: {meta: {endian: be}, seq: [{id: n, type: u2}]}}"
            ),
            "0102",
            {"a.n": 0x0102},
        ),
        (
            (
                "meta: {id: s, bit-endian: be}\nseq: [{id: a, type: t}]\n"
                "types: {t: {meta: {bit-endian: le}, seq: [{id: n, type: b4}, {id: m, type: b4}]}}"
            ),
            "12",
            {"a.n": 2, "a.m": 1},
        ),
        (
            (
                "meta: {id: s, encoding: ASCII}\nseq: [{id: a, type: t}]\n"
                "types: {t: {meta: {encoding: ISO-8859-1}, seq: [{id: n, type: strz}]}}"
            ),
            "e900",
            {"a.n": "é"},
        ),
        (
            "meta: {id: s, encoding: ASCII}\nseq: [{id: n, type: strz, encoding: ISO-8859-1}]",
            "e900",
            {"n": "é"},
        ),
    ],
)
def test_inner_meta_overrides(
    bench: Bench, schema: str, content: str, expected: dict[str, object]
) -> None:
    """Byte order, bit order and encoding of a type or attribute win over those around it."""
    assert bench.values(schema, content) == expected


def test_an_inner_type_hides_an_outer_one(bench: Bench) -> None:
    """Names of types resolve from the inside out."""
    schema = """
    seq: [{id: a, type: outer}, {id: b, type: inner}]
    types:
      inner: {seq: [{id: x, type: u1}]}
      outer:
        seq: [{id: i, type: inner}]
        types: {inner: {seq: [{id: y, type: u2}]}}
    """
    assert bench.values(schema, "010203") == {"a.i.y": 0x0201, "b.x": 3}

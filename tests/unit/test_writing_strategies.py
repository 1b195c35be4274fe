"""Contents of a schema as Hypothesis strategies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from harness.pytest_plugin import schema as under_test
from harness.reading import Reading, read
from harness.schema import Schema, load
from harness.schema.library import find as find_schema
from harness.writing import Content, from_schema, with_companions
from tests.unit.bench import Bench

_ROOT = Path(__file__).parent.parent.parent
_DEFINITIONS = _ROOT / "incidents" / "2024-07-crowdstrike-291" / "definitions.bin"
# `too_slow` measures wall time, which no test here asserts; the other checks are on
_FEW = settings(
    database=None,
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# whichever comes first
_FIRST = settings(_FEW, phases=[Phase.generate])


def _schema(name: str) -> Schema:
    return load(find_schema(name))


def _definitions(data: bytes) -> Reading:
    return read(_schema("template_definitions"), data, file="definitions")


@pytest.mark.parametrize("name", ["template_definitions", "gettext_mo"])
def test_every_content_is_valid(name: str) -> None:
    """Hypothesis filters few, and nothing is found in any content."""

    @_FEW
    @given(from_schema(_schema(name)))
    def holds(data: bytes) -> None:
        assert read(_schema(name), data, file="").findings == ()

    holds()


def test_contents_fit_the_companion_that_was_given() -> None:
    """A channel file for the definitions of the incident."""
    companions = {"definitions": _definitions(_DEFINITIONS.read_bytes())}

    @_FEW
    @given(from_schema(_schema("channel_file"), companions=companions))
    def holds(data: bytes) -> None:
        assert read(_schema("channel_file"), data, file="", companions=companions).findings == ()

    holds()


def test_contents_and_companions_are_made_together() -> None:
    """Both are valid, the content with the companion that it comes with."""

    @_FEW
    @given(under_test("channel_file").strategy())
    def holds(content: Content) -> None:
        definitions = _definitions(content.companions["definitions"])
        assert definitions.findings == ()
        companions = {"definitions": definitions}
        found = read(_schema("channel_file"), content.data, file="", companions=companions)
        assert found.findings == ()

    holds()


def test_a_field_takes_its_values_from_a_strategy() -> None:
    """Named by its type and its own name."""
    strategy = from_schema(_schema("template_definitions"), header__release=st.just(77))
    assert find(strategy, lambda _: True, settings=_FIRST)[16:18] == b"\x4d\0"


def test_a_broken_content_breaks_what_was_asked_for() -> None:
    """A wrong checksum, and no other finding."""
    schema = _schema("template_definitions")
    data = find(from_schema(schema, breaking="S105"), lambda _: True, settings=_FIRST)
    assert [finding.code for finding in read(schema, data, file="").findings] == ["S105"]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"breaking": "S999"}, "has no `S999` to break"),
        ({"header__nothing": st.just(1)}, "has no field `header__nothing`"),
        ({"header__release": 7}, "`header__release` holds an integer from 0 to 65,535, .*; 7 is"),
        ({"header": st.just(7)}, "`header` holds a structure"),
    ],
)
def test_what_is_not_there_is_named(given_: dict[str, object], message: str) -> None:
    """A slip of the pen is an error at once."""
    with pytest.raises(ValueError, match=message):
        from_schema(_schema("template_definitions"), **given_)  # type: ignore[arg-type]  # either


def test_a_companion_that_is_missing_is_named() -> None:
    """With one or with its schema."""
    with pytest.raises(ValueError, match="companion `definitions`"):
        from_schema(_schema("channel_file"))
    with pytest.raises(ValueError, match="companion `definitions`"):
        with_companions(_schema("channel_file"), {})


def test_a_companion_of_another_type_is_refused() -> None:
    """Its schema, what was read as something else, and one of a name that is not known."""
    tzif = _schema("tzif")
    with pytest.raises(ValueError, match=r"is a `template_definitions` .*, not `tzif`"):
        with_companions(_schema("channel_file"), {"definitions": tzif})
    with pytest.raises(ValueError, match=r"is a `template_definitions` .*, not `tzif`"):
        from_schema(_schema("channel_file"), companions={"definitions": read(tzif, b"", file="")})
    with pytest.raises(ValueError, match=r"takes no companion `nope`; .* with `definitions`"):
        with_companions(_schema("channel_file"), {"nope": tzif})


@pytest.mark.parametrize("strategy", [st.just(1 << 16), st.text()])
def test_a_value_that_a_field_cannot_hold_is_refused(strategy: st.SearchStrategy[object]) -> None:
    """The field, what it holds, and the value are named."""
    contents = from_schema(_schema("template_definitions"), header__release=strategy)
    with pytest.raises(ValueError, match=r"`header__release` holds an integer .*; .* gave"):
        find(contents, lambda _: True, settings=_FIRST)


_NOTHING = "seq:\n  - {id: a, type: u1}\n-invariants:\n  - {id: odd, check: a * 2 == 7}\n"
_TOLD = "could be made.*: 24 drafts were given up, most at `sample.a`"


def test_nothing_stands_above_what_is_refused(bench: Bench) -> None:
    """That a count is not known yet while its items are made is nobody's concern."""
    item = "{seq: [{id: x, type: u1}]}"
    schema = bench.schema(
        "seq: [{id: n, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: n}]\n"
        f"types: {{item: {item}}}\n"
    )
    with pytest.raises(ValueError, match="its strategy gave 300") as raised:
        find(from_schema(schema, item__x=st.just(300)), lambda data: len(data) > 1, settings=_FIRST)
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_what_nothing_can_be_made_of_is_told(bench: Bench) -> None:
    """Instead of a health check: the schema, what was in vain, and what can be done."""
    schema = bench.schema(_NOTHING)
    with pytest.raises(ValueError, match=f"nothing {_TOLD}; .* `seeds=`"):
        find(from_schema(schema), lambda _: True, settings=_FIRST)


def test_a_companion_that_cannot_be_made_is_told(bench: Bench) -> None:
    """By the parameter, for valid contents and for broken ones."""
    companion = bench.schema(_NOTHING)
    bench.write(
        "meta: {id: beside, imports: [sample]}\n"
        "params:\n  - {id: other, type: sample}\n"
        "seq:\n  - {id: same, type: u1, valid: other.a}\n",
        "beside.ksy",
    )
    schema = load(bench.folder / "beside.ksy")
    with pytest.raises(ValueError, match=f"no companion `other` {_TOLD}; give one"):
        find(with_companions(schema, {"other": companion}), lambda _: True, settings=_FIRST)
    with pytest.raises(ValueError, match=f"no companion `other` {_TOLD}; give one"):
        with_companions(schema, {"other": companion}, breaking="B201")


def test_what_nothing_can_be_made_of_beside_companions_is_told(bench: Bench) -> None:
    """Where each of the companions is fine."""
    companion = bench.schema("seq:\n  - {id: a, type: u1, valid: {max: 3}}\n")
    bench.write(
        "meta: {id: beside, imports: [sample]}\n"
        "params:\n  - {id: other, type: sample}\n"
        "seq:\n  - {id: more, type: u1, valid: {expr: _ == other.a + 300}}\n",
        "beside.ksy",
    )
    schema = load(bench.folder / "beside.ksy")
    with pytest.raises(ValueError, match="nothing could be made of `beside` beside companions"):
        find(with_companions(schema, {"other": companion}), lambda _: True, settings=_FIRST)


def test_a_name_loads_only_what_it_needs() -> None:
    """Importing the room loads neither Hypothesis nor construct."""
    code = (
        "import sys, harness.writing, harness.writing.strategies;"
        "print([name for name in ('hypothesis', 'construct') if name in sys.modules])"
    )
    found = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, check=True, cwd=_ROOT
    )
    assert found.stdout.strip() == "[]"


def test_what_is_broken_has_companions_too() -> None:
    """They are made once, and each content is read with them."""

    @_FEW
    @given(under_test("channel_file").strategy(breaking="S107"))
    def holds(content: Content) -> None:
        companions = {"definitions": _definitions(content.companions["definitions"])}
        found = read(_schema("channel_file"), content.data, file="", companions=companions)
        assert {finding.code for finding in found.findings} == {"S107"}

    holds()


def test_fields_of_what_is_read_with_companions_can_be_chosen() -> None:
    """As those of any other content."""

    @_FEW
    @given(under_test("channel_file").strategy(header__revision=st.just(77)))
    def holds(content: Content) -> None:
        companions = {"definitions": _definitions(content.companions["definitions"])}
        found = read(_schema("channel_file"), content.data, file="", companions=companions)
        assert not found.findings
        assert found.root.values[found.root.plan.names.index("header")].values[7] == 77  # type: ignore[union-attr]  # a structure

    holds()


def test_what_only_known_files_have_can_be_broken() -> None:
    """No generated catalogue has a segment; the corpus has."""

    @_FEW
    @given(from_schema(_schema("gettext_mo"), breaking="S107"))
    def holds(data: bytes) -> None:
        found = read(_schema("gettext_mo"), data, file="").findings
        assert {finding.code for finding in found} == {"S107"}

    holds()


def test_breaking_and_own_values_are_two_things() -> None:
    """Whoever asks for both is told."""
    with pytest.raises(ValueError, match="not both"):
        from_schema(_schema("gettext_mo"), breaking="S107", header__count=st.just(1))


def test_what_cannot_be_broken_is_told(tmp_path: Path) -> None:
    """Instead of a strategy that has no content."""
    (tmp_path / "sure.ksy").write_text(
        "meta: {id: sure, endian: le}\nseq:\n  - {id: one, type: u1}\n"
        "-invariants:\n  - {id: is-a-byte, check: one < 256}\n"
    )

    @_FIRST
    @given(from_schema(load(tmp_path / "sure.ksy"), breaking="is-a-byte"))
    def fails(data: bytes) -> None:
        del data

    with pytest.raises(ValueError, match="nothing that was tried raises `is-a-byte` in sure"):
        fails()

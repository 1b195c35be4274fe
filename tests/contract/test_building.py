"""Contents built from their values: reading and writing agree on the valid corpus files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from construct import ConstructError, ValidationError

from corpora.build import CORPORA, FOLDER
from corpora.recipes.sample import Corpus, Sample
from harness.reading import Reading, read
from harness.schema import Schema, load
from harness.schema.library import find
from harness.writing.changing.build import Builder, BuildError
from harness.writing.construct import SchemaConstruct, construct_of
from harness.writing.drafting.values import values_of
from tests.unit.bench import Bench

# docs/writing.md says why: the values do not tell what lies between the parts, so that these are
# not canonical.
LAID_OUT_ANEW = {"aligned-8.mo", "free-space.dtb"}
WITH_GAPS = {"yara_compiled_3"}

CASES = [
    pytest.param(corpus, sample, id=f"{corpus.format}-{sample.name}")
    for corpus in CORPORA
    for sample in corpus.valid
]
CHANNEL = next(corpus for corpus in CORPORA if corpus.format == "channel_file")


@cache
def builder_of(name: str) -> Builder:
    """Return the builder of a format, with what its corpus is to be read with."""
    corpus = next(corpus for corpus in CORPORA if corpus.format == name)
    schema = load(find(name))
    return Builder(schema, companions_of(schema, corpus))


def companions_of(schema: Schema, corpus: Corpus) -> dict[str, Reading]:
    """Read what the files of a corpus are to be read with."""
    return {
        name: read(load(find(schema.companions[name])), (FOLDER / path).read_bytes(), file=path)
        for name, path in corpus.companions
    }


def values_in(builder: Builder, data: bytes) -> dict[str, Any]:
    """Read a content and return its values."""
    return values_of(builder.reader.read(data, file="", companions=builder.companions))


def values_without_places(values: object) -> object:
    """Leave out what tells where things are and how long the whole is."""
    match values:
        case dict():
            return {
                name: values_without_places(value)
                for name, value in values.items()
                if not name.endswith(("offset", "size")) and not name.startswith(("off_", "total"))
            }
        case list():
            return [values_without_places(value) for value in values]
    return values


@pytest.mark.parametrize(("corpus", "sample"), CASES)
def test_reading_then_building_gives_the_same_bytes(corpus: Corpus, sample: Sample) -> None:
    """Values are all there is to a content, but for what its layout leaves free."""
    builder = builder_of(corpus.format)
    values = values_in(builder, sample.data)
    built = builder.build(values)
    if sample.name in LAID_OUT_ANEW or corpus.format in WITH_GAPS:
        assert values_without_places(values_in(builder, built)) == values_without_places(values)
        assert builder.build(values_in(builder, built)) == built
    else:
        assert built == sample.data


@pytest.fixture
def channel() -> SchemaConstruct:
    """The channel file as a construct."""
    schema = load(find("channel_file"))
    return construct_of(schema, **companions_of(schema, CHANNEL))


def sample_called(name: str) -> bytes:
    """Return a valid channel file."""
    return next(sample.data for sample in CHANNEL.valid if sample.name == name)


def test_a_changed_content_is_laid_out_anew(channel: SchemaConstruct) -> None:
    """One more instance, and counts, sizes, offsets and the sum follow; nothing else is said."""
    content = channel.parse(sample_called("last-good.chnl"))
    twin = dict(content.instances[0], instance_id=77)
    content.instances.append(twin)
    content.index.append({"instance_id": 77})
    content.index.sort(key=lambda entry: entry["instance_id"])
    again = channel.parse(channel.build(content))
    assert [instance.instance_id for instance in again.instances][-1] == 77
    assert again.header.instance_count == len(again.index) == len(again.instances)


def test_a_content_that_is_not_valid_is_not_parsed(channel: SchemaConstruct) -> None:
    """The library's own error tells the first finding."""
    with pytest.raises(ValidationError, match="crc32"):
        channel.parse(sample_called("last-good.chnl")[:-1])


def test_values_that_no_bytes_hold_are_refused_by_path(channel: SchemaConstruct) -> None:
    """Building says at which value it gave up."""
    content = channel.parse(sample_called("last-good.chnl"))
    content.instances[0].criteria[0].kind = 300
    with pytest.raises(ConstructError, match=r"cannot be built"):
        channel.build(content)
    with pytest.raises(ConstructError, match="minimum_release"):
        channel.build({"header": {"channel_id": 291}})


@pytest.mark.parametrize(
    ("at", "values", "message"),
    [
        ((), {"nope": 1}, "a content .*: it has no field `nope`"),
        (("instances", 0), {"nope": 1}, r"`instances\[0\]` .*: it has no field `nope`"),
        (("instances", 0), {"instance_id": 1 << 32}, r"`instances\[0\].instance_id` .* to 4,294,"),
        (
            ("instances", 0, "criteria", 0),
            {"kind": "exact"},
            "`channel_file::.*; 'exact' was given",
        ),
        (("instances",), {0: 7}, r"`instances\[0\]` .*: it holds a structure, .*; 7 was given"),
        ((), {"instances": 7}, "`instances` .*: it holds a list; 7 was given"),
    ],
)
def test_what_is_wrong_with_a_value_is_said(
    channel: SchemaConstruct, at: tuple[str | int, ...], values: dict[Any, Any], message: str
) -> None:
    """By the path of the value, what belongs there, and what was given."""
    content = channel.parse(sample_called("last-good.chnl"))
    around = content
    for step in at:
        around = around[step]
    for name, value in values.items():
        around[name] = value
    with pytest.raises(ConstructError, match=message):
        channel.build(content)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("name", "x" * 1000, "`template_types.0..name` .*: its 1,000 bytes do not fit the 24 that"),
        ("name", "é", "'é' cannot be encoded in ascii"),
        ("fields", None, "`template_types.0..fields` .*: it has 300 items, which `field_count`"),
    ],
)
def test_what_does_not_fit_is_said(name: str, value: object, message: str) -> None:
    """A text by its bytes, a list by what counts its items."""
    builder = builder_of("template_definitions")
    corpus = next(corpus for corpus in CORPORA if corpus.format == "template_definitions")
    values = values_in(builder, corpus.valid[0].data)
    first = values["template_types"][0]
    first[name] = first["fields"][:1] * 300 if value is None else value
    with pytest.raises(BuildError, match=message):
        builder.build(values)


_UNTIL = "seq: [{id: v, type: u1, repeat: until, repeat-until: _ == 0}]\n"
_COUNTED = "seq: [{id: n, type: u4}, {id: v, type: u1, repeat: expr, repeat-expr: n}]\n"


def test_a_list_is_built_as_it_is_or_not_at_all(tmp_path: Path) -> None:
    """Nothing behind the item that ends it is left out, and it may be long."""
    bench = Bench(tmp_path)
    builder = Builder(bench.schema(_UNTIL))
    assert builder.build({"v": [1, 0]}) == b"\1\0"
    with pytest.raises(BuildError, match=r"`v` .*: it ends with item 1, by `_ == 0`"):
        builder.build({"v": [1, 0, 2]})
    with pytest.raises(BuildError, match=r"`v` .*: no item of it ends it, by `_ == 0`"):
        builder.build({"v": [1, 2]})
    assert len(Builder(bench.schema(_COUNTED)).build({"v": [1] * 66_000})) == 66_004


def test_what_is_read_with_a_wrong_companion_is_no_construct() -> None:
    """Neither without one nor with another; building then fails for values only."""
    schema = load(find("channel_file"))
    with pytest.raises(ValueError, match="companion `definitions`, which was not given"):
        construct_of(schema)
    tzif = read(load(find("tzif")), b"", file="")
    with pytest.raises(ValueError, match="not `tzif`"):
        construct_of(schema, definitions=tzif)


def test_values_of_the_wrong_kind_are_refused() -> None:
    """A structure is built from a mapping, a list from a list."""
    builder = builder_of("template_definitions")
    for values in ({"header": 7}, {"header": {"release": "x"}}, {}):
        with pytest.raises(BuildError):
            builder.build(values)


@pytest.mark.parametrize(
    ("extent", "line", "is_built"),
    [
        ("include: true", "", False),
        ("include: true", "a", False),
        ("include: true", "a\n", True),
        ("include: true", "a\nb\n", False),
        ("include: true, eos-error: false", "a", False),
        ("include: true, eos-error: false", "a\n", True),
        ("include: true, size: 3", "ab", False),
        ("include: true, size: 3", "ab\n", True),
        ("include: true, size: 3, eos-error: false", "abc", True),
        ("include: true, size: 3, eos-error: false", "ab", False),
    ],
)
def test_a_text_with_its_terminator_is_built_or_refused(
    tmp_path: Path, extent: str, line: str, *, is_built: bool
) -> None:
    """A text that the format would not read back has no bytes."""
    text = f"seq: [{{id: line, type: str, terminator: 10, {extent}}}, {{id: after, type: u1}}]"
    format_ = construct_of(Bench(tmp_path).schema(text))
    values = {"line": line, "after": 7}
    if is_built:
        assert format_.parse(format_.build(values)) == values
    else:
        with pytest.raises(ConstructError, match="line"):
            format_.build(values)


def test_the_last_text_may_lack_a_terminator_that_is_a_part_of_it(tmp_path: Path) -> None:
    """Where the end of the stream ends it as well."""
    line = "seq: [{id: line, type: str, terminator: 10, include: true, eos-error: false}]"
    format_ = construct_of(Bench(tmp_path).schema(line))
    for data in (b"ab\n", b"ab", b""):
        assert format_.build(format_.parse(data)) == data


@pytest.mark.parametrize(
    "until", ["_io.eof", "_io.size - _io.pos < 2", "items.size >= 2", "_ == 9 or _io.eof"]
)
@pytest.mark.parametrize("region", ["", "size: n, "])
def test_a_list_to_the_end_of_its_stream_is_built_again(
    tmp_path: Path, until: str, region: str
) -> None:
    """Whatever tells the last item, there is no number that counts them."""
    text = (
        f"seq: [{{id: n, type: u1}}, {{id: body, {region}type: body}}]\n"
        f"types: {{body: {{seq: [{{id: items, type: u2, repeat: until, repeat-until: {until}}}]}}}}"
    )
    format_ = construct_of(Bench(tmp_path).schema(text))
    data = b"\4\1\0\2\0"
    assert format_.build(format_.parse(data)) == data
    with pytest.raises(ConstructError, match=r"body\.items"):
        format_.build({"n": 0, "body": {"items": []}})

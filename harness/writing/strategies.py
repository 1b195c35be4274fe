"""Contents of a schema as Hypothesis strategies.

    @given(from_schema(load(find("tzif"))))
    def test_my_parser_reads_every_file(data: bytes) -> None:
        my_parser.load(data)

Decisions are made by Hypothesis, the simplest first, so a failing content shrinks to one with few
items, small numbers and short texts. How often a content came to nothing, and why, is shown by
`pytest --hypothesis-show-statistics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from harness.reading.reader import Reader
from harness.writing.asked import check_companions, chosen_fields
from harness.writing.breaking.targets import Target, called
from harness.writing.choices import RandomChoices
from harness.writing.drawn import DrawnChoices
from harness.writing.generate import PROBES, Generator, Overrides

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from harness.reading.reader import Reading
    from harness.schema.ir import Schema

Make = Callable[[DrawnChoices, Overrides], bytes | None]


class Content(msgspec.Struct, frozen=True):
    """A content and the files that it is to be read with.

    Attributes:
        data: the content.
        companions: by parameter, the bytes of the companion.
    """

    data: bytes
    companions: dict[str, bytes]


def from_schema(
    schema: Schema,
    *,
    companions: Mapping[str, Reading] | None = None,
    breaking: str = "",
    seeds: Sequence[bytes] = (),
    **overrides: SearchStrategy[Any],
) -> SearchStrategy[bytes]:
    """Return a strategy for contents of a schema.

    Args:
        schema: the format.
        companions: for each structure-typed top-level parameter, what was read for it; see
            `with_companions` for contents of a schema that has some, and none are at hand.
        breaking: a code such as `S105`, or the id of a rule of the schema: every content breaks
            it, and nothing else. By default they are valid.
        seeds: valid contents that are to be varied, for a schema that none can be grown of; others
            among them are left out. Those that come with a known schema need not be given.
        **overrides: by `TYPE__FIELD`, what values of that field are drawn from.

    Returns:
        Strategy for bytes. Drawing raises ValueError where nothing can be made, and for a value
        that its field cannot hold.

    Raises:
        ValueError: the schema has nothing called `breaking`, no field of that name, or a parameter
            that no companion was given for; none of the seeds is valid; or what was asked for does
            not go together.
    """
    from hypothesis import strategies  # heavy

    check_companions(schema, _schemas_of(companions or {}))
    _check_either(breaking, overrides, seeds)
    generator = Generator(schema, companions, seeds=seeds)
    _check_seeds(generator, seeds)
    chosen = chosen_fields(schema, overrides)
    targets = called(schema, breaking) if breaking else ()

    def contents() -> SearchStrategy[bytes]:
        if not targets and not chosen:
            _check_possible(generator)
        make = _breaking(generator, targets, seeds) if targets else _growing(generator)

        @strategies.composite
        def content(draw: DrawFn) -> bytes | None:
            drawn = {name: one.drawn_by(draw) for name, one in chosen.items()}
            return make(DrawnChoices(draw), drawn)

        return content().filter(_is_there)  # type: ignore[return-value]  # None is filtered out

    return strategies.deferred(contents)


def with_companions(
    schema: Schema,
    companions: Mapping[str, Schema],
    *,
    breaking: str = "",
    **overrides: SearchStrategy[Any],
) -> SearchStrategy[Content]:
    """Return a strategy for contents together with what they are to be read with.

    Args:
        schema: the format.
        companions: for each structure-typed top-level parameter, the schema of that file.
        breaking: as for `from_schema`; then the companions are the same for all contents.
        **overrides: as for `from_schema`, of fields of the contents.

    Raises:
        ValueError: the schema has a parameter that no schema was given for, or another one than it
            takes; as for `from_schema`.
    """
    from hypothesis import strategies  # heavy

    check_companions(schema, companions)
    _check_either(breaking, overrides)
    if breaking:
        return _broken_beside(schema, companions, breaking)
    chosen = chosen_fields(schema, overrides)
    readers = {name: Reader(theirs) for name, theirs in companions.items()}
    files = {name: from_schema(theirs) for name, theirs in companions.items()}
    generator = Generator(schema)

    @strategies.composite
    def contents(draw: DrawFn, drawn: dict[str, bytes]) -> Content | None:
        read = {name: readers[name].read(data, file=name) for name, data in drawn.items()}
        values = {name: one.drawn_by(draw) for name, one in chosen.items()}
        data = _growing(generator.beside(read))(DrawnChoices(draw), values)
        return None if data is None else Content(data, drawn)

    def together() -> SearchStrategy[Content]:
        makers = _makers(companions)
        if not chosen:
            _check_possible_beside(generator, makers)
        found = strategies.fixed_dictionaries(files).flatmap(contents)
        return found.filter(_is_there)  # type: ignore[return-value]  # None is filtered out

    return strategies.deferred(together)


def _makers(companions: Mapping[str, Schema]) -> dict[str, Generator]:
    """Return what makes companions.

    Raises:
        ValueError: one cannot be made.
    """
    makers = {name: Generator(theirs) for name, theirs in companions.items()}
    for name, maker in makers.items():
        if maker.why_none:
            raise ValueError(
                f"no companion `{name}` could be made, of `{maker.schema.id}`: {maker.why_none}; "
                f"give one: `companions=` of `from_schema`, `schema(..., {name}=FILE)` for pytest"
            )
    return makers


def _check_possible_beside(generator: Generator, makers: Mapping[str, Generator]) -> None:
    """Refuse a schema that no content can be made of beside any of some companions."""
    for number in range(PROBES):
        choices = RandomChoices(Random(number))
        made = {name: maker.valid(choices) or b"" for name, maker in makers.items()}
        read = {n: makers[n].reader.read(data, file=n) for n, data in made.items()}
        if generator.beside(read).attempt(choices) is not None:
            return
    raise ValueError(
        f"nothing could be made of `{generator.schema.id}` beside companions that were made, too: "
        f"{generator.health.why}"
    )


def _schemas_of(companions: Mapping[str, Reading]) -> dict[str, Schema]:
    return {name: reading.schema for name, reading in companions.items()}


def _broken_beside(
    schema: Schema, companions: Mapping[str, Schema], breaking: str
) -> SearchStrategy[Content]:
    """Return a strategy for contents that break something, read with companions made once."""
    from harness.writing.companions import made_companions  # noqa: PLC0415  # where it is asked for

    _makers(companions)
    try:
        made = made_companions(schema, companions, {}, 0)
    except LookupError as error:
        raise ValueError(f"no companion `{error.args[0]}` could be made; give one") from None
    read = {name: Reader(companions[name]).read(data, file=name) for name, data in made.items()}
    contents = from_schema(schema, companions=read, breaking=breaking)
    return contents.map(lambda data: Content(data, made))


def _check_either(
    breaking: str, overrides: Mapping[str, object], seeds: Sequence[bytes] = ()
) -> None:
    if breaking and overrides:
        raise ValueError("contents break something, or have fields of your own choice: not both")
    if seeds and overrides:
        raise ValueError("contents are varied, or have fields of your own choice: not both")


def _check_seeds(generator: Generator, seeds: Sequence[bytes]) -> None:
    """Refuse seeds of which none is valid: contents would be grown, and nobody would know."""
    if seeds and not generator.is_varying:
        refused = sorted(generator.refused_seeds.items())
        why = "; ".join(f"seeds[{number}]: {reason}" for number, reason in refused)
        raise ValueError(f"no seed is a valid content of `{generator.schema.id}`: {why}")


def _check_possible(generator: Generator) -> None:
    """Refuse a schema that no content can be made of, before Hypothesis looks for one in vain."""
    if generator.why_none:
        beside = " beside the companions given" if generator.companions else ""
        raise ValueError(
            f"nothing could be made of `{generator.schema.id}`{beside}: {generator.why_none}; "
            f"valid contents to be varied can be given as `seeds=`"
        )


def _is_there(content: object) -> bool:
    return content is not None


def _growing(generator: Generator) -> Make:
    """Return what makes valid contents, and tells Hypothesis' statistics what came to nothing.

    Whether any can be grown, or which can be varied, is found out before the first is asked for.
    """
    from hypothesis import event  # heavy

    generator.prepare()

    def grown(choices: DrawnChoices, overrides: Overrides) -> bytes | None:
        data = generator.attempt(choices, overrides=overrides)
        if data is None:
            event(f"content of {generator.schema.id} given up: {generator.health.last}")
        return data

    return grown


def _breaking(generator: Generator, targets: tuple[Target, ...], seeds: Sequence[bytes]) -> Make:
    """Return what makes contents that break one thing of some, once it is known how."""
    from harness.writing.breaking.bases import seeds_of  # noqa: PLC0415  # only where it is asked for
    from harness.writing.breaking.breaker import Breaker  # noqa: PLC0415  # likewise

    breaker = Breaker(generator, (*seeds_of(generator.schema), *seeds))
    possible = [target for target in targets if breaker.plan(target).extras is not None]
    if not possible:
        names = ", ".join(f"`{target}`" for target in targets)
        raise ValueError(f"nothing that was tried raises {names} in {generator.schema.id}")

    def broken(choices: DrawnChoices, overrides: Overrides) -> bytes | None:
        del overrides
        found = breaker.broken(choices.pick(possible), choices)
        return None if found is None else found.data

    return broken

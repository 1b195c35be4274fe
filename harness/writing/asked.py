"""What somebody asks for, checked before anything is made: companions, and fields of their choice.

check_companions(schema, {"definitions": definitions})
chosen = chosen_fields(schema, {"header__release": integers(700, 711)})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.reading.reader import fits
from harness.schema.ir import Attribute, StructData
from harness.schema.walk import arms_of
from harness.writing.drafting.values import is_held, told_kind

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from harness.schema.ir import Schema


def check_names(schema: Schema, names: Iterable[str]) -> None:
    """Refuse companions that a schema does not take.

    Raises:
        ValueError: one is such.
    """
    for name in names:
        if name not in schema.companions:
            known = " and ".join(f"`{one}`" for one in schema.companions) or "none"
            raise ValueError(f"`{schema.id}` takes no companion `{name}`; it is read with {known}")


def check_companions(schema: Schema, companions: Mapping[str, Schema]) -> None:
    """Refuse other companions than those that a schema is read with.

    Args:
        schema: the format.
        companions: by name, what each is read by.

    Raises:
        ValueError: one is missing, unknown, or of another type.
    """
    check_names(schema, companions)
    missing = sorted(schema.companions.keys() - companions.keys())
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise ValueError(f"`{schema.id}` is read with a companion {names}, which was not given")
    for name, theirs in companions.items():
        wanted = schema.companions[name]
        if not fits(theirs, schema, wanted):
            given = f"another `{wanted}`" if theirs.id == wanted else f"`{theirs.id}`"
            raise ValueError(
                f"companion `{name}` of `{schema.id}` is a `{wanted}` that it imports, not {given}"
            )


class Chosen(NamedTuple):
    """A field whose values somebody chooses.

    Attributes:
        name: as they called it.
        field: what it is.
        strategy: gives its values.
    """

    name: str
    field: Attribute
    strategy: SearchStrategy[Any]

    def drawn_by(self, draw: DrawFn) -> Callable[[], Any]:
        """Return what gives values.

        It raises ValueError for one that the field cannot hold.
        """

        def value() -> Any:  # whatever the strategy gives
            found = draw(self.strategy)
            if not is_held(found, self.field.data):
                raise ValueError(
                    f"`{self.name}` holds {told_kind(self.field)}; its strategy gave {found!r}"
                ) from None  # it may be asked for while a count or size is not known yet
            return found

        return value


def chosen_fields(
    schema: Schema, overrides: Mapping[str, SearchStrategy[Any]]
) -> dict[tuple[str, str], Chosen]:
    """Return the fields that somebody chooses values of, by type and name.

    Raises:
        ValueError: there is no such field, it has no values of its own, or what was given for it is
            no strategy.
    """
    found: dict[tuple[str, str], Chosen] = {}
    for name, strategy in overrides.items():
        named = dict(_called(schema, name))
        if not named:
            raise ValueError(f"`{schema.id}` has no field `{name}`")
        plain = {place: field for place, field in named.items() if _is_plain(field)}
        if not plain:
            raise ValueError(f"`{name}` holds a structure: choose the values of fields in it")
        _check_strategy(name, next(iter(plain.values())), strategy)
        found |= {place: Chosen(name, field, strategy) for place, field in plain.items()}
    return found


def _called(schema: Schema, name: str) -> Iterable[tuple[tuple[str, str], Attribute]]:
    type_name, _, wanted = name.rpartition("__")
    for type_ in schema.types.values():
        if not type_name or type_.name.rsplit("::", 1)[-1] == type_name:
            for field in type_.sequence:
                if field.id == wanted:
                    yield (type_.name, wanted), field


def _is_plain(field: Attribute) -> bool:
    return any(not isinstance(data, StructData) for data in arms_of(field.data))


def _check_strategy(name: str, field: Attribute, given: object) -> None:
    from hypothesis.strategies import SearchStrategy  # heavy

    if not isinstance(given, SearchStrategy):
        raise ValueError(  # noqa: TRY004 -- as for any other field that was asked for in vain
            f"`{name}` holds {told_kind(field)}, drawn from a strategy such as `just({given!r})`; "
            f"{given!r} is none"
        )

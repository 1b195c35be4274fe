"""Valid files of any size, made by the recipes of the corpora: the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from corpora.recipes import mo, tzif
from corpora.recipes.channel import (
    Criterion,
    Field,
    Instance,
    Kind,
    TemplateType,
    between,
    build_channel,
    build_definitions,
    integer,
    regex,
    string,
    wildcard,
)
from corpora.recipes.definitions_files import NETWORK, PIPE, PROCESS

TEXTS: Final = 1000  # different ones, which the criteria of a channel file share
FIELDS: Final = 100  # of each template type
INSTANCE_BYTES: Final = 8 + 4 + 8  # of an instance without criteria, its size, its index entry


def channel(size: int) -> bytes:
    """A channel file: instances of three types, criteria of every kind their fields allow."""
    random, instances, written = Random(0), list[Instance](), 0
    while written < size:
        template = random.choice((PIPE, PROCESS, NETWORK))
        criteria = tuple(_criterion(field, random) for field in template.fields)
        instances.append(Instance(len(instances) + 1, template.id, criteria))
        written += INSTANCE_BYTES + 8 * len(criteria)
    return build_channel(instances)


def _criterion(field: Field, random: Random) -> Criterion:
    match random.choice(field.kinds):
        case Kind.WILDCARD:
            return wildcard()
        case Kind.INTEGER:
            return integer(random.randrange(1 << 32))
        case Kind.RANGE:
            low, high = sorted(random.choices(range(1 << 16), k=2))
            return between(low, high)
        case Kind.STRING:
            return string(f"text-{random.randrange(TEXTS)}.exe")
        case Kind.REGEX:
            return regex(f"[a-z]+-{random.randrange(TEXTS)}")


def wildcards(size: int) -> bytes:
    """A channel file of nothing but wildcards: as many records as fit, and no text."""
    criteria = tuple(wildcard() for _ in PIPE.fields)
    count = size // (INSTANCE_BYTES + 8 * len(criteria))
    return build_channel([Instance(number, PIPE.id, criteria) for number in range(1, count + 1)])


def definitions(size: int) -> bytes:
    """A definitions file of template types with many fields."""
    fields = tuple(Field(f"field-{number}") for number in range(FIELDS))
    count = size // (36 + 32 * FIELDS)
    return build_definitions(
        [TemplateType(number, f"type-{number}", fields) for number in range(1, count + 1)]
    )


def time_zone(size: int) -> bytes:
    """A TZif file with a transition every 1000 seconds."""
    types = (tzif.LocalTimeType(0, 0, 0), tzif.LocalTimeType(3600, 1, 4))
    transitions = tuple((1000 * number, 1 - number % 2) for number in range(size // 9))
    return tzif.build(2, tzif.Block(types, b"UTC\0CET\0", transitions), "UTC0")


def catalog(size: int) -> bytes:
    """An MO file with short messages."""
    header = (b"", b"Content-Type: text/plain; charset=UTF-8\n")
    messages = ((b"message %08d" % n, b"Nachricht %08d" % n) for n in range(size // 60))
    return mo.build(mo.Catalog((header, *messages)))


# by the name of a row: the schema, and what makes a file of about so many bytes
CONTENTS: Final[Mapping[str, tuple[str, Callable[[int], bytes]]]] = {
    "channel_file": ("channel_file", channel),
    "channel_file, wildcards": ("channel_file", wildcards),
    "template_definitions": ("template_definitions", definitions),
    "tzif": ("tzif", time_zone),
    "gettext_mo": ("gettext_mo", catalog),
}

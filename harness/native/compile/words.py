"""What findings say, as plain data: it is kept beside the compiled library, and filled in later."""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.findings.model import Place, Severity

# how a value is put into words: see harness/reading/words.py and the callers of each there
Style = Literal[
    "plain",  # str(value)
    "words",  # in_words(value, kind, enums)
    "hex",  # hex_bytes(value)
    "count",  # count(value, thing)
    "sum",  # of a checksum: 0x1f, or the hex digits of bytes
    "kind",  # what kind of value it is: `an integer`
]


class Word(msgspec.Struct, frozen=True, tag="word"):
    """The value `number` of a finding in words.

    Attributes:
        number: of the values that came with the finding, from 0.
        style: how.
        thing: of `count`, the thing that is counted; of `words`, the qualified name of the enum
            that the value belongs to, empty for none.
    """

    number: int
    style: Style = "words"
    thing: str = ""


class Listed(msgspec.Struct, frozen=True, tag="listed"):
    """Parts with commas between them, each left out where its value is unknown.

    Attributes:
        parts: each a text with one value in it.
        otherwise: what is said where none is known.
    """

    parts: tuple[tuple[str | Word, ...], ...]
    otherwise: str


Text = tuple[str | Word | Listed, ...]


class Message(msgspec.Struct, frozen=True):
    """What a finding says: its code, and `expected` and `actual` to be filled in."""

    code: str
    expected: Text = ()
    actual: Text = ()
    severity: Severity | None = None  # None: the one of the code


class Source(msgspec.Struct, frozen=True):
    """The rule that a finding comes from.

    Attributes:
        place: where it stands; None: where the schema describes what the finding is on.
        rule: the author's id.
        reason: the author's message.
        severity: the author's; None for that of the code.
        is_contract: what cannot be evaluated in it breaks it: K401 (harness/reading/rules.py).
    """

    place: Place | None = None
    rule: str = ""
    reason: str = ""
    severity: Severity | None = None
    is_contract: bool = False


class Named(msgspec.Struct, frozen=True):
    """A type, for those who make paths and sources of steps.

    Attributes:
        name: qualified.
        place: where it stands.
        names: of its slots.
        places: of its slots.
    """

    name: str
    place: Place
    names: tuple[str, ...]
    places: tuple[Place, ...]


class Legend(msgspec.Struct, frozen=True):
    """All that turns the records of a compiled schema into findings.

    Attributes:
        schema: its id.
        codes: of findings; the engine counts what it drops by position here.
        messages: by number.
        sources: by number; the first is that of the place.
        types: by number.
        enums: members by number, by the enum's qualified name.
        companions: name and schema of the parameters that take one, in the order of their sessions.
        observed: of each overlay, names of what it observes, and whether each has an index.
    """

    schema: str
    codes: tuple[str, ...]
    messages: tuple[Message, ...]
    sources: tuple[Source, ...]
    types: tuple[Named, ...]
    enums: dict[str, dict[int, str]]
    companions: tuple[tuple[str, str], ...]
    observed: tuple[tuple[tuple[str, bool], ...], ...] = ()

"""The kinds of example that a rule's explanation can carry; each is run by the registry test."""

from __future__ import annotations

import msgspec


class ContentExample(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A schema and two contents of it.

    Attributes:
        schema: the text of a `.ksy` file.
        passes: content without the finding, as hexadecimal digits; white space is ignored.
        breaks: content that raises this rule and no other.
        contract: contract rules to lay over the schema, as `at :: check`; empty for none.
    """

    schema: str
    passes: str
    breaks: str
    contract: str = ""


class SchemaExample(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Two schemas: one without the finding, one that raises this rule and no other."""

    passes: str
    breaks: str


class ConsumerExample(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Two consumers, each the body of `harness_consume(data, size, observer)` in C.

    `content` (hexadecimal) is what both are given; `validity` is what the schema said of it, and
    `passing_validity` what it said where `passes` is run, if that differs.
    """

    passes: str
    breaks: str
    content: str = "00"
    validity: str = "valid"
    passing_validity: str = ""


class CommandExample(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Two command lines of `harness`, run in a folder that holds `files`."""

    passes: str
    breaks: str
    files: dict[str, str] = {}


Example = ContentExample | SchemaExample | ConsumerExample | CommandExample

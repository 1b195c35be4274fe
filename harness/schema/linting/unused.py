"""What is declared and used by nothing: types, enums, parameters, imports, computed instances."""

from __future__ import annotations

from harness.schema.ir import ValueInstance
from harness.schema.linting.subject import Subject, Where
from harness.schema.linting.unchecked import has_rules
from harness.schema.linting.usage import Usage, around, is_library
from harness.schema.source import Sequence


def check(subject: Subject, usage: Usage) -> None:
    """Report what could be removed without a trace (Q920 to Q924)."""
    _check_imports(subject, usage)
    if is_library(subject.schema):
        return
    reached = usage.reached()
    _check_types(subject, usage, reached)
    _check_enums(subject, usage)
    _check_parameters(subject, usage)
    if has_rules(subject.schema):
        _check_instances(subject, usage)


def _check_types(subject: Subject, usage: Usage, reached: set[str]) -> None:
    spaces = {outer for name in (*reached, *usage.used_enums()) for outer in around(name)}
    unused = {type_.name for type_ in subject.own} - reached - spaces
    for type_ in subject.own:
        if type_.name in unused and not unused.intersection(around(type_.name)):
            name = type_.name.rsplit("::", 1)[-1]
            subject.report("Q920", Where(type_.name), f"nothing has the type `{name}`")


def _check_enums(subject: Subject, usage: Usage) -> None:
    used = usage.used_enums()
    own = {type_.name for type_ in subject.own}
    for enum in subject.schema.enums:
        owner, _, name = enum.rpartition("::")
        if owner in own and enum not in used:
            where = Where(owner, "", ("enums", name), is_key=True)
            subject.report("Q921", where, f"no field and no expression uses the enum `{name}`")


def _check_parameters(subject: Subject, usage: Usage) -> None:
    for type_ in subject.own:
        for parameter in type_.parameters:
            if not usage.uses_field(type_.name, parameter.id):
                where = Where(type_.name, parameter.id)
                subject.report("Q922", where, f"nothing uses the parameter `{parameter.id}`")


def _check_instances(subject: Subject, usage: Usage) -> None:
    """In a schema without rules, computed values are there for those who read them."""
    for type_ in subject.own:
        for field in type_.instances:
            if isinstance(field, ValueInstance) and not usage.uses_field(type_.name, field.id):
                actual = f"`{field.id}` is computed, and no rule or layout uses it"
                subject.report("Q924", Where(type_.name, field.id), actual)


def _check_imports(subject: Subject, usage: Usage) -> None:
    """An import that the file itself does not use only costs its reader time."""
    schema = subject.schema
    used = {
        name.split("::", 1)[0]
        for type_ in subject.own
        for name in (*usage.types[type_.name], *usage.enums[type_.name])
    }
    where = Where(schema.id, "", ("meta", "imports"))
    node = subject.written(where)
    items = node.items if isinstance(node, Sequence) else (node,)
    for number, item in enumerate(items):
        name = getattr(item, "text", "").rsplit("/", 1)[-1]
        if name and name not in used | usage.measured:
            place = where.key(number) if isinstance(node, Sequence) else where
            subject.report("Q923", place, f"nothing uses what `{name}` declares")

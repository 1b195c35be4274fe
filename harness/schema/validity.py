"""`valid:` in its forms: one value, a list, a range, an enum's members, or a condition."""

from __future__ import annotations

from typing import Final

from harness.schema.compiler import Compiler
from harness.schema.expression.conversion import comparable, is_ordered
from harness.schema.expression.scope import Scope
from harness.schema.expression.typed import Expression
from harness.schema.ir import Valid
from harness.schema.shapes import Keys
from harness.schema.source import Mapping, Sequence, Source
from harness.schema.types import AnyValue, FloatValue, IntValue, ValueType, with_article

_FORMS: Final = ({"eq"}, {"min", "max"}, {"any-of"}, {"in-enum"}, {"expr"})
VALID_KEYS: Final = frozenset[str]().union(*_FORMS)
_WHAT: Final = "the field's type"


def valid_of(keys: Keys, kind: ValueType, compiler: Compiler, scope: Scope) -> Valid | None:
    """Return what `valid:` says of an attribute.

    Args:
        keys: the attribute.
        kind: the type of one value.
        compiler: for its expressions.
        scope: where they stand.
    """
    node = keys.get("valid")
    if node is None:
        return None
    if "contents" in keys:
        keys.wrong("valid", "left out beside `contents`")
    forms = _Forms(kind, compiler, scope.binding({"_": kind}))
    if isinstance(node, Mapping):
        return forms.chosen(Keys(node, keys.problems))
    return Valid(eq=forms.comparable(node, "=="))


class _Forms:
    """Builds the forms for values of one type."""

    def __init__(self, kind: ValueType, compiler: Compiler, scope: Scope) -> None:
        self._kind = kind
        self._compiler = compiler
        self._scope = scope
        self._wanted: tuple[type, ...] = () if isinstance(kind, AnyValue) else (type(kind),)
        if isinstance(kind, FloatValue):
            self._wanted = (FloatValue, IntValue)

    def chosen(self, keys: Keys) -> Valid:
        """Return the form that is given; one it must be."""
        keys.allow(VALID_KEYS, "`valid`")
        given = [names for names in _FORMS if any(name in keys for name in names)]
        if len(given) > 1 or not keys.node.keys:
            message = (
                "`valid` must have one form: `eq`, `min` and `max`, `any-of`, `in-enum`, `expr`"
            )
            keys.problems.add("Q903", keys.node.place, message)
        return Valid(
            eq=self._keyed(keys, "eq", "=="),
            min=self._keyed(keys, "min", "<"),
            max=self._keyed(keys, "max", "<"),
            any_of=self._any_of(keys),
            in_enum=self._in_enum(keys),
            expr=self._compiler.condition(keys, "expr", self._scope),
        )

    def _keyed(self, keys: Keys, name: str, operator: str) -> Expression | None:
        node = keys.get(name)
        return None if node is None else self.comparable(node, operator)

    def comparable(self, node: Source, operator: str) -> Expression | None:
        """Return the expression in `node`, which values are compared with."""
        kind, problems = self._kind, self._compiler.problems
        if operator == "<" and not is_ordered(kind):
            problems.add("Q906", node.place, f"{with_article(kind)} has no order")
        found = self._compiler.scalar(node, self._scope, *self._wanted, what=_WHAT)
        if found is not None and not comparable("==", kind, found.tree.type):
            message = f"{_WHAT} is wanted, this is {with_article(found.tree.type)}"
            problems.add("Q906", node.place, message)
        return found

    def _any_of(self, keys: Keys) -> tuple[Expression, ...] | None:
        node = keys.get("any-of")
        if node is None:
            return None
        if not isinstance(node, Sequence):
            keys.wrong("any-of", "a list")
            return None
        found = (self.comparable(item, "==") for item in node.items)
        return tuple(option for option in found if option is not None)

    def _in_enum(self, keys: Keys) -> bool:
        if "in-enum" not in keys:
            return False
        if not keys.flag("in-enum", default=True):
            keys.wrong("in-enum", "`true`, or left out")
        if not getattr(self._kind, "enum", ""):
            keys.problems.add("Q906", keys.place("in-enum"), "the attribute has no `enum`")
        return True

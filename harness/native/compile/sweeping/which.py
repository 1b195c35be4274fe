"""Which lists may be swept: those whose items nothing else looks at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from harness.native.compile.sweeping.joins import key_of
from harness.schema.expression import typed
from harness.schema.expression.typed import Expr, Expression
from harness.schema.expression.walk import expressions_of
from harness.schema.ir import Attribute, StructData
from harness.schema.types import ListValue, StructValue

if TYPE_CHECKING:
    from harness.native.compile.unit import Unit
    from harness.schema.ir import Type
    from harness.schema.lowered import Lowered


class SweptLists:
    """The lists of a schema that a trial may sweep.

    Expressions may ask for the size of such a list, where it stands, and for items by key.
    """

    def __init__(self, unit: Unit) -> None:
        self._slots = unit.slots
        self._looked_at: set[tuple[str, str]] = set()
        self._keys: dict[tuple[str, str], set[int]] = defaultdict(set)
        for type_ in unit.schema.types.values():
            self._of_type(type_)
        for overlay in unit.overlays:
            self._of_overlay(overlay)

    def may_be(self, owner: str, attribute: Attribute) -> bool:
        """Whether nothing looks at the items of a list but the list itself."""
        return (
            isinstance(attribute.data, StructData)
            and attribute.repeat is not None
            and (owner, attribute.id) not in self._looked_at
            and ("", attribute.id) not in self._looked_at
        )

    def keys(self, owner: str, attribute: Attribute) -> list[int]:
        """Return the slots by which items are looked up."""
        return sorted(self._keys[owner, attribute.id])

    def _of_type(self, type_: Type) -> None:
        """Matrices of coverage are not measured in a trial."""
        places = set()
        for field in (*type_.sequence, *type_.instances):
            if not isinstance(field, Attribute):
                continue
            if field.derive is not None:
                places.add(id(field.derive.target))
            if field.refers is not None:
                table, by = field.refers.table.tree, key_of(field.refers)
                if isinstance(table, typed.Field) and by is not None and by.owner:
                    places.add(id(field.refers.table))
                    self._keys[table.owner, table.name].add(self._slots.of(by.owner, by.name))
        self._look(expressions_of(msgspec.structs.replace(type_, coverage=())), frozenset(places))

    def _of_overlay(self, overlay: Lowered) -> None:
        """What is observed is not asked for in a trial."""
        for path in overlay.by_path:
            self._looked_at |= {("", step.name) for step in path.steps}
        by_type = [check for checks in overlay.by_type.values() for check in checks]
        for check in (*by_type, *(path.check for path in overlay.by_path)):
            expressions = [check.check] if check.when is None else [check.check, check.when]
            self._look(expressions, frozenset())

    def _look(self, expressions: Iterable[Expression], places: frozenset[int]) -> None:
        """Note each list that an expression looks into; at `places` it is only pointed to."""
        for expression in expressions:
            waiting: list[tuple[object, bool]] = [(expression.tree, id(expression) in places)]
            while waiting:
                node, is_pointed_to = waiting.pop()
                if isinstance(node, typed.Field) and not is_pointed_to and _may_hold(node):
                    self._looked_at.add((node.owner, node.name))
                if isinstance(node, typed.Method) and node.name in ("size", "length"):
                    waiting.append((node.base, True))
                elif isinstance(node, Expr):
                    waiting += [(getattr(node, name), False) for name in node.__struct_fields__]
                elif isinstance(node, tuple):
                    waiting += [(one, False) for one in node]


def _may_hold(node: typed.Field) -> bool:
    """Whether a value may be a list of structures."""
    kind = node.type
    return not node.owner or not isinstance(kind, ListValue) or isinstance(kind.item, StructValue)

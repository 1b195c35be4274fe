"""`_parent` and `_root` of a structure; neither crosses from one schema file into another."""

from __future__ import annotations

from harness.reading.faults import Unknown
from harness.reading.tree import StructNode
from harness.schema.ir import Schema, StructData
from harness.schema.scoping import file_of
from harness.schema.walk import data_of


def is_nested_plainly(schema: Schema) -> bool:
    """Whether every structure's `_parent` is what holds it."""
    for name, type_ in schema.types.items():
        for data in data_of(type_):
            if not isinstance(data, StructData):
                continue
            if data.parent is not None or data.is_orphan or file_of(data.type) != file_of(name):
                return False
    return True


def comes_back(schema: Schema) -> bool:
    """Whether an imported file uses types of the file that the content is read as."""
    return any(
        isinstance(data, StructData) and file_of(data.type) == schema.id != file_of(name)
        for name, type_ in schema.types.items()
        for data in data_of(type_)
    )


def holder(node: StructNode) -> StructNode | None:
    """Return the structure that holds `node`."""
    return node.parent


def parent_of(node: StructNode) -> StructNode | None:
    """Return `_parent`: what holds `node` or what its attribute names, in the same file."""
    others = node.stream.session.parents
    found = others.get(id(node), node.parent)
    return found if found is not None and _in_one_file(found, node) else None


def top_of(node: StructNode) -> StructNode:
    """Return `_root` in the file that the content is read as: the top structure."""
    root = node.stream.session.root
    if root is None:
        raise Unknown("_root", is_reported=False)
    return root


def top_of_file(node: StructNode) -> StructNode:
    """Return `_root` in any file: the outermost structure reached without leaving the file.

    A type that is taken out of another file, other than its top type, has none.
    """
    while node.parent is not None and _in_one_file(node.parent, node):
        node = node.parent
    if "::" in node.plan.type.name:
        raise Unknown("_root", is_reported=False)
    return node


def _in_one_file(one: StructNode, other: StructNode) -> bool:
    return file_of(one.plan.type.name) == file_of(other.plan.type.name)

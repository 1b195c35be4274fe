"""The values of a file by path, as Kaitai's generated parser reads them and as ours does."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum

from kaitaistruct import KaitaiStruct

from harness.reading import Reading, View, views

Leaf = int | float | str | bytes


def of_kaitai(node: object, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Walk a parsed object: attributes and instances, without parameters.

    Args:
        node: a structure, list or value; None for what the file does not have.
        path: where it is.

    Yields:
        Paths of values, as the harness writes them, and the values; enum members as numbers.
    """
    if isinstance(node, KaitaiStruct):
        for name in _members(node):
            yield from of_kaitai(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from of_kaitai(item, f"{path}[{index}]")
    elif isinstance(node, Enum):
        yield path, int(node.value)
    elif isinstance(node, bool | int | float | str | bytes):
        yield path, node
    elif node is not None:
        raise TypeError(f"`{path}` is a {type(node).__name__}")


def of_harness(reading: Reading) -> Iterator[tuple[str, Leaf]]:
    """List the values of our own reading; what is shared, by each of its paths."""
    found = tuple(views(reading))
    for view in found:
        yield from _leaves(view, view.path, found)


def _leaves(view: View, path: str, found: tuple[View, ...]) -> Iterator[tuple[str, Leaf]]:
    if view.kind == "value" and view.value is not None:
        yield path, view.value
    elif view.kind == "shared":
        for below in found:
            if below.path.startswith((f"{view.text}.", f"{view.text}[")):
                yield from _leaves(below, path + below.path.removeprefix(view.text), found)


def _members(node: object) -> list[str]:
    """Names of what was read (set on the object) and of instances (properties of the class)."""
    instances, parameters = _shape(type(node))
    read = [name for name in vars(node) if not name.startswith("_") and name not in parameters]
    return [*read, *instances]


def _shape(kind: type[object]) -> tuple[list[str], frozenset[str]]:
    instances = [name for name, item in vars(kind).items() if isinstance(item, property)]
    return instances, frozenset(inspect.signature(kind).parameters)

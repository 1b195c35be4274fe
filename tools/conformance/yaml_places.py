"""Which lines of a YAML document a path such as `/seq/0/id` stands for.

The document is taken from the YAML parser itself, not from our loader, which refuses some.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode

_WORDS: Final = re.compile(r"[A-Za-z0-9_]+")


def lines_of(text: str, path: str) -> range:
    """Return the lines from a key to where its value starts; of a block of text, all its lines.

    Args:
        text: the YAML.
        path: steps after slashes: keys, indexes of lists, and for a case of a switch the
            compiler's own name of the expression. Where the last steps are not there, what is
            around them is meant: that is where something is missing.
    """
    here = _composed(text)
    first = _line(here)
    for step in (part for part in path.split("/") if part):
        found = _step(here, step)
        if found is None:
            break
        key, here = found
        first = _line(key)
    last = here.end_mark.line if getattr(here, "style", None) in ("|", ">") else _line(here)
    return range(first, max(first, last) + 1)


def _composed(text: str) -> Any:  # noqa: ANN401  # ruamel leaves its nodes untyped
    try:
        return YAML(typ="safe", pure=True).compose(text)
    except YAMLError:
        return None


def _line(node: Any) -> int:  # noqa: ANN401  # see above
    return 1 if node is None else node.start_mark.line + 1


def _step(node: Any, step: str) -> tuple[Any, Any] | None:  # noqa: ANN401  # see above
    """Return the key and the value that one step leads to."""
    if isinstance(node, SequenceNode):
        items = node.value
        is_there = step.isdecimal() and int(step) < len(items)
        return (items[int(step)], items[int(step)]) if is_there else None
    if not isinstance(node, MappingNode):
        return None
    exact = [(key, value) for key, value in node.value if key.value == step]
    words = set(_WORDS.findall(step))
    described = [
        (key, value)
        for key, value in node.value
        if isinstance(key.value, str) and words & set(_WORDS.findall(key.value))
    ]
    found = exact or described
    return found[0] if len(found) == 1 else None

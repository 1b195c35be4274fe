"""From schema to content: values that keep every rule, and the bytes that hold them.

    from harness.writing import construct_of, from_schema

What a name needs (`construct`, Hypothesis) is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from harness.writing.construct import construct_of
    from harness.writing.strategies import Content, from_schema, with_companions

__all__ = ["Content", "construct_of", "from_schema", "with_companions"]
_PLACES: Final = {
    "Content": "harness.writing.strategies",
    "construct_of": "harness.writing.construct",
    "from_schema": "harness.writing.strategies",
    "with_companions": "harness.writing.strategies",
}


def __getattr__(name: str) -> Any:  # whatever the name stands for
    """Load what a public name stands for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)

"""Keys: what makes two values the same one where things are kept by value."""

from __future__ import annotations

from typing import Any, Final

_NO_NUMBER: Final = object()


def key_of(value: Any) -> Any:
    """Return what stands for a value in a dict: all floats that are no number are one key.

    Python takes one of them for itself alone, which depends on what was copied.
    """
    is_no_number = value.__class__ is float and value != value  # noqa: PLR0124  # nan is not itself
    return _NO_NUMBER if is_no_number else value

"""A consumer: the standard library's `gettext` reads a catalog, and says what is in it."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable


def read(content: bytes, observe: Callable[[str, int], None]) -> None:
    """Read a catalog."""
    translations = gettext.GNUTranslations(io.BytesIO(content))
    # There is no public way to the messages.
    catalog = translations._catalog  # type: ignore[attr-defined]  # noqa: SLF001
    observe("originals", len({key[0] if isinstance(key, tuple) else key for key in catalog}))

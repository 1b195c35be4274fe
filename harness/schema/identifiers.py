"""Names that a schema may give to its types, attributes, enums and their members."""

from __future__ import annotations

import re
from typing import Final

from harness.findings.model import Place
from harness.schema.problems import Problems

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,199}")


def check_id(name: str, place: Place, problems: Problems) -> None:
    """Report a name that is none."""
    if not _ID.fullmatch(name):
        message = f"`{name[:80]}` is no name: lower case letters, digits and `_`"
        problems.add("Q903", place, message)

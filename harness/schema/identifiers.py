"""Names that a schema may give to its types, attributes, enums and their members."""

from __future__ import annotations

import re
from typing import Final

from harness.findings.model import Place
from harness.schema.problems import Problems

_MOST: Final = 200
_ID: Final = re.compile(rf"[a-z][a-z0-9_]{{0,{_MOST - 1}}}")


def check_id(name: str, place: Place, problems: Problems) -> None:
    """Report a name that is none."""
    if not _ID.fullmatch(name):
        shape = f"a lower case letter, then such, digits and `_`, at most {_MOST} characters"
        problems.add("Q903", place, f"`{name[:80]}` is no name: {shape}")

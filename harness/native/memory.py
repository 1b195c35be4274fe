"""How much memory a check may take of this process, which runs the code of hostile schemas."""

from __future__ import annotations

import resource
from typing import Final

# a thread's where the system sets no limit
_USUAL_STACK: Final = 2 << 20
_MOST_STACK: Final = 8 << 20


def stack_bytes() -> int:
    """Return how much of the stack a check may take: half, since something is in use already."""
    limit, _ = resource.getrlimit(resource.RLIMIT_STACK)
    has_none = limit == resource.RLIM_INFINITY
    return (_USUAL_STACK if has_none else min(limit, _MOST_STACK)) // 2

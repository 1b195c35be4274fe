"""How much memory a check may take of this process, which runs the code of hostile schemas."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# a thread's where the system sets no limit
_USUAL_STACK: Final = 2 << 20
_MOST_STACK: Final = 8 << 20
# how much a content takes, its schema tells, which may be hostile: a few bytes can claim to be
# lists without end, but content as it should be takes no more than so many bytes for each
_FREE_SCRATCH: Final = 1 << 30
_SCRATCH_PER_BYTE: Final = 512
# of this process in containers, by the second and the first version of control groups
_GROUP_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_FACTS: Final = Path("/proc/meminfo")


def stack_bytes() -> int:
    """Return how much of the stack a check may take: half, since something is in use already."""
    limit, _ = resource.getrlimit(resource.RLIMIT_STACK)
    has_none = limit == resource.RLIM_INFINITY
    return (_USUAL_STACK if has_none else min(limit, _MOST_STACK)) // 2


def scratch_bytes(size: int) -> int:
    """Return how much memory a content may take, with all that it is read with.

    Args:
        size: how many bytes these have.
    """
    return min(_FREE_SCRATCH + _SCRATCH_PER_BYTE * size, _available_bytes() // 2)


def _available_bytes() -> int:
    """Return how much memory may still be had, by whatever says least."""
    return min(_counted())


def _counted() -> Iterator[int]:
    yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in _GROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no such file; `max`
            yield int(path.read_bytes())
    with contextlib.suppress(OSError, ValueError):
        _, _, rest = _FACTS.read_text().partition("MemAvailable:")
        if rest:
            yield int(rest.split(maxsplit=1)[0]) << 10

"""Build MIME caches from plain values, sound or not, as `update-mime-database` lays them out.

Only the strings stand in another order than that program's hash table gives: that of first use.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

VERSION = bytes([0, 1, 0, 2])
HEADER_SIZE = 44
# Where the header has the offset of each part.
ALIASES, PARENTS, LITERALS, SUFFIXES, GLOBS, MAGIC, NAMESPACES, ICONS, GENERIC_ICONS, TYPES = range(
    4, HEADER_SIZE, 4
)
CASE_SENSITIVE = 0x100


@dataclass(frozen=True, slots=True)
class Glob:
    """A name, an ending without its asterisk or a pattern, and the type it tells.

    Attributes:
        pattern: as it is matched.
        mime_type: such as `text/plain`.
        weight: 0 to 100, with flags above the lower eight bits.
    """

    pattern: str
    mime_type: str
    weight: int = 50


@dataclass(frozen=True, slots=True)
class Matchlet:
    """A value in a file.

    Attributes:
        value: what is looked for.
        start: where to begin.
        length: at how many places.
        word_size: 1, 2 or 4 bytes.
        mask: of the value's length, or None for none.
        children: matchlets of which one must match too.
    """

    value: bytes
    start: int = 0
    length: int = 1
    word_size: int = 1
    mask: bytes | None = None
    children: tuple[Matchlet, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A type and the values that tell it."""

    mime_type: str
    matchlets: tuple[Matchlet, ...]
    priority: int = 50


@dataclass(frozen=True, slots=True)
class Cache:
    """What a file says, in the order it is written in.

    Attributes:
        aliases: names and the types they mean.
        parents: types and what they are special cases of.
        literals: names of files.
        endings: endings of names.
        globs: other patterns.
        magic: contents.
        namespaces: URIs, local names and types.
        icons: types and icons.
        generic_icons: likewise.
        type_count: how many types there are.
    """

    aliases: tuple[tuple[str, str], ...] = ()
    parents: tuple[tuple[str, tuple[str, ...]], ...] = ()
    literals: tuple[Glob, ...] = ()
    endings: tuple[Glob, ...] = ()
    globs: tuple[Glob, ...] = ()
    magic: tuple[Match, ...] = ()
    namespaces: tuple[tuple[str, str, str], ...] = ()
    icons: tuple[tuple[str, str], ...] = ()
    generic_icons: tuple[tuple[str, str], ...] = ()
    type_count: int = 1


def build(cache: Cache) -> bytes:
    """Return the file."""
    pool = Pool(_strings(cache))
    parts = b""
    offsets: list[int] = []
    writers: tuple[Callable[[int], bytes], ...] = (
        lambda _at: _table([pool[name], pool[kind]] for name, kind in cache.aliases),
        lambda at: _parents(cache, pool, at),
        lambda _at: _globs(cache.literals, pool),
        lambda at: suffix_tree(cache.endings, pool, at),
        lambda _at: _globs(cache.globs, pool),
        lambda at: _magic(cache.magic, pool, at),
        lambda _at: _table([pool[text] for text in entry] for entry in cache.namespaces),
        lambda _at: _table([pool[kind], pool[icon]] for kind, icon in cache.icons),
        lambda _at: _table([pool[kind], pool[icon]] for kind, icon in cache.generic_icons),
        lambda _at: words(cache.type_count, *[0] * cache.type_count),
    )
    for write in writers:
        offsets.append(HEADER_SIZE + len(pool.data) + len(parts))
        parts += write(offsets[-1])
    return VERSION + words(*offsets) + pool.data + parts


def words(*numbers: int) -> bytes:
    """Return numbers of 32 bits."""
    return struct.pack(f">{len(numbers)}I", *numbers)


def filled(data: bytes) -> bytes:
    """Return `data` with zeros up to a multiple of four bytes."""
    return data + bytes(-len(data) % 4)


class Pool:
    """Strings with their NULs, each once, and where in the file they are."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.data = b""
        self._offsets: dict[str, int] = {}
        for text in dict.fromkeys(texts):
            self._offsets[text] = HEADER_SIZE + len(self.data)
            self.data += filled(text.encode() + b"\0")

    def __getitem__(self, text: str) -> int:
        return self._offsets[text]


def _strings(cache: Cache) -> list[str]:
    patterns = [*cache.literals, *cache.globs]
    return [
        *(text for entry in cache.aliases for text in entry),
        *(text for kind, parents in cache.parents for text in (kind, *parents)),
        *(text for glob in patterns for text in (glob.pattern, glob.mime_type)),
        *(glob.mime_type for glob in cache.endings),
        *(match.mime_type for match in cache.magic),
        *(text for entry in cache.namespaces for text in entry),
        *(text for entry in (*cache.icons, *cache.generic_icons) for text in entry),
    ]


def _table(entries: Iterable[Sequence[int]]) -> bytes:
    rows = list(entries)
    return words(len(rows), *(number for row in rows for number in row))


def _parents(cache: Cache, pool: Pool, at: int) -> bytes:
    lists = [words(len(parents), *map(pool.__getitem__, parents)) for _, parents in cache.parents]
    entries = []
    start = at + 4 + 8 * len(lists)
    for (kind, _), parents in zip(cache.parents, lists, strict=True):
        entries.append((pool[kind], start))
        start += len(parents)
    return _table(entries) + b"".join(lists)


def _globs(globs: Sequence[Glob], pool: Pool) -> bytes:
    return _table([pool[glob.pattern], pool[glob.mime_type], glob.weight] for glob in globs)


def suffix_tree(endings: Sequence[Glob], pool: Pool, at: int) -> bytes:
    """Return the tree of endings, all nodes of a level before those of the next."""
    level = [_below("", endings)]
    rows: list[tuple[int, int, int]] = []
    start = at + 8
    first = start + 12 * len(level[0])
    while level:
        following: list[list[str | Glob]] = []
        for node in (node for siblings in level for node in siblings):
            if isinstance(node, Glob):
                rows.append((0, pool[node.mime_type], node.weight))
                continue
            children = _below(node, endings)
            rows.append((ord(node[0]), len(children), first))
            first += 12 * len(children)
            following.append(children)
        level = following
    return words(len(_below("", endings)), start, *(number for row in rows for number in row))


def _below(ending: str, endings: Sequence[Glob]) -> list[str | Glob]:
    """What comes before an ending: types that end here, then longer endings by character."""
    ends: list[str | Glob] = [glob for glob in endings if ending and glob.pattern == ending]
    longer = {
        glob.pattern[-len(ending) - 1 :]
        for glob in endings
        if glob.pattern.endswith(ending) and len(glob.pattern) > len(ending)
    }
    return [*ends, *sorted(longer)]


def _magic(magic: Sequence[Match], pool: Pool, at: int) -> bytes:
    """The matches, all their matchlets, and the values of these."""
    order: list[Matchlet] = []
    for match in magic:
        _collect(match.matchlets, order)
    first = at + 12
    matchlets = first + 16 * len(magic)
    values = b""
    rows = b""
    for matchlet in order:
        place = matchlets + 32 * len(order) + len(values)
        values += filled(matchlet.value)
        mask = place + len(filled(matchlet.value)) if matchlet.mask is not None else 0
        values += filled(matchlet.mask or b"")
        rows += words(
            matchlet.start,
            matchlet.length,
            matchlet.word_size,
            len(matchlet.value),
            place,
            mask,
            len(matchlet.children),
            _place(matchlet.children, order, matchlets),
        )
    matches = (
        words(
            match.priority,
            pool[match.mime_type],
            len(match.matchlets),
            _place(match.matchlets, order, matchlets),
        )
        for match in magic
    )
    extent = max((len(item.value) + item.start + item.length for item in order), default=0)
    return words(len(magic), extent, first) + b"".join(matches) + rows + values


def _collect(matchlets: Sequence[Matchlet], order: list[Matchlet]) -> None:
    order += matchlets
    for matchlet in matchlets:
        _collect(matchlet.children, order)


def _place(matchlets: Sequence[Matchlet], order: Sequence[Matchlet], start: int) -> int:
    if not matchlets:
        return 0
    return start + 32 * next(n for n, item in enumerate(order) if item is matchlets[0])

"""Loading a schema: from the cache when nothing has changed, else from its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.schema import cache
from harness.schema.ir import Schema
from harness.schema.problems import Problems, SchemaError


def load(
    path: Path | str,
    *,
    use_cache: bool = True,
    import_paths: Sequence[Path] = (),
    lenient: bool = False,
) -> Schema:
    """Return the IR of the schema at `path`.

    Args:
        path: a `.ksy` file.
        use_cache: take the IR from the user's cache, and put it there.
        import_paths: folders where imports are looked for too, before the library of schemas.
        lenient: take the schema as stock Kaitai does: our own keys say nothing, and `-` keys that
            nobody knows are no mistake.

    Raises:
        SchemaError: with one finding (Q9xx) for each mistake.
    """
    path = Path(path)
    terms = cache.terms(import_paths, lenient=lenient)
    cached = cache.fetch(path, terms) if use_cache else None
    if cached is not None:
        return cached
    from harness.schema.assembly import build  # noqa: PLC0415  # slow to import, and not needed when the cache has the schema

    problems = Problems(lenient=lenient)
    schema = build(path, problems, import_paths)
    problems.refuse_errors()
    if schema is None:
        raise SchemaError(problems.findings)
    if use_cache:
        cache.store(path, terms, schema)
    return schema

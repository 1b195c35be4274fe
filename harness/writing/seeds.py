"""Valid contents that come with the schemas of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.schema.resources import corpora_folder, schemas_folder

if TYPE_CHECKING:
    from harness.schema.ir import Schema


def known_contents(schema: Schema, most: int) -> tuple[bytes, ...]:
    """Return the valid files that come with a known schema, those above `most` bytes left out."""
    if schema.path.resolve().parent != schemas_folder().resolve():
        return ()
    folder = corpora_folder() / schema.id / "valid"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    small = (f for f in files if f.is_file() and f.stat().st_size <= most)
    return tuple(file.read_bytes() for file in small)

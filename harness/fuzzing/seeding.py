"""What a campaign begins with when nobody gave it contents: valid ones, made from the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from harness.findings.model import Severity
from harness.fuzzing.corpus import digest
from harness.fuzzing.settings import Clock, files_of
from harness.reading import Reading, read
from harness.schema import Schema, load
from harness.schema.library import schema_file
from harness.schema.resources import corpora_folder
from harness.schema.whole import write_whole

if TYPE_CHECKING:
    from harness.consumers.model import Manifest

MOST_SEEDS: Final = 64
MOST_SECONDS: Final = 2.0


def seeds_of(
    given: Sequence[Path], schema: Schema, manifest: Manifest, folder: Path, clock: Clock
) -> tuple[Path, ...]:
    """Return the files that a campaign begins with.

    Args:
        given: files or folders by the user; where there are none, the valid files known of the
            schema; where there are none of these either, contents are made.
        schema: of the contents.
        manifest: says what contents are read with.
        folder: of the campaign; what is made is kept in it.
        clock: to stop by: making takes two seconds at most, and one content.
    """
    if given:
        return tuple(files_of(given))
    known = corpora_folder() / schema.id / "valid"
    if known.is_dir():
        return tuple(files_of((known,)))
    made = folder / "seeds"
    if not made.is_dir():
        made.mkdir(parents=True)
        for data in _made(schema, _companions(schema, manifest), clock):
            write_whole(made / digest(data), data)
    return tuple(files_of((made,)))


def _companions(schema: Schema, manifest: Manifest) -> dict[str, Reading] | None:
    """Return what contents are read with; None where some of it was not given, or is broken."""
    found = {}
    for name, type_name in schema.companions.items():
        path = manifest.companions.get(name)
        if path is None:
            return None
        theirs = load(schema_file(schema, type_name))
        found[name] = read(theirs, path.read_bytes(), file=str(path))
        if any(finding.severity is Severity.ERROR for finding in found[name].findings):
            return None
    return found


def _made(
    schema: Schema, companions: Mapping[str, Reading] | None, clock: Clock
) -> Iterator[bytes]:
    """Yield valid contents, always the same ones, until there are enough or the time is up."""
    from harness.writing.choices import RandomChoices  # noqa: PLC0415  # only where it is needed
    from harness.writing.generate import Generator  # noqa: PLC0415  # same

    if companions is None:
        return
    generator = Generator(schema, companions)
    end = clock.now() + MOST_SECONDS
    for number in range(MOST_SEEDS):
        if clock.now() > end:
            return
        data = generator.attempt(RandomChoices(Random(number)))  # noqa: S311  # contents, no secrets
        if data is not None:
            yield data

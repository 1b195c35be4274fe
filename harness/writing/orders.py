"""What is to be generated: the schema, what it is read with, and the work cut into jobs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.reading.reader import Reader
from harness.schema.ir import Schema
from harness.schema.library import schema_file
from harness.schema.loader import load
from harness.writing.breaking.bases import seeds_of
from harness.writing.breaking.targets import called, targets_of
from harness.writing.changing.varying import MAX_BASE_BYTES
from harness.writing.companions import made_companions
from harness.writing.generate import Generator
from harness.writing.production import (
    Job,
    Terms,
    companions_of,
    jobs_for_boundaries,
    jobs_for_breaking,
    jobs_for_valid,
)

if TYPE_CHECKING:
    from harness.writing.breaking.targets import Target

ALL = "all"


class OrderError(Exception):
    """What was asked for makes no sense with this schema."""


class Made(msgspec.Struct, frozen=True):
    """A companion that had to be made: its bytes, and the schema that it was made by."""

    data: bytes
    schema: Schema


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        schema: the format.
        import_paths: further folders where its imports are.
        companions: by name, the bytes of those that were given.
        seed: of all random numbers.
        count: of files: in all, or for each thing to break.
        breaking: a code, the id of a rule, or `all`; empty for none.
        boundaries: files at the boundaries are wanted.
        known: valid contents to be varied; without, they are grown.
    """

    schema: Schema
    import_paths: tuple[Path, ...] = ()
    companions: Mapping[str, bytes] = {}
    seed: int = 1
    count: int = 100
    breaking: str = ""
    boundaries: bool = False
    known: tuple[bytes, ...] = ()

    def targets(self) -> tuple[Target, ...]:
        """Return what is to be broken.

        Raises:
            OrderError: the schema has nothing of that name.
        """
        if self.breaking == ALL:
            return targets_of(self.schema)
        try:
            return called(self.schema, self.breaking)
        except ValueError as error:
            is_cased = self.breaking.lower() == ALL
            raise OrderError(f"did you mean `{ALL}`?" if is_cased else str(error)) from None

    def jobs(self, terms: Terms) -> tuple[Job, ...]:
        """Return the work, cut into shares."""
        if self.boundaries:
            return tuple(jobs_for_boundaries(self.schema, companions_of(terms)))
        if self.breaking:
            return tuple(jobs_for_breaking(self.targets(), self.count))
        return tuple(jobs_for_valid(self.count))

    def made_companions(self) -> dict[str, Made]:
        """Make the companions that were not given.

        Raises:
            OrderError: one cannot be made.
        """
        missing = {
            name: load(self.file_of(name), import_paths=self.import_paths)
            for name in self.schema.companions
            if name not in self.companions
        }
        try:
            made = made_companions(self.schema, missing, companions_of(self.terms({})), self.seed)
        except LookupError as error:
            name = error.args[0]
            raise OrderError(
                f"no companion `{name}` could be made; give one with `--with`"
            ) from None
        return {name: Made(data, missing[name]) for name, data in made.items()}

    def check_companions(self) -> None:
        """Refuse companions that the schema does not take, or that are invalid themselves.

        Raises:
            OrderError: one is.
        """
        for name, data in self.companions.items():
            if name not in self.schema.companions:
                raise OrderError(f"`{self.schema.id}` takes no companion `{name}`")
            theirs = load(self.file_of(name), import_paths=self.import_paths)
            found = Reader(theirs).read(data, file=name).findings
            if found:
                raise OrderError(
                    f"companion `{name}` is no valid {theirs.id} file: {found[0].code} is the "
                    f"first of its findings (`harness validate` shows them)"
                )

    def check_known(self, terms: Terms) -> None:
        """Refuse contents to be varied of which none is valid: others would be grown instead.

        Raises:
            OrderError: none is, read with the companions.
        """
        if not self.known:
            return
        if not Generator(self.schema, companions_of(terms), seeds=self.known).is_varying:
            is_all_small = all(len(data) <= MAX_BASE_BYTES for data in self.known)
            size = "" if is_all_small else f" of at most {MAX_BASE_BYTES:,} bytes"
            raise OrderError(f"no valid file{size}")

    def file_of(self, name: str) -> Path:
        """Return the schema of a companion.

        Raises:
            OrderError: it is in no file of its own.
        """
        wanted = self.schema.companions[name]
        try:
            return schema_file(self.schema, wanted)
        except LookupError:
            raise OrderError(
                f"the schema of companion `{name}`, `{wanted}`, is in no file of its own"
            ) from None

    def terms(self, made: Mapping[str, Made]) -> Terms:
        """Return what all processes need to know."""
        companions = {**self.companions, **{name: one.data for name, one in made.items()}}
        is_changed = bool(self.breaking) or self.boundaries
        return Terms(
            schema=self.schema.path,
            import_paths=self.import_paths,
            companions={name: (self.file_of(name), data) for name, data in companions.items()},
            seeds=(*seeds_of(self.schema), *self.known) if is_changed else (),
            known=self.known,
            seed=self.seed,
        )

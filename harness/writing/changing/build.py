"""Building: the bytes of a content from its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Final

from harness.reading.faults import Unknown
from harness.reading.reader import Reader, give_parameters
from harness.reading.tree import Location, path_of
from harness.schema.interpreter import deep_recursion, without_collection
from harness.writing.choices import RandomChoices
from harness.writing.drafting.draft import Draft
from harness.writing.drafting.finishing import finished
from harness.writing.drafting.judge import Judges
from harness.writing.drafting.outcomes import GivenUp, Rejected
from harness.writing.drafting.settle import Settler
from harness.writing.drafting.values import Given
from harness.writing.growing.grow import Grower

if TYPE_CHECKING:
    from harness.reading.reader import Reading
    from harness.schema.ir import Attribute, Schema

# arguments looked for take the time of one structure
_PASSED_FOR_ONE: Final = 16


class BuildError(Exception):
    """No bytes hold the values.

    Attributes:
        path: the value at which building gave up; empty for the whole.
    """

    def __init__(self, path: str, why: str) -> None:
        what = f"`{path}`" if path else "a content"
        said = f": {why}" if why else ""
        super().__init__(f"{what} cannot be built from the values given{said}")
        self.path = path


class Builder:
    """Builds contents of one schema.

    Attributes:
        schema: the format.
        reader: of whole contents.
        companions: what contents are read with, by parameter.
        effort: structures begun so far, and what was passed to them: a cost that is the same on
            every machine.
    """

    def __init__(
        self,
        schema: Schema,
        companions: Mapping[str, Reading] | None = None,
        most_passed: int | None = None,
    ) -> None:
        """Make one.

        Args:
            schema: the format.
            companions: for each structure-typed top-level parameter, what was read for it.
            most_passed: how often arguments of structures may be looked for in one content, where
                what takes long is not worth it; None for any number.
        """
        self.schema = schema
        self.reader = Reader(schema)
        self.companions = companions or {}
        self.effort = 0
        self._most_passed = most_passed
        self._judges = Judges(self.reader.book, are_free=True)
        self._settler = Settler(self.reader)

    def build(
        self,
        values: Mapping[str, Any],
        *,
        junk: Mapping[str, bytes] | None = None,
        unpacked: Mapping[str, bytes] | None = None,
    ) -> bytes:
        """Return the bytes that hold `values`; they need not be valid.

        Counts, sizes, offsets and checksums follow from the rest, whatever `values` say of them.

        Args:
            values: as `values_of` gives them. What has only one value may be left out.
            junk: by path, bytes put at the end of a region, where nothing reads them.
            unpacked: by path, what a compressed region holds, whatever its values are.

        Raises:
            BuildError: no bytes hold them.
        """
        return next(self.attempts(values, junk=junk, unpacked=unpacked))

    def attempts(
        self,
        values: Mapping[str, Any],
        *,
        junk: Mapping[str, bytes] | None = None,
        unpacked: Mapping[str, bytes] | None = None,
    ) -> Iterator[bytes]:
        """Yield bytes for `values`: laid out as they were, if that still fits, then anew.

        Args:
            values: as for `build`.
            junk: likewise.
            unpacked: likewise.

        Raises:
            BuildError: there are none.
        """
        path = why = ""
        is_any = False
        for are_kept in (False,) if junk or unpacked else (True, False):
            draft = Draft(self.reader.book, self._judges.compiled, is_free=True)
            draft.arguments.most = self._most_passed
            data = None
            try:
                with deep_recursion(), without_collection():
                    data = self._built(
                        draft, values, Given(are_kept=are_kept, junk=junk, unpacked=unpacked)
                    )
            except (Rejected, GivenUp, Unknown, TypeError, OverflowError) as error:
                path = path_of(Location(*draft.at)) if draft.at is not None else ""
                why = str(error) if isinstance(error, Rejected) else ""
            finally:
                self.effort += draft.added + draft.arguments.tried // _PASSED_FOR_ONE
            if data is not None:
                is_any = True
                yield data
        if not is_any:
            raise BuildError(path, why)

    def follows(self, type_name: str, field: Attribute) -> bool:
        """Whether a number may follow from the rest, whatever is said of it."""
        is_measure = (type_name, field.id) in self._judges.facts.uses
        return is_measure or field.derive is not None or field.checksum is not None

    def is_view(self, type_name: str, field: Attribute) -> bool:
        """Whether an attribute is another reading of bytes that something else puts there."""
        return field.allows_overlap or self._judges.facts.is_view(field, type_name)

    def _built(self, draft: Draft, values: Mapping[str, Any], given: Given) -> bytes:
        root = draft.add_node(self.schema.id, None, -1, -1, draft.main)
        give_parameters(root, self.schema, self.companions)
        draft.root = root
        draft.owners[draft.main] = root
        given.put(root, values)
        Grower(draft, self._judges, RandomChoices(Random(0)), given).content()
        return finished(
            draft, self._judges, self._settler, self.companions,
            junk=given.junk, unpacked=given.unpacked,
        )  # fmt: skip

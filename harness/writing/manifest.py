"""What is known of generated files: what each is for, what was made in vain, what could not be."""

from __future__ import annotations

from typing import Literal

import msgspec

VERSION = 1
Kind = Literal["valid", "breaking", "boundary"]
Why = Literal["same-bytes", "always", "one-change", "unrelated"]


class Purpose(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """What a file is for.

    Attributes:
        kind: `valid`, `breaking` or `boundary`.
        code: the finding that it is to raise; empty for none.
        rule: the id of the schema's own rule, where the code is of one.
        codes: of all that it raises.
        rules: the ids of the schema's own rules among those.
        field: of a boundary, as `type.field`.
        value: of a boundary.
        is_varied: a valid content that was known, with other values.
    """

    kind: Kind
    code: str = ""
    rule: str = ""
    codes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    field: str = ""
    value: int | None = None
    is_varied: bool = False

    @property
    def title(self) -> str:
        """What is asked for, in a word."""
        if self.kind == "boundary":
            return f"{self.field} = {self.value}"
        return self.rule or self.code or self.kind


class MadeFile(msgspec.Struct, frozen=True):
    """One file: its name in the folder, its bytes' number and SHA-256, and what it is for."""

    name: str
    size: int
    sha256: str
    purpose: Purpose


class Companion(msgspec.Struct, frozen=True):
    """What the files are to be read with.

    Attributes:
        file: in the folder where it was generated too, else as the user named it.
        sha256: of its bytes.
        schema: what it was made or read by.
        is_generated: it was made together with the files.
    """

    file: str
    sha256: str
    schema: str
    is_generated: bool


class NotMade(msgspec.Struct, frozen=True):
    """What was asked for and could not be made.

    Attributes:
        purpose: of the files.
        count: how many are missing.
        reason: why.
    """

    purpose: Purpose
    count: int
    reason: str


class Beside(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding that comes with what is to be broken.

    Attributes:
        code: of it.
        rule: the id of the schema's own rule, where the code is of one.
        why: `same-bytes`: it is about the same bytes; `always`: it came with every content that
            raised the target; `one-change`: each file is a valid one but for one value, which
            makes both, so that putting it right takes both away; `unrelated`: none of these.
    """

    code: str
    rule: str = ""
    why: Why = "unrelated"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.rule or self.code


class TargetRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was learned of a thing to break.

    Attributes:
        code: the finding.
        rule: the id of the schema's own rule, where the code is of one.
        tried: contents that were read to find out how.
        raised: how many of those raised it.
        beside: the fewest other findings that came with it; empty where it was broken alone.
    """

    code: str
    rule: str = ""
    tried: int = 0
    raised: int = 0
    beside: tuple[Beside, ...] = ()


class SchemaRecord(msgspec.Struct, frozen=True):
    """The schema that files were made by: its id, and the SHA-256 of all its files."""

    id: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The file `manifest.json` of a folder of generated files.

    Attributes:
        generated: the version of this shape; tells our manifests from others.
        schema: what they were made by.
        seed: of all random numbers.
        is_complete: nothing that was asked for is missing because somebody stopped it.
        companions: by name.
        files: in the order of their names.
        distinct: how many of the valid files hold other bytes than those before.
        not_made: what could not be made.
        targets: what was learned of each thing to break.
    """

    generated: int = VERSION
    schema: SchemaRecord
    seed: int
    is_complete: bool = True
    companions: dict[str, Companion] = {}
    files: tuple[MadeFile, ...] = ()
    distinct: int = 0
    not_made: tuple[NotMade, ...] = ()
    targets: tuple[TargetRecord, ...] = ()

"""The schemas that come with the package: found by name, or by a file's extension and magic."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from harness.findings.model import Finding, Severity
from harness.schema.expression.typed import ConstantBytes
from harness.schema.ir import Attribute, Schema, StructData, Valid
from harness.schema.loader import load
from harness.schema.problems import SchemaError
from harness.schema.resources import schemas_folder

HEAD_BYTES: Final = 64


class Known(msgspec.Struct, frozen=True):
    """What tells the files of a schema from others.

    Attributes:
        path: the schema.
        extensions: of file names, or whole names, without the dot in front, lower case.
        magics: the bytes that a file may begin with, and must with one of; empty for any.
    """

    path: Path
    extensions: tuple[str, ...]
    magics: tuple[bytes, ...]

    def recognised(self, head: bytes) -> int:
        """Return how many bytes of `head` are the magic; 0 when it is another's."""
        return max((len(magic) for magic in self.magics if head.startswith(magic)), default=0)


def find(name_or_path: str) -> Path:
    """Return the schema called `name_or_path`, or the file at that path.

    Raises:
        SchemaError: there is neither.
    """
    path = Path(name_or_path)
    if path.suffix == ".ksy" or path.is_file():
        return path
    candidate = schemas_folder() / f"{name_or_path}.ksy"
    if candidate.parent == schemas_folder() and candidate.is_file():
        return candidate
    raise SchemaError((_unknown(name_or_path),))


def names() -> tuple[str, ...]:
    """Return the names of all known schemas."""
    return tuple(sorted(path.stem for path in schemas_folder().glob("*.ksy")))


def schema_file(schema: Schema, type_name: str) -> Path:
    """Return the file that declares an imported type: imports are named as the file is.

    Raises:
        LookupError: the type is in no file of its own.
    """
    for file in schema.files:
        if Path(file.path).stem == type_name:
            return Path(file.path)
    raise LookupError(type_name)


def match(file_name: str, head: bytes) -> Path | None:
    """Return the schema of a file, by its extension, then by its magic.

    The extension decides first: a file whose first bytes are damaged must still be read as what
    its consumer will take it for.

    Args:
        file_name: the file's name, with or without folders.
        head: its first `HEAD_BYTES` bytes, or all of them.
    """
    name = Path(file_name).name.lower()
    by_extension = [known for known in _library() if _ends(name, known.extensions)]
    by_magic = [known for known in _library() if known.recognised(head)]
    by_magic.sort(key=lambda known: -known.recognised(head))
    both = [known for known in by_magic if known in by_extension]
    for candidates in (both, by_extension, by_magic):
        if candidates:
            return candidates[0].path
    return None


def _ends(name: str, extensions: tuple[str, ...]) -> bool:
    """Whether a file's name has one of the extensions; one with a dot may be the whole name."""
    return any(
        name.endswith(f".{extension}") or ("." in extension and name == extension)
        for extension in extensions
    )


@cache
def _library() -> tuple[Known, ...]:
    found: list[Known] = []
    for path in sorted(schemas_folder().glob("*.ksy")):
        try:
            found.append(_known(load(path)))
        except SchemaError:
            continue  # its files are then of no known schema, which is a finding (T003)
    return tuple(found)


def _known(schema: Schema) -> Known:
    extensions = tuple(extension.lower() for extension in schema.extensions)
    return Known(schema.path, extensions, _magics(schema, schema.id))


def _magics(schema: Schema, type_name: str) -> tuple[bytes, ...]:
    """Return the bytes that a type begins with: fixed ones, or those that `valid` lists."""
    sequence = schema.types[type_name].sequence
    first = sequence[0] if sequence else None
    if not isinstance(first, Attribute) or first.condition is not None:
        return ()
    if first.contents is not None:
        return (first.contents,)
    if first.valid is not None:
        return _listed(first.valid)
    if isinstance(first.data, StructData) and first.data.type != type_name:
        return _magics(schema, first.data.type)
    return ()


def _listed(valid: Valid) -> tuple[bytes, ...]:
    """Return the byte arrays that are all a `valid` permits; empty when it permits others too."""
    listed = (valid.eq,) if valid.eq is not None else valid.any_of or ()
    found = [item.tree.value for item in listed if isinstance(item.tree, ConstantBytes)]
    return tuple(found) if len(found) == len(listed) else ()


def _unknown(name: str) -> Finding:
    import difflib  # noqa: PLC0415  # costs start-up time and is needed for mistakes only

    if Path(name).exists():  # a pipe or a device is not waited for
        kind = "a folder" if Path(name).is_dir() else "a pipe or a device"
        return _no_schema(name, f"`{name}` is {kind}, and a schema is a file or a known name")
    close = difflib.get_close_matches(name, names(), 1)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(names())}"
    return _no_schema(name, f"there is no schema `{name}`; {hint}")


def _no_schema(name: str, said: str) -> Finding:
    return Finding(code="T012", severity=Severity.ERROR, file=name, actual=said)

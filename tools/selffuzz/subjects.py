"""What is fuzzed of the project's own C: a subject is C text with an entry point over it.

A schema's is the validator that is generated from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.fuzzing import hints
from harness.fuzzing.edits import Edit
from harness.fuzzing.page import pack_edits
from harness.fuzzing.settings import files_of
from harness.native.compile.source import generate
from harness.native.compile.unsupported import unsupported
from harness.schema import Schema, load
from harness.schema.library import find
from harness.schema.resources import corpora_folder, runtime_folder

HERE: Final = Path(__file__).resolve().parent
_ANY_BYTES: Final = "meta: {id: bytes}\nseq:\n  - {id: all, size-eos: true}\n"
_KINDS: Final = ("valid", "invalid", "regressions")
_OWN: Final = ("mutator", "records")
_ENTRY_POINTS: Final = ("harness_consume", "harness_load", "LLVMFuzzerTestOneInput")
_ENTRY_POINTS_OF_VALIDATORS: Final = """
hv_ctx *hv_open(void *scratch, size_t size);
int hv_give_companion(hv_ctx *, uint32_t number, const uint8_t *, size_t);
int hv_check(hv_ctx *, const uint8_t *, size_t, hv_request *);
"""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Subject:
    """C to be fuzzed, as text: a generated validator is never a file of the project.

    Attributes:
        name: of the subject.
        files: C files and headers by name; every `.c` among them is built.
        seeds: contents to begin with.
        schema: of the contents, a name or a path. What the entry point says is held against it
            too, unless it is `LLVMFuzzerTestOneInput`, which says nothing. Empty: any bytes.
        companions: files by the names under which the entry point gets them.
        flags: for the compiler, beside those of the native lane.
    """

    name: str
    files: Mapping[str, str]
    seeds: tuple[bytes, ...]
    schema: str = ""
    companions: Mapping[str, Path] = field(default_factory=dict)
    flags: tuple[str, ...] = ("-std=gnu11",)

    def write(self, folder: Path) -> Path:
        """Write sources, seeds and a manifest into an empty folder; return the manifest."""
        (folder / "seeds").mkdir(parents=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for number, seed in enumerate(self.seeds):
            (folder / "seeds" / str(number)).write_bytes(seed)
        (folder / "bytes.ksy").write_text(_ANY_BYTES, encoding="utf-8")
        manifest = folder / "subject.toml"
        manifest.write_text("".join(f"{line}\n" for line in self._lines()), encoding="utf-8")
        return manifest

    def _lines(self) -> Iterator[str]:
        yield f"name = {_quoted(self.name)}"
        yield 'version = "own"'
        yield f"schema = {_quoted(self.schema or 'bytes.ksy')}"
        if self.companions:
            pairs = (f"{name} = {_quoted(str(path))}" for name, path in self.companions.items())
            yield f"companions = {{{', '.join(pairs)}}}"
        yield "[run.library]"
        yield f"sources = {_list([name for name in self.files if name.endswith('.c')])}"
        yield f"cflags = {_list(self.flags)}"


def subject(
    name: str, sources: Sequence[Path] = (), companions: Mapping[str, Path] | None = None
) -> Subject:
    """Return a subject by name: `mutator`, `records`, or a schema: C that reads its contents.

    Args:
        name: of the subject, or a schema's name or path.
        sources: for a schema: C files and headers; none for what is generated from it. Where
            none defines an entry point they are a validator with its header `validator.h`, and
            `entry.c` is theirs.
        companions: likewise: files that its contents are read against.

    Raises:
        SchemaError: there is no such schema, or it cannot be used.
        ValueError: the schema does not compile, or takes a companion that is not given.
    """
    if name in _OWN:
        text = (HERE / f"{name}.c").read_text(encoding="utf-8")
        seeds = _mutations() if name == "mutator" else (bytes(16) + b"name", b"")
        return Subject(name=name, files={f"{name}.c": text}, seeds=tuple(seeds))
    schema = load(find(name))
    given = {path.name: path.read_text(encoding="utf-8") for path in sources}
    missing = schema.companions.keys() - (companions or {}).keys()
    if missing:
        raise ValueError(f"`{name}` needs `--with {min(missing)}=FILE`")
    return Subject(
        name=schema.id,
        files=_with_entry(given or _generated(schema)),
        seeds=tuple(_corpus(schema)),
        schema=str(Path(name).resolve()) if name.endswith(".ksy") else name,
        companions={key: (companions or {})[key].resolve() for key in schema.companions},
        flags=("-DHV_POISON",),
    )


def _generated(schema: Schema) -> Mapping[str, str]:
    """The validator of a schema, and a header with what it shares with those who call it."""
    obstacles = [words for words, _ in unsupported(schema)]
    if obstacles:
        raise ValueError(f"`{schema.id}` is not compiled to C: {', '.join(obstacles)}")
    types = (runtime_folder() / "engine" / "types.h").read_text(encoding="utf-8")
    header = f"#include <stddef.h>\n#include <stdint.h>\n{types}{_ENTRY_POINTS_OF_VALIDATORS}"
    return {"validator.c": generate(schema).source, "validator.h": header}


def _with_entry(files: Mapping[str, str]) -> Mapping[str, str]:
    if any(point in text for text in files.values() for point in _ENTRY_POINTS):
        return files
    return {**files, "entry.c": (HERE / "entry.c").read_text(encoding="utf-8")}


def _corpus(schema: Schema) -> Iterator[bytes]:
    """Every file that the corpora have of a schema, broken ones too."""
    folders = (corpora_folder() / schema.id / kind for kind in _KINDS)
    for path in files_of([folder for folder in folders if folder.is_dir()]):
        yield path.read_bytes()


def _mutations() -> Iterator[bytes]:
    """Inputs of `mutator.c`: as campaigns on channel files would have them, and broken ones."""
    schema = load(find("channel_file"))
    rules = ";".join(map(str, hints.hints_of(schema).repairs))
    words = ";".join(word.hex() for word in hints.words(schema)[:8])
    edits = (Edit(0, 4, b"chnl"), Edit(8, 8, b"more"), Edit(4, 12, b""))
    yield b""
    yield b"crc32,-2,4,l,0,-1,0,0\0" + b"434\0"
    yield b"size,18446744073709551615,8,b,0,-1,0,0\0\0\0\3\x40\0\x40\0" + bytes(64)
    for content in (b"CHNL" + bytes(60), b"CHNL" + bytes(12)):
        table = pack_edits(content, edits) + pack_edits(content[:16], edits[:1])
        sizes = bytes((3, 4)) + (2 * len(content)).to_bytes(2, "little")
        whole = len(content).to_bytes(2, "little") + content + table
        yield rules.encode() + b"\0" + words.encode() + b"\0" + sizes + whole


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def companion(given: str) -> tuple[str, Path]:
    """Take `NAME=FILE` apart.

    Raises:
        ValueError: it is not of this form, or there is no such file.
    """
    name, _, path = given.partition("=")
    if not _NAME.fullmatch(name) or not Path(path).is_file():
        raise ValueError(f"`{given}` is no NAME=FILE")
    return name, Path(path)

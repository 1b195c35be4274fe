"""Build the corpora from their recipes: `python -m corpora.build`, or `--check` that they are it.

Each format has a folder with `valid/`, `invalid/` and `expected.json`. That file holds for each
corpus file what it tells and all findings it must raise, and the companions it is read with.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from corpora.recipes import (
    channel_files,
    definitions_files,
    dtb_files,
    magic_files,
    maxmind_files,
    mime_cache_files,
    mo_files,
    terminfo_files,
    tzif_files,
    yara3_files,
    yara_files,
)
from corpora.recipes.sample import Corpus, Sample

FOLDER = Path(__file__).parent
CORPORA = (
    definitions_files.CORPUS,
    channel_files.CORPUS,
    tzif_files.CORPUS,
    mo_files.CORPUS,
    yara_files.CORPUS,
    yara3_files.CORPUS,
    terminfo_files.CORPUS,
    dtb_files.CORPUS,
    maxmind_files.CORPUS,
    mime_cache_files.CORPUS,
    magic_files.CORPUS,
)


def wanted() -> dict[Path, bytes]:
    """All files of the corpora, by their paths from the corpora folder."""
    files: dict[Path, bytes] = {}
    for corpus in CORPORA:
        for path, data in _files(corpus):
            if path in files:
                raise ValueError(f"two recipes make `{path}`")
            files[path] = data
    return files


def problems(folder: Path) -> Iterator[str]:
    """Tell in which files `folder` is not what the recipes make."""
    files = wanted()
    present = {path.relative_to(folder) for path in _present(folder)}
    yield from (f"no recipe makes `{path}`" for path in sorted(present - files.keys()))
    for path, data in files.items():
        if path not in present:
            yield f"`{path}` is missing"
        elif (folder / path).read_bytes() != data:
            yield f"`{path}` is not what its recipe makes"


def write(folder: Path) -> None:
    """Write all files, and remove those that no recipe makes."""
    files = wanted()
    for path in _present(folder):
        if path.relative_to(folder) not in files:
            path.unlink()
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _files(corpus: Corpus) -> Iterator[tuple[Path, bytes]]:
    base = Path(corpus.format)
    for kind, samples in (("valid", corpus.valid), ("invalid", corpus.invalid)):
        yield from ((base / kind / sample.name, sample.data) for sample in samples)
    text = json.dumps(_expected(corpus), indent=2, ensure_ascii=False)
    yield base / "expected.json", f"{text}\n".encode()


def _expected(corpus: Corpus) -> Mapping[str, object]:
    return {
        "schema": corpus.format,
        "with": dict(corpus.companions),
        "valid": {sample.name: _told(sample) for sample in corpus.valid},
        "invalid": {sample.name: _told(sample) for sample in corpus.invalid},
    }


def _told(sample: Sample) -> Mapping[str, object]:
    return {"tells": sample.tells, "findings": sorted(sample.findings)}


def _present(folder: Path) -> Iterator[Path]:
    for corpus in CORPORA:
        base = folder / corpus.format
        found = (path for kind in ("valid", "invalid") for path in base.glob(f"{kind}/*"))
        yield from (path for path in (*found, base / "expected.json") if path.is_file())


def main(arguments: list[str]) -> int:
    """Write the corpora, or with `--check` compare them; 1 when they differ."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m corpora.build [--check]", file=sys.stderr)
        return 2
    if not arguments:
        write(FOLDER)
        return 0
    found = list(problems(FOLDER))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

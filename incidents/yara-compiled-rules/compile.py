"""Compile the rules in `rules/` into the valid corpora: `python compile.py`, after `fetch.py`.

Writes `corpora/yara_compiled/valid` and `corpora/yara_compiled_3/valid`, with the libyara that the
manifests in `consumers/` are built from; `python -m corpora.build` makes the invalid files of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1]))

from harness.consumers import manifest  # noqa: E402  # a script finds the repository first
from harness.consumers.model import LibraryRun  # noqa: E402
from harness.native import toolchain  # noqa: E402

CORPORA = FOLDER.parents[1] / "corpora"

# File -> namespaces and the rules that each is given.
OLD: Mapping[str, Mapping[str, str]] = {
    "one": {"default": "one.yar"},
    "small": {"default": "small.yar"},
    "loops": {"default": "loops.yar"},
    "namespaces": {"first": "one.yar", "second": "one.yar", "third": "loops.yar"},
    "everything": {"default": "everything.yar"},
}
NEW: Mapping[str, Mapping[str, str]] = {**OLD, "newer": {"default": "newer.yar"}}


def main() -> None:
    """Compile all rules with both versions."""
    for name, recipes, target in (
        ("libyara-3.7.0.toml", OLD, "yara_compiled_3/valid/{}.yarc3"),
        ("libyara-4.5.4.toml", NEW, "yara_compiled/valid/{}.yarc"),
    ):
        program = _compiler(FOLDER / "consumers" / name)
        for file, namespaces in recipes.items():
            _compile(program, CORPORA / target.format(file), namespaces)


def _compiler(path: Path) -> Path:
    """Build `compile_rules.c` with the library that a manifest names, without sanitizers."""
    run = manifest.load(path).run
    if not isinstance(run, LibraryRun):
        raise TypeError(f"`{path.name}` is not a library")
    library = [source.absolute() for source in run.sources if source.name != "yara_consumer.c"]
    job = toolchain.Job(
        sources=(FOLDER / "compile_rules.c", *library), flags=(*toolchain.PLAIN, *run.flags)
    )
    return toolchain.build(toolchain.find(os.environ), job, os.environ)


def _compile(program: Path, output: Path, namespaces: Mapping[str, str]) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    rules: Sequence[str] = [f"{name}=rules/{file}" for name, file in namespaces.items()]
    subprocess.run([str(program), str(output), *rules], check=True, cwd=FOLDER)


if __name__ == "__main__":
    main()

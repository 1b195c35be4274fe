"""Kaitai's own compiler, run over folders of schemas, and the parsers that it made."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
REFUSED: Final = 1


def compile_folder(schemas: Path, output: Path, language: str = "python") -> str:
    """Compile every schema below a folder; fetch the compiler if need be.

    Args:
        schemas: the folder; schemas import each other by name, wherever they lie in it.
        output: gets one module a schema.
        language: what to compile to, as the compiler calls it.

    Returns:
        A line for each schema.

    Raises:
        RuntimeError: it refused one, or could not run; the message is what it said.
    """
    if not _is_installed():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    command = ["node", str(HERE / "compile.mjs"), str(schemas), str(output), language]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
    return done.stdout


def _is_installed() -> bool:
    """Whether `npm ci` has run since the versions were last changed."""
    record = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    return record.is_file() and record.stat().st_mtime >= lock.stat().st_mtime


def parser_in(output: Path, name: str) -> Any:  # noqa: ANN401  # its module is made while we run
    """Return the class that was made of the schema `name`.

    Modules that are called as those of other folders, or of Python itself, must not be taken for
    them; so what is loaded already under such a name is forgotten.
    """
    for module in {path.stem for path in output.glob("*.py")} & set(sys.modules):
        del sys.modules[module]
    sys.path.insert(0, str(output))
    try:
        words = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
        return getattr(importlib.import_module(name), words)
    finally:
        sys.path.remove(str(output))

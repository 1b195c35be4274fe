"""The shape that docs call good: small modules, short functions, docstrings, no junk drawers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
JUNK_DRAWERS = {"utils", "util", "misc", "helpers", "helper", "common", "junkdrawer"}


def faults(path: Path) -> Iterator[str]:
    """What is wrong with the shape of one module."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if text.count("\n") > MAX_MODULE_LINES:
        yield f"{path}: {text.count(chr(10))} lines, {MAX_MODULE_LINES} allowed"
    if not ast.get_docstring(tree):
        yield f"{path}: no module docstring"
    if JUNK_DRAWERS & {path.stem, path.parent.name}:
        yield f"{path}: a name that says nothing"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def test_modules_have_the_agreed_shape() -> None:
    """No module of the package breaks a rule of shape."""
    modules = sorted((ROOT / "harness").rglob("*.py"))
    assert modules
    assert [fault for path in modules for fault in faults(path)] == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("long.py", '"""Long."""\n' + "x = 1\n" * MAX_MODULE_LINES, "lines"),
        ("bare.py", "x = 1\n", "no module docstring"),
        ("utils.py", '"""Things."""\n', "says nothing"),
        (
            "slow.py",
            '"""Slow."""\ndef f():\n' + "    g()\n" * MAX_FUNCTION_LINES,
            f"f has {MAX_FUNCTION_LINES + 1} lines",
        ),
    ],
)
def test_each_fault_of_shape_is_found(tmp_path: Path, name: str, text: str, fault: str) -> None:
    """A module with one fault yields exactly that fault."""
    module = tmp_path / name
    module.write_text(text)
    assert [fault in found for found in faults(module)] == [True]

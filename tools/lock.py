"""Prints the exact version of every package in the environment, for constraints.txt."""

from __future__ import annotations

import re
from importlib.metadata import distributions

_HEADER = """\
# Exact versions of everything in .venv, written by `make lock`.
# Names and versions only: where packages come from is the business of each machine's pip.
"""
_OUR_OWN_OR_PART_OF_VENV = {"content-harness", "pip", "setuptools"}


def main() -> None:
    """Print one `name==version` a line, sorted."""
    installed = {
        re.sub(r"[-_.]+", "-", item.name).lower(): item.version for item in distributions()
    }
    print(_HEADER, end="")
    for name in sorted(installed.keys() - _OUR_OWN_OR_PART_OF_VENV):
        print(f"{name}=={installed[name]}")


if __name__ == "__main__":
    main()

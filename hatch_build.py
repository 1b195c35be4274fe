"""Build hook: schemas and valid corpus files travel in the wheel as `harness/_data`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataHook(BuildHookInterface[Any]):
    """Adds package data to a wheel; an editable install uses the folders of the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map each data folder to its place in the wheel.

        Args:
            version: `standard` for a wheel, `editable` for a development install.
            build_data: hatchling's build state; `force_include` maps source to destination.
        """
        if version == "editable":
            return
        root = Path(self.root)
        folders = [root / "schemas", *sorted(root.glob("corpora/*/valid"))]
        if not any(folders[0].rglob("*.ksy")):
            message = "schemas/ holds no .ksy file: this wheel could not validate anything"
            raise FileNotFoundError(message)
        for folder in folders:
            destination = Path("harness/_data") / folder.relative_to(root)
            build_data["force_include"][str(folder)] = destination.as_posix()

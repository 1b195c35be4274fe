"""Debian packages of any architecture, fetched with `apt-get` and unpacked, none installed.

The package lists are kept in a folder of their own, so that the machine's are left as they are.
Where the archive is, and how it is signed, is what the machine's own configuration says.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


class NotDebianError(Exception):
    """The machine has no Debian archive to fetch from."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The packages of one architecture.

    Attributes:
        folder: holds everything that apt writes.
        architecture: as Debian calls it.
    """

    folder: Path
    architecture: str

    def update(self) -> None:
        """Fetch the list of packages.

        Raises:
            NotDebianError: the machine does not use Debian's archive.
        """
        (self.folder / "lists" / "partial").mkdir(parents=True)
        (self.folder / "cache" / "archives" / "partial").mkdir(parents=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(_source(self.architecture))
        (self.folder / "apt.conf").write_text(
            f'APT::Architecture "{self.architecture}";\n'
            f'APT::Architectures {{ "{self.architecture}"; }};\n'
            f'Dir::State::lists "{self.folder}/lists";\n'
            f'Dir::State::status "{self.folder}/status";\n'
            f'Dir::Cache "{self.folder}/cache";\n'
            f'Dir::Etc::sourcelist "{self.folder}/sources.list";\n'
            'Dir::Etc::sourceparts "-";\nAcquire::Languages "none";\n'
        )
        self._run("apt-get", "update")

    def depends(self, package: str) -> str:
        """Return the first package that another one depends on."""
        listed = self._run("apt-cache", "depends", "--important", package)
        found = re.search(r"Depends: (\S+)", listed)
        if found is None:
            raise LookupError(f"`{package}` depends on nothing")
        return found[1]

    def unpacked(self, package: str) -> Path:
        """Fetch a package and return the folder with its files."""
        there = self.folder / package
        there.mkdir()
        self._run("apt-get", "download", package, folder=there)
        (archive,) = there.glob("*.deb")
        subprocess.run(["dpkg-deb", "--extract", archive, there / "files"], check=True)
        archive.unlink()
        return there / "files"

    def _run(self, *command: str, folder: Path | None = None) -> str:
        environment = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf")}
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=folder, env=environment
        )
        return done.stdout


def _source(architecture: str) -> str:
    """Return a line of a `sources.list`: the archive that this machine installs from."""
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        site, _, release = line.partition(" ")
        if site.endswith("/debian") and release.isalpha():
            return f"deb [arch={architecture}] {site} {release} main\n"
    raise NotDebianError("no source of packages is Debian's archive")

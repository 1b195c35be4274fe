"""Fetch the source of libyara: `python fetch.py`. It comes inside yara-python's distributions.

pip takes them from the package index by version; they go to `.build/`, which git ignores. Nothing
of them is part of this repository, and no other target of `make` needs them.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / ".build"

# The versions that the manifests name, with the SHA-256 of the distributions.
DISTRIBUTIONS = {
    "3.7.0": "bedb10a9be398616fc1a5d4bb14f369ed88e4dec5f6455047e3e4efee01890e0",
    "4.5.4": "4c682170f3d5cb3a73aa1bd0dc9ab1c0957437b937b7a83ff6d7ffd366415b9c",
}


def fetch(version: str) -> None:
    """Put the source of one version into the build folder, unless it is there."""
    target = BUILD / f"yara-python-{version}"
    if target.exists():
        return
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        archive = _download(version, Path(scratch))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if digest != DISTRIBUTIONS[version]:
            raise SystemExit(f"yara-python {version}: unexpected SHA-256 {digest}")
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        unpacked = next(path for path in Path(scratch).iterdir() if path.is_dir())
        unpacked.rename(target)


def _download(version: str, folder: Path) -> Path:
    """Let pip fetch the source distribution; only its own metadata step runs code from it."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    words += ["--no-deps", "--no-binary", ":all:", "--dest", str(folder)]
    subprocess.run([*words, f"yara-python=={version}"], check=True)
    return next(folder.glob("yara*.tar.gz"))


if __name__ == "__main__":
    for wanted in DISTRIBUTIONS:
        fetch(wanted)
        print(f".build/yara-python-{wanted}")

"""What the tests of consumers share: one cache of built programs, and consumers made of text."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.consumers import manifest
from harness.consumers.run import Consumer, prepare

HERE = Path(__file__).parent
MakeConsumer = Callable[..., Consumer]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """An environment with a cache folder of its own."""
    cache = tmp_path_factory.mktemp("cache")
    return {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(cache)}


@pytest.fixture
def make_consumer(tmp_path: Path, environment: Mapping[str, str]) -> MakeConsumer:
    """Make a consumer of the text of a C source, with more lines for `[run]`."""

    def make(source: str, run: str = "", rest: str = "") -> Consumer:
        (tmp_path / "consumer.c").write_text('#include "harness_consumer.h"\n' + source)
        library = 'library = {sources = ["consumer.c"]}'
        (tmp_path / "consumer.toml").write_text(manifest_text(f"{library}\n{run}", rest))
        return prepare(manifest.load(tmp_path / "consumer.toml"), environment=environment)

    return make


@pytest.fixture(scope="session")
def misbehaving(
    tmp_path_factory: pytest.TempPathFactory, environment: Mapping[str, str]
) -> Consumer:
    """The consumer that does what its content says."""
    path = tmp_path_factory.mktemp("misbehaving") / "consumer.toml"
    source = os.path.relpath(HERE / "misbehaving.c", path.parent)
    run = f'library = {{sources = ["{source}"]}}\nmemory_mb = 256'
    path.write_text(manifest_text(run))
    return prepare(manifest.load(path), environment=environment)


def manifest_text(run: str, rest: str = "") -> str:
    """A manifest with `run` as the lines of its `[run]` table."""
    return f'name = "test"\nversion = "1"\nschema = "any"\n[run]\n{run}\n{rest}\n'

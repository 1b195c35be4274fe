"""Samples: which files are compared, and what becomes of each, also of those that go wrong."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tools.conformance import samples
from tools.conformance.gallery import Outcome as Loaded
from tools.conformance.gallery import run_gallery
from tools.conformance.samples import Compared, Outcome, Sample, compare_sample, samples_of

SCHEMA = """\
meta: {id: tiny}
seq: [{id: a, type: u1}]
instances: {b: {pos: 1, type: u1, valid: {max: 9}}}
"""
# what Kaitai's compiler would make, with a gap for the body of the instance
PARSER = """\
from kaitaistruct import EndOfStreamError, KaitaiStruct

class Tiny(KaitaiStruct):
    def __init__(self, _io, _parent=None, _root=None):
        super().__init__(_io)
        self.a = self._io.read_u1()

    @property
    def b(self):
%s
"""
SOUND = """
    self._io.seek(1)
    return self._io.read_u1()
    """


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A gallery of one schema, a folder for parsers and one for samples."""
    made = tuple(tmp_path / name for name in ("formats", "generated", "samples"))
    for folder in made:
        (folder / "kind" / "tiny").mkdir(parents=True)
    (made[0] / "kind" / "tiny.ksy").write_text(SCHEMA)
    return made[0], made[1], made[2]


def compared(folders: tuple[Path, Path, Path], content: bytes, body: str = SOUND) -> Compared:
    """Compare a sample with a parser whose instance has this body."""
    formats, generated, folder = folders
    (generated / "tiny.py").write_text(PARSER % indent(dedent(body), " " * 8))
    file = folder / "kind" / "tiny" / "a.bin"
    file.write_bytes(content)
    (sample,) = samples_of(folder, formats)
    return compare_sample(sample, formats, generated)


def test_samples_lie_in_a_folder_called_as_their_schema(folders: tuple[Path, Path, Path]) -> None:
    """What only describes them, and what has no schema, is left out."""
    formats, _, folder = folders
    for name in ("tiny/a.bin", "tiny/a.bin.license", "tiny/README.md", "other.bin"):
        (folder / "kind" / name).write_bytes(b"\1")
    file = folder / "kind" / "tiny" / "a.bin"
    expected = Sample("kind/tiny/a.bin", file, formats / "kind" / "tiny.ksy")
    assert list(samples_of(folder, formats)) == [expected]


def test_equal_values_are_counted(folders: tuple[Path, Path, Path]) -> None:
    """Attributes, and instances asked for on both sides."""
    found = compared(folders, b"\1\2")
    assert (found.outcome, found.values, found.reasons) == (Outcome.SAME, 2, ())


def test_what_both_reject_is_the_same(folders: tuple[Path, Path, Path]) -> None:
    """An instance that is not there to read."""
    found = compared(folders, b"\1")
    assert (found.outcome, found.values, found.rejections) == (Outcome.SAME, 1, 1)


@pytest.mark.parametrize(
    ("content", "body", "said"),
    [
        (b"\1\2", "return 3", "b: Kaitai has 3, we have 2"),
        (b"\1\2", "return True", "b: Kaitai has True, we have 2"),
        (b"\1\2", "raise EndOfStreamError('x', 1, 0)", "b: Kaitai has EndOfStreamError (x), we"),
        (b"\1\x0f", SOUND, "b: Kaitai has 15, we have nothing and B201"),
        (b"\1", "raise UnicodeDecodeError('x', b'', 0, 1, 'y')", "b: Kaitai has UnicodeDecodeEr"),
    ],
)
def test_a_difference_is_told(
    folders: tuple[Path, Path, Path], content: bytes, body: str, said: str
) -> None:
    """Another value, another kind of value, a rejection on one side, one of another kind."""
    found = compared(folders, content, body)
    assert found.outcome is Outcome.DIFFERENT
    assert [line[: len(said)] for line in found.reasons] == [said]


def test_a_parser_that_does_not_end_costs_only_its_file(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told."""
    monkeypatch.setattr(samples, "SECONDS", 3)
    found = compared(folders, b"\1\2", "import time\ntime.sleep(60)")
    assert found.outcome is Outcome.LATE


def test_a_process_that_dies_costs_only_its_file(folders: tuple[Path, Path, Path]) -> None:
    """The code it ended with is told."""
    found = compared(folders, b"\1\2", "import os\nos._exit(7)")
    assert (found.outcome, found.reasons) == (Outcome.CRASHED, ("7: ",))


def test_a_schema_of_the_gallery_loads_or_says_why(folders: tuple[Path, Path, Path]) -> None:
    """A construct outside the profile is a refusal; a mistake is a failure."""
    kind = folders[0] / "kind"
    (kind / "opaque.ksy").write_text("meta: {id: opaque, ks-opaque-types: true}\n")
    (kind / "wrong.ksy").write_text("meta: {id: wrong}\nseq: [{id: a, type: nothing}]\n")
    (kind / "using.ksy").write_text("meta: {id: using, imports: [/kind/tiny]}\n")
    outcomes = {one.name: one.outcome for one in run_gallery(folders[0])}
    assert outcomes == {
        "kind/opaque.ksy": Loaded.REFUSED,
        "kind/tiny.ksy": Loaded.LOADED,
        "kind/using.ksy": Loaded.LOADED,
        "kind/wrong.ksy": Loaded.FAILED,
    }

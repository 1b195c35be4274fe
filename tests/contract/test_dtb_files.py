"""Device trees as `dtc` writes them, those of Debian's kernel, and what `dtc` reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from corpora.recipes.dtb import build
from corpora.recipes.dtb_files import CORPUS
from corpora.recipes.dtb_valid import SOME
from corpora.recipes.sample import Sample
from harness.findings.model import Finding, Severity
from harness.validation import Request, validate_file
from tests.contract.debian import Archive, NotDebianError

FEWEST_TREES = 500

# True, and explained in docs/formats-dtb.md: names that chapter 2 forbids and all trees have.
TRUE_NOTES = {"node-name-length", "node-name-start", "property-name-length"}

# `SOME` in the source language.
BOARD = """
/dts-v1/;
/ {
    model = "sample,board"; compatible = "sample,board", "sample,soc";
    #address-cells = <1>; #size-cells = <1>;
    cpus {
        #address-cells = <1>; #size-cells = <0>;
        cpu@0 { device_type = "cpu"; reg = <0>; };
        cpu@1 { device_type = "cpu"; reg = <1>; };
    };
    memory@0 { device_type = "memory"; reg = <0 0x20000000>; };
    uart0: uart@fe001000 {
        compatible = "ns16550"; reg = <0xfe001000 0x100>; interrupt-controller;
    };
    chosen { bootargs = "root=/dev/sda2"; };
    aliases { serial0 = "/uart@fe001000"; };
};
"""
OVERLAY = '/dts-v1/; /plugin/; &uart0 { status = "okay"; speed = [00 01 02]; };'
# `dtc` wants the root node at once; §5.4.2 allows FDT_NOP before it.
REFUSED_BY_DTC = {"nops.dtb"}


def compiled(source: str, folder: Path, *options: str) -> Path:
    """Compile a tree with `dtc`."""
    dtc = shutil.which("dtc")
    if dtc is None:
        pytest.skip("`dtc` is not installed")
    text, tree = folder / "tree.dts", folder / "tree.dtb"
    text.write_text(source)
    subprocess.run([dtc, "-q", *options, "-O", "dtb", "-o", tree, text], check=True)
    return tree


def findings(path: Path) -> tuple[Finding, ...]:
    """What the schema has to say."""
    return validate_file(path, Request(schema="dtb")).findings


def test_the_recipes_write_what_dtc_writes(tmp_path: Path) -> None:
    """The same tree, compiled by `dtc`, has the same bytes."""
    assert compiled(BOARD, tmp_path).read_bytes() == build(SOME)


@pytest.mark.parametrize(
    "options",
    ["", "-@", "-p 64", "-S 4096", "-a 16", "-R 4", "-b 1", "-H legacy", "-s"],
    ids=lambda options: options or "plain",
)
def test_a_tree_has_only_notes(options: str, tmp_path: Path) -> None:
    """Free space, reserved memory, symbols, sorted nodes: all is in order."""
    for source in (BOARD, OVERLAY):
        found = findings(compiled(source, tmp_path, *options.split()))
        assert {item.rule for item in found} <= TRUE_NOTES, source


@pytest.mark.parametrize("version", [1, 2, 3, 16])
def test_a_tree_of_another_version_has_an_error(version: int, tmp_path: Path) -> None:
    """The specification describes version 17 only (§5.1)."""
    found = findings(compiled(BOARD, tmp_path, "-V", str(version)))
    assert ("B201", "header.version") in {(item.code, item.path) for item in found}


@pytest.mark.parametrize("sample", CORPUS.valid, ids=lambda sample: sample.name)
def test_dtc_reads_what_is_valid(sample: Sample, tmp_path: Path) -> None:
    """Each valid file of the corpus, but for one that says why."""
    dtc = shutil.which("dtc")
    if dtc is None:
        pytest.skip("`dtc` is not installed")
    (tmp_path / "tree").write_bytes(sample.data)
    command = [dtc, "-q", "-I", "dtb", "-O", "dts", "-o", "/dev/null", str(tmp_path / "tree")]
    status = subprocess.run(command, capture_output=True, check=False).returncode
    assert (status != 0) == (sample.name in REFUSED_BY_DTC)


@pytest.fixture(scope="module")
def kernel_trees(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The device trees of Debian's kernel for arm64, in the release that the machine has."""
    archive = Archive(tmp_path_factory.mktemp("debian"), "arm64")
    try:
        archive.update()
    except NotDebianError as error:
        pytest.skip(str(error))
    files = archive.unpacked(archive.depends("linux-image-arm64"))
    return sorted(path for path in files.rglob("*") if path.suffix in {".dtb", ".dtbo"})


@pytest.mark.deep
def test_the_trees_of_the_kernel_have_only_true_findings(kernel_trees: list[Path]) -> None:
    """Notes about names; and where libfdt applied an overlay, padding that is not zero (§5.4.1)."""
    assert len(kernel_trees) > FEWEST_TREES
    found = [(path, item) for path in kernel_trees for item in findings(path)]
    errors = [(path, item) for path, item in found if item.severity is Severity.ERROR]
    assert {item.rule for _, item in found} - {""} <= TRUE_NOTES
    assert {item.code for _, item in errors} <= {"S107"}
    assert len({path for path, _ in errors}) < len(kernel_trees) / 10


@pytest.mark.deep
def test_a_tree_that_lost_its_last_byte_has_an_error(
    kernel_trees: list[Path], tmp_path: Path
) -> None:
    """The same check, seen to fail."""
    cut = tmp_path / "cut.dtb"
    for path in kernel_trees[::50]:
        cut.write_bytes(path.read_bytes()[:-1])
        assert "S101" in {item.code for item in findings(cut)}, path

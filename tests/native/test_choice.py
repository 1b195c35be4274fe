"""The native engine judges where it is there or pays; where it should and cannot, that is said."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.findings.message import help_text
from harness.findings.model import Finding, Place, Severity
from harness.native import service
from harness.validation import (
    Request,
    Result,
    Validator,
    engines,
    unused_companions,
    validate_paths,
)
from harness.validation.engines import NativeEngineError
from harness.validation.inputs import Input
from harness.validation.request import EngineChoice
from tests.native import stand_in

# the first byte is what the stand-in's run ends with, the second makes a finding
CLEAN, BROKEN, REFUSED = b"\0", b"\0\5", b"\4"
BOX = "meta: {id: box, endian: le}\nseq:\n  - {id: rest, size-eos: true}\n"


@pytest.fixture(autouse=True)
def compiler_of_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in compiles everything, and each byte of content counts."""
    monkeypatch.setattr(service, "_generate", stand_in.generate)
    monkeypatch.setattr(service, "uncompilable", lambda _schema, _overlays: ())
    monkeypatch.setattr(engines, "FILE_BYTES", 0)
    monkeypatch.setattr(engines, "LOOKS_FROM_BYTES", 3)
    monkeypatch.setattr(engines, "PAYS_FROM_BYTES", 6)
    service._shared.cache_clear()


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """One whose cache folder does not exist yet."""
    return {"PATH": os.environ["PATH"], "HARNESS_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A schema that takes any content."""
    path = tmp_path / "box.ksy"
    path.write_text(BOX)
    return path


def covered_box(folder: Path) -> str:
    """A schema that takes any content, and a companion."""
    (folder / "lid.ksy").write_text(BOX.replace("box", "lid"))
    schema = folder / "box.ksy"
    schema.write_text(
        "meta: {id: box, endian: le, imports: [lid]}\nparams:\n  - {id: cover, type: lid}\n"
        "seq:\n  - {id: rest, size-eos: true}\n"
    )
    return str(schema)


class Run:
    """Contents judged one after the other, as in one call."""

    def __init__(
        self,
        schema: Path,
        environment: Mapping[str, str],
        engine: EngineChoice = "auto",
        *,
        lenient: bool = False,
    ) -> None:
        request = Request(schema=str(schema), engine=engine, lenient=lenient)
        self._validator = Validator(request, environment=environment)

    def judge(self, data: bytes) -> Result:
        """Judge one content."""
        return self._validator.validate_data(Input("a.box"), data)

    def engines(self, *contents: bytes) -> list[str]:
        """Who judged each."""
        return [self.judge(data).engine for data in contents]


def test_what_is_not_compiled_is_read_until_compiling_pays(
    box: Path, environment: Mapping[str, str]
) -> None:
    """The last content makes it as much as compiling costs."""
    run = Run(box, environment)
    assert run.engines(CLEAN * 2, CLEAN * 2, CLEAN, CLEAN, CLEAN) == [
        *["reference"] * 3,
        *["native"] * 2,
    ]


def test_what_is_compiled_is_taken_beyond_the_smallest(
    box: Path, environment: Mapping[str, str]
) -> None:
    """A small file is read before the native engine would be loaded."""
    Run(box, environment, "native").judge(CLEAN)
    assert Run(box, environment).engines(CLEAN * 2, CLEAN) == ["reference", "native"]


def test_who_asks_for_an_engine_gets_it(box: Path, environment: Mapping[str, str]) -> None:
    """Whatever the size, and whatever is there."""
    assert Run(box, environment, "native").engines(CLEAN) == ["native"]
    assert Run(box, environment, "reference").engines(CLEAN * 9, CLEAN) == ["reference"] * 2


def test_only_the_reference_reader_leaves_a_tree(box: Path, environment: Mapping[str, str]) -> None:
    """Whoever needs one asks for that reader."""
    assert Run(box, environment, "native").judge(CLEAN).reading is None
    assert Run(box, environment, "reference").judge(CLEAN).reading is not None


def test_findings_of_the_native_engine_are_in_the_result(
    box: Path, environment: Mapping[str, str]
) -> None:
    """With file and path as it was asked."""
    (found,) = Run(box, environment, "native").judge(BROKEN).findings
    assert (found.code, found.file) == ("S101", "a.box")


def test_a_missing_compiler_is_said_once(box: Path, environment: Mapping[str, str]) -> None:
    """Where the choice is ours; the reader does the work, and all of it."""
    run = Run(box, {**environment, "CC": "no-such-compiler"})
    first, second = run.judge(CLEAN * 9), run.judge(CLEAN * 9)
    assert [(one.code, one.file) for one in first.findings] == [("T014", str(box))]
    assert "no-such-compiler" in first.findings[0].actual
    assert (first.engine, second.engine, second.findings) == ("reference", "reference", ())


def test_small_content_needs_no_compiler(box: Path, environment: Mapping[str, str]) -> None:
    """So nothing is said of one that is missing."""
    run = Run(box, {**environment, "CC": "no-such-compiler"})
    assert run.judge(CLEAN * 4).findings == ()


def test_a_missing_compiler_is_an_error_for_who_asks(
    box: Path, environment: Mapping[str, str]
) -> None:
    """Nothing else will do."""
    run = Run(box, {**environment, "CC": "no-such-compiler"}, "native")
    with pytest.raises(NativeEngineError, match="no-such-compiler"):
        run.judge(CLEAN)


def test_what_is_not_compiled_is_named_with_its_place(
    box: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note where the choice is ours, an error for who asks."""
    place = Place("box.ksy", 3)
    note = Finding(code="Q950", severity=Severity.NOTE, file="box.ksy",
                   actual="`process: zlib`", source=place)  # fmt: skip
    monkeypatch.setattr(service, "uncompilable", lambda _schema, _overlays: (note,))
    assert Run(box, environment).judge(CLEAN * 9).findings == (note,)
    with pytest.raises(NativeEngineError, match="zlib"):
        Run(box, environment, "native").judge(CLEAN)


def test_content_that_the_engine_refuses_is_read(box: Path, environment: Mapping[str, str]) -> None:
    """With a note on it; the next is judged natively again."""
    run = Run(box, environment)
    judged = [run.judge(data) for data in (CLEAN * 9, REFUSED, CLEAN)]
    assert [one.engine for one in judged] == ["native", "reference", "native"]
    assert [(one.code, one.file) for one in judged[1].findings] == [("T014", "a.box")]
    with pytest.raises(NativeEngineError, match="nests"):
        Run(box, environment, "native").judge(REFUSED)


def test_content_beyond_the_engine_leaves_the_others(
    box: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for the engine is told of it as an error, the file is named and not checked."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    contents = {"a.box": BROKEN, "b.box": REFUSED, "c.box": BROKEN}
    for name, content in contents.items():
        (box.parent / name).write_bytes(content)
    names = [str(box.parent / name) for name in contents]
    request = Request(schema=str(box), engine="native")
    results = list(validate_paths(names, request))
    assert [one.checked for one in results] == [True, False, True]
    assert [[(one.code, one.severity, one.file) for one in each.findings] for each in results] == [
        [("S101", Severity.ERROR, names[0])],
        [("T014", Severity.ERROR, names[1])],
        [("S101", Severity.ERROR, names[2])],
    ]
    assert "nests" in results[1].findings[0].actual


def test_a_companion_beyond_the_engine_is_named(
    tmp_path: Path, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The candidate is not checked, and nobody says that the companion is unused."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    companions = {"cover": tmp_path / "a.lid"}
    request = Request(schema=covered_box(tmp_path), engine="native", companions=companions)
    (tmp_path / "a.lid").write_bytes(REFUSED)
    (tmp_path / "a.box").write_bytes(CLEAN)
    (result,) = validate_paths([str(tmp_path / "a.box")], request)
    assert not result.checked
    assert [(one.code, one.file) for one in result.findings] == [("T014", str(tmp_path / "a.lid"))]
    assert unused_companions(companions, (), result.findings) == []


def test_help_fits_what_is_missing(
    box: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """A compiler does not help where one is there; of what it says, the error is told."""
    (tmp_path / "file").touch()
    odd = tmp_path / "odd-compiler"
    odd.write_text("#!/bin/sh\necho note: odd >&2\necho a.c:1: error: it is odd >&2\nexit 1\n")
    odd.chmod(0o700)
    helps = [
        help_text(Run(box, {**environment, **more}).judge(CLEAN * 9).findings[0])
        for more in ({"CC": "no-such-compiler"}, {"HARNESS_CACHE": str(tmp_path / "file")})
    ]
    assert ["install" in helps[0], "HARNESS_CACHE" in helps[1]] == [True, True]
    refused = Run(box, {**environment, "CC": str(odd)}).judge(CLEAN * 9).findings[0]
    assert refused.actual.endswith("compile: a.c:1: error: it is odd")
    assert "install" not in help_text(refused)


def test_a_mistyped_companion_is_told_beside_the_one_that_is_missing(tmp_path: Path) -> None:
    """Otherwise its author reads that none was given."""
    request = Request(schema=covered_box(tmp_path), companions={"cvoer": tmp_path / "a.lid"})
    (found,) = Validator(request).validate_data(Input("a.box"), CLEAN).findings
    assert (found.code, "`cvoer`: none of its companions" in found.actual) == ("T002", True)


def test_lenient_reading_is_the_reference_reader_s(
    box: Path, environment: Mapping[str, str]
) -> None:
    """It is not compiled."""
    assert Run(box, environment, lenient=True).engines(CLEAN * 9) == ["reference"]
    with pytest.raises(NativeEngineError, match="lenient"):
        Run(box, environment, "native", lenient=True).judge(CLEAN)


def test_a_companion_is_judged_for_itself(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """Its findings stand beside the candidate's, under its name."""
    (tmp_path / "a.lid").write_bytes(BROKEN)
    companions = {"cover": tmp_path / "a.lid"}
    request = Request(schema=covered_box(tmp_path), engine="native", companions=companions)
    run = Validator(request, environment=environment)
    found = run.validate_data(Input("a.box"), BROKEN).findings
    assert [(one.path, Path(one.file).name) for one in found] == [
        ("cover:", "a.lid"),
        ("", "a.box"),
    ]

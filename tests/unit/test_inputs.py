"""Inputs: files, folders and streams, and why one cannot be read."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path

import pytest

from harness.validation import Request, Result, Validator, inputs, validate_file
from harness.validation.inputs import Input, UnreadableError, expand, read_input


def test_a_file_is_itself(tmp_path: Path) -> None:
    """A file, a missing one too, is yielded under the name it was given."""
    name = str(tmp_path / "missing.bin")
    assert list(expand(name)) == [Input(name)]


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    """The files below a folder come in the order of their names, folder by folder."""
    for name in ("b/2.bin", "b/1.bin", "a/9.bin", "z.bin", "c.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [os.path.relpath(one.name, tmp_path) for one in expand(str(tmp_path))]
    assert found == ["c.bin", "z.bin", "a/9.bin", "b/1.bin", "b/2.bin"]
    assert all(one.is_walked for one in expand(str(tmp_path)))


def test_names_stay_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder named `./x` gives names that begin so."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.bin").touch()
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in expand("./x")] == ["./x/a.bin"]


def test_a_dash_is_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is never a folder, even where one has that name."""
    (tmp_path / "-").mkdir()
    monkeypatch.chdir(tmp_path)
    assert list(expand("-")) == [Input("-")]


def test_links_to_folders_are_not_walked(tmp_path: Path) -> None:
    """A link to the folder around it does not make an endless walk; it is named with a reason."""
    (tmp_path / "a.bin").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    found = [(Path(one.name).name, bool(one.unreadable)) for one in expand(str(tmp_path))]
    assert found == [("a.bin", False), ("loop", True)]


@pytest.mark.parametrize("content", [b"", b"abc"])
def test_a_small_file_is_read(tmp_path: Path, content: bytes) -> None:
    """A small file gives its bytes, an empty one none."""
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert read_input(str(path)) == content


def test_a_content_does_not_change_with_its_file(tmp_path: Path) -> None:
    """A file that is cut off while it is judged ends nothing: it was read before."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc" * (1 << 20))
    content = read_input(str(path))
    os.truncate(path, 1)
    assert content == b"abc" * (1 << 20)


def test_a_large_file_is_mapped(tmp_path: Path) -> None:
    """What is too large to hold is not copied."""
    path = tmp_path / "a.bin"
    path.touch()
    os.truncate(path, inputs.MAX_BYTES + 1)
    content = read_input(str(path))
    assert isinstance(content, mmap.mmap)
    assert len(content) == inputs.MAX_BYTES + 1
    content.close()


def test_standard_input_is_read() -> None:
    """`-` reads what it is given."""
    assert read_input("-", io.BytesIO(b"abc")) == b"abc"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.bin", "no such file or directory"),
        (".", "is a directory"),
        ("a\0b", "embedded null byte"),
        ("-", "there is no standard input"),
        ("x" * 5000, "file name too long"),
    ],
)
def test_what_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    """The reason is given in lower case."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreadableError) as caught:
        read_input(name)
    assert caught.value.reason == reason


def test_an_endless_stream_is_refused() -> None:
    """A stream beyond the limit is not read to its end."""
    stream = io.BytesIO(b"abcdefgh")
    assert read_input("-", io.BytesIO(b"abcd"), max_bytes=4) == b"abcd"
    with pytest.raises(UnreadableError, match="more than 4 bytes"):
        read_input("-", stream, max_bytes=4)
    assert stream.tell() == 5


def test_a_device_is_read_as_a_stream() -> None:
    """An endless device is refused after so many bytes."""
    with pytest.raises(UnreadableError, match="more than 4 bytes"):
        read_input("/dev/zero", max_bytes=4)


@pytest.mark.parametrize(("most", "code"), [(8, None), (7, "T001")])
def test_a_file_of_a_known_schema_may_be_too_large(
    tmp_path: Path, most: int, code: str | None
) -> None:
    """A file as large as allowed is checked; one byte more, and it is a finding."""
    found = _checked(tmp_path, Request(schema=str(_list_schema(tmp_path)), max_bytes=most))
    assert [item.code for item in found.findings] == ([code] if code else [])
    assert found.checked is (code is None)


def test_a_large_file_of_no_known_schema_is_passed_over(tmp_path: Path) -> None:
    """In a folder, what is no content at all may have any size."""
    path = tmp_path / "other.iso"
    path.write_bytes(b"12345678")
    result = Validator(Request(max_bytes=4)).validate(Input(str(path), is_walked=True))
    assert result.findings == ()
    assert not result.checked


def test_a_companion_may_be_too_large(tmp_path: Path) -> None:
    """It is as good as missing, and the finding says why."""
    (tmp_path / "more.ksy").write_text("meta: {id: more}\nseq: [{id: all, size-eos: true}]\n")
    schema = tmp_path / "main.ksy"
    schema.write_text(
        "meta: {id: main, imports: [more]}\nparams: [{id: other, type: more}]\n"
        "seq: [{id: all, size-eos: true}]\n"
    )
    (tmp_path / "a.bin").write_bytes(b"1")
    (tmp_path / "b.bin").write_bytes(b"12345678")
    request = Request(schema=str(schema), companions={"other": tmp_path / "b.bin"}, max_bytes=7)
    (finding,) = validate_file(tmp_path / "a.bin", request).findings
    assert finding.code == "T002"
    assert "more than 7 bytes" in finding.actual


def _list_schema(folder: Path) -> Path:
    path = folder / "list.ksy"
    path.write_text("meta: {id: list}\nseq: [{id: all, size-eos: true}]\n")
    return path


def _checked(folder: Path, request: Request) -> Result:
    path = folder / "a.bin"
    path.write_bytes(b"12345678")
    return validate_file(path, request)

"""Inputs: files, folders and streams, and why one cannot be read."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path

import pytest

from harness.validation import inputs
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
    """A link to the folder around it does not make an endless walk."""
    (tmp_path / "a.bin").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [Path(one.name).name for one in expand(str(tmp_path))] == ["a.bin"]


@pytest.mark.parametrize("content", [b"", b"abc"])
def test_a_small_file_is_read(tmp_path: Path, content: bytes) -> None:
    """A small file gives its bytes, an empty one none."""
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert read_input(str(path)) == content


def test_a_large_file_is_mapped(tmp_path: Path) -> None:
    """A file of 1 MiB is mapped, not copied."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(inputs.MAP_FROM_BYTES))
    content = read_input(str(path))
    assert isinstance(content, mmap.mmap)
    assert len(content) == inputs.MAP_FROM_BYTES
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


def test_an_endless_stream_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream beyond the limit is not read to its end."""
    monkeypatch.setattr(inputs, "MAX_PIPE_BYTES", 4)
    assert read_input("-", io.BytesIO(b"abcd")) == b"abcd"
    with pytest.raises(UnreadableError, match="more than 4 bytes"):
        read_input("-", io.BytesIO(b"abcde"))


def test_a_device_is_read_as_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless device is refused after so many bytes."""
    monkeypatch.setattr(inputs, "MAX_PIPE_BYTES", 4)
    with pytest.raises(UnreadableError):
        read_input("/dev/zero")

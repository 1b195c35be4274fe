"""`harness generate`: what a user gets, again and again the same, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.box_files import TIMEOUT_SECONDS, Boxes

_PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "generated-1.schema.json"
# the body may be long, so that a boundary of its size is a file of that size
_BOX = ("generate", "--schema", "box.ksy")


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder."""
    read: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return read


def digests(folder: Path) -> dict[str, str]:
    """Return the names and sums of all files of a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_valid_files_have_no_finding(boxes: Boxes) -> None:
    """As many as were asked for, numbered from one, each in the manifest with its sum."""
    assert boxes.code(*_BOX, "-n", "30", "-o", "out") == 0
    out = boxes.folder / "out"
    names = [f"{number:04}.box" for number in range(1, 31)]
    listed = manifest(out)["files"]
    assert [file["name"] for file in listed] == names
    assert {file["name"]: file["sha256"] for file in listed}.items() <= digests(out).items()
    files = [f"out/{name}" for name in names]
    assert boxes.code("validate", "--schema", "box.ksy", "--fail-on", "note", *files) == 0


def test_the_same_seed_makes_the_same_files(boxes: Boxes) -> None:
    """Whatever the hash seed of the interpreter and the number of processes; another does not."""
    for folder, seed, hashing, workers in (
        ("one", "7", "1", "1"),
        ("two", "7", "2", "3"),
        ("other", "8", "1", "1"),
    ):
        line = (*_BOX, "-n", "90", "--seed", seed, "--workers", workers, "-o", folder)
        assert boxes.run(*line, more={"PYTHONHASHSEED": hashing}).returncode == 0
    one, two, other = (digests(boxes.folder / name) for name in ("one", "two", "other"))
    assert one == two
    assert one != other


def test_the_number_of_files_does_not_change_the_first(boxes: Boxes) -> None:
    """Each file has a seed of its own."""
    for folder, number in (("few", "3"), ("more", "30")):
        boxes.run(*_BOX, "-n", number, "-o", folder)
    few, more = (manifest(boxes.folder / name)["files"] for name in ("few", "more"))
    assert few == more[:3]


def test_breaking_a_code_raises_only_it(boxes: Boxes) -> None:
    """Every file of it, by the reader's own word."""
    assert boxes.code(*_BOX, "--breaking", "S109", "-n", "5", "-o", "out") == 0
    for file in manifest(boxes.folder / "out")["files"]:
        assert file["purpose"] == {"kind": "breaking", "code": "S109", "codes": ["S109"]}
        assert set(boxes.codes("validate", "--schema", "box.ksy", f"out/{file['name']}")) == {
            "S109"
        }


def test_breaking_all_prints_a_table(boxes: Boxes) -> None:
    """A line for each thing: its name, its code, how many files, and which."""
    done = boxes.run(*_BOX, "--breaking", "all", "-n", "2", "-o", "out")
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert lines[:3] == [
        "not-empty  I501     2  0001.box to 0002.box",
        "S101       S101     2  0003.box to 0004.box",
        "S109       S109     2  0005.box to 0006.box",
    ]
    assert lines[3:] == ["6 files in out"]


def test_what_cannot_be_broken_is_a_failure(boxes: Boxes) -> None:
    """A rule that always holds: no file, and why; in the table of all it is a line."""
    boxes.write(
        "sure.ksy",
        "meta: {id: sure, endian: le}\nseq:\n  - {id: one, type: u1}\n"
        "-invariants:\n  - {id: is-a-byte, check: one < 256}\n",
    )
    line = ("generate", "--schema", "sure.ksy", "--breaking")
    done = boxes.run(*line, "is-a-byte", "-n", "2", "-o", "out")
    line_of_it, *others = done.stdout.decode().splitlines()
    assert (done.returncode, others) == (1, ["0 files in out", "2 could not be made"])
    assert re.fullmatch(r"is-a-byte  I501     0  none: \d+ contents were tried", line_of_it)
    done = boxes.run(*line, "all", "-n", "2", "-o", "out")
    assert done.returncode == 0
    assert line_of_it in done.stdout.decode().splitlines()
    (missing,) = manifest(boxes.folder / "out")["not_made"]
    assert (missing["purpose"]["rule"], missing["count"]) == ("is-a-byte", 2)


def test_boundaries_hold_what_they_are_named_for(boxes: Boxes) -> None:
    """A box of 255 bytes is there, an empty one is not, as it has a finding."""
    assert boxes.code(*_BOX, "--boundaries", "-o", "out") == 0
    out = boxes.folder / "out"
    sizes = {}
    for file in manifest(out)["files"]:
        assert (out / file["name"]).read_bytes()[0] == file["purpose"]["value"]
        sizes[file["purpose"]["value"]] = file["size"]
    assert sizes[1] == 2
    assert sizes[255] == 256
    missing = {one["purpose"]["value"] for one in manifest(out)["not_made"]}
    assert missing == {0}


def test_a_companion_is_made_too(boxes: Boxes) -> None:
    """Beside the files and named in the manifest; with it they are valid."""
    line = ("generate", "--schema", "list.ksy", "-n", "8")
    assert boxes.code(*line, "-o", "out") == 0
    companion = manifest(boxes.folder / "out")["companions"]["limits"]
    assert (companion["file"], companion["schema"], companion["is_generated"]) == (
        "limits.bin",
        "limits",
        True,
    )
    with_it = ("validate", "--schema", "list.ksy", "--with", "limits=out/limits.bin")
    assert boxes.code(*with_it, *(f"out/{number:04}.bin" for number in range(1, 9))) == 0


def test_a_companion_that_is_given_is_used(boxes: Boxes) -> None:
    """No count is above its limit, and none is written."""
    line = ("generate", "--schema", "list.ksy", "-n", "20", "--with", "limits=low.bin")
    assert boxes.code(*line, "-o", "out") == 0
    out = boxes.folder / "out"
    assert {path.read_bytes() for path in out.glob("0*.bin")} <= {b"\x00", b"\x01"}
    assert not (out / "limits.bin").exists()
    assert manifest(out)["companions"]["limits"]["file"] == "low.bin"


def test_its_own_folder_is_filled_anew(boxes: Boxes) -> None:
    """What the last run made is gone."""
    boxes.run(*_BOX, "-n", "5", "-o", "out")
    assert boxes.code(*_BOX, "-n", "2", "-o", "out") == 0
    assert sorted(digests(boxes.folder / "out")) == ["0001.box", "0002.box", "manifest.json"]


@pytest.mark.parametrize("what", ["another", "changed", "unlisted", "forged"])
def test_nothing_of_somebody_else_is_replaced(boxes: Boxes, what: str) -> None:
    """A folder with anything that was not made here is left as it is."""
    out = boxes.folder / "out"
    if what == "another":
        boxes.write("out/mine.txt", "mine")
    else:
        boxes.run(*_BOX, "-n", "3", "-o", "out")
    if what == "changed":
        (out / "0002.box").write_bytes(b"mine")
    if what == "unlisted":
        boxes.write("out/mine.txt", "mine")
    if what == "forged":
        boxes.write("out/manifest.json", '{"files": [{"name": "../valid.box"}]}')
    before = digests(out)
    done = boxes.run(*_BOX, "-n", "3", "-o", "out")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"harness generate`" in done.stderr
    assert digests(out) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--breaking", "Z999"), "has no `Z999` to break; it has not-empty, S101, S109"),
        (("--breaking", "not-emty"), "did you mean `not-empty`?"),
        (("--breaking", "s101"), "did you mean `S101`?"),
        (("--breaking", "ALL"), "did you mean `all`?"),
        (("--breaking", "-n", "3"), "takes a code, the id of a rule, or `all`; got `-n`"),
        (("--breaking", "S101", "--boundaries"), "choose one"),
        (("--boundaries", "-n", "3"), "takes no `--number`"),
        (("-n", "0"), "0 is not in the range"),
        (("--seed", "-1"), "-1 is not in the range"),
        (("--with", "limits=limits.bin"), "takes no companion `limits`"),
        (("--with", "limits=absent.bin"), "no such file"),
        (("--with", "limits"), "is not NAME=FILE"),
    ],
)
def test_what_makes_no_sense_is_refused(
    boxes: Boxes, arguments: tuple[str, ...], said: str
) -> None:
    """With a message, code 2, and no folder."""
    done = boxes.run(*_BOX, *arguments, "-o", "out")
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert not (boxes.folder / "out").exists()


def test_a_bad_schema_is_refused(boxes: Boxes) -> None:
    """Its findings are shown, and no folder is made."""
    done = boxes.run("generate", "--schema", "broken.ksy", "-o", "out")
    assert done.returncode == 2
    assert b"siize" in done.stderr
    assert not (boxes.folder / "out").exists()


def test_an_invalid_companion_is_refused(boxes: Boxes) -> None:
    """What is made with it would be of no use."""
    line = ("generate", "--schema", "list.ksy", "--with", "limits=notes.unknown", "-o", "out")
    done = boxes.run(*line)
    assert done.returncode == 2
    assert b"is no valid limits file: S109" in done.stderr


@pytest.mark.parametrize("output", ["valid.box", "valid.box/sub", "dangling"])
def test_a_file_in_the_place_of_the_folder_is_refused(boxes: Boxes, output: str) -> None:
    """And left as it is, also where a folder above is a file, or a link leads nowhere."""
    (boxes.folder / "dangling").symlink_to("nowhere")
    done = boxes.run(*_BOX, "-o", output)
    assert done.returncode == 2
    assert f"`{output}` is no folder".encode() in done.stderr
    assert (boxes.folder / "valid.box").read_bytes() == b"\x03abc"


def test_json_says_what_was_made_in_vain(boxes: Boxes) -> None:
    """The published shape, the manifest in it, and nothing else on standard output."""
    done = boxes.run(*_BOX, "-n", "3", "--format", "json", "-o", "out")
    written = json.loads(done.stdout)
    jsonschema.validate(written, json.loads(_PUBLISHED.read_text()))
    assert written["manifest"] == manifest(boxes.folder / "out")
    assert (written["outcome"], written["health"]["contents"]) == ("clean", 3)


def test_what_was_made_in_vain_is_told(boxes: Boxes) -> None:
    """By the first finding, on standard error, unless it is not wanted."""
    boxes.write(
        "vain.ksy",
        "meta: {id: vain, endian: le}\nseq:\n  - {id: data, size: 2}\n"
        "-invariants:\n  - id: sum\n    check: data[0] + data[1] < 100\n",
    )
    line = ("generate", "--schema", "vain.ksy", "-n", "20", "-o", "out")
    assert b"made in vain: " in boxes.run(*line).stderr
    assert boxes.run(*line, "--quiet").stderr == b""


@contextmanager
def running(boxes: Boxes, workers: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that has very much to make, and has begun."""
    line = (*_BOX, "-n", "1000000", "--workers", workers, "-o", "out")
    with boxes.start(*line) as process:
        until = time.monotonic() + TIMEOUT_SECONDS
        while not list(boxes.folder.glob("out/*2.box")) and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("workers", "number"),
    [("1", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM), ("2", signal.SIGHUP)],
)
def test_an_interrupt_leaves_what_is_there(
    boxes: Boxes, workers: str, number: signal.Signals
) -> None:
    """Code 130, and a manifest of what was made; the folder can be filled anew."""
    out = boxes.folder / "out"
    with running(boxes, workers) as process:
        process.send_signal(number)
        said, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 130
    assert b"interrupted: what was made until then is there" in said
    kept = manifest(out)
    assert not kept["is_complete"]
    assert {file["name"] for file in kept["files"]} | {"manifest.json"} == set(digests(out))
    assert boxes.code(*_BOX, "-n", "1", "-o", "out") == 0


def of(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes that a process has begun, as far as they are there."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in listed.read_text().split()]


@pytest.mark.parametrize("milliseconds", range(0, 16, 2), ids=str)
def test_an_interrupt_is_not_lost_while_processes_begin(boxes: Boxes, milliseconds: int) -> None:
    """It waits until all are there, and then it ends all of them."""
    with boxes.start(*_BOX, "-n", "1000000", "--workers", "4", "-o", "out") as process:
        until = time.monotonic() + TIMEOUT_SECONDS
        while not of(process) and time.monotonic() < until:
            pass
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        said, failed = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 130
    assert b"interrupted: what was made until then is there" in said
    assert b"Traceback" not in failed


def test_a_process_that_was_killed_is_told(boxes: Boxes) -> None:
    """As by the system when memory is short: no bug of ours, and what was made is there."""
    with running(boxes, "2") as process:
        os.kill(of(process)[0], signal.SIGKILL)
        _, said = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 1
    assert said.startswith(b"error: a process was killed or ran out of memory")
    assert manifest(boxes.folder / "out")["files"]


def test_nothing_outlives_a_run_that_was_killed(boxes: Boxes) -> None:
    """Its processes end too, and let go of its standard output; the folder says what to do."""
    with running(boxes, "2") as process:
        process.kill()
        process.communicate(timeout=TIMEOUT_SECONDS)
    done = boxes.run(*_BOX, "-n", "1", "-o", "out")
    assert done.returncode == 2
    assert b"empty it, or choose another" in done.stderr


def test_two_runs_do_not_share_a_folder(boxes: Boxes) -> None:
    """The second is refused, and the first goes on."""
    with running(boxes, "1") as process:
        done = boxes.run(*_BOX, "-n", "1", "-o", "out")
        assert process.poll() is None
    assert done.returncode == 2
    assert b"another `harness generate` works in `out`" in done.stderr
    assert len(list(boxes.folder.glob("out/*.box"))) > 1


@pytest.mark.parametrize(
    "arguments",
    [("--with", "limits=out/limits.bin"), ("--from", "out"), ("--from", "./link")],
    ids=str,
)
def test_what_is_read_is_not_replaced(boxes: Boxes, arguments: tuple[str, ...]) -> None:
    """A companion of an earlier run, or its files, would be gone before the first is made."""
    line = ("generate", "--schema", "list.ksy", "-n", "3", "-o", "out")
    assert boxes.code(*line) == 0
    before = digests(boxes.folder / "out")
    (boxes.folder / "link").symlink_to("out")
    done = boxes.run(*line, *arguments)
    assert done.returncode == 2
    assert b"is read, and the files replace what is in `out`" in done.stderr
    assert digests(boxes.folder / "out") == before


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "empty", "large.bin"])
def test_a_companion_that_is_no_file_is_refused(boxes: Boxes, name: str) -> None:
    """As `validate` does: nothing is waited for, and no more is read than `--max-bytes`."""
    os.mkfifo(boxes.folder / "pipe")
    boxes.write("large.bin", "\x01" * 2000)
    line = ("generate", "--schema", "list.ksy", "--with", f"limits={name}", "-o", "out")
    done = boxes.run(*line, "--max-bytes", "1000")
    assert done.returncode == 2
    assert f"companion `limits`, `{name}`: ".encode() in done.stderr


def test_only_files_are_varied(boxes: Boxes) -> None:
    """Pipes, links to devices and the manifest beside generated files are passed over."""
    assert boxes.code(*_BOX, "-n", "2", "-o", "known") == 0
    os.mkfifo(boxes.folder / "known" / "pipe")
    (boxes.folder / "known" / "zeros").symlink_to("/dev/zero")
    assert boxes.code(*_BOX, "-n", "3", "--from", "known", "-o", "out") == 0
    for name in digests(boxes.folder / "out").keys() - {"manifest.json"}:
        (boxes.folder / "known" / name).unlink(missing_ok=True)
    done = boxes.run(*_BOX, "-n", "3", "--from", "known", "-o", "out")
    assert done.returncode == 2
    assert b"there is no file in it" in done.stderr


def test_a_folder_that_cannot_be_made_is_told(boxes: Boxes) -> None:
    """Code 1 with the reason, and no traceback."""
    done = boxes.run(*_BOX, "-n", "1", "-o", "/proc/none")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"error: cannot write to `/proc/none`: ")


def test_a_generated_folder_can_be_validated(boxes: Boxes) -> None:
    """The manifest and the companions beside the files are passed over, even in a strict walk."""
    assert boxes.code("generate", "--schema", "list.ksy", "-n", "3", "-o", "out") == 0
    line = ("validate", "--schema", "list.ksy", "--with", "limits=out/limits.bin", "out")
    done = boxes.run(*line, "--strict-walk", "--format", "json")
    assert done.returncode == 0
    files = json.loads(done.stdout)["files"]
    unchecked = {one["file"]: one["reason"] for one in files if not one["checked"]}
    assert unchecked.keys() == {"out/limits.bin", "out/manifest.json"}
    assert all("`harness generate`" in reason for reason in unchecked.values())


def test_a_manifest_of_another_kind_is_a_file_like_any(boxes: Boxes) -> None:
    """Only what the harness wrote itself is passed over."""
    boxes.write("out/manifest.json", "{}")
    assert boxes.codes("validate", "--schema", "box.ksy", "out")


# no expression of the rule can be solved, and few numbers keep it
_KNOWN_ONLY = (
    "meta: {id: known, endian: le}\n"
    "-invariants: [{id: odd, check: (number * 7919 ^ number >> 3) % 99_991 == 4711}]\n"
    "seq:\n  - {id: number, type: u4}\n  - {id: level, type: u2}\n"
)


def test_known_files_are_varied_where_none_can_be_grown(boxes: Boxes) -> None:
    """They come from a folder, and the manifest says of each file that it is one."""
    number = next(n for n in range(1 << 20) if (n * 7919 ^ n >> 3) % 99_991 == 4711)
    boxes.write("known.ksy", _KNOWN_ONLY)
    (boxes.folder / "known").mkdir()
    (boxes.folder / "known" / "one.bin").write_bytes(number.to_bytes(4, "little") + b"\1\0")
    line = ("generate", "--schema", "known.ksy", "-n", "12", "--from", "known", "-o", "out")
    done = boxes.run(*line)
    assert done.returncode == 0
    said = "12 files made of valid ones by changing values, as `--from` asks\n"
    assert said in done.stdout.decode()
    files = manifest(boxes.folder / "out")["files"]
    assert [file["purpose"] for file in files] == 12 * [{"kind": "valid", "is_varied": True}]
    assert len({file["sha256"] for file in files}) > 6
    paths = [f"out/{file['name']}" for file in files]
    assert boxes.code("validate", "--schema", "known.ksy", *paths) == 0


def test_a_folder_without_known_files_is_refused(boxes: Boxes) -> None:
    """There is nothing to be varied in it."""
    (boxes.folder / "none").mkdir()
    assert boxes.code(*_BOX, "--from", "none", "-o", "out") == 2


@pytest.mark.parametrize("kind", [(), ("--breaking", "all"), ("--boundaries",)])
def test_a_folder_with_no_valid_file_is_refused(boxes: Boxes, kind: tuple[str, ...]) -> None:
    """Nothing is grown in place of what was to be varied, and nothing is written."""
    boxes.write("bad/one.box", "\x03ab")
    done = boxes.run(*_BOX, "--from", "bad", *kind, "-o", "out")
    assert done.returncode == 2
    assert b"no valid file in `bad`" in done.stderr
    assert not (boxes.folder / "out").exists()


def test_known_files_are_read_with_their_companions(boxes: Boxes) -> None:
    """A file may be valid with one companion and not with another."""
    boxes.write("known/two.list", "\x02")
    line = ("generate", "--schema", "list.ksy", "-n", "2", "--from", "known")
    assert boxes.code(*line, "--with", "limits=low.bin", "-o", "low") == 2
    assert boxes.code(*line, "--with", "limits=limits.bin", "-o", "high") == 0


def test_a_valid_file_among_many_others_is_found(boxes: Boxes) -> None:
    """However many smaller ones are not valid."""
    for number in range(40):
        boxes.write(f"known/{number}.box", f"{chr(200 + number)}")
    boxes.write("known/valid.box", "\x03abc")
    assert boxes.code(*_BOX, "-n", "3", "--from", "known", "-o", "out") == 0
    assert all(file["purpose"]["is_varied"] for file in manifest(boxes.folder / "out")["files"])


def test_what_is_varied_unasked_could_not_be_grown(boxes: Boxes) -> None:
    """The output says why nothing was grown."""
    done = boxes.run("generate", "--schema", "maxmind_db", "-n", "2", "-o", "out")
    said = "2 files made of valid ones by changing values: none could be grown\n"
    assert said in done.stdout.decode()


def test_files_that_are_all_the_same_are_told_so(boxes: Boxes) -> None:
    """Where a schema allows one content, or no other is found, the report says it."""
    boxes.write("same.ksy", "meta: {id: same}\nseq: [{id: a, type: u1, valid: 7}]\n")
    boxes.write("none.ksy", "meta: {id: none}\nseq: [{id: a, size: 0}]\n")
    for name, said in (("same", "hold the same bytes"), ("none", "are empty")):
        done = boxes.run("generate", "--schema", f"{name}.ksy", "-n", "20", "-o", name)
        assert done.returncode == 0
        assert f"all 20 valid files {said}" in done.stdout.decode()
        assert manifest(boxes.folder / name)["distinct"] == 1
    done = boxes.run(*_BOX, "-n", "20", "-o", "box")
    assert b"all 20" not in done.stdout
    assert manifest(boxes.folder / "box")["distinct"] > 1


def test_what_cannot_be_solved_is_named(boxes: Boxes) -> None:
    """Where nothing can be made: the expression, its field, and where it stands."""
    fields = "seq:\n  - {id: w, type: u1}\n  - {id: h, type: u1}\n"
    packed = "  - {id: body, size: w * h, process: zlib}\n"
    boxes.write("packed.ksy", f"meta: {{id: packed}}\n{fields}{packed}")
    done = boxes.run("generate", "--schema", "packed.ksy", "-n", "2", "-o", "out")
    assert done.returncode == 1
    assert "`w * h` of `packed.body` (packed.ksy:5) could not be made to" in done.stderr.decode()
    reason = manifest(boxes.folder / "out")["not_made"][0]["reason"]
    assert "`w * h` of `packed.body` (packed.ksy:5)" in reason

"""A manifest becomes plain data, or a mistake with its place and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.consumers.manifest import ManifestError, load
from harness.consumers.model import CommandRun, LibraryRun, PythonRun
from harness.findings.model import Place, Severity

WHOLE = """\
name = "content-interpreter"
version = "7.11"
schema = "formats/channel.ksy"
companions = {definitions = "definitions.bin"}

[run]
library = {sources = ["a.c"], cflags = ["-DX=1"], include = ["events"]}
events = "events"
timeout_seconds = 2
memory_mb = 64
read = ["events"]
without = ["landlock-scope"]

[observe]
instances = "instances.size"
"criteria[*]" = "instances[_index].criteria.size"

[[contract]]
id = "inputs-supplied"
at = "criterion"
check = "index < 20 or kind == criterion_kind::wildcard"
message = "sensor 7.11 supplies 20 input values"

[[contract]]
id = "few-instances"
at = "instances"
check = "_.size <= 200"
when = "_.size > 0"
severity = "warning"

[[quirk]]
id = "late-check"
outcome = "accepted"
content = "out-of-contract"
reason = "7.11 does not check at load"
"""
COMMAND = 'command = ["cat", "{file}"]'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every file that the manifests here name."""
    for name in ("a.c", "definitions.bin", "events/2.bin", "events/1.bin", "events/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    """`text` as a manifest in `folder`."""
    path = folder / "m.toml"
    path.write_text(text)
    return path


def minimal(run: str, rest: str = "") -> str:
    """The shortest manifest with these lines in `[run]`, on line 5, and after it."""
    return f'name = "n"\nversion = "1"\nschema = "s"\n[run]\n{run}\n{rest}'


def test_every_key_arrives(folder: Path) -> None:
    """What a manifest says is in the data, paths made ready to open."""
    manifest = load(written(folder, WHOLE))
    assert manifest.label == "content-interpreter 7.11"
    assert manifest.schema_hint() == str(folder / "formats/channel.ksy")
    assert manifest.companions == {"definitions": folder / "definitions.bin"}
    assert manifest.run == LibraryRun(
        sources=(folder / "a.c",), flags=(f"-I{folder / 'events'}", "-DX=1")
    )
    assert [event.name for event in manifest.events] == ["1.bin", "2.bin"]
    assert (manifest.timeout_seconds, manifest.memory_mb) == (2, 64)
    assert (manifest.read, manifest.without) == ((folder / "events",), ("landlock-scope",))
    assert [(q.id, q.outcome, q.content) for q in manifest.quirks] == [
        ("late-check", "accepted", "out-of-contract")
    ]


def test_contract_and_observations_become_an_overlay_with_places(folder: Path) -> None:
    """Each rule knows the line on which its check is written."""
    path = written(folder, WHOLE)
    overlay = load(path).overlay
    assert overlay.name == "content-interpreter 7.11"
    assert [(rule.id, rule.place, rule.severity) for rule in overlay.rules] == [
        ("inputs-supplied", Place(str(path), 21), Severity.ERROR),
        ("few-instances", Place(str(path), 27), Severity.WARNING),
    ]
    assert overlay.rules[1].when == "_.size > 0"
    assert [(seen.name, seen.place.line) for seen in overlay.observe] == [
        ("instances", 15),
        ("criteria[*]", 16),
    ]


def test_the_digest_covers_sources_companions_and_events(folder: Path) -> None:
    """Any change to what takes part in a run changes the digest."""
    digests = {load(written(folder, WHOLE)).digest}
    for name in ("a.c", "definitions.bin", "events/1.bin"):
        (folder / name).write_text("changed")
        digests.add(load(folder / "m.toml").digest)
    digests.add(load(written(folder, WHOLE + "\n# a comment\n")).digest)
    assert len(digests) == 5


def test_a_python_consumer(folder: Path) -> None:
    """Module, function and what rejects."""
    text = minimal('python = "package.module:read"\nrejects = ["ValueError"]')
    assert load(written(folder, text)).run == PythonRun(
        module="package.module", function="read", rejects=("ValueError",)
    )


def test_a_command_consumer(folder: Path) -> None:
    """Words and exit codes; 0 accepts where nothing is said."""
    text = minimal(COMMAND + "\nreject = [1, 2]")
    assert load(written(folder, text)).run == CommandRun(
        words=("cat", "{file}"), accept=(0,), reject=(1, 2)
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name = \n", 1, "is not TOML: invalid value"),
        ('name = "n"\n', 1, "table missing required field `version`"),
        (minimal(COMMAND, "colour = 1"), 6, "unknown key `run.colour`"),
        (minimal(COMMAND, "[observes]\n"), 6, "unknown key `observes`"),
        (minimal(COMMAND, "[[contract]]\nid = 1"), 7, "`contract.0.id`: expected `str`, got `int`"),
        (minimal(COMMAND + '\ntimeout_seconds = "2"'), 6, "`run.timeout_seconds`: expected"),
        (minimal(COMMAND + "\ntimeout_seconds = 0"), 6, "`run.timeout_seconds` is 0"),
        (minimal(COMMAND + "\nmemory_mb = 1"), 6, "`run.memory_mb` is 1"),
        (minimal(""), 4, "and has none of them"),
        (minimal(COMMAND + '\npython = "a:b"'), 5, "has `python` and `command`"),
        (minimal(COMMAND + '\nrejects = ["X"]'), 6, "`run.rejects` belongs to `run.python`"),
        (minimal('python = "a:b"\naccept = [0]'), 6, "`run.accept` belongs to `run.command`"),
        (minimal('python = "a.b"'), 5, "`a.b` does not name a function"),
        (minimal("library = {}"), 5, "needs either `sources` or `path`"),
        (minimal('library = {sources = ["a.c"], path = "a.c"}'), 5, "needs either"),
        (minimal('library = {sources = ["b.c"]}'), 5, "b.c` is not there"),
        (minimal('library = {sources = ["a.c"], include = ["a.c"]}'), 5, "a.c` is not there"),
        (minimal('command = ["cat"]'), 5, "does not use `{file}`"),
        (minimal('command = ["cat", "{file}", "{x}"]'), 5, "`{x}` is no companion"),
        (minimal(COMMAND + "\nreject = [0]"), 6, "exit code 0 is in `accept`, where 0 is"),
        (minimal(COMMAND + "\naccept = [0, 4]\nreject = [4]"), 7, "exit code 4 is in `accept`"),
        (minimal(COMMAND + "\naccept = [300]"), 6, "`run.accept` holds 300, which no program"),
        (minimal(COMMAND + "\nreject = [-1]"), 6, "`run.reject` holds -1, which no program"),
        (minimal(COMMAND + "\naccept = []"), 6, "`run.accept` is empty: no content could be"),
        (minimal(COMMAND + '\nevents = "events"'), 6, "a command takes no events"),
        (minimal('library = {sources = ["a.c"]}\nevents = "none"'), 6, "cannot be read"),
        (minimal('library = {sources = ["a.c"]}\nevents = "empty"'), 6, "holds no file"),
        (minimal(COMMAND + '\nwithout = ["no-new-privileges"]'), 6, "no layer that can be"),
        (minimal(COMMAND, '[companions]\nfile = "a.c"'), 7, "`file` is no name for a companion"),
        (minimal(COMMAND, '[companions]\nx = "none"'), 7, "none` is not there"),
        (minimal(COMMAND).replace('"n"', '" "'), 1, "`name` is empty"),
        (
            minimal(COMMAND, 2 * '[[contract]]\nid = "a"\nat = "x"\ncheck = "y"\n'),
            10,
            "`contract` `a` is there twice",
        ),
        (
            minimal(COMMAND, '[[quirk]]\nid="a"\noutcome="sad"\ncontent="valid"\nreason="x"'),
            8,
            "`quirk.0.outcome`: invalid enum value 'sad'",
        ),
        (
            minimal(COMMAND, '[[quirk]]\nid="a"\noutcome="crashed"\ncontent="valid"\nreason=""'),
            10,
            "quirk `a` gives no reason",
        ),
    ],
)
def test_a_mistake_is_shown_at_its_line(folder: Path, text: str, line: int, message: str) -> None:
    """One problem, where it stands, with a remedy."""
    (folder / "empty").mkdir()
    path = written(folder, text)
    with pytest.raises(ManifestError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert (problem.place.file, problem.place.line) == (str(path), line)
    assert problem.help


def test_a_companion_beside_the_folder_is_shown_without_steps_back(folder: Path) -> None:
    """Unless a link is on the way, behind which `..` is somewhere else."""
    (folder / "events" / "m.toml").write_text(
        minimal(COMMAND, '[companions]\nx = "../definitions.bin"\n')
    )
    assert load(folder / "events" / "m.toml").companions == {"x": folder / "definitions.bin"}
    (folder / "elsewhere" / "inner").mkdir(parents=True)
    (folder / "elsewhere" / "x.bin").touch()
    (folder / "link").symlink_to(folder / "elsewhere" / "inner")
    (folder / "m.toml").write_text(minimal(COMMAND, '[companions]\nx = "link/../x.bin"\n'))
    assert load(folder / "m.toml").companions == {"x": folder / "link" / ".." / "x.bin"}


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    """A manifest with three mistakes is not mended in three turns."""
    text = minimal('library = {sources = ["b.c"]}\nmemory_mb = 1\nreject = [1]')
    with pytest.raises(ManifestError) as caught:
        load(written(folder, text))
    assert len(caught.value.problems) == 3


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    """The error names the file as the user did."""
    with pytest.raises(ManifestError, match=r"none\.toml:1:1: cannot be read"):
        load(tmp_path / "none.toml")


def test_a_manifest_that_is_no_text(folder: Path) -> None:
    """Bytes that are no UTF-8 are no manifest."""
    (folder / "m.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(ManifestError, match="is not UTF-8"):
        load(folder / "m.toml")

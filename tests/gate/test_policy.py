"""A policy is read strictly: what it says is meant, and mistakes are shown at their line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from harness.gate.policy import Policy, PolicyError, load

_LEAST = 'schema = "tzif"\nconsumers = ["a.toml"]\nfirst_release = true\n'


def _write(folder: Path, text: str) -> Path:
    path = folder / "gate.toml"
    path.write_text(text)
    return path


def _load(folder: Path, text: str) -> Policy:
    return load(_write(folder, text))


def test_a_full_policy_is_read_with_its_paths_made_ready(tmp_path: Path) -> None:
    """Paths are relative to the policy, a schema's name is left alone."""
    (tmp_path / "released").mkdir()
    (tmp_path / "released" / "last.bin").touch()
    policy = _load(
        tmp_path,
        """
schema = "channel_file"
with = {definitions = "definitions.bin"}
last_good = "released/last.bin"
consumers = ["consumers/7.11.toml", "consumers/7.16.toml"]
unproven = "warn"
[budget]
neighbours = 20
seconds = 5
[[accept]]
code = "I501"
path = "instances[*]"
reason = "field 7 is retired in 7.18"
expires = 2027-03-31
""",
    )
    assert policy.schema == "channel_file"
    assert policy.companions == {"definitions": tmp_path / "definitions.bin"}
    assert policy.last_good == tmp_path / "released" / "last.bin"
    assert policy.consumers[1] == tmp_path / "consumers" / "7.16.toml"
    assert (policy.unproven, policy.budget.neighbours, policy.budget.seconds) == ("warn", 20, 5)
    assert policy.budget_place.line == 9
    [accepted] = policy.accept
    assert accepted.place.line == 10
    assert accepted.acceptance.expires == dt.date(2027, 3, 31)


def test_a_schema_file_is_relative_to_the_policy(tmp_path: Path) -> None:
    """Beside the policy, not where the command runs."""
    text = _LEAST.replace("tzif", "own/list.ksy")
    assert _load(tmp_path, text).schema == str(tmp_path / "own" / "list.ksy")


def test_the_command_line_can_name_the_last_good_file(tmp_path: Path) -> None:
    """It takes the place of the policy's."""
    text = _LEAST.replace("first_release = true", 'last_good = "old.bin"')
    policy = load(_write(tmp_path, text), last_good=Path("new.bin"))
    assert policy.last_good == Path("new.bin")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (_LEAST + "unprovn = 1\n", 4, "unknown key `unprovn`"),
        (_LEAST + "[budget]\nsecond = 1\n", 5, "unknown key `budget.second`"),
        (_LEAST + '[[accept]]\ncode = "I501"\nwhy = "x"\n', 6, "unknown key `accept.0.why`"),
        (_LEAST + '[budget]\nseconds = "60"\n', 5, "`budget.seconds`: expected `float`"),
        (_LEAST + "[budget]\nneighbours = -1\n", 5, "`budget.neighbours`: expected `int` >= 0"),
        (_LEAST + 'unproven = "allow"\n', 4, "`unproven`: invalid enum value 'allow'"),
        ('schema = "tzif"\nfirst_release = true\n', 1, "missing required field `consumers`"),
        (_LEAST.replace('"a.toml"', ""), 2, "`consumers`: expected `array` of length >= 1"),
        (_LEAST + '[[accept]]\ncode = "I501"\n', 4, "missing required field"),
        (_LEAST + 'last_good = "a"\n', 3, "give one of the two"),
        (
            _LEAST.replace("first_release = true", 'last_good = "gone.bin"'),
            3,
            "`gone.bin` is not there",
        ),
        ('schema = "tzif"\nconsumers = ["a"]\n', 1, "first_release = true"),
        ("schema = \n", 1, "not TOML: invalid value"),
        (
            _LEAST + '[[accept]]\ncode = "I999"\nreason = "x"\nexpires = 2027-01-01\n',
            5,
            "there is no finding `I999`",
        ),
        (
            _LEAST + '[[accept]]\ncode = "T009"\nreason = "x"\nexpires = 2027-01-01\n',
            5,
            "it cannot be accepted",
        ),
        (
            _LEAST + '[[accept]]\ncode = "I501"\nreason = ""\nexpires = 2027-01-01\n',
            6,
            "`accept.0.reason`: expected `str` of length >= 1",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """A key that nobody reads would be a rule that nobody applies."""
    with pytest.raises(PolicyError) as caught:
        _load(tmp_path, text)
    assert said in caught.value.message
    assert caught.value.place.line == line


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Not taken for an empty one."""
    with pytest.raises(PolicyError, match="cannot be read: no such file"):
        load(tmp_path / "none.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """With the line they stand in."""
    path = tmp_path / "gate.toml"
    path.write_bytes(b"schema = 'a'\n\xff\n")
    with pytest.raises(PolicyError) as caught:
        load(path)
    assert caught.value.place.line == 2

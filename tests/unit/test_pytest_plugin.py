"""The pytest plugin: properties on contents of a schema, corpora as test items."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from harness.pytest_plugin import schema

pytest_plugins = ["pytester"]

_ROOT = Path(__file__).parent.parent.parent
# the installed plugin, if it is, gives way to the one of this checkout
_PLUGIN = ("-p", "no:content_harness", "-p", "harness.pytest_plugin", "-p", "no:cacheprovider")
_SMALL = """
meta: {id: small, endian: le}
seq:
  - {id: size, type: u1, valid: {max: 4}}
  - {id: name, type: str, size: size, encoding: ASCII}
"""
_PROPERTY = """
    from hypothesis import HealthCheck, settings
    from harness.pytest_plugin import schema

    @settings(database=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @schema("small.ksy").given()
    def test_name(tmp_path_factory, data):
        assert len(data) == 1 + data[0]
        assert {claim}
"""


def _corpus(pytester: pytest.Pytester, **told: object) -> Path:
    (pytester.path / "small.ksy").write_text(_SMALL)
    folder = pytester.path / "corpora" / "small"
    for kind, data in (("valid", b"\2ab"), ("invalid", b"\2a")):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "S101-file").write_bytes(data)
    if told:
        text = json.dumps({"schema": "../small.ksy", **told})
        (folder / "expected.json").write_text(text)
    return folder


_TOLD: dict[str, object] = {
    "valid": {"S101-file": {"tells": "two letters", "findings": []}},
    "invalid": {"S101-file": {"tells": "one of two letters", "findings": ["S101"]}},
}


def test_a_property_gets_contents_and_fixtures(pytester: pytest.Pytester) -> None:
    """`given` fills the last argument; the others stay pytest's."""
    (pytester.path / "small.ksy").write_text(_SMALL)
    pytester.makepyfile(_PROPERTY.format(claim="True"))
    pytester.runpytest(*_PLUGIN).assert_outcomes(passed=1)


def test_a_property_that_does_not_hold_fails(pytester: pytest.Pytester) -> None:
    """And shows the smallest content for which it does not."""
    (pytester.path / "small.ksy").write_text(_SMALL)
    pytester.makepyfile(_PROPERTY.format(claim="data[0] < 3"))
    result = pytester.runpytest(*_PLUGIN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*data=b'\\x03000'*"])


@pytest.mark.parametrize(
    ("companions", "message"),
    [
        ({"nope": "file"}, "takes no companion `nope`; it is read with `definitions`"),
        ({"definitions": "nowhere.bin"}, "companion `definitions`, `nowhere.bin`: No such file"),
    ],
)
def test_companions_that_are_wrong_are_named(companions: dict[str, str], message: str) -> None:
    """One that the schema does not take, and one that is no file."""
    with pytest.raises(ValueError, match=message):
        schema("channel_file", **companions).strategy()


def test_seeds_beside_companions_that_are_made_are_refused() -> None:
    """They would be left out, and nobody would know."""
    with pytest.raises(ValueError, match=r"varied beside companions that .* names"):
        schema("channel_file").strategy(seeds=[b""])


def test_a_schema_alone_is_no_decorator() -> None:
    """What is missing is said."""
    with pytest.raises(TypeError, match=r"`@schema\(\"tzif\"\).given\(\)` does"):
        schema("tzif")(test_it_is_declared)


def test_a_named_corpus_is_collected(pytester: pytest.Pytester) -> None:
    """Each file that raises what is written is a test that passes."""
    folder = _corpus(pytester, **_TOLD)
    pytester.runpytest(*_PLUGIN, str(folder)).assert_outcomes(passed=2)


def test_another_finding_than_expected_fails(pytester: pytest.Pytester) -> None:
    """The failure says what was expected and what was raised, without a traceback."""
    told: dict[str, object] = {
        "valid": _TOLD["valid"],
        "invalid": {"S101-file": {"findings": ["S105"]}},
    }
    folder = _corpus(pytester, **told)
    result = pytester.runpytest(*_PLUGIN, str(folder))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*expected S105, not S101*"])
    assert "Traceback" not in result.stdout.str()


def test_consumers_of_a_corpus_are_no_tests(pytester: pytest.Pytester) -> None:
    """With `--doctest-modules` every Python file would be imported, those that only run, too."""
    folder = _corpus(pytester, **_TOLD)
    (folder / "consumers").mkdir()
    (folder / "consumers" / "read.py").write_text("raise SystemExit('asked for nothing')\n")
    found = pytester.runpytest(*_PLUGIN, "--doctest-modules", str(folder))
    found.assert_outcomes(passed=2)


def test_other_consumers_are_tested(pytester: pytest.Pytester) -> None:
    """A folder of that name beside a file of that name need not be a corpus."""
    folder = pytester.mkdir("consumers")
    (folder / "reading.py").write_text('"""\n>>> 1\n1\n"""\n')
    (pytester.path / "expected.json").write_text("{}")
    pytester.runpytest(*_PLUGIN, "--doctest-modules").assert_outcomes(passed=1)


def test_tests_beside_consumers_of_a_corpus_are_tests(pytester: pytest.Pytester) -> None:
    """What is named as tests are is none of the programs."""
    folder = _corpus(pytester, **_TOLD)
    (folder / "consumers").mkdir()
    (folder / "consumers" / "test_reading.py").write_text("def test_one():\n    pass\n")
    pytester.runpytest(*_PLUGIN, str(folder)).assert_outcomes(passed=3)


def test_a_missing_file_fails(pytester: pytest.Pytester) -> None:
    """What is written about and is not there was not checked."""
    folder = _corpus(pytester, **_TOLD)
    (folder / "valid" / "S101-file").unlink()
    pytester.runpytest(*_PLUGIN, str(folder)).assert_outcomes(passed=1, failed=1)


def test_a_corpus_that_nobody_named_is_left_alone(pytester: pytest.Pytester) -> None:
    """A file called expected.json may be anything."""
    _corpus(pytester, **_TOLD)
    pytester.runpytest(*_PLUGIN).assert_outcomes()


def test_a_corpus_of_the_settings_is_collected(pytester: pytest.Pytester) -> None:
    """`harness_corpora` has patterns below the root folder."""
    _corpus(pytester, **_TOLD)
    pytester.makeini("[pytest]\nharness_corpora = corpora/*")
    pytester.runpytest(*_PLUGIN).assert_outcomes(passed=2)


def test_a_corpus_that_cannot_be_read_is_an_error(pytester: pytest.Pytester) -> None:
    """No silence, and no traceback of ours."""
    folder = _corpus(pytester, **_TOLD)
    (folder / "expected.json").write_text("[]")
    result = pytester.runpytest(*_PLUGIN, str(folder))
    result.assert_outcomes(errors=1)
    assert "msgspec" not in result.stdout.str()


@pytest.mark.parametrize(("name", "outcome"), [("S101-file", "passed"), ("S105-file", "failed")])
def test_a_schema_is_enough_for_folders(pytester: pytest.Pytester, name: str, outcome: str) -> None:
    """With `--harness-schema` an invalid file carries its code in its name."""
    folder = _corpus(pytester)
    (folder / "valid" / "S101-file").unlink()
    (folder / "invalid" / "S101-file").rename(folder / "invalid" / name)
    found = pytester.runpytest(*_PLUGIN, "--harness-schema", "small.ksy")
    found.assert_outcomes(**{outcome: 1})


@pytest.mark.parametrize("name", ["nope", "nope.ksy"])
def test_a_schema_that_is_missing_is_told_once(pytester: pytest.Pytester, name: str) -> None:
    """It is a mistake on the command line, not one of each file."""
    _corpus(pytester)
    found = pytester.runpytest_subprocess(*_PLUGIN, "--harness-schema", name)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert name in found.stderr.str()
    assert "Traceback" not in found.stderr.str()


def test_it_is_declared() -> None:
    """Installing the package installs the plugin."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"content_harness": "harness.pytest_plugin"}


def test_it_loads_nothing_heavy() -> None:
    """A run of tests that have nothing to do with it does not wait for it."""
    code = (
        "import pytest, sys; before = set(sys.modules); import harness.pytest_plugin;"
        "print(sorted(set(sys.modules) - before))"
    )
    found = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, check=True, cwd=_ROOT
    )
    assert found.stdout.strip() == "['harness', 'harness.pytest_plugin']"

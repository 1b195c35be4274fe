"""The examples of docs/writing.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

_PAGE = Path(__file__).parent.parent.parent / "docs" / "writing.md"
_BLOCKS = re.findall(r"^```python\n(.*?)^```$", _PAGE.read_text(), re.DOTALL | re.MULTILINE)
_PARSER = """
def order(data):
    return "little" if data[0] == 0xDE else "big"

def load(data):
    return {{"count": int.from_bytes(data[8:12], {order}) {wrong}}}
"""
_PLUGIN = ("-p", "no:content_harness", "-p", "harness.pytest_plugin", "-p", "no:cacheprovider")


@pytest.mark.parametrize(
    ("order", "wrong", "outcome"),
    [("order(data)", "", "passed"), ("order(data)", "% 2", "failed"), ("'big'", "", "failed")],
)
def test_the_property_of_a_parser(
    pytester: pytest.Pytester, order: str, wrong: str, outcome: str
) -> None:
    """It passes for a parser that is right, and fails for one that is wrong."""
    pytester.makepyfile(my_parser=_PARSER.format(order=order, wrong=wrong))
    pytester.makepyfile(test_page=_BLOCKS[0])
    pytester.makeconftest(
        "from hypothesis import HealthCheck, Phase, settings\n"
        "settings.register_profile('few', max_examples=10, database=None,\n"
        "    phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])\n"
        "settings.load_profile('few')\n"
    )
    pytester.syspathinsert()
    pytester.runpytest_subprocess(*_PLUGIN).assert_outcomes(**{outcome: 1})


def test_the_example_has_ten_lines_at_most() -> None:
    """As the page says."""
    assert len(_BLOCKS[0].splitlines()) <= 10


@pytest.mark.parametrize("block", _BLOCKS[1:], ids=["strategies", "construct"])
def test_the_other_blocks_run(block: str) -> None:
    """Each by itself."""
    exec(block, {})  # noqa: S102  # our own page

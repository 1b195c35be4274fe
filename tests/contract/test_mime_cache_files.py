"""No MIME cache of `update-mime-database` has a finding, and each says what its text files say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.findings.message import message
from harness.reading import Reading, evaluate, read
from harness.reading.tree import ListNode, StructNode
from harness.schema import load
from harness.schema.library import find
from harness.validation import Request, validate_file

SYSTEM = Path("/usr/share/mime")
FEWEST_GLOBS = 1000
NAMESPACE = "http://www.freedesktop.org/standards/shared-mime-info"

# What a package may say of its types, each element once, and what is rare.
PACKAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="{NAMESPACE}">
  <mime-type type="application/x-harness">
    <comment>everything</comment>
    <icon name="harness"/>
    <generic-icon name="package-x-generic"/>
    <alias type="application/x-also-harness"/>
    <sub-class-of type="application/xml"/>
    <sub-class-of type="text/plain"/>
    <glob pattern="*.harness"/>
    <glob pattern="*.HARNESS" case-sensitive="true" weight="80"/>
    <glob pattern="*.händel.𝄞" weight="100"/>
    <glob pattern="Harnessfile" case-sensitive="true"/>
    <glob pattern="harness-[0-9]*.txt" weight="0"/>
    <root-XML namespaceURI="urn:harness" localName="harness"/>
    <root-XML namespaceURI="urn:harness" localName="saddle"/>
    <magic priority="100">
      <match type="host16" value="0x1234" offset="0"/>
      <match type="host32" value="0x12345678" mask="0xff00ff00" offset="4:300">
        <match type="string" value="a&#x20;b" offset="0"/>
        <match type="string" value="abc" mask="0xdfdfdf" offset="8">
          <match type="byte" value="7" offset="1"/>
        </match>
      </match>
    </magic>
    <magic priority="0"><match type="big32" value="1" offset="65536"/></magic>
  </mime-type>
  <mime-type type="text/x-harness-anew">
    <comment>nothing of what others say</comment>
    <glob-deleteall/>
    <magic-deleteall/>
  </mime-type>
</mime-info>
"""


def complaints(path: Path) -> list[str]:
    """What the schema has to say, warnings included."""
    found = validate_file(path, Request(schema="mime_cache")).findings
    return [f"{item.code} {item.rule}: {message(item)}" for item in found]


def database(folder: Path, package: str) -> Path:
    """Have `update-mime-database` write a database of one package."""
    (folder / "packages").mkdir(parents=True)
    (folder / "packages" / "harness.xml").write_text(package, encoding="utf-8")
    subprocess.run(["update-mime-database", str(folder)], check=True, capture_output=True)
    return folder


def told(folder: Path) -> dict[str, set[tuple[str, ...]]]:
    """What the text files of a database say, by the part of the cache that says it too.

    A pattern that minds case stands there twice, the second time for old readers, without the flag.
    """
    globs = {
        (weight, kind, pattern, "cs" if "cs" in flags else "")
        for weight, kind, pattern, *flags in _lines(folder / "globs2", ":", 4)
    }
    return {
        "alias_list": set(_lines(folder / "aliases", " ", 2)),
        "parent_list": set(_lines(folder / "subclasses", " ", 2)),
        "globs": {glob for glob in globs if glob[3] or (*glob[:3], "cs") not in globs},
        "generic_icon_list": set(_lines(folder / "generic-icons", ":", 2)),
        "icon_list": set(_lines(folder / "icons", ":", 2)),
        "namespace_list": set(_lines(folder / "XMLnamespaces", " ", 3)),
    }


def _lines(path: Path, separator: str, parts: int) -> Iterator[tuple[str, ...]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield tuple(line.split(separator, parts - 1))


def said(cache: Reading) -> dict[str, set[tuple[str, ...]]]:
    """What a cache says, in the same form."""
    patterns = [*_items(cache, "literal_list.literals"), *_items(cache, "glob_list.globs")]
    globs = {(*_weighed(item), _plain(item, "pattern.text")) for item in patterns}
    endings = {(*_weighed(leaf), f"*{ending}") for ending, leaf in _endings(cache)}
    return {
        "alias_list": _table(cache, "alias_list.aliases", "name.text", "mime_type.name"),
        "parent_list": {
            (_plain(entry, "mime_type.name"), _plain(parent, "name"))
            for entry in _items(cache, "parent_list.entries")
            for parent in _nodes(_at(entry, "parents.mime_types"))
        },
        "globs": {(weight, kind, text, case) for weight, kind, case, text in globs | endings},
        "generic_icon_list": _table(
            cache, "generic_icon_list.icons", "mime_type.name", "name.text"
        ),
        "icon_list": _table(cache, "icon_list.icons", "mime_type.name", "name.text"),
        "namespace_list": _table(
            cache, "namespace_list.namespaces", "uri.text", "local_name.text", "mime_type.name"
        ),
    }


def _endings(cache: Reading) -> Iterator[tuple[str, StructNode]]:
    waiting = [("", node) for node in _items(cache, "suffix_tree.roots")]
    while waiting:
        behind, node = waiting.pop()
        if _at(node, "character") == 0:
            yield behind, node
        else:
            here = f"{chr(_at(node, 'character'))}{behind}"
            waiting += [(here, child) for child in _nodes(_at(node, "children"))]


def _weighed(node: StructNode) -> tuple[str, str, str]:
    case = "cs" if _at(node, "weight.is_case_sensitive") else ""
    return str(_at(node, "weight.value")), _plain(node, "mime_type.name"), case


def _table(cache: Reading, path: str, *names: str) -> set[tuple[str, ...]]:
    return {tuple(_plain(item, name) for name in names) for item in _items(cache, path)}


def _items(cache: Reading, path: str) -> list[StructNode]:
    return _nodes(evaluate(cache, path).value)


def _nodes(found: object) -> list[StructNode]:
    assert isinstance(found, ListNode)
    return [item for item in found.items if isinstance(item, StructNode)]


def _plain(node: StructNode, path: str) -> str:
    found = _at(node, path)
    assert isinstance(found, str)
    return found


def _at(node: StructNode, path: str) -> Any:  # noqa: ANN401  # whatever stands there
    found: Any = node
    for name in path.split("."):
        found = found.values[found.plan.names.index(name)]
    return found


def of_cache(folder: Path) -> Reading:
    """Read the cache of a database."""
    path = folder / "mime.cache"
    return read(load(find("mime_cache")), path.read_bytes(), file=str(path))


def test_the_cache_of_this_system_has_no_finding() -> None:
    """It is that of the package shared-mime-info, and of all packages with types of their own."""
    assert complaints(SYSTEM / "mime.cache") == []


def test_the_cache_of_this_system_says_what_its_text_files_say() -> None:
    """The same program writes both."""
    assert len(told(SYSTEM)["globs"]) > FEWEST_GLOBS
    assert said(of_cache(SYSTEM)) == told(SYSTEM)


def test_a_cache_of_everything_has_no_finding(tmp_path: Path) -> None:
    """Each element that a package may have, and what is rare in them, is in a file without one."""
    folder = database(tmp_path / "mime", PACKAGE)
    assert complaints(folder / "mime.cache") == []
    assert said(of_cache(folder)) == told(folder)
    assert all(told(folder).values())


def test_what_a_cache_does_not_say_is_missed(tmp_path: Path) -> None:
    """The same comparison, seen to fail: the text files are of another package."""
    folder = database(tmp_path / "mime", PACKAGE)
    other = database(tmp_path / "other", PACKAGE.replace("harness", "saddle"))
    ours, theirs = said(of_cache(folder)), told(other)
    assert [name for name in ours if ours[name] == theirs[name]] == []


def test_a_capital_in_a_pattern_draws_a_warning(tmp_path: Path) -> None:
    """Where case is of no matter, `update-mime-database` writes small letters."""
    data = (SYSTEM / "mime.cache").read_bytes()
    path = tmp_path / "mime.cache"
    path.write_bytes(data.replace(b"\0makefile\0", b"\0Makefile\0", 1))
    assert data != path.read_bytes()
    assert any("lower-case" in line for line in complaints(path))


@pytest.mark.parametrize("at", [0, 100, -1])
def test_a_cache_that_lost_a_byte_has_a_finding(tmp_path: Path, at: int) -> None:
    """The same check, seen to fail: at the start, among the strings, and at the end."""
    path = database(tmp_path / "mime", PACKAGE) / "mime.cache"
    data = bytearray(path.read_bytes())
    del data[at]
    path.write_bytes(data)
    assert complaints(path) != []

"""No sound MaxMind DB has a finding, each is read as MaxMind's own readers read it."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import maxminddb
import mmdb_writer
import pytest
from netaddr import IPSet

from corpora.build import FOLDER
from corpora.recipes.maxmind import Data, Kind, about, build, head, mapping, pointer, string, tree
from corpora.recipes.maxmind_valid import VALID
from harness.findings.model import Severity
from harness.reading import evaluate, read
from harness.schema import load
from harness.schema.library import find
from harness.validation import Request, validate_file
from tests.contract.maxmind_networks import networks

READER_RELEASE = "3.2.0"
FEWEST_RELEASED = 50
READERS = {"python": maxminddb.MODE_MEMORY, "C": maxminddb.MODE_MMAP_EXT}
CORPUS = FOLDER / "maxmind_db" / "valid"
# Sound files that a reader refuses: keys of the metadata that may be left out are missing in them,
# or there is one that is not known. See docs/findings.md.
REFUSED = {
    "python": {"no-description.mmdb", "no-languages.mmdb", "unknown-key.mmdb"},
    "C": {"no-description.mmdb", "no-languages.mmdb"},
}

# What of MaxMind's test files is broken, by design, and how that is told.
BROKEN = {
    "GeoIP2-City-Test-Broken-Double-Format.mmdb": {"I501 size-of-type"},
    "GeoIP2-City-Test-Invalid-Node-Count.mmdb": {"I501 tree-ends-at-separator", "S101"},
    "MaxMind-DB-test-decode-path-shared-budget.mmdb": {"I504"},
    "MaxMind-DB-test-broken-pointers-24.mmdb": {"B204", "I501 left-leads-somewhere", "I505"},
    "MaxMind-DB-test-broken-search-tree-24.mmdb": {"S110", "S114"},
}
# What is in the names of files made to exceed the limits of readers; the format has no such limits.
MADE_FOR_LIMITS = ("-limit", "-budget", "-dos")
# Those in the folder of files that made some reader crash which are sound all the same; the
# specification sets no bounds to a time of making, and an empty map or array may come last.
SOUND_ALL_THE_SAME = {
    "libmaxminddb-empty-array-last-in-metadata.mmdb",
    "libmaxminddb-empty-map-last-in-metadata.mmdb",
    "libmaxminddb-uint64-max-epoch.mmdb",
}


def raised(path: Path, severity: Severity | None = None) -> set[str]:
    """What the schema has to say of a file: codes and rules."""
    found = validate_file(path, Request(schema="maxmind_db")).findings
    return {
        f"{item.code} {item.rule}".strip()
        for item in found
        if severity is None or item.severity is severity
    }


def differences(path: Path, mode: int) -> Iterator[str]:
    """Where a reader of MaxMind's finds another network or value than we do."""
    ours = read(load(find("maxmind_db")), path.read_bytes(), file=str(path))
    is_short = evaluate(ours, "metadata.ip_version").value == 4
    width, make = (32, ipaddress.IPv4Address) if is_short else (128, ipaddress.IPv6Address)
    with maxminddb.open_database(path, mode) as reader:
        for bits, value in networks(ours):
            address = make(int(bits.ljust(width, "0"), 2))
            theirs = reader.get_with_prefix_len(address)
            if theirs != (value, len(bits)):
                yield f"{address}: {(value, len(bits))} here, {theirs} there"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Databases that another program wrote."""
    folder = tmp_path_factory.mktemp("written")
    for version, first, second in ((4, "1.2.0.0/16", "9.9.9.9/32"), (6, "2001:db8::/33", "::/120")):
        writer = mmdb_writer.MMDBWriter(
            version, "Harness-Written", languages=["en"], description={"en": "for a test"}
        )
        value = {"names": {"en": "One", "de": "Eins"}, "place": [1.5, -7], "is": True}
        writer.insert_network(IPSet([first]), value)
        writer.insert_network(IPSet([second]), {**value, "more": [value] * 3, "n": 1 << 70})
        writer.to_db_file(str(folder / f"small-{version}.mmdb"))
    writer = mmdb_writer.MMDBWriter(4, "Harness-Large", description={"en": "for a test"})
    for number in range(9):
        writer.insert_network(IPSet([f"{number}.0.0.0/8"]), bytes([number]) * 1_900_000)
    writer.insert_network(IPSet(["9.0.0.0/8"]), "far")
    writer.to_db_file(str(folder / "large-28.mmdb"))
    return folder


def test_what_another_program_wrote_has_no_finding(written: Path) -> None:
    """Both IP versions, and records of 28 bits that use the upper four."""
    found = {path.name: raised(path) for path in sorted(written.glob("*.mmdb"))}
    assert found == {name: set() for name in ("large-28.mmdb", "small-4.mmdb", "small-6.mmdb")}
    with maxminddb.open_database(written / "large-28.mmdb") as reader:
        assert reader.metadata().record_size == 28


@pytest.mark.parametrize("mode", READERS.values(), ids=READERS.keys())
def test_readers_of_what_was_written_agree(written: Path, mode: int) -> None:
    """Each network leads to the same value, ours and theirs."""
    found = [line for path in sorted(written.glob("*.mmdb")) for line in differences(path, mode)]
    assert found == []


@pytest.mark.parametrize("reader", READERS)
def test_readers_of_the_corpus_agree(reader: str) -> None:
    """Each network of each sound corpus file that a reader takes leads to the same value."""
    names = {sample.name for sample in VALID}
    assert names > REFUSED[reader]
    taken = [CORPUS / name for name in sorted(names - REFUSED[reader])]
    assert [line for path in taken for line in differences(path, READERS[reader])] == []


@pytest.mark.parametrize("reader", READERS)
def test_readers_refuse_what_is_sound(reader: str) -> None:
    """The files left out above are refused indeed."""
    for name in REFUSED[reader]:
        with pytest.raises((maxminddb.InvalidDatabaseError, TypeError)):
            maxminddb.open_database(CORPUS / name, READERS[reader])


def test_a_reader_that_sees_another_value_is_found(tmp_path: Path) -> None:
    """The same comparison, seen to fail: their reader gets another file."""
    path = tmp_path / "ours.mmdb"
    path.write_bytes((CORPUS / "ipv4-24.mmdb").read_bytes().replace(b"DE", b"AT"))
    reading = read(load(find("maxmind_db")), path.read_bytes(), file="ours")
    values = [value for _, value in networks(reading) if value is not None]
    assert sorted(map(str, values)) == ["{'country': 'AT'}", "{'country': 'FR'}"]
    with maxminddb.open_database(CORPUS / "ipv4-24.mmdb") as reader:
        assert reader.get("10.0.0.1") == {"country": "DE"}


def test_sizes_and_pointers_of_three_bytes(tmp_path: Path) -> None:
    """A size of more than 65,820 bytes, and a pointer beyond 526,335: too long for the corpus."""
    long = string("x" * 600_000)
    items = head(Kind.ARRAY, 1) + pointer(len(long) + 6, 3)
    data = long + items + string("end")
    assert len(items) == 6
    nodes = tree({"0": Data(len(long)), "1": Data(0)})
    path = tmp_path / "far.mmdb"
    path.write_bytes(build(nodes, data))
    assert raised(path) == set()
    assert list(differences(path, maxminddb.MODE_MEMORY)) == []


def test_metadata_are_in_the_last_128_kib(tmp_path: Path) -> None:
    """Larger ones are not found: the marker is too far from the end."""
    for size, expected in ((0x1_F000, set()), (0x2_0000, {"S116"})):
        path = tmp_path / f"{size}.mmdb"
        metadata = about(1, 24, 4, description=mapping(("en", string("x" * size))))
        path.write_bytes(build([(None, None)], b"", metadata=metadata))
        assert raised(path) == expected


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MaxMind's test files, as they stand in the source of their reader on the package index."""
    folder = tmp_path_factory.mktemp("released")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-binary", ":all:", "--dest", str(folder)]
    subprocess.run([*command, f"maxminddb=={READER_RELEASE}"], check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    return next((folder / "unpacked").glob("*/tests/data"))


@pytest.mark.deep
def test_of_maxmind_s_test_files_only_broken_ones_have_findings(released: Path) -> None:
    """They are of all record sizes, types and both IP versions; what is broken is told."""
    paths = sorted((released / "test-data").glob("*.mmdb"))
    found = {path.name: raised(path) - {"I501 description-given"} for path in paths}
    assert len(found) > FEWEST_RELEASED
    assert {name: codes for name, codes in found.items() if codes} == BROKEN


@pytest.mark.deep
def test_readers_of_maxmind_s_test_files_agree(released: Path) -> None:
    """Each network of each sound file leads to the same value."""
    for path in sorted((released / "test-data").glob("*.mmdb")):
        if path.name not in BROKEN and not any(part in path.name for part in MADE_FOR_LIMITS):
            assert list(differences(path, maxminddb.MODE_MEMORY)) == [], path.name


@pytest.mark.deep
def test_what_made_readers_crash_has_errors(released: Path) -> None:
    """All files of that folder, but for three that are sound."""
    paths = sorted((released / "bad-data").rglob("*.mmdb"))
    sound = {path.name for path in paths if not raised(path, Severity.ERROR)}
    assert sound == SOUND_ALL_THE_SAME


@pytest.mark.deep
def test_a_file_that_lost_a_byte_has_an_error(released: Path, tmp_path: Path) -> None:
    """The same check on sound files, seen to fail: at the end, at the start, and in the middle."""
    cut = tmp_path / "cut.mmdb"
    for path in sorted((released / "test-data").glob("*-City-Test.mmdb")):
        data = path.read_bytes()
        for at in (0, len(data) // 2, len(data) - 1):
            cut.write_bytes(data[:at] + data[at + 1 :])
            assert raised(cut, Severity.ERROR), f"{path.name} without byte {at}"

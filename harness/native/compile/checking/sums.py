"""`-checksum` to C: harness/reading/checksums.py."""

from __future__ import annotations

from typing import Final, NamedTuple

from harness.native.compile.checking.parts import Parts
from harness.native.compile.words import Word
from harness.schema.ir import Checksum

_ROWS: Final = 16  # bytes that the tables of a cyclic redundancy check take at once


class _Algorithm(NamedTuple):
    """The functions of an algorithm; `polynomial` for one that needs tables, reflected."""

    begin: str
    add: str
    finish: str
    polynomial: int = 0


_ALGORITHMS: Final = {
    "crc32": _Algorithm("hv_crc_begin", "crc32_add", "hv_crc_finish", 0xEDB88320),
    "crc32c": _Algorithm("hv_crc_begin", "crc32c_add", "hv_crc_finish", 0x82F63B78),
    "adler32": _Algorithm("hv_adler_begin", "hv_adler_add", "hv_adler_finish"),
    "sha256": _Algorithm("hv_sha256_begin", "hv_sha256_add", "hv_sha256_finish"),
    "sum8": _Algorithm("hv_plain_begin", "hv_plain_add", "hv_sum8_finish"),
    "sum16": _Algorithm("hv_plain_begin", "hv_plain_add", "hv_sum16_finish"),
    "sum32": _Algorithm("hv_plain_begin", "hv_plain_add", "hv_sum32_finish"),
    "xor8": _Algorithm("hv_plain_begin", "hv_xor_add", "hv_sum8_finish"),
}


class SumCompiler:
    """Compiles the checksums of one schema; the tables of each algorithm are put in once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._with_tables: set[str] = set()

    def compile(self, owner: str, slot: int, checksum: Checksum) -> str:
        """Return the call that checks the sum in `slot` of `n`."""
        parts, unit = self._parts, self._parts.unit
        algorithm = _ALGORITHMS[checksum.algorithm]
        if algorithm.polynomial and checksum.algorithm not in self._with_tables:
            self._with_tables.add(checksum.algorithm)
            unit.add(_tables(checksum.algorithm, algorithm))
        zeroed = "NULL"
        if checksum.zeroed:
            zeroed = unit.fresh("zeroed")
            slots = ", ".join(f"{unit.slots.of(owner, name)}u" for name in checksum.zeroed)
            unit.add(f"static const uint32_t {zeroed}[] = {{{slots}}};")
        record = parts.record(
            "hv_checksum", slot, unit.source(checksum.place),
            unit.message("I502", (Word(0, "sum"),), (Word(1, "sum"),)),
            unit.message(
                "B204", (Word(0, "count", "byte"),), (Word(1, "plain"), "..", Word(2, "plain"))
            ),
            zeroed, len(checksum.zeroed), parts.boxed(checksum.start, owner),
            parts.boxed(checksum.end, owner), algorithm.begin, algorithm.add, algorithm.finish,
        )  # fmt: skip
        return f"hv_check_sum(c, &{record}, n)"


def _tables(name: str, algorithm: _Algorithm) -> str:
    """Return the tables of a cyclic redundancy check, and the function that uses them."""
    rows = ",\n".join(
        "    {" + ", ".join(f"0x{number:x}u" for number in row) + "}"
        for row in crc_tables(algorithm.polynomial)
    )
    return (
        f"static const uint32_t {name}_table[{_ROWS}][256] = {{\n{rows}\n}};\n\n"
        f"static void {algorithm.add}(hv_sum *sum, const uint8_t *p, size_t n)\n"
        f"{{\n    hv_crc_add(sum, {name}_table, p, n);\n}}\n"
    )


def crc_tables(polynomial: int) -> list[list[int]]:
    """Return the tables of a reflected polynomial: row `k` for a byte that `k` others follow."""
    row = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        row.append(value)
    rows = [row]
    while len(rows) < _ROWS:
        rows.append([(value >> 8) ^ row[value & 0xFF] for value in rows[-1]])
    return rows

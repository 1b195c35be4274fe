"""A compiled schema by hand: what the engine around generated code is tested with."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from harness.findings.model import Place, Severity
from harness.findings.registry import RULES
from harness.native.compile.words import Legend, Listed, Message, Named, Source, Word
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered

Step = tuple[int, int, int]

LEGEND = Legend(
    schema="box",
    codes=tuple(RULES),
    messages=(
        Message("S101"),
        Message("S105", ("`kind`",), (Word(0, "plain"),)),
        Message("I501", ("expected ", Word(0)), (Word(1),)),
        Message("B206", ("u1",), ("`x` = ", Word(0))),
        Message("K401"),
        Message("I501", (), (Listed((("`a` is ", Word(0)), ("`b` is ", Word(1))), "it is false"),)),
        Message("S117", (Word(0, "kind"), " of ", Word(1, "count", "byte")), (Word(2, "hex"),)),
        Message("I502", (Word(0, "sum"),), (Word(0, "words", "box::colour"),), Severity.NOTE),
    ),
    sources=(
        Source(),
        Source(Place("box.ksy", 9), rule="small", reason="it is small", severity=Severity.WARNING),
        Source(Place("reader.toml", 3), rule="taken", severity=Severity.NOTE, is_contract=True),
    ),
    types=(
        Named(
            "box",
            Place("box.ksy", 1),
            ("parts", "size"),
            (Place("box.ksy", 2), Place("box.ksy", 3)),
        ),
        Named("box::part", Place("box.ksy", 5), ("x",), (Place("box.ksy", 6),)),
        Named("lid", Place("lid.ksy", 1), ("y",), (Place("lid.ksy", 2),)),
    ),
    enums={"box::colour": {1: "red"}},
    companions=(("lid", "lid"),),
)
"""Messages and types for every way in which a record can be put into words."""


def value(tag: int, number: int = 0, data: bytes = b"", type_: int = 0) -> bytes:
    """A value as records have it."""
    return struct.pack("=2IQ", tag | type_ << 8, len(data), number) + data + bytes(-len(data) % 4)


def steps(*places: Step) -> bytes:
    """Steps as records have them."""
    return b"".join(struct.pack("=3i", *place) for place in places)


def record(  # the parts of a record
    message: int,
    *places: Step,
    values: Sequence[bytes] = (),
    source: int = 0,
    fault: int = 0,
    home: int = 0,
    span: tuple[int, int] = (0, 1),
) -> bytes:
    """A record of one finding."""
    body = steps(*places) + b"".join(values)
    numbers = (message, source, fault, home, *span, len(places), len(values))
    return struct.pack("=9I", 36 + len(body), *numbers) + body


SOURCE = r"""
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    int64_t max_findings; uint8_t *findings; size_t findings_size; uint64_t *dropped;
    size_t used; uint64_t count, errors, contract_errors; uint32_t is_full, padding;
    size_t scratch_kept, scratch_used;
    uint64_t *observed; size_t observed_room, observed_wanted;
    void *spans; uint64_t span_room, span_count;
    void *cells; uint64_t cell_room, cell_count; uint32_t is_measured, more_padding;
} hv_request;

uint32_t hv_abi(void) { return 5; }
void *hv_open(void *scratch, size_t size) { return size < 4096 ? NULL : memset(scratch, 0, 64); }
void hv_bound_stack(void *context, size_t bytes) { (void)context; (void)bytes; }
void hv_bound_scratch(void *context, size_t bytes) { (void)context; (void)bytes; }
int hv_give_companion(void *context, uint32_t number, const uint8_t *data, size_t size)
{ ((uint8_t *)context)[number] = size ? data[0] : 0; return 0; }

/* The first byte is the status; each byte after it makes a finding whose span is that byte. */
int hv_check(void *context, const uint8_t *data, size_t size, hv_request *r)
{
    (void)context;
    r->used = 0; r->count = 0; r->is_full = 0;
    r->scratch_kept = 64; r->scratch_used = size << 20;
    for (size_t i = 1; i < size; i++) {
        uint32_t record[9] = {36, 0, 0, 0, 0, data[i], data[i] + 1u, 0, 0};
        if ((int64_t)r->count >= r->max_findings) { r->dropped[0]++; continue; }
        if (r->findings_size - r->used < sizeof record) { r->is_full = 1; return 0; }
        memcpy(r->findings + r->used, record, sizeof record);
        r->used += sizeof record; r->count++;
    }
    return size ? data[0] : 0;
}
"""


def generate(schema: Schema, overlays: Sequence[Lowered]) -> tuple[str, Legend]:
    """A compiler of schemas that gives the same for each."""
    del schema, overlays
    return SOURCE, LEGEND

"""The channel file declared by hand for construct: its layout, and the rules that it has words for.

Constants, counts, which values go with which kind, texts at offsets of the pool. Not what looks
at other records: joins with definitions, order, uniqueness, use of every byte, the checksum.
"""

from __future__ import annotations

from typing import Final

import construct as c
from construct import this

_TEXT_KINDS: Final = 3  # and above: string, regex

_HEADER: Final = c.Struct(
    "magic" / c.Const(b"CHNL"),
    "version" / c.Const(1, c.Int16ul),
    "header_size" / c.Const(64, c.Int16ul),
    "file_size" / c.Int32ul,
    "crc32" / c.Int32ul,
    "channel_id" / c.Int16ul,
    "minimum_release" / c.Int16ul,
    "revision" / c.Int32ul,
    "instance_count" / c.Int32ul,
    "instances_offset" / c.Int32ul,
    "instances_size" / c.Int32ul,
    "index_offset" / c.Int32ul,
    "index_size" / c.Int32ul,
    "pool_offset" / c.Int32ul,
    "pool_size" / c.Int32ul,
    "reserved" / c.Const(bytes(12)),
)

_CRITERION: Final = c.Struct(
    "kind" / c.Int8ul,
    c.Check(this.kind <= 4),
    "reserved" / c.Const(0, c.Int8ul),
    "length" / c.Int16ul,
    "value" / c.Int32ul,
    c.Check((this.kind != 0) | (this.value == 0)),
    c.Check((this.kind >= _TEXT_KINDS) | (this.length == 0)),
    c.Check((this.kind != 2) | (this.value % 65536 <= this.value // 65536)),
    "text"
    / c.If(
        this.kind >= _TEXT_KINDS,
        c.Pointer(this._._.header.pool_offset + this.value, c.CString("ascii")),
    ),
)

_INSTANCE: Final = c.Struct(
    "instance_id" / c.Int32ul,
    "type_id" / c.Int16ul,
    "criteria_count" / c.Int8ul,
    "reserved" / c.Const(0, c.Int8ul),
    "criteria" / c.Array(this.criteria_count, _CRITERION),
)

_ENTRY: Final = c.Struct("instance_id" / c.Int32ul, "offset" / c.Int32ul)

CHANNEL: Final = c.Struct(
    "header" / _HEADER,
    "instance_sizes" / c.Array(this.header.instance_count, c.Int32ul),
    "instances" / c.Array(this.header.instance_count, _INSTANCE),
    "index" / c.Pointer(this.header.index_offset, c.Array(this.header.instance_count, _ENTRY)),
    "pool" / c.Pointer(this.header.pool_offset, c.Bytes(this.header.pool_size)),
)

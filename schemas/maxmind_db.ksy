meta:
  id: maxmind_db
  title: MaxMind DB
  file-extension: mmdb
  endian: be
doc: |
  Networks of IP addresses and a value for each: geolocation databases are made so.

  A file is a search tree, 16 zeros, a data section with the values, a marker, and metadata, which
  say how large the tree is. So a reader begins at the end.

  The tree is read as one, from its first node on. A node to which no address leads is left over
  unread, and one that leads back to itself is found. Values are read in the order in which they
  stand; where a pointer leads to one, that one is read again from there, once for all pointers.

  Titles in `doc-ref` and in messages are those of the specification's sections.
doc-ref:
  - https://maxmind.github.io/MaxMind-DB/ MaxMind DB File Format Specification, version 2.0

# The reference reader keeps each node; larger databases are not judged, and that is said.
-limits: {items: 2_000_000}

seq:
  - id: search_tree
    type:
      switch-on: metadata.ip_version
      cases:
        4: ipv4_tree
        6: ipv6_tree
    size: metadata.node_count * metadata.record_size / 4
    doc: The record size is told in bits, and a node has two records.
    doc-ref: Calculating the Search Tree Section Size
  - id: separator
    size: 16
    -padding: zero
    doc: Zeros, so that the tree can be told from the data.
    doc-ref: Data Section Separator
  - id: data_section
    type: data_section
    size: _io.size - metadata._io.size - 14 - _io.pos
    doc: Ends where the marker begins, which has 14 bytes.
    doc-ref: Output Data Section
  - id: marker
    size: 14
    doc: The marker that `metadata` is found by; nothing else can stand here.
    doc-ref: Database Metadata
instances:
  metadata:
    -locate:
      marker: [0xab, 0xcd, 0xef, "MaxMind.com"]
      occurrence: last
      # 128 KiB, the marker included
      within: 131_072
    type: metadata
    size-eos: true
    doc: All that follows the last marker.
    doc-ref: Database Metadata

types:
  metadata:
    doc: |
      What the database is, as a map. A pointer in it counts from its start, and may lead to a
      value behind the map.
    doc-ref: Database Metadata
    -limits: {depth: 512}
    -invariants:
      - id: metadata-is-map
        check: head.kind == kind::map
        message: the metadata begin with a map (Database Metadata)
      - id: node-count-given
        check: entries.any(_.name == "node_count")
        message: the metadata have the key `node_count` (node_count)
      - id: record-size-given
        check: entries.any(_.name == "record_size")
        message: the metadata have the key `record_size` (record_size)
      - id: ip-version-given
        check: entries.any(_.name == "ip_version")
        message: the metadata have the key `ip_version` (ip_version)
      - id: database-type-given
        check: entries.any(_.name == "database_type")
        message: the metadata have the key `database_type` (database_type)
      - id: major-version-given
        check: entries.any(_.name == "binary_format_major_version")
        message: >-
          the metadata have the key `binary_format_major_version` (binary_format_major_version)
      - id: minor-version-given
        check: entries.any(_.name == "binary_format_minor_version")
        message: >-
          the metadata have the key `binary_format_minor_version` (binary_format_minor_version)
      - id: build-epoch-given
        check: entries.any(_.name == "build_epoch")
        message: the metadata have the key `build_epoch` (build_epoch)
      # A wrong size of the tree is noticed where the data are read. This rule says so here.
      - id: tree-ends-at-separator
        check: >-
          node_count * record_size / 4 + 16 <= _root._io.size - _io.size - 14
          and _root.separator.all(_ == 0)
        message: >-
          the tree, as large as the metadata say, ends where the separator is (Calculating the
          Search Tree Section Size)
      - id: description-given
        check: entries.any(_.name == "description" and _.content.head.size > 0)
        severity: warning
        message: a description in at least one language is encouraged (description)
    seq:
      - id: head
        type: head
      - id: entries
        type:
          switch-on: head.kind
          cases:
            kind::map: >-
              metadata_entry(
              _index == 0 ? -1 : entries[_index - 1].node_count,
              _index == 0 ? -1 : entries[_index - 1].record_size,
              _index == 0 ? -1 : entries[_index - 1].ip_version)
        repeat: expr
        repeat-expr: head.size
        -unique-by: _.name
        doc: Keys and values; each hands on what is known so far about the search tree.
        doc-ref: Database Metadata; Maps
    instances:
      node_count:
        value: entries[head.size - 1].node_count.as<u4>
        if: head.size > 0 and entries[head.size - 1].node_count >= 0
        doc-ref: node_count
      record_size:
        value: entries[head.size - 1].record_size.as<u2>
        if: head.size > 0 and entries[head.size - 1].record_size >= 0
        doc: In bits.
        doc-ref: record_size
      ip_version:
        value: entries[head.size - 1].ip_version.as<u2>
        if: head.size > 0 and entries[head.size - 1].ip_version >= 0
        doc-ref: ip_version

  metadata_entry:
    doc: A key of the metadata and its value.
    doc-ref: Database Metadata
    params:
      - id: node_count_before
        type: s8
        doc: What an entry before this one says; -1 where none does.
      - id: record_size_before
        type: s8
        doc: Likewise.
      - id: ip_version_before
        type: s8
        doc: Likewise.
    -invariants:
      - id: key-is-string
        check: has_name
        message: the keys of a map are strings (Maps)
      - id: metadata-type
        when: wanted_kind != kind::pointer
        check: content.head.kind == wanted_kind
        message: each key of the metadata has values of one type (Database Metadata)
      - id: node-count
        when: name == "node_count"
        check: content.number >= 1
        message: a search tree has a top node (Binary Search Tree Section)
      - id: record-size
        when: name == "record_size"
        check: content.number == 24 or content.number == 28 or content.number == 32
        message: a record has 24, 28 or 32 bits; no database has others (Node Layout)
      - id: ip-version
        when: name == "ip_version"
        check: content.number == 4 or content.number == 6
        message: the IP version is 4 or 6 (ip_version)
      - id: major-version
        when: name == "binary_format_major_version"
        check: content.number == 2
        message: the major version is 2; another is another format (Version)
      - id: minor-version
        when: name == "binary_format_minor_version"
        check: content.number == 0
        severity: warning
        message: the minor version is 0; what another adds is not known here (Version)
      - id: known-key
        when: has_name
        check: wanted_kind != kind::pointer
        severity: warning
        message: a new key would make a new minor version (Database Metadata)
      - id: languages-are-strings
        when: name == "languages"
        check: content.items.all(_.value_kind == kind::string)
        message: languages are strings (languages)
      - id: descriptions-are-strings
        when: name == "description"
        check: content.pairs.all(_.value.value_kind == kind::string)
        message: descriptions are strings (description)
    seq:
      - id: key
        type: field
        doc-ref: Maps
      - id: value
        type: field
        doc-ref: Maps
    instances:
      name:
        value: key.string
      content:
        value: "value.head.kind == kind::pointer ? value.target : value"
        doc: The value, here or where a pointer leads.
      has_name:
        value: key.value_kind == kind::string
      node_count:
        value: "has_name and name == \"node_count\" ? content.number : node_count_before"
      record_size:
        value: "has_name and name == \"record_size\" ? content.number : record_size_before"
      ip_version:
        value: "has_name and name == \"ip_version\" ? content.number : ip_version_before"
      wanted_kind:
        value: >-
          name == "node_count" ? kind::uint32
          : name == "record_size" or name == "ip_version"
          or name == "binary_format_major_version" or name == "binary_format_minor_version"
          ? kind::uint16
          : name == "build_epoch" ? kind::uint64
          : name == "database_type" ? kind::string
          : name == "languages" ? kind::array
          : name == "description" ? kind::map
          : kind::pointer
        doc: What type the key's values have; for a key that is not known `pointer`.
        doc-ref: Database Metadata

  ipv4_tree:
    doc: A way through it has at most 32 nodes.
    doc-ref: Search Lookup Algorithm
    -limits: {depth: 33}
    seq: []
    instances:
      top:
        pos: 0
        type: node

  ipv6_tree:
    doc: A way through it has at most 128 nodes; some lead into the part that is for IPv4.
    doc-ref: Search Lookup Algorithm; IPv4 addresses in an IPv6 tree
    -limits: {depth: 129}
    seq: []
    instances:
      top:
        pos: 0
        type: node

  node:
    doc: |
      Where to go on with an address: left if its next bit is 0, else right.

      Of 28 bits, the upper four of both records stand together in the middle byte.
    doc-ref: Search Lookup Algorithm; Node Layout
    -invariants:
      - id: left-leads-somewhere
        check: >-
          left <= _root.metadata.node_count
          or (left >= _root.metadata.node_count + 16
          and left - _root.metadata.node_count - 16 < _root.data_section._io.size)
        message: >-
          a record leads to a node, nowhere, or into the data section, but not into the separator
          before it (Search Lookup Algorithm)
      - id: right-leads-somewhere
        check: >-
          right <= _root.metadata.node_count
          or (right >= _root.metadata.node_count + 16
          and right - _root.metadata.node_count - 16 < _root.data_section._io.size)
        message: >-
          a record leads to a node, nowhere, or into the data section, but not into the separator
          before it (Search Lookup Algorithm)
    seq:
      - id: first
        type: u2
        -refers-to:
          table: _root.data_section.starts
          by: _._start - _root.data_section._start
          value: left - _root.metadata.node_count - 16
          when: >-
            left >= _root.metadata.node_count + 16
            and left - _root.metadata.node_count - 16 < _root.data_section._io.size
        doc: The left record without its last byte, or with 32 bits without its lower half.
        doc-ref: Node Layout
      - id: middle
        type:
          switch-on: _root.metadata.record_size
          cases:
            28: u1
            32: u2
        if: _root.metadata.record_size != 24
        doc: What else there is of the left record before the last four bytes.
        doc-ref: Node Layout
      - id: last
        type: u4
        -refers-to:
          table: _root.data_section.starts
          by: _._start - _root.data_section._start
          value: right - _root.metadata.node_count - 16
          when: >-
            right >= _root.metadata.node_count + 16
            and right - _root.metadata.node_count - 16 < _root.data_section._io.size
        doc: The rest of the left record, if any, and the right one.
        doc-ref: Node Layout
    instances:
      left:
        value: >-
          _root.metadata.record_size == 24 ? (first << 8) | (last >> 24)
          : _root.metadata.record_size == 28 ? ((last >> 28) << 24) | (first << 8) | middle
          : (first << 16) | middle
        doc: |
          Up to the number of nodes it is that of a node; equal, it leads nowhere; above, less
          16, it is as many bytes into the data section.
        doc-ref: Search Lookup Algorithm
      right:
        value: >-
          _root.metadata.record_size == 24 ? last & 0xff_ffff
          : _root.metadata.record_size == 28 ? last & 0xfff_ffff : last
        doc-ref: Search Lookup Algorithm
      left_node:
        pos: left * _root.metadata.record_size / 4
        type: node
        if: left < _root.metadata.node_count
      right_node:
        pos: right * _root.metadata.record_size / 4
        type: node
        if: right < _root.metadata.node_count

  data_section:
    doc: One value after the other.
    doc-ref: Output Data Section
    -limits: {depth: 512}
    -coverage:
      - {id: size-form-by-type, each: starts, rows: 5, row: _.head.more_size, column: _.head.kind}
    seq:
      - id: fields
        type: field
        repeat: eos
    instances:
      starts:
        pos: 0
        type: start
        repeat: eos
        if: fields.size > 0 or _io.size == 0
        -overlap: allow
        doc: |
          The same bytes, with all fields in a row, those in maps and arrays too: where pointers
          and records may lead. Not there if the values could not be read to their end.
        doc-ref: pointer; Search Lookup Algorithm

  start:
    doc: A field, without what a map or array holds.
    seq:
      - id: head
        type: head
      - id: octets
        size: "head.has_octets ? head.size : 0"

  head:
    doc: Which type a field has, and how large or where it is.
    doc-ref: Data Field Format
    seq:
      - id: control
        type: u1
        doc: The type in three bits, which are 0 if the next byte tells it, and the size.
        doc-ref: Data Field Format
      - id: extended
        type: u1
        if: control < 0x20
        valid:
          min: 1
        doc: The type less 7; those up to 7 have no need of this byte.
        doc-ref: Data Field Format
      - id: more
        size: more_size
        if: more_size > 0
        doc: What of a size or pointer the control byte has no room for.
        doc-ref: Payload Size; Pointers
    instances:
      kind:
        value: "control < 0x20 ? extended + 7 : control >> 5"
        enum: kind
      more_size:
        value: >-
          (control >> 5) == 1 ? ((control >> 3) & 3) + 1
          : (control & 0x1f) > 28 ? (control & 0x1f) - 28 : 0
        doc-ref: Payload Size; Pointers
      more_number:
        value: >-
          more_size == 0 ? 0
          : more_size == 1 ? more[0]
          : more_size == 2 ? (more[0] << 8) | more[1]
          : more_size == 3 ? (more[0] << 16) | (more[1] << 8) | more[2]
          : (more[0] << 24) | (more[1] << 16) | (more[2] << 8) | more[3]
      size:
        value: >-
          more_number
          + (more_size == 0 ? control & 0x1f : more_size == 1 ? 29 : more_size == 2 ? 285 : 65_821)
        if: kind != kind::pointer
        doc: Bytes that follow; of a map the pairs, of an array the items, of a boolean the value.
        doc-ref: Payload Size
      pointer:
        value: >-
          more_size == 4 ? more_number
          : ((control & 7) << (8 * more_size)) + more_number
          + (more_size == 2 ? 2_048 : more_size == 3 ? 526_336 : 0)
        if: kind == kind::pointer
        doc: Bytes from the start of the section.
        doc-ref: Pointers
      has_octets:
        value: >-
          kind != kind::pointer and kind != kind::map and kind != kind::array
          and kind != kind::boolean
        doc: Whether the size counts bytes.

  field:
    doc: A value, or a pointer to one.
    doc-ref: Output Data Section
    -invariants:
      - id: type-in-use
        check: head.kind.to_i <= 11 or head.kind == kind::boolean or head.kind == kind::float
        message: >-
          types are 1 to 11, 14 and 15; readers need not know 12 and 13 (Output Data Section)
      - id: size-of-type
        when: head.kind != kind::pointer
        check: head.size <= largest_size and head.size >= smallest_size
        message: >-
          a double has 8 bytes and a float 4, an integer no more than its type, and a boolean is 0
          or 1 (Output Data Section)
      - id: pointer-to-value
        when: head.kind == kind::pointer
        check: target.head.kind != kind::pointer
        message: no pointer leads to another pointer (pointer)
    seq:
      - id: head
        type: head
        -refers-to:
          table: _root.data_section.starts
          by: _._start - _root.data_section._start
          value: _.pointer
          when: _.kind == kind::pointer and _start < _root.metadata._start
        doc-ref: Data Field Format
      - id: text
        size: head.size
        type: str
        encoding: UTF-8
        if: head.kind == kind::string
        doc-ref: UTF-8 string
      - id: double
        type: f8
        if: head.kind == kind::double and head.size == 8
        doc-ref: double
      - id: float
        type: f4
        if: head.kind == kind::float and head.size == 4
        doc-ref: float
      - id: octets
        size: head.size
        if: >-
          head.has_octets and head.kind != kind::string
          and not (head.kind == kind::double and head.size == 8)
          and not (head.kind == kind::float and head.size == 4)
        doc: Bytes as they are, or an integer, whose leading zeros may be left out.
        doc-ref: bytes; integer formats
      - id: pairs
        type: pair
        repeat: expr
        repeat-expr: head.size
        if: head.kind == kind::map
        -unique-by: _.name
        doc: No key stands twice, or it would be left to readers what its value is.
        doc-ref: map; Maps
      - id: items
        type: field
        repeat: expr
        repeat-expr: head.size
        if: head.kind == kind::array
        doc-ref: array
    instances:
      target:
        pos: head.pointer
        type: field
        if: head.kind == kind::pointer
        -overlap: allow
        doc: What a pointer leads to; it may be a part of another value.
        doc-ref: pointer
      largest_size:
        value: >-
          head.kind == kind::double ? 8
          : head.kind == kind::float ? 4
          : head.kind == kind::boolean ? 1
          : head.kind == kind::uint16 ? 2
          : head.kind == kind::uint32 or head.kind == kind::int32 ? 4
          : head.kind == kind::uint64 ? 8
          : head.kind == kind::uint128 ? 16
          : 16_843_036
        doc: The last is the largest size that can be told.
        doc-ref: integer formats; Payload Size
      smallest_size:
        value: "head.kind == kind::double ? 8 : head.kind == kind::float ? 4 : 0"
      number:
        value: >-
          (head.size > 0 ? octets[head.size - 1] : 0)
          + (head.size > 1 ? octets[head.size - 2] * 0x100 : 0)
          + (head.size > 2 ? octets[head.size - 3] * 0x1_0000 : 0)
          + (head.size > 3 ? octets[head.size - 4] * 0x100_0000 : 0)
        if: head.kind == kind::uint16 or head.kind == kind::uint32
        doc: An unsigned integer of up to four bytes.
        doc-ref: integer formats
      value_kind:
        value: "head.kind == kind::pointer ? target.head.kind : head.kind"
        doc: The type of the value, here or where the pointer leads.
      string:
        value: "head.kind == kind::pointer ? target.text : text"
        if: value_kind == kind::string

  pair:
    doc: A key of a map and its value.
    doc-ref: Maps
    -invariants:
      - id: key-is-string
        check: key.value_kind == kind::string
        message: the keys of a map are strings (Maps)
    seq:
      - id: key
        type: field
        doc: Mostly a pointer, since all records have the same keys.
      - id: value
        type: field
    instances:
      name:
        value: key.string

enums:
  kind:
    1: pointer
    2: string
    3: double
    4: bytes
    5: uint16
    6: uint32
    7: map
    8: int32
    9: uint64
    10: uint128
    11: array
    12:
      id: container
      doc: Deprecated, never used.
    13:
      id: end_marker
      doc: Deprecated, never used.
    14: boolean
    15: float

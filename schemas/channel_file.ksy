meta:
  id: channel_file
  title: Channel file (synthetic)
  file-extension: chnl
  endian: le
  imports:
    - template_definitions
doc: |
  Detection content as it is delivered many times a day: instances of template types, each with one
  criterion for each field of its type, read against the definitions that the sensor was built with.

  This format is synthetic. Real channel files are proprietary and are not parsed; this one has
  the same shape: header with magic, sizes and checksum, instances with tagged criteria, an index,
  and a pool of strings reached by offset.

  A table of record sizes precedes the instances: each is read in a region of its own, and a
  fault in one leaves the others readable.

  The pool has no structure of its own: it is what the criteria say it is. A byte that no criterion
  uses is unread, an offset into the middle of another's text is an overlap, and the same
  offset used twice is sharing.
doc-ref: docs/formats.md#channel_file

-allow: [unlimited-size]  # consumers say in their contracts how much they take

params:
  - id: definitions
    type: template_definitions
    doc: The definitions that the content is to be read with.

-invariants:
  - id: release-is-new-enough
    check: header.minimum_release <= definitions.header.release
    message: the definitions are older than this content asks for

seq:
  - id: header
    type: header
  - id: instance_sizes
    type: u4
    repeat: expr
    repeat-expr: header.instance_count
    doc: Size in bytes of each instance that follows, in file order.
  - id: instances
    type: template_instance
    size: instance_sizes[_index]
    repeat: expr
    repeat-expr: header.instance_count
    -unique-by: {by: _.instance_id}
    doc: The instances, back to back.

instances:
  index:
    pos: header.index_offset
    type: index_entry
    repeat: expr
    repeat-expr: header.instance_count
    -sorted-by: {by: _.instance_id, strict: true}
    doc: |
      One entry for each instance, for a binary search by id. As many entries as instances, each
      found, no id twice: so every instance has its entry.
  pool:
    pos: header.pool_offset
    size: header.pool_size
    type: string_pool
    doc: The texts of the criteria.

types:
  header:
    doc: What the file is, where its parts are, and the figures that a torn copy does not match.
    doc-ref: docs/formats.md#channel_file
    seq:
      - id: magic
        contents: CHNL
      - id: version
        type: u2
        valid: 1
        doc: Version of this layout.
      - id: header_size
        type: u2
        -derive: {size-of: _root.header}
        doc: Bytes of this header.
      - id: file_size
        type: u4
        -derive: {size-of: _root}
        doc: Bytes of the whole file.
      - id: crc32
        type: u4
        -checksum: {algorithm: crc32, zeroed: [crc32]}
        doc: CRC-32 of the whole file, with this field taken as zero.
      - id: channel_id
        type: u2
        doc: The channel; every template type in use must belong to it.
        -generate: {values: [291]}
      - id: minimum_release
        type: u2
        doc: The oldest release of definitions that can read this content.
        -generate: {min: 700, max: 711}
      - id: revision
        type: u4
        valid:
          min: 1
        doc: Serial number of the content.
        -generate: {min: 1, max: 1000}
      - id: instance_count
        type: u4
        valid:
          min: 1
        doc: Number of instances.
      - id: instances_offset
        type: u4
        -derive: {offset-of: _root.instances}
      - id: instances_size
        type: u4
        -derive: {size-of: _root.instances}
      - id: index_offset
        type: u4
        -derive: {offset-of: _root.index}
      - id: index_size
        type: u4
        -derive: {size-of: _root.index}
      - id: pool_offset
        type: u4
        -derive: {offset-of: _root.pool}
      - id: pool_size
        type: u4
        -derive: {size-of: _root.pool}
      - id: reserved
        size: 12
        -padding: zero

  template_instance:
    doc: The criteria that an event must meet, one for each field of the template, in its order.
    doc-ref: docs/formats.md#channel_file
    -invariants:
      - id: one-criterion-per-field
        check: criteria.size == template.fields.size
        message: an instance has one criterion for each field of its template type
      - id: template-of-this-channel
        check: template.channel_id == _root.header.channel_id
        message: instances of this template type belong to another channel
    -coverage:
      - id: field-by-kind
        per: type_id
        each: criteria
        rows: template.fields.size
        row: _.index
        column: _.kind
        when: ((template.fields[_index].allowed_kinds >> _.to_i) & 1) == 1
        inert: [wildcard]
    seq:
      - id: instance_id
        type: u4
        doc: Names the instance in the index; unique in the file.
      - id: type_id
        type: u2
        -refers-to: {table: _root.definitions.template_types, by: _.id, as: template}
        doc: The template type, by its id in the definitions.
      - id: criteria_count
        type: u1
        doc: Number of criteria.
      - id: reserved
        type: u1
        -padding: zero
      - id: criteria
        type: criterion(_index)
        repeat: expr
        repeat-expr: criteria_count

  criterion:
    doc: |
      One test of one input value: criterion 0 tests the first field's input, and so on. Always
      eight bytes; what `length` and `value` mean depends on `kind`.
    doc-ref: docs/formats.md#channel_file
    params:
      - id: index
        type: s4
        doc: Position in the instance, and so the number of the field.
    -invariants:
      - id: kind-allowed
        when: kind.to_i <= 4 and index < _parent.template.fields.size
        check: ((_parent.template.fields[index].allowed_kinds >> kind.to_i) & 1) == 1
        message: the template's field does not allow this kind of criterion
      - id: wildcard-is-empty
        when: kind == criterion_kind::wildcard
        check: value == 0
      - id: length-only-of-text
        when: >-
          kind == criterion_kind::wildcard
          or kind == criterion_kind::integer or kind == criterion_kind::range
        check: length == 0
      - id: range-in-order
        when: kind == criterion_kind::range
        check: low <= high
      - id: length-of-text
        when: kind == criterion_kind::string or kind == criterion_kind::regex
        check: length == text.length
      - id: pattern-not-empty
        when: kind == criterion_kind::regex
        check: text.length > 0
        severity: warning
        message: an empty pattern matches everything, as a wildcard does
    seq:
      - id: kind
        type: u1
        enum: criterion_kind
        doc: How the input is compared.
      - id: reserved
        type: u1
        -padding: zero
      - id: length
        type: u2
        doc: Characters of the text without its NUL; zero where there is no text.
      - id: value
        type: u4
        doc: |
          Wildcard: zero. Integer: the value. Range: low in the lower half, high in the upper, both
          included. String and regex: offset of the text in the pool.
    instances:
      low:
        value: value & 0xffff
        if: kind == criterion_kind::range
      high:
        value: value >> 16
        if: kind == criterion_kind::range
      text:
        io: _root.pool._io
        pos: value
        type: strz
        encoding: ASCII
        if: kind == criterion_kind::string or kind == criterion_kind::regex
        doc: The text to compare with, or the pattern.
        -generate: {values: ['"lsass.exe"', '"[a-z]+[.]tmp"']}

  index_entry:
    doc: Where the instance with an id stands.
    doc-ref: docs/formats.md#channel_file
    seq:
      - id: instance_id
        type: u4
        -refers-to: {table: _root.instances, by: _.instance_id, as: instance}
      - id: offset
        type: u4
        -derive: {offset-of: instance}
        doc: First byte of that instance, counted from the start of the file.

  string_pool:
    doc: Texts, each ended by NUL; read through the criteria that refer to them.
    doc-ref: docs/formats.md#channel_file
    seq: []

enums:
  criterion_kind:
    0:
      id: wildcard
      doc: Matches any input, and so does not look at it.
    1:
      id: integer
      doc: Matches one number.
    2:
      id: range
      doc: Matches numbers between two bounds.
    3:
      id: string
      doc: Matches one text.
    4:
      id: regex
      doc: Matches the texts of a pattern.

meta:
  id: template_definitions
  title: Template definitions (synthetic)
  file-extension: tdef
  endian: le
doc: |
  The templates that a channel file may use: how many fields a template type has, what each field
  is called, which kind of input value the sensor supplies for it, and which kinds of criteria may
  be written against it.

  This format is synthetic. The definitions file of a real security agent is proprietary and is
  not parsed; this one has the same shape, so that the same mistakes can be made in it.

  A table of record sizes precedes the records: each template type is read in a region of its own,
  and a fault in one leaves the others readable.
doc-ref: docs/formats.md#template_definitions

-allow: [unlimited-size]  # consumers say in their contracts how much they take

seq:
  - id: header
    type: header
  - id: template_sizes
    type: u4
    repeat: expr
    repeat-expr: header.template_count
    doc: Size in bytes of each template type that follows, in file order.
  - id: template_types
    type: template_type
    size: template_sizes[_index]
    repeat: expr
    repeat-expr: header.template_count
    -unique-by: {by: _.id}
    doc: The template types, back to back, to the end of the file.

types:
  header:
    doc: What the file is, and the figures that a torn or truncated copy does not match.
    doc-ref: docs/formats.md#template_definitions
    seq:
      - id: magic
        contents: TDEF
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
      - id: release
        type: u2
        valid:
          min: 1
        doc: The sensor release these definitions are compiled into, 711 for 7.11.
        -generate: {min: 700, max: 799}
      - id: template_count
        type: u2
        valid:
          min: 1
        doc: Number of template types.
      - id: reserved
        size: 12
        -padding: zero

  template_type:
    doc: One template type; instances in channel files name it by `id`.
    doc-ref: docs/formats.md#template_definitions
    seq:
      - id: id
        type: u2
        valid:
          min: 1
        doc: What an instance's `type_id` refers to.
      - id: channel_id
        type: u2
        doc: The channel whose files carry instances of this type.
        -generate: {values: [291]}
      - id: field_count
        type: u1
        valid:
          min: 1
        doc: Number of fields, and so of criteria in each instance.
      - id: reserved
        size: 3
        -padding: zero
      - id: name
        type: strz
        size: 24
        encoding: ASCII
        valid:
          expr: _ != ""
      - id: fields
        type: field
        repeat: expr
        repeat-expr: field_count
        -unique-by: {by: _.name}

  field:
    doc: One typed field. A criterion in the same position is compared with this field's input.
    doc-ref: docs/formats.md#template_definitions
    -invariants:
      - id: kinds-fit-integer
        when: data_type == input_type::integer
        check: (allowed_kinds & 0b11000) == 0
        message: an integer is compared by wildcard, integer or range
      - id: kinds-fit-text
        when: data_type == input_type::text
        check: (allowed_kinds & 0b00110) == 0
        message: text is compared by wildcard, string or regex
    seq:
      - id: name
        type: strz
        size: 28
        encoding: ASCII
        valid:
          expr: _ != ""
        doc: Name of the field, unique in its template.
      - id: allowed_kinds
        type: u2
        valid:
          min: 0b00001
          max: 0b11111
        doc: |
          The kinds of criteria allowed: bit 0 wildcard, 1 integer, 2 range, 3 string, 4 regex, the
          values of `criterion_kind` in channel files.
      - id: data_type
        type: u1
        enum: input_type
        doc: What kind of input value the sensor supplies for the field.
      - id: reserved
        type: u1
        -padding: zero

enums:
  input_type:
    1: integer
    2: text

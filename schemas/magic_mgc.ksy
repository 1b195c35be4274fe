meta:
  id: magic_mgc
  title: Compiled magic of file and libmagic
  file-extension: mgc
  xref:
    justsolve: Magic_(file)
doc: |
  Tests by which the program `file` and its library recognise what is in a file, made by `file -C`
  from text and mapped into memory as it is.

  No specification exists but the source of `file`: the structure in its header file, what its
  compiler checks and writes, and what its reader checks. Here that is release 5.44, with what
  5.39 to 5.48 do otherwise: versions 16, 17, 18, 20 and 21 of the format. A reader takes its own
  version only. Byte order and sizes are those of the machine the file was made on.

  `apprentice.c` and `softmagic.c` in `doc-ref` and in messages are files of that source.
doc-ref:
  - https://github.com/file/file/blob/FILE5_44/src/file.h file 5.44, src/file.h
  - https://github.com/file/file/blob/FILE5_44/src/apprentice.c file 5.44, src/apprentice.c
  - https://github.com/file/file/blob/FILE5_48/src/file.h file 5.48, src/file.h

seq:
  - id: magic
    size: 4
    valid:
      any-of:
        - "[0x1c, 0x04, 0x1e, 0xf1]"
        - "[0xf1, 0x1e, 0x04, 0x1c]"
    doc: The number 0xf11e041c, in the byte order of the file.
    doc-ref: file.h, MAGICNO
  - id: database
    type: database

types:
  database:
    meta:
      endian:
        switch-on: _root.magic
        cases:
          "[0x1c, 0x04, 0x1e, 0xf1]": le
          "[0xf1, 0x1e, 0x04, 0x1c]": be
    doc: |
      All that follows the magic number. The first record of the file has the version and how many
      records follow, in two sets: tests, and named lists of tests that others use.
    doc-ref: apprentice.c, apprentice_compile, check_buffer
    -invariants:
      # A wrong count is noticed at the end of the file. This rule says so here.
      - id: counts-fill-file
        check: (1 + test_count + name_count) * records.record_size == _io.size
        message: the file has as many records as the counts say (apprentice.c, check_buffer)
    seq:
      - id: version
        type: u4
        valid:
          any-of: [16, 17, 18, 20, 21]
        doc: Of the releases 5.39 to 5.41, 5.42, 5.43 to 5.45, 5.46 and 5.47, and 5.48.
        doc-ref: file.h, VERSIONNO
      - id: test_count
        type: u4
        doc-ref: apprentice.c, apprentice_compile
      - id: name_count
        type: u4
        doc-ref: apprentice.c, apprentice_compile
      - id: records
        type:
          switch-on: version
          cases:
            16: records
            17: records
            18: records
            20: records
            21: records
        doc: Nothing is known of other versions, which have other sizes.
        doc-ref: apprentice.c, check_buffer

    types:
      records:
        doc: The rest of the first record, and all others.
        doc-ref: apprentice.c, apprentice_compile
        -invariants:
          - id: names-stand-apart
            check: tests.all(_.kind != kind::name)
            message: a name begins a list in the second set (apprentice.c, addentry)
          - id: names-at-top
            check: names.all((_.level == 0) == (_.kind == kind::name))
            message: >-
              in the second set all top-level entries are names, and no other entry is
              (apprentice.c, parse, addentry)
          - id: levels-of-tests
            check: "tests.all(e, i: i == 0 ? e.level == 0 : e.level <= tests[i - 1].level + 1)"
            message: an entry is at most one level below the one before it (apprentice.c, parse)
          - id: levels-of-names
            check: "names.all(e, i: i == 0 ? e.level == 0 : e.level <= names[i - 1].level + 1)"
            message: an entry is at most one level below the one before it (apprentice.c, parse)
        -coverage:
          - id: relation-by-type
            each: tests
            rows: 62
            row: _.kind.to_i
            column: _.relation
            inert: [any]
        seq:
          - id: reserved
            size: record_size - 16
            -padding: zero
            doc-ref: apprentice.c, apprentice_compile
          - id: tests
            type: entry
            repeat: expr
            repeat-expr: _parent.test_count
            doc: A test of level 0, and those to make where it succeeds; then the next.
            doc-ref: apprentice.c, coalesce_entries
          - id: names
            type: entry
            repeat: expr
            repeat-expr: _parent.name_count
            -unique-by: {by: _.name, when: _.kind == kind::name}
            doc: |
              The same, but each begins with a name. Of two lists with one name, one is never
              used.
            doc-ref: apprentice.c, addentry, file_magicfind
        instances:
          version:
            value: _parent.version
          has_wide_flags:
            value: version >= 20
            doc: Whether level and flags have changed places, and the flags have 16 bits.
            doc-ref: file.h, struct magic
          extensions_size:
            value: "version >= 20 ? 120 : 64"
            doc-ref: file.h, MAXEXT
          record_size:
            value: 312 + extensions_size
            doc-ref: file.h, FILE_MAGICSIZE

      entry:
        doc: A test.
        doc-ref: file.h, struct magic
        -invariants:
          - id: known-flags
            check: flags <= 0x1ff
            message: no flags are set that have no meaning (file.h)
          - id: relative-below-top
            when: level == 0
            check: (flags & 0x06) == 0
            message: at level 0 there is nothing to be relative to (apprentice.c, parse)
          - id: relative-indirection
            when: (flags & 0x04) != 0
            check: is_indirect
            message: only an indirect offset has one to be relative inside (apprentice.c, parse)
          - id: test-bits-at-top
            when: level > 0
            check: (flags & 0x60) == 0
            message: only level 0 says whether tests are for text (apprentice.c, set_test_type)
          - id: known-type
            check: >-
              type > 0 and (_parent.version < 17 ? type <= 52 : _parent.version < 18 ? type <= 58
              : _parent.version < 21 ? type <= 59 : type <= 61)
            message: the type is one of the version's (file.h)
          - id: factor-without-operator
            when: factor_operator == factor_operator::none
            check: factor == 0
            message: a factor has an operator (apprentice.c, parse_strength)
          - id: factor-divides
            when: factor_operator == factor_operator::divide
            check: factor > 0
            message: a strength is not divided by zero (apprentice.c, parse_strength)
          - id: factor-at-top
            when: level > 0 or kind == kind::name or kind == kind::default
            check: factor_operator == factor_operator::none
            message: >-
              only tests of level 0 are sorted by their strength, names and the default are not
              (apprentice.c, parse_strength)
          - id: direct-offset
            when: not is_indirect
            check: indirect_type == 0 and indirect_operator == 0 and indirect_offset == 0
            message: where the offset is not indirect, nothing says how (apprentice.c, parse)
          - id: indirect-offset
            when: is_indirect
            check: >-
              indirect_kind == kind::byte
              or indirect_kind == kind::leshort or indirect_kind == kind::beshort
              or indirect_kind == kind::long or indirect_kind == kind::lelong
              or indirect_kind == kind::belong or indirect_kind == kind::melong
              or indirect_kind == kind::lequad or indirect_kind == kind::bequad
              or indirect_kind == kind::ledouble or indirect_kind == kind::bedouble
              or indirect_kind == kind::leid3 or indirect_kind == kind::beid3
              or indirect_kind == kind::octal
            message: an indirect offset is read as one of fourteen types (apprentice.c, parse)
          - id: mask-of-number
            when: has_modifiers
            check: mask_operator == 0
            message: only numbers have an operator for a mask (apprentice.c, parse)
          - id: known-modifiers
            when: has_modifiers
            check: >-
              kind == kind::indirect ? modifiers <= 1
              : kind == kind::name or kind == kind::use ? modifiers == 0 : modifiers <= 0x7fff
            message: no modifiers are set that have no meaning (file.h)
          - id: number-in-range
            when: form == form::number
            check: >-
              width == 1 ? number >= -0x80 and number <= 0xff
              : width == 2 ? number >= -0x8000 and number <= 0xffff
              : width == 4 ? number >= -0x8000_0000 and number <= 0xffff_ffff : true
            message: a number fits the type (apprentice.c, getvalue)
          - id: value-length
            check: "is_text ? value_length >= prefix_size and text_size < 128 : value_length == 0"
            message: >-
              a text, with the prefix that tells its length, fits its place with a NUL behind it;
              other values have no length (apprentice.c, getstr)
          - id: one-format
            # 0x25 is a per cent sign
            check: >-
              description.text.count(_ == 0x25) <= (kind == kind::default or kind == kind::name
              or kind == kind::use or kind == kind::clear ? 0 : 1)
            message: >-
              a description has one place for the value, and none where there is no value
              (apprentice.c, check_format)
          - id: described
            when: mime_type.length + apple.length + extensions.length > 0
            check: description.text.length > 0
            message: >-
              only what has a description has a MIME type, creator or extensions (apprentice.c,
              parse_extra)
          - id: mime-type-characters
            check: >-
              mime_type.all(c, i: (c >= 0x61 and c <= 0x7a) or (c >= 0x2d and c <= 0x3b)
              or (c >= 0x41 and c <= 0x5a) or c == 0x2b or c == 0x24 or c == 0x3d or c == 0x3f
              or c == 0x7b or c == 0x7d)
            message: >-
              a MIME type has ASCII letters, digits and `+-/.$?:{};=` (apprentice.c, parse_mime)
          - id: apple-characters
            check: >-
              apple.all(c, i: (c >= 0x61 and c <= 0x7a) or (c >= 0x2d and c <= 0x39)
              or (c >= 0x41 and c <= 0x5a) or c == 0x21 or c == 0x2b or c == 0x3f)
            message: >-
              creator and type have ASCII letters, digits and `!+-./?` (apprentice.c, parse_apple)
          - id: extension-characters
            check: >-
              extensions.all(c, i: (c >= 0x61 and c <= 0x7a) or (c >= 0x2b and c <= 0x39)
              or (c >= 0x3f and c <= 0x5a) or c == 0x21 or c == 0x24 or c == 0x26 or c == 0x5f
              or c == 0x7e)
            message: >-
              extensions have ASCII letters, digits and `,!+-/@?_$&~.` (apprentice.c, parse_ext)
        seq:
          - id: first
            type: u2
            doc: The level; from version 20 on the flags.
          - id: second
            type: u1
            doc: The flags; from version 20 on the level.
          - id: factor
            type: u1
            doc: Makes the test stronger or weaker than it would be; stronger ones come first.
            -generate: {values: [0, 0, 0, 10]}
          - id: relation
            type: u1
            enum: relation
            doc: How what is found is compared with the value.
          - id: value_length
            type: u1
            doc: Bytes of a text; in a Pascal string with those that tell the length.
          - id: type
            type: u1
            doc: What is read at the offset, see `kind`.
          - id: indirect_type
            type: u1
            doc: What is read for an indirect offset, see `indirect_kind`.
          - id: indirect_operator
            type: u1
            valid:
              expr: (_ & 0x18) == 0
            doc: |
              What is done to an indirect offset: one of eight operations, 0x20 for signed, 0x40
              for its complement, 0x80 if the operand is itself read at an offset.
          - id: mask_operator
            type: u1
            valid:
              expr: (_ & 0xb8) == 0
            doc: What is done to the number found, one of eight operations, 0x40 for its complement.
          - id: condition
            type: u1
            enum: condition
          - id: factor_operator
            type: u1
            enum: factor_operator
          - id: offset
            type: s4
            valid:
              min: 0
            doc: Where to look; a flag says if that counts from the end.
          - id: indirect_offset
            type: s4
            doc: What is added to an indirect offset, or taken from it, and so on.
          - id: line
            type: u4
            valid:
              min: 1
            doc: In which line of its file of text the test stands.
          - id: mask
            type: u8
            if: not has_modifiers
            doc: The other operand of `mask_operator`.
          - id: range
            type: u4
            if: has_modifiers
            doc: How many bytes are searched, or lines of a regular expression.
          - id: modifiers
            type: u4
            if: has_modifiers
            doc: How a text is compared.
          - id: number
            type: s8
            if: form == form::number
          - id: float
            type: f4
            if: form == form::float
          - id: double
            type: f8
            if: form == form::double
          - id: guid
            size: 16
            if: form == form::guid
          - id: text
            size: text_size
            if: form == form::text
            doc: Text, a regular expression, or any bytes.
          - id: label
            size: text_size
            type: str
            encoding: ISO-8859-1
            if: form == form::label
            -refers-to: {table: _parent.names, by: _.name, value: target, when: kind == kind::use}
            doc: A name; where it is used, with `^` in front if byte orders are to be exchanged.
            doc-ref: softmagic.c, match
          - id: value_rest
            size: 128 - value_size
            -padding: zero
            doc: A value has a place of 128 bytes.
          - id: description
            type: description(_parent.version)
            size: 64
          - id: mime_type
            type: strz
            encoding: ASCII
            size: 80
          - id: apple
            type: str
            encoding: ASCII
            size: 8
            pad-right: 0
            doc: Creator and type on a Macintosh; no NUL if it is full.
            doc-ref: apprentice.c, parse_apple
          - id: extensions
            type: str
            encoding: ASCII
            size: _parent.extensions_size
            pad-right: 0
            doc: Extensions of such files, with slashes between; no NUL if it is full.
            doc-ref: apprentice.c, parse_ext
        instances:
          level:
            value: "_parent.has_wide_flags ? second : first"
            doc: How many tests before it must have succeeded, one a level.
          flags:
            value: "_parent.has_wide_flags ? first : second"
            doc: |
              0x01: indirect offset; 0x02: relative offset; 0x04: relative inside the indirection;
              0x08: unsigned; 0x10: no blank before the description; 0x20: for binary files; 0x40:
              for text; 0x80: offset from the end; 0x100: from the start.
          is_indirect:
            value: (flags & 0x01) != 0
          kind:
            value: "_parent.version < 21 or type < 50 ? type : type < 52 ? type + 10 : type - 2"
            enum: kind
            doc: The type, by the numbers of version 20; version 21 put two in between.
            doc-ref: file.h, FILE_LEGUID
          indirect_kind:
            value: >-
              _parent.version < 21 or indirect_type < 50 ? indirect_type
              : indirect_type < 52 ? indirect_type + 10 : indirect_type - 2
            enum: kind
          form:
            value: >-
              relation == relation::any or type > 61 ? 0
              : [0, 1, 1, 0, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
              1, 1, 1, 1, 1, 3, 3, 3, 4, 4, 4, 1, 1, 0, 1, 1, 1, 6, 6, 0, 2, 5, 1, 1, 1, 1, 1, 1, 1,
              1, 1, 2, 5, 5][kind.to_i]
            enum: form
            doc: What the value is, by type; none where anything will do.
            doc-ref: apprentice.c, getvalue
          width:
            value: >-
              [0, 1, 2, 0, 4, 0, 4, 2, 4, 4, 2, 4, 4, 0, 4, 4, 4, 0, 0, 0, 0, 4, 4, 4, 8, 8, 8, 8, 8,
              8, 8, 8, 8, 4, 4, 4, 8, 8, 8, 4, 4, 0, 8, 8, 8, 0, 0, 0, 0, 16, 8, 8, 8, 2, 2, 2, 2, 2,
              2, 0, 16, 16][kind.to_i]
            if: type <= 61
            doc: How many bytes the type has, 0 for texts.
            doc-ref: apprentice.c, typesize
          has_modifiers:
            value: >-
              kind == kind::string or kind == kind::pstring or kind == kind::regex
              or kind == kind::search or kind == kind::use or kind == kind::name
              or kind == kind::indirect or kind == kind::bestring16 or kind == kind::lestring16
              or kind == kind::octal
            doc: Whether range and modifiers stand in the place of a mask.
            doc-ref: file.h, IS_STRING
          is_text:
            value: form == form::text or form == form::label
          prefix_size:
            value: >-
              kind != kind::pstring ? 0
              : (modifiers & 0x80) != 0 ? 1 : (modifiers & 0x300) != 0 ? 2 : 4
            doc: Bytes that tell the length of a Pascal string.
            doc-ref: apprentice.c, file_pstring_length_size
          text_size:
            value: >-
              value_length < prefix_size ? 0
              : value_length - prefix_size > 128 ? 128 : value_length - prefix_size
            doc: Bytes of a text, as many as there can be.
          value_size:
            value: >-
              is_text ? text_size : form == form::number or form == form::double ? 8
              : form == form::float ? 4 : form == form::guid ? 16 : 0
          name:
            value: label
            if: kind == kind::name
          target:
            value: "label.substring(0, 1) == \"^\" ? label.substring(1, label.length) : label"
            if: kind == kind::use

      description:
        doc: What is printed where the test succeeds.
        doc-ref: apprentice.c, parse
        params:
          - id: version
            type: u4
        -layout: {trailing: zero}
        seq:
          - id: text
            type: strz
            encoding: ISO-8859-1
            doc: Mostly ASCII; the source does not say what else it may be.
          - id: source
            type: strz
            encoding: ISO-8859-1
            if: version >= 20 and text == ""
            doc: The file of text that the test is from, where there is room for it.
            doc-ref: apprentice.c of file 5.46, parse

enums:
  kind:
    1: byte
    2: short
    3: default
    4: long
    5: string
    6: date
    7: beshort
    8: belong
    9: bedate
    10: leshort
    11: lelong
    12: ledate
    13: pstring
    14: ldate
    15: beldate
    16: leldate
    17: regex
    18: bestring16
    19: lestring16
    20: search
    21: medate
    22: meldate
    23: melong
    24: quad
    25: lequad
    26: bequad
    27: qdate
    28: leqdate
    29: beqdate
    30: qldate
    31: leqldate
    32: beqldate
    33: float
    34: befloat
    35: lefloat
    36: double
    37: bedouble
    38: ledouble
    39: beid3
    40: leid3
    41: indirect
    42: qwdate
    43: leqwdate
    44: beqwdate
    45: name
    46: use
    47: clear
    48: der
    49: guid
    50: offset
    51: bevarint
    52: levarint
    53: msdosdate
    54: lemsdosdate
    55: bemsdosdate
    56: msdostime
    57: lemsdostime
    58: bemsdostime
    59: octal
    60: leguid
    61: beguid
  form:
    0: none
    1: number
    2: text
    3: float
    4: double
    5: guid
    6: label
  relation:
    0x21: unequal
    0x26: all_bits_set
    0x3c: less
    0x3d: equal
    0x3e: greater
    0x5e: some_bit_clear
    0x78: any
  condition:
    0: none
    1: when
    2: else_when
    3: otherwise
  factor_operator:
    0x00: none
    0x2a: multiply
    0x2b: add
    0x2d: subtract
    0x2f: divide

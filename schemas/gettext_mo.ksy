meta:
  id: gettext_mo
  title: GNU gettext message catalog (MO)
  file-extension: [mo, gmo]
  xref:
    justsolve: Gettext
    mime: application/x-gettext-translation
doc: |
  Translated messages of a program: a table of original strings, a table of their translations, and
  mostly a hash table to find an original in.

  The byte order is that of the machine the file was made on; the magic number tells which. Strings
  are bytes here: their encoding stands in the text of the header entry, the translation of the
  empty string.

  The manual describes minor revision 0. What minor revision 1 adds, strings with parts that depend
  on the system, stands in gettext's header file `gmo.h` only.
doc-ref:
  - https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html The GNU gettext manual, §10.3
  - https://git.savannah.gnu.org/cgit/gettext.git/tree/gettext-runtime/intl/gmo.h gettext, gmo.h

# Zeros between strings are what `msgfmt --alignment` leaves there (manual §10.3).
-layout: {gaps: zero}
-allow: [unlimited-size]  # the manual sets no limits

seq:
  - id: magic
    size: 4
    valid:
      any-of:
        - "[0xde, 0x12, 0x04, 0x95]"
        - "[0x95, 0x04, 0x12, 0xde]"
    doc: The number 0x950412de, in the byte order of the file.
    doc-ref: manual §10.3
  - id: catalog
    type: catalog

types:
  catalog:
    meta:
      endian:
        switch-on: _root.magic
        cases:
          "[0xde, 0x12, 0x04, 0x95]": le
          "[0x95, 0x04, 0x12, 0xde]": be
    doc: All that follows the magic number, in the byte order that it tells.
    doc-ref: manual §10.3
    -invariants:
      # A table that is told too long or outside is noticed far from the header, where its last
      # entries are not what they should be. This rule says so here.
      - id: tables-in-file
        check: tables_end <= _io.size
        message: the tables are within the file (manual §10.3)
      - id: header-entry
        check: header.string_count > 0 and originals[0].length == 0
        severity: warning
        message: >-
          usually the empty string is the first original, and its translation tells the encoding
          (manual §10.3)
      - id: original-told-apart
        check: >-
          originals.all(o, i: i == 0 or o.text == originals[i - 1].text
          or o.first_form != originals[i - 1].first_form)
        severity: warning
        message: >-
          two originals with the same singular cannot be told apart, only the singular is looked up
          (manual §10.3)
      - id: hash-table-has-room
        when: header.hash_table_size > 0
        check: header.hash_table_size > header.string_count + header.sysdep_string_total
        message: >-
          double hashing needs an empty entry, at which the search for a missing string ends
          (manual §10.3)
      - id: hash-table-for-sysdep
        when: header.minor_revision > 0
        check: header.hash_table_size > 0
        message: from minor revision 1 on there is a hash table (gettext's reader)
    -coverage:
      - id: plural-by-translation
        each: originals
        row: _.has_forms
        column: >-
          translations[_index].length == 0 ? translated::not_yet
          : translations[_index].has_forms ? translated::several_forms : translated::one_form
        inert: [not_yet]
    seq:
      - id: header
        type: header
        doc-ref: manual §10.3
    instances:
      originals:
        pos: header.originals_offset
        type: string(_index, false)
        repeat: expr
        repeat-expr: header.string_count
        -sorted-by: {by: _.text, strict: true}
        doc: |
          The original strings in increasing order. One with a context is the context, an EOT
          byte and the string; one with a plural is the singular, a NUL and the plural.
        doc-ref: manual §10.3
      translations:
        pos: header.translations_offset
        type: string(_index, true)
        repeat: expr
        repeat-expr: header.string_count
        doc: For each original its translation; its plural forms are separated by NULs.
        doc-ref: manual §10.3
      hash_table:
        pos: header.hash_table_offset
        type: hash_table
        if: header.hash_table_size > 0
        doc-ref: manual §10.3
      sysdep_segments:
        pos: header.sysdep_segments_offset
        type: sysdep_segment
        repeat: expr
        repeat-expr: header.sysdep_segment_count
        if: header.minor_revision > 0 and header.sysdep_segment_count > 0
        doc: The parts that depend on the system.
        doc-ref: gettext, gmo.h
      sysdep_originals:
        pos: header.sysdep_originals_offset
        type: sysdep_reference
        repeat: expr
        repeat-expr: header.sysdep_string_count
        if: header.sysdep_string_total > 0
        doc: The original strings with such parts, in no order.
        doc-ref: gettext, gmo.h
      sysdep_translations:
        pos: header.sysdep_translations_offset
        type: sysdep_reference
        repeat: expr
        repeat-expr: header.sysdep_string_count
        if: header.sysdep_string_total > 0
        doc: Their translations.
        doc-ref: gettext, gmo.h
      originals_end:
        value: header.originals_offset + 8 * header.string_count
      translations_end:
        value: header.translations_offset + 8 * header.string_count
      hash_table_end:
        value: >-
          header.hash_table_size > 0
          ? header.hash_table_offset + 4 * header.hash_table_size : 0
      string_tables_end:
        value: "originals_end > translations_end ? originals_end : translations_end"
      tables_end:
        value: "string_tables_end > hash_table_end ? string_tables_end : hash_table_end"
        doc: First byte after the tables of strings and the hash table; strings are behind it.
        doc-ref: manual §10.3

    types:
      header:
        doc: Revision, and number and place of what follows.
        doc-ref: manual §10.3
        -invariants:
          - id: major-revision
            check: major_revision <= 1
            message: the major revision is 0 or 1; with another, stop reading (manual §10.3)
          - id: minor-revision
            check: minor_revision <= 1
            severity: warning
            message: the minor revision is 0 or 1; what another adds is not known (manual §10.3)
        seq:
          - id: revision
            type: u4
            doc: Major revision in the upper half, minor revision in the lower.
            -generate: {values: [0, 0x1_0000]}
          - id: string_count
            type: u4
            doc: Number of original strings, N.
          - id: originals_offset
            type: u4
            doc: Where the table of original strings is, O.
          - id: translations_offset
            type: u4
            doc: Where the table of translations is, T.
          - id: hash_table_size
            type: u4
            valid:
              expr: _ == 0 or _ > 2
            # where an entry belongs is told by a hash function, which a schema does not know
            -generate: {values: [0]}
            doc: |
              Entries of the hash table, S; zero if there is none. Double hashing divides by S and
              by S - 2; gettext's reader takes no notice of a table of one or two.
            doc-ref: manual §10.3; gettext, loadmsgcat.c
          - id: hash_table_offset
            type: u4
            doc: Where the hash table is, H; without meaning if there is none.
          - id: sysdep_segment_count
            type: u4
            if: minor_revision > 0
            doc: Number of parts that depend on the system.
            doc-ref: gettext, gmo.h
          - id: sysdep_segments_offset
            type: u4
            if: minor_revision > 0
            doc-ref: gettext, gmo.h
          - id: sysdep_string_count
            type: u4
            if: minor_revision > 0
            doc: Number of original strings with such parts.
            doc-ref: gettext, gmo.h
          - id: sysdep_originals_offset
            type: u4
            if: minor_revision > 0
            doc-ref: gettext, gmo.h
          - id: sysdep_translations_offset
            type: u4
            if: minor_revision > 0
            doc-ref: gettext, gmo.h
        instances:
          major_revision:
            value: revision >> 16
          minor_revision:
            value: revision & 0xffff
          sysdep_string_total:
            value: "minor_revision > 0 ? sysdep_string_count : 0"
            doc: Number of original strings with parts that depend on the system; often none.

      hash_table:
        doc: |
          Where to find an original. The place of an entry follows from a hash function that the
          manual leaves to the program; it is not checked.
        doc-ref: manual §10.3
        -invariants:
          - id: hash-table-complete
            check: entries.count(_ != 0) == _parent.header.string_count
            message: each original has its entry in the hash table (manual §10.3)
        seq:
          - id: entries
            type: u4
            repeat: expr
            repeat-expr: _parent.header.hash_table_size
            valid:
              max: _parent.header.string_count
            -unique-by: {by: _, when: _ != 0}
            doc: Zero, or one more than the index of an original.
            doc-ref: manual §10.3

      string:
        doc: How long a string is and where; its bytes.
        doc-ref: manual §10.3
        params:
          - id: index
            type: u4
            doc: Position in its table.
          - id: is_translation
            type: bool
            doc: Whether it stands in the table of translations.
        -invariants:
          # A wrong length or offset is noticed where it leads to. This rule says so here.
          - id: string-ends-with-nul
            when: _parent.tables_end <= _io.size and offset <= _io.size
            check: offset + length < _io.size and terminator == [0]
            message: a string is within the file and a NUL follows it (manual §10.3)
          - id: plural-of-original
            when: not is_translation and has_forms and text.count(_ == 0) > 1
            check: text.all(_ != 0)
            severity: warning
            message: >-
              one NUL in an original separates its plural; readers do not see past another
              (manual §10.3)
          - id: plural-of-translation
            when: is_translation and has_forms and not _parent.originals[index].has_forms
            # only the first NUL: one finding for a string
            check: "text.all(octet, at: at != first_form.length)"
            severity: warning
            message: >-
              NULs separate plural forms; where the original has no plural, readers do not see past
              one (manual §10.3)
          - id: string-follows-tables
            when: _parent.tables_end <= _io.size
            check: offset >= _parent.tables_end
            message: strings follow the tables (manual §10.3)
        seq:
          - id: length
            type: u4
            doc: In bytes, without the NUL after it.
          - id: offset
            type: u4
            doc: Where it begins, from the start of the file.
        instances:
          text:
            pos: offset
            size: length
            -overlap: allow
            doc: The string; nothing forbids that it is shared, or the end of another one.
            doc-ref: manual §10.3
          terminator:
            pos: offset + length
            contents: [0]
            if: offset + length <= _io.size
            -overlap: allow
            doc: The NUL that ends it, not counted in the length.
            doc-ref: manual §10.3
          first_form:
            pos: offset
            size: length
            terminator: 0
            eos-error: false
            if: offset + length <= _io.size
            -overlap: allow
            -padding: any
            doc: The singular of an original, which is looked up; the first form of a translation.
            doc-ref: manual §10.3
          has_forms:
            value: first_form.length < text.length
            doc: Whether it goes on after the first form, with a plural or other plural forms.
            doc-ref: manual §10.3

      sysdep_segment:
        doc: The name of a part that depends on the system, as `PRIu64`.
        doc-ref: gettext, gmo.h
        seq:
          - id: length
            type: u4
            valid:
              min: 1
            doc: In bytes, with the NUL.
          - id: offset
            type: u4
            doc: Where the name begins, from the start of the file.
        instances:
          name:
            pos: offset
            size: length
            type: strz
            encoding: ASCII
            if: length > 0
            doc: A conversion that each system spells in its own way; `I` for digits of the locale.
            doc-ref: gettext, gmo.h

      sysdep_reference:
        doc: Where a string with parts that depend on the system is described.
        doc-ref: gettext, gmo.h
        seq:
          - id: offset
            type: u4
        instances:
          string:
            pos: offset
            type: sysdep_string

      sysdep_string:
        doc: A string that is put together when the file is loaded.
        doc-ref: gettext, gmo.h
        -invariants:
          - id: pieces-in-file
            check: pieces[pieces.size - 1].end <= _io.size
            message: the fixed pieces of a string are within the file (gettext, gmo.h)
        seq:
          - id: offset
            type: u4
            doc: Where the bytes of its fixed pieces begin; they follow each other.
          - id: pieces
            type: "sysdep_piece(_index == 0 ? offset : pieces[_index - 1].end)"
            repeat: until
            repeat-until: _.is_last

      sysdep_piece:
        doc: Fixed bytes, and the part that follows them.
        doc-ref: gettext, gmo.h
        params:
          - id: offset
            type: u8
            doc: Where its fixed bytes begin, from the start of the file.
        -invariants:
          - id: last-piece-ends-with-nul
            when: is_last
            check: length > 0 and text[length - 1] == 0
            message: the last piece of a string has its NUL, and counts it (gettext, gmo.h)
        seq:
          - id: length
            type: u4
            doc: Fixed bytes; in the last piece with the NUL.
          - id: segment
            type: u4
            -refers-to: {table: _root.catalog.sysdep_segments, when: _ != 0xffff_ffff}
            doc: Index of the part that follows; all bits set in the last piece.
        instances:
          is_last:
            value: segment == 0xffff_ffff
          end:
            value: offset + length
            -allow: [possible-overflow]  # by more pieces than a file has room for
            doc: Where the fixed bytes of the next piece begin.
          text:
            pos: offset
            size: length

enums:
  translated:
    0:
      id: not_yet
      doc: The translation is empty.
    1:
      id: one_form
      doc: The translation is one string.
    2:
      id: several_forms
      doc: The translation has plural forms.

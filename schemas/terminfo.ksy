meta:
  id: terminfo
  title: Compiled terminfo entry
  endian: le
  xref:
    justsolve: Terminfo
    mime: application/x-terminfo2
doc: |
  What a terminal can do and how to ask it to: flags, numbers and strings by their position in a
  list that all know, and what goes beyond that list by name.

  The legacy format stores numbers in 16 bits, the extended number format in 32. Either may be
  followed by the extended part, with the capabilities that the list does not have.

  Names are those of term(5). What it says must be is an error; a limit that ncurses itself does
  not keep, and what only ncurses says, is a warning.
doc-ref:
  - https://invisible-island.net/ncurses/man/term.5.html term(5), ncurses 6.5
  - https://invisible-island.net/ncurses/man/terminfo.5.html terminfo(5), ncurses 6.5

-invariants:
  - id: legacy-entry-size
    when: not has_wide_numbers
    check: _io.size <= 4096
    severity: warning
    message: an entry with 16-bit numbers has no more than 4096 bytes (term(5), Limits)
  - id: entry-size
    check: _io.size <= 32_768
    message: an entry has no more than 32768 bytes (term(5), Limits)
  # What a wrong offset does is noticed in the table. These rules say so at the offset.
  - id: strings-in-order
    check: "string_offsets.all(offset, i: offset < 0 or offset == string_table.strings[i].start)"
    severity: note
    message: strings follow each other without gap or shared byte, as tic writes them

-coverage:
  - {id: flag-by-value, each: booleans, rows: 44, row: _index, column: _, inert: [absent]}
  - id: string-by-state
    each: string_table.strings
    rows: 414
    row: _index
    column: _.state
    inert: [absent]

seq:
  - id: magic
    size: 2
    valid:
      any-of:
        - "[0x1a, 0x01]"
        - "[0x1e, 0x02]"
    doc: Octal 0432 for 16-bit numbers, 01036 for 32-bit numbers.
    doc-ref: term(5), Magic Codes
  - id: header
    type: header
    doc-ref: term(5), Legacy Storage Format
  - id: names
    type: names
    size: header.names_size
    doc-ref: term(5), Legacy Storage Format
  - id: booleans
    type: s1
    enum: flag
    repeat: expr
    repeat-expr: header.boolean_count
    doc: For each flag of `term.h`, in its order, whether the terminal has it.
    doc-ref: term(5), Legacy Storage Format
  - id: alignment
    size: (header.names_size + header.boolean_count) % 2
    -padding: zero
    doc: So that what follows is on an even byte.
    doc-ref: term(5), Legacy Storage Format
  - id: numbers
    type:
      switch-on: has_wide_numbers
      cases:
        false: s2
        true: s4
    repeat: expr
    repeat-expr: header.number_count
    valid:
      min: -2
    doc: For each number of `term.h`, in its order, the value; -1 if absent, -2 if cancelled.
    doc-ref: term(5), Legacy Storage Format; term(5), Extended Number Format
  - id: string_offsets
    type: s2
    repeat: expr
    repeat-expr: header.string_count
    valid:
      min: -2
      max: header.string_table_size - 1
    doc: |
      For each string of `term.h`, in its order, where in the table it begins; -1 if absent, -2 if
      cancelled.
    doc-ref: term(5), Legacy Storage Format
  - id: string_table
    type: string_table
    size: header.string_table_size
    doc-ref: term(5), Legacy Storage Format
  - id: extended
    type: extended
    if: not _io.eof
    doc: Capabilities beyond those of `term.h`. Readers that do not know this part stop before it.
    doc-ref: term(5), Extended Storage Format

instances:
  has_wide_numbers:
    value: magic == [0x1e, 0x02]
    doc: Whether numbers have 32 bits.
    doc-ref: term(5), Extended Number Format
  number_size:
    value: "has_wide_numbers ? 4 : 2"
    doc: Bytes of a number.
    doc-ref: term(5), Extended Number Format
  string_table_end:
    value: >-
      12 + header.names_size + header.boolean_count
      + (header.names_size + header.boolean_count) % 2 + header.number_count * number_size
      + header.string_count * 2 + header.string_table_size
    doc: Where the string table ends, by the sizes in the header.
    doc-ref: term(5), Legacy Storage Format
  extended_start:
    value: string_table_end + header.string_table_size % 2
    doc: Where the extended part is, if there is one.
    doc-ref: term(5), Extended Storage Format
  told_size:
    value: "extended_start + 10 <= _io.size ? extended.told_end : string_table_end"
    doc: Bytes of the entry, by the sizes in its headers.
    doc-ref: term(5), Legacy Storage Format; term(5), Extended Storage Format

types:
  header:
    doc: Sizes of the parts. Short integers are signed, and these are not negative.
    doc-ref: term(5), Legacy Storage Format
    -invariants:
      - id: known-booleans
        check: boolean_count <= 44
        severity: warning
        message: ncurses knows 44 flags, and since 6.5 does not read an entry with more
      - id: known-numbers
        check: number_count <= 39
        severity: warning
        message: ncurses knows 39 numbers, and since 6.5 does not read an entry with more
      - id: known-strings
        check: string_count <= 414
        severity: warning
        message: ncurses knows 414 strings, and since 6.5 does not read an entry with more
      - id: names-size
        check: names_size <= 128
        severity: warning
        message: the names have no more than 128 bytes (term(5), Limits)
      # A wrong size is noticed where it leads to. This rule says so at the sizes.
      - id: sizes-add-up
        check: _root.told_size == _io.size
        message: the entry ends where the sizes of its parts lead to (term(5))
    seq:
      - id: names_size
        type: s2
        valid:
          min: 2
          max: 512
        doc: |
          Bytes of the terminal names, the NUL included. ncurses reads no more than 512, and takes
          the rest of longer ones for flags.
        doc-ref: term(5), Legacy Storage Format; ncurses, read_entry.c
      - id: boolean_count
        type: s2
        valid:
          min: 0
        -generate: {max: 44}
        doc: Number of flags.
      - id: number_count
        type: s2
        valid:
          min: 0
        -generate: {max: 39}
        doc: Number of numbers.
      - id: string_count
        type: s2
        valid:
          min: 0
        -generate: {max: 414}
        doc: Number of offsets of strings.
      - id: string_table_size
        type: s2
        valid:
          min: 0
        doc: Bytes of the string table.

  names:
    doc: What the terminal is called, as in the first line of its description.
    doc-ref: term(5), Legacy Storage Format
    seq:
      - id: items
        type: name_list
        size: _parent.header.names_size - 1
      - id: terminator
        contents: [0]

  name_list:
    doc: Names separated by vertical bars; the last one may be a long name with blanks.
    doc-ref: terminfo(5), Terminfo Entry Syntax
    -invariants:
      - id: names-not-empty
        check: names.all(_.length > 0)
        message: an entry has a name, and none of its names is empty (terminfo(5))
      - id: names-printable
        check: "names.all(name, i: name.count(_ < 0x20 or _ > 0x7e) == 0)"
        message: a name consists of printable characters (terminfo(5))
      - id: names-without-blanks
        check: "names.all(name, i: i == names.size - 1 or name.count(_ == 0x20) == 0)"
        severity: warning
        message: only the last name should have blanks (terminfo(5))
      - id: names-without-slash
        check: "names.all(name, i: i == names.size - 1 or name.count(_ == 0x2f) == 0)"
        severity: warning
        message: a name with a slash cannot be the name of a file, so the entry is not found
    seq:
      - id: names
        type: str
        encoding: ASCII
        terminator: 0x7c
        eos-error: false
        repeat: eos

  string_table:
    doc: |
      The strings that the offsets lead to, each with a NUL at its end. A byte that none of them
      has is a finding; that two have the same bytes is not.
    doc-ref: term(5), Legacy Storage Format
    instances:
      strings:
        pos: 0
        type: "capability_string(_parent.string_offsets[_index], _index == 0 ? 0 : strings[_index - 1].end)"
        repeat: expr
        repeat-expr: _parent.string_offsets.size

  capability_string:
    doc: The value of a string capability, or that there is none.
    doc-ref: term(5), Legacy Storage Format
    params:
      - id: offset
        type: s2
        doc: Where it begins in its table; negative if there is none.
      - id: start
        type: u4
        doc: Bytes of the strings before it, with their NULs.
    instances:
      state:
        value: "offset < 0 ? offset : 0"
        enum: state
      text:
        pos: offset
        terminator: 0
        if: offset >= 0 and offset < _io.size
        -overlap: allow
        doc: |
          What is sent or received, with padding as `$<nn>` and parameters as `%x`, in any
          encoding.
        doc-ref: term(5), Legacy Storage Format
      end:
        value: "offset < 0 ? start : start + text.length + 1"
        doc: Bytes of the strings up to here.

  extended:
    doc: Capabilities by name, as many of each kind as its header says.
    doc-ref: term(5), Extended Storage Format
    -invariants:
      - id: extended-items
        check: header.item_count == name_offsets.size + string_offsets.count(_ >= 0)
        severity: warning
        message: >-
          the items of the extended string table are the strings that are there and all names
          (term(5); ncurses before 6.1-20180331 counted all strings)
      - id: extended-strings-in-order
        check: >-
          string_offsets.all(offset, i: offset < 0 or offset == string_table.strings[i].start)
        severity: note
        message: strings follow each other without gap or shared byte, as tic writes them
      - id: extended-names-in-order
        check: "name_offsets.all(offset, i: offset == string_table.names[i].start)"
        severity: note
        message: names follow each other without gap or shared byte, as tic writes them
    seq:
      - id: alignment
        size: _parent.header.string_table_size % 2
        -padding: zero
        doc: So that what follows is on an even byte.
        doc-ref: ncurses, write_entry.c
      - id: header
        type: extended_header
      - id: booleans
        type: s1
        enum: flag
        repeat: expr
        repeat-expr: header.boolean_count
      - id: numbers_alignment
        size: header.boolean_count % 2
        -padding: zero
        doc: So that what follows is on an even byte.
        doc-ref: ncurses, write_entry.c
      - id: numbers
        type:
          switch-on: _parent.has_wide_numbers
          cases:
            false: s2
            true: s4
        repeat: expr
        repeat-expr: header.number_count
        valid:
          min: -2
      - id: string_offsets
        type: s2
        repeat: expr
        repeat-expr: header.string_count
        valid:
          min: -2
          max: header.string_table_size - 1
        doc: From the start of the extended string table.
      - id: name_offsets
        type: s2
        repeat: expr
        repeat-expr: header.boolean_count + header.number_count + header.string_count
        valid:
          min: 0
          max: header.string_table_size - 1
        doc: |
          Where the name of each capability begins: of the flags, the numbers, the strings. From
          the end of the values in the extended string table.
      - id: string_table
        type: extended_string_table
        size: header.string_table_size
    instances:
      told_end:
        value: >-
          _parent.extended_start + 10 + header.boolean_count + header.boolean_count % 2
          + header.number_count * _parent.number_size
          + (header.boolean_count + header.number_count + header.string_count * 2) * 2
          + header.string_table_size
        doc: Where the extended part ends, by the sizes in its header.

  extended_header:
    doc: Sizes of the extended part.
    doc-ref: term(5), Extended Storage Format
    -invariants:
      - id: extended-part-needed
        check: boolean_count != 0 or number_count != 0 or string_count != 0
        message: >-
          ncurses takes zeros after the string table for no extended part, so they mean nothing
          (read_entry.c)
      - id: legacy-extended-size
        when: not _root.has_wide_numbers
        check: string_table_size < 4096
        message: ncurses refuses an extended string table of 4096 bytes beside 16-bit numbers
      - id: extended-sizes-add-up
        when: _root.extended_start + 10 <= _root._io.size
        check: _root.told_size == _io.size
        message: the entry ends where the sizes of its parts lead to (term(5))
    seq:
      - id: boolean_count
        type: s2
        valid:
          min: 0
      - id: number_count
        type: s2
        valid:
          min: 0
      - id: string_count
        type: s2
        valid:
          min: 0
      - id: item_count
        type: s2
        valid:
          min: 0
        doc: Number of strings in the extended string table, values and names.
      - id: string_table_size
        type: s2
        valid:
          min: 0
        doc: Bytes of the extended string table.

  extended_string_table:
    doc: The values of the string capabilities, then the names of all.
    doc-ref: term(5), Extended Storage Format
    -invariants:
      - id: extended-names-not-empty
        check: names.all(_.text.length > 0)
        message: a capability has a name; ncurses 6.5 does not read an entry where one is empty
      - id: extended-names-sorted
        check: >-
          names.all(name, i: i == 0 or i == _parent.header.boolean_count
          or i == _parent.header.boolean_count + _parent.header.number_count
          or names[i - 1].text < name.text)
        severity: warning
        message: >-
          the names of the capabilities of a kind are in order, which ncurses relies on when it
          merges entries
    seq:
      - id: strings
        type: "capability_string(_parent.string_offsets[_index], _index == 0 ? 0 : strings[_index - 1].end)"
        repeat: expr
        repeat-expr: _parent.string_offsets.size
    instances:
      names:
        pos: names_start
        type: "extended_name(_parent.name_offsets[_index], names_start, _index == 0 ? 0 : names[_index - 1].end)"
        repeat: expr
        repeat-expr: _parent.name_offsets.size
      names_start:
        value: "strings.size == 0 ? 0 : strings[strings.size - 1].end"
        doc: Where the values end; ncurses adds up their lengths.
        doc-ref: ncurses, read_entry.c

  extended_name:
    doc: The name of a capability.
    doc-ref: term(5), Extended Storage Format
    params:
      - id: offset
        type: s2
        doc: Where it begins, from the end of the values.
      - id: names_start
        type: u4
        doc: Where the values end.
      - id: start
        type: u4
        doc: Bytes of the names before it, with their NULs.
    instances:
      text:
        pos: names_start + offset
        type: strz
        encoding: ASCII
        if: offset >= 0
        -overlap: allow
      end:
        value: start + text.length + 1
        doc: Bytes of the names up to here.

enums:
  flag:
    -2:
      id: cancelled
      doc: Taken away from what the entry was derived from.
    0: absent
    1: present
  state:
    -2:
      id: cancelled
      doc: Taken away from what the entry was derived from.
    -1: absent
    0: given

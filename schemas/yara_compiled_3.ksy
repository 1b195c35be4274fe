meta:
  id: yara_compiled_3
  title: Compiled YARA rules, libyara 3.7
  file-extension: yarc3
  endian: le
doc: |
  Rules as `yarac` or `yr_rules_save` of libyara 3.7 writes them on a 64-bit machine: one page that
  is loaded into memory as it is, a list of the pointers in it, and a hash.

  A pointer is stored as an offset in the page. Everything that the library trusts is checked here:
  each pointer for being inside the page and in the list, sentinels, names that end, and the
  instructions of the conditions with their jumps and their scratch memory.

  The format is not documented; it is what the library's source says. Names are the source's,
  without `YR_`. Other releases of 3.x have other structures and say so by their version.

  Not checked: the hash, for no checksum of the language is like it (`yr_hash`, a rotating sum over a
  table of its own). Bytes of the page that nothing points at are taken as they are.
doc-ref:
  - libyara/include/yara/types.h, yara-python 3.7.0 (structures)
  - libyara/arena.c, yara-python 3.7.0 (yr_arena_save_stream, yr_arena_load_stream)

-allow: [unlimited-size]  # the library sets no limits

seq:
  - id: header
    type: header
  - id: page
    type: page
    size: header.page_size
  - id: relocations
    type: relocation
    repeat: until
    repeat-until: _.is_end
    doc: Where in the page a pointer stands, and an end marker.
  - id: hash
    type: u4
    doc: Of header and page, not of the relocations; not checked here.

types:
  header:
    doc-ref: libyara/arena.c, ARENA_FILE_HEADER
    seq:
      - id: magic
        contents: YARA
      - id: page_size
        type: u4
        valid:
          min: 2048
      - id: version
        type: u4
        valid: 0x10_0020
        doc: 16 and, for structures hold a field for each, the number of threads, 32.

  page:
    -layout: {gaps: allow, trailing: allow}
    -invariants:
      - id: tables-in-page
        check: >-
          transition_table.offset < match_table.offset
          and match_table.offset + 8 * table_size <= _root.header.page_size
        message: the automaton's two tables are in the page, one after the other
      - id: states-in-table
        check: transitions.all((_ >> 32) + 256 < transitions.size)
        message: a state has all its 257 slots in the transition table
    seq:
      - id: rule_list
        type: reference(184, false)
      - id: external_variable_list
        type: reference(24, false)
      - id: code_start
        type: reference(1, false)
      - id: match_table
        type: reference(8, false)
      - id: transition_table
        type: reference(8, false)
    instances:
      table_size:
        value: (match_table.offset - transition_table.offset) / 8
        doc: Both tables have as many entries; the number is nowhere in the file.
      match_pool_offset:
        value: match_table.offset + 8 * table_size
        doc: The matches follow the tables, to the end of the page.
      rules:
        pos: rule_list.offset
        type: rule
        repeat: until
        repeat-until: _.is_sentinel
      external_variables:
        pos: external_variable_list.offset
        type: external_variable
        repeat: until
        repeat-until: _.is_sentinel
      code:
        pos: code_start.offset
        type: code
      transitions:
        pos: transition_table.offset
        type: u8
        repeat: expr
        repeat-expr: table_size
        doc: Slot of the next state in the upper half; in the lower, the input byte plus 1 and a flag.
      first_matches:
        pos: match_table.offset
        type: match_reference
        repeat: expr
        repeat-expr: table_size
        doc: For each slot that is a state, its first match.
      matches:
        pos: match_pool_offset
        type: automaton_match
        repeat: eos

  reference:
    doc: |
      A pointer as it is stored: an offset in the page, or a special value for NULL. It must be in
      the list of relocations, otherwise the library takes the offset for an address.
    doc-ref: libyara/arena.c, yr_arena_save_stream
    params:
      - id: item_size
        type: u4
        doc: Bytes that there must be.
      - id: nullable
        type: bool
    -invariants:
      - id: pointer-in-page
        check: "is_null ? nullable : offset <= _root.header.page_size - item_size"
        message: a pointer points inside the page
    seq:
      - id: offset
        type: u8
        -refers-to: {table: _root.relocations, by: _.offset, value: offset._start - 12}
    instances:
      is_null:
        value: offset == 0xfffa_bada
      is_set:
        value: offset <= _root.header.page_size - item_size
        doc: Whether there is something to read where it points.

  name:
    doc: A pointer to a name, which ends with NUL.
    seq:
      - id: pointer
        type: reference(1, false)
    instances:
      value:
        io: _root.page._io
        pos: pointer.offset
        type: strz
        encoding: ASCII
        if: pointer.is_set
        -overlap: allow

  rule:
    doc-ref: libyara/include/yara/types.h, YR_RULE
    seq:
      - id: flags
        type: u4
        valid:
          expr: (_ & 0xffff_cff0) == 0
        doc: 1 private, 2 global, 4 needs an executable, 8 needs a file, 0x1000 sentinel, 0x2000 disabled.
      - id: sentinel
        size: 180
        if: is_sentinel
        doc: Of a sentinel only the flags count.
      - id: body
        type: rule_body
        if: not is_sentinel
    instances:
      is_sentinel:
        value: (flags & 0x1000) != 0
      is_private:
        value: (flags & 1) != 0
        -allow: [unused-instance]  # for people

  rule_body:
    doc-ref: libyara/include/yara/types.h, YR_RULE
    seq:
      - id: thread_flags
        size: 128
        -padding: zero
      - id: reserved
        size: 4
      - id: name
        type: name
      - id: tags
        type: reference(1, true)
        doc: Tags, each ended by NUL, and one empty one at the end.
      - id: meta_list
        type: reference(32, true)
      - id: string_list
        type: reference(1592, true)
      - id: rule_namespace_pointer
        type: reference(136, false)
      - id: time_spent
        type: u8
        doc: For profiling.
    instances:
      tag_list:
        io: _root.page._io
        pos: tags.offset
        type: tag
        repeat: until
        repeat-until: _.text == ""
        if: not tags.is_null and tags.is_set
        -overlap: allow
      metas:
        io: _root.page._io
        pos: meta_list.offset
        type: meta_item
        repeat: until
        repeat-until: _.is_sentinel
        if: not meta_list.is_null and meta_list.is_set
      strings:
        io: _root.page._io
        pos: string_list.offset
        type: string_item
        repeat: until
        repeat-until: _.is_sentinel
        if: not string_list.is_null and string_list.is_set
      rule_namespace:
        io: _root.page._io
        pos: rule_namespace_pointer.offset
        type: rule_namespace
        if: rule_namespace_pointer.is_set

  tag:
    seq:
      - id: text
        type: strz
        encoding: ASCII
        -overlap: allow

  rule_namespace:
    doc-ref: libyara/include/yara/types.h, YR_NAMESPACE
    seq:
      - id: thread_flags
        size: 128
        -padding: zero
      - id: name
        type: name

  meta_item:
    doc-ref: libyara/include/yara/types.h, YR_META
    seq:
      - id: type
        type: u4
        enum: meta_type
      - id: reserved
        size: 4
      - id: sentinel
        size: 24
        if: is_sentinel
      - id: body
        type: meta_body(type)
        if: not is_sentinel
    instances:
      is_sentinel:
        value: type == meta_type::none

  meta_body:
    params:
      - id: type
        type: u4
        enum: meta_type
    -invariants:
      - id: text-only-of-text
        check: string.is_null == (type != meta_type::text)
        message: a meta points at a text exactly if it is one
    seq:
      - id: integer
        type: s8
      - id: name
        type: name
      - id: string
        type: reference(1, true)
    instances:
      text:
        io: _root.page._io
        pos: string.offset
        terminator: 0
        if: not string.is_null and string.is_set
        -overlap: allow

  string_item:
    doc-ref: libyara/include/yara/types.h, YR_STRING
    seq:
      - id: flags
        type: u4
      - id: sentinel
        size: 1588
        if: is_sentinel
      - id: body
        type: string_body
        if: not is_sentinel
    instances:
      is_sentinel:
        value: (flags & 0x1000) != 0

  string_body:
    doc-ref: libyara/include/yara/types.h, YR_STRING
    -invariants:
      - id: string-in-page
        when: not string.is_null
        check: string.offset + length <= _root.header.page_size
        message: a string is inside the page in its whole length
      - id: gap-in-order
        when: not chained_to.is_null
        check: gap_min >= 0 and gap_min <= gap_max
        message: the smallest gap is not above the largest
    seq:
      - id: length
        type: s4
        valid:
          min: 0
      - id: name
        type: name
      - id: string
        type: reference(1, true)
        doc: NULL where a regular expression is more than a text.
      - id: chained_to
        type: reference(1592, true)
      - id: gap_min
        type: s4
      - id: gap_max
        type: s4
      - id: fixed_offset
        type: s8
        -allow: [unchecked-field]  # it is about the data that is scanned
        doc: The only offset where it may match, or a value that means anywhere.
      - id: matches
        size: 1536
        -padding: zero
        doc: For each thread the matches, and those to be confirmed; filled while scanning.
      - id: time_spent
        type: u8
        doc: For profiling.

  external_variable:
    doc-ref: libyara/include/yara/types.h, YR_EXTERNAL_VARIABLE
    seq:
      - id: type
        type: u4
        enum: external_type
      - id: reserved
        size: 4
      - id: value
        size: 8
        if: type != external_type::text
        doc: An integer or a float.
      - id: text
        type: name
        if: type == external_type::text
      - id: sentinel
        size: 8
        if: is_sentinel
      - id: name
        type: name
        if: not is_sentinel
    instances:
      is_sentinel:
        value: type == external_type::none

  code:
    doc: |
      The conditions of all rules, as instructions of a stack machine. Not checked: how high the
      stack is, and what lies on it.
    doc-ref: libyara/exec.c, yr_execute_code
    seq:
      - id: instructions
        type: instruction
        repeat: until
        repeat-until: _.opcode == opcode::halt

  instruction:
    doc-ref: libyara/include/yara/exec.h
    seq:
      - id: opcode
        type: u1
        enum: opcode
      - id: operand
        if: has_operand
        type:
          switch-on: opcode
          cases:
            opcode::push: u8
            opcode::int_to_dbl: u8
            opcode::incr_m: memory
            opcode::clear_m: memory
            opcode::add_m: memory
            opcode::pop_m: memory
            opcode::push_m: memory
            opcode::swapundef: memory
            opcode::push_rule: reference(184, false)
            opcode::match_rule: reference(184, false)
            opcode::init_rule: rule_start
            opcode::obj_load: name
            opcode::obj_field: name
            opcode::call: name
            opcode::import_module: name
            opcode::jnundef: jump
            opcode::jle: jump
            opcode::jfalse: jump
            opcode::jtrue: jump
    instances:
      has_operand:
        value: >-
          opcode == opcode::push or opcode == opcode::call or opcode == opcode::obj_load
          or opcode == opcode::obj_field or opcode == opcode::import_module
          or opcode == opcode::int_to_dbl or (opcode.to_i >= 27 and opcode.to_i <= 37)
          or opcode == opcode::jfalse or opcode == opcode::jtrue

  memory:
    doc: A slot of the scratch memory that loops use.
    doc-ref: libyara/exec.c, MEM_SIZE
    seq:
      - id: slot
        type: u8
        valid:
          max: 15
        doc: There are 16; this release does not look (CVE-2018-12034, CVE-2018-12035).

  rule_start:
    seq:
      - id: rule
        type: reference(184, false)
      - id: next
        type: jump
        doc: Where the next rule's code begins.

  jump:
    seq:
      - id: target
        type: reference(1, false)
        -refers-to:
          table: _root.page.code.instructions
          by: _._start
          value: _.offset + 12
          when: _.is_set
        doc: The instruction to go on with.

  match_reference:
    -invariants:
      - id: match-in-pool
        when: not first.is_null
        check: >-
          first.offset >= _root.page.match_pool_offset
          and (first.offset - _root.page.match_pool_offset) % 40 == 0
        message: a state's first match is one of the matches
    seq:
      - id: first
        type: reference(40, true)

  automaton_match:
    doc-ref: libyara/include/yara/types.h, YR_AC_MATCH
    -invariants:
      - id: next-in-pool
        when: not next.is_null
        check: >-
          next.offset >= _root.page.match_pool_offset
          and (next.offset - _root.page.match_pool_offset) % 40 == 0
        message: the next match is one of the matches
    seq:
      - id: backtrack
        type: u2
        doc: Bytes from the beginning of the string to the end of the atom.
      - id: reserved
        size: 6
      - id: string
        type: reference(1592, false)
      - id: forward_code
        type: reference(1, true)
      - id: backward_code
        type: reference(1, true)
      - id: next
        type: reference(40, true)

  relocation:
    doc: |
      The place of a pointer. What stands there is taken for an offset in the page, whatever it is.
    doc-ref: libyara/arena.c, yr_arena_load_stream
    -invariants:
      - id: relocation-in-page
        when: not is_end
        check: offset <= _root.header.page_size - 8
        message: all eight bytes of a relocated pointer are inside the page
      - id: relocated-pointer-in-page
        when: not is_end
        check: pointer == 0xfffa_bada or pointer < _root.header.page_size
        message: what is relocated is an offset in the page
    seq:
      - id: offset
        type: u4
    instances:
      is_end:
        value: offset == 0xffff_ffff
      pointer:
        io: _root.page._io
        pos: offset
        type: u8
        if: not is_end and offset <= _root.header.page_size - 8
        -overlap: allow

enums:
  meta_type:
    0: none
    1: integer
    2: text
    3: boolean
  external_type:
    0: none
    1: float
    2: integer
    3: boolean
    4: text
  opcode:
    1: logical_and
    2: logical_or
    3: logical_not
    4: bitwise_not
    5: bitwise_and
    6: bitwise_or
    7: bitwise_xor
    8: shl
    9: shr
    10: mod
    11: int_to_dbl
    12: str_to_bool
    13: push
    14: pop
    15: call
    16: obj_load
    17: obj_value
    18: obj_field
    19: index_array
    20: count
    21: length
    22: found
    23: found_at
    24: found_in
    25: offset
    26: of
    27: push_rule
    28: init_rule
    29: match_rule
    30: incr_m
    31: clear_m
    32: add_m
    33: pop_m
    34: push_m
    35: swapundef
    36: jnundef
    37: jle
    38: filesize
    39: entrypoint
    40: contains
    41: matches
    42: import_module
    43: lookup_dict
    44: jfalse
    45: jtrue
    100: int_eq
    101: int_neq
    102: int_lt
    103: int_gt
    104: int_le
    105: int_ge
    106: int_add
    107: int_sub
    108: int_mul
    109: int_div
    110: int_minus
    120: dbl_eq
    121: dbl_neq
    122: dbl_lt
    123: dbl_gt
    124: dbl_le
    125: dbl_ge
    126: dbl_add
    127: dbl_sub
    128: dbl_mul
    129: dbl_div
    130: dbl_minus
    140: str_eq
    141: str_neq
    142: str_lt
    143: str_gt
    144: str_le
    145: str_ge
    240: read_int8
    241: read_int16
    242: read_int32
    243: read_uint8
    244: read_uint16
    245: read_uint32
    246: read_int8be
    247: read_int16be
    248: read_int32be
    249: read_uint8be
    250: read_uint16be
    251: read_uint32be
    254: nop
    255: halt

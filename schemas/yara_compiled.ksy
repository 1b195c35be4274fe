meta:
  id: yara_compiled
  title: Compiled YARA rules, libyara 4.4 and 4.5
  file-extension: yarc
  endian: le
doc: |
  Rules as `yarac` or `yr_rules_save` writes them, arena file version 21: twelve buffers that are
  loaded into memory as they are, and a list of the pointers in them.

  A pointer is stored as the number of a buffer and an offset in it. Everything that the library
  trusts is checked here: counts against tables, each pointer for what it may point at, sentinels,
  names that end, the instructions of the conditions with their jumps, scratch memory and rules.

  The format is not documented; it is what the library's source says. Names are the source's,
  without `YR_`.
doc-ref:
  - libyara/include/yara/types.h, yara-python 4.5.4 (structures)
  - libyara/arena.c, yara-python 4.5.4 (yr_arena_save_stream, yr_arena_load_stream)

-allow: [unlimited-size]  # the library sets no limits

seq:
  - id: header
    type: header
  - id: buffers
    type: buffer_entry(_index)
    repeat: expr
    repeat-expr: header.buffer_count
    doc: Where each buffer is.
  - id: namespaces
    type: namespace_table
    size: buffers[section::namespaces.to_i].size
  - id: rules
    type: rule_table
    size: buffers[section::rules.to_i].size
  - id: metas
    type: meta_table
    size: buffers[section::metas.to_i].size
  - id: strings
    type: string_table
    size: buffers[section::strings.to_i].size
  - id: external_variables
    type: external_variable_table
    size: buffers[section::external_variables.to_i].size
  - id: texts
    type: text_pool
    size: buffers[section::texts.to_i].size
  - id: code
    type: code
    size: buffers[section::code.to_i].size
  - id: regular_expressions
    size: buffers[section::regular_expressions.to_i].size
    doc: Code of regular expressions; not looked into.
  - id: transitions
    type: transition_table
    size: buffers[section::transitions.to_i].size
  - id: state_matches
    type: state_match_table
    size: buffers[section::state_matches.to_i].size
  - id: matches
    type: match_pool
    size: buffers[section::matches.to_i].size
  - id: summary
    type: summary
    size: buffers[section::summary.to_i].size
  - id: relocations
    type: relocation
    repeat: eos
    doc: Where in the buffers a pointer stands, to the end of the file.

types:
  header:
    doc-ref: libyara/arena.c, YR_ARENA_FILE_HEADER
    seq:
      - id: magic
        contents: [YARA, 21]
        doc: The word `YARA`, and the version of the arena file. It changes when a structure does.
      - id: buffer_count
        type: u1
        valid: 12
        doc: Number of buffers; the library takes 0 to 16 and then relies on twelve.

  buffer_entry:
    doc-ref: libyara/arena.c, YR_ARENA_FILE_BUFFER
    params:
      - id: index
        type: s4
        doc: Number of the buffer.
    -invariants:
      - id: buffers-in-a-row
        check: >-
          offset == (index == 0 ? 6 + 12 * _root.header.buffer_count
          : _root.buffers[index - 1].offset + _root.buffers[index - 1].size)
        message: a buffer begins where the one before it ends
      - id: buffer-in-file
        check: offset <= _root._io.size and size <= _root._io.size - offset
        message: a buffer is within the file
    seq:
      - id: offset
        type: u8
        doc: First byte in the file. The library does not look at it.
      - id: size
        type: u4

  reference:
    doc: |
      A pointer as it is stored: the number of a buffer and an offset in it, or all ones for NULL.
      It must be in the list of relocations, otherwise the number stays where the library takes it
      for an address.
    doc-ref: libyara/include/yara/arena.h, YR_ARENA_REF; libyara/include/yara/types.h, DECLARE_REFERENCE
    params:
      - id: home
        type: s4
        enum: section
        doc: The buffer that this pointer stands in.
      - id: target
        type: s4
        enum: section
        doc: The buffer that it must point into.
      - id: item_size
        type: s4
        doc: Bytes of an item there, 1 where any offset will do.
      - id: nullable
        type: bool
    -invariants:
      - id: pointer-to-right-buffer
        check: "is_null ? nullable : buffer == target"
        message: a pointer points into the buffer that holds such things
      - id: pointer-in-buffer
        when: not is_null and buffer.to_i < 12
        check: offset < _root.buffers[buffer.to_i].size
        message: a pointer points inside its buffer
      - id: pointer-to-item
        when: not is_null
        check: offset % item_size == 0
        message: a pointer points at the beginning of an item
    seq:
      - id: buffer
        type: u4
        enum: section
        -unknown: allow
        -refers-to:
          table: _root.relocations
          by: _.place
          value: home.to_i * 0x1_0000_0000 + (buffer._start - _root.buffers[home.to_i].offset)
      - id: offset
        type: u4
    instances:
      is_null:
        value: buffer.to_i == 0xffff_ffff and offset == 0xffff_ffff
      index:
        value: offset / item_size
        if: not is_null
        doc: Number of the item that it points at.

  name:
    doc: A pointer to a name, which ends with NUL.
    params:
      - id: home
        type: s4
        enum: section
    seq:
      - id: pointer
        type: reference(home, section::texts, 1, false)
    instances:
      value:
        io: _root.texts._io
        pos: pointer.offset
        type: strz
        encoding: ASCII
        if: pointer.buffer == section::texts and pointer.offset < _root.buffers[section::texts.to_i].size
        -overlap: allow

  namespace_table:
    seq:
      - id: items
        type: rule_namespace(_index)
        repeat: eos

  rule_namespace:
    doc-ref: libyara/include/yara/types.h, YR_NAMESPACE
    params:
      - id: position
        type: s4
    seq:
      - id: name
        type: name(section::namespaces)
      - id: index
        type: u4
        valid: position
      - id: reserved
        size: 4

  rule_table:
    doc: Rules, and a sentinel that marks their end.
    -invariants:
      - id: rules-end
        check: items.size > 0 and items[items.size - 1].is_sentinel
        message: the last entry of the rules table is its sentinel
      - id: rules-end-once
        check: "items.all(rule, i: not rule.is_sentinel or i == items.size - 1)"
        message: only the last entry of the rules table is a sentinel
    seq:
      - id: items
        type: rule(_index)
        size: 56
        repeat: eos

  rule:
    doc-ref: libyara/include/yara/types.h, YR_RULE
    params:
      - id: position
        type: s4
    seq:
      - id: flags
        type: u4
        valid:
          expr: (_ & 0xffff_fff0) == 0
        doc: 1 private, 2 global, 4 sentinel, 8 disabled.
      - id: sentinel
        size: 52
        if: is_sentinel
        doc: Of a sentinel only the flags count.
      - id: body
        type: rule_body(position)
        if: not is_sentinel
    instances:
      is_sentinel:
        value: (flags & 4) != 0
      is_private:
        value: (flags & 1) != 0
        -allow: [unused-instance]  # for people

  rule_body:
    doc-ref: libyara/include/yara/types.h, YR_RULE
    params:
      - id: position
        type: s4
    -invariants:
      - id: own-strings
        when: not strings.is_null and strings.index < _root.strings.items.size
        check: _root.strings.items[strings.index].rule == position
        message: the strings of a rule are its own
      - id: first-of-own-strings
        when: not strings.is_null and strings.index < _root.strings.items.size
        check: strings.index == 0 or _root.strings.items[strings.index - 1].is_last
        message: a rule points at its first string
      - id: first-of-own-metas
        when: not metas.is_null and metas.index < _root.metas.items.size
        check: metas.index == 0 or _root.metas.items[metas.index - 1].is_last
        message: a rule points at its first meta
    seq:
      - id: atom_count
        type: s4
        valid:
          min: 0
        doc: Number of atoms that the strings of the rule were cut into.
      - id: required_strings
        type: u4
        doc: How many strings must match for the rule to have a chance; 0 if it may do without.
      - id: unused
        type: u4
      - id: name
        type: name(section::rules)
      - id: tags
        type: reference(section::rules, section::texts, 1, true)
        doc: Tags, each ended by NUL, and one empty one at the end.
      - id: metas
        type: reference(section::rules, section::metas, 32, true)
      - id: strings
        type: reference(section::rules, section::strings, 56, true)
      - id: rule_namespace
        type: reference(section::rules, section::namespaces, 16, false)
    instances:
      tag_list:
        io: _root.texts._io
        pos: tags.offset
        type: tag
        repeat: until
        repeat-until: _.text == ""
        if: >-
          tags.buffer == section::texts
          and tags.offset < _root.buffers[section::texts.to_i].size
        -overlap: allow

  tag:
    seq:
      - id: text
        type: strz
        encoding: ASCII
        -overlap: allow

  meta_table:
    -invariants:
      - id: metas-end
        when: items.size > 0
        check: items[items.size - 1].is_last
        message: the last meta is marked as the last of its rule
    seq:
      - id: items
        type: meta_item
        repeat: eos

  meta_item:
    doc-ref: libyara/include/yara/types.h, YR_META
    -invariants:
      - id: text-only-of-text
        check: string.is_null == (type != meta_type::text)
        message: a meta points at a text exactly if it is one
    seq:
      - id: name
        type: name(section::metas)
      - id: string
        type: reference(section::metas, section::texts, 1, true)
      - id: integer
        type: s8
      - id: type
        type: s4
        enum: meta_type
      - id: flags
        type: u4
        valid:
          any-of: [0, 1]
        doc: 1 for the last meta of a rule.
    instances:
      is_last:
        value: (flags & 1) != 0
      text:
        io: _root.texts._io
        pos: string.offset
        terminator: 0
        if: >-
          string.buffer == section::texts
          and string.offset < _root.buffers[section::texts.to_i].size
        -overlap: allow

  string_table:
    -invariants:
      - id: strings-end
        check: >-
          items.all(string, i: string.is_last
          == (i == items.size - 1 or items[i + 1].rule != string.rule))
        message: exactly the last string of each rule is marked as such
    seq:
      - id: items
        type: string_item(_index)
        repeat: eos

  string_item:
    doc-ref: libyara/include/yara/types.h, YR_STRING
    params:
      - id: position
        type: s4
    -invariants:
      - id: string-of-a-rule
        check: rule < _root.summary.rule_count
        message: a string belongs to a rule
      - id: string-in-pool
        when: string.buffer == section::texts
        check: string.offset + length <= _root.buffers[section::texts.to_i].size
        message: a string is inside the pool of texts in its whole length
      - id: chained-to-earlier
        when: not chained_to.is_null
        check: chained_to.index < position
        message: a string is chained to an earlier one
      - id: gap-in-order
        when: not chained_to.is_null
        check: gap_min >= 0 and gap_min <= gap_max
        message: the smallest gap is not above the largest
    seq:
      - id: flags
        type: u4
      - id: index
        type: u4
        valid: position
      - id: fixed_offset
        type: s8
        -allow: [unchecked-field]  # it is about the data that is scanned
        doc: The only offset where it may match, or a value that means anywhere.
      - id: rule
        type: u4
      - id: length
        type: s4
        valid:
          min: 0
      - id: string
        type: reference(section::strings, section::texts, 1, true)
      - id: chained_to
        type: reference(section::strings, section::strings, 56, true)
      - id: gap_min
        type: s4
      - id: gap_max
        type: s4
      - id: name
        type: name(section::strings)
    instances:
      is_last:
        value: (flags & 0x1000) != 0

  external_variable_table:
    doc: Variables defined outside, and a sentinel; empty if there are none.
    -invariants:
      - id: variables-end
        check: "items.all(variable, i: variable.is_sentinel == (i == items.size - 1))"
        message: exactly the last entry of the external variables is their sentinel
    seq:
      - id: items
        type: external_variable
        size: 24
        repeat: eos

  external_variable:
    doc-ref: libyara/include/yara/types.h, YR_EXTERNAL_VARIABLE
    seq:
      - id: type
        type: s4
        enum: external_type
      - id: reserved
        size: 4
      - id: value
        size: 8
        if: type != external_type::text
        doc: An integer or a float.
      - id: text
        type: name(section::external_variables)
        if: type == external_type::text
      - id: sentinel
        size: 8
        if: is_sentinel
      - id: name
        type: name(section::external_variables)
        if: not is_sentinel
    instances:
      is_sentinel:
        value: type == external_type::none

  text_pool:
    doc: Names, texts and strings; what each is, is said by the pointers to it.
    seq:
      - id: octets
        size-eos: true

  code:
    doc: |
      The conditions of all rules, as instructions of a stack machine. Not checked: how high the
      stack is, and what lies on it.
    doc-ref: libyara/exec.c, yr_execute_code
    -invariants:
      - id: code-ends
        check: >-
          instructions.size > 0 and instructions[instructions.size - 1].opcode == opcode::halt
        message: the last instruction is a halt
    seq:
      - id: instructions
        type: instruction
        repeat: eos

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
            opcode::push_8: u1
            opcode::push_16: u2
            opcode::push_32: u4
            opcode::push: u8
            opcode::int_to_dbl: u8
            opcode::of: string_or_rule_set
            opcode::of_percent: string_or_rule_set
            opcode::incr_m: memory
            opcode::clear_m: memory
            opcode::add_m: memory
            opcode::pop_m: memory
            opcode::push_m: memory
            opcode::set_m: memory
            opcode::swapundef: memory
            opcode::push_rule: rule_number
            opcode::match_rule: rule_number
            opcode::init_rule: rule_start
            opcode::obj_load: name(section::code)
            opcode::obj_field: name(section::code)
            opcode::call: name(section::code)
            opcode::import_module: name(section::code)
            opcode::jnundef: jump
            opcode::jundef_p: jump
            opcode::jfalse: jump
            opcode::jfalse_p: jump
            opcode::jtrue: jump
            opcode::jtrue_p: jump
            opcode::jl_p: jump
            opcode::jle_p: jump
            opcode::jz: jump
            opcode::jz_p: jump
    instances:
      has_operand:
        value: >-
          opcode == opcode::push or opcode == opcode::call or opcode == opcode::obj_load
          or opcode == opcode::obj_field or opcode == opcode::of
          or (opcode.to_i >= 27 and opcode.to_i <= 36) or opcode == opcode::import_module
          or (opcode.to_i >= 44 and opcode.to_i <= 52) or (opcode.to_i >= 61 and opcode.to_i <= 65)
          or opcode == opcode::of_percent or opcode == opcode::int_to_dbl

  memory:
    doc: A slot of the scratch memory that loops use.
    doc-ref: libyara/exec.c, MEM_SIZE; libyara/include/yara/limits.h
    seq:
      - id: slot
        type: u8
        valid:
          max: 19
        doc: There are 20. Earlier libraries did not look (CVE-2018-12034, CVE-2018-12035).

  rule_number:
    -invariants:
      - id: rule-exists
        check: rule < _root.summary.rule_count
        message: code is about a rule that exists
    seq:
      - id: rule
        type: u8
        doc: Index of a rule.

  rule_start:
    -invariants:
      - id: rule-exists
        check: rule < _root.summary.rule_count
        message: code is about a rule that exists
    seq:
      - id: offset
        type: s4
        -refers-to:
          table: _root.code.instructions
          by: _._start
          value: offset._start - 1 + _
        doc: Where the next rule's code begins, counted from the opcode.
      - id: rule
        type: u4
        doc: Index of the rule whose code begins.

  jump:
    seq:
      - id: offset
        type: s4
        -refers-to:
          table: _root.code.instructions
          by: _._start
          value: offset._start - 1 + _
        doc: Where to go on, counted from the opcode.

  string_or_rule_set:
    seq:
      - id: kind
        type: u8
        valid:
          any-of: [0, 1]
        doc: 0 for a set of strings, 1 for a set of rules.

  transition_table:
    doc: |
      The Aho-Corasick automaton: at a state's slot stands its failure transition, and the
      transition for the input byte b at slot + b + 1.
    doc-ref: libyara/include/yara/ahocorasick.h; libyara/scanner.c, _yr_scanner_scan_mem_block
    -invariants:
      - id: states-in-table
        check: items.all((_ >> 9) + 256 < items.size)
        message: a state has all its 257 slots in the transition table
    seq:
      - id: items
        type: u4
        repeat: eos
        doc: Slot of the next state, times 512, plus the input byte plus 1, or 0 for a failure.

  state_match_table:
    -invariants:
      - id: states-have-matches
        check: items.size >= _root.transitions.items.size
        message: the table of matches has an entry for each slot of the transition table
      - id: matches-in-pool
        check: items.all(_ <= _root.matches.items.size)
        message: the first match of a state is in the pool
    seq:
      - id: items
        type: u4
        repeat: eos
        doc: Number of the state's first match, from 1; 0 for none.

  match_pool:
    seq:
      - id: items
        type: automaton_match(_index)
        repeat: eos

  automaton_match:
    doc-ref: libyara/include/yara/types.h, YR_AC_MATCH
    params:
      - id: position
        type: s4
    -invariants:
      - id: next-is-another
        when: not next.is_null
        check: next.index != position
        message: a match is not its own successor
    seq:
      - id: string
        type: reference(section::matches, section::strings, 56, false)
      - id: forward_code
        type: reference(section::matches, section::regular_expressions, 1, true)
      - id: backward_code
        type: reference(section::matches, section::regular_expressions, 1, true)
      - id: next
        type: reference(section::matches, section::matches, 40, true)
      - id: backtrack
        type: u2
        doc: Bytes from the beginning of the string to the end of the atom.
      - id: reserved
        size: 6

  summary:
    doc-ref: libyara/include/yara/types.h, YR_SUMMARY
    -invariants:
      - id: rules-counted
        check: rule_count == _root.rules.items.size - 1
        message: the number of rules is that of the rules table without its sentinel
      - id: strings-counted
        check: string_count == _root.strings.items.size
        message: the number of strings is that of the strings table
      - id: namespaces-counted
        check: namespace_count == _root.namespaces.items.size
        message: the number of namespaces is that of the namespaces table
    seq:
      - id: rule_count
        type: u4
      - id: string_count
        type: u4
      - id: namespace_count
        type: u4

  relocation:
    doc: |
      The place of a pointer. Any other place would be overwritten with an address, or read as the
      number of a buffer.
    doc-ref: libyara/arena.c, yr_arena_load_stream
    -invariants:
      - id: relocation-in-buffer
        when: buffer.to_i < 12
        check: offset + 8 <= _root.buffers[buffer.to_i].size
        message: all eight bytes of a relocated pointer are inside its buffer
      - id: relocation-at-pointer
        when: buffer.to_i < 12
        check: >-
          buffer == section::code
          or (buffer == section::namespaces and offset % 16 == 0)
          or (buffer == section::rules and offset % 56 >= 16 and offset % 8 == 0)
          or (buffer == section::metas and offset % 32 < 16 and offset % 8 == 0)
          or (buffer == section::strings and offset % 8 == 0
          and (offset % 56 == 24 or offset % 56 == 32 or offset % 56 == 48))
          or (buffer == section::external_variables and offset % 8 == 0 and offset % 24 >= 8)
          or (buffer == section::matches and offset % 40 < 32 and offset % 8 == 0)
        message: a relocation is where the structures of its buffer have a pointer
    seq:
      - id: buffer
        type: u4
        enum: section
      - id: offset
        type: u4
    instances:
      place:
        value: (buffer.to_i & 0xff) * 0x1_0000_0000 + offset
        doc: Both in one number, to look it up.
      code_pointer:
        io: _root._io
        pos: _root.buffers[section::code.to_i].offset + offset
        type: code_pointer
        if: >-
          buffer == section::code and offset + 8 <= _root.buffers[section::code.to_i].size
        -overlap: allow

  code_pointer:
    doc: A pointer in the code, where its kind depends on the instruction.
    -invariants:
      - id: code-pointer-in-buffer
        when: not is_null
        check: buffer.to_i < 12 and offset < _root.buffers[buffer.to_i].size
        message: a pointer points inside one of the buffers
      - id: code-pointer-to-item
        when: not is_null and buffer.to_i < 12 and offset < _root.buffers[buffer.to_i].size
        check: >-
          buffer == section::texts or buffer == section::regular_expressions
          or (buffer == section::strings and offset % 56 == 0)
        message: code points at texts, regular expressions and the beginnings of strings
    seq:
      - id: buffer
        type: u4
        enum: section
        -unknown: allow
        -overlap: allow
      - id: offset
        type: u4
        -overlap: allow
    instances:
      is_null:
        value: buffer.to_i == 0xffff_ffff and offset == 0xffff_ffff

enums:
  section:
    0: namespaces
    1: rules
    2: metas
    3: strings
    4: external_variables
    5: texts
    6: code
    7: regular_expressions
    8: transitions
    9: state_matches
    10: matches
    11: summary
  meta_type:
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
    35: set_m
    36: swapundef
    37: filesize
    38: entrypoint
    40: matches
    41: import_module
    42: lookup_dict
    44: jundef_p
    45: jnundef
    47: jfalse
    48: jfalse_p
    49: jtrue
    50: jtrue_p
    51: jl_p
    52: jle_p
    53: iter_next
    54: iter_start_array
    55: iter_start_dict
    56: iter_start_int_range
    57: iter_start_int_enum
    58: iter_start_string_set
    59: iter_condition
    60: iter_end
    61: jz
    62: jz_p
    63: push_8
    64: push_16
    65: push_32
    66: push_u
    67: contains
    68: startswith
    69: endswith
    70: icontains
    71: istartswith
    72: iendswith
    73: iequals
    74: of_percent
    75: of_found_in
    76: count_in
    77: defined
    78: iter_start_text_string_set
    79: of_found_at
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

meta:
  id: dtb
  title: Flattened devicetree (DTB)
  file-extension: [dtb, dtbo]
  endian: be
  xref:
    justsolve: Devicetree
    wikidata: Q16960371
doc: |
  A description of hardware as a tree of nodes with properties, which a boot program gives to an
  operating system; also overlays of such trees.

  A header says where three blocks are: memory not to be used, the tree as a sequence of tokens,
  and the names of properties. There may be free space between and after them.

  Names are those of the Devicetree Specification. Chapter 5, the format, is checked as it stands.
  Of chapter 2, the tree, only the rules of names are; those that common trees do not keep are
  notes.
doc-ref:
  - https://github.com/devicetree-org/devicetree-specification/releases/tag/v0.4 Devicetree Specification v0.4
  - Devicetree Specification v0.4 §5

# A node of the tree takes two structures here, a piece and a node.
-limits: {depth: 512}

seq:
  - id: header
    type: header
    doc-ref: Devicetree Specification v0.4 §5.2
  - id: body
    type: body
    size: header.totalsize - sizeof<header>
    doc: All that follows the header, free space included.
    doc-ref: Devicetree Specification v0.4 §5.2

types:
  header:
    doc: Sizes and places of the blocks; offsets are from the start of the header.
    doc-ref: Devicetree Specification v0.4 §5.2
    -invariants:
      # A wrong size or offset is noticed where it leads to. The next three rules say so here.
      - id: structure-begins-with-node
        check: _root.body.structure_words[0] == 1 or _root.body.structure_words[0] == 4
        message: the structure block begins with FDT_BEGIN_NODE, or FDT_NOP (§5.4.2)
      - id: structure-ends-with-end
        check: _root.body.structure_words[size_dt_struct / 4 - 1] == 9
        message: the structure block ends with FDT_END (§5.4.1)
      - id: strings-end-with-nul
        when: size_dt_strings > 0
        check: _root.body.last_of_strings == [0]
        message: the strings block ends with the NUL of a name (§5.5)
      - id: reservation-aligned
        check: off_mem_rsvmap % 8 == 0
        message: the memory reservation block begins at a multiple of 8 bytes (§5.3.2, §5.6)
      - id: structure-size-aligned
        check: size_dt_struct % 4 == 0
        message: the structure block consists of tokens and padded data, in words of 4 bytes (§5.4.1)
      - id: structure-aligned
        check: off_dt_struct % 4 == 0
        message: the structure block begins at a multiple of 4 bytes (§5.4, §5.6)
      - id: compatible-version
        when: version == 17
        check: last_comp_version == 16
        message: version 17 is backwards compatible with version 16, not with earlier ones (§5.2)
      - id: later-version
        check: version <= 17
        severity: warning
        message: what a version above 17 adds is not known (§5.1)
      - id: order-of-blocks
        check: off_mem_rsvmap < off_dt_struct and off_dt_struct < off_dt_strings
        severity: warning
        message: the blocks should be in the order reservations, structure, strings (§5)
    seq:
      - id: magic
        contents: [0xd0, 0x0d, 0xfe, 0xed]
      - id: totalsize
        type: u4
        valid:
          min: sizeof<header>
          max: _io.size
        doc: Bytes of the whole, free space included.
      - id: off_dt_struct
        type: u4
        valid:
          min: sizeof<header>
          max: totalsize - 4
        doc: Where the structure block is.
      - id: off_dt_strings
        type: u4
        valid:
          min: sizeof<header>
          max: totalsize
        doc: Where the strings block is.
      - id: off_mem_rsvmap
        type: u4
        valid:
          min: sizeof<header>
          max: totalsize - 16
        doc: Where the memory reservation block is.
      - id: version
        type: u4
        valid:
          min: 17
        doc-ref: Devicetree Specification v0.4 §5.1
      - id: last_comp_version
        type: u4
        valid:
          max: 17
        doc: The lowest version of which a reader can read this.
      - id: boot_cpuid_phys
        type: u4
        doc: Physical number of the processor that the system is started on.
      - id: size_dt_strings
        type: u4
        valid:
          max: totalsize - off_dt_strings
        doc: Bytes of the strings block.
      - id: size_dt_struct
        type: u4
        valid:
          min: 4
          max: totalsize - off_dt_struct
        doc: Bytes of the structure block.

  body:
    doc: The blocks, with free space around them.
    doc-ref: Devicetree Specification v0.4 §5
    # What free space holds is not said; libfdt leaves there what was there before.
    -layout: {gaps: allow, trailing: allow}
    instances:
      memory_reservations:
        pos: _parent.header.off_mem_rsvmap - sizeof<header>
        size: reservations_end - _parent.header.off_mem_rsvmap
        type: memory_reservations
        if: reservations_end >= _parent.header.off_mem_rsvmap
        doc-ref: Devicetree Specification v0.4 §5.3
      structure:
        pos: _parent.header.off_dt_struct - sizeof<header>
        size: _parent.header.size_dt_struct
        type: structure
        doc-ref: Devicetree Specification v0.4 §5.4
      strings:
        pos: _parent.header.off_dt_strings - sizeof<header>
        size: _parent.header.size_dt_strings
        type: strings
        doc-ref: Devicetree Specification v0.4 §5.5
      structure_words:
        pos: _parent.header.off_dt_struct - sizeof<header>
        type: u4
        repeat: expr
        repeat-expr: _parent.header.size_dt_struct / 4
        if: _parent.header.off_dt_struct + _parent.header.size_dt_struct <= _parent.header.totalsize
        -overlap: allow
        doc: The structure block once more, so that it can be seen what a length leads to.
        doc-ref: Devicetree Specification v0.4 §5.4
      last_of_strings:
        pos: _parent.header.off_dt_strings + _parent.header.size_dt_strings - 1 - sizeof<header>
        size: 1
        if: >-
          _parent.header.size_dt_strings > 0
          and _parent.header.off_dt_strings + _parent.header.size_dt_strings
          <= _parent.header.totalsize
        -overlap: allow
        doc: The last byte of the strings block.
        doc-ref: Devicetree Specification v0.4 §5.5
      structure_or_end:
        value: >-
          _parent.header.off_dt_struct > _parent.header.off_mem_rsvmap
          ? _parent.header.off_dt_struct : _parent.header.totalsize
      reservations_end:
        value: >-
          _parent.header.off_dt_strings > _parent.header.off_mem_rsvmap
          and _parent.header.off_dt_strings < structure_or_end
          ? _parent.header.off_dt_strings : structure_or_end
        doc: Where the memory reservation block ends at the latest, no block being in another.
        doc-ref: Devicetree Specification v0.4 §5

  memory_reservations:
    doc: Memory that must not be used freely.
    doc-ref: Devicetree Specification v0.4 §5.3
    # Free space.
    -layout: {trailing: allow}
    -invariants:
      - id: reservations-apart
        check: >-
          entries.all(a, i: entries.all(b, j: j <= i or j == entries.size - 1
          or (a.is_whole and a.address + a.size <= b.address)
          or (b.is_whole and b.address + b.size <= a.address)))
        message: reserved regions do not overlap each other (§5.3.2)
    seq:
      - id: entries
        type: memory_reservation
        repeat: until
        repeat-until: _.address == 0 and _.size == 0
        doc: The last one is zero and zero.

  memory_reservation:
    doc-ref: Devicetree Specification v0.4 §5.3.2
    -invariants:
      - id: list-goes-on
        when: address != 0 or size != 0
        check: _io.size - (size._end - _parent._start) >= 16
        message: another entry follows, zero and zero at last (§5.3.2)
      - id: region-in-memory
        check: is_whole
        message: a reserved region ends below 2^64
    seq:
      - id: address
        type: u8
      - id: size
        type: u8
        doc: In bytes.
    instances:
      is_whole:
        value: size <= (address ^ 0xffff_ffff_ffff_ffff)
        doc: Whether address and size add up in 64 bits.

  structure:
    doc: The tree, a sequence of tokens with data.
    doc-ref: Devicetree Specification v0.4 §5.4
    -invariants:
      - id: one-root-node
        check: pieces.count(_.token == token::begin_node) == 1
        message: the structure block consists of the root node and FDT_END (§5.4.2)
      - id: tokens-in-nodes
        check: pieces.all(_.token != token::prop and _.token != token::end_node)
        message: no FDT_PROP or FDT_END_NODE stands outside of the root node (§5.4.2)
    seq:
      - id: pieces
        type: piece(0, false)
        repeat: until
        repeat-until: _.token == token::end
        doc: The root node, any number of FDT_NOP, and FDT_END.

  piece:
    doc: A token and its data.
    doc-ref: Devicetree Specification v0.4 §5.4.1
    params:
      - id: depth
        type: u4
        doc: Number of nodes around it.
      - id: after_node
        type: bool
        doc: Whether a node stands before it in the same node.
    -invariants:
      - id: properties-before-nodes
        when: token == token::prop
        check: not after_node
        message: all properties of a node precede its nodes (§5.4.2)
      - id: end-outside-of-nodes
        when: token == token::end
        check: depth == 0
        message: no FDT_END stands in a node, each node ends with FDT_END_NODE (§5.4.1)
    seq:
      - id: token
        type: u4
        enum: token
        # FDT_NOP is for later changes; few readers but libfdt know it.
        -generate: {values: ["token::end_node", "token::end", "token::prop", "token::begin_node"]}
      - id: data
        type:
          switch-on: token
          cases:
            token::begin_node: node(depth)
            token::end_node: nothing
            token::prop: property
            token::nop: nothing
            token::end: nothing
    instances:
      is_named:
        value: token == token::begin_node or token == token::prop
      name:
        value: >-
          token == token::begin_node ? data.as<node>.name : data.as<property>.name
        if: is_named

  nothing:
    doc: What follows a token that has no data.
    doc-ref: Devicetree Specification v0.4 §5.4.1

  node:
    doc: A node, from its name to FDT_END_NODE.
    doc-ref: Devicetree Specification v0.4 §5.4.2
    params:
      - id: depth
        type: u4
        doc: Number of nodes around it; zero for the root node.
    -invariants:
      - id: root-without-name
        when: depth == 0
        check: name.length == 0
        message: the root node has no name (§2.2.1)
      - id: node-with-name
        when: depth > 0
        check: name.length > 0 and name.substring(0, 1) != "@"
        message: a node has a name, of at least one character before the unit address (§2.2.1)
      - id: node-name-characters
        # 0 to 9 with @, A to Z, a to z, comma, minus, period, underscore, plus
        check: >-
          name.count(not ((_ >= 0x30 and _ <= 0x39) or (_ >= 0x40 and _ <= 0x5a)
          or (_ >= 0x61 and _ <= 0x7a) or (_ >= 0x2c and _ <= 0x2e) or _ == 0x5f or _ == 0x2b)) == 0
        message: a node name has only ASCII letters, digits and `,._+-`, and an `@` (§2.2.1)
      - id: one-unit-address
        check: name.count(_ == 0x40) <= 1
        message: one `@` separates the unit address (§2.2.1)
      - id: unit-address-not-empty
        when: name.length > 0
        check: name.substring(name.length - 1, name.length) != "@"
        message: a unit address has one character or more (§2.2.1)
      - id: node-name-length
        when: depth > 0
        check: "name.min(c, at: c == 0x40 ? at : name.length) <= 31"
        severity: note
        message: a node name has at most 31 characters before the unit address (§2.2.1)
      - id: node-name-start
        when: name.length > 0 and name.substring(0, 1) != "@"
        check: starts_with_letter
        severity: note
        message: a node name begins with a letter (§2.2.1)
    -coverage:
      - id: token-by-place
        each: pieces
        row: _.after_node
        column: _.token
        when: _ != token::end and (_index == 0 or _ != token::prop)
    seq:
      - id: name
        type: strz
        encoding: ASCII
        doc: With the unit address, if there is one.
        doc-ref: Devicetree Specification v0.4 §2.2.1, §5.4.1
      - id: padding
        size: (4 - _io.pos % 4) % 4
        -padding: zero
        doc-ref: Devicetree Specification v0.4 §5.4.1
      - id: pieces
        type: "piece(depth + 1, _index > 0 and (pieces[_index - 1].after_node or pieces[_index - 1].token == token::begin_node))"
        repeat: until
        repeat-until: _.token == token::end_node or _.token == token::end
        -unique-by: {by: _.name, when: _.is_named}
        doc: Properties, then nodes, then FDT_END_NODE; FDT_NOP anywhere.
    instances:
      starts_with_letter:
        value: >-
          (name.substring(0, 1) >= "A" and name.substring(0, 1) <= "Z")
          or (name.substring(0, 1) >= "a" and name.substring(0, 1) <= "z")
        if: name.length > 0

  property:
    doc-ref: Devicetree Specification v0.4 §5.4.1
    -invariants:
      - id: value-leads-to-token
        # A wrong length is noticed where it leads to. This rule says so at the property.
        when: padding._end >= _root.header.off_dt_struct
        check: >-
          _root.body.structure_words[(padding._end - _root.header.off_dt_struct) / 4] >= 1
          and _root.body.structure_words[(padding._end - _root.header.off_dt_struct) / 4] <= 4
        message: after the value and its padding is a token other than FDT_END (§5.4.1)
      - id: property-with-name
        check: name.length > 0
        message: a property has a name (§2.2.4.1)
    seq:
      - id: len
        type: u4
        valid:
          max: _io.size - _io.pos - 4
        doc: Bytes of the value.
      - id: nameoff
        type: u4
        valid:
          max: _root.header.size_dt_strings - 1
        doc: Where in the strings block the name begins.
      - id: value
        size: len
      - id: padding
        size: (4 - _io.pos % 4) % 4
        -padding: zero
    instances:
      name:
        io: _root.body.strings._io
        pos: nameoff
        type: strz
        encoding: ASCII
        if: nameoff < _root.header.size_dt_strings
        -overlap: allow
        doc: One name may be the end of another.

  strings:
    doc: Names of properties, one after the other; each may be used many times, or never.
    doc-ref: Devicetree Specification v0.4 §5.5
    -invariants:
      - id: property-name-characters
        # 0 to 9, A to Z, a to z, comma, minus, period, underscore, plus, question mark, number sign
        check: >-
          names.all(name, i: name.count(not ((_ >= 0x30 and _ <= 0x39) or (_ >= 0x41 and _ <= 0x5a)
          or (_ >= 0x61 and _ <= 0x7a) or (_ >= 0x2c and _ <= 0x2e) or _ == 0x5f or _ == 0x2b
          or _ == 0x3f or _ == 0x23)) == 0)
        message: a property name has only ASCII letters, digits and `,._+?#-` (§2.2.4.1)
      - id: property-name-not-empty
        check: names.all(_.length > 0)
        severity: warning
        message: a property name has at least one character (§2.2.4.1)
      - id: property-name-length
        check: names.all(_.length <= 31)
        severity: note
        message: a property name has at most 31 characters (§2.2.4.1)
    seq:
      - id: names
        type: strz
        encoding: ASCII
        repeat: eos

enums:
  token:
    0x1: begin_node
    0x2: end_node
    0x3: prop
    0x4: nop
    0x9: end

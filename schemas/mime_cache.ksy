meta:
  id: mime_cache
  title: MIME cache of the shared MIME-info database
  file-extension: mime.cache
  endian: be
  xref:
    mime: application/x-mime-cache
doc: |
  All that a desktop knows of MIME types: their other names, what they are special cases of, by
  which file names and which contents they are recognised. One file, which programs map into
  memory and search where it lies.

  The specification has a table of the fields and some sentences. Where it is silent, the program
  that writes all of these files is the source: `update-mime-database`, of shared-mime-info 2.2.

  Titles in `doc-ref` and in messages are those of the specification's sections.
doc-ref:
  - https://specifications.freedesktop.org/shared-mime-info-spec/ Shared MIME-info Database, version 0.21
  - https://gitlab.freedesktop.org/xdg/shared-mime-info/-/blob/2.2/src/update-mime-database.c update-mime-database.c

# Strings and values are filled up with zeros to a multiple of four bytes (update-mime-database).
-layout: {gaps: zero}

seq:
  - id: header
    type: header
instances:
  alias_list:
    pos: header.alias_list_offset
    type: alias_list(header.parent_list_offset)
    doc-ref: The mime.cache files
  parent_list:
    pos: header.parent_list_offset
    type: parent_list
    doc-ref: The mime.cache files
  literal_list:
    pos: header.literal_list_offset
    type: literal_list(header.suffix_tree_offset)
    doc-ref: The mime.cache files
  suffix_tree:
    pos: header.suffix_tree_offset
    type: suffix_tree
    doc-ref: The mime.cache files
  glob_list:
    pos: header.glob_list_offset
    type: glob_list(header.magic_list_offset)
    doc-ref: The mime.cache files
  magic_list:
    pos: header.magic_list_offset
    type: magic_list
    doc-ref: The mime.cache files
  namespace_list:
    pos: header.namespace_list_offset
    type: namespace_list(header.icon_list_offset)
    doc-ref: The mime.cache files
  icon_list:
    pos: header.icon_list_offset
    type: icon_list(header.generic_icon_list_offset)
    doc-ref: The mime.cache files
  generic_icon_list:
    pos: header.generic_icon_list_offset
    type: icon_list(header.type_list_offset)
    doc-ref: The mime.cache files
  type_list:
    pos: header.type_list_offset
    type: type_list
    doc-ref: update-mime-database

types:
  header:
    doc: Where the parts are.
    doc-ref: The mime.cache files
    -invariants:
      # A wrong offset is noticed where it leads to. This rule says so here.
      - id: parts-in-order
        check: >-
          alias_list_offset < parent_list_offset and parent_list_offset < literal_list_offset
          and literal_list_offset < suffix_tree_offset and suffix_tree_offset < glob_list_offset
          and glob_list_offset < magic_list_offset and magic_list_offset < namespace_list_offset
          and namespace_list_offset < icon_list_offset
          and icon_list_offset < generic_icon_list_offset
          and generic_icon_list_offset < type_list_offset and type_list_offset < _io.size
        severity: warning
        message: parts follow one another in the order of the header (update-mime-database)
      - id: parts-aligned
        check: >-
          (alias_list_offset | parent_list_offset | literal_list_offset | suffix_tree_offset
          | glob_list_offset | magic_list_offset | namespace_list_offset | icon_list_offset
          | generic_icon_list_offset | type_list_offset) % 4 == 0
        severity: warning
        message: parts begin at multiples of four bytes (update-mime-database)
    seq:
      - id: version
        contents: [0, 1, 0, 2]
        doc: Major version 1, minor version 2.
        doc-ref: The mime.cache files
      - id: alias_list_offset
        type: u4
      - id: parent_list_offset
        type: u4
      - id: literal_list_offset
        type: u4
      - id: suffix_tree_offset
        type: u4
      - id: glob_list_offset
        type: u4
      - id: magic_list_offset
        type: u4
      - id: namespace_list_offset
        type: u4
      - id: icon_list_offset
        type: u4
      - id: generic_icon_list_offset
        type: u4
      - id: type_list_offset
        type: u4
        doc: Not in the specification, but in every file since shared-mime-info 0.50.
        doc-ref: update-mime-database

  text:
    doc: A string, ended by NUL, at some place in the file; equal strings share a place.
    doc-ref: The mime.cache files
    -invariants:
      - id: aligned
        check: offset % 4 == 0
        severity: warning
        message: a string begins at a multiple of four bytes (update-mime-database)
    seq:
      - id: offset
        type: u4
    instances:
      text:
        pos: offset
        type: strz
        encoding: UTF-8

  mime_type:
    doc: A string that names a type, as `text/plain`.
    doc-ref: The mime.cache files
    -invariants:
      - id: media-and-subtype
        # 0x2f is a slash
        check: name.count(_ == 0x2f) == 1 and name.substring(0, 1) != "/"
        message: a MIME type is a media type, a slash and a subtype (The source XML files)
      - id: aligned
        check: offset % 4 == 0
        severity: warning
        message: a string begins at a multiple of four bytes (update-mime-database)
    seq:
      - id: offset
        type: u4
    instances:
      name:
        pos: offset
        type: strz
        encoding: UTF-8
        -generate: {values: ['"text/plain"', '"text/html"', '"image/png"', '"audio/x-one"', '"application/x-two"']}

  alias_list:
    doc: Other names of types.
    doc-ref: The mime.cache files
    params:
      - id: next_offset
        type: u4
        doc: Where the list after it begins.
    -invariants:
      # A wrong count is noticed in what follows. This rule says so here.
      - id: count-leads-to-next-list
        check: _start + 4 + 8 * count == next_offset
        severity: warning
        message: lists follow one another (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: aliases
        type: alias
        repeat: expr
        repeat-expr: count
        -sorted-by: {by: _.name.text, strict: true}
        doc: Sorted, so that a name is found by halving; it has one type.
        doc-ref: The mime.cache files

  alias:
    seq:
      - id: name
        type: text
      - id: mime_type
        type: mime_type

  parent_list:
    doc: Types that are special cases of others.
    doc-ref: The mime.cache files; Subclassing
    -invariants:
      - id: count-leads-to-parents
        when: count > 0
        check: _start + 4 + 8 * count == entries[0].parents_offset
        severity: warning
        message: parents follow the list of types that have some (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: entries
        type: parent_entry
        repeat: expr
        repeat-expr: count
        -sorted-by: {by: _.mime_type.name, strict: true}
        doc: Sorted, so that a type is found by halving.
        doc-ref: The mime.cache files

  parent_entry:
    seq:
      - id: mime_type
        type: mime_type
      - id: parents_offset
        type: u4
    instances:
      parents:
        pos: parents_offset
        type: parents

  parents:
    seq:
      - id: count
        type: u4
      - id: mime_types
        type: mime_type
        repeat: expr
        repeat-expr: count

  literal_list:
    doc: File names that tell a type, as `makefile`.
    doc-ref: The mime.cache files
    params:
      - id: next_offset
        type: u4
        doc: Where the list after it begins.
    -invariants:
      # A wrong count is noticed in what follows. This rule says so here.
      - id: count-leads-to-next-list
        check: _start + 4 + 12 * count == next_offset
        severity: warning
        message: lists follow one another (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: literals
        type: glob
        repeat: expr
        repeat-expr: count
        -sorted-by: _.pattern.text
        doc: Sorted, so that a name is found by halving; it may have several types.
        doc-ref: The mime.cache files

  glob_list:
    doc: Patterns of file names that are more than an ending, as `*.anim[1-9j]`.
    doc-ref: The mime.cache files
    params:
      - id: next_offset
        type: u4
        doc: Where the list after it begins.
    -invariants:
      # A wrong count is noticed in what follows. This rule says so here.
      - id: count-leads-to-next-list
        check: _start + 4 + 12 * count == next_offset
        severity: warning
        message: lists follow one another (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: globs
        type: glob
        repeat: expr
        repeat-expr: count
        doc: Each is tried, so their order is of no matter.

  glob:
    doc: A pattern, or a whole name, and the type that it tells.
    doc-ref: The mime.cache files
    -invariants:
      - id: lower-case
        # in ASCII: A to Z
        when: not weight.is_case_sensitive and pattern.text != "__NOGLOBS__"
        check: pattern.text.all(_ < 0x41 or _ > 0x5a)
        severity: warning
        message: >-
          a pattern for which case is of no matter is in lower case, names are made so
          (update-mime-database)
    seq:
      - id: pattern
        type: text
      - id: mime_type
        type: mime_type
      - id: weight
        type: weight

  weight:
    doc: What counts where several patterns match.
    doc-ref: The mime.cache files; The source XML files
    -invariants:
      - id: weight-up-to-100
        check: value <= 100
        message: a weight is at most 100 (The source XML files)
    seq:
      - id: bits
        type: u4
        valid:
          max: 0x1ff
        doc: The weight in the lower eight bits, and one flag.
        doc-ref: The mime.cache files
        -generate: {values: [0, 50, 100, 0x132]}
    instances:
      value:
        value: bits & 0xff
      is_case_sensitive:
        value: (bits & 0x100) != 0

  suffix_tree:
    doc: Endings of file names, from the last character on.
    doc-ref: The mime.cache files
    # a name has 255 bytes at most
    -limits: {depth: 512}
    -invariants:
      - id: roots-follow
        check: first_root_offset == _end
        severity: warning
        message: the last characters follow (update-mime-database)
      - id: roots-in-file
        check: first_root_offset + 12 * root_count <= _io.size
        message: all last characters are in the file (The mime.cache files)
    seq:
      - id: root_count
        type: u4
      - id: first_root_offset
        type: u4
    instances:
      roots:
        pos: first_root_offset
        type: suffix_node
        repeat: expr
        repeat-expr: root_count
        if: first_root_offset + 12 * root_count <= _io.size
        -sorted-by: {by: _.character, strict: true}
        doc-ref: The mime.cache files

  suffix_node:
    doc: A character with those that may stand before it; or the type of names that end so.
    doc-ref: The mime.cache files
    -invariants:
      # A wrong count is noticed where it leads to. This rule says so here.
      - id: children-in-file
        when: not is_leaf
        check: first_child_offset + 12 * child_count <= _io.size
        message: all children are in the file (The mime.cache files)
      - id: children-follow
        when: not is_leaf
        check: first_child_offset > _start and first_child_offset % 4 == 0
        severity: warning
        message: children are behind, at a multiple of four bytes (update-mime-database)
      - id: character-leads-on
        when: not is_leaf
        check: child_count > 0
        message: every way through the tree ends with a type (The mime.cache files)
    seq:
      - id: character
        type: u4
        valid:
          expr: _ < 0xd800 or (_ > 0xdfff and _ <= 0x10_ffff)
        doc: A Unicode character; 0 in a leaf.
        doc-ref: The mime.cache files
      - id: child_count
        type: u4
        if: not is_leaf
      - id: first_child_offset
        type: u4
        if: not is_leaf
      - id: mime_type
        type: mime_type
        if: is_leaf
      - id: weight
        type: weight
        if: is_leaf
    instances:
      is_leaf:
        value: character == 0
      children:
        pos: first_child_offset
        type: suffix_node
        repeat: expr
        repeat-expr: child_count
        if: not is_leaf and first_child_offset + 12 * child_count <= _io.size
        -sorted-by: _.character
        -unique-by: {by: _.character, when: _.character != 0}
        doc: Leaves first, since 0 is below all characters.
        doc-ref: The mime.cache files

  magic_list:
    doc: What files of a type contain.
    doc-ref: The mime.cache files; The magic files
    -limits: {depth: 512}
    -invariants:
      - id: matches-in-file
        check: first_match_offset + 16 * count <= _io.size
        message: all matches are in the file (The mime.cache files)
      - id: matches-follow
        check: first_match_offset == _end
        severity: warning
        message: the matches follow (update-mime-database)
      - id: count-leads-to-matchlets
        when: matches.size > 0
        check: first_match_offset + 16 * count == matches[0].first_matchlet_offset
        severity: warning
        message: the matchlets follow the matches (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: max_extent
        type: u4
        doc: How many bytes of a file have to be looked at.
        doc-ref: The mime.cache files
      - id: first_match_offset
        type: u4
    instances:
      matches:
        pos: first_match_offset
        type: match
        repeat: expr
        repeat-expr: count
        if: first_match_offset + 16 * count <= _io.size
        -sorted-by: {by: _.priority, descending: true, when: not _.takes_back}
        doc: |
          The first that matches tells the type, so higher priorities come first; before them all
          what takes back the magic of other packages.
        doc-ref: The magic files; update-mime-database

  match:
    doc: Any one of the matchlets suffices.
    doc-ref: The source XML files
    -invariants:
      - id: matchlets-in-file
        check: first_matchlet_offset + 32 * matchlet_count <= _io.size
        message: all matchlets are in the file (The mime.cache files)
      - id: matchlets-follow
        check: first_matchlet_offset > _start and first_matchlet_offset % 4 == 0
        severity: warning
        message: matchlets are behind, at a multiple of four bytes (update-mime-database)
    -coverage:
      - id: word-size-by-mask
        each: matchlets
        rows: 2
        row: "_.mask_offset == 0 ? 0 : 1"
        column: _.word_size
    seq:
      - id: priority
        type: u4
        valid:
          max: 100
        doc-ref: The source XML files
      - id: mime_type
        type: mime_type
      - id: matchlet_count
        type: u4
      - id: first_matchlet_offset
        type: u4
    instances:
      matchlets:
        pos: first_matchlet_offset
        type: matchlet
        repeat: expr
        repeat-expr: matchlet_count
        if: first_matchlet_offset + 32 * matchlet_count <= _io.size
      takes_back:
        # in ASCII: __NOMAGIC__
        value: >-
          matchlets[0].value
          == [0x5f, 0x5f, 0x4e, 0x4f, 0x4d, 0x41, 0x47, 0x49, 0x43, 0x5f, 0x5f]
        if: matchlets.size > 0
        doc: Whether the type is not told by the magic that other packages have for it.
        doc-ref: The magic files

  matchlet:
    doc: A value that is looked for, and if there are children, one of them too.
    doc-ref: The mime.cache files; The magic files
    -invariants:
      - id: within-max-extent
        check: range_start + range_length - 1 + value_length <= _root.magic_list.max_extent
        message: no more than `max_extent` bytes of a file are looked at (The mime.cache files)
      - id: values-in-file
        check: >-
          value_offset + value_length <= _io.size and mask_offset + value_length <= _io.size
          and first_child_offset + 32 * child_count <= _io.size
        message: value, mask and children are in the file (The mime.cache files)
      - id: values-follow
        check: >-
          value_offset > _start and (mask_offset == 0 or mask_offset > _start)
          and value_offset % 4 == 0 and mask_offset % 4 == 0
        severity: warning
        message: values and masks are behind, at multiples of four bytes (update-mime-database)
      - id: empty-value
        check: value_length > 0
        severity: warning
        message: an empty value is in every file (The source XML files)
      - id: whole-words
        when: word_size.to_i > 0
        check: value_length % word_size.to_i == 0
        message: a value whose words are swapped has whole words (The magic files)
      - id: children-follow
        check: "child_count == 0 ? first_child_offset == 0 : first_child_offset > _start"
        severity: warning
        message: children are behind; where there are none, their offset is 0 (update-mime-database)
    seq:
      - id: range_start
        type: u4
      - id: range_length
        type: u4
        valid:
          min: 1
        doc: At how many places, from the start on, the value is looked for.
        doc-ref: The magic files
      - id: word_size
        type: u4
        enum: word_size
        doc: How many bytes are swapped on a machine with little endian order.
        doc-ref: The magic files
      - id: value_length
        type: u4
      - id: value_offset
        type: u4
      - id: mask_offset
        type: u4
        doc: Zero where all bits count.
        doc-ref: The mime.cache files
      - id: child_count
        type: u4
      - id: first_child_offset
        type: u4
    instances:
      value:
        pos: value_offset
        size: value_length
        if: value_offset + value_length <= _io.size
      mask:
        pos: mask_offset
        size: value_length
        if: mask_offset != 0 and mask_offset + value_length <= _io.size
      children:
        pos: first_child_offset
        type: matchlet
        repeat: expr
        repeat-expr: child_count
        if: child_count > 0 and first_child_offset + 32 * child_count <= _io.size

  namespace_list:
    doc: XML document elements that tell a type.
    doc-ref: The mime.cache files; The XMLnamespaces files
    params:
      - id: next_offset
        type: u4
        doc: Where the list after it begins.
    -invariants:
      # A wrong count is noticed in what follows. This rule says so here.
      - id: count-leads-to-next-list
        check: _start + 4 + 12 * count == next_offset
        severity: warning
        message: lists follow one another (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: namespaces
        type: namespace
        repeat: expr
        repeat-expr: count
        -sorted-by: _.uri.text
        -unique-by: _.uri.text + " " + _.local_name.text
        doc: Sorted by URI; an element tells one type.
        doc-ref: The mime.cache files

  namespace:
    seq:
      - id: uri
        type: text
      - id: local_name
        type: text
      - id: mime_type
        type: mime_type

  icon_list:
    doc: Names of icons.
    doc-ref: The mime.cache files; The icon files
    params:
      - id: next_offset
        type: u4
        doc: Where the list after it begins.
    -invariants:
      # A wrong count is noticed in what follows. This rule says so here.
      - id: count-leads-to-next-list
        check: _start + 4 + 8 * count == next_offset
        severity: warning
        message: lists follow one another (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: icons
        type: icon
        repeat: expr
        repeat-expr: count
        -sorted-by: {by: _.mime_type.name, strict: true}
        doc: Sorted by type, so that one is found by halving.
        doc-ref: The mime.cache files

  icon:
    seq:
      - id: mime_type
        type: mime_type
      - id: name
        type: text

  type_list:
    doc: |
      Meant to be all types; in fact their number and as many zeros. The program that writes it
      looks each type up with a new line behind it, and so never finds where its name is.
    doc-ref: update-mime-database
    -invariants:
      - id: count-leads-to-end
        check: _start + 4 + 4 * count == _io.size
        severity: warning
        message: the list of all types is the last (update-mime-database)
    seq:
      - id: count
        type: u4
      - id: entries
        type: u4
        repeat: expr
        repeat-expr: count
        valid: 0

enums:
  word_size:
    1: one
    2: two
    4: four

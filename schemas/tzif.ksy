meta:
  id: tzif
  title: Time Zone Information Format (TZif)
  file-extension: tzif
  endian: be
  xref:
    rfc: 9636
    mime: [application/tzif, application/tzif-leap]
doc: |
  Compiled time zone data: when local time changed, what it changed to, and a rule for the future.
  Versions 1 to 4.

  A file has a header and data block with 32-bit times. From version 2 on these serve only old
  readers, and a second header, a data block with 64-bit times and a footer follow.

  Names are those of RFC 9636, which replaced RFC 8536. What it says must be is an error here; what
  it says should be is a warning.
doc-ref:
  - https://www.rfc-editor.org/rfc/rfc9636.html RFC 9636, The Time Zone Information Format
  - https://www.rfc-editor.org/rfc/rfc9636.html#section-3 RFC 9636 §3

-allow: [unlimited-size]  # RFC 9636 sets no limits
-invariants:
  - id: version-repeated
    when: header.version != version::v1
    check: header_v2.version == header.version
    message: both headers have the same version (RFC 9636 §3.1)
  - id: legacy-version
    check: header.version != version::v1
    severity: warning
    message: version 1 should not be generated, it ends in 2038 (RFC 9636 §4)
  - id: version-3-needed
    when: header.version == version::v3
    # 0x2c is a comma: where there is none, there is no rule that could need version 3
    check: >-
      footer.tz_string.text.any(_ == 0x2c)
      and (footer.tz_string.start.has_extended_hour or footer.tz_string.end.has_extended_hour)
    severity: warning
    message: the TZ string would do in a version 2 file (RFC 9636 §4)
  - id: version-4-needed
    when: header.version == version::v4
    check: data_block_v2.has_truncated_leap_seconds or data_block_v2.has_leap_second_expiry
    severity: warning
    message: the leap-second table would do in a file of a lower version (RFC 9636 §4)

seq:
  - id: header
    type: header(4)
    doc-ref: RFC 9636 §3.1
  - id: data_block
    type: data_block(header)
    size: header.data_block_size
    doc: With 32-bit times; from version 2 on it may be a placeholder.
    doc-ref: RFC 9636 §3.2, §4
  - id: header_v2
    type: header(8)
    if: header.version != version::v1
    doc-ref: RFC 9636 §3.1
  - id: data_block_v2
    type: data_block(header_v2)
    size: header_v2.data_block_size
    if: header.version != version::v1
    doc: With 64-bit times; what readers use.
    doc-ref: RFC 9636 §3.2
  - id: footer
    type: footer
    if: header.version != version::v1
    doc-ref: RFC 9636 §3.3

types:
  header:
    doc: Version of the file and number of items in each series of the data block that follows.
    doc-ref: RFC 9636 §3.1
    params:
      - id: time_size
        type: u1
        doc: Octets of a time value in the data block, 4 or 8.
        doc-ref: RFC 9636 §3.2
    # A wrong count is noticed far behind the header, where a part is not found where the counts
    # lead to. The counts-… rules say so here, at the counts.
    -invariants:
      - id: counts-fit-file
        check: charcnt._end + data_block_size <= _io.size
        message: the data block is within the file (RFC 9636 §4)
      - id: counts-lead-to-end
        when: version == version::v1 and time_size == 4
        check: charcnt._end + data_block_size >= _io.size
        message: a version 1 file ends after the data block (RFC 9636 §3.1)
      - id: counts-lead-to-header
        when: version != version::v1 and time_size == 4
        check: _root.header_v2.magic == [0x54, 0x5a, 0x69, 0x66]
        message: the second header follows the data block (RFC 9636 §3)
      - id: counts-lead-to-footer
        when: time_size == 8
        check: _root.footer.newline == [0x0a]
        message: the footer follows the data block (RFC 9636 §3)
      - id: isutcnt-zero-or-typecnt
        check: isutcnt == 0 or isutcnt == typecnt
        message: UT/local indicators are given for all time types or for none (RFC 9636 §3.1)
      - id: isstdcnt-zero-or-typecnt
        check: isstdcnt == 0 or isstdcnt == typecnt
        message: standard/wall indicators are given for all time types or for none (RFC 9636 §3.1)
    seq:
      - id: magic
        contents: TZif
      - id: version
        type: u1
        enum: version
      - id: reserved
        size: 15
        -padding: zero
        doc: Unused; tzfile(5) says that it is zero, the RFC only reserves it.
        doc-ref: RFC 9636 §3.1
      - id: isutcnt
        type: u4
        doc: Number of UT/local indicators.
      - id: isstdcnt
        type: u4
        doc: Number of standard/wall indicators.
      - id: leapcnt
        type: u4
        doc: Number of leap-second records.
      - id: timecnt
        type: u4
        doc: Number of transition times, and of transition types.
      - id: typecnt
        type: u4
        valid:
          min: 1
        doc: Number of local time type records.
        doc-ref: RFC 9636 §3.1
      - id: charcnt
        type: u4
        valid:
          min: 1
        doc: Number of octets of time zone designations, NULs included.
        doc-ref: RFC 9636 §3.1
    instances:
      data_block_size:
        value: >-
          timecnt * (time_size + 1) + typecnt * 6 + charcnt + leapcnt * (time_size + 4)
          + isstdcnt + isutcnt
        doc: Octets of the data block.
        doc-ref: RFC 9636 §3.2
      is_placeholder:
        value: isutcnt + isstdcnt + leapcnt + timecnt == 0 and typecnt == 1 and charcnt == 1
        doc: Whether the data block says nothing, as it may in a version 1 block kept only for form.
        doc-ref: RFC 9636 §4

  data_block:
    doc: Seven series of items; how many each has stands in the header.
    doc-ref: RFC 9636 §3.2
    params:
      - id: header
        type: header
        doc: The header that precedes the block.
    -invariants:
      - id: ut-implies-standard
        check: >-
          ut_local_indicators.all(ut, i: ut == 0 or (i < standard_wall_indicators.size
          and standard_wall_indicators[i] == 1))
        message: a time type in UT is in standard time too (RFC 9636 §3.2)
      - id: transition-before-time
        check: transition_times.all(_ >= -0x800_0000_0000_0000)
        severity: warning
        message: a transition time should be at least -2^59 (RFC 9636 §3.2)
      - id: unused-local-time-type
        check: "local_time_types.all(t, i: i == 0 or transition_types.any(_ == i))"
        severity: warning
        message: a local time type other than the first should have a transition (RFC 9636 §3.2)
      - id: unused-designation
        check: >-
          designations.octets.count(octet, at: not local_time_types.any(
          _.desigidx <= at and at <= _.desigidx + _.designation.length)) == 0
        severity: warning
        message: every octet of the designations should be used (RFC 9636 §3.2)
    -coverage:
      - id: daylight-by-indicator
        per: header.time_size
        each: local_time_types
        row: _.is_daylight
        # UT implies standard time
        column: >-
          _index < ut_local_indicators.size and ut_local_indicators[_index] == 1 ? indicator::ut
          : _index >= standard_wall_indicators.size ? indicator::not_given
          : standard_wall_indicators[_index] == 1 ? indicator::standard : indicator::wall
        inert: [not_given]
    seq:
      - id: transition_times
        type:
          switch-on: header.time_size
          cases:
            4: s4
            8: s8
        repeat: expr
        repeat-expr: header.timecnt
        -sorted-by: {by: _, strict: true}
        doc: When the rules for computing local time may change, in UNIX leap time.
        doc-ref: RFC 9636 §3.2
      - id: transition_types
        type: u1
        repeat: expr
        repeat-expr: header.timecnt
        -refers-to: {table: local_time_types}
        doc: For each transition time the local time type that begins then, by its index.
        doc-ref: RFC 9636 §3.2
      - id: local_time_types
        type: local_time_type
        repeat: expr
        repeat-expr: header.typecnt
        doc: The first is in force before the first transition.
        doc-ref: RFC 9636 §3.2
      - id: designations
        type: designation_table
        size: header.charcnt
        doc-ref: RFC 9636 §3.2
      - id: leap_seconds
        type: leap_second(_index)
        repeat: expr
        repeat-expr: header.leapcnt
        -sorted-by: {by: _.occurrence, strict: true}
        doc: The leap-second table.
        doc-ref: RFC 9636 §3.2
      - id: standard_wall_indicators
        type: u1
        repeat: expr
        repeat-expr: header.isstdcnt
        valid:
          any-of: [0, 1]
        doc: For each local time type, whether its transitions were given in standard time (1).
        doc-ref: RFC 9636 §3.2
      - id: ut_local_indicators
        type: u1
        repeat: expr
        repeat-expr: header.isutcnt
        valid:
          any-of: [0, 1]
        doc: For each local time type, whether its transitions were given in UT (1).
        doc-ref: RFC 9636 §3.2
    instances:
      has_truncated_leap_seconds:
        value: >-
          header.leapcnt > 0
          and leap_seconds[0].correction != 1 and leap_seconds[0].correction != -1
        doc: Whether the leap-second table begins later than the first leap second.
        doc-ref: RFC 9636 §6.1
      has_leap_second_expiry:
        value: header.leapcnt > 1 and leap_seconds[leap_seconds.size - 1].is_expiry
        doc: Whether the last leap-second record tells when the table expires.
        doc-ref: RFC 9636 §3.2

  local_time_type:
    doc: An offset from UT, whether it is daylight saving time, and what it is called.
    doc-ref: RFC 9636 §3.2
    -invariants:
      - id: offset-of-a-day
        check: utoff >= -89_999 and utoff <= 93_599
        severity: warning
        message: an offset should be more than -25 hours and less than 26 hours (RFC 9636 §3.2)
      - id: designation-length
        when: not _parent.header.is_placeholder and designation.length > 0
        check: designation.length >= 3 and designation.length <= 6
        message: a designation has three to six characters (RFC 9636 §4)
      - id: designation-characters
        # in ASCII: A to Z, a to z, 0 to 9, plus, minus
        check: >-
          designation.all((_ >= 0x41 and _ <= 0x5a) or (_ >= 0x61 and _ <= 0x7a)
          or (_ >= 0x30 and _ <= 0x39) or _ == 0x2b or _ == 0x2d)
        message: a designation has only ASCII letters, digits, `+` and `-` (RFC 9636 §4)
      - id: designation-not-empty
        when: not _parent.header.is_placeholder
        check: designation.length > 0
        severity: warning
        message: a designation may be empty by RFC 9636 §3.2, but not by §4
    seq:
      - id: utoff
        type: s4
        valid:
          min: -0x7fff_ffff
        doc: Seconds to be added to UT; never -2^31, so that it can be negated.
        doc-ref: RFC 9636 §3.2
        -generate: {min: -89999, max: 93599}
      - id: isdst
        type: u1
        valid:
          any-of: [0, 1]
        doc: Whether this is daylight saving time (1).
        doc-ref: RFC 9636 §3.2
      - id: desigidx
        type: u1
        valid:
          max: _parent.header.charcnt - 1
        doc: Where the designation begins in the table.
        doc-ref: RFC 9636 §3.2
    instances:
      is_daylight:
        value: isdst == 1
      designation:
        io: _parent.designations._io
        pos: desigidx
        type: strz
        encoding: ASCII
        if: desigidx < _parent.header.charcnt
        -overlap: allow
        doc: The designation, such as `CEST` or `+0530`; one may be the end of another.
        -generate: {values: ['"UTC"', '"CET"', '"CEST"', '"+0530"', '"-00"']}
        doc-ref: RFC 9636 §3.2, §4, §5

  designation_table:
    doc: NUL-terminated designations. Local time types refer into it at any octet.
    doc-ref: RFC 9636 §3.2
    seq:
      - id: octets
        size-eos: true

  leap_second:
    doc: A leap second, or in version 4, as the last record, the time at which the table expires.
    doc-ref: RFC 9636 §3.2
    params:
      - id: index
        type: s4
        doc: Position in the table.
    -invariants:
      - id: first-occurrence-not-negative
        when: index == 0
        check: occurrence >= 0
        message: there are no leap seconds before 1970 (RFC 9636 §3.2)
      - id: end-of-month
        when: not is_expiry
        check: next_second % 86_400 == 0 and day_of_month == 1
        message: a leap second is at the end of a UTC month (RFC 9636 §3.2)
      - id: truncated-table
        when: index == 0 and _root.header.version != version::v4
        check: correction == 1 or correction == -1
        message: only version 4 may leave out the first leap seconds (RFC 9636 §3.1)
      - id: correction-step
        when: index > 0 and not is_expiry
        check: correction == previous_correction + 1 or correction == previous_correction - 1
        message: >-
          a correction differs by one from the one before, except in the record that makes a
          version 4 table expire (RFC 9636 §3.1, §3.2)
    seq:
      - id: occurrence
        type:
          switch-on: _parent.header.time_size
          cases:
            4: s4
            8: s8
        doc: When it occurs, in UNIX leap time.
        # A second that is inserted at the end of a year, one year after the other.
        -generate:
          values:
            - >-
              86_400 * (365 * (index + 2) + (index + 3) / 4)
              + (index == 0 ? 0 : _parent.leap_seconds[index - 1].correction)
      - id: correction
        type: s4
        doc: Sum of all leap seconds so far, with their signs.
        # The second is for the record that makes a table expire.
        -generate:
          values:
            - "(index == 0 ? 0 : _parent.leap_seconds[index - 1].correction) + 1"
            - "index == 0 ? 1 : _parent.leap_seconds[index - 1].correction"
    instances:
      previous_correction:
        value: >-
          index > 0 ? _parent.leap_seconds[index - 1].correction
          : correction > 0 ? correction - 1 : correction + 1
        doc: What holds before; the first is positive exactly if it is a positive leap second.
        doc-ref: RFC 9636 §3.2, §6.1
      is_expiry:
        value: >-
          _root.header.version == version::v4 and index > 0
          and index == _parent.header.leapcnt - 1 and correction == previous_correction
        doc: Whether the record is no leap second but the time at which the table expires.
        doc-ref: RFC 9636 §3.2
      next_second:
        value: "occurrence - previous_correction + (correction < previous_correction ? 1 : 0)"
        -allow: [possible-overflow]  # by years that no table has; an occurrence is not negative
        doc: |
          UNIX time of the first second after. An inserted leap second shares its UNIX time with
          the second after it; a deleted one is the second before.
      day_of_era:
        value: (next_second / 86_400 + 719_468) % 146_097
        doc: Days since 1 March of a year divisible by 400, in the Gregorian calendar.
      year_of_era:
        value: (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365
      day_of_year:
        value: day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)
        doc: Days since 1 March.
      day_of_month:
        value: day_of_year - (153 * ((5 * day_of_year + 2) / 153) + 2) / 5 + 1
        doc: From 1.

  footer:
    doc: A rule for the time after the last transition, between two new lines.
    doc-ref: RFC 9636 §3.3
    seq:
      - id: newline
        contents: [0x0a]
      - id: tz_string
        type: tz_string
        terminator: 0x0a
        doc: Empty where no rule is known.
        doc-ref: RFC 9636 §3.3

  tz_string:
    doc: |
      A value of the POSIX environment variable TZ, split at its commas: standard time with its
      offset, then daylight saving time, where it starts and where it ends.
    doc-ref: RFC 9636 §3.3; POSIX.1-2017, Base Definitions, §8.3
    -invariants:
      - id: no-nul
        check: text.all(_ != 0)
        message: the TZ string has no NUL (RFC 9636 §3.3)
      - id: no-colon
        when: text.length > 0
        check: text.substring(0, 1) != ":"
        severity: warning
        message: the TZ string should not begin with a colon (RFC 9636 §3.3)
      - id: start-and-end
        # 0x2c is a comma
        check: >-
          text.count(_ == 0x2c) == 0
          or (text.count(_ == 0x2c) == 2 and text.substring(text.length - 1, text.length) != ",")
        message: daylight saving time has both a start and an end, or neither (POSIX §8.3)
      - id: names-and-offsets
        # 0x3a is a colon: what follows one is not for POSIX to say
        when: text.length > 0 and text.substring(0, 1) != ":" and text.all(_ != 0)
        check: >-
          names.length > 0 and (names_read.is_standard_time or names_read.has_daylight_saving_time)
        message: >-
          the TZ string begins with a designation and an offset, and may go on with a designation
          for daylight saving time and its offset (POSIX §8.3)
      - id: rule-of-daylight-saving-time
        when: text.any(_ == 0x2c) and text.substring(0, 1) != ":"
        check: not names_read.is_standard_time
        message: where there is no daylight saving time, there is none to start (POSIX §8.3)
      - id: daylight-saving-time-of-unknown-rule
        when: text.length > 0 and text.substring(0, 1) != ":" and text.all(_ != 0x2c)
        check: not names_read.has_daylight_saving_time
        severity: warning
        message: when daylight saving time is, is left to the system (POSIX §8.3)
    seq:
      - id: names
        type: str
        terminator: 0x2c
        eos-error: false
        encoding: ASCII
        doc: Designations and offsets, as `CET-1CEST`.
        -generate: {values: ['"UTC0"', '"CET-1CEST"', '"EST5EDT"', '"<+0330>-3:30"', '"IST-5:30"', '"<-02>2<-01>"']}
      - id: start
        type: tz_rule
        terminator: 0x2c
        eos-error: false
        if: not _io.eof
        doc: When daylight saving time starts.
      - id: end
        type: tz_rule
        size-eos: true
        if: not _io.eof
        doc: When it ends.
    instances:
      text:
        pos: 0
        size-eos: true
        type: str
        encoding: ASCII
        -overlap: allow
        doc: The string as a whole.
      names_read:
        pos: 0
        size: names.length
        type: tz_names
        if: names.length > 0
        -overlap: allow
        doc: Designations and offsets, octet by octet.
        doc-ref: POSIX.1-2017, Base Definitions, §8.3

  tz_names:
    doc: The part of a TZ string before its first comma, read by an automaton.
    doc-ref: POSIX.1-2017, Base Definitions, §8.3
    seq:
      - id: octets
        type: "tz_octet(_index == 0 ? 0 : octets[_index - 1].state)"
        repeat: eos
    instances:
      last:
        value: octets[octets.size - 1]
      is_standard_time:
        value: last.ends_offset and last.state < 20
        doc: Whether this is a designation and an offset.
      has_daylight_saving_time:
        value: >-
          last.state == 23 or last.state == 28 or (last.ends_offset and last.state >= 20)
        doc: Whether another designation follows, with an offset or without.

  tz_octet:
    doc: |
      One octet of designations and offsets.

      States: 0 nothing yet. 1 to 3: so many letters, or more. 4: an opening bracket; 5 to 7: so
      many characters in brackets, or more; 8: the closing bracket. 9: a sign. 10 to 12: one digit
      of an hour, 0 or 1, 2, another one; 13: both digits. 14: a colon; 15, 16: digits of minutes.
      17: a colon; 18, 19: digits of seconds. For daylight saving time the same and 20; 99: none.
    doc-ref: POSIX.1-2017, Base Definitions, §8.3
    params:
      - id: before
        type: s4
        doc: State before the octet.
    seq:
      - id: octet
        type: u1
    instances:
      part:
        value: "before >= 20 ? 20 : 0"
      place:
        value: before - part
      is_letter:
        value: (octet >= 0x41 and octet <= 0x5a) or (octet >= 0x61 and octet <= 0x7a)
      is_digit:
        value: octet >= 0x30 and octet <= 0x39
      is_sign:
        value: octet == 0x2b or octet == 0x2d
      is_after_standard_time:
        value: part == 0 and ((place >= 10 and place <= 13) or place == 16 or place == 19)
      state:
        value: >-
          is_letter and place <= 3 ? part + (place == 3 ? 3 : place + 1)
          : is_letter and is_after_standard_time ? 21
          : octet == 0x3c and place == 0 ? part + 4
          : octet == 0x3c and is_after_standard_time ? 24
          : (is_letter or is_digit or is_sign) and place >= 4 and place <= 7
          ? part + (place == 7 ? 7 : place + 1)
          : octet == 0x3e and place == 7 ? part + 8
          : is_sign and (place == 3 or place == 8) ? part + 9
          : is_digit and (place == 3 or place == 8 or place == 9)
          ? part + (octet <= 0x31 ? 10 : octet == 0x32 ? 11 : 12)
          : is_digit and (place == 10 or (place == 11 and octet <= 0x34)) ? part + 13
          : octet == 0x3a and place >= 10 and place <= 13 ? part + 14
          : octet == 0x3a and place == 16 ? part + 17
          : is_digit and octet <= 0x35 and (place == 14 or place == 17) ? before + 1
          : is_digit and (place == 15 or place == 18) ? before + 1
          : 99
      ends_offset:
        value: >-
          (state >= 10 and state <= 13) or state == 16 or state == 19
          or (state >= 30 and state <= 33) or state == 36 or state == 39

  tz_rule:
    doc: A day of the year and a time of that day.
    doc-ref: POSIX.1-2017, Base Definitions, §8.3
    -invariants:
      - id: hour-written-as-number
        when: hour.length > 0
        # in ASCII: digits, and first of all plus or minus
        check: >-
          hour.all(c, i: (c >= 0x30 and c <= 0x39) or (i == 0 and (c == 0x2b or c == 0x2d)))
          and (hour.length == 1 ? hour.substring(0, 1) != "+" and hour.substring(0, 1) != "-" : hour.length <= 3 or (hour.length == 4
          and (hour.substring(0, 1) == "+" or hour.substring(0, 1) == "-")))
        message: an hour has only digits after its sign, one to three (POSIX §8.3)
      - id: hour-of-a-day
        when: _root.header.version == version::v2
        check: not has_extended_hour
        message: hours below 0 or above 24 need version 3 (RFC 9636 §3.1, §3.3.2)
      - id: hour-of-a-week
        check: hours >= -167 and hours <= 167
        message: an hour is from -167 to 167 (RFC 9636 §3.3.2)
      - id: day-by-weekday
        when: day.length > 0 and day.substring(0, 1) == "M"
        check: >-
          (day.length == 6 or day.length == 7)
          and day.all(c, i: i == 0 or (i == day.length - 2 or i == day.length - 4
          ? c == 0x2e : c >= 0x30 and c <= 0x39))
          and day.substring(1, day.length - 4).to_i >= 1
          and day.substring(1, day.length - 4).to_i <= 12
          and day.substring(day.length - 3, day.length - 2).to_i >= 1
          and day.substring(day.length - 3, day.length - 2).to_i <= 5
          and day.substring(day.length - 1, day.length).to_i <= 6
        message: >-
          a day such as `M10.5.0` is month 1 to 12, week 1 to 5 and weekday 0 to 6 (POSIX §8.3)
      - id: day-by-number
        when: day.length > 0 and day.substring(0, 1) != "M"
        check: >-
          day.length > first_digit and day.length <= first_digit + 3
          and day.all(c, i: i < first_digit or (c >= 0x30 and c <= 0x39))
          and day.substring(first_digit, day.length).to_i >= first_digit
          and day.substring(first_digit, day.length).to_i <= 365
        message: the number of a day is 0 to 365, or 1 to 365 after a `J` (POSIX §8.3)
      - id: time-of-day
        when: day.length > 0
        # a slash or colon that nothing follows is seen by the size
        check: >-
          _io.size == day.length + (hour.length > 0 ? hour.length + 1 : 0)
          + (minutes.length > 0 ? minutes.length + 1 : 0)
          and (hour.length > 0 or minutes.length == 0)
        message: after a slash is an hour, after a colon are minutes or seconds (POSIX §8.3)
      - id: minutes-and-seconds
        when: minutes.length > 0
        check: >-
          (minutes.length == 2 or minutes.length == 5)
          and minutes.all(c, i: i == 2 ? c == 0x3a : c >= 0x30 and c <= (i % 3 == 0 ? 0x35 : 0x39))
        message: minutes and seconds have two digits, up to 59 (POSIX §8.3)
    seq:
      - id: day
        type: str
        terminator: 0x2f
        eos-error: false
        encoding: ASCII
        valid:
          expr: _ != ""
        doc: As `M10.5.0`, the last Sunday of October; `J60`; or `59`.
        -generate: {values: ['"M10.5.0"', '"M3.2.0"', '"J60"', '"300"']}
      - id: hour
        type: str
        terminator: 0x3a
        eos-error: false
        encoding: ASCII
        doc: Empty for the hour meant where none is given, 2.
        -generate: {values: ['""', '"3"', '"24"', '"-1"', '"25"']}
      - id: minutes
        type: str
        size-eos: true
        encoding: ASCII
        doc: Minutes and seconds, if given.
        -generate: {values: ['""', '"30"', '"00:01"']}
    instances:
      hours:
        value: "hour.length > 0 ? hour.to_i : 2"
      first_digit:
        value: "day.substring(0, 1) == \"J\" ? 1 : 0"
        doc: Where the number of a day begins; with a `J`, 29 February is never counted.
      has_extended_hour:
        value: >-
          hours < 0 or hours > 24 or hour.length > 2
          or (hour.length > 0 and hour.substring(0, 1) == "+")
        doc: Whether it uses the extension that version 3 brought, a sign or more than 24 hours.
        doc-ref: RFC 9636 §3.3.2

enums:
  version:
    0x00:
      id: v1
      doc: Only 32-bit times, no footer.
    0x32:
      id: v2
      doc: 64-bit times and a footer.
    0x33:
      id: v3
      doc: The TZ string may have hours from -167 to 167.
    0x34:
      id: v4
      doc: The leap-second table may be truncated at the start, and may expire.
  indicator:
    0:
      id: not_given
      doc: The data block has no indicators; readers take wall time.
    1:
      id: wall
      doc: The time type's transitions were given in local time.
    2:
      id: standard
      doc: They were given in standard time.
    3:
      id: ut
      doc: They were given in UT.

meta:
  id: canary
  title: Content of the canaries that prove a campaign live
  endian: le
  imports: [limits]
doc: The consumer accepts any kind; only those below are valid, so that the oracle has to object.
doc-ref: docs/fuzzing.md
params:
  - {id: limits, type: limits}
seq:
  - id: kind
    type: u1
    valid: {any-of: [0x43, 0x4d]}
  - id: crc32
    type: u4
    -checksum: {algorithm: crc32, zeroed: [crc32]}
  - id: rest
    size-eos: true

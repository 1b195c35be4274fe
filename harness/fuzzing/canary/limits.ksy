meta: {id: limits, title: Companion of the canaries}
doc: Any bytes.
doc-ref: docs/fuzzing.md
seq:
  - {id: text, size-eos: true}

"""From schemas and C to machine code: the toolchain, and the C that is written by hand."""

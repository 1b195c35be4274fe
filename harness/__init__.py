"""content-harness: decide whether a binary content file may be shipped."""

__version__ = "0.1.0"

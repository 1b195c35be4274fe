"""Typed expressions to C: each becomes a function `(context, structure, bound) -> value`."""

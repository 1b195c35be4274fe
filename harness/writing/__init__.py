"""From schema to content: values that keep every rule, and the bytes that hold them."""

"""Schemas: `.ksy` files to a typed IR, and the mistakes in them."""

from harness.schema.ir import Schema
from harness.schema.loader import load
from harness.schema.problems import SchemaError

__all__ = ["Schema", "SchemaError", "load"]

"""Validation: what to check and how: inputs, schemas, companions, overlays; was it checked?"""

from harness.validation.request import CompanionUse, Request, Result, SchemaUse
from harness.validation.validate import Validator, validate_file, validate_paths

__all__ = [
    "CompanionUse",
    "Request",
    "Result",
    "SchemaUse",
    "Validator",
    "validate_file",
    "validate_paths",
]

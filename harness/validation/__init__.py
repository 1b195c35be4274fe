"""Validation: what to check and how: inputs, schemas, companions, overlays; was it checked?"""

from harness.validation.companions import unused_companions
from harness.validation.request import CompanionUse, Request, Result, SchemaUse
from harness.validation.validate import Validator, validate_file, validate_paths

__all__ = [
    "CompanionUse",
    "Request",
    "Result",
    "SchemaUse",
    "Validator",
    "unused_companions",
    "validate_file",
    "validate_paths",
]

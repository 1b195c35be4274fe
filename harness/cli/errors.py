"""Failures that only the command line knows."""

from __future__ import annotations


class AbsentEngineError(Exception):
    """The engine that was asked for is not part of this version."""

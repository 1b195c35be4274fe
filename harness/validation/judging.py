"""Judging many contents of one schema that somebody makes, by whichever engine is the sooner."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from harness.findings.model import Finding
from harness.schema import Schema
from harness.validation.engines import Given, Native
from harness.validation.request import Request


def judge_of(
    schema: Schema, companions: Mapping[str, bytes]
) -> Callable[[bytes], tuple[Finding, ...] | None]:
    """Return what judges contents natively, as soon as that pays.

    Args:
        schema: what contents are read as.
        companions: by parameter, what they are read with.

    Returns:
        A function of a content: its findings, or None where the reference reader must tell.
    """
    native = Native(schema, Request(), os.environ)
    given = [Given(name, companions[name], name) for name in schema.companions]

    def judge(data: bytes) -> tuple[Finding, ...] | None:
        judged = native.judge(data, "", "", given)
        return None if judged is None else judged.findings

    return judge

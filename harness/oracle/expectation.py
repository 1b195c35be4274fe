"""What schema and contract say of a content, before any consumer is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from harness.findings.model import Finding, Place, Severity


class Validity(StrEnum):
    """The four columns of the oracle's table."""

    VALID = "valid"
    OUT_OF_CONTRACT = "out-of-contract"
    INVALID = "invalid"
    UNJUDGED = "unjudged"


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer's behaviour is held against.

    Attributes:
        file: the content, as the user named it.
        size: of the content in bytes: what `consumed_bytes` must be.
        validity: of the content.
        rules: ids of the contract rules that it breaks.
        codes: of the errors that it has against its schema.
        values: what `[observe]` of the manifest comes to, by name as written there.
        place: of the consumer's manifest, for the findings.
    """

    file: str
    size: int
    validity: Validity
    rules: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    values: Mapping[str, int | tuple[int, ...]] = {}
    place: Place | None = None


def expect(
    file: str,
    size: int,
    findings: Sequence[Finding],
    values: Mapping[str, int | tuple[int, ...]],
    *,
    checked: bool = True,
    place: Place | None = None,
) -> Expectation:
    """Turn the findings of a validation into an expectation.

    Args:
        file: the content, as the user named it.
        size: of the content, in bytes.
        findings: of the content against its schema and one consumer's contract.
        values: of `[observe]`, as the schema computes them.
        checked: False if schema or companions could not be applied.
        place: of the consumer's manifest.

    Returns:
        The expectation; warnings and notes do not make content invalid.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    broken = [finding for finding in errors if finding.code.startswith("K4")]
    others = [finding for finding in errors if finding not in broken]
    return Expectation(
        file=file,
        size=size,
        validity=_validity(broken, others, checked=checked),
        rules=tuple(dict.fromkeys(finding.rule for finding in broken)),
        codes=tuple(sorted({finding.code for finding in others})),
        values=values,
        place=place,
    )


def _validity(broken: Sequence[Finding], others: Sequence[Finding], *, checked: bool) -> Validity:
    if not checked or any(finding.code.startswith("T0") for finding in others):
        return Validity.UNJUDGED
    if others:
        return Validity.INVALID
    return Validity.OUT_OF_CONTRACT if broken else Validity.VALID

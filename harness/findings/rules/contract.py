"""K4xx: what one shipped consumer version can take."""

from __future__ import annotations

from harness.findings.example import CommandExample, ContentExample
from harness.findings.model import Severity
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CROWDSTRIKE_2024

_LIMITS = "meta: {id: limits, endian: le}\nseq:\n  - {id: most, type: u1}\n"
_LIST = (
    "meta: {id: list, endian: le, imports: [limits]}\n"
    "params:\n  - {id: limits, type: limits}\n"
    "seq:\n  - {id: count, type: u1}\n"
)
_CONSUMER = (
    'name = "reader"\nversion = "1.0"\nschema = "list.ksy"\n'
    'companions = {limits = "limits.bin"}\n[run]\ncommand = ["cat", "{file}"]\n'
)

RULES = (
    Rule(
        code="K401",
        name="contract-broken",
        message="contract rule `{rule}` does not hold: {actual}, {expected}",
        help="change the content, or do not ship it to this consumer version",
        checks=(
            "Each `[[contract]]` rule of a consumer's manifest is checked at every place in the "
            "content that it names. A contract says what one shipped version can take: how many "
            "inputs it supplies, its limits, its integer widths, its features."
        ),
        why=(
            "The channel file of 2024-07-19 carried 21 criteria and its definition 21 fields, so "
            "a validator that compared the two said yes. The sensor supplied 20 input values. "
            "That limit was known to the sensor's code alone, and was written nowhere that a "
            "validator could read."
        ),
        fix=(
            "Change the content so that the rule holds, or release it only to versions whose "
            "contract it keeps. If the version can take more, prove it and widen the rule."
        ),
        example=ContentExample(
            schema=(
                "meta: {id: inputs, endian: le}\n"
                "seq:\n"
                "  - {id: count, type: u1}\n"
                "  - {id: values, type: u1, repeat: expr, repeat-expr: count}\n"
            ),
            passes="02 0a 0b",
            breaks="03 0a 0b 0c",
            contract="inputs :: count <= 2",
        ),
        sources=(CROWDSTRIKE_2024,),
    ),
    Rule(
        code="K402",
        name="companion-differs",
        severity=Severity.WARNING,
        message="companion {actual}, expected {expected}",
        help="check against the companion that this consumer version ships with",
        checks=(
            "A contract and a consumer run use the companions that the manifest names. When the "
            "command line or the policy gives another file for the same companion, and their "
            "SHA-256 digests differ, the result holds for one of them only."
        ),
        why=(
            "A file may be right for the definitions it was written against and wrong for those "
            "that a shipped version carries. In 2025 two builds of a control plane each made "
            "changes that were valid by themselves; together they gave metadata that the data "
            "plane of Azure Front Door could not process."
        ),
        fix=(
            "Give the companion of the consumer version you mean, or correct `companions` in its "
            "manifest."
        ),
        example=CommandExample(
            passes="validate --with limits=limits.bin --contract reader.toml --schema list.ksy a",
            breaks="validate --with limits=other.bin --contract reader.toml --schema list.ksy a",
            files={
                "limits.ksy": _LIMITS,
                "list.ksy": _LIST,
                "limits.bin": "2",
                "other.bin": "1",
                "reader.toml": _CONSUMER,
                "a": "1",
            },
        ),
        sources=("https://azure.status.microsoft/status/history/?trackingId=YKYN-BWZ",),
    ),
)

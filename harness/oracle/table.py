"""The oracle's truth table: one list, used wherever a run is judged."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from harness.consumers.observation import How, Observation, Verdict
from harness.oracle.expectation import Validity


class Outcome(StrEnum):
    """The rows of the table: what a consumer did."""

    CRASHED = "crashed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NO_VERDICT = "no-verdict"
    UNSTABLE = "unstable"


class Cell(msgspec.Struct, frozen=True):
    """What one row means in one column.

    Attributes:
        code: of the finding; empty if the outcome is as expected.
        compares: reported values are held against the schema's.
    """

    code: str = ""
    compares: bool = False


# A crash has its code from how it ended, whatever the content is.
CRASH_CODES: Mapping[How, str] = MappingProxyType(
    {
        How.EXIT: "D701",
        How.SIGNAL: "D701",
        How.SANITIZER: "D702",
        How.TIMEOUT: "D703",
        How.LIMIT: "D704",
        How.VIOLATION: "D705",
    }
)

_AS_EXPECTED = Cell()
_UNJUDGED = Cell("D711")
_VALID, _OUT, _INVALID, _UNKNOWN = Validity

TABLE: Mapping[tuple[Outcome, Validity], Cell] = MappingProxyType(
    {
        (Outcome.ACCEPTED, _VALID): Cell(compares=True),
        (Outcome.ACCEPTED, _OUT): Cell("D708", compares=True),
        (Outcome.ACCEPTED, _INVALID): Cell("D706"),
        (Outcome.ACCEPTED, _UNKNOWN): _UNJUDGED,
        (Outcome.REJECTED, _VALID): Cell("D707"),
        (Outcome.REJECTED, _OUT): _AS_EXPECTED,
        (Outcome.REJECTED, _INVALID): _AS_EXPECTED,
        (Outcome.REJECTED, _UNKNOWN): _UNJUDGED,
        (Outcome.NO_VERDICT, _VALID): _AS_EXPECTED,
        (Outcome.NO_VERDICT, _OUT): _AS_EXPECTED,
        (Outcome.NO_VERDICT, _INVALID): _AS_EXPECTED,
        (Outcome.NO_VERDICT, _UNKNOWN): _UNJUDGED,
        **{(Outcome.UNSTABLE, validity): Cell("D710") for validity in Validity},
    }
)

OUTCOME_OF_CODE: Mapping[str, Outcome] = MappingProxyType(
    {
        **dict.fromkeys(CRASH_CODES.values(), Outcome.CRASHED),
        "D706": Outcome.ACCEPTED,
        "D707": Outcome.REJECTED,
        "D708": Outcome.ACCEPTED,
        "D709": Outcome.ACCEPTED,
        "D710": Outcome.UNSTABLE,
    }
)
"""Which row a finding comes from: a quirk silences by row and column."""


def outcome(observation: Observation) -> Outcome:
    """The row of one run."""
    if not observation.survived:
        return Outcome.CRASHED
    match observation.verdict:
        case Verdict.ACCEPTED:
            return Outcome.ACCEPTED
        case Verdict.REJECTED:
            return Outcome.REJECTED
        case Verdict.NONE:
            return Outcome.NO_VERDICT


def crash_code(observation: Observation) -> str:
    """The code of a run that did not survive."""
    return CRASH_CODES.get(observation.how, "D705")  # it finished, and left processes behind

"""What a stage hands back, and how one is run: whatever goes wrong in it blocks."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import msgspec

from harness.consumers.manifest import ManifestError
from harness.findings.model import Finding
from harness.gate.case import Case, ContractError
from harness.gate.verdict import Kind, Obstacle, Transcript
from harness.schema import SchemaError
from harness.validation.inputs import UnreadableError


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage found and did; `obstacles` are the parts of it that could not be done."""

    detail: str
    findings: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    transcripts: tuple[Transcript, ...] = ()


Check = Callable[[Case], Output]


def attempt(check: Check, case: Case) -> Output:
    """Run a stage, or a part of one; an exception becomes an obstacle, never a pass.

    Args:
        check: what to run.
        case: what to run it on.
    """
    try:
        return check(case)
    except ContractError as error:
        said = "its contract does not fit the schema"
        return Output(
            detail=said, findings=error.findings, obstacles=(Obstacle(Kind.REFUSED, said),)
        )
    except SchemaError as error:
        return Output(detail="the schema cannot be used", findings=error.findings)
    except (ManifestError, UnreadableError) as error:
        return _stopped(Kind.REFUSED, str(error))
    except KeyboardInterrupt:
        return _stopped(Kind.INTERRUPTED, "interrupted")
    except Exception as error:  # noqa: BLE001 -- fail closed: a bug in a stage must block
        said = f"{type(error).__name__}: {error}"
        return _stopped(Kind.FAILED, said, traceback.format_exc())


def _stopped(kind: Kind, message: str, trace: str = "") -> Output:
    return Output(detail=message, obstacles=(Obstacle(kind, message, trace),))


def joined(outputs: list[Output]) -> Output:
    """Return the outputs of the parts of a stage as one."""
    return Output(
        detail=", ".join(dict.fromkeys(output.detail for output in outputs)),
        findings=tuple(finding for output in outputs for finding in output.findings),
        obstacles=tuple(obstacle for output in outputs for obstacle in output.obstacles),
        transcripts=tuple(one for output in outputs for one in output.transcripts),
    )

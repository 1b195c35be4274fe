"""How an observation reads in a finding: who did what, where."""

from __future__ import annotations

from harness.consumers.observation import How, Observation, SanitizerReport


def of_crash(observation: Observation) -> tuple[str, str]:
    """Expected and actual of a run that did not survive."""
    who = f"`{observation.consumer}`"
    where = f", {observation.where}" if observation.where else ""
    match observation.how:
        case How.SANITIZER if observation.report is not None:
            return "no memory fault", f"{who}: {_fault(observation.report)}{where}"
        case How.TIMEOUT:
            actual = f"{who} did not come back{_frame(observation.report)}{where}"
            return f"an end within {observation.detail}", actual
        case How.LIMIT:
            frame = _frame(observation.report)
            actual = f"{who} ran out of memory ({observation.detail}){frame}{where}"
            return "no more than `memory_mb` of its manifest", actual
        case How.VIOLATION:
            actual = f"{who} was stopped for {observation.detail}{where}"
            return "nothing that reading content does not need", actual
        case How.FINISHED:
            return "no process left behind", f"{who} left processes running"
        case _:
            frame = _frame(observation.report)
            return "no crash", f"{who} ended by {observation.detail}{frame}{where}"


def _fault(report: SanitizerReport) -> str:
    if report.tool == "guard":
        return report.text
    if not report.access:
        return f"{report.kind}{_frame(report)}"
    amount = f" of {report.size} byte{'' if report.size == 1 else 's'}" if report.size else ""
    return f"invalid {report.access}{amount} ({report.kind}){_frame(report)}"


def _frame(report: SanitizerReport | None) -> str:
    return f" in {report.frame}" if report is not None and report.frame is not None else ""


def of_verdict(observation: Observation) -> str:
    """What the consumer said of the content."""
    reason = f": {observation.reason}" if observation.reason else ""
    match observation.verdict:
        case "accepted":
            return f"`{observation.consumer}` accepts it"
        case "rejected":
            return f"`{observation.consumer}` rejects it{reason}"
        case _:
            return f"`{observation.consumer}` survives it"

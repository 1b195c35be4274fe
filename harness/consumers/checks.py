"""Whether the checks that a consumer is to be built with are all in force."""

from __future__ import annotations

from collections.abc import Iterator

from harness.consumers.library import LibraryProgram
from harness.consumers.model import LibraryRun
from harness.consumers.run import Consumer
from harness.findings.model import Finding
from harness.findings.registry import RULES

# UBSan's check of object sizes is left out of every build
_HARMLESS = "-fno-sanitize=object-size"
_WEAKENING = (
    "-fno-sanitize=",
    "-fsanitize-ignorelist=",
    "-fsanitize-blacklist=",
    "-fsanitize-recover",
)


def switched_off(consumer: Consumer, file: str) -> tuple[Finding, ...]:
    """Return a finding about `file` for each way in which a consumer is less checked than it looks.

    A library that comes built is what it is; only what is built here is promised to be checked.
    """
    label = consumer.manifest.label
    return tuple(
        Finding(
            code="T013",
            severity=RULES["T013"].severity,
            file=file,
            expected="AddressSanitizer and UndefinedBehaviorSanitizer",
            actual=f"`{label}` {said}",
            source=consumer.manifest.place,
        )
        for said in _ways(consumer)
    )


def _ways(consumer: Consumer) -> Iterator[str]:
    run, program = consumer.manifest.run, consumer.program
    if not isinstance(run, LibraryRun) or not run.sources:
        return
    words = [word for word in run.flags if word.startswith(_WEAKENING) and word != _HARMLESS]
    yield from (f"was built with `{word}`" for word in dict.fromkeys(words))
    if isinstance(program, LibraryProgram) and not program.sanitized:
        yield "was built without AddressSanitizer"

"""The compiled schema that workers hold verdicts against, where there can be one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.consumers.model import Manifest
from harness.findings.message import message
from harness.findings.model import Severity
from harness.native import service
from harness.schema.ir import Schema
from harness.schema.library import schema_file
from harness.validation import Request, Validator
from harness.validation.inputs import Input

_SAMPLED = "only samples of the executions are judged by the schema: {}"


class WorkerOracle(msgspec.Struct, frozen=True):
    """What workers judge by.

    Attributes:
        library: the compiled schema with the contract; None where the supervisor judges samples.
        companions: names of those that it takes, in its order.
        warnings: why there is none.
    """

    library: Path | None = None
    companions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def worker_oracle(
    schema: Schema,
    manifest: Manifest,
    environment: Mapping[str, str],
    import_paths: tuple[Path, ...] = (),
) -> WorkerOracle:
    """Compile a schema with a consumer's contract for its workers, unless it was before.

    Args:
        schema: of the contents.
        manifest: of the consumer: its contract and its companions.
        environment: `PATH`, `CC` and `HARNESS_CACHE` are looked at.
        import_paths: folders where schemas find their imports too.

    Raises:
        SchemaError: the contract does not fit.
    """
    obstacle = _about_companions(schema, manifest, import_paths)
    if obstacle:
        return WorkerOracle(warnings=(_SAMPLED.format(obstacle),))
    try:
        library = service.compiled(schema, (manifest.overlay,), environment)
    except service.AbsentError as error:
        said = "; ".join(message(finding) for finding in error.findings)
        return WorkerOracle(warnings=(_SAMPLED.format(said),))
    return WorkerOracle(library=library.path, companions=tuple(schema.companions))


def _about_companions(schema: Schema, manifest: Manifest, import_paths: tuple[Path, ...]) -> str:
    """Say what is wrong with the companions: each fault of theirs would be one of all contents."""
    for name, type_name in schema.companions.items():
        if name not in manifest.companions:
            return f"companion `{name}` is missing"
        path = manifest.companions[name]
        request = Request(schema=str(schema_file(schema, type_name)), import_paths=import_paths)
        result = Validator(request).validate(Input(str(path)))
        if any(one.severity is Severity.ERROR for one in result.findings):
            return f"companion `{name}` breaks its own schema"
    return ""

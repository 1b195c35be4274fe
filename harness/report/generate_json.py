"""What was generated as JSON, in the shape of `docs/schemas/generated-1.schema.json`."""

from __future__ import annotations

import msgspec

from harness.report.generate_text import Generated
from harness.report.json import SCHEMA_VERSION, dumped


def generated_json(generated: Generated, version: str) -> str:
    """Return what came of one run as JSON text: the manifest, and what was made in vain.

    Args:
        generated: what came of it.
        version: of this tool.
    """
    health = generated.health
    written = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "content-harness", "version": version},
        "command": "generate",
        "outcome": generated.outcome,
        "exit_code": generated.exit_code,
        "folder": generated.folder,
        "health": {
            "contents": health.contents,
            "rejected": health.rejected,
            "invalid": health.invalid,
            "given_up_at": dict(sorted(health.places.items())),
            "unsolved": dict(sorted(health.unsolved.items())),
            "first_findings": dict(sorted(health.codes.items())),
        },
        "manifest": msgspec.to_builtins(generated.manifest),
    }
    return dumped(written)

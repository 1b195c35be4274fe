"""The commands by name, each loaded only when it is called."""

from __future__ import annotations

import importlib
from types import MappingProxyType

import click
import msgspec


class Entry(msgspec.Struct, frozen=True):
    """Where a command is and what the list of commands says of it."""

    module: str
    attribute: str
    summary: str


COMMANDS = MappingProxyType(
    {
        "validate": Entry("validate", "validate", "Check content files against their schemas."),
        "inspect": Entry("inspect", "inspect", "Show a file as a tree beside its bytes."),
        "explain": Entry("explain", "explain", "Say what a finding means and how to fix it."),
        "coverage": Entry("coverage", "coverage", "Count what a corpus uses of its format."),
        "generate": Entry(
            "generate", "generate", "Make valid files, and files that break one rule."
        ),
        "schema": Entry("schema", "schema", "Check and show schemas."),
        "fuzz": Entry("fuzz", "fuzz", "Fuzz a consumer and keep what it does wrong."),
        "replay": Entry("replay", "replay", "Run a finding or a file again in isolation."),
        "doctor": Entry("doctor", "doctor", "Prove that fuzzing works on this machine."),
        "gate": Entry("gate", "gate", "Decide whether a candidate may be released."),
    }
)


class LazyGroup(click.Group):
    """A group that knows the names of its commands and loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of their listing."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"harness.cli.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

"""The command line: one thin file per command, and one place for exit codes."""

"""Consumers with planted bugs, their schemas and inputs; see `harness.fuzzing.canaries`."""

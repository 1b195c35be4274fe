"""Fuzzing: campaigns that run consumers on mutated content, and prove that they really do."""

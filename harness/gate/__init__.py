"""The release gate: a policy, stages that all run, and one verdict."""

"""IR and overlays to C: one self-contained source for a schema, and what its findings say."""

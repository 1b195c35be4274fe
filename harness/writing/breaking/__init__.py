"""Breaking: what a schema forbids, and contents that break one thing of it; boundaries."""

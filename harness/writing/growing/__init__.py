"""Growing: a draft from its first byte on, each value decided as it is met."""

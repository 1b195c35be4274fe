"""Changing: contents that are there, by their bytes or by their values."""

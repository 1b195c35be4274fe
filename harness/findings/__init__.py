"""Findings: the one data type checks produce, and every rule with its explanation."""

"""What is checked once everything is read, to C: rules, measures, references, orders, sums."""

"""What is legal in a schema but unwise: each module looks for one kind of it."""

"""The JSON Schema of `.ksy` files that editors read, made from the tables of the loader."""

"""The expression language: text -> tokens -> syntax -> typed expression."""

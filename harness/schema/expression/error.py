"""What is wrong with an expression, and where in its text."""

from __future__ import annotations


class ExpressionError(Exception):
    """A mistake in an expression.

    Attributes:
        message: lower case, one line.
        offset: characters from the start of the expression's text.
        code: the lint rule it breaks.
    """

    def __init__(self, message: str, offset: int, code: str = "Q904") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.code = code

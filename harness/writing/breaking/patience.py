"""Choices that are given up after so many items of lists, where growing might take minutes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from harness.writing.choices import RandomChoices
from harness.writing.drafting.outcomes import GivenUp

if TYPE_CHECKING:
    from harness.writing.choices import Choices


class Patient(RandomChoices):
    """Random decisions about so many items, in all contents together."""

    def __init__(self, choices: Choices, items: int) -> None:
        """Make them.

        Args:
            choices: decide what they are.
            items: how many there may be, those included that are taken back.
        """
        super().__init__(Random(choices.octets(16)))
        self._left = items

    def together(self, decide: Callable[[], None]) -> None:
        """Make the decisions of an item.

        Raises:
            GivenUp: there were too many.
        """
        self._left -= 1
        if self._left < 0:
            raise GivenUp
        decide()

"""Proof, beside the first seconds of a campaign, that it can find anything at all.

A campaign that does nothing looks like one that finds nothing. The fast canaries of its lane are
fuzzed while it starts, and it ends at once if one of them is not found.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from harness.consumers.isolation import Stop
from harness.fuzzing import canaries
from harness.fuzzing.bench import Bench, Finish
from harness.fuzzing.canaries import Proof
from harness.fuzzing.settings import Clock

_CANARY_SECONDS = 20.0  # a busy machine may need them; an idle one is done in one


class DeadPartError(Exception):
    """A part of the fuzzing machinery does nothing; the text names it and the remedy."""


class Proving:
    """The canaries of one lane, at work in a thread of their own."""

    def __init__(self, lane: str, environment: Mapping[str, str], clock: Clock) -> None:
        self._lane = lane
        self._environment = environment
        self._clock = clock
        self._done: queue.Queue[Finish] = queue.Queue()
        self._bench = Bench(self._done)
        self._is_live = False

    def __enter__(self) -> Self:
        """Let the canaries out."""
        self._bench.give(self._prove)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Catch them, wherever they are."""
        self._bench.close()

    def check(self, wait_seconds: float = 0.0) -> None:
        """Heed what has become known.

        Args:
            wait_seconds: for what is not known yet; after that it counts as dead.

        Raises:
            DeadPartError: a canary was not found.
            BuildError: the canary does not build.
            WorkerError: it does not start.
        """
        if self._is_live:
            return
        try:
            self._done.get(timeout=wait_seconds or None, block=wait_seconds > 0)()
        except queue.Empty:
            if wait_seconds > 0:
                raise DeadPartError(
                    "the canaries were not found in the time, so nothing is proved live here: "
                    "give it more with `--time`, or see `harness doctor`"
                ) from None

    def _prove(self, stop: Stop) -> Finish:
        limits = canaries.Limits(seconds=_CANARY_SECONDS, stop=stop)
        if self._lane == "python":
            found = canaries.prove_python(self._environment, self._clock, limits)
        else:
            found = canaries.prove_native(self._environment, self._clock, limits, fast=True)
        proofs = list(found)
        return lambda: self._conclude(proofs)

    def _conclude(self, proofs: list[Proof]) -> None:
        dead = [proof for proof in proofs if not proof.is_live]
        if dead:
            said = "; ".join(f"{one.part}: {one.detail} ({one.remedy})" for one in dead)
            raise DeadPartError(f"fuzzing would find nothing here: {said}")
        self._is_live = True

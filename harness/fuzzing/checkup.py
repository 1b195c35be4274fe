"""The whole of `harness doctor`: tools, engine, canaries of all parts, isolation."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.consumers import run
from harness.consumers.manifest import load
from harness.consumers.run import ConsumerError
from harness.fuzzing import canaries, engine
from harness.fuzzing.canaries import Limits, Proof
from harness.fuzzing.crew import WorkerError
from harness.fuzzing.engine import EngineMissingError
from harness.fuzzing.settings import Clock
from harness.native import toolchain
from harness.native.toolchain import BuildError, ToolMissingError

_LIMITS = Limits(seconds=30.0)
_NAME_TOOLS = ("addr2line", "llvm-addr2line", "eu-addr2line")


def check(environment: Mapping[str, str], clock: Clock) -> Iterator[Proof]:
    """Prove every part live, in the order in which they need one another.

    Args:
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.
        clock: to stop by.
    """
    yield from _caught("tools", "C compiler", lambda: _compiler(environment))
    yield _names(environment)
    yield from _caught("tools", "engine", _engine)
    yield from _caught(
        "native",
        "canaries",
        lambda: canaries.prove_native(environment, clock, _LIMITS, fast=False),
    )
    yield from _caught(
        "python",
        "canaries",
        lambda: canaries.prove_python(environment, clock, _LIMITS),
    )
    yield from _caught("oracle", "canaries", lambda: canaries.prove_oracle(environment))
    yield from _caught("isolation", "layers", lambda: _layers(environment))


def _caught(lane: str, part: str, prove: Callable[[], Iterable[Proof]]) -> Iterator[Proof]:
    """What cannot even be tried is dead, and says why."""
    try:
        yield from prove()
    except (EngineMissingError, ToolMissingError) as error:
        yield Proof(lane=lane, part=part, is_live=False, detail="missing", remedy=str(error))
    except BuildError as error:
        first = error.output.partition("\n")[0]
        remedy = "see what the compiler says; name another in `CC`"
        detail = f"{error}: {first}"
        yield Proof(lane=lane, part=part, is_live=False, detail=detail, remedy=remedy)
    except (ConsumerError, WorkerError) as error:
        remedy = "run it in a shell to see more: `harness gate` needs the same"
        detail = str(error).partition("\n")[0]
        yield Proof(lane=lane, part=part, is_live=False, detail=detail, remedy=remedy)


def _compiler(environment: Mapping[str, str]) -> Iterator[Proof]:
    tools = toolchain.find(environment)
    yield Proof(lane="tools", part="C compiler", is_live=True, detail=tools.identity)


def _names(environment: Mapping[str, str]) -> Proof:
    path = environment.get("PATH", "")
    tool = next((one for one in _NAME_TOOLS if shutil.which(one, path=path)), "")
    return Proof(
        lane="tools",
        part="names for addresses",
        is_live=bool(tool),
        detail=tool or "missing",
        remedy="install binutils, which has `addr2line`: findings are told apart by functions",
    )


def _engine() -> Iterator[Proof]:
    found = engine.find()
    yield Proof(lane="tools", part="engine", is_live=True, detail=f"atheris {found.version}")


def _layers(environment: Mapping[str, str]) -> Iterator[Proof]:
    manifest = load(canaries.FOLDER / "canary.toml")
    consumer = run.prepare(manifest, environment=environment)
    seen = run.run(consumer, b"?")
    for layer in seen.layers:
        yield Proof(
            lane="isolation",
            part=layer.name,
            is_live=layer.reached,
            detail="stands" if layer.reached else layer.detail,
            remedy="a newer kernel, or a container that allows it; see `harness explain T007`",
        )

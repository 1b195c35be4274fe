"""Putting a campaign together from a manifest, and running it to its end."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from harness.consumers import run
from harness.consumers.model import Manifest
from harness.consumers.run import ConsumerError
from harness.fuzzing import hints, lanes
from harness.fuzzing.account import Interpreter
from harness.fuzzing.campaign import GRACE_SECONDS, Campaign
from harness.fuzzing.crew import WorkerError
from harness.fuzzing.judging import Oracle
from harness.fuzzing.proving import DeadPartError, Proving
from harness.fuzzing.seeding import seeds_of
from harness.fuzzing.settings import Clock, Outcome, Settings, Snapshot
from harness.fuzzing.settling import Settler
from harness.fuzzing.store import Kept, Store, read_findings
from harness.fuzzing.validators import WorkerOracle, worker_oracle
from harness.native.toolchain import BuildError, ToolMissingError
from harness.schema import Schema, load
from harness.schema.library import find


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants.

    Attributes:
        manifest: of the consumer.
        folder: of the campaign.
        schema: name or path; None for the manifest's.
        import_paths: folders where it finds its imports too.
        seconds: how long.
        workers: processes.
        seed: for random numbers.
        seeds: files or folders to begin with; empty for the valid files known of the schema,
            or some made from it.
        until: the code of a finding that is enough; empty for none.
        workers_judge: by the compiled schema, where there is one; else the supervisor judges
            samples by the reference reader alone.
    """

    manifest: Manifest
    folder: Path
    schema: str | None = None
    import_paths: tuple[Path, ...] = ()
    seconds: float = 60.0
    workers: int = 1
    seed: int = 1
    seeds: tuple[Path, ...] = ()
    until: str = ""
    workers_judge: bool = True


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign came to."""

    outcome: Outcome
    findings: tuple[Kept, ...]


def fuzz(
    request: Request,
    environment: Mapping[str, str],
    clock: Clock,
    show: Callable[[Snapshot], None],
) -> Result:
    """Run a campaign; one that is in the folder already goes on.

    Args:
        request: what to do.
        environment: `PATH`, `CC`, `CXX` and `HARNESS_CACHE` are looked at.
        clock: to stop by.
        show: called about ten times a second.

    Raises:
        SchemaError: the schema cannot be used.
        ConsumerError: the consumer does not build or start.
        EngineMissingError: the engine is not installed.
        UnsupportedConsumerError: no lane can fuzz a consumer of this kind.
        DeadPartError: a canary was not found.
        CampaignInUseError: another process works in the folder.
    """
    manifest = request.manifest
    name = request.schema if request.schema is not None else manifest.schema_hint()
    schema = load(find(name), import_paths=request.import_paths)
    consumer = run.prepare(manifest, environment=environment)
    judge = _judge(request, schema, environment)
    native = environment if judge.library is not None else None
    oracle = Oracle(consumer, request.schema, request.import_paths, native)
    try:
        with (
            lanes.opened(manifest, hints.hints_of(schema), environment, oracle=judge) as lane,
            Proving(lane.name, environment, clock) as proving,
        ):
            path = environment.get("PATH", "")
            settler = Settler(oracle, Interpreter(manifest, lane.program, path), lane.told)
            settings = Settings(
                seconds=request.seconds,
                workers=request.workers,
                seed=request.seed,
                seeds=seeds_of(request.seeds, schema, manifest, request.folder, clock),
                words=hints.dictionary(hints.words(schema)),
                replay=_replay(request),
                until=request.until,
            )
            store = Store(request.folder)
            try:
                campaign = Campaign(settings, lane, oracle, settler, store, clock)
                outcome = campaign.run(_checked(show, proving))
            finally:
                store.close()
            result = Result(outcome=outcome, findings=tuple(read_findings(request.folder)))
            _check_done(result, proving)
            return result
    except BuildError as error:
        raise ConsumerError("T005", manifest, f"is not built: {error}", error.output) from error
    except ToolMissingError as error:
        raise ConsumerError("T008", manifest, f"cannot be run: {error}") from error
    except WorkerError as error:
        raise ConsumerError("T006", manifest, "is not started", str(error)) from error


def _judge(request: Request, schema: Schema, environment: Mapping[str, str]) -> WorkerOracle:
    if not request.workers_judge:
        return WorkerOracle()
    return worker_oracle(schema, request.manifest, environment, request.import_paths)


def _checked(show: Callable[[Snapshot], None], proving: Proving) -> Callable[[Snapshot], None]:
    """What is called while a campaign runs: a dead part ends it."""

    def watch(snapshot: Snapshot) -> None:
        proving.check()
        show(snapshot)

    return watch


def _check_done(result: Result, proving: Proving) -> None:
    """A campaign that found nothing did what it is for, or says that it did not."""
    if result.findings or result.outcome.is_interrupted:
        return
    proving.check(wait_seconds=GRACE_SECONDS)
    if not result.outcome.snapshot.executions:
        raise DeadPartError(
            "nothing was executed in the time: give it more with `--time`, or fewer `--workers` on "
            "a busy machine"
        )


def _replay(request: Request) -> str:
    words = ["harness", "replay", "--consumer", str(request.manifest.path)]
    if request.schema is not None:
        words += ["--schema", request.schema]
    for path in request.import_paths:
        words += ["--import-path", str(path)]
    return shlex.join(words)

"""The policy of a gate: `gate.toml` as data, with every mistake in it shown at its line."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from harness.consumers import toml_places
from harness.consumers.paths import tidied
from harness.findings.model import Place
from harness.findings.registry import RULES
from harness.validation.inputs import MAX_BYTES

_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_WHERE = re.compile(r" - at `\$\.?(.*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_TOOL_FAMILY = "T"


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run of the gate may take.

    Attributes:
        neighbours: seeded runs per consumer on structural neighbours of the candidate.
        seconds: for the whole gate; running over is a finding.
        max_bytes: how large the candidate or a companion may be.
    """

    neighbours: Annotated[int, msgspec.Meta(ge=0)] = 200
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    max_bytes: Annotated[int, msgspec.Meta(ge=1)] = MAX_BYTES


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding that does not block, until a day.

    Attributes:
        code: of the finding.
        path: of its node; `[*]` stands for any index; empty for any node.
        rule: the author's id of the rule; empty for any.
        reason: why it is accepted.
        expires: the last day of the acceptance.
    """

    code: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    expires: dt.date
    path: str = ""
    rule: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as its author wrote it; `docs/gate.md` says what the keys mean."""

    schema: Annotated[str, msgspec.Meta(min_length=1)]
    consumers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    companions: dict[str, str] = msgspec.field(name="with", default_factory=dict)
    last_good: str | None = None
    first_release: bool = False
    unproven: Literal["block", "warn"] = "block"
    budget: Budget = Budget()
    accept: tuple[Acceptance, ...] = ()


class PlacedAcceptance(msgspec.Struct, frozen=True):
    """An acceptance and where it is written."""

    acceptance: Acceptance
    place: Place


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with its paths made ready to open.

    Attributes:
        path: the file, as the user named it.
        sha256: of its bytes.
        schema: name of a schema, or the path of one.
        companions: what the candidate is plainly read against.
        consumers: manifests.
        last_good: the file that was released before; None on a first release.
        unproven: what a cell without proof does.
        budget: what a run may take.
        accept: accepted findings.
    """

    path: Path
    sha256: str
    schema: str
    companions: Mapping[str, Path]
    consumers: tuple[Path, ...]
    last_good: Path | None
    unproven: Literal["block", "warn"]
    budget: Budget
    budget_place: Place
    accept: tuple[PlacedAcceptance, ...]


class PolicyError(Exception):
    """The policy cannot be used."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


def load(path: Path, *, last_good: Path | None = None) -> Policy:
    """Read a policy.

    Args:
        path: of the TOML file; paths in it are relative to its folder.
        last_good: takes the place of what the policy says about the last release.

    Raises:
        PolicyError: unreadable, not TOML, an unknown key, or a value of the wrong shape.
    """
    raw = _bytes_of(path)
    text = _text(raw, path)
    places = _Places(path, toml_places.places(text))
    written = _shaped(_parsed(text, path), places)
    _refuse_contradictions(written, places, last_good)
    folder = path.parent
    released = folder / written.last_good if written.last_good else None
    return Policy(
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        schema=_schema(written.schema, folder),
        companions={name: tidied(folder / file) for name, file in written.companions.items()},
        consumers=tuple(tidied(folder / manifest) for manifest in written.consumers),
        last_good=last_good or released,
        unproven=written.unproven,
        budget=written.budget,
        budget_place=places.of("budget", "seconds"),
        accept=tuple(
            PlacedAcceptance(acceptance, places.of("accept", at))
            for at, acceptance in enumerate(written.accept)
        ),
    )


class _Places:
    """Where the keys of one policy stand."""

    def __init__(self, path: Path, found: Mapping[toml_places.Key, toml_places.Position]) -> None:
        self._path = path
        self._found = found

    def of(self, *key: str | int) -> Place:
        """Where `key` stands, or the innermost table around it."""
        at = toml_places.nearest(self._found, key)
        return Place(str(self._path), at.line, at.column)

    def file(self, name: str) -> Path:
        """A file that the policy names; paths are relative to its folder."""
        return self._path.parent / name


def _bytes_of(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise PolicyError(Place(str(path), 1), "the policy cannot be read: it is no file with text")
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        message = f"the policy cannot be read: {said.lower()}"
        raise PolicyError(Place(str(path), 1), message) from None


def _text(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyError(Place(str(path), line), "the policy is not UTF-8") from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _LINE.search(str(error))
        place = Place(str(path), int(at[1]), int(at[2])) if at else Place(str(path), 1)
        raise PolicyError(place, f"not TOML: {_lowered(_LINE.sub('', str(error)))}") from None


def _shaped(data: dict[str, Any], places: _Places) -> Written:
    try:
        return msgspec.convert(data, Written)
    except msgspec.ValidationError as error:
        said, key = _explained(str(error))
        raise PolicyError(places.of(*key), said) from None


def _explained(message: str) -> tuple[str, toml_places.Key]:
    """What msgspec found wrong, and the key that it is about."""
    where = _WHERE.search(message)
    key = _key(where[1]) if where else ()
    unknown = _UNKNOWN.search(message)
    if unknown is not None:
        key = (*key, unknown[1])
        return f"unknown key `{'.'.join(map(str, key))}`", key
    named = f"`{'.'.join(map(str, key))}`: " if key else ""
    return named + _lowered(_WHERE.sub("", message)), key


def _key(route: str) -> toml_places.Key:
    """Turn `accept[1].code` into its parts; `[...]` is the end of what is known."""
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", route.partition("[...]")[0])
    return tuple(int(part[1:-1]) if part[0] == "[" else part for part in parts)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _schema(named: str, folder: Path) -> str:
    """A schema given as a file is relative to the policy."""
    return str(folder / named) if named.endswith(".ksy") else named


def _refuse_contradictions(written: Written, places: _Places, last_good: Path | None) -> None:
    has_last_good = bool(written.last_good or last_good)
    if written.first_release and has_last_good:
        said = "a first release has no last good file: give one of the two"
        raise PolicyError(places.of("first_release"), said)
    if not (written.first_release or has_last_good):
        raise PolicyError(places.of(), 'say `last_good = "FILE"`, or `first_release = true`')
    if written.last_good and not last_good and not places.file(written.last_good).is_file():
        raise PolicyError(places.of("last_good"), f"`{written.last_good}` is not there")
    for at, acceptance in enumerate(written.accept):
        _refuse_code(acceptance.code, places.of("accept", at, "code"))


def _refuse_code(code: str, place: Place) -> None:
    if code not in RULES:
        raise PolicyError(place, f"there is no finding `{code}`; `harness explain` lists them")
    if code.startswith(_TOOL_FAMILY):
        raise PolicyError(place, f"`{code}` says that a check was not made; it cannot be accepted")

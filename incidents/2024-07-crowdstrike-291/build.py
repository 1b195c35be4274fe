"""Build the binary files of this incident: `python build.py`, or `--check` that they are it.

The files are synthetic. What they share with those of 2024 is what the published analysis tells:
a template type with 21 fields; instances that leave field 21 to a wildcard; then two more
instances, of which one does not.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1]))

from corpora.recipes.channel import (  # noqa: E402  # a script finds the repository first
    INTEGER_KINDS,
    Criterion,
    DataType,
    Field,
    Instance,
    TemplateType,
    between,
    build_channel,
    build_definitions,
    integer,
    regex,
    string,
    wildcard,
)

PIPE_TYPE = 7


def number(name: str) -> Field:
    """A field that takes an integer."""
    return Field(name, DataType.INTEGER, INTEGER_KINDS)


# 21 fields. The sensor collects the first twenty; see INPUTS in consumers/interpreter.c.
PIPE = TemplateType(
    PIPE_TYPE,
    "pipe",
    (
        Field("pipe_name"),
        Field("operation"),
        Field("image_name"),
        Field("command_line"),
        Field("user_name"),
        Field("parent_image_name"),
        Field("parent_command_line"),
        Field("integrity_level"),
        Field("session"),
        Field("remote_host"),
        Field("share_name"),
        Field("security_descriptor"),
        Field("signer"),
        Field("module_name"),
        Field("working_folder"),
        Field("token_privileges"),
        number("access_mask"),
        number("process_id"),
        number("thread_id"),
        number("buffer_size"),
        Field("client_image_name"),
    ),
)


def pipe(instance_id: int, **criteria: Criterion) -> Instance:
    """An instance of the pipe type; a field without a criterion gets a wildcard."""
    names = [field.name for field in PIPE.fields]
    unknown = criteria.keys() - set(names)
    if unknown:
        raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
    chosen = tuple(criteria.get(name, wildcard()) for name in names)
    return Instance(instance_id, PIPE_TYPE, chosen)


# Between them the first four use each of the fields 1 to 20, and never field 21.
LAST_GOOD = (
    pipe(
        291001,
        pipe_name=regex(r"\\spool_[a-z]+_[0-9a-f]+"),
        operation=string("open"),
        remote_host=regex(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+"),
        share_name=string("IPC$"),
        access_mask=integer(1180063),
        token_privileges=regex("Se[A-Z].*Privilege"),
    ),
    pipe(
        291002,
        operation=string("create"),
        image_name=regex(".*agent.exe"),
        command_line=regex(".* --service"),
        parent_image_name=string("services.exe"),
        parent_command_line=string("services.exe"),
        process_id=between(1000, 2000),
    ),
    pipe(
        291003,
        user_name=regex(".*SERVICE"),
        integrity_level=string("system"),
        session=string("0"),
        security_descriptor=regex(".*;;;WD[)]"),
        signer=string(""),
        buffer_size=between(60000, 65535),
    ),
    pipe(
        291004,
        module_name=regex("[a-z]+[.]dll"),
        working_folder=regex(r"C:\\.*"),
        thread_id=between(1, 5000),
    ),
)

# The two of 2024-07-19. The second is the first content ever to look at field 21.
ADDED = (
    pipe(
        291005,
        pipe_name=regex(r"\\[a-z]+_[a-z]+_[0-9a-f]+"),
        operation=string("open"),
        access_mask=integer(1180063),
    ),
    pipe(
        291006,
        pipe_name=regex(r"\\spool_.*"),
        remote_host=regex(r"10\..*"),
        client_image_name=regex("[a-z]+_client_[0-9a-f]+[.]exe"),
    ),
)


def files() -> Mapping[str, bytes]:
    """The files, by name."""
    earlier = {
        f"released/revision-{count}.bin": build_channel(LAST_GOOD[:count], revision=count)
        for count in range(1, len(LAST_GOOD))
    }
    return {
        **earlier,
        "definitions.bin": build_definitions([PIPE], release=711),
        "last_good.bin": build_channel(LAST_GOOD, revision=len(LAST_GOOD)),
        "candidate.bin": build_channel(LAST_GOOD + ADDED, revision=len(LAST_GOOD) + 1),
    }


def main() -> int:
    """Write the files; with `--check`, only tell which are not what this recipe makes."""
    stale = [
        name
        for name, data in files().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_bytes() != data
    ]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"{name} is not what build.py makes", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(files()[name])
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

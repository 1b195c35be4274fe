"""T0xx: the check itself could not be made, or not as strictly as it should be."""

from __future__ import annotations

from harness.findings.example import CommandExample, ConsumerExample
from harness.findings.model import Severity
from harness.findings.rule import Rule

_SCHEMA = (
    "meta: {id: box, endian: le, file-extension: box}\n"
    "doc-ref: Box format 1.0\n"
    "seq:\n  - {id: size, type: u1}\n"
)
_LIMITS = "meta: {id: limits, endian: le}\nseq:\n  - {id: most, type: u1}\n"
_LIST = (
    "meta: {id: list, endian: le, imports: [limits]}\n"
    "params:\n  - {id: limits, type: limits}\n"
    "seq:\n  - {id: count, type: u1}\n"
)


def _consumer(run: str) -> str:
    """The text of a manifest whose `[run]` table is `run`."""
    return f'name = "reader"\nversion = "1.0"\nschema = "box.ksy"\n[run]\n{run}\n'


def _policy(consumer: str, budget: str = "neighbours = 0\nseconds = 60") -> str:
    """The text of a policy with one consumer."""
    return (
        'schema = "box.ksy"\nfirst_release = true\n'
        f'consumers = ["{consumer}"]\n[budget]\n{budget}\n'
    )


_C_SOURCE = (
    '#include "harness_consumer.h"\n'
    "int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer)\n"
    "{ (void)data; (void)size; (void)observer; return 0; }\n"
)
_GATE_FILES = {
    "box.ksy": _SCHEMA,
    "a.box": "1",
    "reader.c": _C_SOURCE,
    "good.toml": _consumer('library = {sources = ["reader.c"]}'),
    "good-policy.toml": _policy("good.toml"),
}

RULES = (
    Rule(
        code="T001",
        name="unreadable-file",
        message="cannot be read: {actual}",
        help="check the name, its permissions and its size",
        checks=(
            "Every file that is named can be opened and read to its end, and is not larger than "
            "`--max-bytes` allows."
        ),
        why="A file that was named and not read was not checked, and must not look as if it was.",
        fix=(
            "Correct the name, the permissions, or the command that should have made the file. "
            "If a file has to be so large, raise `--max-bytes`: reading it takes up to a hundred "
            "times as much memory."
        ),
        example=CommandExample(
            passes="validate --schema box.ksy a.box",
            breaks="validate --schema box.ksy missing.box",
            files={"box.ksy": _SCHEMA, "a.box": "1"},
        ),
    ),
    Rule(
        code="T002",
        name="missing-companion",
        message="companion {expected}, is missing: {actual}",
        help="name its file: `--with NAME=FILE`",
        checks="Every companion that the schema asks for is given and can be read.",
        why=(
            "A channel file can only be judged against a definitions file; leaving the "
            "cross-checks out in silence is how a validator comes to say yes to anything."
        ),
        fix="Give the companion on the command line, in the policy or in the manifest.",
        example=CommandExample(
            passes="validate --schema list.ksy --with limits=limits.bin a",
            breaks="validate --schema list.ksy a",
            files={"limits.ksy": _LIMITS, "list.ksy": _LIST, "limits.bin": "2", "a": "1"},
        ),
    ),
    Rule(
        code="T003",
        name="unknown-format",
        message="is of no known format",
        help="name the schema: `--schema NAME_OR_PATH`; `harness schema show` lists those known",
        checks="Each named file belongs to a known schema, by its name or by its first bytes.",
        why="A file of no known format was not checked; success would be a guess.",
        fix="Name the schema, or leave the file out.",
        example=CommandExample(
            passes="validate --schema box.ksy a.unknown",
            breaks="validate a.unknown",
            files={"box.ksy": _SCHEMA, "a.unknown": "1"},
        ),
    ),
    Rule(
        code="T004",
        name="nothing-to-check",
        message="nothing to check: expected {expected}, found {actual}",
        help="check the folder's name; name the schema if its files have unusual names",
        checks="A folder that is walked holds at least one file of a known schema.",
        why=(
            "A check that found no input is a broken pipeline, not a clean release. Suricata's "
            "test mode once ended without a word where a file held no rule, and whether that is "
            "a failure had to be asked first. Here it is one."
        ),
        fix="Point at the folder with the content, or mend the step that should have filled it.",
        example=CommandExample(
            passes="validate --schema box.ksy boxes",
            breaks="validate notes",
            files={"box.ksy": _SCHEMA, "boxes/a.box": "1", "notes/read.unknown": "hello"},
        ),
        sources=("https://github.com/OISF/suricata/pull/2613",),
    ),
    Rule(
        code="T005",
        name="consumer-not-built",
        message="{actual}",
        help="the compiler's own words follow; build errors are the consumer's, not the content's",
        checks="A consumer that is given as sources compiles and links with sanitizers.",
        why="A consumer that was not built was not asked, so the gate stays closed.",
        fix="Mend the sources, or `sources` and `cflags` in the manifest.",
        example=ConsumerExample(
            passes="(void)data; (void)size; (void)observer; return 0;",
            breaks="return no_such_name;",
        ),
    ),
    Rule(
        code="T006",
        name="consumer-not-started",
        message="{actual}",
        help="check `[run]` of the manifest: the program, the library, the function",
        checks="The consumer's program, library or function is there and can be started.",
        why="A consumer that never ran has survived nothing, so the gate stays closed.",
        fix="Correct `[run]` in the manifest, or install what it names.",
        example=CommandExample(
            passes="gate a.box --policy good-policy.toml",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad.toml": _consumer('command = ["./no-such-program", "{file}"]'),
                "bad-policy.toml": _policy("bad.toml"),
            },
        ),
    ),
    Rule(
        code="T007",
        name="missing-isolation",
        severity=Severity.NOTE,
        message="{actual}",
        help="a newer kernel, or a container that allows user namespaces and Landlock, gives it",
        checks=(
            "Consumers run behind several layers: no new privileges, no capabilities, a filter "
            "on system calls, Landlock, own user, process, network and mount namespaces, limits. "
            "Each layer that could not be reached, or that the manifest switches off, is named."
        ),
        why=(
            "A sandbox that is thinner than it looks is worse than none. The note says which "
            "layers stood when this result was made."
        ),
        fix="Run where the kernel offers the layer, or take it out of `without` in the manifest.",
        # What passes runs no consumer: which layers a kernel has is not for an example to say.
        example=CommandExample(
            passes="validate --schema box.ksy a.box",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad.toml": _consumer(
                    'library = {sources = ["reader.c"]}\nwithout = ["network-namespace"]'
                ),
                "bad-policy.toml": _policy("bad.toml"),
            },
        ),
    ),
    Rule(
        code="T008",
        name="missing-tool",
        message="{actual}",
        help="install gcc or clang, or name one in the environment variable `CC`",
        checks="The tools that a step needs are installed: a C compiler to build consumers.",
        why="What cannot be run cannot pass, and the cause is this machine, not the content.",
        fix="Install the tool that is named.",
        example=CommandExample(
            passes="gate a.box --policy good-policy.toml",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad.toml": _consumer(
                    'library = {sources = ["reader.c"], compiler = "no-such-compiler"}'
                ),
                "bad-policy.toml": _policy("bad.toml"),
            },
        ),
    ),
    Rule(
        code="T009",
        name="expired-budget",
        message="{actual}, expected {expected}",
        help="raise `seconds`, or lower `neighbours`, in the policy's `[budget]`",
        checks="All runs that the policy asks for are made before its time is up.",
        why="Runs that were not made prove nothing; stopping early must not look like a pass.",
        fix="Give the gate more time, fewer runs, or a faster machine.",
        example=CommandExample(
            passes="gate a.box --policy good-policy.toml",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad-policy.toml": _policy("good.toml", "neighbours = 1\nseconds = 0"),
            },
        ),
    ),
    Rule(
        code="T010",
        name="expired-acceptance",
        message="the acceptance of {actual} ended on {expected}",
        help="mend what was accepted, or decide anew and set a later `expires`",
        checks="No `[[accept]]` of the policy is past its last day, `expires`.",
        why=(
            "A finding is accepted for a time and a reason. An acceptance that nobody looks at "
            "again turns into a rule that is switched off for good."
        ),
        fix="Remove the acceptance once its finding is gone; else renew it with its reason.",
        example=CommandExample(
            passes="gate a.box --policy good-policy.toml",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad-policy.toml": _policy("good.toml")
                + '[[accept]]\ncode = "I501"\nreason = "retired"\nexpires = 2020-01-31\n',
            },
        ),
    ),
    Rule(
        code="T011",
        name="unused-companion",
        message="companion {expected} was given, {actual}",
        help="name it as the schema does: `harness schema show` lists the companions it takes",
        checks="Every companion given with `--with` is taken by the schema of some checked file.",
        why=(
            "A companion under a mistyped name is not read at all; its author believes that it "
            "was checked."
        ),
        fix="Correct the name, or leave the companion out.",
        example=CommandExample(
            passes="validate --schema list.ksy --with limits=limits.bin a",
            breaks="validate --schema list.ksy --with limits=limits.bin --with limit=limits.bin a",
            files={"limits.ksy": _LIMITS, "list.ksy": _LIST, "limits.bin": "2", "a": "1"},
        ),
    ),
    Rule(
        code="T012",
        name="unknown-schema",
        message="{actual}",
        help="name a known schema, or give the path of a `.ksy` file",
        checks="A schema that is asked for by name is one of those that come with the package.",
        why="Without the schema nothing can be checked.",
        fix="Correct the name, or give a path.",
        example=CommandExample(
            passes="validate --schema box.ksy a.unknown",
            breaks="validate --schema bocks a.unknown",
            files={"box.ksy": _SCHEMA, "a.unknown": "1"},
        ),
    ),
    Rule(
        code="T013",
        name="missing-sanitizer",
        severity=Severity.WARNING,
        message="{actual}, expected {expected}",
        help="take the word out of `cflags`, unless its check is known to be wrong here",
        checks=(
            "A consumer that is given as sources is built with all checks of both sanitizers: no "
            "word of `cflags` switches one off, and AddressSanitizer is in the program."
        ),
        why=(
            "A consumer that survives without the checks may have read past the end of its input "
            "and not been seen."
        ),
        fix="Remove the word from `cflags` in the manifest; mend what the sanitizer complains of.",
        example=CommandExample(
            passes="gate a.box --policy good-policy.toml",
            breaks="gate a.box --policy bad-policy.toml",
            files={
                **_GATE_FILES,
                "bad.toml": _consumer(
                    'library = {sources = ["reader.c"], cflags = ["-fno-sanitize=alignment"]}'
                ),
                "bad-policy.toml": _policy("bad.toml"),
            },
        ),
    ),
    Rule(
        code="T014",
        name="slow-engine",
        remedies={
            "a cache folder": "name a folder of yours that can be written in `HARNESS_CACHE`",
            "a schema that compiles": "name another compiler in `CC`, or use `--engine reference`",
            "a library that loads": "remove the cache folder, or name another compiler in `CC`",
            "content within bounds": "leave it to the reference reader: `--engine auto`",
        },
        severity=Severity.NOTE,
        message="the native engine cannot be used: {actual}",
        help="install gcc or clang, or `pip install ziglang`",
        checks=(
            "The native engine can be used where it pays: there is a C compiler, it compiles what "
            "is made of the schema, and content is within the engine's bounds."
        ),
        why=(
            "Both engines find the same, but the native one is hundreds of times faster. Whoever "
            "waits for it should be told why it is not there."
        ),
        fix=(
            "Install a compiler, or name one in `CC`. `--engine reference` says that slower "
            "reading is meant."
        ),
        example=CommandExample(
            passes="schema compile box.ksy",
            breaks="schema compile --cc no-such-compiler limits.ksy",
            files={"box.ksy": _SCHEMA, "limits.ksy": _LIMITS},
        ),
    ),
)

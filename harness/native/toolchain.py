"""Finding the machine's C compiler and building with it, once for each set of inputs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.native import cache, pruning
from harness.schema.resources import runtime_folder
from harness.schema.whole import write_whole

CPP_SUFFIXES = frozenset({".cc", ".cpp", ".cxx", ".c++"})
COMPILE_SECONDS = 300

# UBSan's object-size check is left out: it stops on what ASan would report a moment later, and
# says less about it (no allocation, no direction).
SANITIZERS = (
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
    "-fno-sanitize=object-size",
)
FOR_REPORTS = ("-g", "-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
PLAIN = ("-O2",)


class ToolMissingError(Exception):
    """A tool that is needed is not installed; the text names it and the remedy."""


class BuildError(Exception):
    """The compiler refused. `output` is what it said."""

    def __init__(self, summary: str, output: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.output = output


class Toolchain(msgspec.Struct, frozen=True):
    """A compiler for C and its sibling for C++, and what tells them apart from others.

    Attributes:
        cc: words that start the C compiler.
        cxx: words that start the C++ compiler.
        identity: what the C compiler says of itself; part of every cache key.
        path: where programs are looked up.
    """

    cc: tuple[str, ...]
    cxx: tuple[str, ...]
    identity: str
    path: str


class Job(msgspec.Struct, frozen=True):
    """What to build: one program from some sources.

    Attributes:
        sources: C and C++ files, absolute.
        flags: for compiling and linking; the author's own last.
        define: macros, for the sources that belong to the harness alone.
        own: sources of the harness, compiled with `define`.
        source_flags: for compiling `sources`, not `own`.
        link_flags: for linking alone; what they name is not looked into.
    """

    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    own: tuple[Path, ...] = ()
    define: tuple[str, ...] = ()
    source_flags: tuple[str, ...] = ()
    link_flags: tuple[str, ...] = ()


class _Dependencies(msgspec.Struct):
    """Files that the last build of a job read, in the order of their names."""

    files: list[str]


def find(environment: Mapping[str, str], compiler: str = "") -> Toolchain:
    """Find the compiler: `compiler` if given, else `CC`, else `cc`, `gcc`, `clang`.

    Raises:
        ToolMissingError: there is none, or the one that is named does not answer.
    """
    named = compiler or environment.get("CC", "")
    words = located(environment, named)
    if words:
        path = search_path(environment)
        identity = _identity(words, path)
        cxx = tuple(environment.get("CXX", "").split()) or _sibling(words, identity)
        return Toolchain(words, cxx, identity, path)
    raise missing(named)


def located(environment: Mapping[str, str], named: str) -> tuple[str, ...]:
    """Return the words that start the C compiler; none where there is no such program.

    Args:
        environment: `PATH` is looked at.
        named: words for it; empty for the first of `cc`, `gcc`, `clang`.
    """
    path = search_path(environment)
    for words in [tuple(named.split())] if named else [("cc",), ("gcc",), ("clang",)]:
        if words and shutil.which(words[0], path=path):
            return words
    return ()


def search_path(environment: Mapping[str, str]) -> str:
    """Return where programs are looked up."""
    return environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")


def missing(named: str) -> ToolMissingError:
    """Return what to raise where there is no compiler."""
    wanted = f"`{named}`" if named else "`cc`, `gcc` or `clang`"
    return ToolMissingError(f"no C compiler: {wanted} is not on the search path")


def build(toolchain: Toolchain, job: Job, environment: Mapping[str, str]) -> Path:
    """Build `job`, or find it built: the program's path in the cache folder.

    Raises:
        BuildError: the compiler or the linker refused.
        cache.CacheError: the cache folder cannot be used.
    """
    store = cache.folder(environment) / "built"
    store.mkdir(mode=0o700, exist_ok=True)
    recipe = _digest([toolchain.identity, *_words(job), *map(str, _all(job))], ())
    in_use = cache.locked(store / pruning.IN_USE, shared=True)
    with in_use, cache.locked(store / f"{recipe}.lock"):
        known = store / f"{recipe}.json"
        if (program := _built(store, recipe, known)) is not None:
            pruning.mark_used(program.parent, known)
            return program
        with tempfile.TemporaryDirectory(dir=store) as scratch:
            files = _compile(toolchain, job, store, Path(scratch))
            target = store / _digest([recipe], files)
            if target.exists():
                pruning.mark_used(target)
            else:
                made = Path(scratch) / "made"
                made.mkdir(mode=0o700)
                (Path(scratch) / "program").rename(made / "program")
                made.rename(target)
            write_whole(known, msgspec.json.encode(_Dependencies(files)))
    pruning.prune(store, time.time())
    return target / "program"


def _all(job: Job) -> tuple[Path, ...]:
    return job.own + job.sources


def _words(job: Job) -> tuple[str, ...]:
    """Everything of a job that is no file, each group closed: a flag moved is another job."""
    groups = (job.flags, job.define, job.source_flags, job.link_flags)
    return tuple(word for group in groups for word in (*group, ""))


def _identity(words: Sequence[str], path: str) -> str:
    """The compiler's first words about itself, with the file that it really is."""
    try:
        done = subprocess.run(
            [*words, "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env={"PATH": path, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolMissingError(f"the C compiler `{' '.join(words)}` does not run") from error
    return f"{shutil.which(words[0], path=path)} {done.stdout.splitlines()[0]}"


def _sibling(words: tuple[str, ...], identity: str) -> tuple[str, ...]:
    return (("clang++" if "clang" in identity else "c++"), *words[1:])


def _digest(words: Sequence[str], files: Sequence[str]) -> str:
    """A name for these words and for what the files hold now."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for name in files:
        digest.update(name.encode() + b"\0" + hashlib.sha256(_content(name)).digest())
    return digest.hexdigest()[:32]


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError:
        return b"\0absent"


def _built(store: Path, recipe: str, known: Path) -> Path | None:
    """The program of an earlier build whose inputs, headers included, are what they were."""
    files = _known_files(known)
    if files is None:
        return None
    program = store / _digest([recipe], files) / "program"
    return program if program.exists() else None


def _known_files(known: Path) -> list[str] | None:
    try:
        return msgspec.json.decode(known.read_bytes(), type=_Dependencies).files
    except (OSError, msgspec.MsgspecError):
        return None


def _compile(toolchain: Toolchain, job: Job, store: Path, scratch: Path) -> list[str]:
    """Compile and link into `scratch/program`; returns every file that was read for it."""
    objects, files = [], set[str]()
    for source in _all(job):
        own = source in job.own
        flags = (*job.flags, *job.define) if own else (*job.source_flags, *job.flags)
        target, read = _object(toolchain, flags, source, store, scratch)
        objects.append(str(target))
        files.update(read)
    linker = toolchain.cxx if any(map(_is_cpp, _all(job))) else toolchain.cc
    output = ["-o", str(scratch / "program")]
    words = [*linker, *objects, *output, *job.flags, *job.link_flags, "-ldl"]
    run(words, "it does not link", toolchain.path)
    if not (scratch / "program").exists():
        raise BuildError("it does not link: the flags leave no program", "")
    return sorted(files)


def _object(
    toolchain: Toolchain, flags: Sequence[str], source: Path, store: Path, scratch: Path
) -> tuple[Path, list[str]]:
    """Compile one source, or find it compiled: the object, and every file that was read for it.

    The harness' own sources are the same for every consumer, and a consumer's for both drivers.
    """
    compiler = toolchain.cxx if _is_cpp(source) else toolchain.cc
    words = [*compiler, *_COMPILE, *flags, "-c", str(source)]
    recipe = _digest([toolchain.identity, *words], ())
    known = store / f"{recipe}.o.json"
    files = _known_files(known)
    if files is not None and (found := store / f"{_digest([recipe], files)}.o").exists():
        pruning.mark_used(found, known)
        return found, files
    made = scratch / f"{recipe}.o"
    run([*words, "-o", str(made)], f"`{source.name}` does not compile", toolchain.path)
    if not made.exists():
        raise BuildError(f"`{source.name}` does not compile: the flags leave no object", "")
    files = _read_files(made.with_suffix(".d"))
    target = store / f"{_digest([recipe], files)}.o"
    made.replace(target)
    write_whole(known, msgspec.json.encode(_Dependencies(files)))
    return target, files


_COMPILE = ("-MMD", "-I", str(runtime_folder()))


def _is_cpp(source: Path) -> bool:
    return source.suffix in CPP_SUFFIXES


def run(
    words: Sequence[str], summary: str, path: str, more: Mapping[str, str] | None = None
) -> str:
    """Run a compiler or linker; return what it warned of.

    Args:
        words: of its command line.
        summary: what it means when it refuses.
        path: where it looks up programs.
        more: of its environment.

    Raises:
        BuildError: it refused, or took too long.
        ToolMissingError: it is not there.
    """
    environment = {"PATH": path, "LC_ALL": "C", "TMPDIR": tempfile.gettempdir(), **(more or {})}
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMPILE_SECONDS,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise ToolMissingError(f"no compiler: `{words[0]}` is not on the search path") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{summary}: the compiler takes too long", "") from error
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        raise BuildError(summary, said or f"the compiler ends with exit code {done.returncode}")
    return done.stderr


def _read_files(rules: Path) -> list[str]:
    """The files named in the make rule that the compiler wrote beside an object."""
    text = rules.read_text(errors="surrogateescape").replace("\\\n", " ")
    _, _, inputs = text.partition(": ")
    names = {name.replace("\0", " ") for name in inputs.replace("\\ ", "\0").split()}
    return sorted(names)

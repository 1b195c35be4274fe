"""For pytest: properties of a parser on contents of a schema, and corpora as test items.

    from harness.pytest_plugin import schema

    @schema("tzif").given()
    def test_my_parser_reads_every_file(data: bytes) -> None:
        my_parser.load(data)

A corpus is a folder with `valid/` and `invalid/`, and an `expected.json` that says what each file
raises. It is collected where it is named on the command line, or in `harness_corpora`:

    [tool.pytest.ini_options]
    harness_corpora = ["tests/corpora/*"]

With `--harness-schema NAME` a folder needs no `expected.json`: files below `valid/` raise no error,
files below `invalid/` the code that their name begins with, or any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from harness.reading import Reading
    from harness.schema import Schema
    from harness.validation.corpus import CorpusFile

    Test = Callable[..., None]


class SchemaUnderTest:
    """A schema whose contents tests are given."""

    def __init__(self, name: str, companions: Mapping[str, Path]) -> None:
        self._name = name
        self._companions = companions

    def strategy(
        self, *, breaking: str = "", seeds: Sequence[bytes] = (), **overrides: SearchStrategy[Any]
    ) -> SearchStrategy[Any]:
        """Return the strategy that `given` draws from; its arguments are the same."""
        from harness.schema import load  # noqa: PLC0415  # heavy
        from harness.schema.library import find, schema_file  # noqa: PLC0415  # heavy
        from harness.writing import from_schema, with_companions  # noqa: PLC0415  # heavy
        from harness.writing.asked import check_names  # noqa: PLC0415  # heavy

        format_ = load(find(self._name))
        check_names(format_, self._companions)
        theirs = {
            name: load(schema_file(format_, type_name))
            for name, type_name in format_.companions.items()
        }
        if theirs and not self._companions:
            if seeds:
                raise ValueError("contents are varied beside companions that `schema(...)` names")
            return with_companions(format_, theirs, breaking=breaking, **overrides)
        return from_schema(
            format_, companions=self._read(theirs), breaking=breaking, seeds=seeds, **overrides
        )

    def _read(self, schemas: Mapping[str, Schema]) -> dict[str, Reading]:
        from harness.reading import read  # noqa: PLC0415  # heavy

        return {
            name: read(schemas[name], _content(name, path), file=name)
            for name, path in self._companions.items()
        }

    def __call__(self, test: Test) -> NoReturn:
        """Say what is missing where this is taken for a decorator.

        Raises:
            TypeError: always.
        """
        name, written = getattr(test, "__name__", test), f'@schema("{self._name}")'
        raise TypeError(f"`{written}` makes no property of `{name}`: `{written}.given()` does")

    def given(
        self, *, breaking: str = "", seeds: Sequence[bytes] = (), **overrides: SearchStrategy[Any]
    ) -> Callable[[Test], Test]:
        """Make a property of a test: Hypothesis calls it with contents of the schema.

        Args:
            breaking: a code, or the id of a rule: contents break it. By default they are valid.
            seeds: valid contents that are to be varied, for a schema that none can be grown of.
            **overrides: by `TYPE__FIELD`, what values of that field are drawn from.

        Returns:
            A decorator. The last argument of the test is the content as bytes; for a schema that
            is read with companions, none of which was given, it has `data` and `companions`.
        """
        from hypothesis import given  # heavy

        return given(self.strategy(breaking=breaking, seeds=seeds, **overrides))


def _content(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"companion `{name}`, `{path}`: {error.strerror or error}") from None


def schema(name: str, **companions: str | Path) -> SchemaUnderTest:
    """Return a schema for tests.

    Args:
        name: of a known schema, or the path of a `.ksy` file.
        **companions: by parameter, the files that contents are read with. Without them they are
            made, together with each content.
    """
    return SchemaUnderTest(name, {key: Path(path) for key, path in companions.items()})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--harness-schema` and `harness_corpora`."""
    group = parser.getgroup("content-harness")
    group.addoption(
        "--harness-schema",
        metavar="NAME",
        default="",
        help="Collect files below folders `valid` and `invalid` as contents of this schema.",
    )
    parser.addini(
        "harness_corpora",
        "Folders whose expected.json is collected, as patterns below the root folder.",
        type="linelist",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the schema of `--harness-schema` once, before every file fails for the lack of it.

    Raises:
        pytest.UsageError: it cannot be.
    """
    name = config.getoption("--harness-schema")
    if name:
        from harness.schema import SchemaError, load  # noqa: PLC0415  # heavy
        from harness.schema.library import find  # noqa: PLC0415  # heavy

        try:
            load(find(name))
        except SchemaError as error:
            raise pytest.UsageError(f"--harness-schema: {error}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a corpus that was asked for."""
    folder = file_path.parent
    if file_path.name == "expected.json":
        if not _is_wanted(folder, file_path, parent):
            return None
    elif (
        folder.name not in ("valid", "invalid")
        or not parent.config.getoption("--harness-schema")
        or (folder.parent / "expected.json").exists()
    ):
        return None
    found: CorpusCollector = CorpusCollector.from_parent(parent, path=file_path)
    return found


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the consumers of a corpus: programs that are run, not modules with doctests."""
    folder = collection_path.parent
    if folder.name != "consumers" or collection_path.suffix != ".py":
        return None
    is_corpus = _has_contents(folder.parent) and (folder.parent / "expected.json").is_file()
    is_test = any(collection_path.match(pattern) for pattern in config.getini("python_files"))
    return True if is_corpus and not is_test else None


def _is_wanted(folder: Path, file_path: Path, parent: pytest.Collector) -> bool:
    config, session = parent.config, parent.session
    if not _has_contents(folder):
        return False
    if config.getoption("--harness-schema") or session.isinitpath(file_path):
        return True
    if session.isinitpath(folder):
        return True
    patterns = config.getini("harness_corpora")
    root = config.rootpath
    return folder.is_relative_to(root) and any(
        folder.relative_to(root).match(pattern) for pattern in patterns
    )


def _has_contents(folder: Path) -> bool:
    return any((folder / kind).is_dir() for kind in ("valid", "invalid"))


class CorpusCollector(pytest.File):
    """The files of one corpus, or one file of a corpus that nothing is written about."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each file."""
        from harness.validation import corpus  # noqa: PLC0415  # heavy

        try:
            if self.path.name == "expected.json":
                found = tuple(corpus.files_of(self.path))
            else:
                name = self.config.getoption("--harness-schema")
                found = (corpus.CorpusFile(path=self.path, schema=name),)
        except corpus.CorpusError as error:
            raise self.CollectError(str(error)) from None
        for one in found:
            yield CorpusItem.from_parent(self, name=one.name, corpus_file=one)


class CorpusItem(pytest.Item):
    """One file of a corpus raises what it is said to raise."""

    def __init__(self, *, corpus_file: CorpusFile, **given: Any) -> None:  # noqa: ANN401  # pytest's own
        super().__init__(**given)
        self._file = corpus_file

    def runtest(self) -> None:
        """Read the file, and compare."""
        from harness.validation import corpus  # noqa: PLC0415  # heavy

        corpus.check(self._file)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *given: Any, **named: Any  # noqa: ANN401  # pytest's own
    ) -> Any:  # fmt: skip  # noqa: ANN401  # pytest's own
        """Say what differs, without a traceback of ours."""
        from harness.validation import corpus  # noqa: PLC0415  # heavy

        if isinstance(excinfo.value, corpus.CorpusError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *given, **named)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it is, and what it is called."""
        return self._file.path, None, self.name

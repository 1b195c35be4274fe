"""Where the files that belong to the package are: schemas, valid corpora, C runtime sources."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def package_folder() -> Path:
    """The folder of the package itself."""
    return _PACKAGE


def schemas_folder() -> Path:
    """The folder of the schemas that come with the package."""
    return data_folder("schemas", _PACKAGE)


def corpora_folder() -> Path:
    """The folder of corpora, `<format>/valid/...`; a checkout also has `invalid/` and more."""
    return data_folder("corpora", _PACKAGE)


def runtime_folder() -> Path:
    """The folder of hand-written C: sources to build and headers for the include path."""
    return _PACKAGE / "native" / "runtime"


def data_folder(name: str, package: Path) -> Path:
    """Find a data folder of an installed wheel or of a checkout.

    A wheel carries the folder as `_data/<name>` inside the package. An editable install has no
    such copy: there the folder stands beside the package, where its authors edit it.

    Args:
        name: the folder's name at the top of the checkout.
        package: the folder of the `harness` package.

    Returns:
        The existing folder.

    Raises:
        FileNotFoundError: neither place has it: the installation is damaged.
    """
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the installation of content-harness in `{package}` has no `{name}`")

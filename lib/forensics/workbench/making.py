"""What made a report: the library's source, the notebooks, the packages; and the digests that a run leaves in run.json."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import forensics
from forensics.evidence import intake
from forensics.model import Json

PACKAGES = (
    "bleach",
    "duckdb",
    "jinja2",
    "matplotlib",
    "mistune",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "pygments",
    "sqlglot",
)
"""Those whose version may change what a report says or how it looks."""
SOURCES = {".py", ".sql", ".toml", ".j2", ".css"}
RUN = "run.json"


def code(notebooks: Path) -> Json:
    """Return a SHA-256 of the library's source and one of the notebooks, and the versions of what they rest on."""
    library = Path(forensics.__file__).resolve().parent
    source = (one for one in library.rglob("*") if one.suffix in SOURCES and one.is_file())
    return {
        "library": _digest(library, source),
        "notebooks": _digest(notebooks, notebooks.glob("*.ipynb")),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def files(folder: Path, but: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of every file of a report, by its path in it, without those that are named."""
    left_out = {RUN, *but}
    held = sorted(one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())
    paths = ((one, one.relative_to(folder).as_posix()) for one in held)
    return {path: intake.digest(one) for one, path in paths if path not in left_out}


def sealed(told: Json) -> Json:
    """Return what a run says of itself with a seal: a SHA-256 of all the rest.

    A seal shows that something was edited by hand; who makes a new seal is found out by what is computed again.
    """
    return {**told, "seal": _seal(told)}


def unbroken(told: Json) -> bool:
    """Say whether the seal fits the rest; without one it does not."""
    return bool(told.get("seal") == _seal(told))


def _seal(told: Json) -> str:
    rest = {name: value for name, value in told.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest(folder: Path, places: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path, place in sorted((one.relative_to(folder).as_posix(), one) for one in places):
        whole.update(f"{path}\0{hashlib.sha256(place.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

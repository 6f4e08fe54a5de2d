"""Who is measured: how each is called, and what it says it found, so that a wrong answer is not taken for a fast one."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import made

SQL = Path(__file__).with_name("sql")
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of reading a file."""

    name: str
    does: str
    command: Callable[[made.Made, Path], list[str]]
    """What to run, given the evidence and a folder of its own."""
    found: Callable[[made.Made, Path, str], Facts]
    """What it found, from the evidence's name, that folder and what it printed; asked after it was measured."""
    missing: Callable[[], str] = lambda: ""
    """Why it cannot run here, or nothing."""


def _child(name: str) -> Callable[[made.Made, Path], list[str]]:
    def command(one: made.Made, folder: Path) -> list[str]:
        return [sys.executable, "-m", "benchmarks.children", name, str(one.place), str(folder)]

    return command


def _hour(one: made.Made, folder: Path) -> list[str]:
    return [*_child("ours")(one, folder), *one.facts["window"]]


def _lnav(one: made.Made, folder: Path) -> list[str]:
    question = (SQL / "lnav_facts.sql").read_text().partition("\n")[2].strip()
    return ["lnav", "-n", "-c", f";{question}", "-c", ":write-csv-to -", str(one.place)]


def _asked(database: Path, name: str, **parameters: Any) -> Facts:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        answer = connection.execute((SQL / f"{name}.sql").read_text(), parameters)
        names = [column[0] for column in answer.description or ()]
        return {name: _plain(value) for name, value in zip(names, answer.fetchall()[0], strict=True)}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _ours(one: made.Made, folder: Path, out: str) -> Facts:
    return _asked(folder / "case.duckdb", "sample_facts" if "samples" in one.facts else "log_facts")


def _ours_hour(one: made.Made, folder: Path, out: str) -> Facts:
    start, end = one.facts["window"]
    return _asked(folder / "case.duckdb", "window_facts", start=start, end=end)


def _loaded(one: made.Made, folder: Path, out: str) -> Facts:
    facts = _asked(folder / "lines.duckdb", "loaded_facts")
    return {"last_line": facts["last_line"], "size": facts["text"] + facts["last_line"]}


def _indexed(one: made.Made, folder: Path, out: str) -> Facts:
    [row] = csv.DictReader(out.splitlines())
    last = datetime.fromisoformat(row["last"]).isoformat(timespec="microseconds")
    return {"dated": int(row["dated"]), "last": last}


def _parsed(one: made.Made, folder: Path, out: str) -> Facts:
    facts = json.loads((folder / "facts.json").read_text())
    return {name: made.instant(value) if name in ("first", "last") else value for name, value in facts.items()}


ALL = {
    one.name: one
    for one in (
        Contender("ours", "reads it into a store on disk, as inspect does, without hashing it", _child("ours"), _ours),
        Contender(
            "ours-understood",
            "as run does: then tells requests and logins from its events",
            _child("ours-understood"),
            _ours,
        ),
        Contender("ours-hour", "as ours, of one hour alone", _hour, _ours_hour),
        Contender(
            "lnav",
            "indexes it in memory: times, no table kept",
            _lnav,
            _indexed,
            lambda: "" if shutil.which("lnav") else "lnav is not installed (apt-get install lnav)",
        ),
        Contender("duckdb", "loads its lines as one column of text, by read_csv", _child("duckdb"), _loaded),
        Contender("json-loads", "a loop of json.loads over its lines, keeping nothing", _child("json-loads"), _parsed),
        Contender("json-load", "json.load of the whole document", _child("json-load"), _parsed),
    )
}


def versions() -> dict[str, str]:
    """Return the version of each contender, where it is here."""
    import duckdb
    import numpy
    import pyarrow

    lnav = subprocess.run(["lnav", "-V"], capture_output=True, text=True, check=False) if shutil.which("lnav") else None
    return {
        "Python": sys.version.split()[0],
        "DuckDB": duckdb.__version__,
        "Arrow": pyarrow.__version__,
        "numpy": numpy.__version__,
        "lnav": lnav.stdout.split()[-1] if lnav else "not installed",
    }

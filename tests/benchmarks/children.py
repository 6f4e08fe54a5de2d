"""What runs inside the measured processes: one function for each contender. Each imports only what it needs."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def ours(evidence: Path, folder: Path, start: str = "", end: str = "") -> None:
    """Read the evidence into a store on disk; with a window, only that."""
    from benchmarks import ours

    ours.read(evidence, folder, start, end)


def ours_understood(evidence: Path, folder: Path) -> None:
    """Read the evidence into a store on disk, and tell what its events mean."""
    from benchmarks import ours

    ours.read(evidence, folder, understand=True)


def duckdb(evidence: Path, folder: Path) -> None:
    """Load every line as one column of text."""
    import duckdb

    with duckdb.connect(str(folder / "lines.duckdb")) as connection:
        connection.execute(
            Path(__file__).with_name("sql").joinpath("load_lines.sql").read_text(), {"file": str(evidence)}
        )


def json_loads(evidence: Path, folder: Path) -> None:
    """Parse every line, and keep nothing but what proves it."""
    events = errors = 0
    first = last = None
    with evidence.open("rb") as file:
        for line in file:
            record = json.loads(line)
            events += 1
            errors += record["level"] == 50
            last = record["time"]
            first = first or last
    (folder / "facts.json").write_text(json.dumps({"events": events, "errors": errors, "first": first, "last": last}))


def json_load(evidence: Path, folder: Path) -> None:
    """Parse the whole document, and count what it holds."""
    with evidence.open("rb") as file:
        document = json.load(file)
    series = [one["values"] for one in document["data"]["result"]]
    facts = {
        "samples": sum(map(len, series)),
        "series": len(series),
        "first": series[0][0][0] * 1000,
        "last": series[-1][-1][0] * 1000,
    }
    (folder / "facts.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    name, evidence, folder, *window = sys.argv[1:]
    {
        "ours": ours,
        "ours-understood": ours_understood,
        "duckdb": duckdb,
        "json-loads": json_loads,
        "json-load": json_load,
    }[name](Path(evidence), Path(folder), *window)

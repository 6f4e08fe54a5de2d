"""How well files of many log formats are read, each alone: by the protocol of the public collection of log formats."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from forensics.evidence import reading
from forensics.model import Evidence
from forensics.store import Store

from benchmarks import measuring

SQL = Path(__file__).with_name("sql")
TARGET = 0.90
SLOW_S = 10.0
"""A file of these sizes that takes longer hangs, for somebody in a hurry."""

LEVELS = {
    "TRACE": {"T", "TRACE", "FINEST", "10"},
    "DEBUG": {"D", "DEBUG", "FINE", "20"},
    "INFO": {"I", "INFO", "INFORMATION", "INFORMATIONAL", "30"},
    "NOTICE": {"N", "NOTICE"},
    "WARN": {"W", "WARN", "WARNING", "40"},
    "ERROR": {"E", "ERR", "ERROR", "SEVERE", "50"},
    "CRITICAL": {"C", "F", "CRIT", "CRITICAL", "FATAL", "ALERT", "EMERG", "EMERGENCY", "PANIC", "60"},
}
"""Both sides are mapped to these words before they are compared; all that is worse than an error is one class."""
PRIORITIES = ("CRITICAL", "CRITICAL", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")
"""Syslog's numbers, by place."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one file was read as."""

    status: str = ""
    format: str | None = None
    lines: dict[str, int] | None = None
    zone: str = ""
    how: str = ""
    messages: int = 0
    first: datetime | None = None
    last: datetime | None = None
    in_order: bool = True
    written: tuple[tuple[datetime | None, datetime | None], ...] = ()
    """Stamps that could not be placed: of the first and last line, and the smallest and largest."""
    levels: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    crash: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file, judged."""

    file: str
    physical: int
    accounted: bool
    differences: tuple[tuple[str, Any, Any], ...]
    """What is judged, what was expected, what was found."""
    found: Found

    @property
    def right(self) -> bool:
        """Whether everything that is expected of it agrees."""
        return self.accounted and not self.differences


def level(written: str) -> str:
    """Return the class of a level as it is written."""
    word = written.strip().upper()
    if len(word) == 1 and word.isdigit() and int(word) < len(PRIORITIES):
        return PRIORITIES[int(word)]
    return next((name for name, words in LEVELS.items() if word in words), word)


def _classes(levels: Mapping[str, int]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for written, count in levels.items():
        counted[level(written)] += count
    return dict(sorted(counted.items()))


def read_alone(place: Path) -> Found:
    """Read one file under a name that says nothing, with nothing beside it."""
    with tempfile.TemporaryDirectory(prefix="forensics-formats-") as private, Store() as store:
        folder, work = Path(private, "folder"), Path(private, "work")
        folder.mkdir()
        work.mkdir()
        shutil.copyfile(place, folder / "piece")
        began = time.monotonic()
        try:
            [entry] = reading.read(folder, store, work)
        except Exception:
            return Found(crash=traceback.format_exc(limit=-3), seconds=time.monotonic() - began)
        return _found(entry, store, time.monotonic() - began)


def _asked(store: Store, name: str) -> list[tuple[Any, ...]]:
    return store.connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8")).fetchall()


def _found(entry: Evidence, store: Store, seconds: float) -> Found:
    messages, first, last, in_order, *written = _asked(store, "log_summary")[0]
    if not messages and entry.covers:  # its records went to another table
        messages = entry.lines.accepted if entry.lines else entry.records
        first, last = entry.covers
    return Found(
        status=entry.status,
        format=entry.format,
        lines=entry.lines.json() if entry.lines else None,
        zone=entry.clock.zone,
        how=entry.clock.how,
        messages=messages,
        first=first,
        last=last,
        in_order=in_order,
        written=((written[0], written[1]), (written[2], written[3])),
        levels=dict(_asked(store, "log_levels")),
        seconds=seconds,
    )


def judged(expected: Mapping[str, Any], found: Found) -> Verdict:
    """Compare what was found with every expectation that is not null."""
    crash: list[tuple[str, Any, Any]] = [("crash", "none", found.crash)]
    differences = crash if found.crash else [*_differences(expected, found)]
    if found.seconds > SLOW_S:
        differences.append(("seconds", f"at most {SLOW_S:g}", round(found.seconds, 1)))
    accounted = not found.crash and _accounted(expected["physical_lines"], found.lines)
    return Verdict(expected["file"], expected["physical_lines"], accounted, tuple(differences), found)


def _accounted(physical: int, lines: Mapping[str, int] | None) -> bool:
    if lines is None:
        return physical == 0
    kinds = ("accepted", "continued", "blank", "separator", "quarantined")
    return physical == lines["physical"] == sum(lines[kind] for kind in kinds)


def _differences(expected: Mapping[str, Any], found: Found) -> Iterator[tuple[str, Any, Any]]:
    if expected["messages"] is not None and expected["messages"] != found.messages:
        yield "messages", expected["messages"], found.messages
    alone = "first_utc_read_alone" in expected and found.how == "assumed"
    for name, instant in (("first", found.first), ("last", found.last)):
        wanted = expected[f"{name}_utc_read_alone" if alone else f"{name}_utc"]
        if wanted is not None and not _same_instant(wanted, instant):
            yield name, wanted, str(instant)
    if "first_written" in expected and not _written_agrees(expected, found):
        own = [[str(stamp) for stamp in pair] for pair in found.written]
        yield "written", [expected["first_written"], expected["last_written"]], f"{own}, in UTC {found.first}"
    if expected.get("in_order") is not None and expected["in_order"] != found.in_order:
        yield "in_order", expected["in_order"], found.in_order
    if not _zone_agrees(expected, found):
        yield "zone", expected["zone"], f"{found.how} {found.zone}".strip()
    if expected["levels"] is not None and _classes(expected["levels"]) != _classes(found.levels):
        yield "levels", expected["levels"], found.levels


def _same_instant(wanted: str, instant: datetime | None) -> bool:
    """Compare to the microsecond: of finer digits, either neighbour is right."""
    if instant is None:
        return False
    whole, _, digits = wanted.removesuffix("Z").partition(".")
    away = instant - datetime.fromisoformat(whole)
    nanoseconds = (away.days * 86_400 + away.seconds) * 10**9 + away.microseconds * 1000
    return abs(nanoseconds - int(digits.ljust(9, "0") or 0)) < 1000


def _stamp(written: str) -> datetime:
    """Read a stamp as written, in the year 2000: without its weekday, its zone and its year, where it has them."""
    bare = re.sub(r"^[A-Z][a-z]{2} (?=[A-Z])| [A-Z]+ \d{4}$", "", written)
    date = "%b %d" if bare[0].isalpha() else "%m%d"
    return datetime.strptime(f"2000 {bare}", f"%Y {date} %H:%M:%S" + (".%f" if "." in bare else ""))


def _written_agrees(expected: Mapping[str, Any], found: Found) -> bool:
    """Compare stamps that are not placed as they are written, but for the year; a year must not be made up.

    Placed stamps are left to the zone, except that a year that is not written must be inferred: lines may hold a
    second stamp that has it.
    """
    if found.first is not None:
        return found.how == "inferred" or "no year" not in expected["zone"]
    wanted = [_stamp(expected[name]) for name in ("first_written", "last_written")]
    return any([one and one.replace(year=2000) for one in pair] == wanted for pair in found.written)


def _zone_agrees(expected: Mapping[str, Any], found: Found) -> bool:
    zone = expected["zone"]
    if zone == "stated in the file" or zone.startswith("epoch "):
        return found.how == "stated"
    if "which is no zone" in zone:
        return found.how == "unknown"
    if "read it as UTC" in zone:
        return (found.how, found.zone) == ("assumed", "UTC")
    return found.how in {"assumed", "unknown", "inferred"}


def score(benchmark: Path) -> list[Verdict]:
    """Read and judge every file of the collection in `benchmark`."""
    expectations = json.loads((benchmark / "expectations.json").read_text(encoding="utf-8"))
    return [judged(expected, read_alone(benchmark / "files" / expected["file"])) for expected in expectations]


def shares(verdicts: list[Verdict]) -> dict[str, dict[str, Any]]:
    """Count the right files and their lines, for each folder of the collection apart and for all together."""
    groups = {"all": verdicts}
    for verdict in verdicts:
        groups.setdefault(verdict.file.split("/")[0], []).append(verdict)
    return {name: _share(group) for name, group in sorted(groups.items(), key=lambda one: one[0] == "all")}


def _share(verdicts: list[Verdict]) -> dict[str, Any]:
    lines, seconds = sum(v.physical for v in verdicts), sum(v.found.seconds for v in verdicts)
    right = sum(v.physical for v in verdicts if v.right)
    return {
        "right_files": sum(v.right for v in verdicts),
        "files": len(verdicts),
        "right_lines": right,
        "lines": lines,
        "share_of_lines": right / lines if lines else None,
        "not_accounted": [v.file for v in verdicts if not v.accounted],
        "crashes": [v.file for v in verdicts if v.found.crash],
        "seconds": seconds,
        "lines_per_second": lines / seconds if seconds else None,
    }


def _print(told: dict[str, Any]) -> None:
    for verdict in told["verdicts"]:
        if verdict["right"]:
            continue
        found = verdict["found"]
        print(f"{verdict['file']}  ({verdict['physical']:,} lines, read as {found['format']}, {found['status']})")
        if not verdict["accounted"]:
            print(f"    {'lines':10} expected {verdict['physical']}; found {found['lines']}")
        for what, expected, got in verdict["differences"]:
            print(f"    {what:10} expected {expected}; found {str(got).strip().splitlines()[-1]}")
    for name, share in told["shares"].items():
        met = "met" if share["share_of_lines"] >= TARGET and not share["not_accounted"] else "NOT met"
        print(
            f"{name:9} files right {share['right_files']}/{share['files']}   "
            f"lines right {share['right_lines']:,}/{share['lines']:,} = {share['share_of_lines']:.1%} "
            f"(target {TARGET:.0%}: {met})   not accounted {len(share['not_accounted'])}   "
            f"crashes {len(share['crashes'])}   {share['seconds']:.1f} s   {share['lines_per_second']:,.0f} lines/s"
        )
    if "peak_bytes" in told:
        print(f"{told['cpu_s']:.1f} CPU s; {measuring.HOW_MEMORY}: {told['peak_bytes'] / 2**20:,.0f} MiB")


def _told(verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "shares": shares(verdicts),
        "verdicts": [{**asdict(verdict), "right": verdict.right} for verdict in verdicts],
    }


def _measured(benchmark: Path) -> dict[str, Any]:
    """Score in a process of its own, so that its memory can be measured."""
    with tempfile.TemporaryDirectory(prefix="forensics-formats-") as private:
        command = [sys.executable, "-m", "benchmarks.log_formats", "--unmeasured", "--json", str(benchmark)]
        cost = measuring.measured(command, Path(private))
    if cost.code:
        raise SystemExit(cost.error)
    return {**json.loads(cost.out), "cpu_s": cost.cpu_s, "peak_bytes": cost.peak_bytes}


def main() -> None:
    """Print the score, and every file that disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the collection: expectations.json and files/")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--unmeasured", action="store_true", help="score in this process, without its memory")
    asked = parser.parse_args()
    told = _told(score(asked.folder)) if asked.unmeasured else _measured(asked.folder)
    if asked.json:
        print(json.dumps(told, indent=1, default=str))
    else:
        _print(told)


if __name__ == "__main__":
    main()

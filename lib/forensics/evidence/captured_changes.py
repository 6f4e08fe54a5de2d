"""Changes that somebody listed on a terminal: what stands below such a command is read by the formats of such lists.

Their lines keep the numbers that they have in the capture, which stays what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from forensics import declarations
from forensics.evidence import documents, formats, heading_zones, lines, stamps
from forensics.evidence.folding import Folder
from forensics.evidence.formats import Format
from forensics.evidence.matching import Matcher
from forensics.evidence.measures import TERMINAL
from forensics.model import Evidence, Problem
from forensics.store import Store

LEAST_READ = 0.5
"""Of what no command stands above, so many lines must be those of a list."""


@dataclass(frozen=True, slots=True)
class Output:
    """What stands below one command."""

    command: str
    """Empty where the capture begins without one."""
    line: int
    """Where its first line stands."""
    printed: tuple[str, ...]


@cache
def listings() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return the commands that list changes, each with the names of the formats in which it prints them."""
    told = declarations.declared("evidence/captured_changes.toml")["listing"]
    return tuple((re.compile(one["command"]), tuple(one["formats"])) for one in told)


def tell(store: Store, entries: Iterable[Evidence]) -> list[Evidence]:
    """Put the changes that captures list into the store; the entries say by which clock times are read that name none."""
    return [_capture(store, one) if one.format == TERMINAL else one for one in entries]


def _capture(store: Store, entry: Evidence) -> Evidence:
    notes: list[Problem] = []
    for output in _outputs(store, entry.path):
        note = _tell(store, entry, output)
        notes += [note] if note else []
    return replace(entry, problems=(*entry.problems, *dict.fromkeys(notes)))


def _outputs(store: Store, path: str) -> Iterator[Output]:
    """Yield what a terminal shows below each command; a time that a command printed first stands above what followed it."""
    command = ""
    for line, source, message, body in store.rows("captured_outputs", path=path):
        below = tuple((body or "").replace("\r", "").split("\n"))
        if source == "shell":
            command = message or ""
            yield Output(command, line + 1, below)
        else:
            yield Output(command, line, ((message or "").replace("\r", ""), *below))


def _tell(store: Store, entry: Evidence, output: Output) -> Problem | None:
    """Put the changes of one output into the store; say so where its times name no zone, and one is taken for it."""
    if _document(store, entry.path, output):
        return None
    fmt = _format(output)
    if fmt is None:
        return None
    read = [line if fmt.first_fit(line) else "" for line in output.printed]
    zoned = all(
        not stamps.named(fit[0].stamp).lacks
        for line in read
        if (fit := fmt.first_fit(line)) and fit[0].begins == "event"
    )
    zone = "" if zoned else heading_zones.above((output.command, *output.printed))
    if not zoned and not zone and entry.clock.offset_s:
        return None  # whose clock wrote these is not the capture's to tell
    text = pa.array(["".join(f"{line}\n" for line in read)], pa.large_string())
    folder, matcher = Folder(whole=True), Matcher(store, fmt.lines)
    found = [folder.events(matcher.lines(chunk)) for chunk in lines.chunks(memoryview(text.buffers()[2]))]
    events = pa.concat_tables([*found, folder.rest()], promote_options="permissive")
    if not events.num_rows:
        return None
    numbers = pc.add(events["line"].cast(pa.int64()), output.line - 1)
    events = events.set_column(events.schema.get_field_index("line"), "line", numbers)
    if zone:
        times = pa.array([heading_zones.instant(zone, time) for time in events["time"].to_pylist()], pa.timestamp("us"))
        events = events.set_column(events.schema.get_field_index("time"), "time", times)
    store.lend("arriving_events", events.append_column("path", pa.array([entry.path] * events.num_rows)))
    store.run("log_changes")
    store.take_back("arriving_events")
    if service := _service(output.command):
        last = output.line + len(output.printed)
        store.run("captured_service", path=entry.path, first=output.line, last=last, service=service)
    if zoned:
        return None
    how = f"read in {zone}, which stands above them" if zone else "read as if they were UTC"
    return Problem("zone-above" if zone else "zone-open", f"times of changes that are listed in it name no zone: {how}")


def _service(command: str) -> str:
    """Return the service whose changes a command listed, where the command alone names it."""
    told = declarations.declared("evidence/captured_changes.toml")["listing"]
    asked = (one["service"] for one in told if one.get("service") and re.search(one["command"], command))
    return next((found[1] for pattern in asked if (found := re.search(pattern, command))), "")


def _document(store: Store, path: str, output: Output) -> bool:
    """Read a JSON document of changes that a command printed; say whether it is one."""
    text = "\n".join(output.printed).strip()
    if not documents.looks_like_json(text):
        return False
    try:
        fmt = formats.recognise_document(json.loads(text))
    except (ValueError, RecursionError):
        return False
    if (
        fmt is None
        or fmt.kind != "changes"
        or documents.read(store, path, text.encode("utf-8", "backslashreplace")) is None
    ):
        return False
    store.run("captured_document", path=path, line=output.line)
    return True


def _format(output: Output) -> Format | None:
    """Return the format of changes that reads most of these lines; of those without a command of theirs, it must read many."""
    listed = [names for command, names in listings() if not output.command or command.search(output.command)]
    anyhow = declarations.declared("evidence/captured_changes.toml")["any"]
    wanted = [name for names in listed for name in names] or [name for one in anyhow for name in one["formats"]]
    if not output.command:
        wanted += [name for one in anyhow for name in one["formats"]]
    written = [line for line in output.printed if line.strip()]
    best = max(map(formats.named, dict.fromkeys(wanted)), key=lambda fmt: _changes(fmt, written), default=None)
    if best is None or not _changes(best, written):
        return None
    read = sum(best.first_fit(line) is not None for line in written)
    sure = bool(output.command and listed)
    return best if sure or read >= LEAST_READ * len(written) else None


def _changes(fmt: Format, written: Sequence[str]) -> int:
    """Return how many changes a format reads in these lines."""
    fits = (fmt.first_fit(line) for line in written)
    return sum(fit is not None and fit[0].begins in ("event", "undated") for fit in fits)

"""Evidence that is lost, as the evidence itself tells: dropped messages, commands that destroy, restarts, truncations."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from forensics.evidence import formats, meanings
from forensics.evidence.doctor.exports import declared
from forensics.evidence.doctor.words import placed, shortened
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.store import Store

LIVED = ("process started", "process online")
"""What a log says when a process begins to live."""

SOON = timedelta(minutes=3)
"""Metrics that begin no later than this after a restart began with it."""

LEAST_LOST = timedelta(minutes=1)
"""So much must other sources know of the time before, for its loss to matter."""

TELLING = ("capture", "unknown", "document", "messages", "incident-record", "changes")
"""Kinds of files in which people's commands are looked for; a service's own log holds other things."""

WRITE_UP = "markdown"
"""The format of what people write for others to read: its commands are steps, for the next time or as they should have been."""

PUT_BACK = "a database was put back"
"""What is said of a command that replaces a database."""

Said = Iterator[tuple[str, Problem]]


# ---- messages that were dropped ------------------------------------------------------------------------------------


def hear(store: Store, events: pa.Table) -> None:
    """Keep what these quiet events of a large log say of dropped messages, before their text is let go."""
    if events.num_rows:
        store.lend("quiet_text", events)
        store.run("dropped_heard", any=dropping())
        store.take_back("quiet_text")


@cache
def dropping() -> str:
    """Return a pattern that fits whatever says that messages were dropped."""
    return _any(_dropping())


def _dropping() -> list[str]:
    return [one["pattern"].replace("?P<count>", "") for one in declared("losses.toml")["dropped"]]


def _any(patterns: list[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns)


def dropped(store: Store) -> Said:
    """Name the logs that say that they dropped messages."""
    patterns = _dropping()
    grouped = [pattern if re.compile(pattern).groups else pattern + "()" for pattern in patterns]
    rows = store.rows("dropped_messages", any=dropping(), patterns=grouped)
    for path, notices, lost, first, last, line, said in rows:
        counted = f", {lost:,} in all where it counts them" if lost else ""
        when = f", from {placed(first)} to {placed(last)}" if first else ""
        times = "once" if notices == 1 else f"{notices:,} times"
        yield (
            path,
            Problem(
                "messages-dropped",
                f"it says {times} that messages were dropped{counted}{when}: “{shortened(said)}”. Numbers of lines are too low there",
                "raise the limit before the next time (journald: RateLimitIntervalSec=0; rsyslog: imjournal Ratelimit.Interval=0), "
                "and take the same stretch from the program's own file",
                line=line,
                leaves_open="What was logged and dropped? Numbers of errors and of failed logins may be larger",
            ),
        )


# ---- commands of people --------------------------------------------------------------------------------------------


def commands(store: Store, entries: Sequence[Evidence]) -> Said:
    """Name the commands, told by people, that destroyed evidence unless it was kept first."""
    told = _telling(entries)
    every = declared("losses.toml")["mitigation"]
    anyone = "|".join(re.sub(r"[(][?]P<\w+>", "(?:", f"(?:{one['pattern']})") for one in every)
    if not store.rows("mitigation_words", told=told, pattern=anyone, refused=_refused()):
        return
    for mitigation in every:
        rows = store.rows("mitigation_words", told=told, pattern=mitigation["pattern"], refused=_refused())
        rows = [row for row in rows if not _replays(mitigation, row[-1], entries)]
        for path in dict.fromkeys(row[0] for row in rows):
            mine = [row for row in rows if row[0] == path]
            _, line, _, time, said = mine[0]
            more = f", and {len(mine) - 1:,} more like it" if len(mine) > 1 else ""
            when = f" at {placed(time)}" if time else ""
            yield (
                path,
                Problem(
                    "destroyed-by-mitigation",
                    f"{mitigation['name']}{when}: “{shortened(said.strip())}”{more}. Unless it was kept first, this cost "
                    f"{mitigation['loses']}",
                    remedy(mitigation, said),
                    line=line,
                    leaves_open="What were the triggering conditions?",
                ),
            )


def _replays(mitigation: dict[str, Any], said: str, entries: Sequence[Evidence]) -> bool:
    """Say whether what a database is fed with is, by what lies here, the log of its own statements: those add rows, and cost none."""
    found = re.search(mitigation["pattern"], said)
    fed = (found.groupdict().get("read") or "").rsplit("/", 1)[-1] if found else ""
    return bool(fed) and any(
        one.format == "mysql-binlog" and re.search(rf"(?:^|[/_-]){re.escape(fed)}$", one.path) for one in entries
    )


def put_back(store: Store, entries: Sequence[Evidence]) -> list[tuple[str, datetime | None]]:
    """Return where people tell that they put a database back, and when."""
    told = _telling(entries)
    found = [
        (f"{path}:{line}" if line else path, time)
        for mitigation in declared("losses.toml")["mitigation"]
        if mitigation["name"] == PUT_BACK
        for path, line, _, time, said in store.rows(
            "mitigation_words", told=told, pattern=mitigation["pattern"], refused=_refused()
        )
        if not _replays(mitigation, said, entries)
    ]
    return sorted(found, key=lambda one: (one[1] is None, one[1] or datetime.min, one[0]))


def _refused() -> str:
    """Return a pattern that fits a command with an answer right below it which says that it did nothing."""
    return str(declared("losses.toml")["refused"]["pattern"])


def _telling(entries: Sequence[Evidence]) -> list[str]:
    """Return the files in which commands of people are looked for."""
    return [entry.path for entry in entries if entry.kind in TELLING and entry.format != WRITE_UP]


def remedy(mitigation: dict[str, Any], said: str) -> str:
    """Say how to keep first what such a command destroys, of the thing that it names."""
    found = re.search(mitigation["pattern"], said)
    named = next((part for part in found.groups() if part), None) if found else None
    if named and named.strip(".,:").lower() in declared("losses.toml")["prose"]["words"]:
        named = None
    return str(mitigation["remedy"]).format(it=shlex.quote(named) if named else mitigation.get("it", ""))


APP = "portfolio-app"
"""What pm2 runs by the runbook, where its log names no other."""


# ---- restarts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restart:
    """One beginning of a process's life."""

    time: datetime
    where: str


def restarts(store: Store) -> list[Restart]:
    """Return when processes began to live, by what logs and process managers say, in order."""
    rows = store.rows("lives_begun", lived=LIVED)
    for meaning in meanings.load():
        if meaning.into == "events" and meaning.constants.get("what") in LIVED:
            rows += store.rows("messages_fitting", source=meaning.source, pattern=meaning.pattern)
    found = {Restart(time, f"{path}:{line}") for path, line, time in rows}
    found |= {Restart(time, path) for path, time in store.rows("changes_restarts")}
    return sorted(found, key=lambda one: (one.time, one.where))


def restarted(
    store: Store, entries: Sequence[Evidence], reach: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[str, Problem]]:
    """Name what lives in memory and begins with a restart, though sources that reach further back know of the time before.

    Samples come at once: metrics that begin later began for another reason. A list begins when the first of what it lists happens.
    """
    lives = restarts(store)
    by_pm2 = any((one.format or "").startswith("pm2") for one in entries)
    app = next((app for (app,) in store.rows("pm2_app")), APP) if by_pm2 else ""
    for entry in entries:
        fmt = formats.known(entry.format) if entry.format else None
        listed = fmt is not None and fmt.in_memory
        if not entry.covers or not (listed or entry.kind == "metrics"):
            continue
        began = entry.covers[0]
        before = [life for life in lives if timedelta(0) <= began - life.time and (listed or began - life.time <= SOON)]
        known = min((start for start, end in reach if end > began - LEAST_LOST), default=began)
        if before and before[-1].time - known >= LEAST_LOST:
            name = entry.path.rpartition("/")[2]
            yield (
                entry.path,
                _restarted(life=before[-1], began=began, known=known, listed=name if listed else "", app=app),
            )


def _restarted(*, life: Restart, began: datetime, known: datetime, listed: str, app: str) -> Problem:
    asked = f"curl -fsS URL -o {shlex.quote(listed)}" if listed else "curl -fsS URL -o FILE"
    if app == APP and not listed:
        asked = "curl -fsS http://localhost:4321/api/monitoring/metrics -o incident-metrics.json"
    return Problem(
        "lost-to-restart",
        f"it begins at {placed(began)}, {lasting(began - life.time)} after the process was started ({life.where}), while other "
        f"sources reach back to {placed(known)}: what was {'listed' if listed else 'measured'} in the "
        f"{lasting(life.time - known)} before lived in the memory of the old process, and is lost",
        f"collect before any restart: {asked}"
        + (f" && pm2 restart {shlex.quote(app)}" if app else "   # and keep it where a restart cannot reach it"),
        leaves_open="What was listed before the restart?"
        if listed
        else "What were the triggering conditions? (memory, disk and pool before the restart)",
    )


# ---- truncated files -----------------------------------------------------------------------------------------------


def truncated(store: Store) -> Said:
    """Name the logs that begin with NUL bytes, as a file does that was emptied under a program that writes on."""
    for path, line, length in store.rows("truncated_heads"):
        yield (
            path,
            Problem(
                "log-truncated",
                f"it begins with {length:,} bytes in which NULs stand: it was emptied (truncate -s 0, or > FILE) while a program "
                "held it open and wrote on where it was; what stood there is lost",
                "keep a log before it is emptied, packed, on a disk that has room: "
                "gzip -c LOG > incident/emptied.log.gz && truncate -s 0 LOG",
                line=line,
                leaves_open="When did the issue start?",
            ),
        )


def holes(store: Store) -> Said:
    """Name the logs in the midst of which NUL bytes stand, as they do where a machine or its disk stopped while writing."""
    for path, line, lines, size, before, after, placeable in store.rows("nul_holes"):
        form, kept = ("%F %T", "UTC") if placeable else ("%b %e %T", "as written")
        between = f" between {before:{form}} and {after:{form}} ({kept})" if before and after else ""
        many = f"; it is the first of {lines:,} such lines" if lines > 1 else ""
        yield (
            path,
            Problem(
                "nul-hole",
                f"a line of {size:,} bytes holds NULs where text should be{between}{many}: the machine lost power or stopped "
                "before it had written all, or the file was emptied under its writer; what was logged there may be lost",
                "look for it where the same program writes, too: journalctl -b -1 -o short-iso, or a log collector",
                line=line,
                leaves_open=f"What was logged{between or ' there'}?",
            ),
        )

"""Database connections: a report job locks the database for nine minutes, and the pool of eight fills up behind it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .clock import Task
from .collector import capture, dump_during, export_conversation, look, lsof
from .database import connect
from .metrics import Metrics
from .record import Request
from .truth import Story
from .world import World

TITLE = "Bookings and timetable fail"
JOB = ("python3", 24_418)


class ReportJob:
    """Another process: it takes the whole database for itself, to count bookings that nobody may change meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connection: sqlite3.Connection | None = None
        self.locked_at = 0

    def run(self) -> Task[None]:
        connection = connect(self.world.database)
        yield 2_310
        connection.execute("BEGIN EXCLUSIVE")
        self.connection, self.locked_at = connection, self.world.clock.now
        self.world.did("lock", "the nightly report has the exclusive lock")

    def kill(self) -> None:
        assert self.connection is not None
        self.connection.close()
        self.world.record.locks.append((self.locked_at, self.world.clock.now))
        self.world.did("kill", "the report job; its lock goes with it")


def run(folder: Path) -> tuple[World, Story]:
    world = World("demo-database", "2026-10-06T22:12:00", folder, visitor_every=1_000)
    version = _history(world)
    world.open_shop(f"2.6.3+{version}", since="2026-10-05T07:41:12")
    job, at, say = ReportJob(world), world.at, world.channel.say

    at("22:21:14.000", lambda: _schedule(world))
    world.begin("22:30:00.040", job.run)
    at("22:33:52.410", lambda: say("oncall", "customers get errors when booking, timetable hangs too. looking"))
    world.begin("22:34:20.500", lambda: look(world, "-during"))
    at("22:35:20.180", lambda: _declare(world))
    at("22:35:48.730", lambda: say("support", "support has 4 tickets so far, all about failed bookings"))
    at("22:36:10.220", lambda: _first_update(world))
    at("22:36:50.600", lambda: dump_during(world))
    at("22:38:04.000", lambda: lsof(world, JOB))
    at("22:38:22.940", lambda: say("oncall", "lsof: jobs/nightly_report.py holds local.db, pid 24418. killing it"))
    at("22:38:31.500", lambda: world.board.patch("identified", "nightly report holds an exclusive lock on local.db"))
    at("22:39:05.120", job.kill)
    at("22:39:40.300", lambda: say("support", "9 tickets now, the last one two minutes old"))
    world.begin("22:41:10.070", lambda: world.pm2.restart(f"2.6.3+{version}", "pm2 restart ferry-tickets"))
    at("22:44:05.660", lambda: _second_update(world))
    world.begin("22:53:00.400", lambda: capture(world, Metrics.flushed, r"ERROR|FATAL"))
    at("22:55:30.250", lambda: world.board.resolve("Killed the report job that held the lock, restarted the app"))
    at("22:56:02.900", lambda: world.channel.update(TITLE, "Resolved", "None", "Report job is off until it is fixed"))
    world.clock.run(world.time("22:56:30"))
    export_conversation(world)
    return world, _story(world, job)


def _history(world: World) -> str:
    commit = world.history.commit
    commit("2026-09-21T08:10:02", "dev-a", "initial import from the old booking site")
    commit("2026-09-24T12:44:51", "dev-b", "feat: seats left on the timetable")
    commit("2026-09-28T09:30:17", "dev-a", "docs: how to run the shop locally")
    commit("2026-10-01T14:02:38", "dev-c", "fix: price of children's tickets")
    return commit("2026-10-05T07:38:20", "dev-a", "chore: bump dependencies")


def _schedule(world: World) -> None:
    subject = "ops: nightly report at 22:30, from one consistent state"
    world.changed("commit", world.history.commit("2026-10-06T22:21:14", "dev-b", subject), subject)
    world.did("commit", "the report's schedule")


def _declare(world: World) -> None:
    description = "Requests that need the database time out; static pages work"
    world.board.declare("Database Connection Failures", description, "critical", ["database", "api"])
    world.did("declare")


def _first_update(world: World) -> None:
    actions = "Looking for locks on the database, health checks say healthy"
    impact = "No bookings, no timetable; the front page works"
    world.channel.update(TITLE, "Investigating", impact, actions, eta="unknown", then="in 30 minutes")


def _second_update(world: World) -> None:
    actions = "Killed the report job, restarted the app"
    world.channel.update(TITLE, "Monitoring", "Bookings work again", actions, then="in 30 minutes")


def hurt(request: Request) -> bool:
    return request.answered and (request.failed or request.took > 2_000)


def _story(world: World, job: ReportJob) -> Story:
    ((locked, released),) = world.record.locks
    return Story(
        title="Database lock by a report job",
        root_cause="Another process (the nightly report) held an exclusive SQLite lock on local.db in rollback-journal "
        "mode; queries retried for 5 s, all 8 pool slots were taken, later requests timed out waiting for one",
        trigger="the report job, started by its schedule at 22:30; the commit that schedules it precedes the lock",
        trigger_change=world.record.changes[0]["t"],
        onset=locked,
        onset_is="the report job got the exclusive lock",
        mitigated=released,
        fault_removed=released,
        bad=lambda request: request.external and request.ended_since(locked) and hurt(request),
        bad_is="external requests that the service answered with 5xx, or after more than 2 s",
        severity="P0",
        severity_reason="database unavailable (runbook example), error rate far above 10 %",
        complaints="support counted tickets in Slack: 4, then 9",
        tickets=[("22:35:48.730", 4), ("22:39:40.300", 9)],
        attackers=(),
        tables_affected=["users", "sailings", "bookings", "sessions", "audit"],
        unknown=["what the report job waited for", "requests of visitors who gave up", "metrics before the restart"],
        traps=[
            "/api/health and /api/health/database say healthy during the whole lock: SELECT 1 on a connection of its "
            "own never touches the file",
            "database-state-during.sql is 114 bytes that end in ROLLBACK: the lock itself is the evidence",
            "incident-metrics.json begins after the restart: the outage is not in it",
            "incidents.json was taken before the incident was resolved; incident-api-calls.json has the resolution",
            "the restart came after the service had recovered, and is not what ended the impact",
        ],
    )

"""Memory: a deploy keeps rendered pages without end, the heap fills, the process aborts, comes back, aborts again."""

from __future__ import annotations

from pathlib import Path

from .clock import Task
from .collector import capture, export_conversation, look
from .metrics import Metrics
from .record import Request
from .truth import Story
from .world import World

TITLE = "High memory usage and crashes"
SUBJECT = "perf: keep rendered timetables in memory"


def run(folder: Path) -> tuple[World, Story]:
    world = World("demo-memory", "2026-10-14T09:00:00", folder, visitor_every=1_000)
    world.shipped = Metrics(world.clock)
    world.kept_transactions = 5
    version = _history(world)
    world.open_shop(f"2.7.0+{version}", since="2026-10-12T06:55:40")
    at, say = world.at, world.channel.say

    world.begin("09:14:02.300", lambda: _deploy(world))
    at("09:26:40.810", lambda: say("oncall", "memory alert on ferry-tickets and it restarted by itself. watching"))
    at("09:29:12.400", lambda: say("support", "2 tickets: pages hang, then the site is gone for a moment"))
    world.begin("09:35:20.200", lambda: look(world, "-during"))
    at("09:38:25.330", lambda: say("oncall", "second abort, heap out of memory. the 09:14 deploy is the only change"))
    at("09:39:10.150", lambda: _declare(world))
    at("09:39:50.480", lambda: say("support", "6 tickets now"))
    at("09:40:20.700", lambda: _first_update(world))
    at("09:42:30.640", lambda: world.board.patch("identified", "timetable cache of the 09:14 deploy is never emptied"))
    world.begin("09:43:40.090", lambda: _roll_back(world))
    at("09:47:10.920", lambda: _second_update(world))
    world.begin("09:58:00.350", lambda: capture(world, Metrics.flat, r"ERROR|FATAL"))
    at("10:00:15.770", lambda: world.board.resolve("Reverted the timetable cache"))
    at("10:00:48.200", lambda: world.channel.update(TITLE, "Resolved", "None", "The cache comes back with a bound"))
    world.clock.run(world.time("10:01:30"))
    export_conversation(world)
    return world, _story(world)


def _history(world: World) -> str:
    commit = world.history.commit
    commit("2026-09-21T08:10:02", "dev-a", "initial import from the old booking site")
    commit("2026-09-28T09:30:17", "dev-a", "docs: how to run the shop locally")
    commit("2026-10-01T14:02:38", "dev-c", "fix: price of children's tickets")
    commit("2026-10-07T07:05:33", "dev-b", "ops: nightly report reads without a lock")
    return commit("2026-10-12T06:51:09", "dev-a", "feat: bicycles on sailings")


def _deploy(world: World) -> Task[None]:
    sha = world.history.commit("2026-10-14T09:12:41", "dev-c", SUBJECT)
    world.changed("deploy", sha, SUBJECT)
    world.did("deploy", "trigger")
    world.pm2.leaks = True
    yield from world.pm2.restart(f"2.7.1+{sha}", "deploy")


def _roll_back(world: World) -> Task[None]:
    subject = f'Revert "{SUBJECT}"'
    sha = world.history.commit("2026-10-14T09:43:22", "oncall", subject)
    world.changed("rollback", sha, subject)
    world.did("rollback", "mitigation")
    world.pm2.leaks = False
    yield from world.pm2.restart(f"2.7.2+{sha}", "rollback")


def _declare(world: World) -> None:
    description = "Heap grows until the process aborts, twice so far"
    world.board.declare("High memory usage and crashes", description, "high", ["app"])
    world.did("declare")


def _first_update(world: World) -> None:
    impact = "Pages slow for minutes, then gone for seconds at each abort"
    actions = "Comparing the heap before and after the 09:14 deploy"
    world.channel.update(TITLE, "Investigating", impact, actions, eta="unknown", then="in 1 hour")


def _second_update(world: World) -> None:
    world.channel.update(TITLE, "Monitoring", "Memory flat again", "Reverted the timetable cache", then="in 1 hour")


def hurt(request: Request) -> bool:
    return request.failed or request.waited > 2_000


def _story(world: World) -> Story:
    answering = next(entry["t"] for entry in world.record.restarts if entry["what"] == "restart_end")
    onset = world.read(answering)
    return Story(
        title="Memory leak after a deploy, repeated aborts",
        root_cause="The deploy keeps every rendered timetable in memory and never drops one; the heap grew to its "
        "limit, V8 aborted the process, pm2 restarted it, and it grew again",
        trigger=f'the deploy of "{SUBJECT}"',
        trigger_change=world.record.changes[0]["t"],
        onset=onset,
        onset_is="the new version answers after the deploy's restart",
        mitigated=world.read(world.record.changes[1]["t"]),
        fault_removed=world.read(world.record.changes[1]["t"]),
        bad=lambda request: request.external and request.ended_since(onset) and hurt(request),
        bad_is="external requests that were refused or cut off, or for which the visitor waited more than 2 s",
        severity="P1",
        severity_reason="repeated aborts, each with slow pages for all users before it and a short outage after it; "
        "by the declaration criteria alone (complaints increasing) it would be P2",
        complaints="support counted tickets in Slack: 2, then 6",
        tickets=[("09:29:12.400", 2), ("09:39:50.480", 6)],
        attackers=(),
        tables_affected=[],
        unknown=["a heap dump (never taken)", "requests refused while nothing listened"],
        traps=[
            "the service answers no 5xx at all: whoever was cut off or refused has no line in the log",
            "the last lines of the process carry no time stamp",
            "pm2 calls an abort exited with code [0]",
            "counters start again at each restart although the samples were shipped",
            "only one transaction in five is kept as samples: rates from them are estimates, totals are not",
            "incidents.json was taken before the incident was resolved; incident-api-calls.json has the resolution",
        ],
    )

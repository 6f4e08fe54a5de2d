"""Security: three addresses guess passwords, and one of them guesses right."""

from __future__ import annotations

from pathlib import Path

from .clock import sql_time
from .collector import capture, export_conversation, look
from .database import connect, note
from .metrics import Metrics
from .truth import Story
from .visitors import Guesser
from .world import World

TITLE = "Suspicious login activity"
HASTY, SLOW, LUCKY = "203.0.113.41", "203.0.113.86", "198.51.100.17"
STOP = "18:58:30.000"


def run(folder: Path) -> tuple[World, Story]:
    world = World("demo-security", "2026-10-24T18:27:00", folder, visitor_every=1_100)
    world.kept_transactions = 5
    version = _history(world)
    world.open_shop(f"2.8.1+{version}", since="2026-10-19T08:20:33")
    at, say, until = world.at, world.channel.say, world.time(STOP)
    hasty = Guesser(world, HASTY, (2_400, 4_600), range(2, 9), "summer")
    slow = Guesser(world, SLOW, (7_000, 12_000), range(10, 25), "ferry")
    lucky = Guesser(world, LUCKY, (4_200, 7_400), range(1, 2), "seagull")

    world.begin("18:41:12.300", lambda: hasty.guess(until))
    world.begin("18:41:40.800", slow.look_around)
    world.begin("18:42:03.100", lambda: slow.guess(until))
    world.begin("18:42:30.650", lambda: lucky.guess(until))
    at("18:47:20.450", lambda: say("oncall", "wall of FAILED_LOGIN from three addresses, looking"))
    world.begin("18:48:30.200", lambda: look(world, "-during"))
    at("18:50:40.620", lambda: _declare(world))
    at("18:52:03.180", lambda: _first_update(world))
    at("18:55:48.070", lambda: _block(world))
    at("18:56:12.510", lambda: say("oncall", "203.0.113.41, 203.0.113.86 and 198.51.100.17 are blocked on login"))
    at("18:58:02.330", lambda: _close_account(world))
    at("18:58:40.840", lambda: say("oncall", "one login from 198.51.100.17 worked. session closed, password reset"))
    at("18:59:30.100", lambda: world.board.patch("monitoring", "addresses blocked, password of the account reset"))
    at("19:00:20.390", lambda: _second_update(world))
    world.begin("19:08:00.250", lambda: capture(world, Metrics.lines, r"LOGIN_SUCCESS", keep_database=True))
    resolution = "Blocked 3 addresses, closed one session, forced a password reset"
    at("19:11:10.560", lambda: world.board.resolve(resolution))
    at("19:11:45.700", lambda: world.channel.update(TITLE, "Resolved", "One account was entered", "Account reset"))
    world.clock.run(world.time("19:12:30"))
    export_conversation(world)
    return world, _story(world)


def _history(world: World) -> str:
    commit = world.history.commit
    commit("2026-09-21T08:10:02", "dev-a", "initial import from the old booking site")
    commit("2026-10-01T14:02:38", "dev-c", "fix: price of children's tickets")
    commit("2026-10-12T06:51:09", "dev-a", "feat: bicycles on sailings")
    commit("2026-10-15T11:26:00", "dev-c", "perf: keep at most 200 rendered timetables in memory")
    return commit("2026-10-19T08:15:47", "dev-b", "fix: winter timetable")


def _declare(world: World) -> None:
    description = "Many failed logins on /api/auth/login from three addresses"
    world.board.declare("Suspicious login activity", description, "critical", ["auth"])
    world.did("declare")


def _first_update(world: World) -> None:
    actions = "Blocking the addresses, looking for logins that worked"
    world.channel.update(
        TITLE, "Investigating", "Accounts may be at risk", actions, eta="unknown", then="in 30 minutes"
    )


def _second_update(world: World) -> None:
    actions = "Three addresses blocked, session closed, password reset"
    world.channel.update(TITLE, "Monitoring", "One account was entered", actions, then="in 30 minutes")


def _block(world: World) -> None:
    world.blocked |= {HASTY, SLOW, LUCKY}
    db = connect(world.database)
    for ip in (HASTY, SLOW, LUCKY):
        note(db, world.clock.now, "address.blocked", None, ip)
    db.close()
    world.did("block", "mitigation")


def _close_account(world: World) -> None:
    now = world.clock.now
    db = connect(world.database)
    db.execute("UPDATE sessions SET revoked_at = ? WHERE ip = ?", (sql_time(now), LUCKY))
    db.execute("UPDATE users SET password_hash = 'reset-required' WHERE id = 1")
    note(db, now, "session.revoked", 1, LUCKY)
    note(db, now, "password.reset", 1, "forced by on-call")
    db.close()
    world.did("close account", "session revoked, password reset")


def _story(world: World) -> Story:
    attackers = (HASTY, SLOW, LUCKY)
    blocked = next(action["t"] for action in world.record.actions if action["do"] == "block")
    return Story(
        title="Password guessing with one success",
        root_cause="Passwords were guessed from three addresses; one guess was right (nora.quist@example.com)",
        trigger="none (external)",
        trigger_change=None,
        onset=world.time("18:41:12.300"),
        onset_is="the first guess is sent",
        mitigated=world.read(blocked),
        fault_removed=None,
        bad=lambda request: request.ip in attackers and request.status in (200, 401),
        bad_is="requests of the three addresses that were not blocked",
        severity="P0",
        severity_reason="security breach: a guessed password was accepted",
        complaints="not collected",
        tickets=[],
        attackers=attackers,
        tables_affected=["users (last_login_at, password_hash of one)", "sessions (a row from 198.51.100.17)", "audit"],
        unknown=["what was read with the session beyond the account page", "where the guessed passwords came from"],
        traps=[
            "error rate and response times stay normal throughout: a refused login is a 401, not a failure",
            "a grep for ERROR or FATAL shows nothing of the attack",
            "the SECURITY objects carry no time stamp",
            "a few users mistype their passwords: failed logins alone do not make an attacker",
            "incident-logs.txt holds the logins that worked and their surroundings, not the whole attack",
        ],
    )

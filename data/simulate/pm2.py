"""The process manager: starts the service, restarts it when told to or when it dies, and writes its own log."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .app import App
from .clock import Task, iso, seconds

if TYPE_CHECKING:
    from .world import World

NAME = "ferry-tickets"


class Pm2:
    def __init__(self, world: World) -> None:
        self.world = world
        self.lines: list[str] = []
        self.app: App | None = None
        self.leaks = False
        self.next_pid = 21_340

    def found_running(self, version: str, since: int) -> None:
        """Begin with a process that has been up for a while: its counters do not start at one."""
        self._say("App [ferry-tickets:0] starting in -fork mode-", since)
        self._say("App [ferry-tickets:0] online", since)
        self.app = App(self.world, self._pid(), version, self.leaks, since)
        uptime = (self.world.clock.now - since) // 1000
        asked = Counter(self.world.visitors.totals_after(uptime)) + Counter(self.world.monitor.totals_after(uptime))
        self.app.totals = dict(asked)
        self.app.listen()

    def restart(self, version: str, why: str) -> Task[None]:
        """Let the running process finish for a moment, end it, start the next."""
        old, record = self.app, self.world.record
        assert old is not None
        record.restarts.append({"t": iso(self.world.clock.now), "what": "restart_begin", "reason": why})
        self._say(f"Stopping app:{NAME} id:0")
        self.world.log.event("INFO", "app", "Received SIGINT, shutting down", {"pid": old.pid})
        old.accepting = False
        yield 1_100
        old.end()
        self._say(f"App [{NAME}:0] exited with code [0] via signal [SIGINT]")
        self._say(f"pid={old.pid} msg=process killed")
        yield from self._start(version)
        record.restarts.append({"t": iso(self.world.clock.now), "what": "restart_end", "reason": why})

    def crashed(self, app: App) -> None:
        self.app = None
        self.world.record.aborts.append(self.world.clock.now)
        self._say(f"App [{NAME}:0] exited with code [0] via signal [SIGABRT]")
        self.world.clock.start(self._revive(app.version))

    def _revive(self, version: str) -> Task[None]:
        yield 1_900
        yield from self._start(version)

    def _start(self, version: str) -> Task[None]:
        clock = self.world.clock
        app = App(self.world, self._pid(), version, self.leaks, clock.now)
        self.world.record.restarts.append({"t": iso(clock.now), "what": "app_start", "pid": app.pid})
        self._say(f"App [{NAME}:0] starting in -fork mode-")
        self._say(f"App [{NAME}:0] online")
        yield 3_200
        self.app = app
        app.boot()

    def _pid(self) -> int:
        self.next_pid += 533
        return self.next_pid

    def _say(self, text: str, at: int | None = None) -> None:
        self.lines.append(f"{seconds(self.world.clock.now if at is None else at)}: PM2 log: {text}")

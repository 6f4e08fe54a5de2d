"""One world: a clock, a shop, its visitors, its monitoring and its people, ready for something to go wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from . import database
from .clock import Clock, Task, iso, ms, stream
from .log import Log
from .metrics import Metrics
from .monitor import Monitor
from .people import Board, Channel, History
from .pm2 import Pm2
from .record import Record, Request
from .visitors import Visitors

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class World:
    def __init__(self, name: str, start: str, folder: Path, visitor_every: int) -> None:
        self.name = name
        self.start = ms(start)
        self.clock = Clock(self.start)
        self.record = Record()
        self.log = Log(self.clock)
        self.database = folder / f"{name}.db"
        self.blocked: set[str] = set()
        self.shipped: Metrics | None = None
        """Where samples go as they are taken. `None`: they stay in the process and die with it."""
        self.kept_transactions = 1
        """One in so many transactions is kept as samples."""
        self.evidence: dict[str, bytes] = {}
        """What people saved: path inside the incident folder, and bytes."""
        self.captured: tuple[int, int] | None = None
        """When the collection began and ended."""
        self._letters = self.numbers("letters")
        self.channel = Channel(self)
        self.board = Board(self)
        self.history = History(name)
        self.monitor = Monitor(self)
        self.visitors = Visitors(self, visitor_every)
        self.pm2 = Pm2(self)
        database.create(self.database, self.start, name)

    def open_shop(self, version: str, since: str) -> None:
        self.pm2.found_running(version, ms(since))
        self.clock.start(self.visitors.arrive())
        self.monitor.watch()

    def at(self, time: str, action: Callable[[], None]) -> None:
        """Plan something for `22:30:02` of the day on which this world starts."""
        self.clock.at(self.time(time), action)

    def begin(self, time: str, task: Callable[[], Task[None]]) -> None:
        self.at(time, lambda: self.clock.start(task()))

    def time(self, text: str) -> int:
        return ms(f"{iso(self.start)[:10]}T{text}")

    @staticmethod
    def read(stamp: str) -> int:
        return ms(stamp.removesuffix("Z"))

    def did(self, what: str, note: str | None = None) -> None:
        """Remember what somebody did, for the truth."""
        self.record.actions.append({"t": iso(self.clock.now), "do": what, "note": note})

    def changed(self, kind: str, sha: str, message: str) -> None:
        self.record.changes.append({"t": iso(self.clock.now), "kind": kind, "sha": sha, "msg": message})

    def send(self, request: Request) -> Task[None]:
        """Send a request to whatever listens now; nothing may."""
        self.record.requests.append(request)
        app = self.pm2.app
        if app is None or not app.accepting:
            yield 2
            request.ended = self.clock.now
        else:
            yield from app.serve(request)

    def numbers(self, concern: str) -> Random:
        return stream(f"{self.name}: {concern}")

    def letters(self, count: int) -> str:
        return "".join(self._letters.choices(LETTERS, k=count))

    def disk_usage(self) -> float:
        """Percent of the one disk: a little more with every line logged."""
        return round(43.4 + len(self.log.lines) / 80_000, 3)

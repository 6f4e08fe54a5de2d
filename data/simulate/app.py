"""One life of the service's process, from its start to its end, by signal or by its own fault."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .clock import Task
from .database import connect
from .heap import Heap, HeapFull
from .last_words import last_words
from .metrics import Metrics, series, transaction
from .pool import SIZE, Pool, PoolExhausted
from .record import Request
from .routes import HANDLERS, KEPT_PAGES
from .sampler import Sampler

if TYPE_CHECKING:
    from .world import World

RETRY_BUDGET = 5_000
RETRY_EVERY = 250
SLOW_QUERY = 1_000


class ProcessGone(Exception):
    """The process ended while one of its tasks still had work to do."""


class QueryFailed(Exception):
    """A query that the service gave up; the text is what the request log shows."""


class App:
    def __init__(self, world: World, pid: int, version: str, leaks: bool, born: int) -> None:
        self.world, self.clock, self.log = world, world.clock, world.log
        self.pid, self.version, self.leaks, self.born = pid, version, leaks, born
        self.rng = world.numbers(f"app {pid}")
        self.alive = True
        self.accepting = False
        self.paused_until = 0
        """The end of the collection that stops the world."""
        self.pool = Pool(world.database)
        self.health_connection = connect(world.database)
        """Outside the pool, and only ever asked `SELECT 1`: which is why it stays healthy during a lock."""
        self.heap = Heap(world.numbers(f"heap {pid}"))
        self.metrics = world.shipped or Metrics(world.clock)
        self.totals: dict[str, int] = {}
        self.served = 0
        self.in_flight: list[Request] = []
        self.recent: deque[tuple[int, bool]] = deque()

    def boot(self) -> None:
        """Say what a start says, and begin to listen."""
        self.log.event("INFO", "logger", "Structured Logger initialized")
        for check in ("memory", "database", "api_endpoints", "external_services", "performance", "local_storage"):
            self.log.console(f"Health check registered: {check}")
        self.log.console("Health Monitor initialized\nSecurity monitoring system initialized")
        about = {"version": self.version, "pid": self.pid, "poolSize": SIZE, "nodeEnv": "production"}
        self.log.event("INFO", "app", "Application started", about)
        self.listen()

    def listen(self) -> None:
        self.accepting = True
        Sampler(self)

    def end(self) -> None:
        """Stop existing; whoever still waited for an answer is cut off."""
        self.alive = self.accepting = False
        for request in self.in_flight:
            request.ended = self.clock.now
        self.pool.close()
        self.health_connection.close()

    def busy(self, duration: int) -> Task[None]:
        """Let time pass inside the process, longer if the collector stops the world meanwhile."""
        yield duration
        while self.alive and self.clock.now < self.paused_until:
            yield self.paused_until - self.clock.now
        if not self.alive:
            raise ProcessGone

    def until_gone(self, task: Task[None]) -> Task[None]:
        """Let a task run for as long as the process lives."""
        try:
            yield from task
        except ProcessGone:
            return

    def serve(self, request: Request) -> Task[None]:
        self.in_flight.append(request)
        try:
            yield from self.busy(0)
            request.started = self.clock.now
            request.id = f"req_{self.clock.now}_{self.world.letters(9)}"
            if request.agent.startswith("sqlmap"):
                suspicion = f"Suspicious request detected: Suspicious user agent: {request.agent}"
                self.log.request(request, suspicion, "WARN")
            self.log.request(request, "Request started")
            self._allocate(request)
            status = yield from HANDLERS[request.method, request.route](self, request)
        except ProcessGone:
            return
        except QueryFailed as problem:
            self._answer(request, 500, str(problem))
        else:
            self._answer(request, status)

    def query(
        self, request: Request, operation: str, table: str, work: Callable[[sqlite3.Connection], Any]
    ) -> Task[Any]:
        """Run `work` on a connection of the pool, trying again while the database is locked, for five seconds."""
        began = self.clock.now
        about: dict[str, Any] = {"operation": operation, "table": table}
        try:
            connection = yield from self.pool.take()
        except PoolExhausted as problem:
            yield from self.busy(0)
            raise self._failed(request, about, began, str(problem), problem.state) from None
        first = self.clock.now
        while True:
            yield from self.busy(self.rng.randint(2, 9))
            try:
                result = work(connection)
                break
            except sqlite3.OperationalError as problem:
                if self.clock.now - first >= RETRY_BUDGET:
                    self.clock.start(self.until_gone(self._validate(connection)))
                    text = f"{problem.sqlite_errorname}: {problem}"
                    raise self._failed(request, about, began, text, self.pool.state()) from None
            yield from self.busy(RETRY_EVERY)
        self.pool.give(connection)
        took = self.clock.now - began
        self._histogram("span.duration", took, {"operation": f"db.{operation}", "status": "success"})
        if took > SLOW_QUERY:
            self.log.event("WARN", "database", "Slow query", {**about, "durationMs": took, "requestId": request.id})
        return result

    def _failed(
        self, request: Request, about: dict[str, Any], began: int, text: str, state: dict[str, int]
    ) -> QueryFailed:
        """Log a query that was given up, once for the eye and once for machines."""
        took = self.clock.now - began
        category = "timeout" if text.startswith("SQLITE_BUSY") else "connection"
        error_id = f"db_error_{self.clock.now}_{self.world.letters(7)}"
        self.log.database_error(error_id, category, text, about["operation"], about["table"])
        about |= {"category": category, "errorId": error_id}
        about |= {"durationMs": took, "requestId": request.id, "pool": state}
        self.log.event("ERROR", "database", f"Query failed: {text}", about, ("database", category))
        self._histogram("span.duration", took, {"operation": f"db.{about['operation']}", "status": "error"})
        return QueryFailed(text)

    def _validate(self, connection: sqlite3.Connection) -> Task[None]:
        """Try a connection that failed before the pool lends it again; it is out of the pool for as long."""
        began = self.clock.now
        while self.clock.now - began < RETRY_BUDGET:
            yield from self.busy(RETRY_EVERY)
            try:
                connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
                break
            except sqlite3.OperationalError:
                continue
        self.pool.give(connection)

    def _allocate(self, request: Request) -> None:
        kept = self.rng.randint(420, 660) * 1024 if self.leaks and request.route in KEPT_PAGES else 0
        try:
            pause = self.heap.allocate(kept)
        except HeapFull:
            self._abort()
            raise ProcessGone from None
        if pause:
            self.paused_until = self.clock.now + pause

    def _abort(self) -> None:
        self.log.console(last_words(self.pid, self.clock.now - self.born, self.heap.used))
        self.end()
        self.world.pm2.crashed(self)

    def _answer(self, request: Request, status: int, error: str = "") -> None:
        self.in_flight.remove(request)
        request.status, request.ended, request.error = status, self.clock.now, error
        level = "ERROR" if status >= 500 else "WARN" if status >= 400 else "INFO"
        self.log.request(request, "Request failed" if error else "Request completed", level)
        self.recent.append((self.clock.now, status >= 500))
        self.served += 1
        outcome = "error" if status >= 500 else "success"
        tags = transaction(request.method, request.route, outcome)
        self._histogram("transaction.duration", request.took, tags)
        self._count("transaction.count", tags)
        if status >= 500:
            self._count("error.count", {"type": "server", "source": request.route})

    def _histogram(self, name: str, took: int, tags: dict[str, str]) -> None:
        if self.served % self.world.kept_transactions == 0:
            self.metrics.add(name, took, "histogram", tags, version=self.version, unit="ms")

    def _count(self, name: str, tags: dict[str, str]) -> None:
        """Counters are totals since the process started, whether or not this one is kept."""
        key = series(name, tags)
        self.totals[key] = self.totals.get(key, 0) + 1
        if self.served % self.world.kept_transactions == 0:
            self.metrics.add(name, self.totals[key], "counter", tags, version=self.version)

"""What a process notes about itself on a timer: memory, pool, disk, its own error rate, and some muttering."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .clock import Task
from .heap import LIMIT
from .pool import SIZE

if TYPE_CHECKING:
    from .app import App


class Sampler:
    def __init__(self, app: App) -> None:
        self.app = app
        for interval, action in ((5, self._memory), (10, self._pool), (15, self._errors), (97, self._mutter)):
            app.clock.start(app.until_gone(self._every(interval * 1_000, action)))

    def _every(self, interval: int, action: Callable[[], None]) -> Task[None]:
        while True:
            yield from self.app.busy(interval)
            action()

    def _note(self, name: str, value: float, unit: str = "", tags: dict[str, str] | None = None) -> None:
        self.app.metrics.add(name, value, "gauge", tags or {}, version=self.app.version, unit=unit)
        self.app.world.record.samples.append((self.app.clock.now, name, value))

    def _memory(self) -> None:
        heap = self.app.heap
        for name, value in (("used", heap.used), ("total", heap.total), ("limit", LIMIT)):
            self._note(f"memory.{name}", value, "bytes")
        self._note("memory.usage", heap.usage, "percent")
        self.app.world.monitor.saw_memory(heap.usage)

    def _pool(self) -> None:
        state = self.app.pool.state()
        self._note("db.pool.active", state["active"])
        self._note("db.pool.waiting", state["waiting"])
        self._note("db.pool.size", SIZE)
        self._note("db.pool.usage", 100 * state["active"] / SIZE, "percent")
        self._note("disk.usage", self.app.world.disk_usage(), "percent", {"mount": "/"})

    def _errors(self) -> None:
        recent = self.app.recent
        while recent and recent[0][0] < self.app.clock.now - 60_000:
            recent.popleft()
        failed = sum(failed for _, failed in recent)
        self._note("api.error_rate", round(failed / len(recent), 4) if recent else 0, "", {"window": "60s"})

    def _mutter(self) -> None:
        """Write now and then what every log holds and nobody acts on."""
        chance = self.app.rng.random()
        if chance < 0.2:
            about = {"booking": f"FT-{self.app.rng.randint(1001, 1420)}", "code": "ETIMEDOUT", "attempt": 1}
            self.app.log.event("ERROR", "mailer", "Ticket mail not sent, trying again in 60 s", about, ("mail",))
        elif chance < 0.4:
            self.app.log.console(
                "Failed to flush logs: TypeError: fetch failed\n"
                "    at node:internal/deps/undici/undici:13185:13\n"
                "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n"
                "    at async LogShipper.flush (/srv/ferry-tickets/dist/server.mjs:412:9)"
            )

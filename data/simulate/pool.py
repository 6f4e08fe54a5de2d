"""The connection pool: eight real connections, and a queue that loses patience after five seconds."""

from __future__ import annotations

import sqlite3
from collections import deque
from pathlib import Path

from .clock import Signal, Task
from .database import connect

SIZE = 8
PATIENCE = 5_000


class PoolExhausted(Exception):
    """No connection became free in time."""

    def __init__(self, state: dict[str, int]) -> None:
        super().__init__(
            f"Connection pool exhausted: timed out after {PATIENCE}ms waiting for a connection "
            f"(active={state['active']}/{SIZE}, waiting={state['waiting']})"
        )
        self.state = state


class Pool:
    def __init__(self, path: Path) -> None:
        self.connections = [connect(path) for _ in range(SIZE)]
        self.idle = list(self.connections)
        self.waiting: deque[Signal] = deque()

    def take(self) -> Task[sqlite3.Connection]:
        """Get a connection, waiting in line for it."""
        if self.idle:
            return self.idle.pop()
        signal = Signal(PATIENCE)
        self.waiting.append(signal)
        given: sqlite3.Connection | None = yield signal
        if given is not None:
            return given
        exhausted = PoolExhausted(self.state())
        self.waiting.remove(signal)
        raise exhausted

    def give(self, connection: sqlite3.Connection) -> None:
        """Hand a connection back, which is to say on to the first in line."""
        if self.waiting:
            self.waiting.popleft().give(connection)
        else:
            self.idle.append(connection)

    def state(self) -> dict[str, int]:
        idle = len(self.idle)
        return {"active": SIZE - idle, "idle": idle, "waiting": len(self.waiting), "total": SIZE}

    def close(self) -> None:
        for connection in self.connections:
            connection.close()

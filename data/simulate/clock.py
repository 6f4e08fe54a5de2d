"""The virtual clock: one event after another, in order of time, and no time passes while one happens."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from random import Random
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Task: TypeAlias = Generator["int | Signal", Any, T]
"""Work that takes time. It yields milliseconds, or a signal, and gets back what the signal brought, if it came."""


class Signal:
    """Something that a task waits for, with limited patience."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.give: Callable[[Any], None] = lambda value: None
        """End the wait, with what was waited for. The clock fills this in when the wait begins."""


class Clock:
    """The time, in whole milliseconds since 1970, and everything that is still to happen."""

    def __init__(self, start: int) -> None:
        self.now = start
        self._order = itertools.count()
        self._events: list[tuple[int, int, Callable[[], None]]] = []

    def at(self, time: int, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (max(time, self.now), next(self._order), action))

    def start(self, task: Task[Any]) -> None:
        """Run a task until it first waits; from then on the clock drives it."""
        self._advance(task, None)

    def run(self, until: int) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, action = heapq.heappop(self._events)
            action()
        self.now = until

    def _advance(self, task: Task[Any], given: Any) -> None:
        try:
            wanted = task.send(given)
        except StopIteration:
            return
        if isinstance(wanted, Signal):
            self._await(task, wanted)
        else:
            self.at(self.now + wanted, lambda: self._advance(task, None))

    def _await(self, task: Task[Any], signal: Signal) -> None:
        settled = False

        def give(value: Any) -> None:
            nonlocal settled
            settled = True
            self.at(self.now, lambda: self._advance(task, value))

        def lose_patience() -> None:
            if not settled:
                self._advance(task, None)

        signal.give = give
        self.at(self.now + signal.patience, lose_patience)


def stream(seed: str) -> Random:
    """Give one concern its own numbers, so that a change to one does not shift all the others."""
    return Random(seed)  # noqa: S311 - the same numbers every time are what we want


def ms(text: str) -> int:
    """Read `2026-10-06T22:15:00` as UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def iso(time: int) -> str:
    return f"{seconds(time)}.{time % 1000:03d}Z"


def seconds(time: int) -> str:
    """`2026-10-06T22:15:00`, cut to the second, without a zone."""
    return datetime.fromtimestamp(time // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def sql_time(time: int) -> str:
    return seconds(time).replace("T", " ")

"""The samples that the service keeps about itself, and the three shapes in which people export them."""

from __future__ import annotations

from typing import Any

from .clock import Clock
from .log import compact

RING = 1000
"""Of each series only so many points are kept."""


def series(name: str, tags: dict[str, str]) -> str:
    """The key under which the service keeps a series."""
    return f"{name}_{compact(tags)}"


def transaction(method: str, route: str, outcome: str = "success") -> dict[str, str]:
    return {"name": f"{method} {route}", "type": "web", "status": outcome}


class Metrics:
    """Kept in the memory of one process, unless something ships them elsewhere."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: dict[str, list[dict[str, Any]]] = {}

    def add(self, name: str, value: float, kind: str, tags: dict[str, str], *, version: str, unit: str = "") -> None:
        sample: dict[str, Any] = {"name": name, "value": value, "type": kind}
        sample["tags"] = {**tags, "environment": "production", "version": version}
        sample["timestamp"] = self.clock.now
        if unit:
            sample["unit"] = unit
        self.kept.setdefault(series(name, tags), []).append(sample)

    def flushed(self) -> str:
        """Nested by series key, as the service itself answers."""
        return compact({"metrics": [{"key": key, "metrics": kept[-RING:]} for key, kept in self.kept.items()]})

    def flat(self) -> str:
        """One list, by time."""
        return compact(self._by_time())

    def lines(self) -> str:
        """One object a line, by time."""
        return "".join(f"{compact(sample)}\n" for sample in self._by_time())

    def _by_time(self) -> list[dict[str, Any]]:
        kept = [sample for samples in self.kept.values() for sample in samples[-RING:]]
        return sorted(kept, key=lambda sample: sample["timestamp"])

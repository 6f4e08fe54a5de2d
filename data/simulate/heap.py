"""The memory of the process, as a model: what is always there, what is kept, and what the collector will take."""

from __future__ import annotations

from random import Random

MIB = 1024 * 1024
LIMIT = 192 * MIB
BASE = 54 * MIB
STRAINED = 0.86
"""From this fraction of the limit on, collections stop the world for long."""
FULL = 0.965
"""Kept memory beyond this fraction ends the process."""


class HeapFull(Exception):
    """Nothing more can be allocated."""


class Heap:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.kept = 0
        self.garbage = rng.randint(1, 5) * MIB

    @property
    def used(self) -> int:
        return BASE + self.kept + self.garbage

    @property
    def total(self) -> int:
        """What the process has taken from the system for its heap."""
        return min(LIMIT, int(self.used * 1.15))

    @property
    def usage(self) -> float:
        """Percent of the limit."""
        return round(100 * self.used / LIMIT, 2)

    def allocate(self, kept: int) -> int:
        """Serve one request; returns how long the collector stopped the world, in milliseconds."""
        self.kept += kept
        self.garbage += self.rng.randint(150, 450) * 1024
        if BASE + self.kept > FULL * LIMIT:
            raise HeapFull
        room = LIMIT - BASE - self.kept
        if self.garbage > min(24 * MIB, room * 0.06):
            self.garbage = self.rng.randint(200, 900) * 1024
        strain = (self.used / LIMIT - STRAINED) / (FULL - STRAINED)
        if kept and strain > 0 and self.rng.random() < 0.6:
            return round((700 + 3600 * strain) * self.rng.uniform(0.8, 1.2))
        return 0

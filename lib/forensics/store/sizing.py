"""How much of this machine a run may use, by psutil and by the container's own limit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

MEMORY_SHARE = 0.25
"""Of what is free: a case is one process among JupyterLab, a browser and the machine's own work."""

LEAST_MEMORY = 256 * 1024 * 1024
FRUGAL = 112 * 1024 * 1024
"""While evidence is read: rows go to the file as they come, and only sorting wants more."""

MOST_MEMORY = 8 * 1024 * 1024 * 1024

SHARED_FROM = 16 * 1024 * 1024
"""Bytes of a store whose questions threads may share: DuckDB hands out row groups of 122,880 rows, so that smaller tables are one
thread's work, and the others only cost what it takes to ask them."""


@dataclass(frozen=True, slots=True)
class Size:
    """What DuckDB is given."""

    memory: int
    """Bytes."""
    threads: int


def _container_limit() -> int | None:
    """Bytes this container may still take, or None outside of one (and on systems without cgroups)."""
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            return max(0, int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):
            continue
    return None


def fitting(stored: int = 0) -> Size:
    """Return what is fitting on this machine now for a store of so many bytes; FORENSICS_THREADS states the threads instead."""
    free = psutil.virtual_memory().available
    limit = _container_limit()
    if limit is not None:
        free = min(free, limit)
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        cores = psutil.cpu_count() or 1
    stated = os.environ.get("FORENSICS_THREADS", "")
    threads = max(1, min(cores, 8)) if stored >= SHARED_FROM else 1
    if stated.isdigit() and int(stated) > 0:
        threads = int(stated)
    return Size(memory=int(min(MOST_MEMORY, max(LEAST_MEMORY, free * MEMORY_SHARE))), threads=threads)

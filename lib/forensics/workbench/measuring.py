"""What a notebook costs: CPU seconds and peak anonymous memory of its kernel, by psutil."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY_S = 0.05


@dataclass(slots=True)
class Cost:
    """Of one notebook, its kernel and everything the kernel started."""

    seconds: float = 0.0
    cpu_s: float = 0.0
    peak_anonymous_bytes: int = 0
    """Memory of its own; mapped pages of the evidence are not counted (where the system tells them apart)."""


def _anonymous(process: psutil.Process) -> int:
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return int(process.memory_info().rss)  # macOS


def _descendants(process: int) -> list[int]:
    """Return the children of a process, theirs, and so on: as Linux lists them or, elsewhere, by asking for all processes."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").is_file():
        return [child.pid for child in psutil.Process(process).children(recursive=True)]
    found: list[int] = []
    to_ask = [process]
    while to_ask:
        tasks = f"/proc/{to_ask.pop()}/task"
        with contextlib.suppress(OSError):  # it ended meanwhile
            for task in os.listdir(tasks):
                children = [int(one) for one in Path(f"{tasks}/{task}/children").read_text(encoding="ascii").split()]
                found += children
                to_ask += children
    return found


@contextlib.contextmanager
def measured() -> Iterator[Cost]:
    """Measure every child process that runs inside the block."""
    cost = Cost()
    own = os.getpid()
    before = set(_descendants(own))
    used: dict[int, float] = {}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY_S):
            held = 0
            for one in _descendants(own):
                if one in before:
                    continue
                with contextlib.suppress(psutil.Error):
                    child = psutil.Process(one)
                    held += _anonymous(child)
                    times = child.cpu_times()
                    used[one] = times.user + times.system
            cost.peak_anonymous_bytes = max(cost.peak_anonymous_bytes, held)

    watcher = threading.Thread(target=watch, daemon=True)
    began = time.monotonic()
    watcher.start()
    try:
        yield cost
    finally:
        stop.set()
        watcher.join()
        cost.seconds = round(time.monotonic() - began, 3)
        cost.cpu_s = round(sum(used.values()), 3)

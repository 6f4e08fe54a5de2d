"""What a notebook costs: CPU seconds and peak anonymous memory of its kernel, by psutil."""

from __future__ import annotations

import contextlib
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


@contextlib.contextmanager
def measured() -> Iterator[Cost]:
    """Measure every child process that runs inside the block."""
    cost = Cost()
    own = psutil.Process()
    before = {child.pid for child in own.children(recursive=True)}
    used: dict[int, float] = {}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY_S):
            held = 0
            for child in own.children(recursive=True):
                if child.pid in before:
                    continue
                with contextlib.suppress(psutil.Error):
                    held += _anonymous(child)
                    times = child.cpu_times()
                    used[child.pid] = times.user + times.system
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

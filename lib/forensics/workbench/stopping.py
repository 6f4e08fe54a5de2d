"""Being stopped by whoever started us: as by Ctrl-C, so that nothing is left half done."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Take the signal to end as Ctrl-C, so that whoever is stopped stops what it started."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

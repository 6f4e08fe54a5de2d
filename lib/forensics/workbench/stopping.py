"""Being stopped by whoever started us: as by Ctrl-C, so that nothing is left half done."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Take the signal to end as Ctrl-C, so that whoever is stopped stops what it started.

    Ctrl-C itself is heard, too, where a shell that started us in the background had it ignored.
    """

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = {which: signal.signal(which, stop) for which in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)

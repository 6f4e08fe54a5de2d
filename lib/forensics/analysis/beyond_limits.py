"""What numbers tell that cross no limit of the runbook: work that collapses without an error, a process that stood still or was
stopped, memory that ran out, what it was filled with, a resource of which there is no more while a queue for it grows, a queue that
grows beside no limit, and requests that are refused. What is declared of them is in beyond_limits.toml."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from forensics.analysis import counted, falls, filled, queues, refusals, saturation, standstills
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble
from forensics.model import Parameters
from forensics.store import Store


def find(
    store: Store, parameters: Parameters, span: Span, stopped: Sequence[tuple[datetime, datetime]]
) -> tuple[Trouble, ...]:
    """Return what crossed no limit, in order of time. What happened while the process was `stopped` is explained by that."""
    series = store.rows("series_names", start=span.start, end=span.end)
    full = list(saturation.saturations(store, span, series))
    found = [
        *falls.of_requests(store, parameters, span),
        *falls.of_throughputs(store, parameters, span, series),
        *refusals.refusals(store, span, parameters.bucket),
        *standstills.standstills(store, span, series, stopped),
        *full,
        *queues.grown(store, span, series, full),
        *counted.pauses_told(store, span, series),
        *counted.exhaustions(store, span, series),
        *filled.memory(store, span, series),
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.what, one.statement)))

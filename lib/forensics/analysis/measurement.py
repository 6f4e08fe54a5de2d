"""Measuring every signal that the evidence holds."""

from __future__ import annotations

from dataclasses import replace

from forensics.analysis import named_signals, request_signals, routes
from forensics.analysis.signals import Signal, Span, judged, keep
from forensics.model import Parameters
from forensics.store import Store
from forensics.times import OWN_CLOCKS


def measure(store: Store, parameters: Parameters) -> list[Signal]:
    """Fill the store's points and return what was measured; the first signal of each kind is our own definition."""
    whole = named_signals.declared()["totals"]
    asked = {"totals": whole["requests"], "rates": whole["rates"], "lengths": whole["lengths"]}
    store.run("points_schema", first_year=OWN_CLOCKS, **asked)
    if not store.one("samples_apart"):
        store.run("samples_as_stated")
    span = judged(parameters)
    told = named_signals.declared()["vantage"]
    store.run(
        "request_views", start=span.start, end=span.end, front=told["front"], edge=told["edge"], client=told["client"]
    )
    routes.fill(store, span)
    found: list[Signal] = []
    nearest = (request_signals.find, named_signals.find)
    ways = nearest if _requests(store, span) else (*nearest, request_signals.by_probes)
    for way in ways:
        told = {signal.signal for signal in found}
        found += [replace(one, judged=one.judged and one.signal not in told) for one in way(store, parameters, span)]
    keep(store, found)
    return found


def _requests(store: Store, span: Span) -> bool:
    return bool(store.rows("request_vantages", start=span.start, end=span.end))

"""Runs over a limit, beside a second way of finding them that shares nothing with the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

import pytest
from forensics.analysis import breaches
from forensics.analysis.signals import Signal
from forensics.model import Breach
from forensics.store import Store
from forensics.times import OWN_CLOCKS, Span
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = datetime(2031, 4, 2, 12)
GAP = BUCKET = 30_000
"""Milliseconds."""


class Point(NamedTuple):
    """A reading, in milliseconds after noon: whole numbers, so that the second way has no rounding of its own."""

    at: int
    value: float
    weight: float = 1.0


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store whose points are replaced for every example."""
    with Store() as opened:
        opened.run("points_schema", first_year=OWN_CLOCKS, totals=[], rates=[], lengths=[])
        yield opened


def clock(milliseconds: int) -> datetime:
    """Return a time so many milliseconds after noon."""
    return NOON + timedelta(milliseconds=milliseconds)


def signal(kind: str) -> Signal:
    """Return the signal whose points the examples are."""
    return Signal(
        "s", "error_rate", "Error rate", "%", "it", "log", "server", kind, GAP / 1000 if kind == "sample" else 0.0
    )


def lay(store: Store, kind: str, points: list[Point]) -> None:
    """Put the points into the store, in no order that anybody promised."""
    store.connection.execute("delete from points")
    rows = [
        ["s", clock(p.at), clock(p.at + BUCKET) if kind == "bucket" else None, p.value, p.weight]
        for p in sorted(points, key=lambda p: p.value)
    ]
    store.add("points", ["id", "time", "until", "value", "weight"], rows)


def found(store: Store, kind: str, points: list[Point], limit: float, evidence_end: int) -> list[tuple[object, ...]]:
    """Ask the library for the runs, and write down all that it says of each."""
    lay(store, kind, points)
    return [told(run) for run in breaches.over(store, signal(kind), limit, clock(evidence_end))]


def told(run: Breach) -> tuple[object, ...]:
    """Return everything that a run says, in milliseconds after noon."""
    start, end = ((time - NOON) // timedelta(milliseconds=1) for time in (run.start, run.end))
    return start, end, run.peak, run.ended_by, run.open, run.open_start, run.points, round(run.rate or 0.0, 9)


def expected(kind: str, points: list[Point], limit: float, evidence_end: int) -> list[tuple[object, ...]]:
    """Find the runs again: cut the readings into stretches without a hole, then each stretch into over and not over."""
    reach = BUCKET if kind == "bucket" else GAP
    points = sorted(points)
    stretches: list[list[Point]] = []
    for point in points:
        if stretches and point.at - stretches[-1][-1].at <= reach:
            stretches[-1].append(point)
        else:
            stretches.append([point])
    runs: list[tuple[object, ...]] = []
    for stretch in stretches:
        pieces = [(over, list(piece)) for over, piece in groupby(stretch, key=lambda point: point.value > limit)]
        for place, (over, piece) in enumerate(pieces):
            if not over:
                continue
            last = piece[-1].at
            if place + 1 < len(pieces):
                ended = "back"
                end = last + BUCKET if kind == "bucket" else pieces[place + 1][1][0].at
            else:
                final = stretch is stretches[-1] and last + reach >= evidence_end
                ended = "evidence_end" if final else "gap"
                end = last + BUCKET if kind == "bucket" else last
            peak = max(point.value for point in piece)
            weight = sum(point.weight for point in piece)
            rate = round(sum(point.value * point.weight for point in piece) / weight, 9)
            first = piece[0] == points[0]
            runs.append((piece[0].at, end, peak, ended, ended == "evidence_end", first, len(piece), rate))
    return runs


VALUES = st.sampled_from([0.0, 4.9, 5.0, 5.1, 9.0, 250.0])
STEPS = st.sampled_from([1, 1_000, 5_000, 10_000, 29_999, 30_000, 30_001, 31_000, 120_000, 600_000])


@st.composite
def samples(draw: st.DrawFn) -> list[Point]:
    """Readings at irregular times, with holes."""
    times = accumulate(draw(st.lists(STEPS, max_size=25)))
    return [Point(at, draw(VALUES)) for at in times]


@st.composite
def buckets(draw: st.DrawFn) -> list[Point]:
    """Buckets of thirty seconds, of which any may be missing."""
    places = draw(st.sets(st.integers(0, 20), max_size=18))
    return [Point(place * BUCKET, draw(VALUES), draw(st.integers(1, 9))) for place in sorted(places)]


@settings(max_examples=60, deadline=None)
@given(points=samples(), beyond=st.sampled_from([0, 1_000, 30_000, 30_001, 300_000]))
def test_samples_give_the_runs_that_reading_them_gives(store: Store, points: list[Point], beyond: int) -> None:
    """Whatever the samples and their holes, every run, its ends and its peak are those that a reader would mark."""
    end = (points[-1].at if points else 0) + beyond

    assert found(store, "sample", points, 5.0, end) == expected("sample", points, 5.0, end)


@settings(max_examples=60, deadline=None)
@given(points=buckets(), beyond=st.sampled_from([-29_000, 0, 1, 300_000]))
def test_buckets_give_the_runs_that_reading_them_gives(store: Store, points: list[Point], beyond: int) -> None:
    """Whatever the buckets, a missing one breaks a run, and the rate over a run is that of all its requests."""
    end = (points[-1].at + BUCKET if points else 0) + beyond

    assert found(store, "bucket", points, 5.0, end) == expected("bucket", points, 5.0, end)


@settings(max_examples=50, deadline=None)
@given(points=samples(), longer=st.sampled_from([0, 30_000, 120_000]), edges=st.tuples(STEPS, STEPS))
def test_holes_are_where_nothing_was_read(
    store: Store, points: list[Point], longer: int, edges: tuple[int, int]
) -> None:
    """The holes of a window are the stretches between neighbouring samples, or a sample and an edge, that are too long."""
    start, end = edges[0], edges[0] + edges[1] + 300_000
    lay(store, "sample", points)

    spans = breaches.holes(store, signal("sample"), Span(clock(start), clock(end)), longer / 1000)

    stops = [start, *(point.at for point in sorted(points) if start <= point.at <= end), end]
    assert [(span.earliest, span.latest) for span in spans] == [
        (clock(a), clock(b)) for a, b in pairwise(stops) if b - a > max(longer, GAP)
    ]


def lasting(store: Store, *values: float | None) -> list[tuple[float, float]]:
    """Return the lasting runs, in half minutes, of samples every thirty seconds; None is a sample that is not there."""
    lay(store, "sample", [Point(place * 30_000, value) for place, value in enumerate(values) if value is not None])
    runs = breaches.over(store, signal("sample"), 5.0, clock(30_000 * (len(values) - 1)))
    kept = breaches.lasting(runs, timedelta(minutes=2))
    half = timedelta(seconds=30)
    return [((run.start - NOON) / half, (run.end - NOON) / half) for run in kept]


@pytest.mark.parametrize(
    ("values", "breached"),
    [
        pytest.param([], [], id="nothing measured"),
        pytest.param([1, 1, 1, 1, 1, 1], [], id="never over"),
        pytest.param([1, 5, 5, 5, 5, 5, 5, 1], [], id="exactly at the limit"),
        pytest.param([1, 9, 9, 9, 9, 1], [], id="over for exactly the allowed two minutes"),
        pytest.param([1, 9, 9, 9, 9, 9, 1], [(1, 6)], id="over for longer"),
        pytest.param([1, 9, 9, 9, 9, 9, 9], [(1, 6)], id="still over when the evidence ends"),
        pytest.param([9, 9, 9, 9, 9, 9, 1], [(0, 6)], id="over when the evidence begins"),
        pytest.param([1, 9, 9, 9, 1, 9, 9, 9, 1], [], id="back for a moment in the middle"),
        pytest.param([1, 9, 9, 9, None, 9, 9, 9, 1], [], id="a hole in the middle"),
        pytest.param([1, 9, 9, 9, 9, 9, 9, None, 1], [(1, 6)], id="a hole at the end: the last sample over is the end"),
        pytest.param([9, 9, 9, 9, 9, 9, 1, 9, 9, 9, 9, 9, 1], [(0, 6), (7, 12)], id="two of them"),
    ],
)
def test_a_breach_lasts_longer_than_allowed(
    store: Store, values: list[float | None], breached: list[tuple[float, float]]
) -> None:
    """A breach is strictly over its limit, for strictly longer than its rule allows, without a hole."""
    assert lasting(store, *values) == breached


def test_missing_is_not_zero(store: Store) -> None:
    """A sample that is not there breaks a run; one that reads zero ends it there."""
    missing = found(store, "sample", [Point(0, 9), Point(30_000, 9), Point(90_000, 9)], 5.0, 90_000)
    zero = found(store, "sample", [Point(0, 9), Point(30_000, 9), Point(60_000, 0), Point(90_000, 9)], 5.0, 90_000)

    assert [run[:4] for run in missing] == [(0, 30_000, 9, "gap"), (90_000, 90_000, 9, "evidence_end")]
    assert [run[:4] for run in zero] == [(0, 60_000, 9, "back"), (90_000, 90_000, 9, "evidence_end")]


def test_a_null_sample_never_becomes_a_point(store: Store) -> None:
    """A sample without a value is no point: it neither ends a run nor lasts it."""
    store.connection.execute("delete from points")
    readings = [(0, 9), (30_000, None), (60_000, 9), (70_000, 9)]
    rows = [["m.json", "x", "{}", clock(at), value, "percent"] for at, value in readings]
    store.add("single_samples", ["path", "name", "series", "time", "value", "unit"], rows)
    whole = {"start": clock(-1), "end": clock(1_000_000)}

    store.run("points_samples", id="s", path="m.json", name="x", series="{}", worth=1.0, top=100.0, **whole)

    runs = breaches.over(store, signal("sample"), 5.0, clock(70_000))
    assert [told(run)[:4] for run in runs] == [(0, 0, 9, "gap"), (60_000, 70_000, 9, "evidence_end")]


def test_the_rate_of_a_run_counts_every_request_once(store: Store) -> None:
    """A bucket of 99 requests weighs more than a bucket of one."""
    points = [Point(0, 100.0, 1), Point(30_000, 10.0, 99), Point(60_000, 0.0, 50)]

    (run,) = found(store, "bucket", points, 5.0, 90_000)

    assert run == (0, 60_000, 100.0, "back", False, True, 2, (100 * 1 + 10 * 99) / 100)

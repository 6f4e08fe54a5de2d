"""Points counted from raw requests, beside plain arithmetic over the same requests that shares nothing with the questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

import pytest
from forensics.store import Store
from forensics.times import OWN_CLOCKS
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = datetime(2031, 4, 2, 12)
WHOLE_DAY = {"start": NOON - timedelta(days=1), "end": NOON + timedelta(days=1)}
WINDOW = 60
"""Seconds that the rolling definition looks back."""


class Asked(NamedTuple):
    """A request, by milliseconds after noon."""

    at: int
    ms: int
    failed: bool
    external: bool


ASKED = st.lists(
    st.builds(Asked, st.integers(0, 300_000), st.integers(1, 20_000), st.booleans(), st.booleans()), max_size=60
)
WHOSE = st.booleans()


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store whose requests are replaced for every example."""
    with Store() as opened:
        opened.run("points_schema", first_year=OWN_CLOCKS, totals=[], rates=[], lengths=[])
        opened.add("request_views", ["path", "view", "judged"], [["app.log", "server", True]])
        yield opened


def counted(
    store: Store, question: str, requests: list[Asked], external: bool, **how: object
) -> list[tuple[int, float, int]]:
    """Return the points that a question gives: milliseconds after noon, value, and how many requests it rests on."""
    store.connection.execute("delete from requests")
    store.connection.execute("delete from points")
    names = ["path", "line", "time", "duration_ms", "failed", "external"]
    rows = [
        ["app.log", line, NOON + timedelta(milliseconds=one.at), one.ms, one.failed, one.external]
        for line, one in enumerate(requests, 1)
    ]
    if rows:
        store.add("requests", names, rows)
    store.run(question, id="s", view="server", external=external, **WHOLE_DAY, **how)
    found = store.connection.execute("select time, value, weight from points order by time").fetchall()
    return [((time - NOON) // timedelta(milliseconds=1), round(value, 6), int(weight)) for time, value, weight in found]


def of(requests: list[Asked], external: bool) -> list[Asked]:
    return [one for one in requests if one.external or not external]


def by_bucket(requests: list[Asked], width: int) -> dict[int, list[Asked]]:
    """Put requests into tumbling buckets, each standing at its start."""
    found: dict[int, list[Asked]] = {}
    for one in requests:
        found.setdefault(one.at // (1000 * width) * 1000 * width, []).append(one)
    return dict(sorted(found.items()))


@settings(deadline=None)
@given(requests=ASKED, external=WHOSE, width=st.sampled_from([10, 30, 60]))
def test_an_error_rate_is_failed_of_all(store: Store, requests: list[Asked], external: bool, width: int) -> None:
    """Each bucket that has a request: the failed among all of it, in percent; a bucket without one has no point."""
    wanted = [
        (start, round(100.0 * sum(one.failed for one in some) / len(some), 6), len(some))
        for start, some in by_bucket(of(requests, external), width).items()
    ]

    assert counted(store, "points_error_rate", requests, external, width=width) == wanted


@settings(deadline=None)
@given(requests=ASKED, external=WHOSE, statistic=st.sampled_from(["p95", "mean", "max"]))
def test_a_response_time_is_the_nearest_rank(
    store: Store, requests: list[Asked], external: bool, statistic: str
) -> None:
    """The p95 is the smallest time that at least 95 of 100 requests did not exceed, so an observed one."""

    def told(times: list[int]) -> float:
        ranked = sorted(times)
        whole = {"p95": ranked[ceil(95 * len(ranked) / 100) - 1], "max": ranked[-1], "mean": sum(ranked) / len(ranked)}
        return whole[statistic] / 1000

    wanted = [
        (start, round(told([one.ms for one in some]), 6), len(some))
        for start, some in by_bucket(of(requests, external), 30).items()
    ]

    assert counted(store, "points_response_time", requests, external, width=30, statistic=statistic) == wanted


@settings(deadline=None)
@given(requests=ASKED, external=WHOSE)
def test_a_rolling_rate_looks_back_over_what_was_seen(store: Store, requests: list[Asked], external: bool) -> None:
    """Each second of which the whole minute before lies between the first and the last request, and no other second."""
    some = of(requests, external)
    seconds = [one.at // 1000 for one in some]
    wanted = []
    for second in range(min(seconds, default=0) + WINDOW, max(seconds, default=-1) + 2) if some else ():
        within = [one for one in some if second - WINDOW <= one.at // 1000 < second]
        if within:
            wanted.append(
                (1000 * second, round(100.0 * sum(one.failed for one in within) / len(within), 6), len(within))
            )

    assert counted(store, "points_error_rate_rolling", requests, external, width=WINDOW) == wanted

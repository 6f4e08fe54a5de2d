"""What went wrong just before a limit was first broken, and just after it last was, in small worlds made by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import comb

import pytest
from conftest import Analysed
from forensics.analysis import chance, margins
from hypothesis import given
from hypothesis import strategies as st
from small_world import BUCKET, iso, log, request, short, traffic, within

World = Callable[[dict[str, str | bytes]], Analysed]

QUIET = [0] * 120
"""An hour of 2,400 requests of which none failed."""
BROKEN = [10] * 12
ONE_IN_TWENTY = 1
"""Exactly 5 %: not over the limit."""


def test_a_failure_just_before_a_breach_is_its_beginning(world: World) -> None:
    """One request of the twenty before the breach failed, of 2,400 before it none: by chance one time in 121."""
    found = world({"app.log": traffic(*QUIET, ONE_IN_TWENTY, *BROKEN, *[0] * 80)}).findings.json
    onset, first = found["moments"]["onset"], len(QUIET) * BUCKET

    assert onset["latest"] == short(first)
    assert onset["why"].endswith("before a limit was broken, 1 of 20 requests did (usually 0 of 2,400)")


def test_where_one_route_fails_only_its_requests_tell_since_when(world: World) -> None:
    """One login in five minutes failed for fifteen minutes before many were tried; of sixty before, none had. Among the six hundred
    pages that were served meanwhile, three failures may be chance (one in 125); three of three logins are none (one in 9,261)."""
    pages = [request(BUCKET * place / 20, path="/tides") for place in range(20 * 196)]
    fine = [request(30 + 60 * number, path="/login") for number in range(60)]
    quiet = [request(3660 + 300 * number, path="/login", failed=True) for number in range(3)]
    many = [request(4560 + 3 * number, path="/login", failed=True) for number in range(100)]
    after = [request(4950 + 60 * number, path="/login") for number in range(15)]
    lines = sorted([*pages, *fine, *quiet, *many, *after], key=lambda line: line[1:25])
    onset = world({"app.log": log(lines)}).findings.json["moments"]["onset"]

    assert (onset["earliest"], onset["latest"]) == (short(3570), short(3660))
    assert onset["why"] == (
        "between the last normal request to a route that had gone wrong and the completion of the first that failed; before a limit was "
        "broken, 3 of 3 requests of the kinds that went wrong did (usually 0 of 60)"
    )


def test_where_requests_always_fail_now_and_then_one_before_a_breach_is_none(world: World) -> None:
    """Where one of a hundred always failed, one of the twenty before the breach is no sign of anything."""
    usual = [1 if place % 5 == 2 else 0 for place in range(120)]
    found = world({"app.log": traffic(*usual, ONE_IN_TWENTY, *BROKEN, *[0] * 80)}).findings.json

    assert found["moments"]["onset"]["latest"] == short((len(usual) + 1) * BUCKET)


def test_failures_that_go_on_below_the_limit_are_not_recovery(world: World) -> None:
    """Five buckets in which one of twenty still failed follow the breach; recovered is after the last of these. The first of the
    five stands on the breach's very end."""
    after = [ONE_IN_TWENTY] * 5
    found = world({"app.log": traffic(*QUIET, *BROKEN, *after, *[0] * 80)}).findings.json
    recovered, last = found["moments"]["recovered"], (len(QUIET) + len(BROKEN) + 4) * BUCKET

    assert (recovered["earliest"], recovered["latest"]) == (short(last), iso(last + 1.5))
    assert "after a limit was last broken, 4 of 80 requests did" in recovered["why"]


def test_one_failure_long_after_is_usual_again(world: World) -> None:
    """A single failure twenty minutes after the breach is no more than what traffic may show at any time."""
    found = world({"app.log": traffic(*QUIET, *BROKEN, *[0] * 40, ONE_IN_TWENTY, *[0] * 40)}).findings.json

    assert found["moments"]["recovered"]["latest"] == short((len(QUIET) + len(BROKEN) - 0.5) * BUCKET)


def test_too_little_after_the_last_failure_tells_no_recovery(world: World) -> None:
    """Where one of twenty still fails and the evidence ends nineteen requests after the last of them, nobody knows whether it was
    over: so many would have succeeded by chance three times in eight."""
    log = traffic(*QUIET, *BROKEN, *[ONE_IN_TWENTY] * 5)
    recovered = world({"app.log": log}).findings.json["moments"]["recovered"]

    assert recovered["source"] == "unknown", recovered
    assert "too few follow to tell that it was over" in recovered["why"]


def by_hand(usual: int, of: int, bad: int, requests: int) -> float:
    """Return how probable at least so many of all bad requests are in the margin, summed term by term."""
    share, total = requests / (requests + of), usual + bad
    return sum(comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(bad, total + 1))


@given(st.integers(0, 30), st.integers(200, 5000), st.lists(st.integers(1, 200), min_size=1, max_size=12))
def test_the_least_probable_stretch_is_the_margin(usual: int, of: int, gaps: list[int]) -> None:
    """Of all stretches that end with a bad request, the one that is least probable at the usual rate, where that is improbable: the
    k-th of them as improbable as a share of 1 / (k (k + 1)) of the risk wants it, for these shares add up to one."""
    rows, since = [], 0
    for nth, gap in enumerate(gaps, 1):
        since += gap
        rows.append(("500", "app.log", nth, None, since, nth, of, usual, False))
    chances = [by_hand(usual, of, nth, row[4]) * nth * (nth + 1) for nth, row in enumerate(rows, 1)]
    found = margins.farthest(rows)

    if min(chances) < chance.RISK * 0.999:
        assert found is not None
        assert chances[found.bad - 1] == pytest.approx(min(chances), rel=1e-6)
    if min(chances) > chance.RISK * 1.001:
        assert found is None


def test_usual_traffic_shows_hardly_any_margin() -> None:
    """Of 200 stretches of 2,000 requests, a tenth of which fail before as within, no more than one in fifty looks like a margin; where
    each stretch is asked as if it were the only one, 13 do."""
    draw = random.Random(4711)  # noqa: S311  a fixed sequence, no secret
    shown = 0
    for _ in range(200):
        usual = sum(draw.random() < 0.1 for _ in range(2000))
        failed = [place for place in range(1, 2001) if draw.random() < 0.1]
        rows = [("500", "app.log", at, None, at, nth, 2000, usual, False) for nth, at in enumerate(failed, 1)]
        shown += margins.farthest(rows) is not None

    assert shown <= 200 * chance.RISK


def test_what_always_failed_now_and_then_begins_nothing(world: World) -> None:
    """A request of every two hundred always failed with 502, one of them half a minute before requests began to fail with 500: the first
    500 is the onset, alone among the five hundred."""

    def line(second: float, status: int) -> str:
        minute, rest = divmod(int(second), 60)
        stamp = f"02/Apr/2031:{12 + minute // 60}:{minute % 60:02}:{rest:02} +0000"
        return f'192.0.2.{int(second) % 200} - - [{stamp}] "GET /quay HTTP/1.1" {status} 12 "-" "curl/8.5" 0.050\n'

    wrong = dict.fromkeys(range(70, 3600, 200), 502) | {3560: 502, 3585: 500}
    wrong |= dict.fromkeys(range(3600, 4200, 2), 500)
    found = world({"access.log": "".join(line(second, wrong.get(second, 200)) for second in range(6000))}).findings.json
    onset = found["moments"]["onset"]

    assert onset["latest"] == within(3585)
    assert "before a limit was broken, 1 of 15 requests did (usually 0 of 3,585)" in onset["why"]


def test_requests_are_judged_where_most_of_them_were_seen(world: World) -> None:
    """The log of one service tells of a tenth of what the access log in front of all of them does: the access log is judged."""
    service = "".join(request(second, failed=False) + "\n" for second in range(0, 600, 10))
    front = "".join(
        f'192.0.2.{second % 200} - - [02/Apr/2031:12:{second // 60:02}:{second % 60:02} +0000] "GET /quay HTTP/1.1" '
        f'{500 if 120 <= second < 420 else 200} 12 "-" "curl/8.5" 0.050\n'
        for second in range(600)
    )
    found = world({"app.log": service, "access.log": front}).findings.json
    verdict = next(one for one in found["verdicts"] if one["rule"] == "declare.error_rate")

    assert verdict["verdict"] == "met"
    assert "access.log (access log)" in verdict["statistic"]
    assert found["impact"]["failed"] == 300

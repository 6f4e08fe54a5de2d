"""What crosses no limit and is no health: told where it is there, and not told where there is another reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import comb, exp, gamma, pi, sqrt
from random import Random
from typing import Any

import pytest
from forensics.analysis import falls as falling
from forensics.analysis import saturation, standstills, trouble
from forensics.analysis.chance import as_high
from forensics.analysis.falls import Pace, bucket, falls
from forensics.analysis.named_signals import spoken
from small_world import at, epoch_ms, every, iso, log, request, short, traffic

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"
DECLARED = trouble.declared()


def told(world: World, files: dict[str, Any], what: str = "") -> list[dict[str, Any]]:
    """Return what a world of these files says beyond the limits."""
    return [one for one in world(files).findings.json["beyond_limits"] if not what or one["what"] == what]


# ---- the declared names ----------------------------------------------------------------------------------------------


def test_the_declared_examples_hold() -> None:
    """Every example is what it is said to be, and every reject is nothing."""
    for one in DECLARED["throughput"]["example"]:
        assert falling.throughput(one["name"]) == one["is"]
    for one in DECLARED["throughput"]["reject"]:
        assert falling.throughput(one["name"]) == ""
    for one in DECLARED["pause"]["example"]:
        assert standstills.pauses(one["name"]) == one["seconds"]
    for one in DECLARED["pause"]["reject"]:
        assert not standstills.pauses(one["name"])
    for entry in DECLARED["resource"]:
        for one in entry["example"]:
            limits, queues = next(
                (limits, queues) for found, limits, queues in saturation.resources(one["name"]) if found == entry
            )
            assert not one.get("limit") or spoken(one["limit"]) in limits
            assert any(re.fullmatch(queue, spoken(one["queue"])) for queue in queues)
        for one in entry["reject"]:
            assert entry not in [found for found, *_ in saturation.resources(one["name"])]


# ---- work that collapses -----------------------------------------------------------------------------------------------


def collapsing(of: int, buckets: int, failed: int = 0) -> str:
    """Return a log of twenty minutes of 20 requests a bucket, some buckets of fewer, and five minutes of 20 again."""
    low = traffic(*[failed] * buckets, of=of, start=1200) if of else ""
    return traffic(*[0] * 40) + low + traffic(*[0] * 10, start=1200 + 30 * buckets)


def test_a_collapse_without_an_error_is_told(world: World) -> None:
    """A tenth of the usual requests for seven minutes, none of which fails, is a finding and possible unavailability, but no
    failure and no outage that anything shows."""
    result = world({LOG: collapsing(2, 14)}).findings.json

    (one,) = result["beyond_limits"]
    assert (one["what"], one["kind"], one["start"], one["end"]) == ("throughput", "inference", short(1200), short(1620))
    assert (one["usual"], one["during"], one["total"], one["failed"]) == (20, 2, 28, 0)
    assert one["statement"] == (
        "Far less was done than was usual, from 12:20:00 to 12:27:00 UTC: 2 instead of 20 (external requests, per bucket of 30 s; "
        "medians, the latter of the 20 minutes before); none of 28 failed. Whether less was asked for or less was answered is not told"
    )
    assert [one["claim"]] in [finding["claims"] for finding in result["findings"]]
    verdict = next(one for one in result["verdicts"] if one["rule"] == "declare.unavailable")
    assert (verdict["verdict"], verdict["intervals"]) == ("not_met", [])
    (possible,) = [one for one in verdict["definitions"] if one["name"].startswith("possible unavailability")]
    assert (possible["verdict"], possible["intervals"][0]["start"]) == ("not_assessable", short(1200))
    assert next(one for one in result["verdicts"] if one["rule"] == "declare.error_rate")["verdict"] == "not_met"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(collapsing(2, 10), id="for exactly five minutes"),
        pytest.param(collapsing(11, 14), id="not far below"),
        pytest.param(collapsing(2, 14, failed=1), id="half of them fail, which the error rate tells"),
        pytest.param(collapsing(0, 14), id="none at all, which the silence tells"),
        pytest.param(
            traffic(*[0] * 3) + traffic(*[0] * 14, of=2, start=90) + traffic(*[0] * 10, start=510),
            id="after a minute and a half",
        ),
        pytest.param(
            traffic(*[0] * 8, of=4) + traffic(*[0] * 14, of=1, start=240) + traffic(*[0] * 10, of=4, start=660),
            id="after four minutes with so few that chance explains it",
        ),
        pytest.param(
            "".join(traffic(0, of=of, start=30 * place) for place, of in enumerate([40, 4] * 8))
            + traffic(*[0] * 14, of=2, start=480)
            + traffic(*[0] * 10, start=900),
            id="after eight minutes that were not steady",
        ),
        pytest.param(traffic(*[0] * 60), id="no collapse"),
    ],
)
def test_what_is_no_collapse_is_not_told(world: World, text: str) -> None:
    """Short, shallow and early falls are nothing; failures and silences are told by those rules that ask for them."""
    assert told(world, {LOG: text}) == []


def test_a_steady_baseline_of_some_minutes_suffices(world: World) -> None:
    """Twenty requests a bucket for four minutes, then two for seven: that is told, with what it rests on and how sure that is."""
    log = traffic(*[0] * 8) + traffic(*[0] * 14, of=2, start=240) + traffic(*[0] * 10, start=660)
    (one,) = world({LOG: log}).findings.json["beyond_limits"]
    before, during, part = 7 * 20, 14 * 2, 7 / (7 + 0.5 * 14)  # the first bucket is not whole
    exact = sum(
        comb(before + during, k) * part**k * (1 - part) ** (before + during - k)
        for k in range(before, before + during + 1)
    )

    assert (one["start"], one["end"], one["usual"], one["during"]) == (short(240), short(660), 20, 2)
    assert (one["baseline_s"], one["chance"]) == (210.0, pytest.approx(exact, rel=0.01))
    assert "the latter of the 3 min 30 s before, in 7 buckets that are steady enough" in one["statement"]


def test_chance_makes_no_early_fall() -> None:
    """Of a thousand logs of a quarter of an hour in which requests come by chance, at one pace, none is told to collapse."""
    chance = Random(20310402)  # noqa: S311
    found = 0
    for _ in range(1000):
        arrivals = Counter(int(chance.random() * 30) for _ in range(30 * 6))
        paces = [Pace(at(30 * place), float(arrivals[place])) for place in range(30)]
        found += sum(
            1 for _ in falls(paces, timedelta(seconds=30), timedelta(minutes=60), timedelta(seconds=60), counts=True)
        )

    assert found == 0


MINUTE = timedelta(minutes=1)


def fallen(values: Sequence[float], baseline: int = 60) -> list[tuple[int, int]]:
    """Return from which minute to which a series of one value a minute fell."""
    paces = [Pace(at(60 * place), float(value)) for place, value in enumerate(values)]
    found = falls(paces, MINUTE, baseline * MINUTE, 5 * MINUTE, counts=True)
    return [(round((one.start - at(0)) / MINUTE), round((one.end - at(0)) / MINUTE)) for one in found]


DAY = [100] * 480 + [10] * 480 + [100] * 480
"""A day that begins and ends at once."""


@pytest.mark.parametrize(
    ("values", "found"),
    [
        pytest.param([100] * 60 + [10] * 6 + [100] * 5, [(60, 66)], id="six minutes"),
        pytest.param([100] * 60 + [10] * 90 + [100] * 5, [(60, 150)], id="longer than the baseline"),
        pytest.param([100] * 60 + [10] * 8, [(60, 68)], id="when the evidence ends"),
        pytest.param([100 - minute for minute in range(95)], [], id="slowly, like an evening"),
        pytest.param([100, 60, 20] * 20 + [10] * 8 + [100] * 5, [], id="among values that vary as much"),
        pytest.param([6] * 60 + [1] * 8 + [6] * 5, [], id="few requests, which chance explains"),
        pytest.param(DAY + DAY, [(480, 960)], id="as the day before did: only the first is told"),
        pytest.param([100] * 1440 + DAY, [(1920, 2400)], id="as no day before did"),
    ],
)
def test_falls(values: list[float], found: list[tuple[int, int]]) -> None:
    """A fall is deep, abrupt, longer than five minutes, and not the day's own course."""
    assert fallen(values) == found


def exported(*series: tuple[str, Sequence[tuple[float, float]]]) -> str:
    """Return several metrics as one export, as flat records."""
    return json.dumps(
        [
            {"name": name, "value": value, "type": "gauge", "tags": {}, "timestamp": epoch_ms(second)}
            for name, readings in series
            for second, value in readings
        ]
    )


def test_a_counter_of_messages_that_nearly_stops_is_told(world: World) -> None:
    """What is counted of anything else than requests is judged by what it rose."""
    total, readings = 0, []
    for place in range(240):
        total += 3 if 120 <= place < 180 else 300
        readings.append((10.0 * place, total))
    (one,) = told(world, {"m.json": exported(("messages_published_total", readings))})

    assert (one["what"], one["usual"], one["during"]) == ("throughput", 30, 0.3)
    assert (one["start"], one["end"]) == (short(1200), short(1800))


def paced(*values: float, step: float = 1.0, name: str = "orders_per_s") -> str:
    """Return an export of how much was done a second."""
    return exported((name, every(step, *values)))


def student(value: float, freedom: int) -> float:
    """Return the upper tail of Student's t, by adding up its density in small steps."""
    factor = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
    step = 0.001
    below = sum((1 + (step * (k + 0.5)) ** 2 / freedom) ** (-(freedom + 1) / 2) for k in range(int(value / step)))
    return 0.5 - factor * step * below


def test_students_tail_is_that_of_its_density() -> None:
    """The incomplete beta function gives what the density adds up to; below zero, the rest."""
    for value, freedom in ((0.5, 3), (2.0, 5), (3.5, 11), (1.0, 40)):
        assert as_high(value, freedom) == pytest.approx(student(value, freedom), rel=1e-3)
    assert as_high(-2.0, 5) == pytest.approx(1 - student(2.0, 5), rel=1e-3)


HEALTHY = [100.0, 104.0, 97.0, 101.0, 99.0]


def test_a_pace_that_collapses_in_a_short_test_is_told(world: World) -> None:
    """A minute and a quarter of about a hundred a second, then nearly nothing for forty seconds, until the evidence ends: told, with
    what it rests on; how long it lasted is not known."""
    (one,) = told(world, {"m.json": paced(*HEALTHY * 15, 60, 20, *[5, 4, 6] * 13)}, "throughput")

    assert (one["start"], one["open"], one["measure"]) == (short(75), True, "orders_per_s")
    assert (one["usual"], one["during"]) == (pytest.approx(100.2), pytest.approx(5, abs=0.5))
    assert one["chance"] < 1e-6
    assert "until the evidence ends" in one["statement"]
    assert "(orders_per_s, in buckets of 5 s; medians, the latter of the 1 min 10 s before" in one["statement"]


def test_two_paces_of_one_file_are_two_claims(world: World) -> None:
    """What was sent and what was delivered collapse together: each has a claim of its own."""
    values = every(1, *HEALTHY * 15, *[5, 4, 6] * 13)
    found = told(world, {"m.json": exported(("sent_per_s", values), ("delivered_per_s", values))}, "throughput")

    assert sorted(one["measure"] for one in found) == ["delivered_per_s", "sent_per_s"]
    assert len({one["claim"] for one in found}) == 2


@pytest.mark.parametrize(
    ("values", "step"),
    [
        pytest.param([*HEALTHY * 15, *[5, 4, 6] * 13, *HEALTHY * 3], 1, id="short, and over again"),
        pytest.param([*HEALTHY * 8, *[5, 4, 6] * 13], 1, id="after less than a minute"),
        pytest.param([*HEALTHY * 15, *[5, 4, 6] * 8], 1, id="so late that it may be the end of the test"),
        pytest.param([*HEALTHY * 15, *[60, 62, 58] * 13], 1, id="to more than half"),
        pytest.param([100, 5] * 40 + [5] * 40, 1, id="among values that vary as much"),
        pytest.param([100 - 0.8 * second for second in range(120)], 1, id="slowly, until the end"),
        pytest.param([100 * 0.97**minute for minute in range(120)], 60, id="slowly, like an evening"),
    ],
)
def test_a_pace_that_does_not_collapse_is_not_told(world: World, values: list[float], step: float) -> None:
    """Short, shallow, early and slow falls are nothing."""
    assert told(world, {"m.json": paced(*values, step=step)}, "throughput") == []


def test_a_pace_that_collapses_after_an_hour_is_told(world: World) -> None:
    """Of one number a minute, noisy as such numbers are: ten minutes with a twentieth of what was usual."""
    noise = Random(7)  # noqa: S311
    values = [noise.gauss(100, 15) for _ in range(60)] + [noise.gauss(5, 2) for _ in range(10)]
    (one,) = told(world, {"m.json": paced(*values, *HEALTHY * 3, step=60)}, "throughput")

    assert abs(one["usual"] - 100) < 10
    assert abs(one["during"] - 5) < 2
    assert short(3600) <= one["start"] <= short(3600 + 180)


def _uniform(chance: Random, before: float) -> float:
    return chance.uniform(0, 200)


def _exponential(chance: Random, before: float) -> float:
    return chance.expovariate(0.01)


def _remembering(chance: Random, before: float) -> float:
    return max(0.0, 100 + 0.97 * (before - 100) + chance.gauss(0, 6))


def _walking(chance: Random, before: float) -> float:
    return before * exp(chance.gauss(0, 0.1))


def _rare(chance: Random, before: float) -> float:
    return float(sum(chance.random() < 0.02 for _ in range(100)))


@pytest.mark.parametrize("made", [_uniform, _exponential, _remembering, _walking, _rare])
@pytest.mark.parametrize(("step", "many"), [(1, 110), (10, 360), (60, 600)])
def test_chance_makes_no_pace_collapse(made: Callable[[Random, float], float], step: int, many: int) -> None:
    """Of series that vary by chance alone, however much, also where neighbours resemble each other or wander off, none collapses."""
    chance = Random(20310402)  # noqa: S311
    found = 0
    width = bucket(step, 30, step * many)
    for _ in range(60):
        value = 100.0
        buckets: dict[int, list[float]] = {}
        for place in range(many):
            value = made(chance, value)
            buckets.setdefault(int(place * step // width), []).append(value)
        paces = [Pace(at(width * place), sum(held) / len(held)) for place, held in sorted(buckets.items())][1:-1]
        found += len(list(falls(paces, timedelta(seconds=width), 60 * MINUTE, 5 * MINUTE, counts=False)))

    assert found == 0


# ---- a process that stood still -------------------------------------------------------------------------------------------

STEADY = [10.0 * place for place in range(60) if not 200 < 10 * place < 320]
"""A sample every ten seconds, but none between 200 s and 320 s."""


def lines(name: str, *, silent: bool) -> str:
    """Return a log with a line a second, which may be silent where the samples are."""
    return log(f"[{iso(n)}] INFO [{name}] berth {n} looked at" for n in range(600) if not (silent and 200 < n < 320))


def counting(moving: float) -> list[tuple[float, float]]:
    """Return a counter that rises by five a second and, between 200 s and 320 s, by that many."""
    return [(second, 5 * second if second <= 200 else 1000 + 120 * moving + 5 * (second - 320)) for second in STEADY]


USED = ("heap.used", [(second, 40.0 + second % 7) for second in STEADY])


def test_a_counter_of_pauses_shows_what_stopped_the_process(world: World) -> None:
    """A collector's time that rose by most of a hole explains it."""
    pauses = (
        "gc_ms",
        [(second, 50.0 * (place // 5) + (100_000 if second >= 320 else 0)) for place, second in enumerate(STEADY)],
    )
    (one,) = told(world, {"m.json": exported(USED, pauses)}, "standstill")

    assert (one["kind"], one["start"], one["end"]) == ("inference", short(200), short(320))
    assert "the process was stopped, for gc_ms rose by 100.0 s meanwhile" in one["statement"]


def test_counters_and_a_log_that_stop_together_show_a_process_that_stood_still(world: World) -> None:
    """Samples and the log stop together, what is counted did not move, and another log goes on."""
    files = {
        "m.json": exported(USED, ("ferries_total", counting(0))),
        LOG: lines("app", silent=True),
        "logs/proxy.log": lines("proxy", silent=False),
    }
    (one,) = told(world, files, "standstill")

    assert one["kind"] == "inference"
    assert one["statement"] == (
        "All 2 series of m.json stopped from 12:03:20 to 12:05:20 UTC (2 min; usually there is a sample every 10 s): the process "
        "stood still, for what it counts (usually 10 or more in so long a time) rose by 0 % of what was usual; logs/application.log "
        "fell silent too, while logs/proxy.log went on"
    )


def test_a_counter_that_moved_shows_that_only_the_collector_paused(world: World) -> None:
    """What is counted rose as usual meanwhile: the process went on, and nothing is told."""
    files = {
        "m.json": exported(USED, ("ferries_total", counting(5))),
        LOG: lines("app", silent=True),
        "logs/proxy.log": lines("proxy", silent=False),
    }
    assert told(world, files, "standstill") == []


def test_without_a_counter_it_cannot_be_told(world: World) -> None:
    """Samples and a log that stop together may be a frozen process or a hole in what was collected; it says so."""
    files = {"m.json": exported(USED), LOG: lines("app", silent=True), "logs/proxy.log": lines("proxy", silent=False)}
    (one,) = told(world, files, "standstill")

    assert one["statement"].endswith("whether the process stood still or nobody collected what it told cannot be told")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"m.json": exported(USED)}, id="nothing else is there"),
        pytest.param({"m.json": exported(USED), LOG: lines("app", silent=False)}, id="the log went on"),
        pytest.param({"m.json": exported(USED), LOG: lines("app", silent=True)}, id="everything stopped"),
    ],
)
def test_a_hole_alone_is_no_standstill(world: World, files: dict[str, Any]) -> None:
    """A hole in samples, or in all of the evidence, is what `inspect` tells; nothing is concluded from it."""
    assert told(world, files, "standstill") == []


# ---- a resource of which there is no more --------------------------------------------------------------------------------


def pool(active: Sequence[float], pending: Sequence[float]) -> str:
    """Return a pool of ten, read every ten seconds."""
    return exported(
        ("hikaricp_connections_active", every(10, *active)),
        ("hikaricp_connections_max", every(10, *[10] * len(active))),
        ("hikaricp_connections_pending", every(10, *pending)),
    )


def test_a_full_pool_with_a_growing_queue_is_told(world: World) -> None:
    """All ten are in use from 12:00:40 to 12:01:30 while 40 wait at the most: the limit is the pool."""
    active = [3, 4, 3, 5, 10, 10, 10, 10, 10, 10, 4, 3]
    (one,) = told(world, {"m.json": pool(active, [0, 0, 0, 0, 5, 12, 25, 40, 31, 20, 0, 0])}, "saturation")

    assert (one["kind"], one["start"], one["end"], one["limit"]) == ("fact", short(40), short(90), 10)
    assert (one["queue_before"], one["queue_most"], one["samples"], one["open"]) == (0, 40, 6, False)
    assert one["statement"] == (
        "All of hikaricp_connections_active was in use from 12:00:40 to 12:01:30 UTC (hikaricp_connections_max is 10) while "
        "hikaricp_connections_pending was 22.5 in the middle and 40 at the most, at 12:01:10, usually 0 before: "
        "what limits is this resource, or who holds it"
    )


def test_several_stretches_of_one_resource_are_one_finding(world: World) -> None:
    """The longest of two stands for both: forty seconds, while at the most 40 waited."""
    active = [3, 4, 3, 10, 10, 10, 4, 3, 3, 4, 3, 10, 10, 10, 10, 10, 4, 3]
    pending = [0, 0, 0, 5, 9, 7, 0, 0, 0, 0, 0, 12, 25, 40, 31, 20, 0, 0]
    (one,) = told(world, {"m.json": pool(active, pending)}, "saturation")

    assert (one["start"], one["end"], one["stretches"], one["samples"]) == (short(30), short(150), 2, 5)
    assert one["statement"].startswith(
        "All of hikaricp_connections_active was in use in 2 stretches from 12:00:30 to 12:02:30 UTC, the longest from 12:01:50 to "
        "12:02:30 UTC (hikaricp_connections_max is 10) while hikaricp_connections_pending was 25 in the middle and 40 at the most"
    )


@pytest.mark.parametrize(
    ("active", "pending"),
    [
        pytest.param([3, 4, 10, 10, 10, 10, 4, 3], [0] * 8, id="full, but nobody waits"),
        pytest.param([3, 4, 9, 9, 9, 9, 4, 3], [0, 0, 5, 9, 20, 9, 0, 0], id="a queue, but not full"),
        pytest.param([3, 4, 10, 10, 4, 3, 4, 3], [0, 0, 5, 9, 0, 0, 0, 0], id="two samples"),
        pytest.param([3, 4, 3, 10, 10, 10, 4, 3], [2, 9, 5, 6, 7, 5, 4, 4], id="as many wait as before"),
    ],
)
def test_what_is_no_saturation_is_not_told(world: World, active: list[float], pending: list[float]) -> None:
    """It takes three samples at the limit and a queue that is longer than before."""
    assert told(world, {"m.json": pool(active, pending)}, "saturation") == []


def test_a_processor_in_fractions_is_full_at_one(world: World) -> None:
    """A share as a fraction is full near 1; the run queue tells who waits."""
    text = exported(
        ("host.cpu.usage", every(10, 0.3, 0.4, 0.3, 1.0, 1.0, 1.0, 1.0)),
        ("host.load1", every(10, 1.0, 1.2, 1.1, 6.0, 9.0, 14.0, 15.0)),
    )
    (one,) = told(world, {"m.json": text}, "saturation")

    assert (one["start"], one["open"], one["queue_most"]) == (short(30), True, 15)


def test_requests_do_not_make_a_small_world_collapse(world: World) -> None:
    """Three requests are no pace."""
    assert told(world, {LOG: log([request(0), request(10), request(400)])}) == []

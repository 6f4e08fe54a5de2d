"""What is wrong with metrics is said with its numbers, and never taken for what it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from forensics.evidence import metric_doctor
from forensics.store import Store
from small_world import at

World = Callable[[dict[str, Any]], Any]
Keep = Callable[..., None]
MOVING = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


@pytest.fixture
def keep(store: Store) -> Keep:
    """Keep one series: values a minute apart, or at the seconds given; None is a minute without a sample."""
    lines = iter(range(1, 10_000))

    def series(
        name: str,
        values: Sequence[float | None],
        seconds: Sequence[float] | None = None,
        *,
        path: str = "m.csv",
        labels: str | None = None,
        unit: str | None = None,
        clock: bool = False,
    ) -> None:
        places = seconds or [60.0 * n for n in range(len(values))]
        rows = [
            [
                path,
                next(lines),
                1,
                name,
                labels,
                labels,
                None if clock else at(place),
                value,
                unit,
                place if clock else None,
            ]
            for place, value in zip(places, values, strict=True)
            if value is not None
        ]
        columns = ["path", "line", "position", "name", "labels", "series", "time", "value", "unit", "clock_s"]
        store.add("single_samples", columns, rows)

    return series


def told(store: Store, path: str = "m.csv") -> list[tuple[str, str]]:
    """Return codes and messages."""
    return [(problem.code, problem.message) for problem in metric_doctor.problems(store, path)]


def codes(store: Store) -> list[str]:
    """Return codes alone."""
    return [code for code, _ in told(store)]


def test_a_healthy_file_has_no_problem(store: Store, keep: Keep) -> None:
    """Series that move, of one length and one step, give nothing to say."""
    keep("queue", MOVING)
    keep("wait_ms", MOVING[::-1], unit="ms")

    assert told(store) == []


def test_files_do_not_mix(store: Store, keep: Keep) -> None:
    """Each file is judged by its own samples, alone or with all others."""
    keep("queue", MOVING)
    keep("success_rate", [0.0] * 12, path="other.csv")
    keep("queue", MOVING, path="other.csv")

    assert told(store) == []
    assert list(metric_doctor.everything(store)) == ["other.csv"]


# ---- values --------------------------------------------------------------------------------------------------------


def test_a_column_that_never_moves_tells_nothing(store: Store, keep: Keep) -> None:
    """A constant that stands in for a measure is named as such: neither an outage nor health."""
    keep("success_rate", [0.0] * 12)
    keep("limit", [50.0] * 12)
    keep("queue", MOVING)

    assert told(store) == [
        (
            "constant",
            "never changes: success_rate is 0 in all 12 samples. "
            "A constant tells nothing of the incident: neither an outage nor health",
        )
    ]


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        pytest.param("error_rate", 0.1, True, id="0.1 % errors"),
        pytest.param("depth", -1.0, True, id="never known"),
        pytest.param("cpu.usage", 50.0, True, id="always half"),
        pytest.param("wait_p95", 120.0, True, id="always as slow"),
        pytest.param("error_rate", 0.0, False, id="no errors"),
        pytest.param("availability", 100.0, False, id="always there"),
        pytest.param("discards_s", 0.0, False, id="a thing that did not happen"),
        pytest.param("disk.usage", 0.0, False, id="an empty disk"),
        pytest.param("pool_size", 8.0, False, id="a size"),
        pytest.param("heap_max_mb", 124.0, False, id="what is set"),
    ],
)
def test_what_may_well_be_constant_is_no_news(store: Store, keep: Keep, name: str, value: float, named: bool) -> None:
    """What is set, what did not happen and what went well throughout need no notice; what stands in for a measure does."""
    keep(name, [value] * 12)
    keep("queue", MOVING)

    assert ("constant" in codes(store)) is named


@pytest.mark.parametrize(
    ("values", "others"),
    [
        pytest.param([0.0] * 9, MOVING, id="too few to say"),
        pytest.param([0.0] * 11 + [1.0], MOVING, id="moves once"),
        pytest.param([5.0] * 12, [5.0] * 12, id="a calm file"),
    ],
)
def test_not_everything_that_is_calm_is_constant(
    store: Store, keep: Keep, values: list[float], others: list[float]
) -> None:
    """A column is called constant only where it is long enough, never moves, and others do."""
    keep("success_rate", values, seconds=[60.0 * n for n in range(12 - len(values), 12)])
    keep("queue", others)

    assert "constant" not in codes(store)


def test_minus_one_means_unknown(store: Store, keep: Keep) -> None:
    """Where -1 is the only value below 0, it says that nothing was known; it is no impossible value."""
    keep("pool", [-1.0, -1.0, *MOVING[:10]])

    assert told(store) == [
        (
            "minus-one",
            "-1 where nothing else is below 0 means that nothing was known, and is no value: pool in 2 of 12 samples",
        )
    ]


def test_a_temperature_may_fall_below_zero(store: Store, keep: Keep) -> None:
    """A measure with other values below 0 has no such sign."""
    keep("temperature", [-2.0, -1.0, *MOVING[:10]])

    assert told(store) == []


@pytest.mark.parametrize("name", ["95%", "99.9%", "100%"])
def test_a_percentile_is_no_percentage(store: Store, keep: Keep, name: str) -> None:
    """Load tests call the time within which so many of a hundred were answered by that number: it may be any."""
    keep(name, [100.0 * n for n in range(1, 12)])

    assert "impossible-values" not in codes(store)


@pytest.mark.parametrize(
    ("name", "unit", "bad", "message"),
    [
        pytest.param("memory", "percent", 250.0, "1 of 12 samples of memory are no possible percentages (for example 250)", id="250 %"),
        pytest.param("memory", "%", -5.0, "1 of 12 samples of memory are no possible percentages (for example -5)", id="-5 %"),
        pytest.param("used_pct", "", 250.0, "1 of 12 samples of used_pct are no possible percentages (for example 250)", id="by name"),
        pytest.param("errors", "ratio", 1.5, "1 of 12 samples of errors are no possible fractions of 1 (for example 1.5)", id="ratio"),
        pytest.param("wait", "ms", -20.0, "1 of 12 samples of wait are no possible durations (for example -20)", id="duration"),
        pytest.param("heap", "bytes", -8.0, "1 of 12 samples of heap are no possible counts or sizes (for example -8)", id="size"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(store: Store, keep: Keep, name: str, unit: str, bad: float, message: str) -> None:
    """Values outside of what their unit allows are counted, with the worst of them."""
    keep(name, [0.1 * n for n in range(11)] + [bad], unit=unit)

    assert ("impossible-values", message) in told(store)


@pytest.mark.parametrize("name", ["cpu.usage", "%commit"])
def test_several_processors_are_more_than_a_hundred_percent(store: Store, keep: Keep, name: str) -> None:
    """A share of one processor may exceed a hundred, and so may the memory that was promised."""
    keep(name, [150.0, *MOVING[:11]], unit="percent")

    assert told(store) == []


def test_unknown_statuses_are_named(store: Store, keep: Keep) -> None:
    """A status that no standard knows, and a duration below 0, are said of the file that holds the requests."""
    rows = [
        ["r.csv", n, at(n), status, ms]
        for n, (status, ms) in enumerate([(200, 5.0), (434, 5.0), (499, 5.0), (200, -3.0)])
    ]
    store.add("requests", ["path", "line", "time", "status", "duration_ms"], rows)

    assert told(store, "r.csv") == [
        ("impossible-values", "1 requests have a duration below 0"),
        ("impossible-values", "1 requests have the status 434, which no standard knows"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        '192.0.2.7 - - [02/Apr/2031:12:00:0{n} +0000] "GET /berth HTTP/1.1" {status} 512 "-" "curl/8.5.0"',
        '{{"time_iso8601":"2031-04-02T12:00:0{n}+00:00","request":"GET /berth HTTP/1.1","status":"{status}","bytes":"512"}}',
        '{{"time":"2031-04-02T12:00:0{n}+00:00","request_method":"GET","request_uri":"/berth","status":{status}}}',
    ],
)
def test_impossible_statuses_of_access_logs_are_named(world: World, line: str) -> None:
    """Statuses that no server means are counted, with the first line; those of nginx, AWS and Cloudflare are known."""
    statuses = [200, 444, 434, 499, 999, 434, 0, 561, 520]
    analysed = world({"a.log": "".join(line.format(n=n, status=s) + "\n" for n, s in enumerate(statuses))})

    (entry,) = analysed.evidence
    assert [(p.line, p.message) for p in entry.problems if p.code == "impossible-values"] == [
        (3, "2 requests have the status 434, which no standard knows"),
        (7, "1 requests have the status 0: no answer was seen"),
        (5, "1 requests have the status 999, which no standard knows"),
    ]


@pytest.mark.parametrize(
    ("name", "unit", "most", "code"),
    [
        pytest.param("cpu_usage", None, 0.9, ["no-unit"], id="a share without a unit"),
        pytest.param("memory_usage", None, 90.0, ["no-unit"], id="a share that can only be percent"),
        pytest.param("disk_usage", "percent", 0.9, [], id="percent below one, as stated"),
        pytest.param("disk_usage", "ratio", 0.9, [], id="a fraction, as stated"),
        pytest.param("disk_used_percent", None, 0.9, ["no-unit"], id="values against the name"),
        pytest.param("disk_used_percent", None, 90.0, [], id="percent, by name"),
        pytest.param("error_percent", None, 0.9, [], id="errors of less than a percent, by name"),
        pytest.param("hit_ratio", None, 0.9, [], id="a fraction, by name"),
        pytest.param("hit_ratio", None, 90.0, ["no-unit"], id="no fraction, in spite of its name"),
        pytest.param("disk_usage", "percent", 90.0, [], id="percent"),
        pytest.param("cpu_usage", "percent", 0.9, [], id="an idle processor"),
        pytest.param("usage_bytes", None, 0.9, [], id="bytes"),
        pytest.param("duration", None, 0.9, [], id="a word that ends alike"),
    ],
)
def test_a_share_needs_a_scale(
    store: Store, keep: Keep, name: str, unit: str | None, most: float, code: list[str]
) -> None:
    """A share is asked about where neither a unit nor its name says which scale it has, or its values contradict the name."""
    keep(name, [most * n / 11 for n in range(12)], unit=unit)

    assert codes(store) == code


@pytest.mark.parametrize(
    ("most", "asks"), [pytest.param(0.9, True, id="at most 1"), pytest.param(90.0, False, id="above 1")]
)
def test_only_what_may_be_either_is_a_question(store: Store, keep: Keep, most: float, asks: bool) -> None:
    """Values above 1 are no fractions: that the unit is missing is said of them, and asks nothing."""
    keep("memory_usage", [most * n / 11 for n in range(12)])

    assert [bool(problem.leaves_open) for problem in metric_doctor.problems(store, "m.csv")] == [asks]


# ---- time ----------------------------------------------------------------------------------------------------------


def test_series_that_end_or_appear_are_named(store: Store, keep: Keep) -> None:
    """A series that ends before its file, or begins after it, says where, by the labels that tell it apart."""
    keep("queue", [float(n % 7) for n in range(60)])
    keep("ends", [float(n % 7) for n in range(30)], labels='{"pod": "a", "zone": "b"}')
    keep("ends", [float(n % 7) for n in range(60)], labels='{"pod": "c", "zone": "b"}')
    keep("appears", [float(n % 7) for n in range(20)], seconds=[60.0 * n for n in range(40, 60)])

    assert told(store) == [
        (
            "series-ends",
            '1 of 4 series end before the file does: ends {"pod": "a"} at 2031-04-02 12:29:00 UTC. '
            "Whether what they measured stopped, or only the measuring, they do not say",
        ),
        (
            "series-appears",
            "1 of 4 series begin after the file does: appears at 2031-04-02 12:40:00 UTC. "
            "What came before is not known to have been 0",
        ),
    ]


def test_a_ring_keeps_less_of_busy_series(store: Store, keep: Keep) -> None:
    """Where the fullest series hold the same number and reach back differently far, only the newest were kept."""
    keep("busy", [float(n % 7) for n in range(100)], seconds=[5940.0 + 0.6 * n for n in range(100)])
    keep("quiet", [float(n % 7) for n in range(100)])

    assert (
        "ring-buffer",
        "2 series hold exactly 100 samples each: only the newest are kept, so that busy series reach back less far "
        "(busy over 59.4 s, quiet over 99.0 min)",
    ) in told(store)


def test_a_hole_is_a_hole(store: Store, keep: Keep) -> None:
    """A gap of three usual steps or more is named with its place; two missing samples in a row make one."""
    keep("queue", [1.0, 2.0, 3.0, None, None, 6.0, 7.0, 8.0, 9.0, 10.0])

    assert told(store) == [
        (
            "sampling-holes",
            "a hole of three usual steps or more in 1 of 1 series; the longest, of queue, lasts 3.0 min (usual step: 60 s), "
            "from 2031-04-02 12:02:00 UTC to 2031-04-02 12:05:00 UTC. Nothing is known of them; they are not 0",
        )
    ]


def test_one_missing_sample_is_no_hole(store: Store, keep: Keep) -> None:
    """Twice the usual step happens."""
    keep("queue", [1.0, 2.0, 3.0, None, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])

    assert told(store) == []


def test_a_clock_of_its_own_has_holes_as_well(store: Store, keep: Keep) -> None:
    """Without times of day, places are seconds of the file's own clock."""
    keep("heap", MOVING[:6], seconds=[0.0, 1.0, 2.0, 3.0, 14.0, 15.0], clock=True)

    assert [message.split(", from ")[1].split(". ")[0] for _, message in told(store)] == ["3 s to 14 s"]


def test_a_counter_that_began_again_is_named(store: Store, keep: Keep) -> None:
    """A running total that falls to next to nothing began again; a gauge that falls did not."""
    keep("requests_total", [100.0, 200.0, 300.0, 400.0, 500.0, 5.0, 80.0, 160.0])
    keep("queue", [100.0, 200.0, 300.0, 400.0, 500.0, 5.0, 80.0, 160.0])

    assert told(store) == [
        (
            "counter-reset",
            "requests_total fell once, from 500 to 5 at 2031-04-02 12:05:00 UTC: the counter began again, as after a restart; "
            "no rate is computed across",
        )
    ]


@pytest.mark.parametrize(
    ("values", "differing"),
    [
        pytest.param([1.0, 1.0], "with the same value", id="the same"),
        pytest.param([1.0, 2.0], "1 of them with another value", id="another"),
    ],
)
def test_two_samples_of_one_time_are_named(store: Store, keep: Keep, values: list[float], differing: str) -> None:
    """Two samples of one series at one time are counted, and those that contradict each other as well."""
    keep("queue", [*values, 3.0, 4.0], seconds=[0.0, 0.0, 60.0, 120.0])

    words = f"once a series has a further sample of one moment, {differing} (1 series, such as queue)"
    assert told(store) == [("double-samples", words)]


def test_labels_tell_series_apart(store: Store, keep: Keep) -> None:
    """Samples of different labels at one time are no doubles."""
    keep("queue", MOVING, labels='{"pier": "a"}')
    keep("queue", MOVING, labels='{"pier": "b"}')

    assert told(store) == []


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param([0.0, 120.0, 60.0, 180.0], ["out-of-order"], id="one steps back"),
        pytest.param([180.0, 120.0, 60.0, 0.0], [], id="newest first"),
        pytest.param([0.0, 60.0, 120.0, 180.0], [], id="in order"),
    ],
)
def test_order_is_looked_at(store: Store, keep: Keep, seconds: list[float], expected: list[str]) -> None:
    """Samples that stand behind later ones are counted; exports that go from new to old are in order."""
    keep("queue", MOVING[:4], seconds=seconds)

    assert codes(store) == expected


def test_nothing_measured_nothing_wrong(store: Store) -> None:
    """A file without samples has no problem with them."""
    found: dict[str, Any] = metric_doctor.everything(store)

    assert found == {}


@pytest.mark.parametrize(
    ("held", "begins", "named"),
    [
        pytest.param(512, 200.0, True, id="512 samples from later on"),
        pytest.param(500, 200.0, True, id="500 samples from later on"),
        pytest.param(517, 200.0, False, id="no round number"),
        pytest.param(500, 0.0, False, id="from the beginning on"),
    ],
)
def test_one_full_ring_is_named(store: Store, keep: Keep, held: int, begins: float, *, named: bool) -> None:
    """A single series is a full ring where it holds a number that people set as a limit, and begins after the file does."""
    keep("busy", [float(n % 7) for n in range(held)], seconds=[begins + 2.0 * n for n in range(held)])
    keep("quiet", [float(n % 7) for n in range(40)], seconds=[30.0 * n for n in range(40)])

    assert ("ring-buffer" in codes(store)) == named


def test_rings_of_like_length_are_named(store: Store, keep: Keep) -> None:
    """Two busy series that reach back about as far are rings all the same, where both begin after the file does."""
    keep("busy", [float(n % 7) for n in range(1000)], seconds=[400.0 + n for n in range(1000)])
    keep("busier", [float(n % 7) for n in range(1000)], seconds=[600.0 + 0.8 * n for n in range(1000)])
    keep("quiet", [float(n % 7) for n in range(40)], seconds=[35.0 * n for n in range(40)])

    assert "ring-buffer" in codes(store)
    assert "series-appears" not in codes(store)


def test_a_ring_is_told_apart_by_its_labels(store: Store, keep: Keep) -> None:
    """Two rings of one name are two things; what begins late for another reason than the ring is still named."""
    keep(
        "call",
        [float(n % 7) for n in range(100)],
        seconds=[5000.0 + n for n in range(100)],
        labels='{"to": "a", "env": "x"}',
    )
    keep(
        "call",
        [float(n % 7) for n in range(100)],
        seconds=[3000.0 + 20 * n for n in range(100)],
        labels='{"to": "b", "env": "x"}',
    )
    keep("quiet", [float(n % 7) for n in range(51)], seconds=[100.0 * n for n in range(51)])
    keep("new", [float(n % 7) for n in range(20)], seconds=[4000.0 + 50 * n for n in range(20)])

    ring, appears = (
        next(p for p in metric_doctor.problems(store, "m.csv") if p.code == code)
        for code in ("ring-buffer", "series-appears")
    )

    assert ring.message.endswith('(call {"to": "a"} over 99 s, call {"to": "b"} over 33.0 min)')
    assert ring.leaves_open == 'How was call {"to": "a"} before 2031-04-02 13:23:20 UTC?'
    assert appears.message.startswith("1 of 4 series begin after the file does: new at 2031-04-02 13:06:40 UTC.")


def test_each_measure_without_a_unit_is_asked_about(store: Store, keep: Keep) -> None:
    """The question names every one whose scale is open, not the first alone."""
    keep("disk_usage", [0.01 * n for n in range(12)])
    keep("memory_usage", [0.02 * n for n in range(12)])

    assert [problem.leaves_open for problem in metric_doctor.problems(store, "m.csv")] == [
        "Is 1 one percent, or all? (of disk_usage, memory_usage)"
    ]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        pytest.param([0.2] * 8 + [1.5], True, id="once above 1"),
        pytest.param([2.0, 5.0, 17.0, 0.9], False, id="mostly above 1"),
    ],
)
def test_a_ratio_of_two_amounts_is_no_share(store: Store, keep: Keep, values: list[float], *, named: bool) -> None:
    """What is called a ratio and mostly exceeds 1 compares two amounts: nothing in it is impossible."""
    keep("ratio", values, unit="ratio")

    assert ("impossible-values" in codes(store)) == named

"""What speaks for a signal: names, units, shares of two numbers, counters by status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import named_signals
from small_world import epoch_ms, every, log, request, samples, short

World = Callable[[dict[str, Any]], Any]
DECLARED = [(entry["name"], one) for entry in named_signals.declared()["signal"] for one in entry.get("example", ())]
REFUSED = [(entry["name"], one) for entry in named_signals.declared()["signal"] for one in entry.get("reject", ())]


@pytest.mark.parametrize(("signal", "example"), DECLARED, ids=lambda one: one if isinstance(one, str) else one["name"])
def test_the_declared_examples_hold(signal: str, example: dict[str, str]) -> None:
    """Each name that a declaration gives as an example speaks for its signal, in the way that it says."""
    found = [(is_, wholes) for name, is_, wholes in named_signals.means(example["name"]) if name == signal]

    assert example["is"] in [is_ for is_, _ in found]
    assert "whole" not in example or any(example["whole"] in wholes for _, wholes in found)


@pytest.mark.parametrize(("signal", "example"), REFUSED, ids=lambda one: one if isinstance(one, str) else one["name"])
def test_the_declared_rejects_hold(signal: str, example: dict[str, str]) -> None:
    """No name that a declaration refuses speaks for its signal."""
    assert signal not in [name for name, *_ in named_signals.means(example["name"])]


def judged(world: World, rule: str, files: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict on one rule in a world of these files."""
    return next(one for one in world(files).findings.json["verdicts"] if one["rule"] == rule)


def spans(verdict: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Return start, end and peak of the stretches that meet a rule."""
    return [(one["start"], one["end"], one["peak"]) for one in verdict["intervals"]]


def table(*names: str, rows: list[tuple[float, ...]]) -> str:
    """Return a table of numbers: a time in epoch milliseconds, and a column a name."""
    lines = [",".join(("timestamp", *names))]
    lines += [",".join(map(str, (epoch_ms(second), *values))) for second, *values in rows]
    return "\n".join(lines) + "\n"


def test_used_of_a_maximum_is_a_share(world: World) -> None:
    """Memory used and the most there can be, in one table, are judged as their share: 81 of 100 MB is over, 80 is not."""
    rows = [(place * 10.0, used, 100.0) for place, used in enumerate([50, 80, 81, 90, 80, 60] + [50] * 6)]
    verdict = judged(world, "alert.memory", {"server.csv": table("heap_used_mb", "heap_max_mb", rows=rows)})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(20), short(40), 90.0)])
    assert "heap_used_mb / heap_max_mb" in verdict["statistic"]


def test_sizes_of_different_units_are_compared_as_bytes(world: World) -> None:
    """A part in megabytes and a whole in bytes are brought to one size first."""
    flat = json.loads(samples("memory.used", every(10, *[410] * 3, *[350] * 3), "MB"))
    flat += json.loads(samples("memory.limit", every(10, *[500_000_000] * 6), "bytes"))
    verdict = judged(world, "alert.memory", {"m.json": json.dumps(flat)})

    assert spans(verdict) == [(short(0), short(30), 82.0)]


def test_what_is_left_of_a_size_says_what_is_used(world: World) -> None:
    """14 of 100 bytes available are 86 % used, which is over 85; 15 are 85 %, which is not."""
    rows = [(place * 60.0, left, 100.0) for place, left in enumerate([40, 15, 14, 15, 40])]
    names = ("node_filesystem_avail_bytes", "node_filesystem_size_bytes")
    verdict = judged(world, "alert.disk", {"disk.csv": table(*names, rows=rows)})

    assert spans(verdict) == [(short(120), short(180), 86.0)]


def test_a_pool_without_a_stated_size_is_what_was_open(world: World) -> None:
    """Where nothing tells the size of a pool, its open connections stand in for it, and the verdict says so."""
    rows = [(place * 1.0, active, 10 - active) for place, active in enumerate([1, 5, 9, 10, 10, 9, 1] + [0] * 9)]
    verdict = judged(world, "alert.db_connections", {"stats.csv": table("hikari.active", "hikari.idle", rows=rows)})

    assert spans(verdict) == [(short(3), short(5), 100.0)]
    assert "what the pool may hold at most is not told" in verdict["statistic"]


def test_the_number_itself_goes_before_a_share(world: World) -> None:
    """Where an export tells the share itself, it is not reckoned once more from its parts."""
    flat = json.loads(samples("memory.usage", every(10, *[90.0] * 6)))
    flat += json.loads(samples("memory.used", every(10, *[10] * 6), "bytes"))
    flat += json.loads(samples("memory.total", every(10, *[100] * 6), "bytes"))
    verdict = judged(world, "alert.memory", {"m.json": json.dumps(flat)})

    assert [one["peak"] for one in verdict["intervals"]] == [90.0]


def test_an_image_that_is_always_full_is_no_disk(world: World) -> None:
    """Mounted images are at 100 % by their nature, and meet no rule."""
    text = (
        "Wed Apr  2 12:00:00 UTC 2031\n"
        "Filesystem     1K-blocks     Used Available Use% Mounted on\n"
        "/dev/sda1       10000000  5000000   5000000  50% /\n"
        "/dev/loop0         65000    65000         0 100% /snap/core/1\n"
    )
    assert judged(world, "alert.disk", {"df.txt": text})["verdict"] != "met"


def counters(*readings: tuple[float, int, int]) -> str:
    """Return a range answer of Prometheus with one counter of good requests and one of server errors."""

    def series(status: str, place: int) -> dict[str, Any]:
        values = [[epoch_ms(one[0]) / 1000, str(one[place])] for one in readings]
        return {"metric": {"__name__": "http_requests_total", "status": status}, "values": values}

    result = [series("200", 1), series("503", 2)]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


def test_counters_by_status_tell_the_error_rate(world: World) -> None:
    """Of the growth of counters in each bucket, the server errors' share is the error rate; a counter that falls began again."""
    readings = [(0, 100, 0), (15, 200, 0), (30, 290, 10), (45, 380, 20), (60, 50, 50), (75, 150, 50), (90, 250, 50)]
    verdict = judged(world, "alert.error_rate", {"prom.json": counters(*readings)})

    # Buckets of 30 s: 0-30 s grows by 100 and 0; 30-60 s by 180 and 20 (10 %); 60-90 s by 150 and 50 - 20 + 0 (30 of 180).
    assert spans(verdict) == [(short(30), short(90), pytest.approx(100 * 30 / 180, abs=0.001))]


def test_what_is_counted_in_buckets_is_told_as_buckets(world: World) -> None:
    """Growth of counters has no value at an instant, only over a bucket."""
    store = world({"prom.json": counters((0, 100, 0), (15, 200, 0), (30, 290, 10), (45, 380, 20))}).store

    assert store.connection.execute("select kind from signals where signal = 'error_rate'").fetchall() == [("bucket",)]


def test_the_client_sees_more_than_the_server(world: World) -> None:
    """A load test's own results beside the server's log are another definition of the same signal, seen by the client."""
    rows = [f"{epoch_ms(n)},GET x,{11000 if 60 <= n < 120 else 900},200,OK,true,192.0.2.9" for n in range(300)]
    jmeter = "timeStamp,label,elapsed,responseCode,responseMessage,success,URL\n" + "\n".join(rows) + "\n"
    server = log(request(n, ms=900) for n in range(300))
    result = world({"client.csv": jmeter, "app.log": server}).findings.json
    verdict = next(one for one in result["verdicts"] if one["rule"] == "alert.response_time")

    client = [one for one in verdict["definitions"] if "(client)" in one["name"]]
    assert client
    assert verdict["depends"] is True
    assert verdict["verdict"] == "not_met"


def access(second: int, status: int = 200, took: str = "") -> str:
    """Return a line of an access log, whose stamp is of noon and these seconds."""
    stamp = f"02/Apr/2031:12:{second // 60:02}:{second % 60:02} +0000"
    return f'192.0.2.7 - - [{stamp}] "GET /sailings HTTP/1.1" {status} 134 "-" "curl/8.5"{took}'


def test_an_access_log_alone_carries_the_criteria(world: World) -> None:
    """Where all that was saved is the access log of a server, its statuses tell the error rate; of times it says nothing."""
    lines = [access(n, 502 if 60 <= n < 240 and n % 10 == 0 else 200) for n in range(420)]
    result = world({"access.log": log(lines)}).findings.json
    verdicts = {one["rule"]: one for one in result["verdicts"]}

    assert spans(verdicts["declare.error_rate"]) == [(short(60), short(240), 10.0)]
    assert verdicts["declare.error_rate"]["statistic"] == (
        "failed / all external requests, 30 s buckets, each at its stamp (in nginx's logs its end, in Apache's its start), "
        "from access.log (access log)"
    )
    assert verdicts["declare.response_time"]["verdict"] == "not_assessable"
    # From the last good request, at second 59, to the first one after the last failure's bucket, at 240.
    assert (result["impact"]["requests"], result["impact"]["p95_s"]) == (182, None)


def test_an_access_log_that_times_its_answers_tells_response_times(world: World) -> None:
    """Seconds at the end of the line, as nginx writes them where it is told to, are how long the answer took."""
    lines = [access(n, took=" 6.200" if 30 <= n < 390 else " 0.050") for n in range(420)]

    assert judged(world, "declare.response_time", {"access.log": log(lines)})["verdict"] == "met"


def test_what_apache_times_is_judged_by_its_end(world: World) -> None:
    """Apache stamps the start: ten requests that begin at second 20 and fail after 15 s failed in the bucket from second 30."""
    lines = [access(n, took=" **0/50000**") for n in range(0, 120, 3)] + [access(20, 502, " **15/15000000**")] * 10
    verdict = judged(world, "alert.error_rate", {"access.log": log(lines)})

    # From 30 s to 60 s end ten requests that are good, of seconds 30, 33, ... 57, and the ten that failed.
    assert spans(verdict) == [(short(30), short(60), 50.0)]


@pytest.mark.parametrize("status", [999, 600])
def test_a_status_that_cannot_be_is_no_failure(world: World, status: int) -> None:
    """It is named as an impossible value, and fails nothing."""
    told = world({"access.log": log(access(n, status if n % 2 else 200) for n in range(300))})
    verdict = next(one for one in told.findings.json["verdicts"] if one["rule"] == "declare.error_rate")

    assert verdict["verdict"] == "not_met"
    assert ("impossible-values", f"150 requests have the status {status}, which no standard knows") in [
        (one.code, one.message) for one in told.evidence[0].problems
    ]


def test_an_access_log_in_json_tells_status_and_time(world: World) -> None:
    """Keys in any order: five minutes of 6.2 s answers meet the rule on response times, and half of them fail."""

    def line(n: int) -> str:
        slow = 30 <= n < 390
        told = {
            "status": 502 if slow and n % 2 else 200,
            "request": "GET /sailings HTTP/1.1",
            "remote_addr": "192.0.2.7",
        }
        told |= {"time_iso8601": f"{short(n)[:-1]}+00:00", "request_time": 6.2 if slow else 0.05}
        return json.dumps(told)

    verdicts = {one["rule"]: one for one in world({"access.log": log(map(line, range(420)))}).findings.json["verdicts"]}

    assert spans(verdicts["declare.response_time"]) == [(short(30), short(390), 6.2)]
    assert spans(verdicts["declare.error_rate"]) == [(short(30), short(390), 50.0)]


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        pytest.param(range(60, 240), "met", id="most failures never reached the server: users met them all the same"),
        pytest.param(range(60, 240, 25), "not_met", id="few of them: the server is nearest"),
    ],
)
def test_what_two_logs_saw_of_the_same_requests_is_counted_once(world: World, failing: range, expected: str) -> None:
    """Beside the server's own log of its requests, the access log in front of it is another place to look from."""
    own = log(request(n) for n in range(300))
    front = log(access(n, 504 if n in failing else 200) for n in range(300))
    result = world({"app.log": own, "access.log": front}).findings.json
    verdict = next(one for one in result["verdicts"] if one["rule"] == "declare.error_rate")

    assert verdict["verdict"] == expected
    if expected == "met":
        assert 0 < result["impact"]["requests"] <= len(own.splitlines())
    assert any("(access log)" in finding["statement"] for finding in result["findings"])


def test_samples_that_are_one_request_each_are_judged_by_their_p95(world: World) -> None:
    """Twenty requests a bucket: one slow one is within the p95, two are not; a request's own sample meets no rule by itself."""
    readings = [
        (30 * bucket + number, 9000 if number < (2 if 20 <= bucket < 32 else 1) else 40)
        for bucket in range(60)
        for number in range(20)
    ]

    found = judged(world, "declare.response_time", {"m.json": samples("transaction.duration", readings, "ms")})

    assert found["verdict"] == "met"
    assert spans(found) == [(short(600), short(960), 9.0)]
    assert found["statistic"].startswith("p95 of all that transaction.duration tells, 30 s buckets, from m.json")

"""Who was hit, with the denominator, from whatever counts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.report import story
from forensics.report.words import Times
from small_world import BUCKET, at, log, request

World = Callable[[dict[str, str | bytes]], Any]
SUMMARY = """
running (0m01.0s), 400/400 VUs, 12 complete and 0 interrupted iterations
running (0m02.0s), 400/400 VUs, 190 complete and 0 interrupted iterations
     http_req_duration..............: avg=71.15ms min=52.22ms med=70.8ms max=22.32s p(90)=20.15s p(95)=20.96s
     http_req_failed................: 7.61%  761 out of 9999
     http_reqs......................: 9999   199.98/s
running (0m50.0s), 000/400 VUs, 9999 complete and 0 interrupted iterations
"""


def by_user(second: float, user: int | None, *, failed: bool) -> str:
    """Return the line of a request that a user made who was logged in, or nobody known."""
    line = request(second, failed=failed, ip=f"192.0.2.{user or 99}")
    return line.replace(" | Time:", f" | User: {user} | Time:") if user else line


def test_users_are_counted_where_requests_name_them(world: World) -> None:
    """Of four users and many strangers two users saw failures: strangers are no users."""
    lines = []
    for place in range(40):
        bad = 10 <= place < 20
        for number in range(8):
            user = number + 1 if number < 4 else None
            lines.append(by_user(place * BUCKET + number * 3, user, failed=bad and number in (0, 1, 5)))

    found = world({"app.log": log(lines)}).findings.json["impact"]

    assert (found["accounts_failed"], found["accounts"]) == (2, 4)
    assert (found["addresses_failed"], found["addresses"]) == (3, 5)


def test_without_named_users_none_are_counted(world: World) -> None:
    """Addresses are no users."""
    lines = [request(place * 3, failed=100 < place < 200) for place in range(400)]

    found = world({"app.log": log(lines)}).findings.json["impact"]

    assert (found["accounts_failed"], found["accounts"]) == (None, None)
    why = "no log of these requests names the account that asked"
    assert found["why_null"] == {"accounts": why, "accounts_failed": why, "data_loss": found["why_null"]["data_loss"]}


WHO = ("addresses", "addresses_failed", "accounts", "accounts_failed")


def test_what_nobody_counted_is_null_with_its_reason(world: World) -> None:
    """The summary of a load test counts requests, and not who asked: each of these is there, null, with the reason."""
    found = world({"k6.txt": SUMMARY}).findings.json["impact"]

    assert [found[name] for name in WHO] == [None] * 4
    assert {found["why_null"][name] for name in WHO} == {
        "requests are told in sum only, by the summary of a load test, and of a sum nobody tells who asked"
    }
    assert found["why_null"].keys() == {*WHO, "data_loss"}


def test_where_nothing_was_over_a_limit_nobody_is_counted(world: World) -> None:
    """Calm evidence has no incident, so that the counts of one are null; it is not said that nobody was hit."""
    found = world({"app.log": log([request(place * 3) for place in range(400)])}).findings.json["impact"]

    assert [found[name] for name in ("requests", "failed", "p95_s", *WHO)] == [None] * 7
    assert found["why_null"].keys() == {"requests", "failed", "p95_s", *WHO, "data_loss", "statement"}
    assert found["why_null"]["requests"].startswith("nothing in this evidence was over a limit")


def test_the_summary_of_a_load_test_tells_its_share_and_of_how_many(world: World) -> None:
    """No single request is told; the summary tells 7.61 % of 9,999, and a p95 of 20.96 s, as the client saw them."""
    result = world({"k6.txt": SUMMARY}).findings.json
    found = result["impact"]

    told = [(one["of"], one["value"], one["unit"], one["requests"], one["whole_run"]) for one in found["measured"]]
    assert (found["requests"], found["failed"], found["failed_share"], found["p95_s"]) == (9999, 761, 7.611, 20.96)
    assert found["counted"]["statement"] == (
        "761 of 9,999 requests failed (7.61 %), over all that k6.txt (client) measured"
    )
    (who,) = [line.text for line in story.summary(result, Times()) if line.name == "Who was hit"]
    assert who == "761 of 9,999 requests failed (7.61 %), over all that the client measured; one in twenty over 21 s."
    assert told == [("error_rate", 7.61, "%", 9999, True), ("response_time", 20.96, "s", 9999, True)]
    assert {one["by"] for one in found["measured"]} == {"k6.txt (client)"}


def vegeta(requests: int, good: str) -> str:
    """Return what vegeta reports of a run of thirty seconds at which every twentieth request took four seconds."""
    return (
        f"Requests      [total, rate, throughput]         {requests}, {requests / 30:.2f}, 1.00\n"
        "Duration      [total, attack, wait]             30s, 30s, 12ms\n"
        "Latencies     [min, mean, 50, 90, 95, 99, max]  1.2ms, 240.1ms, 12.3ms, 812.4ms, 4s, 4.812s, 5.001s\n"
        f"Success       [ratio]                           {good}%\n"
        "Status Codes  [code:count]                      200:1236  503:264\n"
    )


def test_a_share_that_leaves_one_count_tells_how_many_failed(world: World) -> None:
    """Of 1,500 requests 82.40 % succeeded: only 264 failures give that share."""
    found = world({"vegeta.txt": vegeta(1500, "82.40")}).findings.json["impact"]

    assert (found["requests"], found["failed"], found["failed_share"], found["p95_s"]) == (1500, 264, 17.6, 4.0)


def test_a_share_that_fits_several_counts_tells_none(world: World) -> None:
    """Of 1,500,000 requests a hundred and more counts give 82.40 %: how many failed is not told."""
    found = world({"vegeta.txt": vegeta(1_500_000, "82.41")}).findings.json["impact"]

    assert (found["requests"], found["failed"]) == (None, None)


def test_runs_of_two_tests_are_not_added_up(world: World) -> None:
    """Two files tell of a run each: the numbers are those of the incident's first, and name it."""
    other = SUMMARY.replace("7.61%  761 out of 9999", "50.00%  50 out of 100").replace("9999   199.98/s", "100   2.0/s")
    found = world({"a.txt": SUMMARY, "b.txt": other.replace("0m50.0s", "0m20.0s")}).findings.json["impact"]

    assert (found["requests"], found["failed"], found["counted"]["by"]) == (9999, 761, "a.txt (client)")


def test_two_runs_in_one_file_have_no_one_count(world: World) -> None:
    """Which of the two the incident was, nobody can tell: the shares stand, and no count."""
    other = SUMMARY.replace("761 out of 9999", "800 out of 8000").replace("9999   199.98/s", "8000   160.0/s")
    found = world({"k6.txt": SUMMARY + other}).findings.json["impact"]

    assert (found["requests"], found["failed"]) == (None, None)


# ---- other tools that test under load -----------------------------------------------------------------------------

HEY = """
Summary:
  Total:\t30.1234 secs
  Slowest:\t6.6231 secs
  Average:\t0.5312 secs
  Requests/sec:\t39.8362

Latency distribution:
  50% in 0.0490 secs
  95% in 3.1490 secs

Status code distribution:
  [200]\t1000 responses
  [404]\t20 responses
  [503]\t150 responses

Error distribution:
  [25]\tGet "http://quay.example/": context deadline exceeded
  [5]\tGet "http://quay.example/": EOF
"""
WRK = """Running 30s test @ http://quay.example/berths
  4 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.91ms    1.89s     9.99s    93.69%
  1200 requests in 30.00s, 17.76MB read
  Non-2xx or 3xx responses: {failed}
Requests/sec:     40.00
"""
VEGETA = """Requests      [total, rate, throughput]         1500, 50.03, 41.20
Latencies     [min, mean, 50, 90, 95, 99, max]  1.2ms, 240.1ms, 12.3ms, 812.4ms, 1.204s, 4.812s, 5.001s
Success       [ratio]                           82.40%
"""
LOCUST_TABLE = """Type     Name                                  # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
GET      /berths                              {requests:7}  {failed:4}(7.50%) |     45       2    6207     30 |   40.00        2.00
--------|------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------
         Aggregated                           {requests:7}  {failed:4}(7.50%) |     45       2    6207     30 |   40.00        2.00

"""
LOCUST = (
    LOCUST_TABLE.format(requests=400, failed=30)
    + LOCUST_TABLE.format(requests=1200, failed=90)
    + """Response time percentiles (approximated)
Type     Name                                          50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs
--------|--------------------------------------|--------|------|------|------|------|------|------|------|------|------|------|------
GET      /berths                                        30     34     41     50     90   3210   4400   5812   6207   6207   6207   1200
         Aggregated                                     30     34     41     50     90   3210   4400   5812   6207   6207   6207   1200
"""
)


@pytest.mark.parametrize(
    ("text", "requests", "failed", "p95", "verdict"),
    [
        pytest.param(HEY, 1000 + 20 + 150 + 25 + 5, 150 + 25 + 5, 3.149, "met", id="hey: server errors and what never came"),
        pytest.param(WRK.format(failed=72), 1200, 72, None, "met", id="wrk: six percent"),
        pytest.param(VEGETA, 1500, 264, 1.204, "met", id="vegeta: all but the share that succeeded"),
        pytest.param(LOCUST, 1200, 90, 3.21, "met", id="locust: the last table of a run that goes on"),
    ],
)  # fmt: skip
def test_the_summary_of_any_load_tool_counts_who_was_hit(
    text: str, requests: int, failed: int, p95: float | None, verdict: str, world: World
) -> None:
    """Requests, failures and p95 are those of its summary, its share of failures is judged, and whose view it is is said."""
    result = world({"load.txt": text}).findings.json
    found = result["impact"]
    judged = next(one for one in result["verdicts"] if one["rule"] == "alert.error_rate")

    assert (found["requests"], found["failed"], found["p95_s"]) == (requests, failed, p95)
    assert found["failed_share"] == round(100 * failed / requests, 3)
    assert found["counted"]["by"] == "load.txt (client)"
    assert (judged["verdict"], judged["intervals"][0]["peak"]) == (verdict, pytest.approx(100 * failed / requests))


def test_a_count_of_failures_is_no_share_of_them(world: World) -> None:
    """Twelve failures of 1,200 are one percent, and cross no threshold; they are not twelve percent."""
    result = world({"wrk.txt": WRK.format(failed=12)}).findings.json
    judged = next(one for one in result["verdicts"] if one["rule"] == "alert.error_rate")

    assert (judged["verdict"], [one["highest"] for one in judged["series"]]) == ("not_met", [1.0])
    assert result["impact"]["kind"] == "none"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEY + HEY.replace("[200]\t1000", "[200]\t900"), id="two runs of hey"),
        pytest.param(WRK.format(failed=72) + WRK.format(failed=80), id="two runs of wrk"),
        pytest.param(
            LOCUST_TABLE.format(requests=1200, failed=90) + LOCUST_TABLE.format(requests=400, failed=30), id="locust, begun anew"
        ),
    ],
)  # fmt: skip
def test_runs_of_one_file_are_never_added_up(text: str, world: World) -> None:
    """Where a file tells of two runs nobody knows which of them was the incident: nothing is counted."""
    found = world({"load.txt": text}).findings.json["impact"]

    assert (found["requests"], found["failed"]) == (None, None)


# ---- one route alone -----------------------------------------------------------------------------------------------


def routed(failing: dict[str, int], of: dict[str, int]) -> str:
    """Return a log of ten calm minutes, five minutes in which so many requests of each route fail in each bucket, and ten calm ones."""
    lines = []
    for place in range(50):
        second = float(place * BUCKET)
        for path, count in of.items():
            for number in range(count):
                second += BUCKET / 50
                lines.append(request(second, failed=20 <= place < 30 and number < failing.get(path, 0), path=path))
    return log(lines)


def test_a_route_that_alone_failed_is_named(world: World) -> None:
    """All failures are of a route that has a quarter of the requests; the title says so, for nobody else gave one."""
    result = world({"app.log": routed({"/api/pay": 3}, {"/api/pay": 5, "/api/list": 10, "/api/show": 5})}).findings.json

    assert result["impact"]["failed"] == 30
    assert result["impact"]["only_route"] == {
        "route": "/api/pay", "failed": 30, "requests": result["impact"]["routes"][0]["requests"],
    }  # fmt: skip
    assert result["incident"]["title"] == "Requests to /api/pay failed"


@pytest.mark.parametrize(
    ("failing", "of"),
    [
        ({"/api/pay": 3, "/api/list": 1}, {"/api/pay": 5, "/api/list": 10, "/api/show": 5}),
        ({"/api/pay": 6}, {"/api/pay": 20}),
    ],
    ids=["a quarter of the failures are of another", "there is no other"],
)
def test_no_route_is_named_where_the_failures_are_not_its_own(
    failing: dict[str, int], of: dict[str, int], world: World
) -> None:
    """Where other routes failed as well, or nothing else was asked for, the route tells nothing."""
    result = world({"app.log": routed(failing, of)}).findings.json

    assert result["impact"]["failed"] == 10 * sum(failing.values())
    assert result["impact"]["only_route"] is None
    assert result["incident"]["title"] == "Requests failed"


def test_an_access_log_names_the_user_who_logged_in(world: World) -> None:
    """What stands between the address and the time is who asked; a dash is nobody. Of four users two saw a failure."""
    lines = []
    for second in range(0, 3600, 3):
        user = ("nora", "ole", "quay master", "-", "pilot")[second // 3 % 5]
        failed = 1200 <= second < 1500 and user in ("nora", "quay master", "-")
        lines.append(
            f'192.0.2.7 - {user} [{at(second):%d/%b/%Y:%H:%M:%S} +0000] "GET /berths HTTP/1.1" {502 if failed else 200} 12 "-" "-"'
        )

    hit = world({"access.log": log(lines)}).findings.json["impact"]

    assert (hit["accounts"], hit["accounts_failed"]) == (4, 2)

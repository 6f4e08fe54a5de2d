"""Who was hit, with the denominator, from whatever counts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from small_world import BUCKET, log, request

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


def test_the_summary_of_a_load_test_tells_its_share_and_of_how_many(world: World) -> None:
    """No single request is told; the summary tells 7.61 % of 9,999, and a p95 of 20.96 s, as the client saw them."""
    found = world({"k6.txt": SUMMARY}).findings.json["impact"]

    told = [(one["of"], one["value"], one["unit"], one["requests"], one["whole_run"]) for one in found["measured"]]
    assert (found["requests"], found["failed"], found["failed_share"], found["p95_s"]) == (9999, 761, 7.611, 20.96)
    assert found["counted"]["statement"] == (
        "761 of 9,999 requests failed (7.61 %), over all that k6.txt (client) measured"
    )
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

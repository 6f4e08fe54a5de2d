"""Where two places saw different response times of whole runs, in small worlds made by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Analysed
from small_world import iso, request
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]


def client(p95: str) -> str:
    """Return the summary of a load test, as the client saw it."""
    return (
        "running (0m00.5s), 10/10 VUs, 0 complete and 0 interrupted iterations\n"
        "running (0m50.0s), 10/10 VUs, 100 complete and 0 interrupted iterations\n"
        f"     http_req_duration..............: avg=900ms min=10ms med=800ms max=40s p(90)=700ms p(95)={p95}\n"
    )


SERVER = (
    "handler_200   count=90  min=5.00ms  p50=300.00ms  p95=900.00ms  p99=990.00ms  max=999.00ms  mean=400.00ms\n"
    "handler_500   count=10  min=5.00ms  p50=600.00ms  p95=1000.00ms p99=1100.00ms max=1200.00ms mean=700.00ms\n"
    "t(s)  pool(active/idle/waiting)\n"
    "  0.0   0/ 10/    0\n"
    "  1.0   10/  0/   50\n"
    "  2.0   10/  0/  150\n"
)


def test_a_client_that_waited_longer_than_the_server_knows_is_a_finding(world: World) -> None:
    """The client waited 9 s at p95, the server's slowest kind of request took 1 s at p95: neither says which is right."""
    found = world({"k6.txt": client("9s"), "stats.txt": SERVER}).findings.json
    (told,) = found["vantages"]

    assert {name: told[name] for name in ("statistic", "client", "server")} == {
        "statistic": "p95", "client": 9.0, "server": 1.0,
    }  # fmt: skip
    assert told["statement"].startswith(
        "k6.txt (client) saw a response time of 9 s at p95 of its whole run, stats.txt (server) 1 s"
    )
    assert told["statement"] in [one["statement"] for one in found["findings"]]


@pytest.mark.parametrize(
    "p95", [pytest.param("1.9s", id="less than twice as long"), pytest.param("600ms", id="less than twice as short")]
)
def test_places_that_saw_nearly_the_same_are_none(world: World, p95: str) -> None:
    """What differs by less than twice may be the network, or another share of the requests."""
    assert world({"k6.txt": client(p95), "stats.txt": SERVER}).findings.json["vantages"] == []


def test_a_statistic_of_some_requests_judges_no_rule_where_one_of_all_is_there(world: World) -> None:
    """The client's p95 of all requests judges; the server's, by status, stand beside it as other definitions."""
    found = world({"k6.txt": client("9s"), "stats.txt": SERVER}).findings.json
    verdict = next(one for one in found["verdicts"] if one["rule"] == "alert.response_time")

    assert (verdict["verdict"], {run["signal"].rpartition(", from ")[2] for run in verdict["intervals"]}) == (
        "met",
        {"k6.txt (client)"},
    )
    assert sorted(one["name"].partition(" ")[0] for one in verdict["definitions"] if "stats.txt" in one["name"]) == [
        "handler_200",
        "handler_500",
    ]


def test_an_incident_that_one_place_alone_saw_is_no_clean_bill(world: World) -> None:
    """The server answered in a second throughout; clients waited eleven for twenty minutes: title, state and first line say so."""
    server = "\n".join(request(second, ms=1000) for second in range(0, 3600, 2)) + "\n"
    rows = [f"{iso(second)},{11 if 1200 <= second < 2400 else 1.2}" for second in range(0, 3600, 15)]
    client = "timestamp,client_response_time_p95_seconds\n" + "\n".join(rows) + "\n"

    analysed = world({"app.log": server, "client.csv": client})

    incident = analysed.findings.json["incident"]
    assert incident["elsewhere"] == {"none": "server", "met": "monitoring"}
    assert incident["title"] == "An incident as the monitoring saw it, none as the server did"
    assert incident["state"] == "not known: no incident as the server saw it, one as the monitoring did"
    assert any(
        one["statement"]
        == "“Response time > 5 seconds for > 5 minutes” and “Response Time: > 2 seconds” were not met as app.log (server) saw it, "
        "and were met as client.csv (monitoring) did: client_response_time_p95_seconds, each sample, at the highest 11 s"
        for one in analysed.findings.json["findings"]
    )
    assert "No criterion was met as the server saw it; one was as the monitoring did" in tell(analysed).page

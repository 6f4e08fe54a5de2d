"""Requests that are refused far more often than usual are told, and are an incident where no criterion was met."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from forensics.analysis import refusals as of_statuses
from forensics.report import charts, page, story
from forensics.report.redaction import Redactor
from forensics.report.words import Times
from small_world import BUCKET, at, iso, messages, short, within

World = Callable[[dict[str, Any]], Any]
LOG = "logs/access.log"
OF = 40
"""Requests of each bucket."""
USUAL = [0, 1, 0, 0, 0] * 10
"""Twenty-five minutes in which one request of two hundred is refused."""


def answers(*refused: int, status: int = 401, address: str = "", proxy: str = "") -> list[str]:
    """Return an access log of buckets with so many refused requests: each from another address, or those refused from one; with a
    proxy, all come from it."""
    lines = []
    for bucket, many in enumerate(refused):
        for place in range(OF):
            time = at(BUCKET * (bucket + place / OF))
            whose = proxy or (address if address and place < many else f"192.0.2.{1 + place}")
            got = status if place < many else 200
            lines.append(f'{whose} - - [{time:%d/%b/%Y:%H:%M:%S} +0000] "GET /berths HTTP/1.1" {got} 512 "-" "pilot/2"')
    return lines


def found(world: World, lines: Iterable[str], **files: str) -> dict[str, Any]:
    """Return what is found in a log, and in other files."""
    return world({LOG: "\n".join(lines) + "\n", **files}).findings.json  # type: ignore[no-any-return]


def refusals(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is told of refused requests."""
    return [one for one in result["beyond_limits"] if one["what"] == "refusal"]


def test_many_who_are_suddenly_refused_are_an_incident(world: World) -> None:
    """From 12:25 to 12:30 a quarter of all requests got 401, of which one in two hundred did before: nothing failed, and no rule of the
    runbook is met, and yet it is an incident, of the level that names authentication."""
    result = found(world, answers(*USUAL, *[10] * 10, *USUAL))
    (one,) = refusals(result)
    told = {
        name: one[name]
        for name in ("start", "end", "status", "refused", "requests", "usually_refused", "usually", "peak")
    }
    assert told == {
        "start": short(1500),
        "end": short(1800),
        "status": 401,
        "refused": 100,
        "requests": 400,
        "usually_refused": 10,
        "usually": 2000,
        "peak": 25.0,
    }
    assert [one["rule"] for one in result["verdicts"] if one["verdict"] == "met"] == []
    assert result["incident"]["title"] == "Requests were refused"
    assert result["severity"]["level"] == "P1"
    assert result["severity"]["reason"] == one["statement"]
    onset, recovered = result["moments"]["onset"], result["moments"]["recovered"]
    assert (onset["earliest"], onset["latest"]) == (short(1499), within(1500))
    assert (recovered["earliest"], recovered["latest"]) == (short(1776), within(1777))
    assert result["impact"]["degraded"][0]["what"] == "refused"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param(answers(*USUAL, *[10] * 10, *USUAL, status=404, address="198.51.100.9"), False, id="one scanner"),
        pytest.param(answers(*USUAL, *[10] * 10, *USUAL, status=404), True, id="a route that is gone, for all"),
        pytest.param(answers(*USUAL, *[10] * 10, *USUAL, proxy="10.0.0.1"), True, id="all come from one proxy"),
        pytest.param(answers(*[6] * 110), False, id="as many all along"),
        pytest.param(
            answers(*USUAL, *[10] * 4, *USUAL), False, id="for two minutes: not longer than an error rate may"
        ),
        pytest.param(answers(*[0] * 15, *[10] * 10, *USUAL), False, id="nothing tells what is usual"),
        pytest.param(answers(*USUAL, *[2] * 10, *USUAL), False, id="no more than may fail"),
    ],
)
def test_what_is_told(world: World, lines: list[str], told: bool) -> None:
    """What one client does, what is usual, and what is short or seldom is not told."""
    assert bool(refusals(found(world, lines))) == told


def test_where_a_criterion_was_met_it_moves_nothing(world: World) -> None:
    """Ten minutes after many were refused, half of all failed for five minutes: the incident began with these."""
    refused = answers(*USUAL, *[10] * 10, *USUAL[:10])
    failing = answers(*USUAL, *[0] * 20, *[20] * 10, *USUAL, status=500)[len(refused) :]
    result = found(world, [*refused, *failing])
    assert len(refusals(result)) == 1
    assert result["moments"]["onset"]["latest"] == within(30 * 70)


def test_taking_a_change_back_does_not_help_where_as_many_are_refused(world: World) -> None:
    """A release was taken back and as many got 401 as before until something else was set right: it was taken back in vain."""
    commits = "\n".join(
        [
            f"c3d4e5f {iso(1500 + 540)[:19]}+00:00 open the port of the time server",
            f'b2c3d4e {iso(1500 + 300)[:19]}+00:00 Revert "check who is meant"',
            f"a1b2c3d {iso(1500 - 60)[:19]}+00:00 check who is meant",
        ]
    )
    result = found(world, answers(*USUAL, *[10] * 20, *USUAL), **{"git-log.txt": commits + "\n"})
    change = next(one for one in result["changes"] if one["id"].startswith("a1b2c3d"))
    assert (change["reverted_in_vain"], change["label"]) == (True, "lead")


def test_the_first_screen_says_how_many_were_refused(world: World) -> None:
    """A reader sees what happened, to how many requests, and the course of it; nothing says that it was over a limit."""
    case = world({LOG: "\n".join(answers(*USUAL, *[10] * 10, *USUAL)) + "\n"})
    lines = {line.name: line.text for line in story.summary(case.findings.json, Times())}
    assert lines["What"] == "Far more requests than usual were refused."
    assert lines["Who was hit"].startswith("100 of 400 requests from outside were answered with 401 (25 %); 0 of 4")
    picture = charts.hero(case.store, case.findings.json)
    assert picture is not None
    assert picture.takeaway == "Answered with 401: highest 25 %. The runbook has no rule for it."


@pytest.mark.parametrize(("minutes", "verdict"), [(40, "shown"), (20, "not_shown")])
def test_recovery_is_shown_by_what_was_refused(world: World, minutes: int, verdict: str) -> None:
    """Where nothing failed, it is over when as few are refused as before, for as long as the runbook wants people to watch."""
    result = found(world, answers(*USUAL, *[10] * 10, *([0, 1, 0, 0, 0] * minutes)[: 2 * minutes]))
    watched = {one["title"]: one for one in result["recovery"]["signals"]}
    one = watched[f"Answered with 401 ({LOG})"]
    assert (one["limit"], one["baseline"]["median"]) == (5, 0.5)  # one of two hundred
    assert result["recovery"]["verdict"] == verdict


def test_a_page_on_which_many_are_refused_to_the_end_is_not_over(world: World) -> None:
    """What is refused until the evidence ends goes on."""
    result = found(world, answers(*USUAL, *[10] * 40))
    assert result["incident"]["state"] == "ongoing when the evidence ends"
    assert result["moments"]["recovered"].get("earliest") is None


def test_what_was_done_is_measured_by_what_was_refused(world: World) -> None:
    """After five minutes in which a quarter of all was refused, somebody drains a node, and none is refused from then on."""
    chat = messages((1560, "nora", "pilots get 401"), (1775, "ole", "draining berth-node-2"))
    result = found(world, answers(*USUAL, *[10] * 10, *[0] * 60), **{"slack.json": chat})
    (done,) = result["response"]["mitigations"]
    effect = done["effect"]["refused"]
    assert (effect["before"], effect["after"], effect["unit"]) == (25, 0, "%")
    assert (
        result["moments"]["mitigated"]["why"] == "the last action before the service recovered: draining berth-node-2"
    )


def test_the_page_calls_no_time_over_limits_where_there_is_no_limit(world: World) -> None:
    """Of what the runbook has no rule for, the page says how long it was in all."""
    case = world({LOG: "\n".join(answers(*USUAL, *[10] * 10, *USUAL)) + "\n"})
    html = page.render(case.findings.json, case.findings.claims, [], Redactor(case.store, True))
    assert "<dt>Time in all</dt>" in html
    assert "Time over limits" not in html


def test_what_was_refused_at_another_time_makes_no_level(world: World) -> None:
    """Ten minutes after many got 401, one of ten requests failed for five minutes: that is P2, for nobody was refused then."""
    refused = answers(*USUAL, *[10] * 10, *USUAL[:20])
    failing = answers(*USUAL, *[0] * 30, *[4] * 10, *USUAL, status=500)[len(refused) :]
    result = found(world, [*refused, *failing])
    assert [one["status"] for one in refusals(result)] == [401]
    assert result["severity"]["level"] == "P2"


def test_of_a_long_time_buckets_are_wider(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no more than fifty-six buckets for fifty-five minutes, they are of a minute, and tell the same."""
    monkeypatch.setattr(of_statuses, "MOST_BUCKETS", 56)
    (one,) = refusals(found(world, answers(*USUAL, *[10] * 10, *USUAL)))
    assert (one["start"], one["end"], one["refused"], one["requests"]) == (short(1500), short(1800), 100, 400)
    assert one["usually_refused"] == 10

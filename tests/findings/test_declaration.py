"""When an incident was to be declared, by whom it was, and how long it was how grave."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.findings import declaration
from forensics.findings.severity import State
from forensics.model import Moment
from forensics.times import Span
from small_world import (
    at,
    epoch_ms,
    every,
    failed_login,
    good_login,
    log,
    messages,
    request,
    samples,
    short,
    slow_traffic,
    traffic,
)

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"


def incident(second: float) -> str:
    """Return an incident record that a person opened at this second."""
    one = {
        "id": f"incident_{epoch_ms(second)}_x",
        "title": "Errors",
        "status": "resolved",
        "severity": "high",
        "affectedServices": ["api"],
        "startTime": epoch_ms(second),
        "createdBy": "nora",
        "autoCreated": False,
        "timeline": [],
    }
    return json.dumps({"incidents": [one]})


def test_a_criterion_asks_for_a_declaration_once_it_has_lasted(world: World) -> None:
    """Errors from second 30 on ask for a declaration two minutes later; a person who opens an incident at 300 is late by 150."""
    files = {LOG: traffic(0, 2, 2, 2, 2, 2, 0, *[0] * 10), "incidents.json": incident(300)}
    found = world(files).findings.json["declarable"]

    assert (found["at"], found["declared_after_s"]) == (short(150), 150.0)
    assert found["words"] == "Error rate > 5% for > 2 minutes"


def test_a_person_may_be_faster_than_the_criterion(world: World) -> None:
    """Who declares before the criterion has lasted is early, and the delay is negative."""
    files = {LOG: traffic(0, 2, 2, 2, 2, 2, 0, *[0] * 10), "incidents.json": incident(90)}

    assert world(files).findings.json["declarable"]["declared_after_s"] == -60.0


def test_nothing_asks_for_a_declaration_where_no_criterion_was_met(world: World) -> None:
    """Crossing an alert threshold is not meeting a criterion."""
    found = world({LOG: traffic(0, 2, 2, 0, 0)}).findings.json

    assert found["declarable"] is None
    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P3", 60.0)]


def test_each_second_counts_for_the_highest_level_that_held(world: World) -> None:
    """Five minutes of 15 % errors inside ten minutes of full memory: P1 for five minutes, P3 for the other five."""
    lines = [request(n, failed=120 <= n < 420 and n % 20 < 3) for n in range(900)]
    memory = samples("memory.usage", every(30, *[50.0] * 2, *[90.0] * 20, *[50.0] * 8))
    found = world({LOG: log(lines), "m.json": memory}).findings.json

    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P1", 300.0), ("P3", 300.0)]


def test_what_was_over_a_limit_before_the_onset_is_no_time_of_the_incident(world: World) -> None:
    """Half a minute of 15 % errors in each of the five hours before, then five minutes of 40 %: P1 for these, and no time in P3."""
    lines = [request(n, failed=n % 3600 < 30 and n % 20 < 3) for n in range(18000)]
    lines += [request(n, failed=n < 18300 and n % 5 < 2) for n in range(18000, 20400)]
    found = world({LOG: log(lines)}).findings.json

    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P1", 300.0)]


def test_lengths_on_clocks_that_cannot_be_compared_are_not_added(world: World) -> None:
    """Two load tests of thirty and twenty seconds, each on its own clock, are not fifty seconds: the longer is told, the other
    beside it."""

    def run(seconds: int) -> str:
        return (
            "running (0m01.0s), 10/10 VUs, 10 complete and 0 interrupted iterations\n"
            f"running (0m{1 + seconds:02d}.0s), 10/10 VUs, 400 complete and 0 interrupted iterations\n"
            "     http_req_failed................: 8.00%  32 out of 400\n"
        )

    (one,) = world({"a.txt": run(20), "b.txt": run(30)}).findings.json["severity"]["spent"]

    assert (one["level"], one["seconds"], one["clock"]) == ("P3", 30.0, "b.txt")
    assert one["others"] == [{"seconds": 20.0, "clock": "a.txt"}]


def logins(*lines: str, until: float) -> str:
    """Return a log of logins of half an hour before these, and quiet ones until then."""
    before = [good_login(60.0 * n, ip="192.0.2.1") for n in range(10)]
    after = [good_login(60.0 * n, ip="192.0.2.1") for n in range(20, int(until / 60))]
    return log([*before, *lines, *after])


GUESSED = [*(failed_login(600 + 5.0 * n) for n in range(20)), good_login(720)]


def test_a_guessed_password_is_open_until_it_is_shut_out(world: World) -> None:
    """It was accepted at 652 s, in the midst of guesses, and the address was blocked by 900 s, as somebody told: the level lasted for
    four minutes and eight seconds at most."""
    guesses = [*GUESSED[:10], good_login(652), *GUESSED[10:20]]
    chat = messages((900, "U1", "blocked 192.0.2.66 at the firewall"))
    found = world({"auth.log": logins(*guesses, until=2400), "chat.json": chat}).findings.json
    first, second = found["severity"]["spent"]

    assert (found["severity"]["level"], first["level"], first["most_s"]) == ("P0", "P0", pytest.approx(248, abs=1.1))
    assert first["seconds"] <= first["most_s"]
    assert first["why"].startswith("a guessed password was accepted at 12:10:52 UTC, and it was mitigated")
    assert second["level"] == "P2"


def test_a_guessed_password_that_nobody_shut_out_is_open_when_the_evidence_ends(world: World) -> None:
    """From 720 s to the last line of the log: so long at least, and at most nobody knows."""
    found = world({"auth.log": logins(*GUESSED, until=2400)}).findings.json
    first = found["severity"]["spent"][0]

    assert (first["level"], first["seconds"], first["most_s"]) == ("P0", 2340 - 720, None)
    assert first["why"].endswith("and nothing shows that it was ended before the evidence ends")


def state(since: Span | None) -> State:
    """Return that data was lost between these times."""
    return State("data was lost", since, ("recovered", "mitigated"))


def moments_of(**spans: Span) -> dict[str, Moment]:
    """Return moments of which only these are known."""
    return {
        name: Moment(name, "derived" if name in spans else "unknown", spans.get(name))
        for name in ("recovered", "mitigated")
    }


@pytest.mark.parametrize(
    ("since", "found", "least", "most", "why"),
    [
        pytest.param(
            Span(at(0), at(60)), {"recovered": Span(at(300), at(360))}, 240.0, 360.0,
            "data was lost at 12:00:00 UTC, and it was recovered between 12:05:00 and 12:06:00 UTC", id="until it was back",
        ),
        pytest.param(
            Span(at(0), at(0)), {"mitigated": Span(at(90), at(90))}, 90.0, 90.0,
            "data was lost at 12:00:00 UTC, and it was mitigated between 12:01:30 and 12:01:30 UTC", id="until it was put back",
        ),
        pytest.param(
            Span(at(100), at(100)), {"mitigated": Span(at(0), at(400))}, 0.0, 300.0,
            "data was lost at 12:01:40 UTC, and it was mitigated by 12:06:40 UTC", id="it may have been put back at once",
        ),
        pytest.param(
            Span(at(100), at(100)), {"mitigated": Span(at(0), at(50))}, 500.0, None,
            "data was lost at 12:01:40 UTC, and nothing shows that it was ended before the evidence ends", id="before it",
        ),
        pytest.param(
            None, {}, None, None, "data was lost, and nothing tells since when or until when", id="nobody knows since when"
        ),
    ],
)  # fmt: skip
def test_how_long_data_was_lost_has_bounds(
    since: Span | None, found: dict[str, Span], least: float | None, most: float | None, why: str
) -> None:
    """From the moment until what ended it, or until the evidence ends; null with a reason where nothing tells."""
    told = declaration.lasted("P0", state(since), moments_of(**found), (at(-100), at(600)))

    assert told is not None
    assert (told.least, told.most, told.why) == (least, most, why)


@pytest.mark.parametrize(
    ("seconds", "most", "said"),
    [
        (60.0, 60.0, "1 min"),
        (60.0, 90.0, "1 min to 1 min 30 s (so)"),
        (0.0, 90.0, "1 min 30 s at most (so)"),
        (60.0, None, "1 min at least (so)"),
        (None, None, "a time that is not known (so)"),
    ],
)
def test_how_long_a_level_held_reads_well(seconds: float | None, most: float | None, said: str) -> None:
    """A length, a range, or that it is not known, and why."""
    why = "" if seconds == most and seconds else "so"
    assert declaration.how_long({"seconds": seconds, "most_s": most, "why": why}) == said


def test_a_process_that_dies_again_and_again_has_a_time_in_its_level(world: World) -> None:
    """It died at 300 s and at 600 s, and was back ten seconds later each time: from the first death until it was back for good."""
    text = "".join(
        f"{time}: PM2 log: App [quay:0] exited with code [1] via signal [SIGKILL]\n{back}: PM2 log: App [quay:0] online\n"
        for time, back in (
            ("2031-04-02T12:05:00", "2031-04-02T12:05:10"), ("2031-04-02T12:10:00", "2031-04-02T12:10:10"),
        )
    )  # fmt: skip
    found = world({LOG: traffic(*[0] * 40), "logs/pm2.log": text}).findings.json

    assert found["severity"]["level"] == "P1"
    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P1", 310.0)]


# ---- what was degraded ----------------------------------------------------------------------------------------------


def test_that_none_failed_never_stands_alone_where_answers_were_slow(world: World) -> None:
    """Six minutes of answers of six seconds: none failed, and that is not all that is said."""
    hit = world({LOG: slow_traffic(*[50] * 24, *[6000] * 12, *[50] * 10)}).findings.json["impact"]

    assert (hit["failed"], [one["what"] for one in hit["degraded"]]) == (0, ["slow"])
    assert hit["statement"] == (
        f"{hit['slow']['requests']:,} of {hit['requests']:,} external requests took longer than 5 s; none of "
        f"{hit['requests']:,} requests that were answered failed."
    )
    assert hit["statement_claims"] == [hit["slow"]["claim"], hit["claim"]]


def test_where_requests_failed_that_is_said_first(world: World) -> None:
    """Half of the requests of three minutes failed: that is the sentence."""
    hit = world({LOG: traffic(*[0] * 24, *[10] * 6, *[0] * 10)}).findings.json["impact"]

    assert hit["statement"] == f"{hit['failed']:,} of {hit['requests']:,} requests failed."

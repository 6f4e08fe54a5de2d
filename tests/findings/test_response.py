"""Status updates, the promise of a response, mitigations and steps, in small worlds made by hand."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import Analysed
from forensics import runbook
from forensics.analysis.acts import Act, shows, sure
from forensics.errors import UsageError
from forensics.findings import promise, updates
from forensics.findings import result as results
from forensics.model import Citation, Json, Moment, Parameters
from forensics.report import response as said
from forensics.report import story
from forensics.report.redaction import Redactor
from forensics.report.story import Times
from forensics.times import Span
from small_world import epoch_ms, every, log, messages, request, samples, short, traffic, within
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
MINUTE = 60
PEOPLE = json.dumps(
    [
        {"id": "U1", "name": "ic", "profile": {"title": "Incident commander"}},
        {"id": "U2", "name": "oncall", "profile": {"title": "On-call engineer"}},
        {"id": "U3", "name": "support", "profile": {"title": "Customer support"}},
    ]
)


def update(minute: float, status: str, actions: str = "Looking") -> tuple[float, str, str]:
    """Return an update in the runbook's template, as the commander sends it."""
    text = (
        f"INCIDENT UPDATE - {short(minute * MINUTE)[:16].replace('T', ' ')} UTC\nIncident: Bookings fail\nStatus: {status}\n"
        f"Impact: Bookings fail\nActions: {actions}\nETA: unknown\nNext Update: soon"
    )
    return minute * MINUTE, "U1", text


def record(minute: float, severity: str = "critical", ended: float | None = None) -> str:
    """Return the export of an incident that a person opened."""
    start = epoch_ms(minute * MINUTE)
    entry: dict[str, Any] = {
        "id": "incident_1", "title": "Bookings fail", "description": "", "status": "investigating", "severity": severity,
        "affectedServices": ["api"], "startTime": start, "createdBy": "on-call-engineer", "autoCreated": False,
        "timeline": [
            {"id": "u1", "timestamp": start, "status": "investigating", "message": "Incident declared",
             "author": "on-call-engineer", "type": "status_change"}
        ],
    }  # fmt: skip
    if ended is not None:
        entry |= {"status": "resolved", "endTime": epoch_ms(ended * MINUTE)}
    return json.dumps({"incidents": [entry]})


def calls(*sent: tuple[float, dict[str, str]]) -> str:
    """Return what was sent to the incidents API, to change the incident."""
    url = "/api/monitoring/incidents/incident_1"
    return json.dumps(
        [{"method": "PATCH", "url": url, "at": epoch_ms(minute * MINUTE), "body": body} for minute, body in sent]
    )


RESOLVED = {"status": "resolved", "resolution": "Done", "resolvedBy": "incident-commander"}
FAILING = traffic(*[0] * 10, *[20] * 40, *[0] * 200)
"""Over two hours of requests; from 12:05 to 12:25 all fail."""


def rows(result: dict[str, Any]) -> list[tuple[str | None, str | None, float | None, bool]]:
    """Return due, sent, lateness and whether it is missing, of each update; times of day."""
    clock = lambda time: time and time[11:16]  # noqa: E731
    return [(clock(u["due"]), clock(u["sent"]), u["late_s"], u["missing"]) for u in result["updates"]]


# ---- updates --------------------------------------------------------------------------------------------------------


def test_updates_are_due_by_the_level_from_declaration_to_resolution(world: World) -> None:
    """Every 30 minutes at P0: in time, missing where none came before the next was due, and late."""
    sent = [update(25, "Investigating"), update(100, "Monitoring")]
    result = world(
        {
            "app.log": FAILING, "users.json": PEOPLE, "slack.json": messages(*sent),
            "incidents.json": record(10), "calls.json": calls((110, RESOLVED)),
        }
    ).findings.json  # fmt: skip

    assert rows(result) == [
        ("12:40", "12:25", 0.0, False),
        ("12:55", None, None, True),
        ("13:25", "13:40", 900.0, False),
        ("14:10", "13:50", 0.0, False),
    ]
    assert [u["channel"] for u in result["updates"]] == ["slack", None, "slack", "incident record"]
    assert [u["status"] for u in result["updates"]] == ["Investigating", None, "Monitoring", "Resolved"]
    silence = result["response"]["silence"]
    assert (silence["start"], silence["end"], silence["length_s"]) == (short(25 * 60), short(100 * 60), 4500.0)


def test_a_bots_alert_and_talk_are_no_updates(world: World) -> None:
    """Neither what a program writes nor what people say to each other is word to those who wait."""
    alert = {"type": "message", "subtype": "bot_message", "username": "monitoring", "text": "INCIDENT UPDATE - down"}
    talk = json.loads(messages((20 * 60, "U2", "looking"), (30 * 60, "U3", "when is the next INCIDENT UPDATE?")))
    bot = {**alert, "ts": f"{epoch_ms(15 * 60) / 1000:.6f}"}
    result = world(
        {"app.log": FAILING, "slack.json": json.dumps([bot, *talk]), "incidents.json": record(10, ended=50)}
    ).findings.json

    assert rows(result) == [("12:40", None, None, True)]
    silence = result["response"]["silence"]
    assert (silence["length_s"], silence["messages"]) == (2400.0, 2)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("*INCIDENT UPDATE - 12:40*\n*Status:* Identified", "Identified", id="the template, in bold"),
        pytest.param("Update: we are failing over", "", id="a message that opens as an update and states no state"),
        pytest.param("Resolved: pool is back", "Resolved", id="a message that opens with the state"),
        pytest.param("we identified it", None, id="a state within talk"),
        pytest.param("Monitoring shows 12 % errors", None, id="a word that opens and states nothing"),
        pytest.param("update the pool size please", None, id="a request that begins with the word"),
    ],
)
def test_what_counts_as_an_update(text: str, state: str | None) -> None:
    """A message of a person that opens as one, or with the state."""
    act = Act(datetime(2031, 4, 2), "message", text, Citation("slack.json"), channel="slack")

    assert updates.state_of(act) == state


def test_the_template_counts_whoever_sends_it(world: World) -> None:
    """People send the template through programs, too: with heading and status it is an update."""
    _, _, text = update(20, "Identified")
    bot = {"type": "message", "subtype": "bot_message", "username": "status-bot", "text": text}
    chat = json.dumps([{**bot, "ts": f"{epoch_ms(20 * 60) / 1000:.6f}"}])
    result = world({"app.log": FAILING, "slack.json": chat, "incidents.json": record(10, ended=30)}).findings.json

    assert [(one["sent"], one["status"]) for one in result["updates"]] == [(short(20 * 60), "Identified")]


def test_one_update_in_two_channels_is_one(world: World) -> None:
    """The same state in the record and in chat within minutes is one update, in both channels."""
    result = world(
        {
            "slack.json": messages(update(21, "Resolved")), "app.log": FAILING,
            "incidents.json": record(10), "calls.json": calls((20, RESOLVED)),
        }
    ).findings.json  # fmt: skip

    (one,) = result["updates"]
    assert (one["sent"], one["channel"]) == (short(20 * 60), "incident record, slack")


def test_published_states_are_updates(world: World) -> None:
    """What was published on a status page counts, with its state."""
    page = json.dumps(
        {"page": {"name": "Ferry"}, "incidents": [{"name": "Bookings fail", "incident_updates": [
            {"status": "identified", "body": "A lock.", "created_at": short(30 * 60)}]}]}
    )  # fmt: skip
    result = world({"app.log": FAILING, "page.json": page, "incidents.json": record(10, ended=45)}).findings.json

    assert [(u["channel"], u["status"]) for u in result["updates"]] == [("status page", "Identified")]


def test_a_raised_level_asks_for_an_update_sooner(world: World) -> None:
    """From the moment somebody raises it to P0, the half hour of P0 runs; before that, the hour of P1."""
    chat = messages((20 * 60, "U1", "upgrading from P1 to P0"), update(65, "Monitoring"))
    result = world(
        {"app.log": FAILING, "slack.json": chat, "incidents.json": record(10, "high", ended=70)}
    ).findings.json

    assert rows(result) == [("12:50", "13:05", 900.0, False)]
    assert [one["level"] for one in result["response"]["course"]["levels"]] == ["P1", "P0"]


def test_without_a_declared_level_ours_holds(world: World) -> None:
    """A record without a severity leaves the level to the runbook's definitions: here every request failed, P0."""
    bare = json.loads(record(10, ended=45))
    del bare["incidents"][0]["severity"]
    result = world(
        {"app.log": FAILING, "slack.json": messages(update(30, "Identified")), "incidents.json": json.dumps(bare)}
    ).findings.json

    assert result["severity"]["level"] == "P0"
    assert rows(result) == [("12:40", "12:30", 0.0, False)]


def test_a_reopened_incident_is_not_resolved(world: World) -> None:
    """Whoever states another state afterwards has taken the resolution back; the last one counts."""
    chat = messages(update(20, "Resolved"), update(40, "Investigating"), update(60, "Resolved"))
    result = world({"app.log": FAILING, "slack.json": chat, "incidents.json": record(10)}).findings.json

    assert result["response"]["course"]["end"] == short(60 * 60)


def test_no_resolution_is_said(world: World) -> None:
    """Without one, updates are counted as far as the channels tell something: what came after it, the log cannot say."""
    chat = messages(update(30, "Identified"))
    course = world({"app.log": FAILING, "slack.json": chat, "incidents.json": record(10)}).findings.json["response"]

    assert (course["course"]["resolved"], course["course"]["end"]) == (False, short(30 * 60))
    assert (
        course["course"]["end_why"]
        == "no declared resolution is in the evidence: counted to the last that its channels tell"
    )


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param({}, "no incident record opened by a person is in the evidence, and no status update is either", id="nothing"),
        pytest.param(
            {"incidents.json": record(10)},
            "no channel in which updates would stand is in the evidence: no messages, mails or published states",
            id="a record alone",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_null_with_its_reason(files: dict[str, str | bytes], why: str, world: World) -> None:
    """Nobody is said to have been silent where no channel is in the evidence."""
    result = world({"app.log": FAILING, **files}).findings.json

    assert (result["updates"], result["why_null"]["updates"]) == (None, why)


# ---- the promise ----------------------------------------------------------------------------------------------------

WORKING = promise.hours("Mon-Fri 09:00-17:00", "UTC")


def known(detected: Span, acknowledged: Span | None) -> dict[str, Moment]:
    """Return moments of which only these two are known."""
    taken = (
        Moment("acknowledged", "derived", acknowledged)
        if acknowledged
        else Moment("acknowledged", "unknown", why="nobody")
    )
    return {
        "detected": Moment("detected", "derived", detected),
        "declared": Moment("declared", "unknown"),
        "acknowledged": taken,
    }


def span(start: str, end: str = "") -> Span:
    """Return bounds within the first days of April 2031, of which the second is a Wednesday."""
    first, last = (datetime.fromisoformat(f"2031-04-{text}") for text in (start, end or start))
    return Span(first, last)


@pytest.mark.parametrize(
    ("level", "detected", "acknowledged", "verdict"),
    [
        pytest.param("P0", span("02T12:00"), span("02T12:15"), "kept", id="P0 within its quarter of an hour"),
        pytest.param("P0", span("02T12:00"), span("02T12:16"), "not_kept", id="P0 a minute later"),
        pytest.param("P0", span("02T12:00", "02T12:10"), span("02T12:20"), "not_known", id="P0 perhaps: the range holds both"),
        pytest.param("P1", span("02T12:00"), span("02T12:59"), "kept", id="P1 within the hour"),
        pytest.param("P2", span("04T16:00"), span("07T11:30"), "kept", id="P2 over a weekend, three and a half working hours"),
        pytest.param("P2", span("04T16:00"), span("07T12:30"), "not_kept", id="P2 over a weekend, four and a half"),
        pytest.param("P3", span("04T16:00"), span("07T16:59"), "kept", id="P3 on the next business day"),
        pytest.param("P3", span("04T16:00"), span("08T09:00"), "not_kept", id="P3 a business day later"),
        pytest.param("P0", span("02T12:00"), None, "not_known", id="nobody is known to have taken it"),
        pytest.param("none", span("02T12:00"), span("02T12:01"), "not_known", id="no level, no promise"),
    ],
)  # fmt: skip
def test_the_promise_of_each_level(level: str, detected: Span, acknowledged: Span | None, verdict: str) -> None:
    """Kept, not kept, or not known: by the level's time, counted in business hours where the runbook says so."""
    assert promise.promise(known(detected, acknowledged), level, "declared", WORKING)["verdict"] == verdict


def test_business_hours_are_those_of_the_zone() -> None:
    """Nine o'clock in Berlin is seven in UTC in April."""
    berlin = promise.hours("Mon-Fri 09:00-17:00", "Europe/Berlin")

    assert berlin.within(datetime(2031, 4, 2, 6), datetime(2031, 4, 2, 8)) == timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["9-5", "Fri-Mon 09:00-17:00", "Mon-Fri 17:00-09:00", "Mon-Fri 09:00-25:00", "Mo-Fr 09:00-17:00"]
)
def test_business_hours_that_are_none(text: str) -> None:
    """What cannot be read is refused, with an example of what can."""
    with pytest.raises(UsageError, match="for example Mon-Fri 09:00-17:00"):
        promise.hours(text, "UTC")


# ---- mitigations and steps ------------------------------------------------------------------------------------------


def history(*commands: tuple[float, str]) -> str:
    """Return a history of bash, with times."""
    return "".join(f"#{epoch_ms(minute * MINUTE) // 1000}\n{command}\n" for minute, command in commands)


def terminal(start: str, command: str, end: str) -> str:
    """Return what a recorded terminal shows of one command: the times stand only at both ends."""
    return (
        f'Script started on 2031-04-02 {start}+00:00 [TERM="xterm" TTY="/dev/pts/0" COLUMNS="120" LINES="40"]\n'
        f"oncall@web-1:~$ {command}\n"
        f'Script done on 2031-04-02 {end}+00:00 [COMMAND_EXIT_CODE="0"]\n'
    )


def test_each_mitigation_has_its_kind_time_and_measured_effect(world: World) -> None:
    """Of the five minutes before and after: all requests failed before the restart at 12:25, none after it."""
    result = world(
        {
            "app.log": FAILING, "incidents.json": record(10, ended=60), "slack.json": messages(update(30, "Monitoring")),
            "bash_history": history((12, "free -h"), (15, "truncate -s 0 ./logs/old.log"), (25, "pm2 restart ferry")),
        }
    ).findings.json  # fmt: skip

    found = result["response"]["mitigations"]
    assert [(one["kind"], one["time"], one["text"]) for one in found] == [
        ("resource", short(15 * 60), "truncate -s 0 ./logs/old.log"),
        ("service restart", short(25 * 60), "pm2 restart ferry"),
    ]
    rates = [(one["effect"]["error_rate"]["before"], one["effect"]["error_rate"]["after"]) for one in found]
    assert rates == [(100.0, 100.0), (100.0, 0.0)]
    assert found[0]["effect"]["response_time"]["points"] == [10, 10]
    assert [event["text"] for event in result["timeline"] if event["kind"] == "action"] == [
        "Command: truncate -s 0 ./logs/old.log",
        "Command: pm2 restart ferry",
    ]
    answer = next(one["answer"] for one in result["questions"] if one["id"] == "mitigated")
    assert answer == (
        "12:15:00 UTC resource: “truncate -s 0 ./logs/old.log” (error rate 100 % before, 100 % after; response time "
        "0.05 s before, 0.05 s after); 12:25:00 UTC service restart: “pm2 restart ferry” (error rate 100 % before, 0 % after; "
        "response time 0.05 s before, 0.05 s after)."
    )


def _acting(world: World, *commands: tuple[float, str]) -> list[Json]:
    files: dict[str, str | bytes] = {
        "app.log": FAILING,
        "incidents.json": record(10, ended=60),
        "slack.json": messages(update(30, "Monitoring")),
    }
    return world(files | {"bash_history": history(*commands)}).findings.json["response"]["mitigations"]  # type: ignore[no-any-return]


def test_minutes_between_two_actions_belong_to_the_first(world: World) -> None:
    """Requests fail until 12:25. Of two actions two minutes apart, the first is measured until the second, that from the first on."""
    first, second = _acting(world, (23, "truncate -s 0 ./logs/old.log"), (25, "pm2 restart ferry"))

    assert [(one["since"], one["until"], one["not_separated_from"]) for one in (first, second)] == [
        (None, short(25 * 60), None),
        (short(23 * 60), None, None),
    ]
    assert (first["effect"]["error_rate"]["before"], first["effect"]["error_rate"]["after"]) == (100.0, 100.0)
    assert (second["effect"]["error_rate"]["before"], second["effect"]["error_rate"]["after"]) == (100.0, 0.0)
    assert (first["effect"]["error_rate"]["points"], second["effect"]["error_rate"]["points"]) == ([10, 4], [4, 10])


def test_actions_too_close_to_be_told_apart_are_measured_as_one(world: World) -> None:
    """Thirty seconds lie between them: the first says that it cannot be separated from the second, and the second tells of both."""
    first, second = _acting(world, (24.5, "truncate -s 0 ./logs/old.log"), (25, "pm2 restart ferry"))

    assert first["effect"] is None
    assert first["why_not_measured"].startswith("cannot be separated from “pm2 restart ferry”, 30 s later")
    assert first["not_separated_from"]["text"] == "pm2 restart ferry"
    assert [one["text"] for one in second["together_with"]] == ["truncate -s 0 ./logs/old.log"]
    assert (second["effect"]["error_rate"]["before"], second["effect"]["error_rate"]["after"]) == (100.0, 0.0)
    assert second["effect"]["error_rate"]["points"] == [10, 10]  # what lies between the two is on neither side


def test_a_fall_that_had_begun_before_an_action_is_not_credited_to_it_alone(world: World) -> None:
    """All requests fail until 12:23, half of them until 12:26, none later. Of what fell after the action of 12:25 nobody can tell
    how much is the doing of the one of 12:23; what fell before it is none of its own."""
    files: dict[str, str | bytes] = {
        "app.log": traffic(*[0] * 20, *[20] * 26, *[10] * 6, *[0] * 40),
        "incidents.json": record(10, ended=60),
        "bash_history": history((23, "truncate -s 0 ./logs/old.log"), (25, "pm2 restart ferry")),
    }
    result = world(files).findings.json
    first, second = result["response"]["mitigations"]

    assert [one["effect"]["error_rate"]["before"] for one in (first, second)] == [100.0, 50.0]
    assert [one["effect"]["error_rate"]["after"] for one in (first, second)] == [50.0, 10.0]
    assert first["falling_since"] is None
    assert second["falling_since"] == {
        **{name: first[name] for name in ("time", "text", "where")},
        "of": ["error_rate"],
    }
    assert "already falling since 12:23:00: inseparable" in said.compared(second, Times())
    answer = next(one["answer"] for one in result["questions"] if one["id"] == "mitigated")
    assert "already falling since 12:23:00 UTC: inseparable" in answer


def test_what_was_done_after_the_last_failure_is_credited_with_no_fall_of_failures(world: World) -> None:
    """Requests fail until 12:25, the restart is of 12:27: the minutes before it that failed were over, and are none of its effect.
    What it did to response times is measured from the last failure on."""
    (one,) = _acting(world, (27, "pm2 restart ferry"))

    assert one["after_last_failure_s"] == pytest.approx(
        121.5
    )  # 20 requests in 30 s: the last before 12:25 is of 12:24:58.5
    assert one["effect"]["error_rate"] is None
    assert one["effect"]["response_time"]["points"] == [4, 10]  # four buckets from 12:25 to 12:27, all of them answered
    assert one["why_not_measured"].startswith(
        "no request failed any more when it was done (2 min 2 s after the last one)"
    )
    assert said.effect(one, "error_rate") == "not measured"
    assert said.others(one) == "2 min 2 s after the last request that failed: it did not end the failures"
    assert said.compared(one, Times()) == ""  # nothing is said twice


def test_an_action_just_after_the_last_failure_may_have_ended_them(world: World) -> None:
    """A second and a half after the last failure the next was not yet due: the fall is still measured at that action."""
    (one,) = _acting(world, (25, "pm2 restart ferry"))

    assert one["after_last_failure_s"] is None
    assert (one["effect"]["error_rate"]["before"], one["effect"]["error_rate"]["after"]) == (100.0, 0.0)


def test_an_effect_that_nothing_measured_is_not_measured(world: World) -> None:
    """Where no request and no sample stands around an action, it is said, never guessed."""
    result = world(
        {"slack.json": messages((12 * 60, "U2", "rolled back the 11:50 deploy"), update(14, "Resolved")),
         "incidents.json": record(10)}
    ).findings.json  # fmt: skip

    (one,) = result["response"]["mitigations"]
    assert (one["kind"], one["effect"]) == ("configuration", None)
    assert one["why_not_measured"] == "no requests or samples stand around it in the evidence"


def test_what_was_done_before_anybody_noticed_is_no_mitigation(world: World) -> None:
    """A restart before detection and declaration may have been the cause."""
    result = world(
        {"app.log": traffic(*[0] * 60), "bash_history": history((5, "pm2 restart ferry")), "incidents.json": record(10),
         "slack.json": messages(update(14, "Resolved"))}
    ).findings.json  # fmt: skip

    assert result["response"]["mitigations"] == []


def test_several_traces_of_one_action_are_one(world: World) -> None:
    """The command, the process manager's line and the message tell of one restart, at the process manager's time."""
    log = "2031-04-02T12:20:05: PM2 log: Stopping app:ferry id:0\n2031-04-02T12:20:06: PM2 log: App [ferry:0] online\n"
    result = world(
        {
            "app.log": FAILING, "incidents.json": record(10, ended=60), "pm2.log": log,
            "slack.json": messages((20.5 * 60, "U2", "restarted the app"), update(30, "Monitoring", "Restarted the app")),
            "bash_history": history((20, "pm2 restart ferry")),
        }
    ).findings.json  # fmt: skip

    (one,) = result["response"]["mitigations"]
    assert (one["kind"], one["time"], len(one["traces"])) == ("service restart", short(20 * 60 + 5), 3)


def test_what_only_an_update_tells_has_no_effect(world: World) -> None:
    """An update tells what had been done by then, not when."""
    chat = messages(update(30, "Monitoring", "Rolled back the deploy, watching"))
    result = world({"app.log": FAILING, "incidents.json": record(10, ended=60), "slack.json": chat}).findings.json

    (one,) = result["response"]["mitigations"]
    assert (one["kind"], one["told_only"], one["effect"]) == ("configuration", True, None)


def test_a_command_between_two_times_is_known_within_them(world: World) -> None:
    """A recorded terminal dates a command only by what stands around it; its effect is then not measured."""
    recorded = terminal("12:12:00", "truncate -s 0 ./logs/application.log", "12:32:00")
    result = world({"app.log": FAILING, "incidents.json": record(10), "typescript": recorded}).findings.json

    (one,) = result["response"]["mitigations"]
    assert one["time"] == {"earliest": short(12 * 60), "latest": short(32 * 60)}
    assert (one["effect"], one["why_not_measured"]) == (None, "when it was done is not known closely enough")
    assert [event["text"] for event in result["timeline"] if event["kind"] == "action"] == []
    answer = next(one["answer"] for one in result["questions"] if one["id"] == "mitigated")
    assert answer == "12:12:00 UTC (at 12:32:00 UTC at the latest) resource: “truncate -s 0 ./logs/application.log”."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("should we restart the app?", "", id="a question"),
        pytest.param("not restarting the app yet", "", id="a denial"),
        pytest.param("it restarted by itself", "", id="nobody did it"),
        pytest.param(
            "killed pid 7. do we roll back?", "killed pid 7.", id="what is done is kept, what is asked is not"
        ),
    ],
)
def test_what_is_asked_or_denied_was_not_done(text: str, kept: str) -> None:
    """Only sentences without doubt tell what was done."""
    assert sure(text) == kept


def test_who_was_told_and_over_which_channel(world: World) -> None:
    """The first trace of each role: somebody of it wrote, or was called; a role without one is no trace."""
    chat = messages(
        (11 * 60, "U2", "bookings fail, paging the incident commander"),
        (12 * 60, "U1", "on it"),
        (13 * 60, "U3", "4 tickets"),
    )
    told = world(
        {"app.log": FAILING, "users.json": PEOPLE, "slack.json": chat, "incidents.json": record(10)}
    ).findings.json["response"]["mobilised"]

    found = {one["id"]: (one["trace"], one.get("time"), one.get("channel")) for one in told}
    assert found == {
        "commander": ("was called", short(11 * 60), "slack"),
        "on-call": ("wrote", short(10 * 60), "incident record"),
        "team lead": ("no trace", None, None),
        "support": ("wrote", short(13 * 60), "slack"),
    }


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        pytest.param("incident commander is nora, I keep the notes", "was called", id="said who it is"),
        pytest.param("IC: @nora", "was called", id="in short"),
        pytest.param("I'll be IC", "was called", id="takes it"),
        pytest.param("who is IC?", "no trace", id="only asked"),
        pytest.param("the incident commander will decide that", "no trace", id="only spoken of"),
    ],
)
def test_who_commands_may_be_said_in_many_ways(text: str, trace: str, world: World) -> None:
    """Who says who commands has found one; who asks has not."""
    chat = messages((11 * 60, "U9", "bookings fail"), (12 * 60, "U9", text))
    told = world({"app.log": FAILING, "slack.json": chat}).findings.json["response"]["mobilised"]

    assert {one["id"]: one["trace"] for one in told}["commander"] == trace


@pytest.mark.parametrize(
    ("text", "time", "why"),
    [
        pytest.param("rolled back to v41 at 12:14", {"earliest": short(14 * 60), "latest": within(14 * 60 + 59)}, "", id="with its time"),
        pytest.param("rolled back v42, which was deployed at 12:12", short(18 * 60), "nobody wrote when", id="with another's"),
        pytest.param("rolled back to v41 at 14:14", short(18 * 60), "nobody wrote when", id="by the clock of another zone"),
    ],
)  # fmt: skip
def test_what_is_told_with_its_time_was_done_then(text: str, time: Any, why: str, world: World) -> None:
    """Requests fail from 12:10 to 12:15; the message is of 12:18. Where it says when, the effect is measured there."""
    chat = messages((11 * 60, "U1", "bookings fail, looking"), (18 * 60, "U1", text))
    bad = traffic(*[0] * 20, *[10] * 10, *[0] * 60)
    (told,) = world({"app.log": bad, "slack.json": chat}).findings.json["response"]["mitigations"]

    assert told["time"] == time
    assert why in told["why_not_measured"]
    assert (told["effect"]["error_rate"] is not None) == (not why)


def test_steps_leave_traces_or_none(world: World) -> None:
    """Branch, test and push are traces of the fix; a step that nothing tells of has no trace, and is not called undone."""
    result = world(
        {
            "app.log": FAILING, "incidents.json": record(10), "slack.json": messages(update(90, "Resolved")),
            "bash_history": history(
                (2, "npm test"), (40, "git checkout -b fix/incident-2031-04-02"), (50, "npm test"),
                (55, "git push origin fix/incident-2031-04-02"),
            ),
        }
    ).findings.json  # fmt: skip

    steps = {
        step["words"]: (step["trace"], step["count"], step["first"])
        for phase in result["response"]["phases"]
        for step in phase["steps"]
        if step["section"].startswith("3.2")
    }
    assert steps == {
        "Create fix branch": ("found", 1, short(40 * 60)),
        "Implement fix": ("no trace", 0, None),
        "Test fix": ("found", 1, short(50 * 60)),
        "Deploy fix": ("found", 1, short(55 * 60)),
        "Update monitoring thresholds and alert rules": ("no trace", 0, None),
    }


def test_branch_tests_and_deployment_of_the_fix_are_events(world: World) -> None:
    """Each is a row of the timeline with its lane, its citation and its step, whoever tells of it, and however late it was; what
    was tested before anybody had noticed is no test of a fix. A command that only lies between two times says so."""
    chat = messages(
        (52 * 60, "U2", "ran all tests on the fix, they are green"),
        (53 * 60, "U2", "should we deploy the fix now?"),
        update(54, "Resolved"),
        (300 * 60, "U2", "deployed the fix"),
    )
    told = history(
        (2, "npm test"), (40, "git checkout -b fix/incident-2031-04-02"), (50, "npm test"), (60, "git push origin fix/incident-2031-04-02")
    )  # fmt: skip
    recorded = terminal("12:41:00", "git switch -c fix/second", "12:45:00")
    result = world(
        {
            "app.log": FAILING,
            "incidents.json": record(10),
            "slack.json": chat,
            "bash_history": told,
            "typescript": recorded,
        }
    ).findings.json
    steps = [
        (one["time"][11:16], one["kind"], one["step"], one["text"], one["where"], one["key"])
        for one in result["timeline"]
        if one["step"]
    ]

    assert steps == [
        ("12:40", "action", "Create fix branch", "Create fix branch: git checkout -b fix/incident-2031-04-02", "bash_history:3", True),
        ("12:41", "action", "Create fix branch", "Create fix branch: git switch -c fix/second (at some time until 12:45:00 UTC)",
         "typescript:2", True),
        ("12:50", "action", "Test fix", "Test fix: npm test", "bash_history:5", True),
        ("12:52", "communication", "Test fix", "ran all tests on the fix, they are green", "slack.json #1", True),
        ("13:00", "action", "Deploy fix", "Deploy fix: git push origin fix/incident-2031-04-02", "bash_history:7", True),
        ("17:00", "action", "Deploy fix", "deployed the fix", "slack.json #4", True),
    ]  # fmt: skip
    assert [one["text"] for one in result["timeline"] if one["text"].endswith("npm test") and not one["step"]] == []


def test_a_history_without_times_still_leaves_a_trace(world: World) -> None:
    """A command that nothing dates is a trace of its step, undated, and no mitigation that could be measured."""
    plain = "  501  df -h\n  502  pm2 restart ferry\n  503  exit\n"
    result = world({"app.log": FAILING, "incidents.json": record(10), "history.txt": plain}).findings.json

    steps = {step["words"]: step for phase in result["response"]["phases"] for step in phase["steps"]}
    assert [(t["time"], t["where"]) for t in steps["Service Restart"]["traces"]] == [(None, "history.txt:2")]
    assert result["response"]["mitigations"] == []


def test_the_five_phases_are_the_runbooks() -> None:
    """Each step has something that would be its trace, and only formats, roles and mitigations that exist."""
    book = runbook.load()
    steps = [step for phase in book.phases for step in phase.steps]

    assert [phase.number for phase in book.phases] == [1, 2, 3, 4, 5]
    assert {s.mobilize for s in steps} - {""} == {called.id for called in book.to_call}
    assert {s.mitigation for s in steps} - {""} <= {one.kind for one in book.mitigations}
    empty = runbook.Trace()
    assert [
        s.words for s in steps if s.trace == empty and not (s.moment or s.mobilize or s.mitigation or s.stated)
    ] == []


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        pytest.param("pm2 restart portfolio-app", "service restart", id="runbook: restart"),
        pytest.param("cp ./backups/database/latest.db ./local.db", "database", id="runbook: restore"),
        pytest.param("truncate -s 0 ./logs/application.log", "resource", id="runbook: clear logs"),
        pytest.param("rm -rf ./tmp/*", "resource", id="runbook: clear temporary files"),
        pytest.param("git checkout HEAD~1 astro.config.mjs", "configuration", id="runbook: last good configuration"),
        pytest.param("cd app && NODE_ENV=production npm start", "configuration", id="runbook: safe defaults"),
        pytest.param("sudo iptables -A INPUT -s 192.0.2.1 -j DROP", "security", id="block an address"),
        pytest.param("pm2 status", None, id="a look is no mitigation"),
        pytest.param("grep restart app.log", None, id="a word in another command"),
    ],
)
def test_commands_of_mitigation(command: str, kind: str | None) -> None:
    """The runbook's own commands have the runbook's own kinds."""
    act = Act(datetime(2031, 4, 2), "command", command, Citation("bash_history", line=1))

    assert next((one.kind for one in runbook.load().mitigations if shows(one.trace, act)), None) == kind


# ---- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_knows_only_what_the_evidence_had_shown_by_then(world: World) -> None:
    """At 12:40 all had failed from 12:05 to 12:25 and a restart was done; the fix of 12:50 stands in no draft."""
    analysed = world(
        {
            "app.log": FAILING, "incidents.json": record(10), "calls.json": calls((75, RESOLVED)),
            "slack.json": messages((11 * 60, "U2", "nora.quist@example.com cannot book")),
            "bash_history": history((25, "pm2 restart ferry"), (50, "rm -rf ./tmp/*")),
            "typescript": terminal("12:12:00", "truncate -s 0 ./logs/old.log", "12:32:00"),
        }
    )  # fmt: skip

    drafts = said.drafts(analysed.findings.json, Redactor(analysed.store))

    # From the onset to 12:40 the log holds forty buckets of twenty failures; of the good ones, thirty buckets and the first
    # request of the next; and the last good request before the first bad one. From 12:35 on ten buckets, and that first request.
    assert drafts == {
        "update-1.md": "**Draft, written afterwards and never sent.** An update was due by 2031-04-02 12:40 UTC (P0), and none is in the "
        "evidence. This is what the evidence had shown by then; the status is the template’s first, for nobody had stated one.\n\n"
        "```\n"
        "INCIDENT UPDATE - 2031-04-02 12:40 UTC\n"
        "Incident: Bookings fail\n"
        "Status: Investigating\n"
        "Impact: Since 2031-04-02 12:05 UTC: 800 of 1,402 requests from outside failed (57.1 %), 0 of 201 in the last 5 min (0 %); "
        "one in twenty took 0.05 s or longer\n"
        "Actions: 12:12:00–12:32:00 a change of resources: “truncate -s 0 ./logs/old.log”; 12:25:00 a restart: “pm2 restart ferry”\n"
        "ETA: Not known; nothing in the evidence estimates it\n"
        "Next Update: 2031-04-02 13:10 UTC\n"
        "```\n"
    }


def test_a_second_draft_tells_first_what_is_new(world: World) -> None:
    """What was done since the last update was due stands first; where nothing was, that is said, and what was done before."""
    analysed = world(
        {
            "app.log": FAILING, "incidents.json": record(10), "calls.json": calls((105, RESOLVED)),
            "slack.json": messages((11 * 60, "U2", "looking")), "bash_history": history((25, "pm2 restart ferry")),
        }
    )  # fmt: skip

    texts = said.drafts(analysed.findings.json, Redactor(analysed.store))

    assert [[line for line in text.splitlines() if line.startswith("Actions")] for text in texts.values()] == [
        ["Actions: 12:25:00 a restart: “pm2 restart ferry”"],
        [
            "Actions: None in the evidence since the last update was due. Before: 12:25:00 a restart: “pm2 restart ferry”"
        ],
    ]


def test_a_draft_tells_that_it_had_ceased_and_come_back(world: World) -> None:
    """From 12:30 to 12:40 and from 13:00 on half of all requests fail: who reads the update of 13:05 learns of the pause, who reads
    one of before does not."""
    log = traffic(*[0] * 60, *[10] * 20, *[0] * 40, *[10] * 20, *[0] * 80)
    chat = messages((36 * 60, "U2", "looking"), (100 * 60, "U2", "ok"))
    analysed = world({"app.log": log, "incidents.json": record(25), "slack.json": chat})

    texts = said.drafts(analysed.findings.json, Redactor(analysed.store)).values()

    told = "it had ceased at 2031-04-02 12:40 UTC and came back at 2031-04-02 13:00 UTC"
    found = {re.findall(r"UPDATE - 2031-04-02 (\d\d:\d\d)", text)[0]: told in text for text in texts}
    assert found
    assert found == {time: time >= "13:00" for time in found}
    assert set(found.values()) == {True, False}


def test_a_draft_tells_of_requests_that_were_refused(world: World) -> None:
    """A service that lets nobody in has no failed request: its drafts say what was answered, and since when."""
    asked = {second: request(second, ip=f"192.0.2.{second % 97}") for second in range(0, 9000, 2)}
    refused = [line.replace("200", "401") if second >= 1800 and second % 4 else line for second, line in asked.items()]
    analysed = world(
        {
            "app.log": log(refused), "incidents.json": record(40), "calls.json": calls((105, RESOLVED)),
            "slack.json": messages((45 * 60, "U2", "looking")),
        }
    )  # fmt: skip

    text = said.drafts(analysed.findings.json, Redactor(analysed.store))["update-1.md"]

    assert "more requests than usual answered with status 401 since 2031-04-02 12:30 UTC" in text


def test_hostile_words_stay_inside_a_draft(world: World) -> None:
    """Neither fences nor lines in a title get out of the draft's fence."""
    bad = json.loads(record(10, ended=50))
    bad["incidents"][0]["title"] = "down ```\n# now\u202e"
    analysed = world(
        {"app.log": FAILING, "incidents.json": json.dumps(bad), "slack.json": messages((11 * 60, "U2", "looking"))}
    )

    (text,) = said.drafts(analysed.findings.json, Redactor(analysed.store)).values()

    assert text.count("````") == 2
    assert "Incident: down ``` # now\\u202e\n" in text


def test_page_and_markdown_tell_the_response(world: World) -> None:
    """What is missing, late, promised, measured and without a trace stands in both, in the same words."""
    chat = messages((12 * 60, "U2", "looking"), update(25, "Investigating"), update(100, "Monitoring"))
    told = tell(
        world(
            {
                "app.log": FAILING, "users.json": PEOPLE, "slack.json": chat, "incidents.json": record(10),
                "calls.json": calls((110, RESOLVED)), "bash_history": history((25, "pm2 restart ferry")),
            }
        )
    )  # fmt: skip

    section = told.page.split('<section id="response"')[1].split("</section>")[0]
    page = " ".join(
        html.unescape(re.sub(r"<a class=\"ref\".*?</a>|<[^>]+>", " ", section)).replace("\u00a0", " ").split()
    )
    for words in (
        "3 updates sent, 1 late, 1 missing, 2031-04-02 12:10:00 – 13:50:00 UTC",
        "The longest stretch without one: 1 h 15 min, 2031-04-02 12:25:00 – 13:40:00 UTC",
        "P0 (declared) promises “Immediate (< 15 minutes)”",
        "100 % → 0 %",
    ):
        assert words in page
        assert words in told.markdown.replace("\\", "")
    assert "Alert development team lead No trace in the evidence" in page
    assert "lie beside this page: update-1.md" in page
    without_notes = re.sub(r"\[\^\d+\]", "", told.markdown)
    assert "| 2031-04-02 12:55:00 UTC | missing (draft: `update-1.md`) | — | — |" in without_notes


def test_every_number_of_the_response_is_a_claims(world: World) -> None:
    """Lateness, silence, response time, effects and what drafts say: each is the value of a claim."""
    findings = world(
        {
            "app.log": FAILING, "users.json": PEOPLE, "incidents.json": record(10), "calls.json": calls((110, RESOLVED)),
            "slack.json": messages((12 * 60, "U2", "looking"), update(50, "Investigating")),
            "bash_history": history((25, "pm2 restart ferry")),
        }
    ).findings  # fmt: skip
    told = findings.json["response"]
    stated = [
        *numbers([[u["late_s"], u.get("draft")] for u in findings.json["updates"]]),
        *numbers([told["silence"], told["counts"], told["promise"]]),
        *numbers([one["effect"] for one in told["mitigations"]]),
        *numbers([step["count"] for phase in told["phases"] for step in phase["steps"] if step["count"]]),
    ]
    claimed = set(numbers([claim["value"] for claim in findings.claims]))

    assert len(stated) > 20
    assert set(stated) - claimed == set()


def numbers(value: Any) -> list[float]:
    """Return every number in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [one for part in value for one in numbers(part)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize(
    ("word", "own", "level"),
    [
        pytest.param("critical", "", "P0", id="the runbook's word"),
        pytest.param("SEV-2", "", "P1", id="another system's, written its way"),
        pytest.param("major", "major=P0; sev2=P2", "P0", id="a person's own"),
        pytest.param("Sev 2", "major=P0; sev2=P2", "P2", id="a person's own, written otherwise"),
        pytest.param("dreadful", "", None, id="nobody's"),
    ],
)
def test_a_word_of_severity_means_a_level(word: str, own: str, level: str | None) -> None:
    """What a person states goes before what is declared; what nobody declares is no level."""
    assert runbook.load().stated_level(word, own) == level


def test_what_was_asked_for_stands_beside_what_rests_on_it(world: Callable[[dict[str, Any]], Analysed]) -> None:
    """Words of severity that a person states change which level was declared and what is promised at it; each verdict says
    which parameters it rests on."""
    told = world({"app.log": FAILING, "incident-record.json": record(8, "major")})
    asked = Parameters(statistic="max", bucket=60, baseline=30, severity_words="major=P2")
    changed = results.build(told.store, told.evidence, "ferry", asked, "a digest").json

    assert (told.findings.json["severity"]["stated_level"], changed["severity"]["stated_level"]) == ("P1", "P2")
    assert changed["severity"]["parameters"] == {"severity_words": "major=P2"}
    assert [one["response"]["promise"]["level"] for one in (told.findings.json, changed)] == ["P1", "P2"]
    verdicts = {one["rule"]: one for one in changed["verdicts"]}
    assert verdicts["declare.unavailable"]["parameters"] == {}  # no stretch of it was compared with what was usual
    assert verdicts["declare.error_rate"]["parameters"] == {"bucket": 60}
    assert verdicts["declare.response_time"]["parameters"] == {"statistic": "max", "bucket": 60}
    assert verdicts["alert.memory"]["parameters"] == {}
    assert verdicts["declare.response_time"]["statistic"].startswith(
        "max of response times of external requests, 60 s buckets"
    )


K6 = """
     http_req_duration..............: avg=71.15ms min=52.22ms med=70.8ms max=22.32s p(90)=20.15s p(95)=20.96s
     http_req_failed................: 7.61%  761 out of 9999
     http_reqs......................: 9999   199.98/s
"""
PROBES = json.dumps(
    {"results": {"main": [
        {"timestamp": epoch_ms(40 * place), "success": place != 9, "responseTime": 10 * place, "statusCode": 200} for place in range(30)
    ]}}
)  # fmt: skip


@pytest.mark.parametrize(
    ("files", "asked", "used"),
    [
        pytest.param(
            {"k6.txt": K6}, {"bucket": 60}, {"declare.error_rate": {}, "declare.response_time": {"statistic": "p95"}},
            id="numbers of a whole run have no bucket",
        ),
        pytest.param(
            {"k6.txt": K6}, {"statistic": "mean"}, {"alert.response_time": {"statistic": "mean"}}, id="another statistic of the run",
        ),
        pytest.param(
            {"uptime.json": PROBES}, {"statistic": "max"},
            {"declare.error_rate": {"bucket": 120}, "alert.response_time": {"statistic": "max", "bucket": 120}},
            id="rare probes need longer buckets",
        ),
        pytest.param(
            {"app.log": FAILING}, {"end": "2031-04-02T12:30:00Z"},
            {"declare.error_rate": {"bucket": 30, "end": "2031-04-02T12:30:00Z"}, "alert.disk": {"end": "2031-04-02T12:30:00Z"}},
            id="what was asked not to be judged",
        ),
        pytest.param(
            {"m.json": samples("memory.usage", every(30, *[50] * 40))}, {}, {"alert.memory": {}, "declare.error_rate": {}},
            id="single samples, and nothing at all",
        ),
        pytest.param(
            {"app.log": traffic(*[0] * 60, *[None] * 2, *[0] * 20, of=40)}, {"bucket": 10},
            {"declare.unavailable": {}, "declare.error_rate": {"bucket": 10}},
            id="requests",
        ),
    ],
)  # fmt: skip
def test_each_verdict_prints_the_parameters_that_it_used(
    files: dict[str, str | bytes], asked: Json, used: dict[str, Json], world: World
) -> None:
    """And no others: what no parameter could change has none beside it, and what was used stands with its value."""
    told = world(files)
    result = results.build(told.store, told.evidence, "ferry", Parameters(**asked), "a digest").json

    assert {one["rule"]: one["parameters"] for one in result["verdicts"] if one["rule"] in used} == used


def test_a_fall_that_was_compared_with_what_was_usual_tells_its_baseline(world: World) -> None:
    """Throughput that falls away is possible unavailability: its verdict says how far back "usual" was looked for."""
    told = world({"app.log": log(
        request(second, ms=20) for second in range(0, 2400) if second < 1500 or second % 60 == 0
    )})  # fmt: skip
    result = results.build(told.store, told.evidence, "ferry", Parameters(baseline=20), "a digest").json
    verdict = next(one for one in result["verdicts"] if one["rule"] == "declare.unavailable")

    assert any("far less was done" in one["name"] for one in verdict["definitions"])
    assert verdict["parameters"] == {"baseline": 20}


def test_what_words_of_severity_mean_is_told(world: World) -> None:
    """Who declared it "major" reads by which words that is a level: the runbook's, told briefly, or those of this run."""
    told = world({"app.log": FAILING, "incident-record.json": record(8, "major")})
    stated = results.build(told.store, told.evidence, "ferry", Parameters(severity_words="major=P2"), "a digest").json
    words = "critical P0, high P1, medium P2, low P3 and 27 more"

    assert len(runbook.load().severity_words) == 4 + 27
    assert [runbook.load().stated_level(word) for word in ("critical", "high", "medium", "low")] == [
        "P0",
        "P1",
        "P2",
        "P3",
    ]
    assert f"which is P1 by the runbook’s words ({words})" in story.declared(told.findings.json)
    assert "which is P2 by the words stated for this run (major=P2)" in story.declared(stated)
    assert words in tell(told).page
    assert words in tell(told).markdown


def test_what_is_done_long_after_the_last_breach_answers_something_else(world: World) -> None:
    """Nobody knows when the service was back, in a hole of its log; what is done forty minutes later is counted, not listed."""
    log = traffic(*[0] * 24, *[10] * 6, *[None] * 30, 0)
    said = messages(
        (740, "U1", "restarting the service now"),
        (900 + 2400, "U1", "restarting the service once more for the new certificate"),
    )

    response = world({"app.log": log, "slack/incidents/2031-04-02.json": said}).findings.json["response"]

    assert ([one["text"] for one in response["mitigations"]], response["later_actions"]) == (
        ["restarting the service now"],
        1,
    )


def test_an_alarm_of_another_day_does_not_name_the_incident(world: World) -> None:
    """Of records that programs opened, the one that was opened while it lasted names it; what a person opened always does."""
    made = {
        "id": "incident_0", "title": "A certificate expires soon", "description": "", "status": "investigating", "severity": "low",
        "affectedServices": [], "startTime": epoch_ms(-60 * MINUTE), "createdBy": "monitor", "autoCreated": True, "timeline": [],
    }  # fmt: skip
    during = made | {"id": "incident_1", "title": "Bookings fail", "startTime": epoch_ms(11 * MINUTE)}
    found = world({"app.log": FAILING, "incidents.json": json.dumps({"incidents": [made, during]})}).findings.json

    assert found["incident"]["title"] == "Bookings fail"

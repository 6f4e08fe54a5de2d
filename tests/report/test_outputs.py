"""What is written for other readers: the page for outsiders, the meeting, a chat, a tracker, the incidents API."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile_world
import pytest
from conftest import INCIDENTS, Analysed
from forensics import runbook
from forensics.findings import note_lint
from forensics.model import Json
from forensics.report import action_items, brief, external, incident_api, meeting, outputs, plain_text, written
from forensics.report.redaction import Redactor
from forensics.report.words import Times
from small_world import epoch_ms, failed_login, log, request, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
BAD = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}
CALM = {"app.log": traffic(*[0] * 40)}
DEMOS = ["demo-database", "demo-memory", "demo-security"]
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
ACTION = {
    "text": "Limit how long a report may hold the database",
    "owner": "engineering team",
    "due": "2031-05-01",
    "test": "A report of an hour does not fail a request",
    "type": "prevent",
    "answers": ["f-1", "f-2"],
    "done": False,
}


UNSAID_ACTION: Json = {
    "id": "a-1", "owner": "", "due": None, "due_written": "", "test": "", "type": None, "answers": [], "answers_to": [],
    "done": False, "line": 1,
}  # fmt: skip
UNSAID_NOTES: Json = {"roles": [], "notes": [], "hypotheses": [], "actions": []}
UNSAID_HYPOTHESIS: Json = {"id": "h-1", "for": [], "against": [], "state": "open", "by": "", "line": 1}


def noted(result: Json, **notes: Any) -> Json:
    """Return the result with what people wrote, in the shape in which results hold it."""
    told = {name: {"items": [text], "line": 1} for name, text in notes.pop("narrative", {}).items()}
    for name, whole in (("actions", UNSAID_ACTION), ("hypotheses", UNSAID_HYPOTHESIS)):
        if name in notes:
            notes[name] = [{**whole, **one} for one in notes[name]]
    return {**result, "notes": {"narrative": told, **notes}}


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {str(value) for name, value in attrs if name in ("href", "src")}


def words(page: str) -> str:
    """Return what people read of a page, in one line."""
    body = re.sub(r"(?s)<(style|title)>.*?</\1>", " ", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def every(analysed: Analysed, result: Json | None = None, *, redacted: bool = True) -> dict[str, str]:
    """Return every file that is rendered from a result."""
    told = result or analysed.findings.json
    return outputs.rendered(told, analysed.findings.claims, Redactor(analysed.store, enabled=redacted))


# ---- the registry -------------------------------------------------------------------------------------------------


def test_each_name_stands_once() -> None:
    """No output writes over another, and none leaves the report's folder."""
    names = [output.name for output in outputs.OUTPUTS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z-]+\.(?:html|md|csv|json)", name) for name in names)


@pytest.mark.parametrize("name", DEMOS)
def test_the_same_result_gives_the_same_bytes(name: str, analysed: Callable[[Path], Analysed]) -> None:
    """Rendering twice from one result, with pseudonyms begun anew, changes nothing."""
    found = analysed(INCIDENTS / name)
    told = found.findings.json, found.findings.claims

    assert outputs.rendered(*told, Redactor(None)) == outputs.rendered(*told, Redactor(None))


@pytest.mark.parametrize("name", ["external.html", "meeting.html"])
def test_pages_can_do_nothing(name: str, world: World) -> None:
    """A policy that allows nothing stands before everything else, and no tag could act or fetch."""
    page = every(world(hostile_world.files(*hostile_world.SCRIPTS)))[name]

    assert page.index(f'content="{POLICY}"') < page.index("<title>")
    tags = Tags(page)
    assert tags.names & {"script", "img", "iframe", "link", "object", "form", "base"} == set()
    assert [one for one in tags.attributes if one.startswith("on")] == []
    assert tags.addresses <= {"postmortem.html"}


# ---- for those outside --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", external.rules(), ids=lambda rule: rule.name)
def test_examples_of_what_is_withheld(rule: external.Rule) -> None:
    """Each rule withholds what its examples say, and leaves what its rejects say."""
    outside = external.Outsider(Redactor(None), None)

    assert rule.examples
    for before, after in rule.examples:
        assert re.sub(r"mail-\d", "x", outside(before)) == after
    for text, why in rule.rejects:
        assert outside(text) == text, why


@pytest.mark.parametrize("redacted", [True, False], ids=["redacted", "not redacted"])
@pytest.mark.parametrize("name", DEMOS)
def test_nothing_internal_goes_outside(name: str, redacted: bool, analysed: Callable[[Path], Analysed]) -> None:
    """No address, pseudonym, service, file, commit, person or quotation, even where the rest is not redacted."""
    found = analysed(INCIDENTS / name)
    result = found.findings.json
    page = words(every(found, redacted=redacted)["external.html"])

    inside = {entry["path"] for entry in result["evidence"]} | {c["id"][:7] for c in result["changes"]}
    inside |= {source["ip"] for source in (result["security"] or {"sources": []})["sources"]}
    inside |= {event["who"] for event in result["timeline"] if event["who"]} - {"monitoring", "Incident commander"}
    inside |= {event["text"] for event in result["timeline"]} | {"sailings", "ferry", "“", "`", "nightly"}
    assert sorted(one for one in inside if one in page) == []
    assert re.findall(r"\b(?:ip|user|mail|phone|device|person|place)-\d|\d+\.\d+\.\d+\.\d+|\w/\w|_\w", page) == []


def test_what_people_wrote_goes_outside_without_its_inside(world: World) -> None:
    """Of people's words the plain ones go out; names of hosts, files, commits, people and services do not."""
    found = world({**BAD, "git-log.txt": "6a9c6217 2031-04-02T12:00:00Z Nora Berg fix: pool\n"})
    told = noted(
        found.findings.json,
        narrative={
            "root_cause": "A nightly job on db-prod-3 (10.0.0.7) locked /srv/local.db after 6a9c6217 for too long."
        },
        actions=[
            {**ACTION, "text": "Raise the pool of the berth planner"},
            {**ACTION, "text": "Halve its jobs", "due": "2031-05-09"},
            {**ACTION, "text": "Move it", "outside": "Reports move to reports.internal.example"},
            {**ACTION, "text": "Page support", "done": True, "outside": "We told support."},
        ],
    )

    page = words(every(found, told)["external.html"])

    assert "Cause A nightly job on [withheld] ([withheld]) locked [withheld] after [withheld] for too long." in page
    assert (
        "Done We told support. Planned Reports move to [withheld] by 2031-05-01 "
        "Planned 2 steps so that it does not happen again by 2031-05-09" in page
    )
    assert [word for word in ("planner", "Halve", "Move it", "Page") if word in page] == []


def test_nobody_is_blamed_outside(world: World) -> None:
    """A cause that is told of a person stays inside until people say it otherwise; without such a hint it is told."""
    said = noted(world(BAD).findings.json, narrative={"root_cause": "A report locked the shop. It was human error."})
    hints = note_lint.lint({**UNSAID_NOTES, **said["notes"]}, said)
    blamed = {**said, "notes": {**said["notes"], "lint": hints}}

    assert [hint["code"] for hint in hints] == ["human-error"]
    assert "human error" not in external.render(blamed, [], Redactor(None))
    assert "The cause is not stated yet." in external.render(blamed, [], Redactor(None))
    assert "A report locked the shop." in external.render(
        {**said, "notes": {**said["notes"], "lint": []}}, [], Redactor(None)
    )


def test_an_unwritten_cause_stays_unwritten_outside(world: World) -> None:
    """Conditions that were seen are no cause, and are not shown to those outside."""
    page = words(
        every(world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20, error="pool exhausted")}))["external.html"]
    )

    assert "The cause is not stated yet. It will be added once it is established." in page
    assert "What we do is not stated yet." in page
    assert "pool exhausted" not in page


def test_whose_it_is_stays_inside(world: World) -> None:
    """Neither who is to write something, nor whose an action is, nor the name of a team is for those outside."""
    found = world(BAD)
    told = noted(
        found.findings.json, actions=[{**ACTION, "text": "The quay side team renames the piers", "owner": "quay side"}]
    )
    told["notes"]["roles"] = [{"role": "engineering team", "who": "", "team": "quay side"}]

    pages = [words(every(found, one)["external.html"]) for one in (found.findings.json, told)]

    assert [name for page in pages for name in ("owner", "incident commander", "quay side") if name in page] == []


SLOW = [request(second, ms=6500 if 600 <= second < 780 else 40) for second in range(1200)]


def test_slow_answers_are_told_though_none_failed(world: World) -> None:
    """No request failed, and nearly all of them took longer than the runbook allows: that is what happened to those outside."""
    facts = dict(external.facts(world({"app.log": log(SLOW)}).findings.json, Times()))

    said = r"1[78]\d of 1[78]\d requests took longer than 5 s\. None of 1[78]\d requests that were answered failed"
    assert re.match(said, facts["Who was hit"])


def test_restarts_and_silence_are_told_though_none_failed() -> None:
    """A service that died and was started anew, and checks that nothing answered, are worse than "none failed" says."""
    impact = {
        "requests": 500, "failed": 0, "failed_share": 0.0, "slow": None,
        "unanswered": [{"vantage": "probe", "unanswered": 10, "asked": 105}],
        "runs": [{"of": "process"}, {"of": "process"}],
    }  # fmt: skip
    result = {
        "impact": impact,
        "security": None,
        "incident": {"window": None},
        "moments": {"onset": {}, "recovered": {}},
    }

    assert external._who(result, Times()) == (
        "10 of 105 checks from outside had no answer. The service stopped 2 times and was started again. "
        "None of 500 requests that were answered failed."
    )


@pytest.mark.parametrize(
    ("impact", "said"),
    [
        pytest.param({"gone_rows": 1000}, "1,000 rows of data are gone.", id="rows of a table"),
        pytest.param(
            {"incomplete": [{"present": 19, "expected": 24}, {"present": 15, "expected": 20}]},
            "Data is incomplete: 19 of 24 records of one set, 15 of 20 of another are there.",
            id="records of two sets",
        ),
        pytest.param({"data_loss": "a check failed"}, "Data was lost; how much is not known here.", id="no number"),
    ],
)
def test_how_much_data_is_lost_is_told_where_it_is_known(impact: Json, said: str) -> None:
    """In numbers, without what the data is called inside."""
    assert external._data_loss({"impact": {"runs": [], **impact}, "security": None}) == said


def test_outsiders_are_told_what_happened_to_them(world: World) -> None:
    """What, when, how long, who was hit, data, state: in plain words, with denominators and bounds."""
    result = world(BAD).findings.json

    assert external.facts(result, Times()) == [
        ("In short", "Requests to the service failed."),
        ("When", "2031-04-02 12:09:58 – 12:12:45 UTC"),
        ("How long", "2 min 44 s to 2 min 46 s from beginning to end."),
        ("Who was hit", "60 of 122 requests failed (49.2 %), counted until 2031-04-02 12:13:00 UTC."),
        ("Data", "We know of no lost data; nothing measured whether any was lost."),
        ("State now", "It is over, but has not been watched for long enough to call it stable."),
    ]
    assert external.heading(result, Times()) == "Failing requests"


def test_calm_evidence_is_no_incident_outside(world: World) -> None:
    """Where no incident was seen, nothing is promised and nothing is asked for."""
    page = words(every(world(CALM))["external.html"])

    assert "No incident was seen" in page
    assert "Not written yet" not in page


def test_a_guessed_password_is_told(world: World) -> None:
    """That a login succeeded where passwords were guessed concerns those outside; from where, does not."""
    lines = [failed_login(300 + 5 * number) for number in range(12)]
    lines += [
        f'[{request(400)[1:25]}] INFO [auth] LOGIN_SUCCESS 192.0.2.66 nora@example.com | {{"ip":"192.0.2.66","userId":3}}'
    ]
    page = words(every(world({"app.log": traffic(*[0] * 20) + log(lines)}))["external.html"])

    assert "12 of 13 logins failed." in page
    assert "A login succeeded from where passwords had been guessed. Whether it was misused is not known here." in page


# ---- the meeting --------------------------------------------------------------------------------------------------


def test_the_agenda_is_the_runbooks() -> None:
    """The five points and the attendees of runbook 5.1, in order and word for word, within an hour."""
    points, attendees = meeting.agenda_points(), meeting.invited()

    assert [point.title for point in points] == [
        "Incident timeline review", "Root cause analysis", "Response effectiveness", "Improvement opportunities",
        "Action items assignment",
    ]  # fmt: skip
    assert [one["role"] for one in attendees] == [
        "Incident commander",
        "Engineering team",
        "Product owner",
        "Customer support",
    ]
    assert sum(point.minutes for point in points) == 60
    known = {one.id for one in runbook.load().to_call}
    assert {trace for one in attendees for trace in one["traces"]} <= known


@pytest.mark.parametrize("name", DEMOS)
def test_the_meeting_has_its_points_in_order(name: str, analysed: Callable[[Path], Analysed]) -> None:
    """Attendees come first, then the five points with their time boxes, action items last."""
    page = every(analysed(INCIDENTS / name))["meeting.html"]

    assert re.findall(r'<h2 id="h-(\w+)"', page) == [
        "summary", "attendees", "timeline", "causes", "response", "improvements", "actions",
    ]  # fmt: skip
    assert len(re.findall(r"\d+ min · \w+", words(page))) == 5


def test_the_meeting_asks_what_only_people_know(world: World) -> None:
    """Moments without a trace, answers in part, and sections that nobody wrote are questions, each with an owner."""
    page = words(every(world(BAD))["meeting.html"])

    assert "When was it detected? The evidence does not tell." in page
    assert "Root cause: Not written yet — owner: incident commander" in page
    assert "Lessons learned: Not written yet — owner: product owner" in page


def test_the_meeting_shows_what_is_written(world: World) -> None:
    """What people wrote is not asked again; an action that lacks something is."""
    found = world(BAD)
    told = noted(
        found.findings.json,
        narrative={"root_cause": "A job held a lock."},
        hypotheses=[{"text": "The disk was slow", "state": "refuted"}],
        actions=[ACTION, {"text": "Rotate the logs"}],
    )

    page = words(every(found, told)["meeting.html"])

    assert "Root cause A job held a lock." in page
    assert "Root cause: Not written yet" not in page
    assert "Hypothesis The disk was slow (refuted)" in page
    assert "“Rotate the logs” lacks: owner, due date, test of done, type." in page
    assert f"{ACTION['text']} engineering team 2031-05-01 {ACTION['test']} prevent" in page


# ---- a chat -------------------------------------------------------------------------------------------------------


def test_a_brief_is_five_lines(world: World) -> None:
    """What, when, how long, who was hit, state with severity and the way to the report."""
    found = world(BAD)

    assert brief.render(found.findings.json, [], Redactor(None)).splitlines() == [
        "Requests failed — Error rate over its limit.",
        "When: 2031-04-02 12:09:58 – 12:13:00 UTC",
        "How long: 3 min over limits, in 30-s steps; 2 min 44 s to 2 min 46 s from onset to recovery.",
        "Who was hit: 60 of 122 requests failed meanwhile (49.2 %), for 1 of 1 addresses.",
        "State: Recovered; stability for 30 min is not shown. Severity: P1. Report: postmortem.html",
    ]


@pytest.mark.parametrize(
    "files", [CALM, {"empty.log": ""}, hostile_world.files(hostile_world.LONG)], ids=["calm", "empty", "long"]
)
def test_a_brief_is_always_five_short_lines(files: dict[str, str | bytes], world: World) -> None:
    """Whatever the evidence holds, it can be pasted."""
    lines = every(world(files))["brief.md"].splitlines()

    assert len(lines) == 5
    assert max(map(len, lines)) < 500


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("error rate: over 5 % at 14:02:10, x_y and a:b", "error rate: over 5 % at 14:02:10, x_y and a:b", id="plain"),
        pytest.param("CPU < 5 and > 3, “*.log”", "CPU < 5 and > 3, “∗.log”", id="signs of plain text"),
        pytest.param("see https://attacker.example/x", "see https[:]//attacker.example/x", id="an address"),
        pytest.param("www.attacker.example", "www[.]attacker.example", id="an address without a scheme"),
        pytest.param("@channel and <!here>", "@ channel and ‹!here>", id="mentions"),
        pytest.param("well :fire: done", "well : fire: done", id="a short name of an emoji"),
        pytest.param("_so_ ~no~ `rm` [a](b)", "ˍsoˍ ∼no∼ 'rm' [a] (b)", id="formats and links"),
        pytest.param("&lt;b&gt; R&D", "＆lt;b＆gt; R&D", id="entities"),
        pytest.param(r"C:\temp\*", r"C:\temp＼∗", id="a backslash before a mark"),
    ],
)  # fmt: skip
def test_a_chat_shows_a_text_as_it_reads(text: str, shown: str) -> None:
    """No mark of Markdown's stands before a sign; what would act is replaced by what looks like it."""
    assert plain_text.chat(text) == shown


# ---- a tracker ----------------------------------------------------------------------------------------------------


def test_without_actions_the_table_is_its_heading() -> None:
    """Nobody has written one: no row is made up."""
    assert action_items.render({}, [], Redactor(None)) == "text,owner,due,test,type,answers,done\n"


def test_actions_are_rows() -> None:
    """One row each, in the order in which they were written; what is not written is empty."""
    result = noted({}, actions=[ACTION, {"text": 'Say "no", twice', "done": True}])

    rows = list(csv.reader(io.StringIO(action_items.render(result, [], Redactor(None)))))

    assert rows == [
        ["text", "owner", "due", "test", "type", "answers", "done"],
        [ACTION["text"], "engineering team", "2031-05-01", ACTION["test"], "prevent", "f-1 f-2", "no"],
        ['Say "no", twice', "", "", "", "", "", "yes"],
    ]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "＝1+1", "|calc", "%x", '=HYPERLINK("https://x.example")'],
)
def test_no_cell_is_a_formula(text: str) -> None:
    """Text that a spreadsheet would run is shown as text, and every letter of it is still there."""
    (row,) = list(
        csv.DictReader(
            io.StringIO(action_items.render(noted({}, actions=[{**ACTION, "text": text}]), [], Redactor(None)))
        )
    )

    assert row["text"].startswith("'")
    assert row["text"].removeprefix("'").split() == text.split()


def test_an_action_may_be_long() -> None:
    """Nothing of what people wrote is cut."""
    result = noted({}, actions=[{**ACTION, "text": "Write " + "more " * 900}])

    assert action_items.render(result, [], Redactor(None)).count("more") == 900


@pytest.mark.parametrize("notes", [None, {}, {"actions": []}, {"narrative": {"summary": None}}])
def test_what_is_not_there_is_not_written_yet(notes: Any) -> None:
    """Without notes, or where a part of them is missing, nobody has written."""
    assert written.actions({"notes": notes}) == []
    assert written.narrative({"notes": notes}, "summary") == ""


@pytest.mark.parametrize(
    ("due", "late"),
    [
        pytest.param("2031-04-30", True, id="the day before"),
        pytest.param("2031-05-01", False, id="the same day"),
        pytest.param("soon", False, id="no day"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_an_action_is_late_after_its_day(due: str, late: bool) -> None:
    """Due dates are days; what is done is not late."""
    (one,) = written.actions(noted({}, actions=[{**ACTION, "due": due}]))
    (done,) = written.actions(noted({}, actions=[{**ACTION, "due": due, "done": True}]))

    assert (one.late("2031-05-01"), done.late("2031-05-01")) == (late, False)


# ---- the incidents API --------------------------------------------------------------------------------------------


def test_the_bodies_have_the_runbooks_keys(world: World) -> None:
    """POST and PATCH as in runbook 1.3 and 4.2, in that order; each null says why."""
    found = world(BAD)
    told = json.loads(incident_api.render(found.findings.json, [], Redactor(None)))

    assert list(told["create"]["body"]) == ["title", "description", "severity", "affectedServices", "createdBy"]
    assert list(told["close"]["body"]) == ["status", "resolution", "resolvedBy", "resolvedAt"]
    assert (told["create"]["method"], told["close"]["method"], told["sent"]) == ("POST", "PATCH", False)
    empty = {
        f"{part}.{key}" for part in ("create", "close") for key, value in told[part]["body"].items() if value is None
    }
    assert empty == {
        "create.affectedServices", "create.createdBy", "close.resolution", "close.resolvedBy", "close.resolvedAt",
    }  # fmt: skip
    assert empty <= set(told["why"])
    assert told["create"]["body"]["severity"] == "high"
    assert told["close"]["body"]["status"] == "monitoring"


def test_a_resolved_incident_has_its_moment(analysed: Callable[[Path], Analysed]) -> None:
    """Somebody stated that it was resolved; when it was, the data tell, in milliseconds since 1970."""
    result = analysed(INCIDENTS / "demo-database").findings.json
    told = json.loads(incident_api.render(result, [], Redactor(None)))

    latest = result["moments"]["recovered"]["latest"]
    assert latest == "2026-10-06T22:39:06.803Z"
    assert told["close"]["body"] == {
        "status": "resolved", "resolution": None, "resolvedBy": "incident-commander", "resolvedAt": 1791326346803,
    }  # fmt: skip
    assert told["create"]["body"]["createdBy"] == "on-call-engineer"


def test_a_persons_name_is_no_role(world: World) -> None:
    """Whoever opened the incident by name is not named: the body asks for a role."""
    opened = {
        "id": "incident_1", "title": "Slow", "description": "", "status": "investigating", "severity": "high",
        "affectedServices": ["shop"], "startTime": epoch_ms(700), "createdBy": "Nora Berg",
        "timeline": [],
        "metadata": {}, "tags": [], "autoCreated": False,
    }  # fmt: skip
    found = world({**BAD, "incidents.json": json.dumps({"incidents": [opened]})})

    body = json.loads(every(found)["incident-api.json"])["create"]["body"]

    assert (body["title"], body["affectedServices"], body["createdBy"]) == ("Slow", ["shop"], None)

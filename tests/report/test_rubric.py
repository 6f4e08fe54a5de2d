"""The mechanical points of a great report, measured on every demonstration and every shared incident.

What a great report is: the shared rubric of thirty points. Each test names the points that it measures. What only a reader
can judge (is it plain? is it worth reading?) no test measures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import claim_marks
import plain_sentences
import pytest
import shared
from bs4 import BeautifulSoup, Tag
from conftest import INCIDENTS, Analysed
from forensics.findings import note_reading
from forensics.findings.noted import noted
from forensics.findings.result import Findings
from forensics.model import Json
from forensics.report import brief, external, meeting, people
from forensics.report.redaction import Redactor
from forensics.times import parse_time
from telling import tell

pytestmark = pytest.mark.shared

Analyse = Callable[[Path], Analysed]

DEMOS = sorted(folder.name for folder in INCIDENTS.iterdir() if folder.is_dir())
KITS = shared.origin_kits()
CASES = [folder.parent.name for folder in shared.case_folders()]
UNWRITTEN = re.compile(
    r"Not written yet — owner: (?:incident commander|engineering team|product owner|customer support)"
)
KINDS = {"signal", "change", "decision", "action", "communication"}
ORDER = [
    "summary",
    "impact",
    "timeline",
    "detection",
    "causes",
    "response",
    "recovery",
    "actions",
    "lessons",
    "evidence",
]
LONGEST_BODY = 1600
LONGEST_SUMMARY = 120
LONGEST_FIRST_PAGE = 160
"""Words of stamp and summary: the executive part is one screen, with the picture below it."""
MOST_KEY_EVENTS = 15
LARGEST_PAGE = 2_000_000


class Report(NamedTuple):
    """One report, as its result holds it and as people read it."""

    result: Json
    html: str
    page: BeautifulSoup
    markdown: str
    analysed: Analysed

    def section(self, name: str) -> Tag:
        """Return a section of the page."""
        found = self.page.find("section", id=name)
        assert isinstance(found, Tag), f"no section {name}"
        return found

    def said(self, name: str) -> str:
        """Return everything in a section, closed parts too, in one line."""
        return words(self.section(name))

    def answers(self, name: str) -> dict[str, str]:
        """Return the terms of a section with what stands beside them."""
        return {
            words(term): words(term.find_next_sibling("dd")) for term in self.section(name).find_all("dt") if term.text
        }


def words(tag: object) -> str:
    """Return what people read in a part of the page, in one line."""
    assert isinstance(tag, Tag)
    return " ".join(tag.get_text(" ").replace("\u00a0", " ").split())


def opened(tag: Tag) -> str:
    """Return what people read before they open anything, without the letters in pictures and what is cited."""
    copy = BeautifulSoup(str(tag), "html.parser")
    for part in copy.find_all(["svg", "style"]) + copy.select("a.ref, span.where"):
        part.decompose()
    for details in copy.find_all("details"):
        if details.decomposed or details.has_attr("open"):
            continue
        for child in list(details.children):
            if not (isinstance(child, Tag) and child.name == "summary"):
                child.extract()
    return " ".join(copy.get_text(" ").split())


def with_notes(found: Analysed, place: Path) -> Analysed:
    """Join what people wrote beside the incident, without judging it again; without notes it stays a draft."""
    said = note_reading.read(place.with_name(f"{place.name}.notes.toml"))
    json, claims = found.findings.json, found.findings.claims
    notes = noted(found.store, said, json, claims) if said else None
    return found._replace(findings=Findings({**json, "notes": notes}, claims))


def own(tag: Tag) -> str:
    """Return what people read before they open anything, without what people wrote: that is as long as they wished."""
    copy = BeautifulSoup(str(tag), "html.parser")
    for part in copy.select(".said, .lead, .remark"):
        part.decompose()
    return opened(copy)


@pytest.fixture(scope="module")
def reports(analysed: Analyse) -> Callable[[str], Report]:
    """Make each report once."""
    kept: dict[str, Report] = {}

    def once(name: str) -> Report:
        if name not in kept:
            place = (
                INCIDENTS / name
                if name in DEMOS
                else shared.origin_evidence(name)
                if name in KITS
                else shared.case_evidence(name)
            )
            found = with_notes(analysed(place), place)
            told = tell(found)
            kept[name] = Report(told.result, told.page, BeautifulSoup(told.page, "html.parser"), told.markdown, found)
        return kept[name]

    return once


@pytest.fixture(params=[*DEMOS, *KITS, *CASES])
def report(request: pytest.FixtureRequest, reports: Callable[[str], Report]) -> Report:
    """Return the report of one incident."""
    return reports(request.param)


def test_the_first_screen(report: Report) -> None:
    """It answers what, when, how long, who was hit, cause, state and severity in at most 120 words; a stamp says how far it
    is, from which evidence, and whose it is (points 1, 2, 5).
    """
    answers = report.answers("summary")
    stamp = words(report.page.find("p", class_="stamp"))

    assert list(answers) == ["What", "When", "How long", "Who was hit", "Cause", "State now", "Severity"]
    assert [name for name, answer in answers.items() if not answer] == []
    assert len(own(report.section("summary")).split()) <= LONGEST_SUMMARY
    assert re.match(r"(?:Draft|In review|Final)\b", stamp)
    assert report.result["incident"]["evidence_digest"][:16] in stamp
    review = (report.result["notes"] or {}).get("review") or {}
    assert ("Reviewed by " if review.get("by") else "Owner: ") in stamp
    assert not review.get("version") or f"Version {review['version']}" in stamp
    assert len(" ".join([stamp, own(report.section("summary"))]).split()) <= LONGEST_FIRST_PAGE


def test_moments_have_bounds(report: Report) -> None:
    """14: each moment that is known lies between two times, both on the page where they differ by a second; the others say why."""
    for name, moment in report.result["moments"].items():
        if not moment.get("earliest"):
            assert moment["why"], name
        elif isinstance(moment["earliest"], str):
            first, last = parse_time(moment["earliest"]), parse_time(moment["latest"])
            assert first <= last, name
            shown = report.answers("timeline")[name.capitalize()]
            assert {f"{first:%H:%M:%S}", f"{last:%H:%M:%S}"} <= set(re.findall(r"\d\d:\d\d:\d\d", shown)), name


def test_what_people_suppose_is_weighed(report: Report) -> None:
    """20: each hypothesis stands on the page as people wrote it, with how it stands and each thing that speaks for or against it; one
    that is open may have neither, and says that it is open."""
    listed = report.section("causes").select("ul.findings > li")
    shown = [words(one) for one in listed if words(one).startswith("hypothesis, ")]
    written = (report.result["notes"] or {}).get("hypotheses") or []

    assert len(shown) == len(written)
    for row, one in zip(shown, written, strict=True):
        assert row.startswith(f"hypothesis, {one['state']} {' '.join(one['text'].split())}")
        assert one["state"] in ("open", "supported", "refuted"), one["text"]
        assert one["for"] or one["against"] or one["state"] == "open", one["text"]
        for word, side in (("For:", one["for"]), ("Against:", one["against"])):
            assert (word in row) == bool(side), one["text"]
            assert [ref for ref in side if people.brief(ref)[:40] not in row] == []


def test_written_actions_are_whole_or_hinted_at(report: Report) -> None:
    """26: verb, owner, due date, test of done, type and a finding: what an action lacks of these, a hint beside it names."""
    notes = report.result["notes"] or {"actions": [], "lint": []}
    needs = {"owner": "owner", "due": "date", "test": "test", "answers": "finding", "type": "type"}
    hints = {(hint["about"], hint["code"]) for hint in notes["lint"]}

    lacking = [
        (action["id"], name) for action in notes["actions"] for name in needs if not action[name] and name != "type"
    ]
    assert [one for one in lacking if not any(about == one[0] and needs[one[1]] in code for about, code in hints)] == []
    assert len(notes["actions"]) <= 10


def test_what_leaves_for_others_says_no_other_number(report: Report) -> None:
    """28, 29: each figure of the external page, the meeting's page and the brief stands in the report, where it has its claim."""
    result, claims, redact = report.result, report.analysed.findings.claims, Redactor(report.analysed.store)
    known = (words(report.page.find("body")), report.markdown)

    for document in (external, meeting, brief):
        made = document.render(result, claims, redact)
        text = words(BeautifulSoup(made, "html.parser")) if document is not brief else made
        assert (
            claim_marks.untold(re.sub(r"(?s)<style>.*?</style>|\(\d+ more characters\)|[^\S\n]+", " ", text), known)
            == []
        ), document.__name__


def test_one_quantity_is_one_number(report: Report) -> None:
    """7: whatever is told twice, on the page, in Markdown or in what is made for others, is the same number, or a word says why not."""
    result, claims, redact = report.result, report.analysed.findings.claims, Redactor(report.analysed.store)
    pages = [
        plain_sentences.own(html)
        for html in (report.html, *(one.render(result, claims, redact) for one in (external, meeting)))
    ]
    texts = [*pages, report.markdown.replace("\\", ""), brief.render(result, claims, redact)]

    assert plain_sentences.quarrels(texts) == []
    assert f"Severity: {result['severity']['level']}." in texts[-1]
    told, met = (
        dict(re.findall(r"(?m)^(Onset to \w+)\n(.*?)\.?$", page.lower(), re.I)) for page in (pages[0], pages[2])
    )
    assert {name: met[name] for name in told if name in met} == {name: told[name] for name in told if name in met}


def test_sentences_hold_nothing_that_nobody_writes(report: Report) -> None:
    """2, 21: no value of the program, no wrong plural, no mark after a mark, no person as a cause, no mean as a score."""
    result, claims, redact = report.result, report.analysed.findings.claims, Redactor(report.analysed.store)
    pages = (report.html, *(one.render(result, claims, redact) for one in (external, meeting)))

    assert [one for html in pages for one in plain_sentences.residues(plain_sentences.own(html))] == []


def test_the_first_screen_is_plain(report: Report) -> None:
    """2: what, how long, state and severity name no file and show no code; each key event is read at a glance."""
    paths = [entry["path"] for entry in report.result["evidence"]]
    plain = {
        name: answer for name, answer in report.answers("summary").items() if name in ("What", "State now", "Severity")
    }

    assert [(name, path) for name, answer in plain.items() for path in paths if path in answer] == []
    events = [event for event in report.result["timeline"] if event["key"]]
    assert [event["text"] for event in events if len(event["text"].split()) > 60] == []


def test_pictures_say_what_they_show(report: Report) -> None:
    """17, 18: the takeaway is a sentence or two; the alternative text names what is drawn, and the zone or the clock of its times."""
    for figure in report.page.find_all("figure"):
        takeaway, told = words(figure.find("figcaption")), words(figure.find("desc"))
        assert len(takeaway.split()) <= 60, takeaway
        assert re.search(r"UTC|clock|as written|settings", told), told
        assert len(told.split()) > len(words(figure.find("title")).split()), told


def test_the_order(report: Report) -> None:
    """Summary, impact, timeline, detection, causes, response, recovery, actions, lessons, evidence (point 3)."""
    found = [section.get("id") for section in report.page.find_all("section")]

    assert [name for name in found if name in ORDER] == ORDER


def test_the_length(report: Report) -> None:
    """The body is read in minutes: about 1,600 words stand open, the rest is one click away (point 4)."""
    body = [name for name in ORDER if name not in ("summary", "evidence")]
    rest = [
        str(section["id"]) for section in report.page.find_all("section") if section["id"] not in {*ORDER, "verify"}
    ]
    counted = {name: len(own(report.section(name)).split()) for name in [*body, *rest] if name != "actions"}

    assert sum(counted.values()) <= LONGEST_BODY + (200 if report.result["notes"] else 0), counted  # their hypotheses


def test_the_impact(report: Report) -> None:
    """Its window is not the response's; numbers have what they are of, or are said not to be measured; the budget and the
    loss of data are answered, even with none (points 6, 7, 9, 10).
    """
    impact = report.answers("impact")

    assert {"Impact window", "Failed requests", "Error budget", "Data loss"} <= set(impact)
    assert "Response window" in report.answers("response")
    assert re.search(r"\bof [\d,]+|%|not measured", impact["Failed requests"])
    assert [name for name, answer in impact.items() if not answer] == []


def test_the_time_in_each_severity(report: Report) -> None:
    """For how long limits were broken at each level is said, where any were (point 8)."""
    spent = report.result["severity"].get("spent") or []

    assert ("It was at the level of" in report.said("impact")) == bool(spent)
    assert [one["level"] for one in spent if one["level"] not in report.said("impact")] == []


def test_the_timeline(report: Report) -> None:
    """At most fifteen key events, typed, in order, each with where it stands; the moments have bounds or a reason why they
    are not known; what the evidence does not cover is shown (points 11 to 15).
    """
    events = [event for event in report.result["timeline"] if event["key"]]
    rows = [row for row in report.section("timeline").select("ol.events > li") if row.find("time")]
    shown = [row for row in rows if not row.find_parent("details")]
    times = [parse_time(event["time"]) for event in events]

    told = [[words(row.find("time")), *map(words, row.select("details.alike time"))] for row in shown]
    assert len(shown) <= len(events) <= MOST_KEY_EVENTS
    assert [
        event["text"]
        for event in events
        if not any(re.search(r"\d\d:\d\d:\d\d|$", str(event["time"]))[0] in " ".join(row) for row in told)
    ] == [], "each key event is told, in a row of its own or with those that say the same"
    assert times == sorted(times)
    assert {words(row.find("span", class_="badge")) for row in shown} <= KINDS
    assert [words(row) for row in shown if not row.find("span", class_="where")] == []
    named = list(report.answers("timeline"))
    assert sorted(named) == ["Acknowledged", "Declared", "Detected", "Mitigated", "Onset", "Recovered"]
    placed = [report.result["moments"][name.lower()].get("earliest") for name in named]
    came = [parse_time(time) for time in placed if time]
    assert came == sorted(came)
    assert [name for name, answer in report.answers("timeline").items() if not answer] == []
    assert bool(report.page.find(id="chart-coverage")) == any(chart == "coverage" for chart in charts(report))


def charts(report: Report) -> list[str]:
    """Return the names of all pictures in the page."""
    return [str(figure["id"]).removeprefix("chart-") for figure in report.page.find_all("figure")]


def test_the_timeline_begins_before_the_onset(report: Report) -> None:
    """Where a change stands in the day before the onset, the timeline that is shown begins before it (point 11)."""
    onset = report.result["moments"]["onset"].get("earliest")
    events = report.result["timeline"]
    if not isinstance(onset, str) or not all(isinstance(event["time"], str) for event in events):
        return
    began = parse_time(onset)
    changes = [parse_time(event["time"]) for event in events if event["kind"] == "change"]
    shown = [parse_time(event["time"]) for event in events if event["key"]]

    assert min(shown, default=began) < began or not any(
        timedelta() < began - one <= timedelta(days=1) for one in changes
    )


def test_what_moments_rest_on_is_among_the_key_events(report: Report) -> None:
    """14: who reads the timeline finds what each moment rests on, whatever it is cited by: a line, a place in a document, a file.
    Fifteen are told at most; where all moments together rest on fewer events of that time, none of them is missing."""
    events = report.result["timeline"]
    cited = [_cited(report, moment) for moment in report.result["moments"].values()]
    near = {
        name: [event for event in events if event["where"] in places and str(event["time"]) in places[event["where"]]]
        for name, places in zip(report.result["moments"], cited, strict=True)
    }

    for name, found in near.items():
        assert not found or any(event["key"] for event in found), name
    together = {event["id"]: event for found in near.values() for event in found}
    if len(together) < 15:
        assert [event["text"] for event in together.values() if not event["key"]] == []


def _cited(report: Report, moment: dict[str, Any]) -> dict[str, list[str]]:
    """Return where a moment rests on, as events say it, with the times of the events there that its bounds or its claim hold."""
    claim = next((one for one in report.analysed.findings.claims if one["id"] == moment.get("claim")), None)
    if claim is None or not isinstance(moment.get("earliest"), str):
        return {}
    places = {
        f"{one['path']}:{one['line']}"
        if one.get("line")
        else f"{one['path']} #{one['position']}"
        if one.get("position") is not None
        else one["path"]
        for one in claim["evidence"]
    }
    return {
        place: [str(event["time"]) for event in report.result["timeline"] if event["where"] == place]
        for place in places
    }


def test_the_pictures(report: Report) -> None:
    """One hero above the impact; every picture has a takeaway, a name and an alternative text that says what it shows
    (points 16 to 18).
    """
    heroes = report.page.select("main > .executive > figure")

    assert len(heroes) <= 1
    assert heroes or "No picture" in words(report.page.find("main")) or charts(report) == ["coverage"]
    for figure in report.page.find_all("figure"):
        drawn = figure.find_all("svg")
        assert words(figure.find("figcaption")), figure["id"]
        assert len(drawn) == (3 if figure in heroes else 2), "one for each place in which it can stand"
        assert [svg.get("role") for svg in drawn] == ["img"] * len(drawn)
        assert [len(words(svg.find("desc"))) > 20 for svg in drawn] == [True] * len(drawn)


def test_the_causes(report: Report) -> None:
    """Trigger, contributing factors and why the defences did not stop it stand apart; findings are typed; what only people
    can say is left to a role (points 19, 20, 22).
    """
    if "No incident in this evidence, so no cause" in report.said("causes"):
        return
    causes = report.answers("causes")

    assert {"Trigger", "Contributing factors", "Why the defences did not stop it"} <= set(causes)
    rows = [words(row) for row in report.section("causes").select("ul.findings > li")]
    found = report.result["findings"]
    assert {one["kind"] for one in found} <= {"fact", "inference", "hypothesis"}
    of_people = [row for row in rows if row.startswith("hypothesis, ")]
    assert len(of_people) == len((report.result["notes"] or {}).get("hypotheses") or [])
    typed = [f"{one['kind']} {' '.join(one['statement'].split())[:20]}" for one in found]
    assert [row for row in rows if row not in of_people and not row.startswith(tuple(typed))] == []
    assert "What would have shown it sooner" in report.answers("detection")
    assert "Onset to detection" in report.answers("detection")


def test_no_person_is_named(report: Report) -> None:
    """Roles stand for people: no full name of the evidence's people list is in the page (point 21)."""
    people = {
        name
        for _, name, role in report.analysed.store.rows("redaction_people")
        if name and " " in name and name != role
    }

    assert [name for name in people if name in report.html] == []


def test_the_response(report: Report) -> None:
    """Each mitigation has its measured effect, or says that there is none; the cadence stands against the promise; went
    well, did not, got lucky and surprised us are asked (points 23 to 25).
    """
    lessons = report.answers("lessons")

    assert {"What went well", "What could be improved", "Where we got lucky", "What surprised us"} <= set(lessons)
    assert [name for name, answer in lessons.items() if not answer] == []
    for row in report.section("response").select("td[data-label='Error rate'], td[data-label='Response time']"):
        assert re.search(r"→|not measured", words(row))
    assert re.search(r"updates? sent|None were due|Not known", report.said("response"))


def test_the_actions_and_the_proof(report: Report) -> None:
    """Each action that people wrote is a row with its type, its owner and its date, and names what it lacks; without any, a role is
    asked for them, or there was no incident. Recovery is shown, not shown, or said not to be assessable (points 26, 27).
    """
    written = (report.result["notes"] or {}).get("actions") or []
    rows = report.section("actions").select("table.actions tbody tr")

    shown = [[words(cell) for cell in row.find_all(["th", "td"])] for row in rows]
    assert [row[1:] for row in shown] == [
        [one["type"] or "—", one["owner"] or "—", one["due"] or one["due_written"] or "—"] for one in written
    ]
    assert {one["type"] for one in written} <= {"prevent", "detect", "mitigate", "process", None}
    for (action, *_), one in zip(shown, written, strict=True):
        lacking = [name for name in ("owner", "due", "test", "type") if not one[name]] + ["answers"] * (
            not one["answers"]
        )
        assert action.startswith(("done " if one["done"] else "") + " ".join(one["text"].split()))
        assert ("Not written yet" in action) == bool(lacking), lacking
        assert not one["test"] or f"Done when: {' '.join(one['test'].split())}" in action
    without = bool(UNWRITTEN.search(report.said("actions"))) or "Nothing to write" in report.said("actions")
    assert without == (not written)
    assert len(written) <= 10
    assert any(name.startswith("Stable") for name in report.answers("recovery"))


def test_the_trust(report: Report) -> None:
    """Each file has its hash, the run its parameters and version, and the command that checks all of it stands there
    (point 28).
    """
    evidence, verify = report.said("evidence"), report.said("verify")
    hidden = max(0, len(report.result["evidence"]) - 300)

    assert sum(entry["sha256"] not in evidence for entry in report.result["evidence"]) <= hidden
    assert [name for name in report.result["parameters"] if name not in verify] == []
    assert "forensics verify" in verify


def test_what_is_personal_is_hidden(report: Report) -> None:
    """A second pass over what people read finds nothing to hide any more (point 29)."""
    again = Redactor(None)
    text = words(report.page.find("body"))

    assert again(text) == text


def test_one_file_that_asks_for_nothing(report: Report) -> None:
    """One file under 2 MB without script, form, frame or anything fetched; its first words are not code (point 30)."""
    fetched = [
        tag
        for tag in report.page.find_all(True)
        for name in ("src", "href", "xlink:href", "data", "action")
        if tag.get(name) and not str(tag[name]).startswith("#")
    ]

    assert len(report.html.encode()) < LARGEST_PAGE
    assert fetched == []
    assert report.page.find_all(["script", "iframe", "form", "object", "embed", "link", "img"]) == []
    assert not re.search(r"@import|url\((?!['\"]?#)", str(report.page.find("style")))
    assert report.section("summary").find(["code", "pre"]) is None


def test_each_fact_leads_to_its_claim(report: Report) -> None:
    """28: what holds a figure, a time or a name of evidence has a claim's mark, on the page and in Markdown; kinds of sentences
    that need none are declared in claim_marks.py, each with its reason."""
    names = [entry["path"] for entry in report.result["evidence"]]

    assert claim_marks.unmarked(report.html, names) == []
    assert claim_marks.without_footnote(report.markdown, names) == []


def test_a_claim_names_the_line_or_element_that_it_rests_on(report: Report) -> None:
    """28: a bare file is cited only for what is true of a file as a whole, by kinds that claim_marks.py declares with reasons."""
    assert claim_marks.without_place(report.analysed.findings.claims) == []


def test_each_mark_leads_somewhere(report: Report) -> None:
    """28: every mark of the page leads to a claim on it, and each footnote of the Markdown to a note."""
    ids = {tag["id"] for tag in report.page.select("article.claim")}
    notes = re.findall(r"(?m)^\[\^(\d+)\]:", report.markdown)

    assert [tag["href"] for tag in report.page.select("a.ref") if tag["href"].removeprefix("#") not in ids] == []
    assert set(re.findall(r"\[\^(\d+)\]", report.markdown)) == set(notes)
    assert notes == [str(number) for number in range(1, len(notes) + 1)]


def test_what_ceased_and_came_back_is_told_where_people_look(report: Report) -> None:
    """1, 12, 29: the first screen, the timeline, the brief, Markdown and the page for those outside say that it ceased and came back;
    where it never did, none of them does."""
    result, claims, redact = report.result, report.analysed.findings.claims, Redactor(report.analysed.store)
    outside = words(BeautifulSoup(external.render(result, claims, redact), "html.parser").find("body"))
    first, *_ = report.markdown.split("## Timeline")
    back = bool(result["impact"]["relapses"])
    texts = (report.answers("summary")["How long"], brief.render(result, claims, redact), first, outside)

    assert [bool(re.search(r"(?:came|It came) back", text)) for text in texts] == [back] * 4
    assert any(event["text"].startswith("It came back") for event in result["timeline"] if event["key"]) == back


def test_the_detection(report: Report) -> None:
    """22: how it was detected, or why that is not known; how late; and where it is known what would have shown it sooner, or that
    nothing known would have."""
    answers, detected = report.answers("detection"), report.result["moments"]["detected"]

    assert {"How", "Onset to detection", "Alerts"} <= set(answers)
    assert [name for name, answer in answers.items() if not answer] == []
    assert answers["How"].startswith("Not known: ") != bool(detected.get("earliest"))
    assert ("What would have shown it sooner" in answers) or not isinstance(detected.get("earliest"), str)


def test_the_story_is_told_in_words(report: Report) -> None:
    """2, 12: no call of an API stands for what somebody did, and an exception on the first screen stands behind plain words."""
    events = [event["text"] for event in report.result["timeline"] if event["key"]]
    cause = report.answers("summary")["Cause"]

    assert [text for text in events if re.match(r"(?:GET|POST|PUT|PATCH|DELETE) ", text)] == []
    assert not re.search(r"(?:^|: )“[\w.]*(?:Error|Exception)\b", cause), cause


def test_the_hero_marks_the_moments(report: Report) -> None:
    """14, 16: each moment that lies within the hero chart is named in it, and told to those who cannot see it."""
    figure = report.page.find("figure", class_="hero")
    if figure is None:
        return
    told = words(figure.find("desc"))
    shown = re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) – (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC", told)
    if shown is None:
        return  # a clock of its own
    first, last = f"{shown[1]}T{shown[2]}Z", f"{shown[3] or shown[1]}T{shown[4]}Z"
    for name, moment in report.result["moments"].items():
        start = moment.get("earliest")
        if isinstance(start, str) and parse_time(first) <= parse_time(start) <= parse_time(last):
            assert re.search(name, told.partition("Marked: ")[2], re.IGNORECASE), (name, told)

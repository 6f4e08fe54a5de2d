"""The stakeholders' page: its order, its bounds, and that nothing in it can act."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import hostile_world
import pytest
from conftest import INCIDENTS, Analysed
from forensics.report import markdown, page, story
from forensics.report.redaction import Redactor
from small_world import log, messages, request, slow_traffic, traffic
from telling import Told, tell

World = Callable[[dict[str, str | bytes]], Analysed]
BAD = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}
DEMOS = ["demo-database", "demo-memory", "demo-security"]


class Reader(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a tag, and those in it that have no end."""
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note text that people read."""
        if not {"style", "svg", "title"} & set(self.inside):
            self.words.append(data)

    @property
    def text(self) -> str:
        """Everything that people read, in one line."""
        return " ".join(" ".join(self.words).split())


def part(told: Told, name: str) -> str:
    """Return what people read in one section."""
    found = re.search(rf'<section id="{name}".*?</section>', told.page, re.DOTALL)
    assert found is not None
    return Reader(found[0]).text.replace("\u00a0", " ")


# ---- what it says -------------------------------------------------------------------------------------------------


def test_the_sections_stand_in_their_order(world: World) -> None:
    """Summary first, evidence and how to verify last."""
    told = tell(world(BAD))

    assert re.findall(r'<section id="(\w+)"', told.page) == [
        "summary", "impact", "rules", "timeline", "detection", "causes", "response", "recovery", "actions", "lessons",
        "evidence", "verify",
    ]  # fmt: skip


def test_the_summary_answers_what_a_stakeholder_asks(world: World) -> None:
    """What, when, how long, who was hit, cause and how sure, state now, severity: each from the result."""
    told = tell(world(BAD))

    assert "N stands for" not in told.page

    lines = {line.name: line.text for line in story.summary(told.result, story.Times())}
    assert lines == {
        "What": "Error rate over its limit.",
        "When": "2031-04-02 12:09:58 – 12:13:00 UTC",
        "How long": "3 min over limits, in 30-s steps; 2 min 44 s to 2 min 46 s from onset to recovery.",
        "Who was hit": "60 of 122 requests failed meanwhile (49.2 %), for 1 of 1 addresses.",
        "Cause": "60 of 60 failed external requests failed with “status 500”, first at 12:10:00 UTC.",
        "State now": "Recovered; stability for 30 min is not shown.",
        "Severity": "P1, “High error rates (>10%)”.",
    }


@pytest.mark.parametrize("name", DEMOS)
def test_the_summary_is_short(name: str, analysed: Callable[[Path], Analysed]) -> None:
    """A first screen has at most 120 words; the small numbers of claims are none."""
    told = tell(analysed(INCIDENTS / name))
    read = told._replace(page=re.sub(r'<a class="ref".*?</a>', "", told.page))

    assert len(part(read, "summary").split()) <= 120


def test_what_people_must_write_is_left_to_them(world: World) -> None:
    """Cause, actions and lessons are not made up: the page names the role that should write them."""
    told = tell(world(BAD))

    summary = part(told, "summary")
    assert re.search(r"The evidence shows: .+ Not written yet — owner: incident commander", summary)
    assert [
        name for name in ("causes", "actions", "lessons") if "Not written yet — owner:" not in part(told, name)
    ] == []


def test_what_stands_for_what_differs_is_told(world: World) -> None:
    """Where errors are grouped without their numbers, the page says what N is; where nothing is grouped, it does not."""
    lines = [request(300 + n, failed=True, error=f"timed out after {5000 + n}ms") for n in range(60)]
    grouped = tell(world({"app.log": traffic(*[0] * 18) + log(lines)}))

    note = "N stands for a number that differs from message to message."
    assert note in part(grouped, "summary")
    assert note in part(grouped, "causes")


def test_calm_evidence_asks_nobody_to_write(world: World) -> None:
    """Without an incident the page says so, and no role owes it anything."""
    told = tell(world({"app.log": traffic(*[0] * 40), "auth.log": ""}))

    assert "No incident in this evidence" in part(told, "summary")
    assert "Not written yet" not in told.page


def test_evidence_that_nothing_can_be_judged_by_is_no_calm(world: World) -> None:
    """Too little evidence is called that, and not an absence of incidents."""
    told = tell(world({"empty.log": ""}))

    assert "<h1>Too little evidence to judge</h1>" in told.page
    assert "No incident in this evidence" not in part(told, "summary")
    assert "Not measured." in part(told, "summary")


def test_all_ten_rules_stand_in_the_runbooks_words(world: World) -> None:
    """Each rule has its words, its verdict as a word and a shape, and what it was measured by."""
    rules = part(tell(world(BAD)), "rules")

    assert [words for words in (
        "Service unavailability > 5 minutes", "Error rate > 5% for > 2 minutes", "Response time > 5 seconds for > 5 minutes",
        "Security alert triggered", "Customer complaints increasing", "Response Time: > 2 seconds", "Error Rate: > 5%",
        "Memory Usage: > 80%", "Disk Usage: > 85%", "Database Connections: > 90% of pool",
    ) if words not in rules] == []  # fmt: skip
    assert (
        len(re.findall(r"\b(?:Met|Not met|Not assessable)\b", re.sub("What other definitions say.*?“", "“", rules)))
        >= 10
    )


def test_every_reference_leads_to_a_claim(analysed: Callable[[Path], Analysed]) -> None:
    """The small numbers lead to claims of this page, and the claims to files and lines."""
    told = tell(analysed(INCIDENTS / "demo-database"))
    reader = Reader(told.page)

    ids = {attributes["id"] for _, attributes in reader.tags if attributes.get("id")}
    references = [a["href"] for tag, a in reader.tags if tag == "a" and str(a.get("href")).startswith("#c-")]
    assert len(references) > 40
    assert [one for one in references if str(one)[1:] not in ids] == []
    assert re.search(r"Rests on</dt><dd><code>[^<]+:\d+</code>", told.page)


def test_ids_are_unique(analysed: Callable[[Path], Analysed]) -> None:
    """No two things of the page share a name."""
    ids = [a["id"] for _, a in Reader(tell(analysed(INCIDENTS / "demo-memory")).page).tags if a.get("id")]

    assert len(ids) == len(set(ids))


def test_custody_is_told(world: World) -> None:
    """Each file stands with its hash, where its lines went, and the command that collects it better."""
    told = tell(world({**BAD, "incident-metrics.json": "<html><body>404</body></html>"}))

    evidence = part(told, "evidence")
    assert [entry["sha256"] for entry in told.result["evidence"] if entry["sha256"] not in evidence] == []
    assert "920 lines = 920 accepted + 0 continued + 0 blank + 0 separators + 0 quarantined" in evidence
    assert "Collect again: curl" in evidence


def test_evidence_that_changed_is_said_first(world: World) -> None:
    """A page from evidence that did not stand still warns of it above the summary."""
    analysed = world(BAD)
    result = {**analysed.findings.json, "custody": {"digest": "d", "files": 1, "changed_during_run": ["app.log"]}}

    text = page.render(result, [], [], Redactor(None))

    assert text.index("The evidence changed while it was read") < text.index('id="summary"')


def test_the_readers_zone_stands_second(world: World) -> None:
    """UTC comes first; the zone that was asked for follows in brackets."""
    analysed = world(BAD)
    result = {**analysed.findings.json, "parameters": {**analysed.findings.json["parameters"], "zone": "Asia/Tokyo"}}

    text = page.render(result, [], [], Redactor(None))

    assert "2031-04-02 12:09:58 – 12:13:00 UTC (21:09:58 – 21:13:00 Asia/Tokyo)" in text


def test_whatever_the_contract_allows_is_shown(world: World) -> None:
    """Recovery, updates, suspects, patterns, moments not reached and times that no clock places: all have their place."""
    analysed = world(BAD)
    result = {
        **analysed.findings.json,
        "recovery": {"verdict": "not_shown", "stable_for_s": 600, "claim": "c-0"},
        "updates": [
            {"due": "2031-04-02T12:30:00Z", "sent": "2031-04-02T12:42:00Z", "channel": "slack", "late_s": 720,
             "status": "Identified", "missing": False},
            {"due": "2031-04-02T13:00:00Z", "sent": None, "channel": None, "late_s": None, "status": None, "missing": True},
        ],
        "suspects": [
            {"rank": 1, "service": "shop", "signal": "queue length", "kind": "metric", "score": 0.5, "claim": "c-0",
             "onset": {"earliest": "2031-04-02T12:09:00Z", "latest": "2031-04-02T12:09:30Z"}}
        ],
        "patterns": [
            {"template": "gone <*>", "novelty": "new", "before": 0, "during": 7, "first": "2031-04-02T12:10:00Z",
             "level": "ERROR", "claim": "c-0"}
        ],
        "findings": [{"id": "f-1", "kind": "hypothesis", "statement": "The pool was too small.", "claims": []}],
        "changes": None,
        "security": None,
    }  # fmt: skip
    result["moments"] = {
        **result["moments"],
        "recovered": {"source": "derived", "reached": False, "why": "it still failed"},
        "detected": {"source": "unknown", "why": "nobody said so"},
    }
    result["durations"] = {**result["durations"], "to_recover_s": [170.0, None]}
    key = {"kind": "signal", "text": "a trace", "who": "", "where": "t.json #1", "key": True, "claim": None}
    result["timeline"] = [*result["timeline"], {**key, "time": {"clock": "t.json", "offset_s": 55.0}}]

    told = Told(result, [], page.render(result, analysed.findings.claims, [], Redactor(None)), "")

    assert "not shown stable for 10 min" in part(told, "recovery")
    assert "Not reached" in part(told, "timeline")
    assert "at least 2 min 50 s, still open when the evidence ends" in part(told, "summary")
    assert "By the clock of t.json" in part(told, "timeline")
    assert "55 s" in part(told, "timeline")
    assert "2031-04-02 12:42:00 UTC, 12 min late slack Identified" in part(told, "response")
    assert "missing — —" in part(told, "response")
    assert "shop queue length metric, 2031-04-02 12:09:00 – 12:09:30 UTC" in part(told, "causes")
    assert "ERROR gone <*> new never 7 12:10:00" in part(told, "causes")
    assert "hypothesis The pool was too small." in part(told, "causes")
    assert "is not shown" in markdown.render(result, Redactor(None))


# ---- what cannot act ----------------------------------------------------------------------------------------------


def test_the_policy_forbids_everything_but_style(world: World) -> None:
    """The page carries the strictest policy that still lets it be read, before anything else can be."""
    told = tell(world(BAD))

    assert told.page.count("<meta http-equiv=") == 1
    assert (
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">"
    ) in told.page
    assert told.page.index("Content-Security-Policy") < told.page.index("<style>")


@pytest.mark.parametrize(
    "attacks",
    [
        pytest.param(hostile_world.SCRIPTS, id="scripts (R01)"),
        pytest.param((hostile_world.MARKDOWN, hostile_world.FORMULA), id="markup of other languages (R02-R04)"),
        pytest.param((hostile_world.ESCAPES, hostile_world.ZALGO), id="escapes and piled-up marks (R05, R10)"),
    ],
)
def test_hostile_evidence_becomes_text(attacks: tuple[str, ...], world: World) -> None:
    """Whatever a log line, message, commit, title or file name holds, the page has our tags and no raw control character."""
    told = tell(world(hostile_world.files(*attacks)))
    reader = Reader(told.page)

    assert {tag for tag, _ in reader.tags} <= {
        "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article", "footer", "figure",
        "figcaption", "div", "p", "span", "a", "b", "q", "br", "code", "pre", "h1", "h2", "h3", "h4", "ol", "ul", "li", "dl", "dt",
        "dd", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "time",
        "svg", "desc", "g", "defs", "path", "use", "text", "tspan", "clippath", "rect", "pattern",
    }  # fmt: skip
    assert [name for _, attributes in reader.tags for name in attributes if name.startswith("on")] == []
    links = [str(a[name]) for _, a in reader.tags for name in ("href", "src", "xlink:href", "action") if name in a]
    assert [link for link in links if not link.startswith("#")] == []
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", told.page) == []


def test_markup_of_other_languages_is_shown_as_it_was_written(world: World) -> None:
    """Markdown, entities and formulas of the evidence are read letter by letter (R02, R04)."""
    told = tell(world(hostile_world.files(hostile_world.MARKDOWN, hostile_world.FORMULA)))

    text = Reader(told.page).text
    assert "[click](javascript:alert(1)) **bold** &lt;b&gt; <b>x</b> | cell | ~~gone~~ #12 `code`" in text
    assert r"price $\frac{1}{0$ and $x^2$ \(E=mc^2\)" in text


def test_escapes_are_seen(world: World) -> None:
    """Terminal escapes and overrides of direction stand on the page as what they are (R05)."""
    text = Reader(tell(world(hostile_world.files(hostile_world.ESCAPES))).page).text

    assert "\\x1b[31mred" in text
    assert "\\u202egnp.exe\\u202c" in text


def test_a_title_from_evidence_is_only_a_title(world: World) -> None:
    """A title or id that looks like markup or a path stays a text (R08)."""
    analysed = world(hostile_world.files("../../etc/passwd</title><script>"))
    result = {**analysed.findings.json}
    result["incident"] = {**result["incident"], "id": "../../x; rm -rf /"}

    told = page.render(result, analysed.findings.claims, [], Redactor(None))

    assert "<h1>../../etc/passwd&lt;/title&gt;&lt;script&gt;</h1>" in told
    assert "forensics verify &#39;reports/../../x; rm -rf /&#39;" in told


def test_text_for_a_reader_stays_quoted(world: World) -> None:
    """Words that were aimed at whoever reads the page stay an event with its source, never a statement of ours (R12)."""
    told = tell(world(hostile_world.files(hostile_world.TO_A_READER)))

    unquoted = re.sub(
        r"<q>.*?</q>|“[^”]*”", "", told.page.partition('<section id="timeline"')[0].partition("<main>")[2]
    )
    assert hostile_world.TO_A_READER not in unquoted
    assert "P1" in part(told, "summary")


def test_fifty_thousand_messages_stay_a_small_page(world: World) -> None:
    """Lists end with how many more there are, and the page stays under 2 MB (R09)."""
    said = [
        (300 + number / 100, f"U{number}", f"restarted node {number}, it is down because of {number:x}")
        for number in range(50_000)
    ]
    told = tell(world({**BAD, "chat.json": messages(*said)}))

    assert len(told.page.encode()) < 2_000_000
    assert re.search(r"… and [\d,]+ events more", told.page)


def test_long_texts_are_cut_and_counted(world: World) -> None:
    """A word of 10 kB is shown by its beginning, with how much was left out (R10)."""
    told = tell(world(hostile_world.files(hostile_world.LONG)))

    assert max(len(word) for word in Reader(told.page).text.split()) <= 700
    assert "more characters)" in told.page


def test_every_bound_gives_way_before_the_page_does(world: World) -> None:
    """Where even cut lists are too much, they are cut again."""
    analysed = world({**BAD, "b.log": slow_traffic(50)})
    result = analysed.findings.json
    event = {**result["timeline"][0], "key": False, "text": "æ" * 600}
    entry = {
        **result["evidence"][0],
        "problems": [{"code": "x", "line": 1, "message": "æ" * 600, "remedy": "æ" * 600, "leaves_open": ""}] * 30,
    }
    heavy = {**result, "timeline": [event] * 2_000, "evidence": [entry] * 70}

    assert len(page.render(heavy, analysed.findings.claims, [], Redactor(None)).encode()) < 2_000_000


def test_addresses_of_guessers_have_pseudonyms(analysed: Callable[[Path], Analysed]) -> None:
    """The page of a security incident names no address, and says the same of the same one everywhere."""
    told = tell(analysed(INCIDENTS / "demo-security"))

    assert [source["ip"] for source in told.result["security"]["sources"] if source["ip"] in told.page] == []
    assert "ip-1" in part(told, "impact")


def test_redaction_can_be_switched_off(analysed: Callable[[Path], Analysed]) -> None:
    """Who may see addresses sees them."""
    one = analysed(INCIDENTS / "demo-security")

    text = page.render(one.findings.json, one.findings.claims, [], Redactor(None, enabled=False))

    assert one.findings.json["security"]["sources"][0]["ip"] in text


def test_nothing_is_drawn_or_asked_twice(world: World) -> None:
    """Rendering the same result again gives the same bytes."""
    analysed = world({**BAD, "more.log": log([request(700, ip="192.0.2.9")])})

    assert tell(analysed)._replace(charts=[]) == tell(replace_nothing(analysed))._replace(charts=[])


def replace_nothing(analysed: Analysed) -> Analysed:
    """Return the same thing, built anew."""
    return analysed._replace(findings=replace(analysed.findings))

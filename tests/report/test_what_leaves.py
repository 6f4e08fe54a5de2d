"""All files that leave for others, made once from hostile evidence: what HAZARDS.md asks of reports holds in each of them.

The post-mortem's own page has further tests of the same rows in test_page.py, and the pages are opened in a browser.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import NamedTuple

import hostile_world
import pytest
from conftest import Analysed, analyse, write
from forensics.model import Json
from forensics.report import charts, index, outputs, page
from forensics.report.redaction import STAMP, Redactor
from redacting import personal
from small_world import epoch_ms, iso, log, messages, request, traffic
from test_outputs import ACTION, noted

FILES = (
    "postmortem.html", "postmortem.md", "external.html", "meeting.html", "brief.md", "action-items.csv", "incident-api.json",
    "index.html",
)  # fmt: skip
PAGES = [name for name in FILES if name.endswith(".html")]
ATTACKS = (
    *hostile_world.SCRIPTS,
    hostile_world.MARKDOWN,
    hostile_world.FORMULA,
    hostile_world.ESCAPES,
    hostile_world.TO_A_READER,
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u200b=1", "\u202e+1", "\x01=1", "\ufeff@x")
MAKES: Mapping[str, personal.Make] = {
    **{f"token of {name}": make for name, make in personal.TOKENS.items() if name != "private key"},
    **{f"telephone, {name}": make for name, make in personal.PHONES.items()},
    **{f"national number, {name}": personal.NATIONAL[name] for name in ("American", "Norwegian", "Finnish", "Brazilian")},
    "mail": personal.mail, "IPv4": personal.ipv4, "IPv6": personal.ipv6, "network card": personal.mac, "card": personal.card,
    "account": personal.iban, "street": personal.street,
}  # fmt: skip


class Left(NamedTuple):
    """What left for others of one incident, by the names of the files, redacted and not."""

    secrets: dict[str, str]
    shown: dict[str, str]
    clear: dict[str, str]
    labels: str
    """All text of the charts."""
    analysed: Analysed


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Plant secrets and attacks in logs, messages, file names and notes, and render everything."""
    chance = random.Random(5)  # noqa: S311  made texts, no secrets
    secrets = {name: make(chance) for name, make in MAKES.items()} | {
        "private key": personal.TOKENS["private key"](chance)
    }
    texts = [*secrets.values(), *hostile_world.told_secrets()]
    lines = [
        request(300 + n / 2, failed=True, ip="192.0.2.8", error=" ".join(text.split())) for n, text in enumerate(texts)
    ]
    chat = [(330.0 + n, "U1", f"restarted it, is it better? {text}") for n, text in enumerate((*texts, *ATTACKS))]
    names = {f"{n} {value}.txt": "" for n, value in enumerate((hostile_world.SECRETS["mail"], secrets["IPv4"]))}
    commits = [f"{n:040x} {iso(100 + n)} dev fix: {' '.join(text.split())}" for n, text in enumerate(texts, 10)]
    title = f"{hostile_world.TO_A_READER} {hostile_world.SCRIPTS[0]} {secrets['mail']}"
    files: dict[str, str | bytes] = {
        f"{secrets['IPv4']}-{secrets['mail']}-app.log": traffic(*[0] * 10, *[15] * 8, *[0] * 90, error="timeout")
        + log(lines),
        "chat.json": messages(*chat),
        "git-log.txt": log(commits),
        "pool.json": json.dumps(_labelled(secrets)),
        "incidents.json": json.dumps(hostile_world._incident(title)),
        **names,
    }
    work = tmp_path_factory.mktemp("work")
    found = analyse(write(tmp_path_factory.mktemp("in") / "../../x", files), work)
    said = " ; ".join((*texts, *ATTACKS))
    actions = [{**ACTION, "id": f"a-{n}", "text": text} for n, text in enumerate((said, *FORMULAS))]
    told = noted(found.findings.json, actions=actions, narrative={"summary": said, "root_cause": said})
    shown, clear = (everything(found, told, redacted, tmp_path_factory.mktemp("shelf")) for redacted in (True, False))
    drawn = charts.report_charts(found.store, told)
    labels = " ".join(unescape(re.sub(r"<[^>]+>", " ", charts.svg(chart))) + chart.alt for chart in drawn)
    yield Left(secrets, shown, clear, labels, found)
    found.store.close()


def _labelled(secrets: Mapping[str, str]) -> Json:
    """Return a series over its limit whose labels name an address and a person."""
    labels = {"__name__": "db_pool_usage_percent", "instance": f"{secrets['IPv4']}:9100", "owner": secrets["mail"]}
    values = [[epoch_ms(15.0 * n) / 1000, "97"] for n in range(40)]
    return {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": labels, "values": values}]}}


def everything(found: Analysed, told: Json, redacted: bool, shelf: Path) -> dict[str, str]:
    """Render every file of a report and the page of a folder with two of it."""
    result = {**told, "parameters": {**told["parameters"], "redact": redacted}}
    redact = Redactor(found.store, enabled=redacted)
    for name in ("one", "two"):
        (shelf / name).mkdir()
        (shelf / name / "result.json").write_text(json.dumps(result), encoding="utf-8")
    index.write(shelf)
    drawn = charts.report_charts(found.store, result)
    return {
        "postmortem.html": page.render(result, found.findings.claims, drawn, redact),
        **outputs.rendered(result, found.findings.claims, redact),
        "index.html": (shelf / "index.html").read_text(encoding="utf-8"),
    }


def test_every_file_is_looked_at(left: Left) -> None:
    """No output is left out of these tests; drafts of updates have their own."""
    assert set(left.shown) == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_no_secret_leaves(name: str, left: Left) -> None:
    """None of the secrets and personal data of logs, messages, names of files and people's words is in any file (R07)."""
    planted = {**left.secrets, **hostile_world.SECRETS}
    shown = unescape(left.shown[name]).replace("\\", "")

    assert [what for what, value in planted.items() if value in shown] == []


def test_no_secret_is_in_a_chart(left: Left) -> None:
    """Labels, titles and alternative texts of charts are redacted (R07)."""
    assert left.labels
    assert [what for what, value in left.secrets.items() if value in left.labels] == []


def test_one_thing_has_one_pseudonym_in_all_files(left: Left) -> None:
    """What the files say instead of a thing is what the store remembers, in charts too; no file counts for itself."""
    known = {pseudonym for _, _, pseudonym in left.analysed.store.rows("redaction_pseudonyms")}
    mail = next(
        row[2] for row in left.analysed.store.rows("redaction_pseudonyms") if row[1] == hostile_world.SECRETS["mail"]
    )
    told = {**left.shown, "charts": left.labels}
    said = {name: set(re.findall(r"\b(?:ip|mail|phone|device|place)-\d+\b", text)) for name, text in told.items()}

    assert {name: sorted(found - known) for name, found in said.items() if found - known} == {}
    assert {name for name, found in said.items() if mail in found} >= {
        "postmortem.html", "postmortem.md", "meeting.html", "action-items.csv", "charts",
    }  # fmt: skip


def test_the_page_of_all_incidents_joins_nobody(left: Left) -> None:
    """It numbers no person and no address, and says why: user-1 of two reports need not be one."""
    text = re.sub(r"<style>.*?</style>", "", left.shown["index.html"], flags=re.DOTALL)

    assert re.findall(r"\b(?:ip|mail|user|phone|device|person|place)-\d", text) == ["user-1"]
    assert "[mail]" in text
    assert "the same one in two reports is not thereby the same person" in text


STAMPED = [name for name in FILES if name not in ("external.html", "index.html")]


@pytest.mark.parametrize("name", STAMPED)
def test_what_is_not_redacted_says_so(name: str, left: Left) -> None:
    """Each page and file of a run with --no-redact is stamped, and no other is."""
    stamps = {
        "action-items.csv": ",not redacted\n",
        "incident-api.json": '"redacted": false',
        "meeting.html": ">not redacted<",
    }

    assert stamps.get(name, STAMP) in left.clear[name]
    assert stamps.get(name, STAMP) not in left.shown[name]
    assert left.secrets["IPv4"] in unescape(left.clear["postmortem.html"])


@pytest.mark.parametrize("name", ["external.html", "index.html"])
def test_what_goes_far_is_always_redacted(name: str, left: Left) -> None:
    """The page for outsiders and the page of all incidents are redacted though the report is not."""
    assert [what for what, value in left.secrets.items() if value in unescape(left.clear[name])] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_markup_of_the_evidence_is_markup(name: str, left: Left) -> None:
    """No tag acts or fetches, no attribute runs, and a policy allows nothing, redacted or not (R01, R02)."""
    for text in (left.shown[name], left.clear[name]):
        tags = re.findall(r"<([a-zA-Z]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", text)
        assert {tag.lower() for tag, _ in tags} & {
            "script",
            "img",
            "iframe",
            "link",
            "object",
            "form",
            "base",
            "embed",
        } == set()
        assert [inside for _, inside in tags if re.search(r"(?i)[\s\"']on\w+\s*=|javascript:", inside)] == []
        assert text.index("default-src 'none'") < text.index("<title>")


@pytest.mark.parametrize("name", FILES)
def test_no_control_character_is_raw(name: str, left: Left) -> None:
    """Escapes, NUL and overrides of direction stand as what they are in every file (R05)."""
    for text in (left.shown[name], left.clear[name]):
        assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text) == []


@pytest.mark.parametrize("name", ["postmortem.md", "brief.md"])
def test_no_markdown_of_the_evidence_works(name: str, left: Left) -> None:
    """No tag, link, formula or emphasis of the evidence is one in Markdown (R01, R02, R04)."""
    text = re.sub(r"(`+).*?\1", "", left.clear[name])

    assert re.findall(r"(?<!\\)<[a-zA-Z/!]", text) == []
    assert re.findall(r"(?<!\\)\[[^\]\\]*(?<!\\)\]\(", text) == []
    assert re.findall(r"(?<!\\)\$", text) == []


def test_no_cell_of_the_table_is_a_formula(left: Left) -> None:
    """Whatever stands before it, seen or unseen, no cell begins as a formula does (R06)."""
    for text in (left.shown["action-items.csv"], left.clear["action-items.csv"]):
        rows = list(csv.reader(io.StringIO(text)))

        assert len(rows) == 2 + len(FORMULAS)
        assert [cell for row in rows for cell in row if re.match(r"[\s\u200b\u202e\ufeff]*[=+\-@|%]", cell)] == []


def test_the_bodies_for_the_api_are_json(left: Left) -> None:
    """Whatever the evidence holds, the document can be read, and what it says is text (R02, R05)."""
    told = json.loads(left.clear["incident-api.json"])

    assert hostile_world.SCRIPTS[0] in told["create"]["body"]["title"]
    assert told["sent"] is False


@pytest.mark.parametrize("name", PAGES)
def test_no_address_of_the_evidence_is_followed(name: str, left: Left) -> None:
    """Links lead into the page or to a report beside it, never along a path of the evidence (R08)."""
    links = set(re.findall(r'(?:href|src)="([^"]*)"', left.shown[name]))

    assert [
        link
        for link in links
        if not re.fullmatch(r"#[\w.:-]+|postmortem\.html|(?:one|two)/[\w-]+\.(?:html|md)|data:.*", link)
    ] == []


@pytest.mark.parametrize("name", FILES)
def test_no_file_grows_without_bound(name: str, left: Left) -> None:
    """Every file stays under 2 MB (R09); fifty thousand messages are another test's."""
    assert len(left.clear[name].encode()) < 2_000_000


def test_outsiders_are_told_nothing_that_a_reader_was_meant_to_obey(left: Left) -> None:
    """Words that are aimed at whoever reads change no statement of ours, and of titles none goes outside (R12)."""
    brief = left.shown["brief.md"].splitlines()

    assert (
        hostile_world.TO_A_READER.upper()
        not in re.sub(
            r"(?s)<p class=\"said\">.*?</p>|<li>.*?</li>|Cause</h3>\n<p>.*?</p>", "", left.shown["external.html"]
        ).upper()
    )
    assert [line for line in brief[1:] if hostile_world.TO_A_READER in line] == []
    assert "requests failed" in brief[3]

"""Every row of the hazards of a report in a real browser: one hostile incident, each of its pages opened once, on a telephone."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import hostile_world
import pytest
from conftest import analyse, write
from forensics.model import Json
from forensics.report import index, outputs
from forensics.report.redaction import Redactor
from playwright.sync_api import Browser
from telling import tell
from test_page_in_browser import _OVERLAPPING, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

TITLE = f"../../etc/passwd</title>{hostile_world.SCRIPTS[0]} ⟨quay⟩"
CELLS = ("=1+1", '=HYPERLINK("https://attacker.example")', "@SUM(A1)")
ATTACKS = (
    TITLE, *hostile_world.SCRIPTS, hostile_world.MARKDOWN, hostile_world.FORMULA, hostile_world.ESCAPES, hostile_world.ZALGO,
    hostile_world.LONG, hostile_world.TO_A_READER, *CELLS,
)  # fmt: skip
PAGES = ("postmortem.html", "external.html", "meeting.html", "many.html", "index.html")
MANY = 50_000
NARROW = 390
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Seen(NamedTuple):
    """What a browser made of a page."""

    asked: list[str]
    noise: list[str]
    shown: Json
    """What `_LOOK` returns."""
    size: int
    """Bytes of the file."""


_LOOK = f"""
() => {{
    document.querySelectorAll('details').forEach(one => one.open = true)
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const unquoted = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {{
        const told = node.textContent.includes({json.dumps(hostile_world.TO_A_READER)})
        if (told && !node.parentElement.closest('q, code, .events li, .said, .todo li, .actions th, .assign'))
            unquoted.push(node.parentElement.outerHTML.slice(0, 200))
    }}
    return {{
        text: document.body.innerText,
        all: document.documentElement.outerHTML,
        title: document.title,
        heading: document.querySelector('h1').innerText,
        mark: typeof window.{hostile_world.MARK},
        active: document.querySelectorAll('script, iframe, object, embed, form, link, base, img, [onload], [onerror]').length,
        links: [...document.querySelectorAll('[href]')].map(one => one.getAttribute('href') || one.href.baseVal),
        pictures: [...document.querySelectorAll('svg')].map(one => one.textContent),
        broken: [...document.querySelectorAll('svg')].filter(one => new DOMParser().parseFromString(
            new XMLSerializer().serializeToString(one), 'image/svg+xml').querySelector('parsererror')).length,
        width: document.documentElement.scrollWidth,
        tall: Math.max(0, ...[...document.querySelectorAll('p, li, dd, td, h1')]
            .filter(one => one.textContent.startsWith('z') && one.textContent.length < 60)
            .map(one => one.scrollHeight - one.clientHeight)),
        overlapping: ({_OVERLAPPING})(),
        unquoted,
    }}
}}
"""


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:  # noqa: F811
    """Write every page of one hostile incident, and look at each once."""
    place = tmp_path_factory.mktemp("reports")
    files = hostile_world.files(*ATTACKS, *hostile_world.told_secrets())
    files[hostile_world.FORMULA.replace("/", "")] = files.pop("application.log")
    folder = write(tmp_path_factory.mktemp("hostile") / "incident", files)
    with tempfile.TemporaryDirectory() as work:
        found = analyse(folder, Path(work))
    pages = written(found.findings.json, found, place)
    context = browser.new_context(viewport={"width": NARROW, "height": 844}, color_scheme="dark")
    looked = {}
    for name, path in pages.items():
        page = context.new_page()
        asked: list[str] = []
        noise: list[str] = []
        page.on("request", lambda request, into=asked: into.append(request.url))
        page.on("console", lambda message, into=noise: into.append(message.text))
        page.on("dialog", lambda dialog, into=noise: into.append(dialog.message))
        page.on("pageerror", lambda error, into=noise: into.append(str(error)))
        page.goto(path.as_uri())
        shown = page.evaluate(_LOOK)
        page.wait_for_timeout(100)
        looked[name] = Seen([url.removeprefix(path.as_uri()) for url in asked], noise, shown, path.stat().st_size)
        page.close()
    context.close()
    found.store.close()
    return looked


def written(result: Json, found: Any, place: Path) -> dict[str, Path]:
    """Write the pages of a report, of one with very many messages, and of a folder that holds it."""
    said = " ; ".join((*ATTACKS[1:], *hostile_world.told_secrets()))
    action = {
        "id": "a-1", "text": said, "owner": said, "due": "", "due_written": "", "test": said, "type": "prevent", "answers": [],
        "answers_to": [], "done": False,
    }  # fmt: skip
    result = {**result, "notes": None, "incident": {**result["incident"], "id": "../../x"}}
    with_actions = {**result, "notes": {"actions": [action], "narrative": {}}}
    event = {**result["timeline"][0], "key": False}
    many = {**result, "timeline": [{**event, "text": f"restarted node {number}"} for number in range(MANY)]}
    redact = Redactor(found.store)
    (place / "one").mkdir()
    (place / "one" / "result.json").write_text(json.dumps(with_actions), encoding="utf-8")
    index.write(place)
    told = found._replace(findings=replace(found.findings, json=result))
    crowded = found._replace(findings=replace(found.findings, json=many))
    rendered = outputs.rendered(with_actions, found.findings.claims, redact)
    texts = {
        "postmortem.html": tell(told).page, "external.html": rendered["external.html"], "meeting.html": rendered["meeting.html"],
        "many.html": tell(crowded).page,
    }  # fmt: skip
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
    return {name: place / name for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_is_asked_for(name: str, seen: dict[str, Seen]) -> None:
    """R01: no script of the evidence runs, no request leaves, nothing active is on the page, no link leads anywhere else."""
    one = seen[name]

    assert (one.asked, one.noise, one.shown["mark"], one.shown["active"]) == ([""], [], "undefined", 0)
    assert [link for link in one.shown["links"] if re.match(r"[a-z]+:|//|\.\./", link)] == []


def test_markup_and_formulas_are_letters(seen: dict[str, Seen]) -> None:
    """R02, R04, R06: what is Markdown, HTML, a formula of mathematics or of a spreadsheet elsewhere stands as it was written."""
    text = seen["postmortem.html"].shown["text"]

    told = [hostile_world.MARKDOWN, hostile_world.FORMULA, *CELLS]
    assert [one for one in told if one not in " ".join(text.split())] == []


def test_labels_are_letters(seen: dict[str, Seen]) -> None:
    """R03, R11: a formula in the name of a file is that text in a picture, and every picture is well-formed XML."""
    shown = seen["postmortem.html"].shown

    assert any(r"price $\frac" in text for text in shown["pictures"])
    assert [one.shown["broken"] for one in seen.values()] == [0] * len(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_no_raw_control_character_is_on_it(name: str, seen: dict[str, Seen]) -> None:
    """R05: escapes of terminals and overrides of direction are seen as what they are."""
    shown = seen[name].shown

    assert RAW.findall(shown["all"]) == []
    if name == "postmortem.html":
        assert [
            one for one in ("\\x1b[31mred", "\\x1b]8;;", "\\u202egnp.exe", "\\x00end") if one not in shown["all"]
        ] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_secret_is_on_it(name: str, seen: dict[str, Seen]) -> None:
    """R07: none of the fifteen secrets is read, or stands in anything that is not shown."""
    plain = {what: secret.replace("\u200b", "") for what, secret in hostile_world.SECRETS.items()}
    held = seen[name].shown["all"].replace("\\u200b", "")

    assert [what for what, secret in plain.items() if secret in held] == []


def test_a_title_is_a_title(seen: dict[str, Seen]) -> None:
    """R08: a title that looks like markup and like a path is a heading and the name of the page, and an id leads nowhere."""
    shown = seen["postmortem.html"].shown

    assert shown["heading"] == TITLE
    assert shown["title"] == f"Post-mortem: {TITLE}"


def test_very_many_messages_are_counted(seen: dict[str, Seen]) -> None:
    """R09: a page of fifty thousand messages is small, shows some, and counts the others."""
    one = seen["many.html"]

    assert one.size < 2_000_000
    left = re.search(r"… and ([\d,]+) events more", one.shown["text"])
    assert left is not None
    assert one.shown["text"].count("restarted node") + int(left[1].replace(",", "")) == MANY


@pytest.mark.parametrize("name", PAGES)
def test_the_layout_holds(name: str, seen: dict[str, Seen]) -> None:
    """R10: piled-up marks and a word of ten thousand letters widen nothing, with everything open."""
    shown = seen[name].shown

    assert (shown["width"], shown["overlapping"], shown["tall"]) == (NARROW, [], 0)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_aimed_at_a_reader_is_quoted(name: str, seen: dict[str, Seen]) -> None:
    """R12: an instruction in the evidence stands only where the evidence or people are quoted."""
    assert seen[name].shown["unquoted"] == []
    if name == "postmortem.html":
        assert hostile_world.TO_A_READER in seen[name].shown["text"]

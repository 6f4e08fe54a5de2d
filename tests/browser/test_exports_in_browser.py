"""The pages beside the post-mortem in a real browser: outsiders', the meeting's, and the page of all incidents."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hostile_world
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import INCIDENTS, Analysed, analyse, write
from forensics.model import Json
from forensics.report import index, outputs
from forensics.report.redaction import Redactor
from playwright.sync_api import Browser, Page
from test_page_in_browser import _FAINT, _OVERLAPPING, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

SHEETS = ("external.html", "meeting.html")
WORLDS = ("demo-database", "demo-security", "hostile")
PAGES = [*(f"{world}/{sheet}" for world in WORLDS for sheet in SHEETS), "index.html", "none/index.html"]
ACTION = {
    "id": "a-1", "text": "Limit how long a report may hold the database", "owner": "engineering team", "due": "2026-11-01",
    "due_written": "", "test": "A report of an hour fails no request", "type": "prevent", "answers": [], "answers_to": [],
    "done": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def shelf(analysed: Callable[[Path], Analysed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write every page of a reports folder with many incidents, a hostile one among them, and a failed run."""
    place = tmp_path_factory.mktemp("reports")
    found = {name: analysed(INCIDENTS / name) for name in WORLDS if name != "hostile"}
    attacks = (*hostile_world.SCRIPTS, hostile_world.ESCAPES, hostile_world.ZALGO, hostile_world.LONG)
    folder = write(tmp_path_factory.mktemp("hostile") / "incident", hostile_world.files(*attacks))
    with tempfile.TemporaryDirectory() as work:
        found["hostile"] = analyse(folder, Path(work))
    for name, one in found.items():
        result = {**one.findings.json, "notes": {"actions": [ACTION], "narrative": {}}}
        (place / name).mkdir()
        (place / name / "result.json").write_text(json.dumps(result), encoding="utf-8")
        for file, text in outputs.rendered(result, one.findings.claims, Redactor(one.store)).items():
            (place / name / file).write_text(text, encoding="utf-8")
    for number in range(40):
        later = moved(found["demo-database"].findings.json, number)
        (place / f"later-{number}").mkdir()
        (place / f"later-{number}" / "result.json").write_text(json.dumps(later), encoding="utf-8")
    (place / ".gone.failed").write_text(json.dumps({"id": "gone", "reason": " ".join(hostile_world.SCRIPTS)}))
    index.write(place)
    (place / "none").mkdir()
    index.write(place / "none")
    return place


def moved(result: Json, number: int) -> Json:
    """Return the incident as it might have been some weeks later, and longer or worse."""
    start = datetime(2027, 1, 1) + timedelta(days=9 * number)
    window = {"start": f"{start.isoformat()}Z", "end": f"{(start + timedelta(hours=1)).isoformat()}Z", "how": "derived"}
    seconds = 60.0 * 1.2**number
    return {
        **result,
        "incident": {**result["incident"], "window": window},
        "severity": {**result["severity"], "level": ("P0", "P1", "P2", "P3", "undetermined")[number % 5]},
        "durations": {**result["durations"], "to_recover_s": [seconds, None if number % 9 == 0 else seconds]},
    }


Shown = Callable[..., Page]


@pytest.fixture
def shown(browser: Browser, shelf: Path) -> Iterator[Shown]:  # noqa: F811
    """Open a page as somebody with this screen and these settings sees it."""
    contexts = []

    def show(name: str, width: int = 1280, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto((shelf / name).as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_is_asked_for(name: str, browser: Browser, shelf: Path) -> None:  # noqa: F811
    """Opening a page sends no request and runs no script (R01)."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    noise: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: noise.append(message.text))
    page.on("dialog", lambda dialog: noise.append(dialog.message))
    page.on("pageerror", lambda error: noise.append(str(error)))

    page.goto((shelf / name).as_uri())
    page.wait_for_timeout(100)

    assert (asked, noise) == ([(shelf / name).as_uri()], [])
    assert page.evaluate(f"typeof window.{hostile_world.MARK}") == "undefined"
    assert page.evaluate("document.scripts.length") == 0
    context.close()


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(name: str, width: int, shown: Shown) -> None:
    """Whatever the evidence holds, a page is as wide as the screen (R10)."""
    page = shown(name, width)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(_OVERLAPPING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_it(name: str, width: int, scheme: str, shown: Shown) -> None:
    """All text has the contrast of WCAG AA, and axe finds no barrier, in light and in dark, wide and narrow."""
    page = shown(name, width, scheme)

    assert page.evaluate(_FAINT) == []
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []


def test_a_telephone_gets_the_narrow_strip(shown: Shown) -> None:
    """The strip is drawn for the screen that it is on, with letters that can be read there."""
    wide, narrow = shown("index.html", 1280), shown("index.html", 390)

    for page, kinds in ((wide, [True, False]), (narrow, [False, True])):
        assert [page.locator(f".chart > .{kind}").is_visible() for kind in ("wide", "narrow")] == kinds
    assert (
        narrow.evaluate(
            "Math.min(...[...document.querySelectorAll('.narrow text')].map(t => t.getBoundingClientRect().height))"
        )
        >= 10
    )


def test_the_strip_has_a_name_for_those_who_cannot_see_it(shown: Shown) -> None:
    """A screen reader hears a title and what the picture shows."""
    strip = shown("index.html").get_by_role("img", name="Incidents by time, length and severity").first

    assert strip.is_visible()
    assert "Still open when their evidence ended:" in str(
        strip.evaluate("one => one.querySelector('desc').textContent")
    )


def test_the_list_leads_to_the_reports(shown: Shown) -> None:
    """Each incident's title is a link into its folder."""
    page = shown("index.html")

    assert page.locator(".incidents h3 a").count() == 43
    assert str(page.locator("#i-later-7 h3 a").get_attribute("href")) == "later-7/postmortem.html"

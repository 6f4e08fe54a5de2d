"""The pages of a run's notebooks in a real browser: nothing runs, nothing is asked for, a telephone can read them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from forensics.model import Json
from playwright.sync_api import sync_playwright

from .conftest import Ran

pytestmark = pytest.mark.browser

NAMES = ("0_evidence", "1_timeline", "2_thresholds", "3_causes", "4_postmortem")
NARROW = 390
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_LOOK = """
() => {
    document.querySelectorAll('details').forEach(one => one.open = true)
    return {
        scripts: document.scripts.length,
        width: document.documentElement.scrollWidth,
        beyond: [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1
            && !one.closest('table, pre')).map(one => one.outerHTML.slice(0, 120)),
        heading: document.querySelector('h1').textContent,
        words: document.body.innerText.split(/\\s+/).length,
    }
}
"""


class Seen(NamedTuple):
    """What a browser made of the page of a notebook."""

    asked: list[str]
    noise: list[str]
    shown: Json
    barriers: list[str]


@pytest.fixture(scope="module")
def seen(ran: Ran) -> dict[str, Seen]:
    """Open each page once, on a telephone, dark and light in turn."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI installs it")
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        looked = {}
        for number, name in enumerate(NAMES):
            path = ran.reports / "demo-security" / "notebooks" / f"{name}.html"
            scheme = ("dark", "light")[number % 2]
            page = browser.new_page(viewport={"width": NARROW, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
            asked: list[str] = []
            noise: list[str] = []
            page.on("request", lambda request, into=asked: into.append(Path(request.url).name))
            page.on("console", lambda message, into=noise: into.append(message.text))
            page.on("dialog", lambda dialog, into=noise: into.append(dialog.message))
            page.on("pageerror", lambda error, into=noise: into.append(str(error)))
            page.goto(path.as_uri())
            shown = page.evaluate(_LOOK)
            found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            barriers = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
            looked[name] = Seen([one for one in asked if not one.startswith("png;base64")], noise, shown, barriers)
            page.close()
        browser.close()
    return looked


@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_and_nothing_is_asked_for(name: str, seen: dict[str, Seen]) -> None:
    """A page of a notebook holds no script, sends no request, and its console stays silent (R01)."""
    one = seen[name]

    assert (one.asked, one.noise, one.shown["scripts"]) == ([f"{name}.html"], [], 0)
    assert one.shown["words"] > 100


@pytest.mark.parametrize("name", NAMES)
def test_a_telephone_shows_all_of_it(name: str, seen: dict[str, Seen]) -> None:
    """With the code open, a page is as wide as a telephone; only tables scroll, by themselves (R10)."""
    shown = seen[name].shown

    assert (shown["width"], shown["beyond"]) == (NARROW, [])


@pytest.mark.parametrize("name", NAMES)
def test_everybody_can_read_it(name: str, seen: dict[str, Seen]) -> None:
    """axe finds no barrier of WCAG 2.2 AA in the page, code and all."""
    assert seen[name].barriers == []

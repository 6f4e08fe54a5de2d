"""The stakeholders' page in a real browser: nothing runs, nothing is asked for, everybody can read it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hostile_world
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import INCIDENTS, Analysed, analyse, write
from playwright.sync_api import Browser, Page, sync_playwright
from telling import tell

pytestmark = pytest.mark.browser

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEMOS = ["demo-database", "demo-memory", "demo-security"]
WORLDS = [*DEMOS, "hostile", "empty"]

LOOKED_AT = [
    *[("demo-database", width, scheme) for width in (390, 1280) for scheme in ("light", "dark")],
    ("hostile", 390, "dark"),
    ("hostile", 1280, "light"),
    ("empty", 390, "light"),
    ("empty", 1280, "dark"),
    ("demo-memory", 390, "light"),
    ("demo-security", 1280, "dark"),
]
"""One page on both screens in both schemes; the others in turn."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

AXE = {"runOnly": RULES, "resultTypes": ["violations"]}
"""What axe is asked: everything by all these rules. Of rules that hold it lists one place each, for listing all takes as long again."""

Shown = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; without one the tests are skipped, but not where CI promises one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(analysed: Callable[[Path], Analysed], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the page of each world to a file."""
    place = tmp_path_factory.mktemp("pages")
    attacks = (
        *hostile_world.SCRIPTS, hostile_world.MARKDOWN, hostile_world.FORMULA, hostile_world.ESCAPES, hostile_world.ZALGO,
        hostile_world.LONG, hostile_world.TO_A_READER,
    )  # fmt: skip
    found = {name: analysed(INCIDENTS / name) for name in DEMOS}
    for name, files in {"hostile": hostile_world.files(*attacks), "empty": {"empty.log": ""}}.items():
        folder = write(tmp_path_factory.mktemp(name) / "incident", files)
        with tempfile.TemporaryDirectory() as work:
            found[name] = analyse(folder, Path(work))
    written = {}
    for name, one in found.items():
        written[name] = place / f"{name}.html"
        written[name].write_text(tell(one).page, encoding="utf-8")
    return written


@pytest.fixture
def shown(browser: Browser, pages: dict[str, Path]) -> Iterator[Shown]:
    """Open a page as somebody with this screen and these settings sees it."""
    contexts = []

    def show(name: str, width: int = 1280, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(pages[name].as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_runs_and_nothing_is_asked_for(name: str, browser: Browser, pages: dict[str, Path]) -> None:
    """Opening a page, and everything in it that opens, sends no request and runs no script (R01)."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    noise: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: noise.append(message.text))
    page.on("dialog", lambda dialog: noise.append(dialog.message))
    page.on("pageerror", lambda error: noise.append(str(error)))

    page.goto(pages[name].as_uri())
    for summary in page.locator("summary").all():
        summary.dispatch_event("click")
    page.wait_for_timeout(200)

    assert asked == [pages[name].as_uri()]
    assert noise == []
    assert page.evaluate(f"typeof window.{hostile_world.MARK}") == "undefined"
    assert page.evaluate("document.scripts.length") == 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("name", WORLDS)
def test_the_page_does_not_scroll_sideways(name: str, width: int, scheme: str, shown: Shown) -> None:
    """Whatever the evidence holds, the page is as wide as the screen, with everything in it open (R10)."""
    page = shown(name, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(_OVERLAPPING) == []


_OVERLAPPING = """
() => [...document.querySelectorAll('h1, h2, h3, p, li, dd, dt, td, th, figcaption')].filter(one => {
    const box = one.getBoundingClientRect()
    return box.width > 0 && box.right > window.innerWidth + 1 && !one.closest('.scroll')
}).map(one => one.textContent.slice(0, 60))
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", WORLDS)
def test_everything_can_be_read(name: str, scheme: str, shown: Shown) -> None:
    """All text, that of pictures too, has the contrast that WCAG AA asks for, in light and in dark."""
    page = shown(name, 1280, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert page.evaluate(_FAINT) == []


_FAINT = """
() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
    const parse = color => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1)
        return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        return 0.2126 * x + 0.7152 * y + 0.0722 * z
    }
    const behind = one => {
        for (let at = one; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor)
            if (color[3] > 200) return color
        }
        return [255, 255, 255, 255]
    }
    const found = new Set()
    for (const one of document.body.querySelectorAll('*')) {
        const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        if (!own || ['TITLE', 'DESC', 'title', 'desc'].includes(one.tagName)) continue
        const style = getComputedStyle(one)
        const color = parse(one.closest('svg') ? style.fill : style.color)
        const [a, b] = [light(color), light(behind(one))].sort((x, y) => y - x)
        if ((a + 0.05) / (b + 0.05) < 4.5) found.add(one.tagName + ' ' + one.className + ' ' + one.textContent.slice(0, 30))
    }
    return [...found]
}
"""


@pytest.mark.parametrize(("name", "width", "scheme"), LOOKED_AT)
def test_axe_finds_no_barrier(name: str, width: int, scheme: str, shown: Shown) -> None:
    """The rules of WCAG 2.2 A and AA, and axe's own best practice, hold with everything open."""
    page = shown(name, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    told = Axe().run(page, options=AXE).response

    assert len(told["passes"]) > 20
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in told["violations"]] == []


@pytest.mark.parametrize("name", WORLDS)
def test_print_shows_what_was_closed(name: str, shown: Shown) -> None:
    """On paper every closed part is open, in dark ink on light paper, and the navigation is gone."""
    page = shown(name, 1280, "dark")
    page.emulate_media(media="print")

    assert page.evaluate("document.querySelectorAll('details:not([open])').length") > 0
    assert page.evaluate(_HIDDEN) == []
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


_HIDDEN = """
() => [...document.querySelectorAll('main details > :not(summary)')]
    .filter(one => !one.checkVisibility() && one.textContent.trim())
    .map(one => one.textContent.slice(0, 60))
"""


def test_a_claim_is_short_on_paper(shown: Shown) -> None:
    """Printed are what it states, its id and where it rests, and where the rest is; on the screen it is whole."""
    page = shown("demo-database")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    on_screen = page.evaluate(_CLAIM)
    page.emulate_media(media="print")
    on_paper = page.evaluate(_CLAIM)

    assert {"Question", "Answer", "Value", "Rests on"} <= set(on_screen["told"])
    assert set(on_paper["told"]) == {"Rests on"}
    assert on_paper["states"] == on_screen["states"]
    assert on_paper["id"] == on_screen["id"] != ""
    assert on_paper["note"]
    assert not on_screen["note"]


_CLAIM = """
() => {
    const claim = document.querySelector('#summary a.ref').getAttribute('href').slice(1)
    const one = document.getElementById(claim)
    const rows = [...one.querySelectorAll('.pairs > div')].filter(row => row.checkVisibility())
    return {
        told: rows.filter(row => row.querySelector('dd').checkVisibility()).map(row => row.querySelector('dt').textContent),
        states: one.querySelector('h3').innerText,
        id: one.querySelector('h3 .id').innerText === claim ? claim : '',
        note: document.querySelector('#claims .on-paper').checkVisibility(),
    }
}
"""


@pytest.mark.parametrize("name", DEMOS)
def test_one_screen_answers(name: str, shown: Shown) -> None:
    """Title, severity, the answers in short and the picture with what it says stand on one screen of a desk."""
    page = shown(name, 1280)

    ends = page.evaluate(
        "['h1', '.facts > :last-child', '.executive .hero .beside', '.executive figcaption']"
        ".map(one => document.querySelector(one).getBoundingClientRect().bottom)"
    )
    assert max(ends) <= 900


def test_the_contents_leave_a_telephone_to_the_answers(shown: Shown) -> None:
    """On a telephone the list of contents is one line that opens; on a desk it stands open beside the page."""
    wide, narrow = shown("demo-database", 1280), shown("demo-database", 390)
    links = "[...document.querySelectorAll('nav a')].filter(one => one.checkVisibility({contentVisibilityAuto: true})).length"

    assert narrow.locator("nav").bounding_box()["height"] < 60  # type: ignore[index]
    assert (narrow.locator("nav a").first.is_visible(), narrow.locator("nav summary").is_visible()) == (False, True)
    narrow.locator("nav summary").press("Enter")
    assert narrow.evaluate(links) == narrow.locator("nav a").count() > 10
    assert narrow.locator("nav a").last.is_visible()
    assert wide.locator("nav a").last.is_visible()
    assert not wide.locator("nav summary").is_visible()


def test_a_reference_opens_its_claim(shown: Shown) -> None:
    """A small number leads to its claim, though the claims are closed."""
    page = shown("demo-database")
    reference = page.locator("#summary a.ref").first
    claim = page.locator(str(reference.get_attribute("href")))

    assert not claim.is_visible()
    reference.click()

    assert claim.is_visible()


def test_a_telephone_gets_the_narrow_picture(shown: Shown) -> None:
    """The hero is drawn for the screen that it is on, with letters that can be read there."""
    wide, narrow = shown("demo-database", 1280), shown("demo-database", 390)
    middle = shown("demo-database", 1000)

    for page, kind in ((wide, "beside"), (middle, "wide"), (narrow, "narrow")):
        drawn = ("beside", "wide", "narrow")
        assert [one for one in drawn if page.locator(f"#chart-error-rate > .{one}").is_visible()] == [kind]
    assert narrow.evaluate(_SMALLEST) >= 9


_SMALLEST = """
() => Math.min(...[...document.querySelectorAll('.chart .narrow text')]
    .map(one => one.getBoundingClientRect()).filter(box => box.height).map(box => box.height))
"""


def test_pictures_have_names_for_those_who_cannot_see_them(shown: Shown) -> None:
    """A screen reader hears a title and what the picture shows."""
    page = shown("demo-memory")

    hero = page.get_by_role("img", name="Response time").first
    assert hero.is_visible()
    assert "Threshold: > 2 s: alert" in str(hero.evaluate("one => one.querySelector('desc').textContent"))

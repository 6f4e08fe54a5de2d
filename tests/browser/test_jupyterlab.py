"""The free desk in a real JupyterLab, in a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from forensics.evidence import intake
from playwright.sync_api import Browser, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
INCIDENT = "demo-database"
NOTES = f"{INCIDENT}.notes.toml"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk_browser() -> Iterator[Browser]:
    """Headless Chromium, Debian's own; tests that need it skip where it is missing, and fail where CI promised it."""
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    if place is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; CI installs it")
        pytest.skip("Chromium is missing. On Debian: sudo apt-get install chromium")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=[*quiet, "--disable-sync", "--no-first-run"])
        yield browser
        browser.close()


class Lab(NamedTuple):
    """A running JupyterLab."""

    address: str
    incidents: Path
    work: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Run `forensics lab` on a copy of an incident, and stop it with Ctrl-C: it says that it stopped, and nothing goes on."""
    home = tmp_path_factory.mktemp("lab")
    incidents = home / "incidents"
    shutil.copytree(PROJECT / "data" / "incidents" / INCIDENT, incidents / INCIDENT)
    shutil.copyfile(PROJECT / "data" / "incidents" / NOTES, incidents / NOTES)
    before = intake.custody(intake.find(incidents / INCIDENT))
    command = [sys.executable, "-m", "forensics.workbench.cli", "lab", str(incidents / INCIDENT), "--work", "desk"]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command_line:
        assert command_line.stdout is not None
        address = command_line.stdout.readline().strip()
        try:
            yield Lab(address, incidents, home / "desk")
        finally:
            command_line.send_signal(signal.SIGINT)
            try:
                _, told = command_line.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                command_line.terminate()
                raise
    assert (command_line.returncode, told.splitlines()[-1]) == (0, "Stopped. What you saved is kept.")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=5)
    assert intake.custody(intake.find(incidents / INCIDENT)) == before


def said(page: Page, before: str) -> str:
    """Wait until the desk says something else than before of how many log lines fit, in view or not, and return it."""
    other = page.wait_for_function(
        "before => [...document.querySelectorAll('h3')].map(h => h.textContent.trim())"
        ".find(text => text.includes('log lines fit') && text !== before)",
        arg=before,
        timeout=180_000,
    )
    return str(other.json_value())


@pytest.fixture(scope="module")
def desk(lab: Lab, desk_browser: Browser) -> Iterator[Page]:
    """Open the free desk and run all of its cells."""
    page = desk_browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(180_000)  # the kernel may be drawing, on a busy machine
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.goto(lab.address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.get_by_text("| Idle").first.wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    said(page, "")
    yield page
    page.close()
    assert set(asked) <= {urlsplit(lab.address).netloc, ""}, "only this machine is asked"


def shot(page: Page, name: str) -> None:
    """Keep a picture of what is seen, where somebody asked for pictures."""
    if "FORENSICS_SCREENSHOTS" in os.environ:
        page.screenshot(path=str(Path(os.environ["FORENSICS_SCREENSHOTS"]) / f"{name}.png"))


def test_an_engineer_narrows_the_window_and_everything_follows(desk: Page) -> None:
    """Run all cells, move the slider's end with the keyboard, type a text: timeline, charts and lines follow."""
    page = desk
    whole = said(page, "")
    assert page.locator(".jp-OutputArea img").count() >= 3

    handle = page.locator(".noUi-handle-lower").first
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    narrowed = said(page, whole)
    field = page.get_by_placeholder("any part of a message")
    field.scroll_into_view_if_needed()
    field.press_sequentially("database is locked")
    field.press("Enter")
    field.blur()
    filtered = said(page, narrowed)

    counts = [int(text.split()[0].replace(",", "")) for text in (whole, narrowed, filtered)]
    assert counts[0] > counts[1] > counts[2] > 0
    assert page.locator("td", has_text="database is locked").count() > 0
    shot(page, "jupyterlab")


def test_a_note_is_written_where_one_looks_and_is_in_the_file(desk: Page, lab: Lab) -> None:
    """Find an event, write, give a star, save: the desk says where, and every byte that stood in the file is still there."""
    place = lab.incidents / NOTES
    before = place.read_text(encoding="utf-8")
    desk.get_by_role("button", name="Read the file again").scroll_into_view_if_needed()
    desk.get_by_placeholder("a role, for example scribe").fill("scribe")
    desk.get_by_placeholder("any part of an event, finding or file").first.fill("timetable hangs")
    events = desk.get_by_label("On", exact=True).first
    expect(events.locator("option")).to_have_count(2, timeout=180_000)  # the whole, and what was looked for
    events.select_option(index=1)
    field = desk.get_by_placeholder("what should others know about it?")
    field.fill("Support saw it first; the on-call engineer should have known.")
    desk.get_by_text("should have known” blames").wait_for()
    desk.get_by_text("a star: it belongs among the key events").click()
    shot(desk, "jupyterlab-note")
    desk.get_by_role("button", name="Save note").click()
    saved = desk.get_by_role("status").filter(has_text=f"to {NOTES}, line")
    saved.filter(has_text="timetable hangs").wait_for()
    shot(desk, "jupyterlab-saved")

    after = place.read_text(encoding="utf-8")
    new = tomllib.loads(after)["note"][-1]
    assert after.startswith(before)
    assert (new["star"], new["by"]) == (True, "scribe")
    assert new["text"] == "Support saw it first; the on-call engineer should have known."
    assert "timetable hangs" in tomllib.loads(after)["meant"][new["on"]]
    expect(field).to_have_value("")  # it empties a moment after the word that it was saved
    assert desk.get_by_text("official Jupyter news").count() == 0
    assert (lab.work / NOTES).samefile(place)

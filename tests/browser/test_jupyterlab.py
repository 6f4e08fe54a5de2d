"""The free desk in a real JupyterLab, in a real browser."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
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

    url: str
    token: str


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab on loopback, on a copy of the notebooks, and end it afterwards."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(PROJECT / "notebooks", home / "notebooks")
    (home / "data").symlink_to(PROJECT / "data")
    token = secrets.token_hex()
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "share"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}", "--ServerApp.allow_root=True",
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (
        (home / "log.txt").open("w") as log,
        subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log) as server,
    ):
        try:
            yield Lab(_address(home / "runtime", server, home / "log.txt"), token)
        finally:
            server.terminate()
            server.wait(30)


def _address(runtime: Path, server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        for told in runtime.glob("jpserver-*.json") if runtime.is_dir() else ():
            try:
                url: str = json.loads(told.read_text())["url"]
                urllib.request.urlopen(f"{url}api", timeout=5).close()  # noqa: S310  our own server
            except (OSError, ValueError, KeyError):
                continue
            return url
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def said(page: Page, before: str) -> str:
    """Wait until the desk says something else than before of how many log lines fit, in view or not, and return it."""
    other = page.wait_for_function(
        "before => [...document.querySelectorAll('h3')].map(h => h.textContent.trim())"
        ".find(text => text.includes('log lines fit') && text !== before)",
        arg=before,
        timeout=180_000,
    )
    return str(other.json_value())


def test_an_engineer_narrows_the_window_and_everything_follows(lab: Lab, desk_browser: Browser) -> None:
    """Run all cells, move the slider's end with the keyboard, type a text: timeline, charts and lines follow."""
    page = desk_browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab.url}lab/tree/notebooks/investigate.ipynb?token={lab.token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.add_locator_handler(
        page.get_by_text("official Jupyter news"), lambda: page.get_by_role("button", name="No", exact=True).click()
    )
    page.get_by_text("| Idle").first.wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
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
    if "FORENSICS_SCREENSHOTS" in os.environ:
        shots = Path(os.environ["FORENSICS_SCREENSHOTS"])
        page.screenshot(path=str(shots / "jupyterlab.png"))
        page.locator("h3", has_text="log lines fit").scroll_into_view_if_needed()
        page.screenshot(path=str(shots / "jupyterlab-desk.png"))
    page.close()

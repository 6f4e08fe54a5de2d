"""Pictures: what they show, what they refuse to show, and that they are safe, stable and readable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import hostile_world
import matplotlib
import pytest
from conftest import INCIDENTS, PROJECT, Analysed
from forensics.report import charts, drawing
from forensics.report.charts import Chart
from forensics.report.drawing import Mark
from forensics.report.words import Times, length, lengths, quantity, tied, tied_markup, visible
from small_world import NOON, at, every, failed_login, good_login, log, messages, samples, slow_traffic, traffic

World = Callable[[dict[str, str | bytes]], Analysed]


def drawn(world: Analysed) -> dict[str, Chart]:
    """Return the charts of a report by name."""
    return {chart.name: chart for chart in charts.report_charts(world.store, world.findings.json)}


def texts(svg: str) -> list[str]:
    """Return what is written in a picture."""
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


# ---- which picture, and what it says ------------------------------------------------------------------------------


def test_the_hero_shows_the_signal_of_the_incident(world: World) -> None:
    """Where requests failed, the first picture is the error rate, and its line says for how long; which share failed stands beside it."""
    told = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    assert (hero.name, hero.takeaway) == (
        "error-rate",
        "Error rate: over 5 % for 3 min, 2031-04-02 12:10:00 – 12:13:00 UTC.",
    )


def test_slow_responses_are_the_hero_when_nothing_failed(world: World) -> None:
    """An incident of response times shows response times."""
    told = world({"app.log": slow_traffic(*[50] * 20, *[6000] * 14, *[50] * 20)})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    assert hero.name == "response-time"


def test_guessed_passwords_are_drawn_as_the_rule_counts_them(world: World) -> None:
    """The hero of a security incident counts the failed logins of each address, which has a pseudonym."""
    guesses = [failed_login(600 + 4 * number) for number in range(30)]
    told = world({"app.log": traffic(*[0] * 40), "auth.log": log([*guesses, good_login(725)])})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    assert hero.takeaway == (
        "30 of 31 attempts to log in failed; 1 address reached 5 within 5 minutes, and from it a login then succeeded."
    )
    assert "192.0.2.66" not in charts.svg(hero)


def test_calm_is_shown_as_calm(world: World) -> None:
    """Without an incident the first picture is the best watched signal, and says that it stayed within its limit."""
    told = world({"app.log": traffic(*[0] * 40)})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    assert hero.takeaway == "Error rate: never over 5 %; highest 0 %."


def test_what_was_not_measured_is_not_drawn(world: World) -> None:
    """No empty picture pretends that a resource was watched."""
    told = world({"app.log": traffic(*[0] * 40), "m.json": samples("memory.usage", every(10, *[40.0] * 120))})

    assert [chart.name for chart in charts.resources(told.store, told.findings.json)] == ["memory"]


def test_without_any_evidence_there_is_no_picture(world: World) -> None:
    """An empty folder has nothing to draw."""
    told = world({"empty.log": ""})

    assert drawn(told) == {}
    assert charts.hero(told.store, told.findings.json) is None


def test_a_picture_is_not_shown_twice(world: World) -> None:
    """The hero is not repeated among the others."""
    names = [chart.name for chart in drawn(world({"app.log": traffic(*[0] * 9, *[10] * 9, *[0] * 9)})).values()]

    assert names == ["error-rate", "response-time", "coverage"]


def test_a_window_can_be_chosen(world: World) -> None:
    """A widget passes a window to the very same function."""
    told = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)})

    chart = charts.error_rate(told.store, told.findings.json, at(600), at(660))

    assert chart is not None
    assert "2031-04-02 12:10:00 – 12:11:00 UTC" in chart.alt


def test_a_hole_breaks_the_line(world: World) -> None:
    """Missing is not zero: nothing is drawn where nothing was measured, and the picture says so."""
    readings = every(10, *[40.0] * 40, *[None] * 60, *[41.0] * 40)
    told = world({"app.log": traffic(*[0] * 47), "m.json": samples("memory.usage", readings)})
    row = told.store.records("chart_signals", signal="memory")[0]

    points = told.store.rows("chart_points", id=row["id"], gap=row["gap_s"], start=NOON, end=at(1400), most=1000)

    assert sorted({run for *_, run in points}) == [0, 1]
    assert "not collected" in texts(charts.svg(drawn(told)["memory"]))


def test_spikes_survive_thinning(world: World) -> None:
    """Of more points than can be drawn, the lowest and the highest of each stretch stay."""
    values = [10.0] * 5000
    values[3333], values[4444] = 99.0, 1.0
    told = world({"m.json": samples("memory.usage", every(5, *values))})
    row = told.store.records("chart_signals", signal="memory")[0]

    points = told.store.rows("chart_points", id=row["id"], gap=row["gap_s"], start=NOON, end=at(25_000), most=200)

    assert len(points) <= 402
    assert [(time, value) for time, _, value, _ in points if value != 10.0] == [(at(16_665), 99.0), (at(22_220), 1.0)]


def test_everything_has_a_takeaway_and_an_alternative_text(analysed: Callable[[Path], Analysed]) -> None:
    """No picture without its one line and without words for those who cannot see it."""
    shown = drawn(analysed(INCIDENTS / "demo-memory")).values()

    assert [chart.name for chart in shown if "\n" in chart.takeaway or len(chart.takeaway) < 20] == []
    assert [chart.name for chart in shown if len(chart.alt) < 60] == []


def test_the_axes_name_unit_zone_and_date(analysed: Callable[[Path], Analysed]) -> None:
    """A picture can be read without the text around it."""
    said = texts(charts.svg(drawn(analysed(INCIDENTS / "demo-database"))["error-rate"]))

    assert "Error rate, %" in said
    assert "2026-10-06, times in UTC" in said
    assert "> 5 %: alert, incident if > 2 min" in said
    assert {text.split()[0] for text in said} >= {"Onset", "Detected", "Declared", "Mitigated", "Recovered", "breach,"}


# ---- safe ---------------------------------------------------------------------------------------------------------


def test_hostile_text_leaves_a_picture_well_formed(world: World) -> None:
    """Escapes, NUL, formulas and markup in evidence are text in a picture, and it stays well-formed XML (R03, R11)."""
    attacks = (*hostile_world.SCRIPTS, hostile_world.FORMULA, hostile_world.ESCAPES, hostile_world.ZALGO)

    for chart in drawn(world(hostile_world.files(*attacks))).values():
        for svg in (charts.svg(chart), charts.svg(chart, narrow=True)):
            root = ET.fromstring(svg)  # noqa: S314
            assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", svg) == []
            assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {
                "svg", "title", "desc", "g", "defs", "path", "use", "text", "tspan", "clipPath", "rect", "pattern",
            }  # fmt: skip
            assert re.findall(r"\son\w+=|(?:href|src)=\"(?!#)", svg) == []


def test_a_formula_in_a_label_stays_literal() -> None:
    """A dollar sign is a dollar sign (R03)."""
    with drawing.style():
        figure, axes = drawing.canvas(drawing.WIDE, NOON, at(600), 1)
        mark = Mark(at(60), at(60), drawing.plain(hostile_world.FORMULA, 80))
        drawing.draw_marks(axes, [mark], [0], drawing.WIDE, NOON, at(600))

    assert drawing.plain(hostile_world.FORMULA, 80) in texts(drawing.svg(figure, "x", "title", "alt"))


def test_a_long_word_does_not_widen_a_label() -> None:
    """Labels are one short line (R10)."""
    assert len(drawing.plain(hostile_world.LONG)) == 32


def test_names_of_sources_are_redacted(world: World) -> None:
    """Labels of people's actions go through the same filter as the page."""
    told = world(
        {
            "app.log": traffic(*[0] * 10, *[10] * 8, *[0] * 10),
            "chat.json": messages((500, "U1", "restarted it for nora@example.com at 198.51.100.23")),
        }
    )

    shown = "".join(charts.svg(chart) + chart.alt for chart in drawn(told).values())
    assert [secret for secret in ("nora@example.com", "198.51.100.23") if secret in shown] == []


# ---- stable and readable --------------------------------------------------------------------------------------------

_AGAIN = """
import sys, pathlib, tempfile
sys.path.insert(0, "tests")
import conftest, hashlib
from telling import tell
with tempfile.TemporaryDirectory() as work:
    told = tell(conftest.analyse(pathlib.Path("data/incidents/demo-security"), pathlib.Path(work)))
print(hashlib.sha256((told.page + told.markdown).encode()).hexdigest())
"""


def test_the_same_evidence_gives_the_same_bytes_anywhere() -> None:
    """Page, pictures and Markdown do not depend on zone, language or the randomness of hashes."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", _AGAIN],
            cwd=PROJECT,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **env},
        ).stdout
        for env in (
            {"TZ": "UTC", "PYTHONHASHSEED": "1"},
            {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
        )
    }

    assert len(digests) == 1


def test_two_pictures_in_one_page_do_not_share_names(analysed: Callable[[Path], Analysed]) -> None:
    """Every id is unique, and every reference finds its own."""
    page = "".join(
        charts.svg(chart) + charts.svg(chart, narrow=True)
        for chart in drawn(analysed(INCIDENTS / "demo-memory")).values()
    )

    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page)) <= set(ids)


def test_colors_follow_the_page(analysed: Callable[[Path], Analysed]) -> None:
    """Every color of a picture is a variable of the page, so that dark follows dark."""
    for chart in drawn(analysed(INCIDENTS / "demo-memory")).values():
        assert re.findall(r"(?<!, )#[0-9a-fA-F]{6}\b", charts.svg(chart)) == []


def test_the_settings_of_a_notebook_stay_as_they_were(world: World) -> None:
    """Drawing leaves no trace in matplotlib's settings, and heeds none of them."""
    told = world({"app.log": traffic(*[0] * 9, *[10] * 9)})
    before = charts.svg(drawn(told)["error-rate"])

    with matplotlib.rc_context({"font.size": 30, "text.parse_math": True, "axes.facecolor": "black"}):
        within = charts.svg(drawn(told)["error-rate"])
        assert matplotlib.rcParams["font.size"] == 30

    assert within == before


def test_a_notebook_shows_picture_and_takeaway(world: World) -> None:
    """A cell that ends in a chart shows the image, its alternative text and its line."""
    chart = drawn(world({"app.log": traffic(*[0] * 9, *[10] * 9)}))["error-rate"]

    shown = chart._repr_html_()

    assert shown.count("data:image/png;base64,iVBOR") == 1
    assert "<figcaption>Error rate: over" in shown


def test_labels_do_not_cover_each_other() -> None:
    """Marks close to each other have their labels in different rows."""
    marks = [Mark(at(60 * n), at(60 * n), f"Moment number {n}") for n in (1, 2, 3, 30)]
    with drawing.style():
        rows = drawing.lanes_for(marks, drawing.WIDE, NOON, NOON + timedelta(hours=2))

    assert rows == [2, 1, 0, 0]


def test_importing_the_library_does_not_load_matplotlib() -> None:
    """The floors below stay light, and so does the Markdown."""
    code = "import sys, forensics, forensics.findings.result, forensics.report.markdown; print('matplotlib' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert out == "False\n"


# ---- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        pytest.param(None, "not known", id="nothing"),
        pytest.param(0.0, "0 s", id="zero"),
        pytest.param(0.04, "less than 0.1 s", id="hardly anything"),
        pytest.param(1.136, "1.1 s", id="seconds"),
        pytest.param(59.7, "1 min", id="rounds up into the next unit"),
        pytest.param(570.0, "9 min 30 s", id="minutes"),
        pytest.param(90_061.0, "1 d 1 h", id="days"),
    ],
)
def test_length(seconds: float | None, said: str) -> None:
    """A length is said as coarsely as still helps."""
    assert length(seconds) == said


def test_lengths_keep_their_bounds() -> None:
    """A length known within bounds shows both, and one without an end says so."""
    assert lengths([60.0, 120.0]) == "1 min to 2 min"
    assert lengths([60.0, None]) == "at least 1 min, still open when the evidence ends"
    assert lengths([60.0, 60.0]) == "1 min"
    assert lengths(None) == "not known"


def test_a_number_has_no_digit_that_nobody_measured() -> None:
    """Numbers are rounded for people; what was not measured is no number."""
    assert [quantity(87.755, "%"), quantity(2.4031, "s"), quantity(5.0), quantity(None, "%")] == [
        "87.8 %", "2.4 s", "5", "not measured",
    ]  # fmt: skip


def test_numbers_stay_with_their_units() -> None:
    """A line never breaks between a number and its unit, nor within a length of two units."""
    assert tied("78.1 % in 9 min 30 s, 3 dogs") == "78.1\u00a0% in 9\u00a0min\u00a030\u00a0s, 3 dogs"
    assert tied("Time > 5 seconds for > 5 minutes") == "Time >\u00a05\u00a0seconds for >\u00a05\u00a0minutes"


def test_what_acts_is_shown_instead() -> None:
    """Control characters, escapes, overrides of direction and piled-up marks are seen, not obeyed (R05, R10)."""
    assert visible("\x1b[31m \u202eabc\u202c \x00 zero\u200bwidth æøå 日本") == (
        "\\x1b[31m \\u202eabc\\u202c \\x00 zero\\u200bwidth æøå 日本"
    )
    assert len(visible(hostile_world.ZALGO)) == 9


def test_times_are_said_in_utc_first_and_local_second() -> None:
    """The reader's zone stands in brackets, with the date where it differs."""
    assert (
        Times("Asia/Tokyo").full("2026-10-06T22:30:03.064Z")
        == "2026-10-06 22:30:03 UTC (2026-10-07 07:30:03 Asia/Tokyo)"
    )
    assert (
        Times().span("2026-10-06T22:30:03.064Z", "2026-10-06T22:30:03.560Z")
        == "2026-10-06 22:30:03.064 – 22:30:03.560 UTC"
    )
    assert Times().full({"clock": "logs/a.log", "offset_s": 55.0}) == "55 s on the clock of logs/a.log"
    written = {"clock": "a", "written": "May 21 11:49:55"}
    assert Times().full(written) == "“May 21 11:49:55” by the clock of a"
    assert (Times().day(written), Times().clock(written)) == ("May 21, year not known", "11:49:55")
    later = {"clock": "a", "written": "May 21 11:51:33"}
    assert Times().span(written, later) == "“May 21 11:49:55 – 11:51:33” by the clock of a"
    assert (
        Times()
        .span(written, {"clock": "a", "written": "May 22 11:51:33"})
        .startswith("“May 21 11:49:55 – May 22 11:51:33”")
    )


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.BESIDE, drawing.NARROW])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([2.0, 5.0], id="apart"),
        pytest.param([40.0, 43.0], id="side by side"),
        pytest.param([2.0, 5.0, 90.0], id="near the axis"),
        pytest.param([60.0, 63.0, 66.0], id="three of them"),
    ],
)
def test_the_names_of_limits_do_not_cover_each_other(values: list[float], width: float) -> None:
    """However near two thresholds stand on the axis of values, each name can be read."""
    start = datetime(2031, 4, 2)
    with drawing.style():
        figure, axes = drawing.canvas(width, start, start + timedelta(hours=1), 0)
        drawing.scale(axes, "Load", "%", 100.0)
        drawing.limits(axes, [(value, f"> {value:g} %: alert") for value in values], drawing.PLOT)
        figure.canvas.draw()
        named = [text for text in axes.texts if "alert" in text.get_text()]
        boxes = [text.get_window_extent() for text in named]

    assert len(boxes) == len(values)
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []


def test_a_length_without_a_lower_bound_is_at_most_so_long() -> None:
    """Nobody writes “0 s to 8 min”."""
    assert [lengths([0, 480]), lengths([0, 0]), lengths([30, 480])] == ["at most 8 min", "0 s", "30 s to 8 min"]


def test_series_are_named_without_the_notation_of_labels() -> None:
    """Of the labels of two disks only what tells one from the other stands beside the name."""
    row = {"definition": 'disk.usage {"filesystem": "/dev/sda2", "host": "quay"}, each sample'}
    other = {"definition": 'disk.usage {"filesystem": "tmpfs", "host": "quay"}, each sample'}

    assert charts.named(row, [row, other]) == "disk.usage (filesystem /dev/sda2)"
    assert charts.named(row, [row]) == "disk.usage"
    assert charts.named({"definition": "failed / all requests, 30 s buckets"}, [row]) == "failed / all requests"


def test_a_page_breaks_no_date_at_its_hyphens() -> None:
    """A date in a sentence stays on one line; what is no date, and markup in the text, stay what they are."""
    assert str(tied_markup("since 2031-04-02 for 5 min, in r-2031-04-02 <b>")) == (
        'since <span class="whole">2031-04-02</span> for 5\u00a0min, in r-2031-04-02 &lt;b&gt;'
    )

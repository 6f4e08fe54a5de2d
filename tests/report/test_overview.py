"""Many incidents side by side: medians with bounds, what recurs, what is to be done, and the page of them all."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hostile_world
import pytest
from conftest import INCIDENTS, Analysed
from forensics.report import incident_strip, index, overview, written
from forensics.report.overview import Incident, Median, Trait
from forensics.report.redaction import Redactor

World = Callable[[dict[str, str | bytes]], Analysed]
BEGAN = datetime(2031, 4, 2, 12)
NOTHING: dict[str, overview.Pair | None] = dict.fromkeys(overview.SPANS)
PLAIN = Incident(
    id="plain", title="Plain", level="P2", state="Recovered.", when="once", start=BEGAN, end=BEGAN + timedelta(minutes=9),
    length=(540.0, 540.0), hit="Not measured.", spans=NOTHING, quiet=False, review="draft", traits=(), actions=(),
)  # fmt: skip


def at(days: float, name: str, **other: Any) -> Incident:
    """Return an incident that began so many days after the first."""
    start = BEGAN + timedelta(days=days)
    return replace(PLAIN, id=name, title=name.capitalize(), start=start, end=start + timedelta(minutes=9), **other)


def detected(*pairs: overview.Pair | None) -> list[Incident]:
    """Return incidents that were detected within these bounds."""
    return [at(n, f"i{n}", spans={**NOTHING, "to_detect_s": pair}) for n, pair in enumerate(pairs)]


def error(text: str) -> Trait:
    """Return an error as the overview knows it."""
    return Trait("error", overview.template(text), text)


# ---- how long things took -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "value", "words", "counts"),
    [
        pytest.param([], None, "not known", (0, 0, 0), id="no incident"),
        pytest.param([None, None], None, "not known", (0, 0, 2), id="nobody knows"),
        pytest.param([(60, 60)], (60, 60), "1 min", (1, 0, 0), id="one"),
        pytest.param([(60, 60), (120, 130), (600, 660)], (120, 130), "2 min to 2 min 10 s", (3, 0, 0), id="the middle of three"),
        pytest.param([(60, 80), (120, 120)], (90, 100), "1 min 30 s to 1 min 40 s", (2, 0, 0), id="between two"),
        pytest.param([(60, 60), None, (120, 120), (600, 600)], (120, 120), "2 min", (3, 0, 1), id="one is not known"),
        pytest.param(
            [(60, 60), (120, 120), (90, math.inf)], (90, 120), "1 min 30 s to 2 min", (3, 1, 0), id="one is still open",
        ),
        pytest.param([(60, 60), (90, math.inf), (30, math.inf)], (60, math.inf), "at least 1 min", (3, 2, 0), id="two of three are open"),
    ],
)  # fmt: skip
def test_medians_have_bounds(
    pairs: list[overview.Pair | None], value: overview.Pair | None, words: str, counts: tuple[int, int, int]
) -> None:
    """The median of the least and the median of the most; what is open counts as longer than anything."""
    median = overview.medians(detected(*pairs))[0]

    assert median == Median("From onset to detection", value, *counts)
    assert median.words == words


def test_bounds_of_a_median_hold_whatever_the_durations_were() -> None:
    """Wherever within their bounds the true durations lie, the true median lies within the median's bounds."""
    pairs = [(10.0, 40.0), (20.0, 25.0), (5.0, 100.0), (30.0, 31.0)]
    least, most = overview.medians(detected(*pairs))[0].value or (0, 0)

    for choice in range(2 ** len(pairs)):
        true = sorted(pair[choice >> place & 1] for place, pair in enumerate(pairs))
        assert least <= (true[1] + true[2]) / 2 <= most


def test_folders_without_an_incident_do_not_count() -> None:
    """They took no time, and would make everything look quick."""
    calm = replace(PLAIN, id="calm", quiet=True, spans={**NOTHING, "to_detect_s": (0.0, 0.0)})

    assert overview.medians([*detected((60, 60)), calm])[0].known == 1


# ---- what recurs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timeout after 30s for request 17", "timeout after 5s for request 2"),
        ('no such table: "users_7"', 'no such table: "orders"'),
        ("deadlock on 0x7f3a91bc20", "deadlock on 0x1100aaff22"),
        ("Pool  exhausted (3/3)", "pool exhausted (10/10)"),
        ("job 6a9c6217-1b2c failed", "job 77aa01bc-99ff failed"),
    ],
)
def test_errors_are_known_again(one: str, other: str) -> None:
    """Figures, ids and quotations do not make another error."""
    assert overview.template(one) == overview.template(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("connection refused", "connection reset"),
        ("database is locked", "table is locked"),
        ("bad facade", "bad decade"),
    ],
)
def test_other_errors_stay_apart(one: str, other: str) -> None:
    """Words do."""
    assert overview.template(one) != overview.template(other)


def test_what_two_share_recurs() -> None:
    """Shared by two it is told, with them in order; what one has alone is not."""
    first, second = (
        at(0, "first", traits=(error("locked 1"), error("rare"))),
        at(5, "second", traits=(error("locked 2"),)),
    )
    third = at(2, "third", traits=(Trait("service", "api", "api"),))

    found = overview.recurring([second, third, first], "error")

    assert [(one.words, [i.id for i in one.incidents]) for one in found] == [("locked 1", ["first", "second"])]
    assert overview.recurring([second, third, first], "service") == []


def test_open_actions_stand_by_due_date() -> None:
    """Those without a date come last; late is what was due before the latest incident ended; done ones are gone."""

    def action(text: str, due: str, *, done: bool = False) -> written.Action:
        return written.Action(text, "", due, "", "", "", done)

    ones = [
        at(0, "old", actions=(action("c", ""), action("a", "2031-04-03"), action("x", "2031-04-01", done=True))),
        at(30, "new", actions=(action("b", "2031-05-03"),)),
    ]

    assert [(one.id, act.text, late) for one, act, late in overview.open_actions(ones)] == [
        ("old", "a", True), ("new", "b", False), ("old", "c", False),
    ]  # fmt: skip


# ---- out of results -------------------------------------------------------------------------------------------------


def test_an_incident_is_read_out_of_its_result(analysed: Callable[[Path], Analysed]) -> None:
    """Level, times, bounds and traits of the demonstration are those that its result states."""
    result = analysed(INCIDENTS / "demo-database").findings.json
    one = overview.incident("demo-database", result, Redactor(None))

    assert (one.title, one.level, one.quiet) == ("Database Connection Failures", "P0", False)
    assert one.start == datetime(2026, 10, 6, 22, 30, 1, 777000)
    assert one.spans["to_recover_s"] == one.length == (537.106, 545.026)
    assert {trait.kind for trait in one.traits} == {"error", "message", "warning", "condition", "mitigation", "service"}
    assert ("error", "SQLITE_BUSY: database is locked") in {(trait.kind, trait.words) for trait in one.traits}


def test_persons_in_notes_are_not_named(world: World) -> None:
    """Whoever people's notes name is a person on the page of all incidents."""
    result = world({"app.log": ""}).findings.json
    notes = {
        "roles": [{"role": "scribe", "team": "", "who": "Kari Moe"}],
        "actions": [{"text": "Ask Kari Moe", "owner": "Kari Moe"}],
    }

    one = overview.incident("x", {**result, "notes": notes}, Redactor(None))

    assert [(action.text, action.owner) for action in one.actions] == [("Ask a person", "a person")]


def test_writers_of_messages_are_not_named(world: World) -> None:
    """Whoever wrote what the timeline tells is [person] in the titles and words of the page of all incidents."""
    result = world({"app.log": ""}).findings.json
    event = {"id": "e-1", "time": None, "kind": "communication", "text": "on it", "where": "chat.json #1", "key": False}
    titled = {**result["incident"], "title": "What Kari found", "title_source": "notes"}
    told = {**result, "timeline": [{**event, "who": "Kari Moe"}], "incident": titled}

    one = overview.incident("x", told, Redactor(None))

    assert one.title == "What [person] found"


# ---- the strip ------------------------------------------------------------------------------------------------------


def test_the_strip_says_what_it_shows() -> None:
    """Its description tells how many, when, how bad, how long, and which were still open."""
    ones = [
        at(0, "a", level="P0"),
        at(40, "b", level="P0", length=(60.0, math.inf)),
        at(80, "c", level="P1", length=None),
    ]

    picture = str(incident_strip.svg(ones, incident_strip.WIDE, "w"))

    said = re.search(r"<desc[^>]*>(.*?)</desc>", picture)
    assert said is not None
    assert said[1] == (
        "3 incidents, 2031-04-02 to 2031-06-21: 2 P0, from 1 min to 9 min; 1 P1. Still open when their evidence ended: 1."
    )
    assert (picture.count('class="mark p0"'), picture.count("mark p1 open"), picture.count('class="more"')) == (2, 1, 1)


def test_higher_is_longer_and_right_is_later() -> None:
    """Marks stand in the order of their times, and as high as their lengths."""
    ones = [at(day, f"d{day}", length=(seconds, seconds)) for day, seconds in ((0, 60.0), (10, 600.0), (20, 6000.0))]

    places = re.findall(r'circle cx="([\d.]+)" cy="([\d.]+)"', str(incident_strip.svg(ones, incident_strip.WIDE, "w")))

    across, down = ([float(place[side]) for place in places] for side in (0, 1))
    assert across == sorted(across)
    assert down == sorted(down, reverse=True)
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)
    assert down[0] - down[1] == pytest.approx(down[1] - down[2], abs=0.2)


@pytest.mark.parametrize("days", [0.05, 0.5, 1.5, 5, 20, 45, 100, 300, 900, 3000, 20000])
@pytest.mark.parametrize("size", [incident_strip.WIDE, incident_strip.NARROW], ids=["wide", "narrow"])
def test_the_axis_can_be_read(days: float, size: incident_strip.Size) -> None:
    """From an hour to half a century: between one and a few times are written, and each only once."""
    picture = str(incident_strip.svg([at(0, "a"), at(days, "b")], size, "w"))

    ticks = re.findall(r'text-anchor="middle">([^<]+)<', picture)
    assert 1 <= len(ticks) <= 8
    assert len(set(ticks)) == len(ticks)
    assert "nan" not in picture


def test_one_incident_needs_no_strip() -> None:
    """Nor does none."""
    assert (
        incident_strip.svg([PLAIN], incident_strip.WIDE, "w"),
        incident_strip.svg([], incident_strip.WIDE, "w"),
    ) == ("", "")


# ---- the page -------------------------------------------------------------------------------------------------------


def shelf(folder: Path, **results: Any) -> Path:
    """Write a reports folder of these results."""
    for name, result in results.items():
        (folder / name).mkdir()
        (folder / name / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return folder


def page(folder: Path) -> str:
    """Write the index and return it."""
    index.write(folder)
    return (folder / "index.html").read_text(encoding="utf-8")


def test_an_empty_folder_has_an_index(tmp_path: Path) -> None:
    """It says that there is nothing yet."""
    assert "No report has been written here yet." in page(tmp_path)


def test_failed_runs_stand_first(world: World, tmp_path: Path) -> None:
    """A stale report, one that never was, and one whose result cannot be read: each with its reason, none left out."""
    folder = tmp_path / "reports"
    folder.mkdir()
    shelf(folder, good=world({"app.log": ""}).findings.json, broken={"schema": 1})
    (folder / ".good.failed").write_text(json.dumps({"id": "good", "reason": "the disk <is> full"}))
    (folder / ".gone.failed").write_text(json.dumps({"id": "gone", "reason": "no notebooks"}))
    (folder / ".torn.failed").write_text("{")

    text = page(folder)

    assert re.findall(r"(Stale|No report): the (?:last )?run failed: ([^<]{5,16})", text) == [
        ("No report", "its result.json "), ("No report", "no notebooks"), ("Stale", "the disk &lt;is&"), ("No report", "its reason canno"),
    ]  # fmt: skip
    assert text.index("Runs that failed") < text.index("All incidents")


def test_the_page_is_the_same_for_the_same_reports(analysed: Callable[[Path], Analysed], tmp_path: Path) -> None:
    """Neither the clock nor the order in which folders were written shows."""
    results = {n: analysed(INCIDENTS / n).findings.json for n in ("demo-database", "demo-memory", "demo-security")}
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, names in ((one, sorted(results)), (other, sorted(results, reverse=True))):
        folder.mkdir()
        shelf(folder, **{name: results[name] for name in names})

    assert page(one) == page(other)


def test_five_hundred_incidents_fit(analysed: Callable[[Path], Analysed]) -> None:
    """The page stays below two megabytes, and lists every one of them."""
    one = overview.incident("x", analysed(INCIDENTS / "demo-database").findings.json, Redactor(None))
    start = one.start or BEGAN
    many = [replace(one, id=f"incident-{n}", start=start + timedelta(days=n)) for n in range(500)]

    text = index.render(many, [], {one.id: list(index.OTHERS) for one in many})

    assert len(text.encode()) < 2_000_000
    assert text.count('<li id="i-incident-') == 500


def test_what_is_left_out_is_counted() -> None:
    """Beyond the longest list, the older ones are said to be there."""
    many = [at(n, f"i{n}") for n in range(index.MOST_LISTED + 3)]

    assert "… and 3 older" in index.render(many, [], {})


def test_nothing_on_the_page_acts(world: World, tmp_path: Path) -> None:
    """Whatever the evidence holds: no script, no address but those of reports, no secret, and a policy that allows nothing."""
    texts = [*hostile_world.SCRIPTS, *hostile_world.told_secrets()]
    result = world(hostile_world.files(*texts)).findings.json
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / ".x.failed").write_text(json.dumps({"id": "x", "reason": " ".join(texts)}))
    text = page(shelf(folder, hostile=result, twin=result))

    assert "default-src 'none'" in text
    assert set(re.findall(r"<(\w+)", text)) & {"script", "img", "iframe", "link", "object", "form", "base"} == set()
    assert set(re.findall(r'href="([^"]*)"', text)) <= {f"{n}/postmortem.html" for n in ("hostile", "twin")}
    assert [name for name, secret in hostile_world.SECRETS.items() if secret in text] == []

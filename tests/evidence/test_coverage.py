"""Which time each source covers beside the others: holes, missing ends, sources that lie elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import write
from forensics.evidence import reading
from forensics.evidence.doctor.coverage import Source, common
from forensics.evidence.doctor.exports import declared
from forensics.model import Evidence, Parameters
from forensics.store import Store
from small_world import NOON, at, epoch_ms, every, log, messages, request, samples, short

CODES = ("hole", "begins-late", "ends-early", "apart")


class World:
    """A folder made by hand, read."""

    def __init__(self, folder: Path, work: Path, parameters: Parameters | None = None) -> None:
        self.store = Store()
        self.entries: list[Evidence] = reading.read(folder, self.store, work, parameters=parameters, understand=False)

    def said(self) -> dict[str, list[tuple[str, str]]]:
        """Return what is said of coverage, by file."""
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in self.entries:
            for problem in entry.problems:
                if problem.code in CODES:
                    found.setdefault(entry.path, []).append((problem.code, problem.message))
        return found

    def codes(self) -> dict[str, list[str]]:
        """Return the codes of that, by file."""
        return {path: [code for code, _ in told] for path, told in self.said().items()}

    def held(self) -> dict[str, dict[str, Any]]:
        """Return what the store keeps of each file's coverage."""
        return {row.pop("path"): row for row in self.store.records("coverage")}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., World]:
    """Read a folder of files by name and content."""

    def build(files: dict[str, str], **parameters: str) -> World:
        (tmp_path / "work").mkdir()
        return World(write(tmp_path / "incident", dict(files)), tmp_path / "work", Parameters(**parameters))  # type: ignore[arg-type]

    return build


def spoken(*stretches: tuple[float, float], step: float = 5) -> str:
    """Return a log that speaks every so many seconds within stretches, both ends included."""
    return log(
        request(first + step * number) for first, last in stretches for number in range(int((last - first) / step) + 1)
    )


def drill(*starts: float, begins: str = "Running experiment: a berth is lost", ends: str = "Experiment ended") -> str:
    """Return a log of runs of two minutes each, which says something every five seconds while one goes on."""
    said = [
        (start + 5 * number, {0: begins, 24: ends}.get(number, f"Looked at berth {number}"))
        for start in starts
        for number in range(25)
    ]
    return "".join(f"[{at(second).isoformat(timespec='milliseconds')}Z] INFO [drill] {what}\n" for second, what in said)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        pytest.param({}, {}, id="between runs"),
        pytest.param({"ends": "Looked at the last berth"}, {"drill.log": ["hole"]}, id="no word of an end"),
        pytest.param({"begins": "Looked at the first berth"}, {"drill.log": ["hole"]}, id="no word of a beginning"),
        pytest.param(
            {"begins": "Starting the service", "ends": "The service stopped"},
            {"drill.log": ["hole"]},
            id="a service was down",
        ),
    ],
)
def test_nothing_is_missing_between_runs(
    words: dict[str, str], codes: dict[str, list[str]], read: Callable[..., World]
) -> None:
    """Where a log says that a run ended and that the next one began, there is nothing that it could have told between."""
    world = read({"drill.log": drill(0, 3000, 9000, **words)})

    assert world.codes() == codes


@pytest.mark.parametrize("words", declared("runs.toml")["words"], ids=lambda one: one["name"])
def test_runs_are_told_by_words(words: dict[str, Any]) -> None:
    """Each example speaks of a run, and each reject of something else, for a reason."""
    told = [bool(re.search(words["pattern"], one["message"])) for one in [*words["example"], *words["reject"]]]

    assert told == [True] * len(words["example"]) + [False] * len(words["reject"])
    assert all(one["why"] for one in words["reject"])


def test_a_dense_source_has_no_hole(read: Callable[..., World]) -> None:
    """What speaks every five seconds covers all of its time."""
    world = read({"ferry.log": spoken((0, 600))})

    assert world.said() == {}
    assert world.held() == {
        "ferry.log": {
            "kind": "log",
            "start": at(0),
            "end": at(600),
            "usual_s": 5.0,
            "begins_late_s": None,
            "ends_early_s": None,
            "apart": False,
            "extract": False,
            "doubtful": False,
        }
    }


def test_a_silence_far_above_the_usual_is_a_hole(read: Callable[..., World]) -> None:
    """It is named with its length and its usual pause, and kept in the store."""
    world = read({"ferry.log": spoken((0, 300), (500, 800))})

    [(code, message)] = world.said()["ferry.log"]
    assert code == "hole"
    assert message == (
        "a hole: 3 min 20 s without a word, 2031-04-02 12:05:00 to 12:08:20 UTC; otherwise it is silent for 5 s at most in 95 "
        "of 100 cases"
    )
    assert world.store.rows("coverage_gaps") == [("ferry.log", at(300), at(500), False)]


@pytest.mark.parametrize(
    ("silence", "holes"),
    [
        pytest.param(60, 0, id="a minute is no hole, however dense the source is"),
        pytest.param(65, 1, id="more than a minute is one"),
    ],
)
def test_a_hole_is_longer_than_a_minute(read: Callable[..., World], silence: float, holes: int) -> None:
    """Four times the usual pause would be twenty seconds."""
    world = read({"ferry.log": spoken((0, 300), (300 + silence, 800))})

    assert len(world.store.rows("coverage_gaps")) == holes


@pytest.mark.parametrize(
    ("silence", "holes"),
    [
        pytest.param(160, 0, id="four times its pause of forty seconds"),
        pytest.param(165, 1, id="more than four times"),
    ],
)
def test_a_slow_source_may_be_silent_for_longer(read: Callable[..., World], silence: float, holes: int) -> None:
    """A hole is more than four of the pauses that a source usually makes."""
    world = read({"ferry.log": spoken((0, 1200), (1200 + silence, 2400), step=40)})

    assert len(world.store.rows("coverage_gaps")) == holes


def test_a_source_of_few_moments_has_no_usual_pause(read: Callable[..., World]) -> None:
    """Of a log of some lines nobody can say what its silence means."""
    world = read({"ferry.log": spoken((0, 20), (4000, 4020))})

    assert world.said() == {}
    assert world.held()["ferry.log"]["usual_s"] is None


def test_a_hole_in_which_a_process_was_started_says_so(read: Callable[..., World]) -> None:
    """Then it may have been down."""
    born = "2031-04-02T12:08:18: PM2 log: App [ferry:0] online\n"
    world = read({"ferry.log": spoken((0, 300), (500, 800)), "pm2.log": born})

    [(_, message)] = world.said()["ferry.log"]
    assert message.endswith(". A process was started at 12:08:18 (pm2.log:1): it may have been down until then")


def test_holes_of_samples_are_told_by_series(read: Callable[..., World]) -> None:
    """The file's own hole is kept for the picture, and told once, by the series that have it."""
    readings = every(10, *[1.0] * 60, *[None] * 60, *[1.0] * 60)
    world = read({"harbour.json": samples("memory.usage", readings)})

    assert world.said() == {}
    assert world.store.rows("coverage_gaps") == [("harbour.json", at(590), at(1200), False)]


def test_a_source_that_begins_late_or_ends_early_is_named(read: Callable[..., World]) -> None:
    """Beside two that cover the whole; by how much is kept, too."""
    world = read(
        {
            "berth.log": spoken((0, 1800)),
            "quay.log": spoken((2, 1802)),
            "late.log": spoken((701, 1801)),
            "early.log": spoken((1, 901)),
        }
    )

    assert world.said() == {
        "early.log": [
            (
                "ends-early",
                "it ends 15 min before other sources do (2031-04-02 12:30:01 UTC), though it is otherwise silent for 5 s at "
                "most in 95 of 100 cases: it was cut or copied too soon, or what wrote it stopped",
            )
        ],
        "late.log": [
            (
                "begins-late",
                "it begins 11 min 40 s after other sources do (2031-04-02 12:00:01 UTC): it was begun, rotated or emptied "
                "then, or only a part was saved, and tells nothing of the time before",
            )
        ],
    }
    held = world.held()
    assert (held["late.log"]["begins_late_s"], held["early.log"]["ends_early_s"]) == (700.0, 900.0)


def test_an_extract_is_not_late(read: Callable[..., World]) -> None:
    """A search's answer begins where something matched."""
    whole = spoken((0, 1800))
    world = read({"ferry.log": whole, "part.txt": "".join(whole.splitlines(keepends=True)[200:260])})

    assert world.said() == {}
    assert world.held()["part.txt"]["extract"] is True


def test_a_log_that_begins_after_the_first_alarm_is_named(read: Callable[..., World]) -> None:
    """Even a log of a few lines: how it began, it does not tell."""
    probes = (
        '{"metrics":{},"results":{"quay":[{"checkId":"quay","timestamp":'
        + str(epoch_ms(0))
        + ',"success":false,"responseTime":9,"statusCode":503}]}}'
    )
    world = read({"ferry.log": spoken((400, 420)), "probes.json": probes})

    assert world.said()["ferry.log"] == [
        (
            "begins-late",
            "it begins at 2031-04-02 12:06:40 UTC, 6 min 40 s after other sources tell of trouble (a failed probe, "
            "probes.json #1): it was begun, rotated or emptied then, or only a part was saved, and tells nothing of the time "
            "before",
        )
    ]


@pytest.mark.parametrize(
    ("later", "named"),
    [
        pytest.param(600, False, id="and it tells of trouble within it, too"),
        pytest.param(-5000, True, id="and of none within it"),
    ],
)
def test_an_alarm_of_hours_before_is_of_something_else(read: Callable[..., World], later: int, named: bool) -> None:
    """Where all that was saved begins two hours after an alarm, and the same source raised another one within what was saved."""
    alerts = [
        {"startsAt": short(second), "endsAt": short(second + 60), "labels": {"alertname": name}}
        for second, name in ((-7200, "BerthOld"), (later, "BerthFull"))
    ]
    world = read({"ferry.log": spoken((0, 1200)), "alerts.json": json.dumps(alerts)})

    assert bool(world.said().get("ferry.log")) is named


def watched(name: str, *states: str) -> str:
    """Write what a rule of alerts said every minute."""
    return "".join(
        json.dumps({"observed_at": f"2031-04-02T12:0{minute}:00Z", "rules": [{"name": name, "state": state}]}) + "\n"
        for minute, state in enumerate(states)
    )


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        pytest.param(
            watched("QuayFull", "inactive", "firing"),
            "5 min 40 s after other sources tell of trouble (an alert, ",
            id="it fires",
        ),
        pytest.param(
            watched("QuayFull", "pending", "firing"),
            "6 min 40 s after other sources tell of trouble (a pending alert, ",
            id="it is about to fire",
        ),
        pytest.param(watched("Contact point Test", "inactive", "firing"), "", id="somebody tried whether it arrives"),
    ],
)
def test_alerts_tell_of_trouble_unless_they_are_tests(rules: str, told: str, read: Callable[..., World]) -> None:
    """A log that begins later than they do is said to begin late, measured from the first word of trouble."""
    said = read({"ferry.log": spoken((400, 420)), "rules.jsonl": rules}).said().get("ferry.log", [])

    assert [told in message for _, message in said] == ([True] if told else [])


def test_a_few_single_numbers_do_not_begin_late(read: Callable[..., World]) -> None:
    """What was asked once has no beginning that could have been lost."""
    metric = f'[{{"name":"pool","value":1,"type":"gauge","tags":{{}},"timestamp":{epoch_ms(400)}}}]'
    world = read({"pool.json": metric, "rules.jsonl": watched("QuayFull", "firing")})

    assert [code for code, _ in world.said().get("pool.json", [])] == []


def test_a_source_of_another_time_is_apart(read: Callable[..., World]) -> None:
    """It shares nothing with the stretch that the others cover."""
    world = read(
        {
            "berth.log": spoken((0, 1800)),
            "quay.log": spoken((2, 1802)),
            "old.log": spoken((-90000, -88000)),
        }
    )

    assert world.said() == {
        "old.log": [
            (
                "apart",
                "it ends 1 d 26 min before the stretch that the other sources cover (2031-04-02 12:00:02 to 12:30:00 UTC): nothing in "
                "it is of that time",
            )
        ]
    }
    assert world.held()["old.log"]["apart"] is True


def test_what_people_say_within_a_day_is_not_apart(read: Callable[..., World]) -> None:
    """A message of the next morning belongs to the incident; one of a week later does not."""
    world = read(
        {
            "ferry.log": spoken((0, 1800)),
            "chat/a.json": messages((40000, "U1", "all calm again")),
            "chat/b.json": messages((700000, "U1", "what was that?")),
        }
    )

    assert world.codes() == {"chat/b.json": ["apart"]}


def session(day: int, hour: int) -> str:
    """A terminal session that was recorded for ten minutes."""
    begun, done = (f"2031-04-{day:02} {hour:02}:{minute}+00:00" for minute in ("00:00", "10:00"))
    return f"Script started on {begun}\npilot@quay:~$ df -h\npilot@quay:~$ exit\nScript done on {done}\n"


def test_sessions_of_different_days_are_told_apart(read: Callable[..., World]) -> None:
    """Where nothing runs, sessions that people recorded hours apart are of one incident, and those of other days of others."""
    world = read({"a.log": session(2, 8), "b.log": session(2, 12), "c.log": session(3, 9)})

    assert world.codes() == {"a.log": ["apart"], "b.log": ["apart"], "c.log": ["apart"]}
    assert (
        "it belongs to 2031-04-02 08:00:00 to 12:10:00 UTC, others to 2031-04-03 09:00:00"
        in world.said()["b.log"][0][1]
    )


def test_sessions_of_one_day_are_not_told_apart(read: Callable[..., World]) -> None:
    """Four hours between two sessions are no reason to ask which of them is of the incident."""
    assert read({"a.log": session(2, 8), "b.log": session(2, 12)}).codes() == {}


def test_sources_that_fall_into_stretches_which_do_not_touch_say_so(read: Callable[..., World]) -> None:
    """Nobody can tell then which of them is of the incident."""
    world = read({"a.log": spoken((0, 300)), "b.log": spoken((1000, 1300))})

    [(code, message)] = world.said()["a.log"]
    assert (code, world.codes()) == ("apart", {"a.log": ["apart"], "b.log": ["apart"]})
    assert message == (
        "the sources here lie in 2 stretches of time that do not touch: it belongs to 2031-04-02 12:00:00 to 12:05:00 UTC, others "
        "to 2031-04-02 12:16:40 to 12:21:40 UTC"
    )


def test_a_person_can_state_the_stretch(read: Callable[..., World]) -> None:
    """Then sources are measured against it, and not against each other."""
    world = read({"ferry.log": spoken((0, 1800))}, start=short(-1800), end=short(1800))

    assert world.codes() == {"ferry.log": ["begins-late"]}
    assert world.held()["ferry.log"]["begins_late_s"] == 1800.0


def test_a_stated_beginning_belongs_to_the_stretch(read: Callable[..., World]) -> None:
    """What begins after it begins late."""
    world = read({"ferry.log": spoken((0, 1800))}, at=short(-600))

    assert world.codes() == {"ferry.log": ["begins-late"]}


def test_without_times_nothing_is_said(read: Callable[..., World]) -> None:
    """Files without times cover nothing, and lack nothing."""
    world = read({"notes.txt": "the tide was high\n"})

    assert (world.said(), world.held()) == ({}, {})


def source(first: float, last: float, *, steady: bool = True, kind: str = "log") -> Source:
    return Source(f"{first}.log", kind, at(first), at(last), doubtful=False, usual=1.0 if steady else None)


@pytest.mark.parametrize(
    ("sources", "stretch"),
    [
        pytest.param([], None, id="no source"),
        pytest.param([source(0, 10)], (0, 10), id="one source: its own"),
        pytest.param([source(0, 10), source(5, 20)], (0, 20), id="two that meet: from the first to the last"),
        pytest.param([source(0, 10), source(15, 20)], None, id="two that do not meet"),
        pytest.param([source(0, 30), source(5, 20), source(8, 40)], (5, 30), id="three: where two of them lie"),
        pytest.param(
            [source(0, 10), source(5, 20), source(90, 99)], (5, 10), id="one that lies elsewhere does not count"
        ),
        pytest.param([source(0, 10), source(0, 99, steady=False)], (0, 10), id="what tells seldom does not count"),
        pytest.param(
            [source(0, 9, steady=False), source(5, 20, steady=False)], (0, 20), id="but where there is nothing else"
        ),
        pytest.param(
            [source(0, 10), source(0, 99, kind="changes")], (0, 10), id="nor do changes, which reach far back"
        ),
        pytest.param(
            [source(0, 10), source(9, 20), source(19, 30), source(29, 40), source(39, 50)],
            (0, 50),
            id="a chain, each of which meets the next",
        ),
    ],
)
def test_the_common_stretch(sources: Sequence[Source], stretch: tuple[float, float] | None) -> None:
    """It is where at least half of the sources that go on telling lie."""
    expected: tuple[datetime, datetime] | None = None
    if stretch:
        expected = NOON + timedelta(seconds=stretch[0]), NOON + timedelta(seconds=stretch[1])

    assert common(sources) == expected


def test_a_log_too_large_to_copy_is_measured_like_any_other(
    read: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its quiet events count, though their text stays in the evidence."""
    monkeypatch.setattr("forensics.evidence.texts.WHOLE_TEXT", 100)

    world = read({"ferry.log": spoken((0, 300), (500, 800))})

    assert world.codes() == {"ferry.log": ["hole"]}
    assert world.held()["ferry.log"]["usual_s"] == 5.0

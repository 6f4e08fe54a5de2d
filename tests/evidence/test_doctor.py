"""The export doctor: each way in which an export breaks is named, with what it leaves open and a command that works."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import write
from forensics.evidence import doctor, reading
from forensics.evidence.doctor import answers, exports, losses
from forensics.evidence.doctor.words import shortened
from forensics.model import Evidence, Problem
from forensics.store import Store

BROKEN = [(way, example) for way in exports.broken().values() for example in way.examples]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[dict[str, str]], dict[str, Evidence]]:
    """Read a folder made by hand; return its entries by path."""

    def entries(files: dict[str, str]) -> dict[str, Evidence]:
        (tmp_path / "work").mkdir()
        folder = write(tmp_path / "incident", dict(files))
        with Store() as store:
            found = reading.read(folder, store, tmp_path / "work", understand=False)
        return {entry.path: entry for entry in found}

    return entries


@pytest.mark.parametrize(
    ("way", "example"), BROKEN, ids=[f"{way.code} {number}" for number, (way, _) in enumerate(BROKEN)]
)
def test_each_declared_way_to_break_is_seen(
    way: exports.Broken, example: dict[str, Any], read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """Its example folder shows the problem once, in the words that the example states; a true answer needs no remedy."""
    entry = read(example["files"])[example["of"]]

    said = [one for one in entry.problems if one.code == way.code and example["says"] in one.message]
    assert len(said) == 1
    assert way.code == "search-true" or (said[0].leaves_open and said[0].remedy)


@pytest.mark.parametrize("way", exports.broken().values(), ids=lambda way: way.code)
def test_each_has_an_example(way: exports.Broken) -> None:
    """No way to break is declared that was never seen to be recognised."""
    assert way.examples


@pytest.mark.parametrize("declared", answers.answers(), ids=lambda one: one["name"])
class TestEachAnswer:
    """Small texts are told by their whole content."""

    def test_it_is_recognised(self, declared: dict[str, Any]) -> None:
        """Each example is."""
        found = [doctor.answer(one["text"].encode()) for one in declared["example"]]

        assert [fmt.name if fmt else None for fmt in found] == [declared["name"]] * len(found)

    def test_others_are_left_alone(self, declared: dict[str, Any]) -> None:
        """Each reject is, and says why."""
        found = [doctor.answer(one["text"].encode()) for one in declared["reject"]]

        assert declared["name"] not in [fmt.name if fmt else None for fmt in found]
        assert all(one["why"] for one in declared["reject"])


def test_an_answer_keeps_its_lines_accounted_for(read: Callable[[dict[str, str]], dict[str, Evidence]]) -> None:
    """A lone 1 is a line like any other, and the file is whole: it only proves nothing."""
    entry = read({"connectivity.txt": "1\n"})["connectivity.txt"]

    assert (entry.kind, entry.format, entry.status, entry.records) == ("capture", "select-one", "ok", 1)
    assert entry.lines is not None
    assert (entry.lines.physical, entry.lines.accepted) == (1, 1)


def test_a_name_says_what_a_broken_file_was_meant_to_be(
    read: Callable[[dict[str, str]], dict[str, Evidence]],
) -> None:
    """The same empty file leaves open what its name promises; a name that promises nothing leaves open its answer."""
    told = read(
        {"incident-metrics.json": "", "git-log.txt": " \n", "quay.txt": "\n\n", "du-logs.txt": "", "dues.txt": "\n\n\n"}
    )

    assert {path: entry.problems[0].leaves_open for path, entry in told.items()} == {
        "incident-metrics.json": "What were the triggering conditions? (memory, disk and pool)",
        "git-log.txt": "What changed recently?",
        "quay.txt": "What would the command have answered?",
        "du-logs.txt": "Was the disk full? (Disk Usage: > 85%)",
        "dues.txt": "What would the command have answered?",
    }


def test_a_name_never_breaks_what_is_whole(read: Callable[[dict[str, str]], dict[str, Evidence]]) -> None:
    """A log under the name of an export of metrics is a log."""
    entry = read({"incident-metrics.json": "[2031-04-02T07:30:05.120Z] INFO [app] Boarding\n"})["incident-metrics.json"]

    assert (entry.format, entry.status, entry.problems) == ("application-log", "ok", ())


@pytest.mark.parametrize("declared", exports.declared("losses.toml")["dropped"], ids=lambda one: one["name"])
def test_dropped_messages_are_told_by_words(declared: dict[str, Any]) -> None:
    """Each example is, with its count; each reject is not."""
    found = [re.search(declared["pattern"], one["message"]) for one in declared["example"]]

    assert [one and int(one["count"]) if "count" in (one.groupdict() if one else {}) else None for one in found] == [
        one.get("count") for one in declared["example"]
    ]
    assert all(found)
    assert not any(re.search(declared["pattern"], one["message"]) for one in declared["reject"])


def test_a_log_that_is_too_large_to_copy_tells_of_dropped_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example of such words is heard among quiet events, though their text is not kept."""
    said = [one["message"] for declared in exports.declared("losses.toml")["dropped"] for one in declared["example"]]
    counts = [
        one.get("count", 0) for declared in exports.declared("losses.toml")["dropped"] for one in declared["example"]
    ]
    lines = [f"[2031-04-02T07:30:{second:02d}.120Z] INFO [app] {one}" for second, one in enumerate(["up", *said, "on"])]
    monkeypatch.setattr("forensics.evidence.texts.WHOLE_TEXT", 100)
    (tmp_path / "work").mkdir()
    folder = write(tmp_path / "incident", {"app.log": "\n".join(lines) + "\n"})
    with Store() as store:
        [entry] = reading.read(folder, store, tmp_path / "work")

    [problem] = [one for one in entry.problems if one.code == "messages-dropped"]
    assert problem.line == 2
    assert problem.message.startswith(
        f"it says {len(said)} times that messages were dropped, {sum(counts):,} in all where it counts them, from 2031-04-02 "
        f"07:30:01 UTC to 2031-04-02 07:30:{len(said):02d} UTC: “{said[0]}”"
    )


@pytest.mark.parametrize("declared", exports.declared("losses.toml")["mitigation"], ids=lambda one: one["name"])
def test_destroying_commands_are_told_by_words(declared: dict[str, Any]) -> None:
    """Each example is, with a remedy for what it names, safe to paste; each reject is not, and says why."""
    assert all(re.search(declared["pattern"], one["text"]) for one in declared["example"])
    assert [losses.remedy(declared, one["text"]) for one in declared["example"]] == [
        one["remedy"] for one in declared["example"]
    ]
    assert not any(re.search(declared["pattern"], one["text"]) for one in declared["reject"])
    assert all(one["why"] for one in declared["reject"])


AT = "2031-04-02T07:30:05Z"
DF = """Filesystem      Size  Used Avail Use% Mounted on
/dev/vda         20G   18G  2.0G  90% /
tmpfs           392M     0  392M   0% /run
Filesystem       Inodes  IUsed    IFree IUse% Mounted on
/dev/vda       16777216 525229 16251987    4% /
tmpfs            501231    701   500530    1% /run
"""
FREE = """               total        used        free      shared  buff/cache   available
Mem:            15Gi        13Gi       1.1Gi       5.0Mi       1.0Gi       2.0Gi
Swap:             0B          0B          0B
"""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        pytest.param("df.txt", f"{AT}\n{DF}", ("df", "capture", "ok", 7), id="the use of disks and of their inodes"),
        pytest.param("free.txt", f"{AT}\n{FREE}", ("free", "capture", "ok", 4), id="memory"),
        pytest.param(
            "free.txt", f"Wed Apr  2 07:30:05 UTC 2031\n{FREE}", ("free", "capture", "ok", 4), id="as date writes"
        ),
        pytest.param("date.txt", f"{AT}\n", ("date", "capture", "ok", 1), id="a time alone"),
        pytest.param(
            "health-status.txt", f"{AT}\n503 5.000120\n", ("curl-status", "capture", "ok", 2), id="an answer's status"
        ),
        pytest.param(
            "watched.txt",
            f"{AT} 200 0.012411\n2031-04-02T07:30:10Z 000 0.000000\n",
            ("curl-status", "capture", "ok", 2),
            id="answers watched",
        ),
    ],
)
def test_what_a_corrected_command_saves_is_read_with_its_time(
    name: str,
    text: str,
    told: tuple[str, str, str, int],
    read: Callable[[dict[str, str]], dict[str, Evidence]],
) -> None:
    """A time above the output of a command dates it, and does not make a log of it."""
    entry = read({name: text})[name]

    assert (entry.format, entry.kind, entry.status, entry.records) == told
    assert entry.problems == ()
    assert entry.covers is not None
    assert (entry.covers[0].isoformat(), entry.clock.how) == ("2031-04-02T07:30:05", "stated")


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        pytest.param("logs/a b.log", "state it: -p clocks='logs/a b.log=Europe/Berlin'", id="its own name"),
        pytest.param(
            "a';reboot;'.log", "state it: -p clocks='FILE=Europe/Berlin'", id="a name that would end the quotes"
        ),
        pytest.param("a\x1b.log", "state it: -p clocks='FILE=Europe/Berlin'", id="a name that cannot be shown"),
    ],
)
def test_an_option_is_stated_of_the_file_that_wants_it(path: str, remedy: str) -> None:
    """It can be pasted as it stands, and what a file is called cannot do harm."""
    said = doctor.advise(path, Problem("zone-unknown", "", "state it: -p clocks='FILE=Europe/Berlin'"))

    assert said.remedy == remedy


ONELINE = 'beaeb59 Revert "cache: keep pages"\n12fa9c0 ferries: new timetable\n'
DATED = (
    'beaeb596dfbe3f41ad379dea608b125f451cb94d 2031-04-02T08:50:30+00:00 dev-a Revert "cache: keep pages"\n'
    "12fa9c0d5bcf5ad379dea608b125f451cb94d6df 2031-04-01T08:50:30+00:00 dev-b ferries: new timetable\n"
)


@pytest.mark.parametrize(
    ("dated", "code", "leaves_open"),
    [
        pytest.param(DATED, "changes-dated", "", id="another file states all times"),
        pytest.param(
            DATED.splitlines()[0] + "\n", "undated-changes", "What changed recently?", id="another states one of two"
        ),
    ],
)
def test_changes_without_times_leave_nothing_open_where_another_file_states_them(
    dated: str, code: str, leaves_open: str, read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """All of them: one commit without a time may be the one that matters."""
    problems = read({"git-log.txt": ONELINE, "dated.txt": dated})["git-log.txt"].problems

    assert [(one.code, one.leaves_open) for one in problems] == [(code, leaves_open)]


def answered(start: str, end: str, time: int) -> str:
    """Write an answer of Prometheus as a tool saves it, under what was asked for."""
    return (
        f'{{"params":{{"query":"pool","start":"{start}","end":"{end}","step":60}}}}\n'
        f'{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{"__name__":"pool"}},"values":[[{time},"4"]]}}]}}}}'
    )


@pytest.mark.parametrize(
    ("time", "said"),
    [
        pytest.param(1932881405, [], id="within what was asked"),
        pytest.param(1932883260, [], id="a step beyond it"),
        pytest.param(
            1932881405 + 86400,
            [
                "asked for was 2031-04-02 07:00:00 to 08:00:00 UTC, and what it holds is of 2031-04-03 07:30:05 to 07:30:05 UTC, "
                "23 h 30 min later: another query's answer, or a clock or data that were moved"
            ],
            id="of another day",
        ),
    ],
)
def test_an_answer_of_another_time_than_was_asked_for_is_named(
    time: int, said: list[str], read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """Where the answer carries its query, the two are compared."""
    entry = read({"pool.txt": answered("2031-04-02T07:00:00Z", "2031-04-02T08:00:00Z", time)})["pool.txt"]

    assert [one.message for one in entry.problems if one.code == "answers-another-time"] == said


def test_a_tool_that_says_that_nothing_matched_is_believed(
    read: Callable[[dict[str, str]], dict[str, Evidence]],
) -> None:
    """Its account of the query is no line of the log that was asked for."""
    text = (
        '{"toolset_name":"kubernetes/logs","tool_name":"fetch_pod_logs"}\n{"schema_version": "robusta:v1.0.0", "status": "no_data"}\n'
        "- Query executed at: 2031-04-02T07:30:05Z (UTC)\nResult: No logs matched your filters\n"
    )
    entry = read({"pod.txt": text})["pod.txt"]

    assert (entry.format, [one.code for one in entry.problems]) == ("holmes-logs", ["no-records"])


def test_a_table_without_numbers_is_not_missed_a_time(read: Callable[[dict[str, str]], dict[str, Evidence]]) -> None:
    """A list of things was never measured; a table of counts was, at some time."""
    told = read(
        {
            "berths.txt": "Berth | Pier | Kind\n-------------------\nnora | north | ferry\nida | south | tug\n",
            "boats.csv": "pier,boats\nnorth,4\nsouth,7\nwest,2\n",
        }
    )

    assert {path: [one.code for one in entry.problems] for path, entry in told.items()} == {
        "berths.txt": [],
        "boats.csv": ["no-time"],
    }


FERRY = "[2031-04-02T07:30:05.120Z] INFO [app] Boarding\n[2031-04-02T07:31:05.120Z] INFO [app] Departed\n"
COPY = "cp ./logs/application.log .   # its requests carry the error rate; a dashboard only rounds it"


@pytest.mark.parametrize(
    ("log", "remedy"),
    [
        pytest.param({}, COPY, id="the log is not here"),
        pytest.param(
            {"logs/application.log": FERRY},
            f"logs/application.log is here and tells it (What was the error rate?); the next time: {COPY}",
            id="it is here, and whole",
        ),
        pytest.param({"logs/application.log": "\0" * 24 + FERRY}, COPY, id="it was emptied"),
    ],
)
def test_a_log_that_tells_what_an_export_lacks_is_pointed_at(
    log: dict[str, str], remedy: str, read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """Nobody is sent for what lies in the same folder."""
    [problem] = read({"analytics-dashboard.json": '{"error":"Failed to fetch"}', **log})[
        "analytics-dashboard.json"
    ].problems

    assert problem.remedy == remedy


def minute(first: int, last: int) -> Iterator[str]:
    """Write the stamps of every tenth second from one minute after half past seven to another."""
    return (f"2031-04-02T07:{30 + n // 6:02d}:{n % 6}5" for n in range(6 * first, 6 * last))


ACCESS = "".join(
    f"[{day}.120Z] INFO [req_1932881405000_ab3de5fg{n % 10}] Request completed | GET /berths | IP: 192.0.2.7 | Time: 9ms | Status: 200\n"
    for n, day in enumerate(minute(0, 20))
)
LOGINS = "".join(
    f"Apr  2 {day[11:]} pier sshd[7]: Failed password for nora from 192.0.2.9 port 4022 ssh2\n" for day in minute(0, 20)
)
GAUGES = "time,boats\n" + "".join(f"{day}Z,{n % 7}\n" for n, day in enumerate(minute(0, 20)))


def told(what: str, *parts: tuple[int, int]) -> str:
    """Write a log that tells something in these stretches of minutes."""
    return "".join(f"[{day}.120Z] INFO [app] {what} {day}\n" for part in parts for day in minute(*part))


HOLED = told("Boarding", (0, 8), (15, 20))
"""A log with a hole of seven minutes."""
COMMITS = "beaeb59 2031-04-02T07:20:00+00:00 nora cache: keep pages\n12fa9c0 2031-04-02T06:20:00+00:00 nora timetable\n"


@pytest.mark.parametrize(
    ("of", "broken", "code", "other", "text", "said"),
    [
        (
            "analytics.json",
            '{"error":"Failed to fetch"}',
            "saved-error-payload",
            "quay.log",
            ACCESS,
            "tells it (What was the error rate?)",
        ),
        ("health.json", "", "empty", "quay.log", ACCESS, "tells it (Was the service available?)"),
        (
            "counts.txt",
            "     41 FAILED_LOGIN\n",
            "counts-no-addresses",
            "auth.log",
            LOGINS,
            "tells it (Did five logins fail from one addr",
        ),
        (
            "incident-logs.txt",
            "",
            "empty",
            "quay.log",
            told("Boarding", (0, 20)),
            "tells it (When did the issue start?)",
        ),
        ("git-log.txt", "", "empty", "changes.txt", COMMITS, "tells it (What changed recently?)"),
        ("quay.log", HOLED, "hole", "gauges.csv", GAUGES, "covers that time"),
        ("quay.log", told("Boarding", (0, 10)), "ends-early", "pier.log", told("Moored", (0, 20)), "covers that time"),
    ],
    ids=["requests", "requests answered", "logins", "a whole log", "changes", "a hole that another covers", "an end"],
)
def test_what_another_file_answers_is_not_open(
    of: str, broken: str, code: str, other: str, text: str, said: str, tmp_path: Path
) -> None:
    """What a broken file leaves open is not open where another file tells it, and that file is named."""
    (tmp_path / "work").mkdir()
    folder = write(tmp_path / "incident", {of: broken, other: text, "tides.csv": GAUGES.replace("boats", "piers")})
    with Store() as store:
        [entry] = [one for one in reading.read(folder, store, tmp_path / "work") if one.path == of]

    [problem] = [one for one in entry.problems if one.code == code]
    assert problem.leaves_open == ""
    assert problem.remedy.startswith(f"{other} is here and {said}")


WRITE_UP = """# When the quay is flooded

## Look

Look which log grew:

```bash
du -ah ./logs | sort -rh | head
```

## Mend

```bash
truncate -s 0 ./logs/ferry.log
pm2 restart ferry
```

- **Owner:** the harbour office
"""


@pytest.mark.parametrize(
    ("text", "fmt", "told"),
    [
        pytest.param(WRITE_UP, "markdown", [], id="steps of a write-up"),
        pytest.param(
            "it was flooded\ntruncate -s 0 ./logs/ferry.log\npm2 restart ferry\n",
            None,
            [2, 3],
            id="notes of what was done",
        ),
    ],
)
def test_steps_that_a_write_up_lists_are_not_told_as_done(
    text: str, fmt: str | None, told: list[int], read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """A Markdown report or runbook is read whole, and its commands are written steps; plain notes say what people did."""
    entry = read({"quay.md": text})["quay.md"]

    assert (entry.status, entry.format) == ("ok", fmt) if fmt else entry.status == "partial"
    assert [one.line for one in entry.problems if one.code == "destroyed-by-mitigation"] == told


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"gauges.csv": GAUGES[: len(GAUGES) // 2]}, id="the other ends within it"),
        pytest.param({"pier.log": told("Moored", (0, 9), (14, 20))}, id="the other has the same hole"),
        pytest.param({}, id="there is no other"),
    ],
)
def test_what_no_other_file_tells_stays_open(
    others: dict[str, str], read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """A source that tells only a part of the time that another lacks does not answer for it."""
    [hole] = [one for one in read({"quay.log": HOLED, **others})["quay.log"].problems if one.code == "hole"]

    assert hole.leaves_open.startswith("What happened from 2031-04-02 07:37:55 to 07:45:05 UTC?")
    assert "is here" not in hole.remedy


@pytest.mark.parametrize(
    ("page", "first"),
    [
        pytest.param(
            "<title>404: Not Found</title>",
            "look up its address first, for the server answers nothing under this one; then: ",
            id="nothing there",
        ),
        pytest.param(
            "<title>Quay</title><input type='password'>",
            "hand over what it wants to see first (-H @FILE-WITH-THE-HEADER keeps a token out of histories); then: ",
            id="a login",
        ),
        pytest.param("<title>502 Bad Gateway</title>", "", id="a failure that may pass"),
    ],
)
def test_what_must_be_done_before_asking_again_is_said(page: str, first: str) -> None:
    """A page that is not there will not be there for -f either."""
    problem = doctor.html_page(f"<!DOCTYPE html>{page}".encode())

    assert problem is not None
    said = [doctor.advise(path, problem).remedy for path in ("quay.json", "harbour-metrics.json")]
    assert [one.startswith(f"{first}curl -fsS --retry 2 ") for one in said] == [True, True]
    assert said[1].endswith("metrics live in memory")


BOARD = "ferry,berth\nnorth,3\n"
SUM = hashlib.sha256(BOARD.encode()).hexdigest()
OTHER = hashlib.sha256(b"another board").hexdigest()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param(
            "SHA256SUMS",
            f"{SUM}  board.csv\n",
            ("manifest-holds", "all 1 files that it lists are here, byte for byte"),
            id="what it lists is here",
        ),
        pytest.param(
            "SHA256SUMS",
            f"{OTHER} *./board.csv\n{OTHER}  tides.csv\n",
            (
                "manifest-broken",
                "of the 2 files that it lists, board.csv is not what it says; tides.csv is not here",
            ),
            id="one is another, one is missing",
        ),
        pytest.param(
            "list.json",
            f'{{"artifacts":{{"board.csv":{{"bytes":20,"sha256":"{SUM}"}},"deep/tides.csv":{{"sha256":"{OTHER}"}}}}}}',
            ("manifest-broken", "of the 2 files that it lists, deep/tides.csv is not here"),
            id="as a document",
        ),
    ],
)
def test_lists_of_checksums_are_compared_with_the_folder(
    name: str, text: str, said: tuple[str, str], read: Callable[[dict[str, str]], dict[str, Evidence]]
) -> None:
    """Whatever form such a list has, each file that it names is looked for, by content first and then by name."""
    entry = read({name: text, "board.csv": BOARD})[name]

    assert [(one.code, one.message) for one in entry.problems if one.code.startswith("manifest")] == [said]


def test_a_log_that_holds_a_checksum_is_no_list(read: Callable[[dict[str, str]], dict[str, Evidence]]) -> None:
    """Only a text all of whose lines are sums is."""
    told = read({"notes.txt": f"{SUM}  board.csv\nand then we sailed\n", "board.csv": BOARD})

    assert [one.code for one in told["notes.txt"].problems if one.code.startswith("manifest")] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"metrics":[{"name":"tide"}]}', id="a list that holds something"),
        pytest.param('{"message":"Boarding begins"}', id="words of no error"),
        pytest.param('{"message":"Request failed","berth":3,"ferry":"nora"}', id="an error beside data"),
        pytest.param('["metrics"]', id="no object"),
        pytest.param('{"metrics":', id="no document"),
    ],
)
def test_a_document_that_holds_something_is_not_hollow(text: str) -> None:
    """Only what holds no record, or nothing but the words of an error, is."""
    assert answers.hollow(text) is None


def test_a_log_whose_lines_could_not_be_read_is_not_called_empty(
    read: Callable[[dict[str, str]], dict[str, Evidence]],
) -> None:
    """Its lines are there, and kept."""
    lines = "[2031-04-02T07:30:05.120Z] INFO [app] Boarding\n" + "\0 torn\n" * 3
    entry = read({"ferry.log": lines})["ferry.log"]

    assert (entry.status, entry.records) == ("ok", 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("mysql -uroot -plighthouse < full.sql", "mysql -uroot -p… < full.sql", id="a password of mysql"),
        pytest.param("curl -u nora:lighthouse https://quay", "curl -u nora:… https://quay", id="a password of curl"),
        pytest.param(
            "wget https://nora:lighthouse@quay/x", "wget https://nora:…@quay/x", id="a password in an address"
        ),
        pytest.param('curl -H "Authorization: Bearer abc.def" x', 'curl -H "Authorization: Bearer …" x', id="a token"),
        pytest.param("restore --password lighthouse now", "restore --password … now", id="a password of its own"),
        pytest.param("cp -p ./backups/latest.db ./local.db", "cp -p ./backups/latest.db ./local.db", id="no password"),
        pytest.param("x" * 200, "x" * 119 + "…", id="too long to quote"),
    ],
)
def test_what_is_quoted_opens_nothing(text: str, shown: str) -> None:
    """Commands and messages are quoted without passwords and tokens, and cut to a length."""
    assert shortened(text) == shown


@pytest.mark.parametrize(
    ("page", "says"),
    [
        pytest.param("<title>Just a moment...</title>", "which wants to see that a person asks", id="a captcha"),
        pytest.param("<title>Okta</title>", "which asks to log in", id="a sign-on"),
        pytest.param("<title>502 Bad Gateway</title>", "which says that the server failed", id="a proxy"),
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        pytest.param("<html>", id="alone"),
        pytest.param("<!-- saved by the quay -->\n<!doctype html>\n<html>", id="behind a comment"),
        pytest.param(
            '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">\n<html>', id="as XHTML"
        ),
    ],
)
def test_a_page_that_was_saved_says_what_it_is(before: str, page: str, says: str) -> None:
    """Whatever stands before it, a page that was saved instead of data is told by its words."""
    problem = answers.html_page(f"{before}<head>{page}</head></html>".encode())

    assert problem is not None
    assert says in problem.message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '{"message":"Bad credentials","documentation_url":"https://quay.example","status":"401"}', id="GitHub"
        ),
        pytest.param('{"message":"API rate limit exceeded for 192.0.2.9","documentation_url":"x"}', id="a limit"),
        pytest.param(
            '{"message":"Unauthorized","messageId":"auth.unauthorized","statusCode":401,"traceID":""}', id="Grafana"
        ),
        pytest.param('{"detail":"Authentication credentials were not provided."}', id="Sentry"),
        pytest.param('{"errors":["Forbidden"]}', id="Datadog"),
        pytest.param('{"errorMessages":["The issue does not exist."],"errors":{}}', id="Jira"),
        pytest.param(
            '{"kind":"Status","status":"Failure","message":"berths is forbidden","code":403}', id="Kubernetes"
        ),
    ],
)
def test_an_error_of_a_service_is_no_data(text: str, read: Callable[[dict[str, str]], dict[str, Evidence]]) -> None:
    """What services answer to those whom they refuse is named, and a remedy stands beside it."""
    entry = read({"answer.json": text})["answer.json"]

    assert (entry.status, entry.problems[0].code) == ("error-payload", "saved-error-payload")
    assert entry.problems[0].remedy

"""The demonstration incidents can be made again, and their logs, samples, rows and locks tell one story."""

from __future__ import annotations

import ipaddress
import json
import re
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
INCIDENTS = PROJECT / "data" / "incidents"
TRUTHS = PROJECT / "tests" / "truth"
NAMES = ("demo-database", "demo-memory", "demo-security")
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]

STAMP = r"^\[(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\] "
LOGGER = re.compile(
    STAMP + r"(TRACE|DEBUG|INFO|WARN|ERROR|FATAL) \[[a-z.]+\] [^|]+( \| \{.*\})?( \| tags: \[[^]]+\])?$"
)
REQUEST = re.compile(
    STAMP + r"(?P<level>DEBUG|INFO|WARN|ERROR|CRITICAL) \[(?P<id>req_\d{13}_[0-9a-z]{9})\] "
    r"(?P<message>Request started|Request completed|Request failed|Suspicious request detected: [^|]+) \| "
    r"(?P<method>[A-Z]+) (?P<path>/\S*) \| IP: (?P<ip>[\d.]+)( \| User: \d+)?"
    r"( \| Time: (?P<took>\d+)ms)?( \| Status: (?P<status>\d{3}))?( \| Error: (?P<error>.+))?$"
)

every_incident = pytest.mark.parametrize("name", NAMES)


def log(name: str) -> list[str]:
    return (INCIDENTS / name / "logs" / "application.log").read_text(encoding="utf-8").split("\n")[:-1]


def answers(name: str) -> list[re.Match[str]]:
    """The lines on which a request got its status."""
    return [found for line in log(name) if (found := REQUEST.match(line)) and found["status"]]


def truth(name: str) -> dict[str, Any]:
    return json.loads((TRUTHS / f"{name}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def saved(name: str, path: str) -> Any:
    return json.loads((INCIDENTS / name / path).read_text(encoding="utf-8"))


def samples(name: str) -> list[dict[str, Any]]:
    """All metric records, whatever shape they were saved in."""
    text = (INCIDENTS / name / "incident-metrics.json").read_text(encoding="utf-8")
    if text.startswith("["):
        return json.loads(text)  # type: ignore[no-any-return]
    if text.startswith('{"metrics"'):
        return [sample for series in json.loads(text)["metrics"] for sample in series["metrics"]]
    return [json.loads(line) for line in text.splitlines()]


def rows(name: str, sql: str) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(":memory:")
    database.executescript((INCIDENTS / name / "database-state.sql").read_text(encoding="utf-8"))
    return database.execute(sql).fetchall()


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def epoch_ms(stamp: str) -> int:
    return round(moment(stamp).timestamp() * 1000)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which all three were made again."""
    folder = tmp_path_factory.mktemp("again")
    subprocess.run([sys.executable, "-m", "data.simulate", str(folder)], cwd=PROJECT, check=True, capture_output=True)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@every_incident
def test_made_again_the_evidence_is_the_same(again: Path, name: str) -> None:
    """Made again, every file has the same bytes, and the database the same rows."""
    made, kept = files(again / "data" / "incidents" / name), files(INCIDENTS / name)
    databases = {made.pop("local.db", b""), kept.pop("local.db", b"")}

    assert made == kept
    if databases != {b""}:
        contents = [folder / name / "local.db" for folder in (again / "data" / "incidents", INCIDENTS)]
        assert len({"\n".join(sqlite3.connect(f"file:{path}?mode=ro", uri=True).iterdump()) for path in contents}) == 1


@every_incident
def test_made_again_the_truth_is_the_same(again: Path, name: str) -> None:
    """Made again, the truth has the same bytes."""
    made = (again / "tests" / "truth" / f"{name}.json").read_bytes()

    assert made == (TRUTHS / f"{name}.json").read_bytes()


@every_incident
def test_an_incident_is_small(name: str) -> None:
    """An incident folder stays under three megabytes."""
    assert sum(len(content) for content in files(INCIDENTS / name).values()) < 3_000_000


@every_incident
def test_no_truth_lies_beside_the_evidence(name: str) -> None:
    """An incident folder holds what people saved, and not what was true."""
    for path, content in files(INCIDENTS / name).items():
        assert "truth" not in path.lower()
        assert b"root_cause" not in content


@every_incident
def test_only_documentation_addresses_occur(name: str) -> None:
    """Every address is one that the internet keeps free for documentation, or loopback; every mail is example.com."""
    texts = {path: content for path, content in files(INCIDENTS / name).items() if path != "local.db"}
    for path, content in texts.items():
        text = content.decode("utf-8")
        for found in re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text):
            address = ipaddress.ip_address(found)
            assert address.is_loopback or any(address in network for network in DOCUMENTATION), f"{path}: {found}"
        assert set(re.findall(r"[\w.]+@([\w.]+\w)", text)) <= {"example.com"}, path


@every_incident
def test_stamped_lines_keep_to_their_grammars(name: str) -> None:
    """A line with a stamp is a line of the logger or of the request log, and time never runs backwards."""
    stamped = [line for line in log(name) if line.startswith("[2026-")]

    assert [line for line in stamped if not LOGGER.match(line) and not REQUEST.match(line)] == []
    times = [line[1:25] for line in stamped]
    assert times == sorted(times)


@every_incident
def test_all_five_grammars_occur(name: str) -> None:
    """Logger, request log, security objects, console errors and the noise of the process stand in one file."""
    lines = log(name)
    noise = ("Health check registered: ", "Email alert would be sent to: ")

    assert any(LOGGER.match(line) for line in lines)
    assert any(REQUEST.match(line) for line in lines)
    assert any(line.startswith("[SECURITY-") for line in lines)
    assert any(line.startswith("Failed to flush logs: ") for line in lines)
    assert any(line.startswith(noise) for line in lines)


@every_incident
def test_an_answer_follows_its_start(name: str) -> None:
    """An answered request has one start before it, by the time the answer says it took."""
    started = {
        found["id"]: epoch_ms(found["time"])
        for line in log(name)
        if (found := REQUEST.match(line)) and found["message"] == "Request started"
    }

    for answer in answers(name):
        assert epoch_ms(answer["time"]) - started.pop(answer["id"]) == int(answer["took"] or 0)


@every_incident
def test_the_extract_comes_from_the_log(name: str) -> None:
    """The extract's groups are runs of the log's lines, in order, with `--` between them."""
    lines, place = log(name), 0
    groups = (INCIDENTS / name / "incident-logs.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n--\n")

    assert len(groups) > 1
    for group in (text.split("\n") for text in groups):
        while lines[place : place + len(group)] != group:
            place += 1
        place += len(group)


@every_incident
def test_each_booking_has_its_row(name: str) -> None:
    """The bookings are those of before and those that the log says were made."""
    begin = truth(name)["clock"]["v0"][:19].replace("T", " ")
    made = [answer for answer in answers(name) if answer["path"] == "/api/bookings" and answer["status"] == "201"]
    times = [answer["time"][:19].replace("T", " ") for answer in made]

    assert rows(name, f"SELECT created_at FROM bookings WHERE created_at >= '{begin}' ORDER BY id") == [
        (time,) for time in times
    ]


@every_incident
def test_each_login_has_its_session(name: str) -> None:
    """A session was opened for each login that worked, from the same address, in the same second."""
    logins = [line.split(" ") for line in log(name) if "[auth] LOGIN_SUCCESS" in line]

    assert rows(name, "SELECT created_at, ip FROM sessions ORDER BY rowid") == [
        (words[0][1:20].replace("T", " "), words[4]) for words in logins
    ]


@every_incident
def test_seats_and_bookings_agree(name: str) -> None:
    """Seats left and passengers booked sum to the seats of the ship, and each booking has its audit row."""
    seats = "SELECT s.seats_left + coalesce(sum(b.passengers), 0) FROM sailings s LEFT JOIN bookings b"

    assert {total for (total,) in rows(name, f"{seats} ON b.sailing_id = s.id GROUP BY s.id")} == {900}
    assert rows(name, "SELECT code FROM bookings ORDER BY id") == rows(
        name, "SELECT detail FROM audit WHERE what = 'booking.created' ORDER BY id"
    )


@every_incident
def test_the_log_and_the_truth_count_alike(name: str) -> None:
    """Requests, failures and failed logins in the log are as many as truly were."""
    seen = answers(name)
    outside = [answer for answer in seen if answer["ip"] != "127.0.0.1"]
    counts = truth(name)["counts"]

    assert len(seen) == counts["server_requests_all"]
    assert len(outside) == counts["server_requests_external"]
    assert sum(answer["status"] >= "500" for answer in outside) == counts["server_5xx_external"]
    assert sum("[auth] FAILED_LOGIN" in line for line in log(name)) == counts["failed_logins_total"]


@every_incident
def test_chat_and_calls_are_in_order(name: str) -> None:
    """Messages come in the order of their stamps, and an update names the minute in which it was sent."""
    day = truth(name)["clock"]["v0"][:10]
    messages = saved(name, f"slack/incidents/{day}.json")
    stamps = [float(message["ts"]) for message in messages]
    calls = [call["at"] for call in saved(name, "incident-api-calls.json")]

    assert stamps == sorted(stamps)
    assert calls == sorted(calls)
    for message in messages:
        if found := re.match(r"INCIDENT UPDATE - (\S+ \S+) UTC\n", message["text"]):
            sent = datetime.fromtimestamp(float(message["ts"]), moment(f"{day}T00:00:00Z").tzinfo)
            assert found[1] == sent.strftime("%Y-%m-%d %H:%M")


@every_incident
def test_commits_are_newest_first(name: str) -> None:
    """Both git logs list the same commits, newest first; only one of them has dates."""
    dated = (INCIDENTS / name / "git-log-dated.txt").read_text().splitlines()
    times = [line.split(" ")[1] for line in dated]

    assert times == sorted(times, reverse=True)
    assert (INCIDENTS / name / "git-log.txt").read_text().splitlines() == [
        f"{line[:7]} {line.split(' ', 3)[3]}" for line in dated
    ]


def test_the_lock_explains_every_busy_line() -> None:
    """`SQLITE_BUSY` is logged while the lock is held, and at no other time."""
    instants = truth("demo-database")["instants"]
    busy = [line for line in log("demo-database") if line.startswith("[2026-") and "SQLITE_BUSY" in line]

    assert len(busy) > 100
    assert min(busy)[1:25] > instants["onset"]
    assert max(busy)[1:25] <= instants["fault_removed"]


def test_no_row_was_written_during_the_lock() -> None:
    """Nothing was booked and nobody logged in while the database was locked."""
    instants = truth("demo-database")["instants"]
    held = [instants[key][:19].replace("T", " ") for key in ("onset", "fault_removed")]
    during = f"SELECT count(*) FROM audit WHERE at > '{held[0]}' AND at < '{held[1]}'"

    assert rows("demo-database", during) == [(0,)]


def test_health_was_fine_during_the_lock() -> None:
    """Both health endpoints said healthy while nothing could be read, and the dump held nothing but the error."""
    assert saved("demo-database", "health-during.json")["status"] == "healthy"
    assert saved("demo-database", "health-database-during.json")["status"] == "healthy"
    assert (INCIDENTS / "demo-database" / "database-state-during.sql").read_bytes() == (
        b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
        b"/**** ERROR: (5) database is locked *****/\nROLLBACK; -- due to errors\n"
    )


def test_the_restart_emptied_the_metrics() -> None:
    """The samples of the database incident begin after the restart, and its counters with it."""
    restarted = epoch_ms(truth("demo-database")["restarts"][-1]["t"])
    kept = samples("demo-database")
    last = [
        sample
        for sample in kept
        if sample["name"] == "transaction.count" and sample["tags"]["name"] == "GET /timetable"
    ][-1]
    answered = [
        answer
        for answer in answers("demo-database")
        if answer["path"] == "/timetable" and restarted <= epoch_ms(answer["time"]) <= last["timestamp"]
    ]

    assert min(sample["timestamp"] for sample in kept) >= restarted
    assert last["value"] == len(answered)


def test_every_alert_is_a_sample_over_the_limit() -> None:
    """The memory alerts are the samples over 80 %, and these are the intervals that the truth counts."""
    over = [
        (sample["timestamp"], sample["value"])
        for sample in samples("demo-memory")
        if sample["name"] == "memory.usage" and sample["value"] > 80
    ]
    alerts = saved("demo-memory", "alerts.json")["apm"]
    intervals = truth("demo-memory")["alert_thresholds"]["A3_memory_gt_80pct"]

    assert [(alert["timestamp"], alert["value"]) for alert in alerts] == over
    assert sum(interval["samples"] for interval in intervals) == len(over)


def test_each_abort_has_its_last_words() -> None:
    """The process died as often as the log holds a fatal error, and pm2 knows the second."""
    lines = log("demo-memory")
    aborts = truth("demo-memory")["process_aborts"]
    pm2 = (INCIDENTS / "demo-memory" / "logs" / "pm2.log").read_text().splitlines()

    assert sum(line.startswith("FATAL ERROR: Reached heap limit") for line in lines) == len(aborts)
    assert [line[:19] for line in pm2 if line.endswith("[SIGABRT]")] == [abort[:19] for abort in aborts]


def test_the_guessers_are_in_the_log() -> None:
    """Each address failed and succeeded in the log as often as in truth, and was refused after the block."""
    expected, blocked = truth("demo-security")["counts"]["attackers"], truth("demo-security")["instants"]["mitigated"]
    seen = [answer for answer in answers("demo-security") if answer["ip"] in expected]
    logins = [answer for answer in seen if answer["path"] == "/api/auth/login"]

    for ip, counts in expected.items():
        statuses = [answer["status"] for answer in logins if answer["ip"] == ip]
        assert (statuses.count("401"), statuses.count("200")) == (counts["failed"], counts["succeeded"])
    assert {answer["status"] for answer in logins if answer["time"] > blocked} == {"403"}


def test_the_saved_database_is_the_dumped_one() -> None:
    """`local.db` and `database-state.sql` hold the same rows."""
    path = INCIDENTS / "demo-security" / "local.db"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    for table in ("users", "sailings", "bookings", "sessions", "audit"):
        everything = f"SELECT * FROM {table} ORDER BY rowid"
        assert database.execute(everything).fetchall() == rows("demo-security", everything)

"""What is collected from a live system is read whole afterwards, whatever could not be had is named, and nothing is changed."""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forensics.errors import UsageError
from forensics.evidence import intake, reading
from forensics.model import Evidence
from forensics.store import Store
from forensics.workbench import collect, collecting
from forensics.workbench.collect import Wanted

METRICS = next(one["example"] for one in collect.plan()["ask"] if one["name"] == "metrics")
SECRET = "Bearer quay-secret-7"  # noqa: S105  nobody's


class Service(http.server.BaseHTTPRequestHandler):
    """A small service: some addresses answer, one has moved to another machine, one is not there, one fails each second time."""

    seen: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        """Answer."""
        self.seen.append((self.path, self.headers.get("Authorization")))
        status, body, headers = 404, '{"error":"not found"}', {}
        if self.path == "/app/api/monitoring/metrics":
            status, body = 200, METRICS
        elif self.path == "/app/api/analytics/dashboard":
            status, headers = 302, {"Location": "http://elsewhere.example/"}
        elif self.path == "/app/api/health":
            status, body = (
                (503 if [path for path, _ in self.seen].count(self.path) % 2 else 200),
                '{\n "status": "healthy"\n}',
            )
        elif self.path == "/app/api/health/database":
            status, body = 200, "OK"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """Serve on loopback; give the address, and what is asked."""
    seen: list[tuple[str, str | None]] = []
    handler = type("Serving", (Service,), {"seen": seen})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/app/", seen
        server.shutdown()


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """Make what lies on a machine: a log with an older part, and a database."""
    place = tmp_path / "srv"
    (place / "logs").mkdir(parents=True)
    for name, hour in (("app.log", 8), ("app.log.1", 7)):
        (place / "logs" / name).write_text(
            "".join(f"[2031-04-02T0{hour}:30:0{n}.000Z] INFO [db] query took {n} ms\n" for n in range(9))
        )
    (place / "logs" / "other.log").write_text("another\n")
    database = sqlite3.connect(place / "local.db")
    database.executescript(
        "create table berths (id integer primary key, name text); insert into berths values (1, 'north');"
    )
    database.close()
    return place


def read(folder: Path, work: Path) -> dict[str, Evidence]:
    """Read a folder as a run does."""
    work.mkdir()
    with Store() as store:
        return {entry.path: entry for entry in reading.read(folder, store, work)}


def test_a_live_system_is_collected_into_files_that_are_all_read(
    service: tuple[str, list[tuple[str, str | None]]], live: Path, tmp_path: Path
) -> None:
    """Each file is recognised and whole, the manifest holds for each, and what failed is named with what came instead."""
    url, seen = service
    before = intake.custody(intake.find(live))
    incident = tmp_path / "outage"
    wanted = Wanted(url, SECRET, (live / "logs" / "app.log",), (live / "local.db",), None, lasting=0.3, every=0.1)

    done = collect.collect(incident, wanted)

    assert intake.custody(intake.find(live)) == before
    entries = read(done.folder, tmp_path / "work")
    whole = {name: (entry.status, entry.format) for name, entry in entries.items()}
    assert whole.items() >= {
        "incident-metrics.json": ("ok", "metrics-by-key"),
        "health.ndjson": ("ok", "epoch-and-object"),
        "health-database.ndjson": ("ok", "epoch-and-object"),
        "machine.prom": ("ok", "exposition"),
        "date.txt": ("ok", "date"),
        "df.txt": ("ok", "df"),
        "logs/app.log": ("ok", "application-log"),
        "logs/app.log.1": ("ok", "application-log"),
        "database/local.db": ("ok", "sqlite-file"),
        "manifest.json": ("ok", "evidence-manifest"),
    }.items()  # fmt: skip
    assert {name for name, (status, fmt) in whole.items() if status != "ok" or fmt is None} == set()
    assert set(done.artifacts) == set(entries) - {collect.MANIFEST}
    assert {name: entry.sha256 for name, entry in entries.items() if name != collect.MANIFEST} == {
        name: told["sha256"] for name, told in done.artifacts.items()
    }
    assert [(one["what"], one["why"], one["kept"]) for one in done.failed if "command" not in one] == [
        ("incidents", "status 404 Not Found", '{"error":"not found"}'),
        (
            "dashboard",
            "it leads elsewhere, to http://elsewhere.example/, which was not followed",
            '{"error":"not found"}',
        ),
    ]
    lines = [line.partition(" ")[2] for line in (done.folder / "health.ndjson").read_text().splitlines()]
    assert (len(lines), set(lines)) == (4, {'{"status":"healthy"}', ""})
    assert done.artifacts["health.ndjson"]["unanswered"] == lines.count("")
    assert '{"answer":"OK"}' in (done.folder / "health-database.ndjson").read_text()
    assert {secret for _, secret in seen} == {SECRET}
    assert "quay-secret-7" not in (done.folder / collect.MANIFEST).read_text(encoding="utf-8")
    assert done.folder.stat().st_mode & 0o077 == 0


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    """A second collection within the same second has a folder of its own, and the first stays byte for byte."""
    incident = tmp_path / "outage"
    first = collect.collect(incident, Wanted(lasting=0, every=0.05))
    before = intake.custody(intake.find(first.folder))

    second = collect.collect(incident, Wanted(lasting=0, every=0.05))

    assert first.folder != second.folder
    assert intake.custody(intake.find(first.folder)) == before


def test_a_locked_database_is_said_to_be_locked_and_its_files_are_copied(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is evidence, and no reason to come home with nothing."""
    monkeypatch.setattr(collecting, "LOCKED_FOR_S", 0.1)
    holder = sqlite3.connect(live / "local.db", isolation_level=None)
    holder.execute("begin exclusive")

    done = collect.collect(tmp_path / "outage", Wanted(databases=(live / "local.db",), lasting=0, every=0.05))
    holder.close()

    assert ("a backup of local.db", "sqlite: database is locked") in [(one["what"], one["why"]) for one in done.failed]
    assert (done.folder / "database" / "local.db").read_bytes() == (live / "local.db").read_bytes()


def test_a_database_that_is_written_through_a_log_is_saved_with_it(live: Path, tmp_path: Path) -> None:
    """The newest row, which stands in the write-ahead log alone, is saved; a database at rest gets no file beside it."""
    place = live / "local.db"
    writer = sqlite3.connect(place, isolation_level=None)
    writer.execute("pragma journal_mode=wal")
    writer.execute("insert into berths values (2, 'south')")
    open_one = collect.collect(tmp_path / "open", Wanted(databases=(place,), lasting=0, every=0.05))
    writer.close()
    names = sorted(one.name for one in live.iterdir())

    at_rest = collect.collect(tmp_path / "rest", Wanted(databases=(place,), lasting=0, every=0.05))

    assert sorted(one.name for one in live.iterdir()) == names
    for done in (open_one, at_rest):
        copy = tmp_path / f"{done.folder.parent.name}.db"
        copy.write_bytes((done.folder / "database" / "local.db").read_bytes())
        assert sqlite3.connect(copy).execute("select name from berths order by id").fetchall() == [
            ("north",),
            ("south",),
        ]
        assert [one for one in done.failed if "backup" in one["what"]] == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param(Wanted("localhost:4321"), "an address is wanted", id="no scheme"),
        pytest.param(Wanted("http://nora:secret@localhost:4321"), collect.AUTHORIZATION, id="a password on the command line"),
        pytest.param(Wanted(logs=(Path("nowhere.log"),)), "--log nowhere.log: no such file", id="no such log"),
        pytest.param(Wanted(databases=(Path("nowhere.db"),)), "--database nowhere.db: no such file", id="no such database"),
        pytest.param(Wanted(repository=Path("nowhere")), "--repository nowhere: no such folder", id="no such repository"),
        pytest.param(Wanted(every=0), "--every wants more than 0 seconds", id="no pause"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_before_anything_is_made(wanted: Wanted, message: str, tmp_path: Path) -> None:
    """No folder is left behind by a wrong word."""
    with pytest.raises(UsageError, match=message):
        collect.collect(tmp_path / "outage", wanted)

    assert not (tmp_path / "outage").exists()


def test_a_system_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """Nobody listens: each question says so, the moments without an answer are kept, and the machine is collected all the same."""
    done = collect.collect(tmp_path / "outage", Wanted("http://127.0.0.1:9", lasting=0, every=0.05))

    assert {one["what"] for one in done.failed if "address" in one} == {one["name"] for one in collect.plan()["ask"]}
    assert all(one["why"].startswith("no answer: ") for one in done.failed if "address" in one)
    assert len((done.folder / "health.ndjson").read_text().split()) == collect.LEAST_ROUNDS
    assert "date.txt" in done.artifacts
    assert {
        name for name, one in read(done.folder, tmp_path / "work").items() if one.status not in ("ok", "duplicate")
    } == set()


def test_a_command_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, and so is one that is not on this machine."""
    monkeypatch.setattr(collecting, "ENDS_WITHIN_S", 0.2)
    begun = time.monotonic()
    with (tmp_path / "out").open("wb") as file:
        with pytest.raises(collecting.Refused, match="did not end within"):
            collecting.ran(["sleep", "60"], file)
        with pytest.raises(collecting.Refused, match="cannot be run"):
            collecting.ran(["no-such-command-here"], file)
        with pytest.raises(collecting.Refused, match="exit code 2"):
            collecting.ran(["ls", "/nowhere-at-all"], file)

    assert time.monotonic() - begun < 50


def test_what_is_collected_is_of_the_format_that_is_declared(tmp_path: Path) -> None:
    """The example of each thing in collect.toml, saved under its name, is read as what it says."""
    told = collect.plan()
    every = [*told["ask"], *told["run"]]
    folder = tmp_path / "examples"
    folder.mkdir()
    for one in every:
        (folder / one["file"]).write_text(one["example"].lstrip("\n") + "\n", encoding="utf-8")

    entries = read(folder, tmp_path / "work")

    assert {name: entry.format for name, entry in entries.items()} == {one["file"]: one["format"] for one in every}


def test_nothing_that_is_run_goes_through_a_shell_or_lists_environments() -> None:
    """Commands are lists of words; none prints what other programs were given as arguments or in their environment."""
    for one in collect.plan()["run"]:
        words = one["command"]
        assert all(isinstance(word, str) for word in words)
        assert not {"sh", "bash", "env", "jlist", "args", "cmd", "aux"} & {
            part for word in words for part in word.split(",")
        }
        assert json.dumps(one["why"])

"""`forensics inspect`: the inventory of a folder as a terminal shows it, and exact bytes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from conftest import write
from forensics.workbench.holdings import how
from forensics.workbench.inspection import Inspection, told, visible
from small_world import log, request

from .conftest import PROJECT, forensics

HARBOUR = {
    "ferry.log": log(request(second) for second in range(0, 300, 5)) + "½ a line\x1b[31m of another program\n\0\0\0\n",
    "harbour-metrics.json": "<!DOCTYPE html><title>404: Not Found</title>",
    "notes.txt": "",
}


def at_terminal(*arguments: str, columns: int, **environment: str) -> str:
    """Run the command as at a terminal of so many columns; return what it shows."""
    master, slave = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "forensics.workbench.cli", *arguments],
        cwd=PROJECT,
        env={**os.environ, "COLUMNS": str(columns), **environment},
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 65536):
            shown += piece
    except OSError:  # the other side is closed
        pass
    done.wait(60)
    os.close(master)
    return shown.decode().replace("\r\n", "\n")


def test_a_file_is_one_row_with_its_problems_under_it(tmp_path: Path) -> None:
    """Path, status, kind, format and how it was recognised, records, lines, span and clock; then what is wrong with it."""
    folder = write(tmp_path / "incident", {"harbour-metrics.json": HARBOUR["harbour-metrics.json"], "ok.json": "[]"})

    lines = forensics("inspect", str(folder)).stdout.splitlines()

    assert [" ".join(line.split()) for line in lines[:5]] == [
        "harbour-metrics.json error-payload unknown: html-page (exact) 0 records no time",
        "! a web page was saved instead of data, which says that nothing is there: “404: Not Found”; probably run: curl URL > "
        "FILE, without -f (line 1)",
        "leaves open: What were the triggering conditions? (memory, disk and pool)",
        "collect: look up its address first, for the server answers nothing under this one; then: curl -fsS --retry 2 "
        "http://localhost:4321/api/monitoring/metrics -o incident-metrics.json # before any restart: metrics live in memory",
        "ok.json ok unknown: empty-list (exact) 0 records no time",
    ]


def test_the_whole_is_counted(tmp_path: Path) -> None:
    """Files by status, bytes, lines by how they were read, and records."""
    folder = write(tmp_path / "incident", HARBOUR)

    lines = forensics("inspect", str(folder)).stdout.splitlines()

    size = sum(place.stat().st_size for place in folder.iterdir())
    assert lines[lines.index("In all") + 1 :] == [
        f"  3 files, {size / 1000:.1f} kB: 1 ok, 1 error-payload, 1 empty",
        "  62 lines: 61 by one declared format, 1 not read",
        "  61 records",
    ]


def test_what_could_not_be_read_is_grouped_and_can_be_shown_line_by_line(tmp_path: Path) -> None:
    """By file and reason, with the first place; with `--quarantine` each line with its place and bytes."""
    folder = write(tmp_path / "incident", HARBOUR)

    grouped = forensics("inspect", str(folder)).stdout
    each = forensics("inspect", str(folder), "--quarantine").stdout

    offset = len(HARBOUR["ferry.log"].encode()) - 4
    reason = "holds NUL bytes, as a file does where it was truncated or the disk was full"
    assert f"  1 of ferry.log: {reason}; the first is line 62: \\x00\\x00\\x00\n" in grouped
    assert f"  ferry.log:62  3 bytes from byte {offset:,}; {reason}: \\x00\\x00\\x00\n" in each


def test_one_line_is_given_exactly_as_it_is(tmp_path: Path) -> None:
    """Byte for byte into a pipe; a place that is none is refused."""
    folder = write(tmp_path / "incident", {"ferry.log": b"one\r\nt\xffwo\0\nthree"})

    done = subprocess.run(
        [sys.executable, "-m", "forensics.workbench.cli", "inspect", str(folder), "--bytes", "ferry.log:2"],
        capture_output=True,
        check=False,
        cwd=PROJECT,
    )
    beyond = forensics("inspect", str(folder), "--bytes", "ferry.log:4")
    nonsense = forensics("inspect", str(folder), "--bytes", "ferry.log")

    assert (done.stdout, done.returncode) == (b"t\xffwo\0", 0)
    assert (beyond.stderr, beyond.returncode) == ("ferry.log has 3 lines; there is no line 4.\n", 2)
    assert (nonsense.stderr.startswith("--bytes ferry.log: PATH:LINE is wanted"), nonsense.returncode) == (True, 2)


def test_one_element_of_a_document_is_given_as_reports_cite_it(tmp_path: Path) -> None:
    """As JSON, with or without the space that reports write; a number that no record has is refused."""
    alerts = [{"labels": {"alertname": name}, "state": "firing", "activeAt": "2031-04-02T07:30:05Z"} for name in "ab"]
    folder = write(tmp_path / "incident", {"alerts.json": json.dumps({"data": {"alerts": alerts}})})

    second = forensics("inspect", str(folder), "--bytes", "alerts.json #2")
    third = forensics("inspect", str(folder), "--bytes", "alerts.json#3")

    assert (json.loads(second.stdout), second.returncode) == (alerts[1], 0)
    assert (third.stderr, third.returncode) == ("alerts.json #3: no record of it has this number.\n", 2)


def test_nothing_acts_on_a_terminal(tmp_path: Path) -> None:
    """Neither names nor contents: escapes of terminals, overrides of direction and NULs are shown, never obeyed."""
    hostile = "a\x1b]0;owned\x07\u202e.log"
    folder = write(tmp_path / "incident", {hostile: "\x1b[2J\0\n", "b\x07.sql": "x\x1b[31m"})

    shown = at_terminal("inspect", str(folder), "--quarantine", columns=100)

    assert [letter for letter in shown if not letter.isprintable() and letter != "\n"] == []
    assert "owned" in shown


def test_a_narrow_terminal_tells_a_file_on_more_lines(tmp_path: Path) -> None:
    """No line but a command is longer than the terminal is wide."""
    folder = write(tmp_path / "incident", HARBOUR)

    lines = at_terminal("inspect", str(folder), columns=72).splitlines()

    long = [line for line in lines if len(line) > 72 and "collect: " not in line and "told now and then" not in line]
    assert long == []
    assert [line.strip() for line in lines[1:3]] == [
        "log: application-log (exact); 61 records of 62 lines;",
        "2031-04-02T12:00:00Z – 12:04:55Z; UTC (stated)",
    ]


def test_a_terminal_without_unicode_gets_ascii(tmp_path: Path) -> None:
    """Blocks and quotes have plain forms, and the rest is escaped."""
    folder = write(tmp_path / "incident", HARBOUR)

    shown = at_terminal("inspect", str(folder), columns=100, PYTHONIOENCODING="ascii")

    assert shown.isascii()
    assert "ferry.log  .#####" in shown
    assert '"404: Not Found"' in shown


def test_times_that_no_clock_places_stand_beside_the_strip(tmp_path: Path) -> None:
    """As they are written, on no axis."""
    stamps = "".join(f"Apr  2 07:3{minute}:05 quay sshd[411]: Connection closed\n" for minute in range(5))
    folder = write(tmp_path / "incident", {"auth.log": stamps})

    lines = forensics("inspect", str(folder)).stdout.splitlines()

    assert lines[lines.index("Coverage") + 1] == (
        "  auth.log  Apr 02 07:30:05 – Apr 02 07:34:05 (as written): on no common clock"
    )


def test_json_is_what_a_report_would_say(tmp_path: Path) -> None:
    """The entries of result.json's `evidence`, and nothing else."""
    folder = write(tmp_path / "incident", HARBOUR)

    done = forensics("inspect", str(folder), "--json")

    told_of = {entry["path"]: (entry["status"], entry["records"]) for entry in json.loads(done.stdout)}
    assert told_of == {"ferry.log": ("ok", 61), "harbour-metrics.json": ("error-payload", 0), "notes.txt": ("empty", 0)}
    assert done.returncode == 3


def test_impossible_values_are_named(tmp_path: Path) -> None:
    """Statuses that no standard knows, in a log; shares above everything, in a snapshot without a time."""
    snapshot = '{"status":"ok","memory":{"heapUsed":"85.34 MB","usage":"250 %"},"connections":{"users":12}}'
    line = request(5).replace("Status: 200", "Status: 434")
    folder = write(tmp_path / "incident", {"ferry.log": log([line]), "snapshot.json": snapshot})

    entries = json.loads(forensics("inspect", str(folder), "--json").stdout)

    told_of = {entry["path"]: [problem["code"] for problem in entry["problems"]] for entry in entries}
    assert told_of["ferry.log"] == ["impossible-values"]
    assert {"impossible-values", "one-moment"} & set(told_of["snapshot.json"]) != set()
    assert "without any time" in " ".join(p["message"] for entry in entries for p in entry["problems"])


def test_parameters_of_clocks_are_heard(tmp_path: Path) -> None:
    """A zone that a person states moves the times of the source, and is said to be stated."""
    folder = write(tmp_path / "incident", {"ferry.log": "2031-04-02T07:30:05: PM2 log: App [ferry:0] online\n"})

    plain = forensics("inspect", str(folder)).stdout
    stated = forensics("inspect", str(folder), "-p", "clocks=ferry.log=+02:00").stdout

    assert "2031-04-02T07:30:05Z – 07:30:05Z             UTC (assumed)" in plain
    assert "2031-04-02T05:30:05Z – 05:30:05Z             +02:00 (stated)" in stated


def test_an_empty_folder_is_said_to_be_empty() -> None:
    """No table of nothing."""
    assert told(Inspection([], [], [], [], []), 80) == ["The folder holds no file."]


def test_how_a_file_was_recognised_is_told_from_its_format() -> None:
    """One declared format, several, stamps alone, or none."""
    assert [how({"format": name}) for name in ("application-log", "uvicorn + json-log", "unknown-text", None)] == [
        "exact",
        "mixed",
        "by stamps alone",
        "not recognised",
    ]


def test_escapes_are_visible() -> None:
    """Letters of all scripts stay, everything that acts is written out."""
    assert visible("Fähre 渡し船\x1b[31m\u202e\x00") == "Fähre 渡し船\\x1b[31m\\u202e\\x00"

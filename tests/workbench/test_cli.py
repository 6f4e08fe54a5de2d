"""The command line: verbs, messages, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import PROJECT, forensics


def test_a_wrong_command_is_refused_with_the_nearest() -> None:
    """`inspct` is no command; `inspect` is."""
    done = forensics("inspct", "x")

    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "No command 'inspct'. Did you mean 'inspect'?\nAvailable: collect, diff, formats, inspect, lab, run, verify.\n"
    )


def test_a_wrong_folder_is_refused_with_the_nearest() -> None:
    """No kernel starts, no report folder is made."""
    done = forensics("run", "data/incidents/demo-databse")

    assert done.returncode == 2
    assert "Did you mean 'demo-database'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_parameter_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """papermill alone would only warn."""
    done = forensics("run", "data/incidents/demo-memory", "-p", "limti=9", "--out", str(tmp_path / "reports"))

    assert done.returncode == 2
    assert done.stderr.startswith("No parameter 'limti'.")
    assert not (tmp_path / "reports").exists()


def test_a_report_is_never_written_into_the_evidence(tmp_path: Path) -> None:
    """Evidence is only read."""
    (tmp_path / "a.log").write_text("x\n")

    done = forensics("run", str(tmp_path), "--out", str(tmp_path / "reports"))

    assert done.returncode == 2
    assert "lies inside the evidence" in done.stderr


def test_inspect_names_what_is_broken(tmp_path: Path) -> None:
    """Each broken export, what it leaves open, and the command that collects it properly; the code is 3."""
    (tmp_path / "incident-metrics.json").write_text("<!DOCTYPE html><title>404: Not Found</title>")
    (tmp_path / "incident-logs.txt").write_text("")
    (tmp_path / "ok.json").write_text("[]")

    done = forensics("inspect", str(tmp_path), "--json")

    told = {e["path"]: (e["status"], [p["code"] for p in e["problems"]]) for e in json.loads(done.stdout)}
    assert told == {
        "incident-logs.txt": ("empty", ["empty"]),
        "incident-metrics.json": ("error-payload", ["saved-error-page"]),
        "ok.json": ("ok", ["empty-list"]),
    }
    assert done.returncode == 3
    shown = forensics("inspect", str(tmp_path))
    assert "curl -fsS --retry 2 http://localhost:4321/api/monitoring/metrics -o incident-metrics.json" in shown.stdout


def test_inspect_of_a_whole_folder_ends_with_zero(tmp_path: Path) -> None:
    """Nothing is wrong, nothing is said to be."""
    (tmp_path / "ok.json").write_text("[]")

    assert forensics("inspect", str(tmp_path)).returncode == 0


def test_formats_lists_every_declared_format() -> None:
    """One line a format, and the same as JSON."""
    declared = sorted(p.stem for p in (PROJECT / "lib/forensics/evidence/formats").glob("*.toml"))

    assert [f["name"] for f in json.loads(forensics("formats", "--json").stdout)] == declared
    assert [line.split()[0] for line in forensics("formats").stdout.splitlines()] == declared


def test_formats_of_a_file_shows_where_the_others_stopped(tmp_path: Path) -> None:
    """A caret stands under the character up to which a format matched."""
    place = tmp_path / "some.txt"
    place.write_text("2031-04-02T07:30:06: PM2 log: App [ferry:0] online\n")

    lines = forensics("formats", str(place)).stdout.splitlines()

    assert lines[0] == "fits     pm2-log"
    at = lines.index("stopped  git-log-dated")
    assert lines[at + 1] == "         line 1: 2031-04-02T07:30:06: PM2 log: App [ferry:0] online"
    assert lines[at + 2].endswith("^ matched up to here")

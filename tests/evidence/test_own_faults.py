"""A fault of the workbench itself in reading one file costs that file, says so, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from forensics.evidence import one_file, reading, tables
from forensics.store import Store

LINES = "2031-04-02T07:30:00Z INFO the lock opens\n2031-04-02T07:30:05Z ERROR no berth is free\n"


def test_one_file_is_given_up_and_not_the_incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is unreadable for a reason that names the fault and where it is; the log beside it is read whole."""
    folder, work = tmp_path / "berths", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    (folder / "app.log").write_text(LINES)
    (folder / "berths.csv").write_text("time,berth,free\n2031-04-02T07:30:00Z,4,1\n2031-04-02T07:31:00Z,4,0\n")

    def wrong(store: Store, path: str, *_: object) -> None:
        if path == "berths.csv":
            raise IndexError("no such berth")

    monkeypatch.setattr(tables, "read", wrong)
    monkeypatch.setattr(one_file, "forgiven", one_file.FAULTS)
    with Store() as store:
        log, table = reading.read(folder, store, work)
        events = store.connection.execute("select count(*) from log_events").fetchone()

    assert (log.path, log.status, log.records, events) == ("app.log", "ok", 2, (2,))
    assert (table.path, table.status, [problem.code for problem in table.problems]) == (
        "berths.csv",
        "unreadable",
        ["fault-of-ours"],
    )
    assert table.problems[0].message.startswith("the workbench failed to read it (IndexError at test_own_faults.py:")
    assert "no such berth" in table.problems[0].message

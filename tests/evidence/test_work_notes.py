"""Notes that people wrote into an incident, in a table of incidents as ServiceNow exports it."""

from __future__ import annotations

from pathlib import Path

import pytest
from clock_world import reader

TABLE = """number,opened_at,short_description,priority,state,work_notes,resolved_at
INC1,{0},No berth is free,2 - High,Resolved,"{2} - Nora Lund (Work notes)
The lock was opened.
All boats moor.

{1} - Ole Vik (Additional comments)
Acknowledged, taking it",{2}
INC2,{1},no berth,4 - Low,Closed,child of INC1,{2}
"""


@pytest.mark.parametrize(
    "stamps",
    [
        pytest.param(("04/13/2031 07:30:05 AM", "04/13/2031 07:34:05 AM", "04/13/2031 01:20:05 PM"), id="American"),
        pytest.param(("04/13/2031 07:30 AM", "04/13/2031 07:34 AM", "04/13/2031 01:20 PM"), id="American, minutes"),
        pytest.param(("2031-04-13 07:30:05", "2031-04-13 07:34:05", "2031-04-13 13:20:05"), id="ISO"),
        pytest.param(("13.04.2031 07:30:05", "13.04.2031 07:34:05", "13.04.2031 13:20:05"), id="German"),
    ],
)
def test_each_note_is_what_its_writer_said_at_its_time(tmp_path: Path, stamps: tuple[str, str, str]) -> None:
    """The newest stands first in the cell; what names neither time nor writer is no message."""
    _, store = reader(tmp_path)({"incident.csv": TABLE.format(*stamps)})
    query = "select strftime(time, '%d %H:%M'), who, text from events where kind = 'communication' order by time"

    assert store.connection.execute(query).fetchall() == [
        ("13 07:34", "Ole Vik", "Acknowledged, taking it"),
        ("13 13:20", "Nora Lund", "The lock was opened.\nAll boats moor."),
    ]

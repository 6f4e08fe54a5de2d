"""What kubectl lists by ages happened so long before `date` beside it says that it was listed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from clock_world import Read, reader

LIST = """LAST SEEN            TYPE      REASON              OBJECT               MESSAGE
67m                  Normal    ScalingReplicaSet   deployment/quay      Scaled up replica set quay-7 to 3
29m                  Normal    Killing             pod/quay-7-x         Stopping container quay
4m3s (x9 over 11m)   Warning   BackOff             pod/quay-7-y         Back-off restarting failed container
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def test_events_stand_so_long_before_they_were_listed(read: Read) -> None:
    """Each is an event at its line; what scaled something is a change as well."""
    head = "$ date; kubectl get events -n quay\nWed Apr  2 09:30:05 CEST 2031\n"
    text = f"{head}{LIST}\n$ kubectl get pods\n29m  Normal  Killing  pod/a  b\n"

    _, store = read({"shell.txt": text})

    assert store.connection.execute("select line, time, text from events order by line").fetchall() == [
        (
            4,
            datetime(2031, 4, 2, 6, 23, 5),
            "Normal ScalingReplicaSet deployment/quay: Scaled up replica set quay-7 to 3 (seen last 67m before it was listed)",
        ),
        (
            5,
            datetime(2031, 4, 2, 7, 1, 5),
            "Normal Killing pod/quay-7-x: Stopping container quay (seen last 29m before it was listed)",
        ),
        (6, datetime(2031, 4, 2, 7, 26, 2), "Warning BackOff pod/quay-7-y: Back-off restarting failed container"),
    ]
    assert store.connection.execute("select line, time, kind, service, summary from changes").fetchall() == [
        (4, datetime(2031, 4, 2, 6, 23, 5), "scaling", "quay", "Scaled up replica set quay-7 to 3")
    ]


def test_a_list_without_the_time_of_its_making_places_nothing(read: Read) -> None:
    """Nobody knows before what it was."""
    _, store = read({"shell.txt": f"$ kubectl get events -n quay\n{LIST}\n$ kubectl get pods\n"})

    assert store.connection.execute("select count(*) from events").fetchall() == [(0,)]

"""What Nomad lists of the versions of its jobs, as it was copied from a terminal or saved alone."""

from __future__ import annotations

from pathlib import Path

from clock_world import reader

HISTORY = """Version     = 8
Stable      = true
Submit Date = 2031-04-02T09:40:05+02:00
Diff        = (1 changed) env.BERTHS: "4" => "6"
Version     = 7
Stable      = true
Submit Date = 2031-04-02T09:30:05+02:00
Diff        = (1 changed) meta.commit: "2d90f1c" => "7b1e4d2"
Version     = 6
Stable      = true
Submit Date = 2031-04-01T09:30:05+02:00
"""

COPIED = f"""$ nomad job history -p=false quay-api
{HISTORY}
$ nomad deployment status 5f1c02ab
ID          = 5f1c02ab
Job ID      = quay-api

Deployed
Task Group  Desired  Placed  Healthy  Unhealthy  Progress Deadline
quay        3        3       3        0          2031-04-02T09:50:12+02:00

$ nomad alloc status 41c0
Recent Events:
Time                       Type        Description
2031-04-02T09:45:31+02:00  Started     Task started by client
2031-04-02T09:45:12+02:00  Restarting  Task restart requested by user nora
"""

QUERY = "select strftime(time, '%d %H:%M:%S'), kind, id, service, summary from changes where path = 'nomad.txt' order by time"


def test_each_version_is_a_change_of_the_job_that_the_command_names(tmp_path: Path) -> None:
    """A row that counts allocations is no release, and a task that starts by itself no change."""
    _, store = reader(tmp_path)({"nomad.txt": COPIED})

    assert store.connection.execute(QUERY).fetchall() == [
        ("01 07:30:05", "deploy", "v6", "quay-api", "quay-api version 6"),
        ("02 07:30:05", "deploy", "7b1e4d2", "quay-api", 'quay-api version 7: meta.commit: "2d90f1c" => "7b1e4d2"'),
        ("02 07:40:05", "config", "v8", "quay-api", 'quay-api version 8: env.BERTHS: "4" => "6"'),
        ("02 07:45:12", "restart", None, None, "Restarting: Task restart requested by user nora"),
    ]


def test_a_history_that_was_saved_alone_is_a_list_of_changes(tmp_path: Path) -> None:
    """Nothing in it names the job."""
    entries, store = reader(tmp_path)({"nomad.txt": HISTORY})

    assert (entries["nomad.txt"].format, entries["nomad.txt"].kind) == ("nomad-history", "changes")
    assert [(time, id_) for time, _, id_, *_ in store.connection.execute(QUERY).fetchall()] == [
        ("01 07:30:05", "v6"),
        ("02 07:30:05", "7b1e4d2"),
        ("02 07:40:05", "v8"),
    ]

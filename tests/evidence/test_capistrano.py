"""Capistrano's list of what was deployed."""

from __future__ import annotations

from pathlib import Path

from clock_world import reader

REVISIONS = """Branch main (at 2d90f1c) deployed as release 20310401073005 by ole
Branch main (at 7b1e4d2) deployed as release 20310402073005 by nora
nora rolled back to release 20310401073005
"""


def test_a_release_is_named_by_the_time_of_its_deploy(tmp_path: Path) -> None:
    """The time is in UTC, whatever zone other files name; when somebody went back to a release, its name does not tell."""
    zoned = "".join(f"2031-04-02T09:3{n}:05+02:00 INFO [quay] moored\n" for n in range(5))
    entries, store = reader(tmp_path)({"revisions.log": REVISIONS, "quay.log": zoned})
    query = "select strftime(time, '%d %H:%M:%S'), kind, id, author, summary from changes order by line"

    assert store.connection.execute(query).fetchall() == [
        ("01 07:30:05", "deploy", "2d90f1c", "ole", REVISIONS.splitlines()[0]),
        ("02 07:30:05", "deploy", "7b1e4d2", "nora", REVISIONS.splitlines()[1]),
        (None, "deploy", None, "nora", REVISIONS.splitlines()[2]),
    ]
    entry = entries["revisions.log"]
    assert (entry.kind, entry.format, entry.clock.zone, entry.clock.how) == (
        "changes",
        "capistrano-revisions",
        "UTC",
        "stated",
    )

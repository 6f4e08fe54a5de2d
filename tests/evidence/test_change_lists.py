"""Lists of changes that people keep by hand, and what scripts of releases write of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from small_world import at, traffic

LIST = """\
# changes of the harbour (CEST)
2031-04-02 13:40:00  ansible  nora    role ropes: rope.least_length 4 -> 400, all piers
2031-04-02 13:50:10  deploy   ole     ferry 2.1.0 -> 2.1.1
2031-04-02 13:55:00  cron     backup  copy of berths begins
2031-04-02 14:20:30  deploy   ole     ferry 2.1.1 -> 2.1.0 (rollback)
2031-04-02 14:26:15  config   nora    ferry workers 8 -> 12
"""


def test_a_list_of_changes_tells_what_was_done_and_when(world: Callable[[dict[str, Any]], Any]) -> None:
    """Its heading names the clock; each line is a change of its kind, those after the onset are tried mitigations."""
    told = world({"changes.txt": LIST, "logs/application.log": traffic(*[0] * 24, *[10] * 20, *[0] * 20)}).findings.json

    assert sorted((one["time"], one["kind"], one["summary"]) for one in told["changes"]) == [
        ("2031-04-02T11:40:00Z", "config", "ansible: role ropes: rope.least_length 4 -> 400, all piers"),
        ("2031-04-02T11:50:10Z", "deploy", "ferry 2.1.0 -> 2.1.1"),
        ("2031-04-02T11:55:00Z", "data", "cron: copy of berths begins"),
        ("2031-04-02T12:20:30Z", "deploy", "ferry 2.1.1 -> 2.1.0 (rollback)"),
        ("2031-04-02T12:26:15Z", "config", "ferry workers 8 -> 12"),
    ]
    assert [(one["kind"], one["time"]) for one in told["response"]["mitigations"]] == [
        ("configuration", "2031-04-02T12:20:30Z"),
        ("configuration", "2031-04-02T12:26:15Z"),
    ]


def test_a_script_that_releases_tells_of_a_deploy(world: Callable[[dict[str, Any]], Any]) -> None:
    """It writes what it switches to; what it only checks is no change."""
    log = "".join(
        f"{at(s).isoformat()}+00:00 quay deploy[98]: {text}\n"
        for s, text in ((60, "checking releases"), (66, "switching current -> releases/2.1.0 (was 2.1.1) by nora"))
    )
    told = world({"journal.log": log}).findings.json

    assert [(one["kind"], one["time"]) for one in told["changes"]] == [("deploy", "2031-04-02T12:01:06Z")]


TWO_LOGS = """\
## ferry-app (git log)
beaeb590 2031-04-02 13:12:40 +0200 Nora Lund  berths: as many as there are boats  [deployed 2031-04-02 13:20]
4fe2a910 2031-04-01 09:14:00 +0200 Ole Berg  README

## ferry-infra
2031-04-02T09:30:11Z  77ab0120  Ole Berg  quay: ropes 4 -> 400
2031-04-01T09:30:11Z  c0ffee12  Ole Berg  quay: bell  [released 2031-04-01 12:00Z]
"""


def test_commits_below_headings_tell_when_they_were_deployed(world: Callable[[dict[str, Any]], Any]) -> None:
    """Columns may differ from one list to the next; a deploy that is noted without a zone is by the commit's own clock."""
    case = world({"changes.txt": TWO_LOGS})
    asked = "select line, id, strftime(time, '%d %H:%M:%S'), kind, author, summary from changes order by line, time"

    assert [entry.format for entry in case.evidence] == ["git-log-dated"]
    assert case.store.connection.execute(asked).fetchall() == [
        (2, "beaeb590", "02 11:12:40", "commit", "Nora Lund", "berths: as many as there are boats"),
        (2, "beaeb590", "02 11:20:00", "deploy", "Nora Lund", "Deploy of berths: as many as there are boats"),
        (3, "4fe2a910", "01 07:14:00", "commit", "Ole Berg", "README"),
        (6, "77ab0120", "02 09:30:11", "commit", "Ole Berg", "quay: ropes 4 -> 400"),
        (7, "c0ffee12", "01 09:30:11", "commit", "Ole Berg", "quay: bell"),
        (7, "c0ffee12", "01 12:00:00", "deploy", "Ole Berg", "Deploy of quay: bell"),
    ]

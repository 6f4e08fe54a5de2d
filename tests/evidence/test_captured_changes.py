"""Changes that somebody listed on a terminal, or copied from one, are changes like any others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clock_world import Read, reader

World = Callable[[dict[str, Any]], Any]

ASKED = (
    "select line, id, strftime(time, '%d %H:%M:%S'), kind, author, summary from changes where path = ? order by line"
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What reads a folder."""
    return reader(tmp_path)


def listed(read: Read, text: str) -> tuple[str | None, list[tuple[Any, ...]]]:
    """Return what a text is, and the changes that it lists."""
    entries, store = read({"desk.txt": text})
    return entries["desk.txt"].format, store.connection.execute(ASKED, ["desk.txt"]).fetchall()


BELOW = """\
$ git log --date=iso --pretty='%h %ad %an%n    %s' -2
beaeb590 2031-04-02 11:19:22 +0200 Nora Lund
    Revert "berths: as many as there are boats"
4fe2a910 2031-04-02 09:31:05 +0200 Ole
    berths: as many as there are boats

$ git show 4fe2a910 --stat --format= -p
 quay/berths.yaml | 2 +-
--- a/quay/berths.yaml
+++ b/quay/berths.yaml
-most: 12
+most: 400
"""


def test_commits_below_a_command_are_changes(read: Read) -> None:
    """Author and date stand on one line, what it is on the next: each keeps the number of its first line, and a patch is none."""
    fmt, changes = listed(read, BELOW)

    assert fmt == "terminal"
    assert changes == [
        (2, "beaeb590", "02 09:19:22", "commit", "Nora Lund", 'Revert "berths: as many as there are boats"'),
        (4, "4fe2a910", "02 07:31:05", "commit", "Ole", "berths: as many as there are boats"),
    ]


def test_commits_above_the_first_command_are_changes(read: Read) -> None:
    """Who copies a terminal may leave out the first prompt."""
    fmt, changes = listed(
        read,
        "beaeb59 Wed Apr 2 11:19:22 2031 +0200 Nora Lund      berths: fewer\n"
        "4fe2a91 Tue Apr 1 09:31:05 2031 +0200 Ole            lamps: brighter\n\n"
        "$ cat quay/berths.yaml\nmost: 12\nleast: 3\nlamps:\n  - north\n",
    )

    assert fmt == "terminal"
    assert changes == [
        (1, "beaeb59", "02 09:19:22", "commit", "Nora Lund", "berths: fewer"),
        (2, "4fe2a91", "01 07:31:05", "commit", "Ole", "lamps: brighter"),
    ]


def test_a_list_with_the_dates_of_git_itself_is_dated(read: Read) -> None:
    """What refers to a commit stands before its date."""
    fmt, changes = listed(
        read,
        "* beaeb59 (HEAD -> main, tag: 2.1) Wed Apr 2 11:19:22 2031 -0500  Nora Lund  berths: fewer\n"
        "* 4fe2a91 Tue Apr 1 09:31:05 2031 -0500  renovate  bump rope 1.5 -> 1.6\n",
    )

    assert fmt == "git-log-dated"
    assert changes == [
        (1, "beaeb59", "02 16:19:22", "commit", "Nora Lund", "berths: fewer"),
        (2, "4fe2a91", "01 14:31:05", "commit", "renovate", "bump rope 1.5 -> 1.6"),
    ]


def test_a_subject_below_is_told_from_what_goes_on(read: Read) -> None:
    """Where the first line says what it is, the lines below it go on."""
    _, changes = listed(
        read,
        "commit beaeb59 2031-04-02 11:19:22 +0200 Nora Lund   [repo quay]\n    berths: fewer\n"
        "commit 4fe2a91 2031-04-01 09:31:05 +0200 lamps: brighter, for the boats that come at night\n    and for the crews\n",
    )

    assert changes == [
        (1, "beaeb59", "02 09:19:22", "commit", "Nora Lund", "berths: fewer"),
        (3, "4fe2a91", "01 07:31:05", "commit", None, "lamps: brighter, for the boats that come at night"),
    ]


ROLLED = """\
ID  DATE                           REVISION
41  2031-04-01 13:20:11 +0200 CEST  v2.0.2 (a01be77)
42  2031-04-02 09:02:10 +0200 CEST  v2.1.0 (5ce07fa)
"""


@pytest.mark.parametrize(
    ("above", "first", "fmt"),
    [
        pytest.param("", 2, "argocd-history", id="alone"),
        pytest.param(
            "crew@heron:~$ date -u\nWed Apr  2 07:30:06 UTC 2031\ncrew@heron:~$ argocd app history quay\n",
            5,
            "terminal",
            id="below its command",
        ),
    ],
)
def test_deployments_that_a_tool_lists_are_changes(read: Read, above: str, first: int, fmt: str) -> None:
    """Their dates carry their zone, and each is known by its commit."""
    found, changes = listed(read, above + ROLLED)

    assert found == fmt
    assert changes == [
        (first, "a01be77", "01 11:20:11", "deploy", None, "v2.0.2 (a01be77)"),
        (first + 1, "5ce07fa", "02 07:02:10", "deploy", None, "v2.1.0 (5ce07fa)"),
    ]


def test_what_another_command_prints_is_no_change(read: Read) -> None:
    """A container's id looks like a commit's."""
    _, changes = listed(
        read,
        "$ docker ps\nCONTAINER ID   IMAGE      STATUS\nbeaeb5904fe2   quay:2.1   Up 3 days\n4fe2a910beae   lamp:1.0   Up 9 days\n",
    )

    assert changes == []


def test_a_list_that_people_keep_still_names_who(read: Read) -> None:
    """In such a list the word before the name says of what kind a change is."""
    _, changes = listed(
        read, "2031-04-02 07:30:05  rollout  nora  quay 2.1.0\n2031-04-02 08:30:05  rollout  ole  quay 2.1.1\n"
    )

    assert [(author, summary) for *_, author, summary in changes] == [
        ("nora", "rollout: quay 2.1.0"),
        ("ole", "rollout: quay 2.1.1"),
    ]


HISTORY = """\
# ./quayctl history ferry   (Europe/Oslo)
2031-04-02 14:20:30  rollback  2.1.1 -> 2.1.0   by nora.lund   "no berth was free"
2031-01-02 13:50:10  deploy    2.1.0 -> 2.1.1   by ole.berg    beaeb59 berths: as many as there are boats

$ release sheet (UTC)
release  r-41  2031-04-01T07:30:05Z  Nora Lund   bell: louder
scale    api   2031-04-02T12:25:00Z  Ole Berg    desired 4 -> 8

$ aws arc-zonal-shift list-zonal-shifts
{
  "zonalShifts": [
    {"zonalShiftId": "z1", "resourceIdentifier": "quay", "awayFrom": "north1-az2",
     "startTime": "2031-04-02T14:30:05+02:00", "status": "ACTIVE", "comment": "fog"}
  ]
}
"""


def test_lists_in_columns_and_documents_are_changes_below_whatever_command(read: Read) -> None:
    """In summer and in winter the zone above is another offset; who made each stands in a column of its own."""
    fmt, changes = listed(read, HISTORY)

    assert fmt == "terminal"
    assert changes == [
        (2, None, "02 12:20:30", "deploy", "nora.lund", 'rollback: 2.1.1 -> 2.1.0 "no berth was free"'),
        (
            3,
            "beaeb59",
            "02 12:50:10",
            "deploy",
            "ole.berg",
            "2.1.0 -> 2.1.1 beaeb59 berths: as many as there are boats",
        ),
        (6, "r-41", "01 07:30:05", "deploy", "Nora Lund", "release: r-41 bell: louder"),
        (7, None, "02 12:25:00", "scaling", "Ole Berg", "scale: api desired 4 -> 8"),
        (10, "z1", "02 12:30:05", "config", None, "Traffic shifted away from zone north1-az2: fog (ACTIVE)"),
    ]


def test_the_zone_that_is_taken_is_said(read: Read) -> None:
    """Where none stands above, the times are read as written, which is said, too."""
    above, _ = read({"desk.txt": HISTORY})
    said = [(one.code, one.message.rpartition(": ")[2]) for one in above["desk.txt"].problems]

    assert said == [("zone-above", "read in Europe/Oslo, which stands above them")]


PLATFORM = """\
$ skyctl releases list --service pier
   RELEASE        ACTIVE  SERVICE  DEPLOYED                 BY
✔  pier-00041-kax  yes     pier     2031-04-02 07:30:05 UTC  nora@quay.example
✔  pier-00040-bop          pier     2031-04-01 06:10:00 UTC  ci@quay.example
$ fly activity operations
TIMESTAMP                    METHOD_NAME                    WHO               NOTE
2031-04-02T08:00:10.440120Z  sky.v1.Services.ReplaceService  ole@quay.example  maxScale 20 -> 60
2031-04-02T07:29:44.003310Z  sky.v1.Jobs.RunJob              ci@quay.example   job migrate (v2.31.0)
"""


def test_what_a_platform_lists_of_itself_are_changes(read: Read) -> None:
    """Releases and operations stand in columns; what was scaled or migrated is of that kind."""
    text = PLATFORM.replace("skyctl", "fly")
    fmt, changes = listed(read, text)

    assert fmt == "terminal"
    assert changes == [
        (3, "pier-00041-kax", "02 07:30:05", "deploy", "nora@quay.example", "pier-00041-kax pier"),
        (4, "pier-00040-bop", "01 06:10:00", "deploy", "ci@quay.example", "pier-00040-bop pier"),
        (7, None, "02 08:00:10", "scaling", "ole@quay.example", "ReplaceService maxScale 20 -> 60"),
        (8, None, "02 07:29:44", "schema", "ci@quay.example", "RunJob job migrate (v2.31.0)"),
    ]


def test_revisions_of_subversion_are_changes(read: Read) -> None:
    """Who and when stand on the first line, what it is below it, under the paths that it touched."""
    fmt, changes = listed(
        read,
        "------------------------------------------------------------------------\n"
        "r41 | nora | 2031-04-02 09:30:05 +0200 (Wed, 02 Apr 2031) | 1 line\nChanged paths:\n   M /trunk/berths\n\n"
        "berths: fewer\n"
        "------------------------------------------------------------------------\n"
        "r40 | ole | 2031-04-01 09:30:05 +0200 (Tue, 01 Apr 2031) | 1 line\n\nlamps: brighter\n",
    )

    assert fmt == "svn-log"
    assert changes == [
        (2, "r41", "02 07:30:05", "commit", "nora", "berths: fewer"),
        (8, "r40", "01 07:30:05", "commit", "ole", "lamps: brighter"),
    ]

"""Commands that change what a machine holds, the order in which they stand, and what they did, in small worlds made by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import runbook
from forensics.analysis import commands
from forensics.analysis.acts import Act
from forensics.analysis.mitigations import relieves
from forensics.model import Citation, Json
from small_world import at, epoch_ms, failed_login, good_login, iso, log, short

World = Callable[[dict[str, str | bytes]], Analysed]

CHANGES = commands.declared()["change"]


@pytest.mark.parametrize(
    ("text", "kind"), [(one["text"], entry["kind"]) for entry in CHANGES for one in entry["example"]]
)
def test_each_example_is_the_change_that_it_stands_for(text: str, kind: str) -> None:
    """What is declared to change something does, by the kind that is declared."""
    assert commands.altering(text) == kind


@pytest.mark.parametrize(
    "text", [*(one["text"] for entry in CHANGES for one in entry["reject"]), "df -h", "rm moor.log"]
)
def test_what_is_rejected_changes_nothing_of_the_kind(text: str) -> None:
    """Commands that only look, that write nowhere or that make room are no such change."""
    assert commands.altering(text) == ""


def test_what_says_that_a_resource_is_full_is_read_alike_by_both_engines(world: World) -> None:
    """Each example of such a message is found by the store's engine too, and no rejected one."""
    store = world({"app.log": ""}).store
    for entry in commands.declared()["full"]:
        for texts, told in ((entry["example"], True), (entry["reject"], False)):
            for one in texts:
                found = store.connection.execute("select regexp_matches(?, ?)", [one["text"], entry["says"]]).fetchone()
                assert found == (told,)


def df(used: int) -> str:
    """Return what `df -h` prints of one disk."""
    return (
        f"Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1       100G   {used}G   {100 - used}G  {used}% /\n"
    )


def session(*commands: tuple[str, str]) -> str:
    """Return a recorded terminal: commands with what they printed, of which only both ends are dated."""
    return (
        'Script started on 2031-04-02 12:00:00+00:00 [TERM="xterm" TTY="/dev/pts/0" COLUMNS="120" LINES="40"]\n'
        + "".join(f"oncall@web-1:~$ {command}\n{printed}" for command, printed in commands)
        + 'Script done on 2031-04-02 12:30:00+00:00 [COMMAND_EXIT_CODE="0"]\n'
    )


FULL = "dd: error writing 'moor.img': No space left on device\n"
LOOKS = [("ls", "berths\n")] * 4
"""So that line 10 comes after line 2."""


def answer(result: Json, question: str) -> str:
    """Return the answer to a question."""
    return str(next(one["answer"] for one in result["questions"] if one["id"] == question))


def test_a_disk_that_was_filled_and_freed_on_one_terminal_is_told_by_order(world: World) -> None:
    """Neither command has a time: their bounds are those of the recording, and the lines tell which came first."""
    recorded = session(
        ("rm -rf drafts", ""), *LOOKS, ("df -h", df(40)), ("fallocate -l 52G moor.img", ""), ("df -h", df(92)),
        ("dd if=/dev/zero of=moor2.img", FULL), ("rm moor.img moor2.img", ""), ("df -h", df(40)),
    )  # fmt: skip
    lines = recorded.splitlines()
    number = {
        command: next(place for place, line in enumerate(lines, 1) if command in line)
        for command in ("fallocate", "dd if", "rm moor")
    }
    result = world({"typescript": recorded}).findings.json
    between = {"earliest": short(0), "latest": short(1800)}

    assert [(one["where"], one["time"], one["before_onset"], one["label"]) for one in result["changes"]] == [
        (f"typescript:{number['fallocate']}", between, True, "lead"),
        (f"typescript:{number['dd if']}", between, False, "unlikely"),
    ]
    assert result["changes"][1]["lead_s"] is None
    assert "before the onset as typescript orders them" in answer(result, "changed")
    (done,) = result["response"]["mitigations"]
    assert (done["kind"], done["where"], done["time"]) == ("resource", f"typescript:{number['rm moor']}", between)
    assert (done["effect"]["disk"]["before"], done["effect"]["disk"]["after"]) == (92.0, 40.0)
    assert result["moments"]["mitigated"]["why"].endswith("rm moor.img moor2.img")
    assert answer(result, "responded").startswith("A program said that the disk was full: “error writing 'moor.img'")


def test_a_file_removed_while_there_was_room_is_no_mitigation(world: World) -> None:
    """A disk that was never over its limit needs no relief, and a removal that was refused relieves nothing."""
    recorded = session(
        ("df -h", df(40)), ("fallocate -l 52G moor.img", ""), ("df -h", df(92)),
        ("rm moor.imq", "rm: cannot remove 'moor.imq': No such file or directory\n"), ("df -h", df(92)),
    )  # fmt: skip

    assert world({"typescript": recorded}).findings.json["response"]["mitigations"] == []


def history(*given: tuple[float, str]) -> str:
    """Return a history of bash, with times in seconds."""
    return "".join(f"#{epoch_ms(second) // 1000}\n{command}\n" for second, command in given)


def test_what_is_removed_when_a_log_says_that_the_disk_is_full_makes_room(world: World) -> None:
    """No series measures the disk; the errors of the application say that it is full, and for an hour that counts."""
    acts = [(1, "rm spare.img"), (200, "rm moor.img"), (2 * 3600, "rm old.img")]
    lines = [f"[{iso(100 + second)}] ERROR [moor] write failed: No space left on device" for second in range(5)]  # fmt: skip
    logins = log([*(failed_login(second) for second in (90, 91, 92, 93, 94, 95))])
    result = world({"app.log": log(lines), "auth.log": logins, "bash_history": history(*acts)}).findings.json

    assert [(one["kind"], one["text"]) for one in result["response"]["mitigations"]] == [("resource", "rm moor.img")]


@pytest.mark.parametrize(
    ("command", "makes_room"),
    [
        pytest.param("rm moor.log", True, id="a file is removed"),
        pytest.param("cd /srv && sudo rm -f moor.log", True, id="after another command"),
        pytest.param("> moor.log", True, id="a file is emptied by the shell"),
        pytest.param("cat /dev/null > moor.log", True, id="a file is emptied by a copy of nothing"),
        pytest.param("find /srv -name '*.log' -delete", True, id="many are removed"),
        pytest.param("rmdir moor", False, id="an empty folder held nothing"),
        pytest.param("echo full >> moor.log", False, id="more is written"),
        pytest.param("df -h > moor.txt", False, id="a capture is saved"),
    ],
)
def test_which_commands_make_room(command: str, makes_room: bool) -> None:
    """They do only while the disk is over its limit, or full."""
    kind = next(one for one in runbook.load().mitigations if one.kind == "resource")
    now, then = (Act(at(0), "command", command, Citation("h", line=1), over=over) for over in (("disk",), ()))

    assert (relieves(kind, now), relieves(kind, then)) == (makes_room, False)


def test_acts_are_in_the_order_of_their_lines() -> None:
    """Line 10 stands after line 2, and a document's element 10 after its element 2."""
    places = [Citation("a", line=10), Citation("a", line=2), Citation("a", position=10), Citation("a", position=2)]

    assert [str(one) for one in sorted(places, key=lambda one: one.place)] == ["a #2", "a #10", "a:2", "a:10"]


def test_what_an_action_against_logins_did_is_measured(world: World) -> None:
    """Twelve failures in the five minutes before the address was barred, none in the five after it; the log went on."""
    guesses = [failed_login(second) for second in range(0, 300, 25)]
    others = [good_login(second, ip="192.0.2.9") for second in (310, 450, 700)]
    barred = history((300, "sudo iptables -A INPUT -s 192.0.2.66 -j DROP"))
    result = world({"auth.log": log([*guesses, *others]), "bash_history": barred}).findings.json

    (done,) = result["response"]["mitigations"]
    assert (done["kind"], done["effect"]["error_rate"], done["effect"]["response_time"]) == ("security", None, None)
    told = done["effect"]["failed_logins"]
    assert (told["before"], told["after"], told["unit"], told["points"]) == (12 / 5, 0.0, "/min", [12, 0])
    assert "failed logins 2.4 /min before, 0 /min after" in answer(result, "mitigated")


def test_a_log_of_logins_that_falls_silent_shows_no_effect(world: World) -> None:
    """Nothing was logged after the address was barred: that nobody guesses any more cannot be told from that."""
    guesses = [failed_login(second) for second in range(0, 300, 25)]
    barred = history((290, "sudo ufw deny from 192.0.2.66"))
    result = world({"auth.log": log(guesses), "bash_history": barred}).findings.json

    (done,) = result["response"]["mitigations"]
    assert done["effect"]["failed_logins"]["after"] is None


SUDO = "".join(
    f"2031-04-02T12:0{minute}:04+00:00 quay sudo[9{minute}]: {who} : {refused}TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND={what}\n"
    for minute, who, refused, what in (
        (5, "nora", "", "/usr/bin/systemctl restart ferry"),
        (6, "ole", "command not allowed ; ", "/usr/bin/systemctl restart ferry"),
        (7, "nora", "", "/usr/bin/cat /etc/hosts"),
    )
)


def test_sudo_writes_down_commands(world: World) -> None:
    """What was done as another user is a command, without the folder of its program; or one that was refused."""
    analysed = world({"journal.log": SUDO})

    given = [(one.text, one.failed) for one in commands.commands(analysed.store)]
    assert given == [
        ("systemctl restart ferry", False),
        ("systemctl restart ferry", True),
        ("cat /etc/hosts", False),
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ssh quay1 sudo docker restart -t 10 crane", ["sudo docker restart -t 10 crane"]),
        ("ssh -p 22 deploy@quay-1 systemctl restart crane", ["systemctl restart crane"]),
        ('ssh -A quay1 "cd /srv && systemctl restart crane"', ["cd /srv", 'systemctl restart crane"']),
        ("ssh quay1", ["ssh quay1"]),
    ],
)
def test_what_ssh_runs_elsewhere_is_a_command(line: str, found: list[str]) -> None:
    """The machine, and how it is reached, are not what was done."""
    assert commands.parts(line) == found

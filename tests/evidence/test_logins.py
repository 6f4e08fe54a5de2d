"""Attempts to log in, as sshd, PAM and applications tell them: each attempt once, with its user and its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]


def journal(*messages: str) -> str:
    """Write what sshd says, one more minute each."""
    return "".join(
        f"2031-04-02T{7 + n // 60:02d}:{n % 60:02d}:05+00:00 quay-1 sshd[411]: {text}\n"
        for n, text in enumerate(messages)
    )


def logins(case: Any) -> list[tuple[Any, ...]]:
    """Return the line, the user, the address and the outcome of each attempt."""
    found: list[tuple[Any, ...]] = case.store.connection.execute(
        "select line, account, address, ok from logins order by line"
    ).fetchall()
    return found


def test_one_attempt_that_many_lines_tell_counts_once(world: World) -> None:
    """Beside the password that failed, neither the unknown user, nor PAM, nor the farewell is another attempt."""
    text = journal(
        "Invalid user mate from 192.0.2.9 port 39582",
        "pam_unix(sshd:auth): check pass; user unknown",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9 ",
        "Failed password for invalid user mate from 192.0.2.9 port 39582 ssh2",
        "error: maximum authentication attempts exceeded for invalid user mate from 192.0.2.9 port 39582 ssh2 [preauth]",
        "Disconnecting invalid user mate 192.0.2.9 port 39582: Too many authentication failures [preauth]",
        "Accepted publickey for pilot from 192.0.2.7 port 40122 ssh2: ED25519 SHA256:abc",
    )

    assert logins(world({"auth.log": text})) == [(4, "mate", "192.0.2.9", False), (7, "pilot", "192.0.2.7", True)]


def test_where_only_keys_are_taken_the_lines_beside_tell_the_attempts(world: World) -> None:
    """Without a failed password, an unknown user or a user who gave up is an attempt of its own."""
    text = journal(
        "Invalid user mate from 192.0.2.9 port 39582",
        "Connection closed by invalid user mate 192.0.2.9 port 39582 [preauth]",
        "Invalid user oracle from 192.0.2.9 port 39584",
        "Connection closed by authenticating user root 192.0.2.10 port 39590 [preauth]",
    )

    assert logins(world({"auth.log": text})) == [
        (1, "mate", "192.0.2.9", False),
        (3, "oracle", "192.0.2.9", False),
        (4, "root", "192.0.2.10", False),
    ]


def test_a_failure_far_away_does_not_hide_another(world: World) -> None:
    """Some hundred lines later the same address tries anew."""
    text = journal(
        "Failed password for root from 192.0.2.9 port 39582 ssh2",
        *["Server listening on 0.0.0.0 port 22."] * 300,
        "Invalid user mate from 192.0.2.9 port 39582",
    )

    assert [row[:2] for row in logins(world({"auth.log": text}))] == [(1, "root"), (302, "mate")]


def test_an_invented_name_blames_nobody(world: World) -> None:
    """The address is the one that sshd wrote, not the one within the name that the other side sent."""
    text = journal("Failed password for invalid user x from 203.0.113.1 port 22 ssh2 from 192.0.2.9 port 39582 ssh2")

    assert logins(world({"auth.log": text})) == [(1, "x from 203.0.113.1 port 22 ssh2", "192.0.2.9", False)]


@pytest.mark.parametrize(
    ("line", "account"),
    [
        pytest.param("2031-04-02 07:30:05 {} user=alice ip=192.0.2.9", "alice", id="user and ip"),
        pytest.param("2031-04-02 07:30:05 {} ip=192.0.2.9 user=alice", "alice", id="ip and user"),
        pytest.param("[2031-04-02 07:30:05] SECURITY: {} | IP: 192.0.2.9 |", None, id="security, ip alone"),
        pytest.param("2031-04-02 07:30:05 auth-service WARN {} user=alice src_ip=192.0.2.9", "alice", id="a service"),
    ],
)
@pytest.mark.parametrize(("word", "ok"), [("FAILED_LOGIN", False), ("login_failed", False), ("login_success", True)])
def test_applications_tell_logins_by_many_words(
    world: World, line: str, account: str | None, word: str, ok: bool
) -> None:
    """The user and the address are known in whatever order they stand, of failures and of successes."""
    case = world({"app.log": (line.format(word) + "\n") * 2})

    assert logins(case) == [(1, account, "192.0.2.9", ok), (2, account, "192.0.2.9", ok)]


def test_audit_tells_each_attempt_once(world: World) -> None:
    """PAM's record stands beside the login's own; where that is missing, it counts; sudo's has no address."""
    line = 'type={} msg=audit({}:41{}): pid=4{} uid=0 msg=\'op={} acct="pilot" exe="/usr/sbin/sshd" hostname=? addr={} res={}\'\n'
    text = line.format("USER_AUTH", 1932881405.120, 1, 7, "PAM:authentication", "192.0.2.7", "failed")
    text += line.format("USER_LOGIN", 1932881405.130, 2, 7, "login", "192.0.2.7", "failed")
    text += line.format("USER_AUTH", 1932881406.120, 3, 8, "PAM:authentication", "192.0.2.8", "failed")
    text += line.format("USER_LOGIN", 1932881415.130, 4, 9, "login", "192.0.2.7", "success")
    text += line.format("USER_AUTH", 1932881425.130, 5, 9, "PAM:authentication", "?", "failed")

    assert logins(world({"audit.log": text})) == [
        (2, "pilot", "192.0.2.7", False),
        (3, "pilot", "192.0.2.8", False),
        (4, "pilot", "192.0.2.7", True),
    ]


def test_windows_tells_logins_below_its_message(world: World) -> None:
    """4625 is a failed logon and 4624 a successful one; the account is the one that was tried, not the one that asked."""
    event = (
        "Event[{}]\n  Log Name: Security\n  Source: Microsoft-Windows-Security-Auditing\n  Date: 2031-04-02T07:30:{}5.1200000Z\n"
        "  Event ID: {}\n  Level: Information\n  Description:\n{}.\n\nSubject:\n\tAccount Name:\t\tHERON$\n\n{}:\n"
        "\tSecurity ID:\t\tS-1-0-0\n\tAccount Name:\t\tpilot\n\nNetwork Information:\n\tSource Network Address:\t192.0.2.7\n\n"
    )
    failed = event.format(0, 0, 4625, "An account failed to log on", "Account For Which Logon Failed")
    text = failed + event.format(1, 1, 4624, "An account was successfully logged on", "New Logon")

    assert logins(world({"security.txt": text})) == [
        (1, "pilot", "192.0.2.7", False),
        (text[: text.index("Event[1]")].count("\n") + 1, "pilot", "192.0.2.7", True),
    ]


def test_records_in_json_tell_of_logins(world: World) -> None:
    """Each record with an address is one attempt, whatever its keys are called; one without an address, and one of another thing, none."""
    records = [
        {"ts": "2031-04-02T07:30:05.120Z", "level": "warn", "event": "login_failed", "user": "nora", "ip": "192.0.2.7"},
        {
            "ts": "2031-04-02T07:30:06.120Z",
            "level": "info",
            "event": "login_succeeded",
            "user": "ole",
            "ip": "192.0.2.8",
        },
        {"ts": "2031-04-02T07:30:07.120Z", "level": "warn", "event": "login_failed", "user": "nora"},
        {"ts": "2031-04-02T07:30:08.120Z", "level": "info", "event": "berth_taken", "user": "ole", "ip": "192.0.2.8"},
        {"ts": "2031-04-02T07:30:09.120Z", "level": "warn", "event": "Sign_In.failed", "client_ip": "2001:db8::7"},
    ]
    held = world({"auth.json": "".join(json.dumps(one) + "\n" for one in records)})

    assert logins(held) == [
        (1, "nora", "192.0.2.7", False),
        (2, "ole", "192.0.2.8", True),
        (5, None, "2001:db8::7", False),
    ]

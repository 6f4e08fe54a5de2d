"""Alerts as the monitoring itself wrote them down: who was told, who took it, and when it was over."""

from __future__ import annotations

from pathlib import Path

from clock_world import reader

NAGIOS = """[1932881340] CURRENT SERVICE STATE: heron;bell;CRITICAL;HARD;3;silent
[1932881405] SERVICE ALERT: heron;lamp;CRITICAL;SOFT;1;dark
[1932881465] SERVICE ALERT: heron;lamp;CRITICAL;HARD;3;dark
[1932881465] SERVICE NOTIFICATION: watch;heron;lamp;CRITICAL;notify-by-email;dark
[1932881525] EXTERNAL COMMAND: ACKNOWLEDGE_SVC_PROBLEM;heron;lamp;2;1;1;nora;looking
[1932881585] HOST ALERT: tern;DOWN;HARD;3;PING CRITICAL
[1932881600] Auto-save of retention data completed successfully.
[1932881705] SERVICE ALERT: heron;lamp;OK;HARD;3;lit
"""


def test_nagios_log_tells_alerts_who_took_them_and_their_ends(tmp_path: Path) -> None:
    """A soft state alerted nobody, nor did a hard one of which no notification was sent; how things stood at the beginning is no alert."""
    _, store = reader(tmp_path)({"nagios.log": NAGIOS})
    query = "select strftime(time, '%H:%M:%S'), what, who, text from events order by line"

    assert store.connection.execute(query).fetchall() == [
        ("07:30:05", "alert state", None, "Soft state, told to nobody: heron/lamp — CRITICAL;SOFT;1;dark"),
        ("07:31:05", "alert state", None, "Hard state: heron/lamp — dark"),
        ("07:31:05", "alert", None, "Alert: heron/lamp — dark"),
        ("07:32:05", "acknowledged", "nora", "Acknowledged: on it — heron/lamp — looking"),
        ("07:33:05", "alert state", None, "Hard state: tern — PING CRITICAL"),
        ("07:35:05", "alert resolved", None, "Alert closed: heron/lamp — lit"),
    ]


def test_without_notifications_a_hard_state_is_the_alert(tmp_path: Path) -> None:
    """Where nobody wrote down who was told, whoever watches was."""
    log = "".join(line for line in NAGIOS.splitlines(keepends=True) if "NOTIFICATION" not in line)
    _, store = reader(tmp_path)({"nagios.log": log})
    query = "select strftime(time, '%H:%M:%S'), text from events where what = 'alert' order by line"

    assert store.connection.execute(query).fetchall() == [
        ("07:31:05", "Alert: heron/lamp — dark"),
        ("07:33:05", "Alert: tern — PING CRITICAL"),
    ]

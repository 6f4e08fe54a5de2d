"""Mails copied from the program that showed them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from clock_world import reader
from forensics.evidence import mail_copies

NEAR = datetime(2031, 4, 2, 12)

COPY = """\
Fra: Nora Lund <nora@heron.example>
Sendt: onsdag 2. april 2031 14:31
Til: Havna
Emne: VS: ingen plass?

Ingen plass ved nordre kai.
-- Nora

Fra: ole@tern.example
Sendt: onsdag 2. april 2031 14:40
Emne: Sv: ingen plass?

Nå er det plass.
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("onsdag 2. april 2031 14:31", datetime(2031, 4, 2, 14, 31), id="Norwegian"),
        pytest.param("Wednesday, April 2, 2031 2:31 PM", datetime(2031, 4, 2, 14, 31), id="American"),
        pytest.param("mercredi 2 avril 2031 14:31", datetime(2031, 4, 2, 14, 31), id="French"),
        pytest.param("02.04.2031 14:31:05", datetime(2031, 4, 2, 14, 31, 5), id="numbers, the day first"),
        pytest.param("2031-04-02 14:31", datetime(2031, 4, 2, 14, 31), id="numbers, the year first"),
        pytest.param("Wed 2 April 12:31 AM", datetime(2031, 4, 2, 0, 31), id="no year: the nearest"),
        pytest.param("31.02.2031 14:31", None, id="no such day"),
        pytest.param("onsdag 14:31", None, id="no day"),
    ],
)
def test_the_date_of_a_heading_is_read(text: str, wanted: datetime | None) -> None:
    """Programs write it out in their reader's language."""
    assert mail_copies.sent(text, NEAR) == wanted


def test_each_mail_is_what_somebody_wrote(tmp_path: Path) -> None:
    """Its time is the local one of the folder, which is assumed; its words are its subject and its text."""
    log = "".join(f"2031-04-02T14:0{n}:05+02:00 INFO [quay] moored\n" for n in range(5))
    entries, store = reader(tmp_path)({"mail.txt": COPY, "quay.log": log})
    told = store.connection.execute(
        "select line, strftime(time, '%d %H:%M'), what, who, text from events where path = 'mail.txt' order by line"
    ).fetchall()

    assert told == [
        (1, "02 12:31", "email", "Nora Lund", "VS: ingen plass?\nIngen plass ved nordre kai.\n-- Nora"),
        (9, "02 12:40", "email", "ole@tern.example", "Sv: ingen plass?\nNå er det plass."),
    ]
    entry = entries["mail.txt"]
    assert (entry.format, entry.kind, entry.clock.zone, entry.clock.how) == (
        "mail-copy",
        "messages",
        "+02:00",
        "assumed",
    )

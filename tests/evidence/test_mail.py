"""E-mails and written status updates: what people sent, when, to whom it counts, and every line accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Analysed, analyse, write
from forensics.evidence import formats, mail
from hypothesis import given
from hypothesis import strategies as st
from small_world import at, epoch_ms

Read = Callable[[dict[str, str | bytes]], Analysed]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of these files."""
    return lambda files: analyse(write(tmp_path / f"incident-{len(files)}", files), tmp_path)


def rows(one: Analysed, query: str) -> list[tuple[Any, ...]]:
    """Ask its store."""
    return one.store.connection.execute(query).fetchall()


TEMPLATE = """INCIDENT UPDATE - {time}
Incident: Quay full
Status: {status}
Impact: Ferries wait outside
Actions: The north berth is cleared
ETA: unknown
Next Update: in half an hour
"""

PLAIN = """\
Received: from gate.quay.example by post.quay.example; Wed, 02 Apr 2031 07:31:00 +0000
From: "Harbour, master" <master@quay.example>
To: pilots@quay.example,
 pursers@quay.example
Subject: =?utf-8?q?Quay_full_=E2=80=93_wait?=
Date: Wed, 02 Apr 2031 14:00:05 +0200
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

No berth is free, please wait out=
side.
"""


def test_a_message_is_what_its_writer_said(read: Read) -> None:
    """At the instant of its Date, with its decoded subject and text; each line of the file is counted once."""
    found = read({"quay.eml": PLAIN})

    assert rows(found, "select line, time, kind, what, who, text from events") == [
        (
            1,
            at(5),
            "communication",
            "email",
            "Harbour, master",
            "Quay full – wait\nNo berth is free, please wait outside.",
        )
    ]
    (entry,) = found.evidence
    assert entry.lines is not None
    assert (entry.kind, entry.format, entry.status, entry.clock.how) == ("messages", "email", "ok", "stated")
    assert (entry.lines.physical, entry.lines.accepted, entry.lines.continued, entry.lines.blank) == (11, 1, 9, 1)


MATE = """\
From: "Maat, Nora" <mate@quay.example>
To: all@quay.example
Date: Wed, 02 Apr 2031 {hour}:00:05 +0200
Subject: Böschung

Kein Liegeplatz.
"""


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(
            "From mate@quay.example Wed, 02 Apr 2031 14:10:05 +0200\n", id="a mailbox whose dates are those of mails"
        ),
        pytest.param("From mate@quay.example 2031-04-02 14:10:05\n", id="a mailbox with plain dates"),
        pytest.param("-----\n", id="below a rule"),
        pytest.param("=====\n\n", id="below a rule and a blank line"),
        pytest.param("", id="below a blank line"),
    ],
)
def test_messages_that_were_saved_into_one_text_are_several(read: Read, between: str) -> None:
    """However what begins the next is written; headings that are not encoded are read, and the rule is no word of a message."""
    first = between if between.startswith("From") else ""
    found = read({"box": f"{first}{MATE.format(hour=14)}\n{between}{MATE.format(hour=15)}"})

    assert rows(found, "select time, who, text from events order by time") == [
        (at(5), "Maat, Nora", "Böschung\nKein Liegeplatz."),
        (at(3605), "Maat, Nora", "Böschung\nKein Liegeplatz."),
    ]


def test_what_answers_a_message_does_not_say_again_what_that_was_about(read: Read) -> None:
    """The subject of an answer is another's words; where what it answers is not in the box, it stays."""
    answer = MATE.format(hour=15).replace("Böschung", "AW: Re: Böschung").replace("Kein Liegeplatz.", "Doch.")
    other = MATE.format(hour=16).replace("Böschung", "AW: Ebbe").replace("Kein Liegeplatz.", "Ja.")
    found = read({"box": f"{MATE.format(hour=14)}\n{answer}\n{other}"})

    assert rows(found, "select text from events order by time") == [
        ("Böschung\nKein Liegeplatz.",),
        ("Doch.",),
        ("AW: Ebbe\nJa.",),
    ]


def test_what_a_message_quotes_is_no_other_message(read: Read) -> None:
    """The header that a program writes above what is answered states its date otherwise."""
    quoted = "From: pilot@quay.example\nDate: Wed, Apr 2, 2031 at 2:00 PM\nSubject: Berth\n\nFull?\n"
    found = read({"box": f"{MATE.format(hour=14)}\n-----\n{quoted}"})

    assert rows(found, "select time, who from events") == [(at(5), "Maat, Nora")]


def in_parts() -> bytes:
    """Return a message with a page, a text and a picture."""
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "pilot@quay.example", "Berth", format_datetime(at(60))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("The north berth ½ is free.", cte="base64")
    message.add_alternative("<p>The <b>north</b> berth is free.</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="berth.png")
    return bytes(message)


def test_of_several_parts_the_text_is_read(read: Read) -> None:
    """Not the page, not the picture, which is said not to be opened. A Date of `-0000` states no zone (RFC 5322, 3.3)."""
    found = read({"berth.eml": in_parts()})

    assert rows(found, "select time, what, text from events") == [
        (at(60), "bot_message", "Berth\nThe north berth ½ is free.")
    ]
    (entry,) = found.evidence
    assert [one.code for one in entry.problems] == ["attachments"]
    assert entry.clock.how == "assumed"


def test_a_page_alone_is_read_without_its_tags(read: Read) -> None:
    """What is no text of the page is left out."""
    page = "<style>p {color: red}</style><p>Quay&nbsp;5</p><p>is <i>free</i></p>"
    head = "From: a@quay.example\nSubject: Berth\nDate: Wed, 2 Apr 2031 07:30:05 GMT\nContent-Type: text/html\n\n"
    found = read({"berth.eml": head + page + "\n"})

    assert rows(found, "select text from events") == [("Berth\nQuay 5\nis free",)]


def test_a_mailbox_holds_many(read: Read) -> None:
    """Each begins at its own line; one without a Date stays undated, and that is said."""
    box = (
        "From pilot@quay.example Wed Apr  2 07:30:05 2031\n" + PLAIN + "\n"
        "From mate@quay.example Wed Apr  2 07:40:05 2031\nFrom: mate@quay.example\nTo: all@quay.example\nSubject: Berth\n\n"
        ">From now on it is free.\n"
    )
    head = box.index("From mate@")
    found = read({"quay.mbox": box.replace("Subject: Berth", "Subject: Berth\nDate: soon")})

    assert rows(found, "select line, time, who, text from events order by line") == [
        (1, at(5), "Harbour, master", "Quay full – wait\nNo berth is free, please wait outside."),
        (box[:head].count("\n") + 1, None, "mate@quay.example", "Berth\nFrom now on it is free."),
    ]
    (entry,) = found.evidence
    assert [(one.code, one.message) for one in entry.problems] == [
        ("unread-times", "1 of 2 messages have no Date that can be read: they are kept, undated")
    ]


PATCH = (
    "From beaeb596dfbe3f41ad379dea608b125f451cb94d Mon Sep 17 00:00:00 2001\n"
    "From: a@b.example\nDate: Wed, 2 Apr 2031 07:30:05 +0000\nSubject: [PATCH] quay\n\n---\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PATCH, id="a patch of git"),
        pytest.param("HTTP/1.1 200 OK\nDate: Wed, 02 Apr 2031 07:30:05 GMT\nServer: quay\n\n", id="an answer"),
        pytest.param("From: the quay\nTo: the ferry\nnothing\n", id="a letter"),
        pytest.param("date: 1\nfrom: 2\n", id="two keys"),
    ],
)
def test_what_is_no_mail_is_left_alone(text: str) -> None:
    """A message has a Date, a From, and more."""
    assert not mail.looks_like_mail(text.encode())


@given(st.binary(max_size=300), st.booleans())
def test_whatever_follows_the_headers_is_counted(rest: bytes, many: bool) -> None:
    """No bytes raise, and each message is counted once."""
    begin = b"From a@b Wed Apr  2 07:30:05 2031\n" if many else b""
    raw = (
        begin
        + b"From: a@b\nDate: x\nSubject: =?utf-8?b?//?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        + rest
    )

    found = list(mail.messages(raw))

    count = mail._counted(raw, len(found))
    assert len(found) == 1 + (many and len(mail._BEGIN.findall(raw)) - 1)
    assert count.accepted + count.continued + count.blank == count.physical


# ---- status updates ------------------------------------------------------------------------------------------------


def due(found: Analysed) -> list[tuple[str, str, str]]:
    """Return time, channel and state of the updates that were sent."""
    return [(one["sent"], one["channel"], one["status"]) for one in found.findings.json["updates"] if one["sent"]]


RECORD = (
    '{"incidents":[{"id":"incident_7","title":"Quay full","severity":"critical","status":"resolved","createdBy":"oncall",'
    '"startTime":1932881405000,"endTime":1932885005000}]}'
)
"""Opened at 07:30:05, ended an hour later."""


def test_an_update_may_be_an_email(read: Read) -> None:
    """In the runbook's template, or opening with its heading as the subject."""
    head = "From: ic@quay.example\nTo: all@quay.example\nDate: Wed, 2 Apr 2031 0{}:00 +0000\nSubject: {}\n\n"
    first = head.format("7:50", "Quay") + TEMPLATE.format(time="07:50", status="Identified")
    second = head.format("8:10", "INCIDENT UPDATE - quay") + "Status: Monitoring\n"
    found = read({"incidents.json": RECORD, "one.eml": first, "two.eml": second})

    assert due(found)[:2] == [
        ("2031-04-02T07:50:00Z", "email", "Identified"),
        ("2031-04-02T08:10:00Z", "email", "Monitoring"),
    ]


def test_an_update_may_be_a_file(read: Read) -> None:
    """Several in one file are several; one that states no day is kept without a time."""
    texts = [TEMPLATE.format(time=time, status=status) for time, status in UPDATES]
    found = read({"incidents.json": RECORD, "updates.txt": "\n".join(texts)})

    assert due(found)[:2] == [
        ("2031-04-02T07:50:00Z", "document", "Identified"),
        ("2031-04-02T08:10:00Z", "document", "Monitoring"),
    ]
    entry = next(one for one in found.evidence if one.path == "updates.txt")
    assert entry.lines is not None
    assert (entry.format, entry.kind, entry.lines.accepted, entry.lines.quarantined) == (
        "status-update",
        "messages",
        3,
        0,
    )


UPDATES = (("2031-04-02 07:50 UTC", "Identified"), ("[2031-04-02T08:10:00Z]", "Monitoring"), ("10:30", "Resolved"))


def test_the_channel_of_an_export_is_told_where_the_export_states_it(read: Read) -> None:
    """Beside the list of channels each folder is one; a folder beside which no list stands says nothing."""
    text = TEMPLATE.format(time="x", status="Identified")
    day = json.dumps([{"type": "message", "user": "U1", "text": text, "ts": str(epoch_ms(600) / 1000)}])
    channels = '[{"id":"C1","name":"quay-incidents"}]'

    stated = read({"incidents.json": RECORD, "slack/channels.json": channels, "slack/quay-incidents/a.json": day})
    alone = read({"incidents.json": RECORD, "slack/quay-incidents/a.json": day})

    told = [
        [(one["channel"], one["room"]) for one in found.findings.json["updates"] if one["channel"] == "slack"]
        for found in (stated, alone)
    ]
    assert told == [[("slack", "#quay-incidents")], [("slack", None)]]


def test_the_declared_examples_hold() -> None:
    """What the format's file shows is read so, and what it rejects is left alone."""
    fmt = formats.named("email")
    (example,), (reject,) = fmt.examples, fmt.rejects

    (one,) = mail.messages(example.text.encode())

    shown = {"time": f"{one.time:%Y-%m-%dT%H:%M:%S}.000Z", "who": one.sender, "text": f"{one.subject}\n{one.text}"}
    assert mail.looks_like_mail(example.text.encode())
    assert shown == example.fields
    assert not mail.looks_like_mail(reject.text.encode())


def test_a_log_with_two_kinds_of_line_ends_is_no_message_and_takes_no_time() -> None:
    """Lines that look like headers and end in CR LF are tried once each, however many: ten thousand of them at once."""
    assert not mail.looks_like_mail(b"a:b\r\n" * 10_000 + b"no header\r\n")
    assert not mail.looks_like_mail(b"[2031-04-02T12:00:00Z] INFO hello\r\n" * 10_000)


def test_of_a_page_only_what_is_shown_is_read() -> None:
    """Styles, scripts, the head and comments are not; one that is never closed hides nothing."""
    page = "<head><title>t</title></head>a<style>x</style >b<!-- c --> d<script>e"

    assert mail._shown(page).split() == ["a", "b", "d<script", ">e"]

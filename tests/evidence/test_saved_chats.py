"""Chats and mails that were saved as web pages are what people said, whatever the product; other pages stay what was saved instead."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from clock_world import Read, codes, reader
from forensics.evidence import formats, saved_chats
from forensics.store import Store


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def told(store: Store) -> list[tuple[datetime | None, str, str]]:
    """Return what people said: when, who, what."""
    return store.connection.execute("select time, who, text from events order by line, time").fetchall()


def page(*parts: str) -> str:
    """Return a page of these parts, each on a line."""
    return "\n".join(("<!DOCTYPE html><html><head><title>#quay</title></head><body>", *parts, "</body></html>"))


SLACK = page(
    '<div class="c-message_kit__background"><button class="c-message__sender_button">Nora Lund</button>'
    '<a class="c-timestamp" data-ts="1932881405.120000" aria-label="Today at 7:30 AM">7:30</a>'
    '<div class="c-message_kit__blocks"><div class="p-rich_text_section">no berth<br>is free</div></div></div>',
    '<div class="c-message_kit__background"><a class="c-timestamp" data-ts="1932881460.000000">7:31</a>'
    '<div class="c-message_kit__blocks"><div class="p-rich_text_section">I take it</div></div></div>',
)
TEAMS = page(
    '<div class="item"><span class="author">Nora Lund</span> <time title="2 april 2031 09:30:05">09:30</time>'
    '<div class="body"><p>no berth</p><p>is free</p></div></div>',
    '<div class="item"><span class="author">Nora Lund</span> <time title="2 april 2031 09:31:00">09:31</time>'
    '<div class="body"><p>I take it</p></div></div>',
)
WHATSAPP = page(
    '<div class="row"><div class="copyable-text" data-pre-plain-text="[09:30, 13/04/2031] Nora Lund: ">'
    '<span class="selectable-text">no berth<br>is free</span></div></div>',
    '<div class="row"><div class="copyable-text" data-pre-plain-text="[09:31, 13/04/2031] Nora Lund: ">'
    '<span class="selectable-text">I take it</span></div></div>',
)
MAILS = page(
    "<p><b>Von:</b> Nora Lund &lt;nora@quay.example&gt;<br><b>Gesendet:</b> Mittwoch, 2. April 2031 09:30<br><b>An:</b> pilots</p>",
    "<p>no berth<br>is free</p>",
    "<p><b>Von:</b> Nora Lund<br><b>Gesendet:</b> Mittwoch, 2. April 2031 09:31<br><b>An:</b> pilots</p><p>I take it</p>",
)


@pytest.mark.parametrize(
    ("text", "how", "first"),
    [
        pytest.param(
            SLACK, "stated", datetime(2031, 4, 2, 7, 30, 5, 120000), id="epochs, a name above several messages"
        ),
        pytest.param(TEAMS, "assumed", datetime(2031, 4, 2, 9, 30, 5), id="times in titles, in Dutch"),
        pytest.param(WHATSAPP, "assumed", datetime(2031, 4, 13, 9, 30), id="writer and time in one attribute"),
        pytest.param(MAILS, "assumed", datetime(2031, 4, 2, 9, 30), id="a thread of mails, in German"),
    ],
)
def test_a_page_of_messages_is_what_people_said(read: Read, text: str, how: str, first: datetime) -> None:
    """Who wrote each message, when and what; no web page was saved instead of data."""
    found, store = read({"chat.html": text})

    entry = found["chat.html"]
    assert (entry.kind, entry.format, entry.status, entry.records) == ("messages", "saved-chat", "ok", 2)
    assert (entry.clock.how, codes(entry)) == (how, set())
    assert told(store) == [
        (first, "Nora Lund", "no berth\nis free"),
        (first.replace(minute=31, second=0, microsecond=0), "Nora Lund", "I take it"),
    ]


def test_a_page_in_local_time_is_read_by_the_clock_that_the_logs_keep(read: Read) -> None:
    """It shows seconds, and people's time all the same."""
    log = "".join(f"2031-04-02T09:{n:02d}:05+02:00 INFO quay: rope {n * 7919}\n" for n in range(20, 50))

    found, store = read({"chat.html": TEAMS, "quay.log": log})

    assert (found["chat.html"].clock.zone, found["chat.html"].clock.how) == ("+02:00", "assumed")
    assert [time for time, *_ in told(store)] == [datetime(2031, 4, 2, 7, 30, 5), datetime(2031, 4, 2, 7, 31)]


def test_dates_of_numbers_that_nothing_decides_place_no_message(read: Read) -> None:
    """What was said is kept, and why it has no time is said."""
    found, store = read({"chat.html": WHATSAPP.replace("13/04/2031", "03/04/2031")})

    assert (codes(found["chat.html"]), found["chat.html"].covers) == ({"ambiguous-dates"}, None)
    assert [one[:1] for one in told(store)] == [(None,), (None,)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(page("<h1>502 Bad Gateway</h1><hr><center>nginx</center>"), id="an error"),
        pytest.param(
            page(
                *(
                    f'<div class="update"><b>Investigating</b> <time datetime="2031-04-02T07:{n}:05Z">07:{n}</time></div>'
                    for n in (30, 40)
                )
            ),
            id="times without writers",
        ),
        pytest.param(
            page('<p class="author">Nora</p><time datetime="2031-04-02T07:30:05Z">07:30</time><p>News</p>'),
            id="one article",
        ),
        pytest.param(page("From: the quay", "<br>To: the pier"), id="from here to there"),
    ],
)
def test_a_page_that_nobody_wrote_messages_on_stands_instead_of_data(read: Read, text: str) -> None:
    """It is named as such."""
    found, store = read({"chat.html": text})

    assert (found["chat.html"].status, codes(found["chat.html"])) == ("error-payload", {"saved-error-page"})
    assert told(store) == []


def test_the_declared_examples_are_read_and_left_alone() -> None:
    """The format shows a page that it reads, and one that holds no message."""
    fmt = formats.named("saved-chat")
    [first, *_] = saved_chats.messages(fmt.examples[0].text)

    assert fmt.examples[0].fields == {
        "time": first.stamp.time("").isoformat(timespec="milliseconds") + "Z",  # type: ignore[union-attr]
        "who": first.who,
        "text": first.text,
    }
    assert [list(saved_chats.messages(one.text)) for one in fmt.rejects] == [[]]


def test_a_zone_beside_the_time_places_it() -> None:
    """Telegram's pages say beside each time how far the clock was ahead."""
    stamp = saved_chats.moment("02.04.2031 09:30:05 UTC+02:00")

    assert stamp is not None
    assert (stamp.time(""), stamp.zoned) == (datetime(2031, 4, 2, 7, 30, 5), True)

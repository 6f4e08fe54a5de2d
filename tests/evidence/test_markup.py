"""Messages of chats that export HTML: what people wrote, as they read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.evidence import markup

World = Callable[[dict[str, Any]], Any]


def teams(*bodies: str) -> str:
    """Return an export of a channel with these bodies, a minute apart."""
    return json.dumps(
        {
            "value": [
                {
                    "createdDateTime": f"2031-04-02T12:{minute:02d}:00Z",
                    "body": {"contentType": "html", "content": body},
                    "from": {"user": {"displayName": "Nora"}},
                }
                for minute, body in enumerate(bodies)
            ]
        }
    )


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("<p>The quay is full &amp; closed</p>", "The quay is full & closed"),
        ("<p>one<br>two</p><p>three&nbsp;<em>four</em></p>", "one\ntwo\nthree four"),
        ('<p>can <at id="0">Ole</at> look?</p><attachment id="7"></attachment>', "can Ole look?"),
        ("a < b and b > c", "a < b and b > c"),
        ("<b>typed so by hand</b>", "<b>typed so by hand</b>"),
        ("<p>left open", "<p>left open"),
    ],
)
def test_a_message_in_html_is_read_as_people_read_it(body: str, read: str, world: World) -> None:
    """Paragraphs and breaks are lines, names and emphasis are words; what is no whole piece of HTML stays as it is."""
    case = world({"channel.json": teams(body)})

    assert case.store.connection.execute("select text from events").fetchall() == [(read,)]


def test_tags_may_part_words() -> None:
    """In a page, cells that only their tags part are words of their own."""
    assert markup.bare("<td>berth</td><td>4</td>").split() == ["berth", "4"]

"""Lines that begin with a level and a time in digits: columns of bytes read what the declared pattern reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import digit_heads, formats, logs
from forensics.evidence.content import Content
from forensics.evidence.formats import Format
from forensics.evidence.patterns import LinePattern
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

EVENTS = 'path, line, last_line, "offset", length, time, level, source, message, body, own_clock'
QUIET = 'line, "offset", length, head, time, level, source'
LOST = "line, reason, shown"

[REQUEST] = [one for one in formats.named("pino").lines if one.name == "request"]


def kept(raw: bytes, place: Path, fmt: Format, *, whole: bool) -> list[list[tuple[Any, ...]]]:
    """Read bytes as a log and return what the store holds of it, and how many lines each pattern read."""
    place.write_bytes(raw)
    content = Content(place)
    try:
        with Store() as store:
            told = logs.read(store, "a.log", content, fmt, whole=whole)
            tables = {"log_events": EVENTS, "quiet_events": QUIET, "quarantine": LOST}
            asked = [f"select {columns} from {name} order by line" for name, columns in tables.items()]
            return [*(store.connection.execute(one).fetchall() for one in asked), sorted(told.read.items())]
    finally:
        content.close()


def line(level: object, time: object, rest: str) -> str:
    """Return a line as the logger writes it."""
    return f'{{"level":{level},"time":{time},{rest}'


RESTS = st.sampled_from(
    [
        '"pid":4,"hostname":"quay-1","req":{"url":"/tides"},"res":{"statusCode":200},"msg":"request completed"}',
        '"pid":4,"hostname":"quay-1","res":{"x":1},"statusCode":5}',
        '"res":{"statusCode":503}}',
        '"pid":4,"hostname":"quay-1","msg":"started"}',
        '"res":{"statusCode":"none"}}',
        '"res":{"statusCode":200}} and more',
        '"pid":4,"hostname":"quay-1","res":{"statusCode":20',
        '"note":"Brücke ☂","res":{"statusCode":404}}',
        '"note":"' + "x" * 70_000 + '","res":{"statusCode":404}}',
        "",
    ]
)
TIMES = st.one_of(
    st.integers(1_000_000_000_000, 2_999_999_999_999),
    st.integers(0, 10**16),
    st.sampled_from(
        ["1932881405120", "0932881405120", "3932881405120", "1932881405", "1932881405.12", "19328814051200000"]
    ),
)
LEVELS = st.sampled_from([10, 20, 30, 40, 50, 60, 5, 35, 100, "030", '"info"'])
LINES = st.builds(line, LEVELS, TIMES, RESTS)
OTHERS = st.sampled_from(["", "    at Quay.moor (/srv/quay.js:4:1)", "listening on 8080", '{"level":30', "--"])
ENDS = st.sampled_from([b"\n", b"\r\n"])


@settings(max_examples=30, deadline=None)
@given(some=st.lists(st.one_of(LINES, LINES, OTHERS), max_size=12), end=ENDS, whole=st.booleans())
def test_a_head_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, some: list[str], end: bytes, whole: bool
) -> None:
    """What is read by columns of bytes is what the pattern alone reads, of every line that may stand among such lines."""
    place, fmt = tmp_path_factory.mktemp("a") / "a.log", formats.named("pino")
    first = line(30, 1932881405120, '"pid":4,"hostname":"quay-1","res":{"statusCode":200}}')
    raw = end.join([first.encode(), *(one.encode() for one in some)]) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digit_heads, "learn", lambda pattern, line: None)
        expected = kept(raw, place, fmt, whole=whole)

    assert kept(raw, place, fmt, whole=whole) == expected


def test_times_and_levels_are_those_that_are_written(tmp_path: Path) -> None:
    """The digits of a line are its time in milliseconds and its level, and all of the line is what it says."""
    texts = [line(level, 1_932_881_405_120 + level, '"res":{"statusCode":200}}') for level in (30, 50, 40)]
    events, quiet, lost, read = kept(
        "\n".join([*texts, ""]).encode(), tmp_path / "a.log", formats.named("pino"), whole=True
    )

    assert [row[5:9] for row in events] == [
        (datetime(2031, 4, 2, 7, 30, 5, 150_000), "INFO", "request", texts[0]),
        (datetime(2031, 4, 2, 7, 30, 5, 170_000), "ERROR", "request", texts[1]),
        (datetime(2031, 4, 2, 7, 30, 5, 160_000), "WARN", "request", texts[2]),
    ]
    assert (quiet, lost, dict(read)["request"]) == ([], [], 3)


def pattern(text: str) -> LinePattern:
    """Return the declared pattern with another regular expression."""
    return replace(REQUEST, pattern=text.replace("EPOCH", r"[12]\d{9}(?:\.\d{1,9}|\d{3}(?:\.\d{1,6})?|\d{6}|\d{9})?"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r"^(?P<message>\{(?P<level>\d+)(?P<time>EPOCH),.*\})$", id="nothing between level and time"),
        pytest.param(r"^(?P<message>\{(?P<level>\d+),(?P<time>EPOCH)\.5.*)$", id="what follows may belong to the time"),
        pytest.param(r"^(?P<message>\{(?P<level>\d+),(?P<time>EPOCH),a|b)$", id="another line altogether"),
        pytest.param(r"^(?P<message>\{(?P<level>\d+),(?P<time>EPOCH),(?P<source>\w+).*)$", id="more is captured later"),
        pytest.param(r"^(?P<message>.*(?P<level>\d+),(?P<time>EPOCH),.*)$", id="it begins with anything"),
    ],
)
def test_a_head_must_be_plain(text: str) -> None:
    """A pattern whose digits depend on what else stands on its line has no head."""
    fits = ["{301932881405120,}", "{30,1932881405.5", "{30,1932881405120,a", "{30,1932881405120,x", "7,1932881405120,"]

    assert [digit_heads.learn(pattern(text), one) for one in fits] == [None] * 5


@pytest.mark.parametrize(
    ("rest", "follows"),
    [
        pytest.param(r'.*"res":\{.*', r'"res":\{.*[\r\n]*$', id="looked for by itself"),
        pytest.param(r'.*5,"a.*', r'^.{18}.*5,"a.*[\r\n]*$', id="could begin within the head"),
        pytest.param(r'\w+"a.*', r'^.{18}\w+"a.*[\r\n]*$', id="must follow at once"),
    ],
)
def test_what_follows_a_head(rest: str, follows: str) -> None:
    """What must follow is looked for anywhere only where it cannot be found within the head."""
    head = digit_heads.learn(
        pattern(r"^(?P<message>\{(?P<level>\d+),(?P<time>EPOCH)," + rest + ")$"), '{30,1932881405120,b"a"res":{5,"a'
    )

    assert head is not None
    assert head.follows == follows

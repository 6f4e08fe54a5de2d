"""Time stamps are read as their declarations show, whatever engine looks for them."""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from forensics.errors import DeclarationError
from forensics.evidence import lines, reading, recognition, stamps
from forensics.evidence.matching import Matcher
from forensics.evidence.patterns import LinePattern, compiled
from forensics.evidence.stamps import Stamp
from forensics.store import Store

DECLARED = [stamp for stamp in stamps.load().values() if not stamp.read.startswith("lettered")]
EXAMPLES = [
    pytest.param(stamp, text, at, id=f"{stamp.name}-{text}")
    for stamp in DECLARED
    for text, at in stamp.examples.items()
]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store to ask DuckDB's engine with."""
    with Store() as opened:
        yield opened


@pytest.mark.parametrize(("stamp", "text", "at"), EXAMPLES)
def test_an_example_is_read_as_its_time(store: Store, stamp: Stamp, text: str, at: str) -> None:
    """A stamp that stands alone on a line has its shape from end to end, and is read as the time beside it."""
    assert compiled(stamp.shape).fullmatch(text)
    pattern = LinePattern("alone", f"^(?P<time>{stamp.shape})$", "event", stamp.name, "", "", weak=False)
    if stamp.choices:
        pattern = replace(pattern, order=stamps.order(stamp.name, [text]))
    if stamp.read == "any":  # the values of JSON objects
        pattern, text = replace(pattern, pattern="", object={"time": ("at",)}), json.dumps({"at": text})
    chunk = next(lines.chunks(memoryview(f"{text}\n".encode())))
    [event] = Matcher(store, (pattern,)).lines(chunk).events.to_pylist()
    assert (event["own"] or event["time"]) == datetime.fromisoformat(at)
    placed = stamp.lacks not in ("year", "date", "epoch")
    assert event["time"] == (datetime.fromisoformat(at) if placed else None)


@pytest.mark.parametrize("stamp", DECLARED, ids=lambda stamp: stamp.name)
def test_a_shape_captures_nothing(stamp: Stamp) -> None:
    """A shape has no groups of its own, so that a format can put it into a pattern."""
    assert re.compile(stamp.shape).groups == 0
    assert stamp.examples


# ---- the letters of zones ------------------------------------------------------------------------------------------

SINCE, UNTIL = datetime(2019, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def claims() -> dict[str, set[timedelta]]:
    """Return, for all letters that the database of zones has used since 2019, how far they were ahead of UTC."""
    found: dict[str, set[timedelta]] = {}
    weeks = [SINCE + timedelta(days=21 * n) for n in range((UNTIL - SINCE).days // 21)]
    for name in zoneinfo.available_timezones():
        for time in weeks if "/" not in name or name.split("/")[0] not in ("posix", "right", "Etc") else ():
            local = time.astimezone(zoneinfo.ZoneInfo(name))
            found.setdefault(local.tzname() or "", set()).add(local.utcoffset() or timedelta())
    return found


def test_letters_name_the_zone_that_alone_claims_them(store: Store) -> None:
    """Each declared zone is as far ahead of UTC as the database of zones says, and nowhere else is called so; where
    another place is, it is said which is assumed. The store reads the same."""
    known = claims() | {"UT": {timedelta()}}
    for letters, written in stamps.zones().items():
        hours, minutes = int(written[:3]), int(written[0] + written[4:])
        ahead = timedelta(hours=hours, minutes=minutes)

        assert ahead in known[letters], letters
        assert known[letters] == {ahead} or stamps.assumed(letters), letters
        assert store.connection.execute("select zone_ahead($1)", [letters]).fetchall() == [(ahead,)]
    assert store.connection.execute("select zone_ahead('CST'), zone_ahead('IST')").fetchall() == [(None, None)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("Wed Apr  2 07:30:05 PM PDT 2031", "2031-04-03T02:30:05", id="twelve hours"),
        pytest.param("Wed Apr  2 09:30:05 CEST 2031", "2031-04-02T07:30:05", id="ctime"),
        pytest.param("Wed, 02 Apr 2031 07:30:05 GMT", "2031-04-02T07:30:05", id="mail"),
        pytest.param("2031-04-02 16:30:05.120 JST", "2031-04-02T07:30:05.120", id="iso"),
        pytest.param("02-Apr-2031 03:30:05 EDT", "2031-04-02T07:30:05", id="named month"),
    ],
)
def test_stamps_with_letters_of_one_zone_are_placed(text: str, at: str) -> None:
    """Where all letters of a text name one zone each, its times are in UTC, and nothing is open."""
    found = recognition.recognise([text + " no room"] * 3)
    chunk = next(lines.chunks(memoryview(f"{text} no room\n".encode())))
    with Store() as opened:
        [event] = Matcher(opened, found.fmt.lines).lines(chunk).events.to_pylist()

    assert (event["time"], event["own"]) == (datetime.fromisoformat(at), None)


def test_letters_of_several_zones_leave_all_stamps_of_a_text_open() -> None:
    """One CST among them, and no stamp of a text is moved: the log would fall back where its letters change."""
    assert (
        stamps.lettered("ctime-named", ["Wed Apr  2 07:30:05 CST 2031", "Wed Apr  2 07:30:05 PDT 2031"])
        == "ctime-named"
    )
    assert stamps.lettered("ctime-named", []) == "ctime-named"


@pytest.mark.parametrize(
    ("stamp", "code", "how"),
    [
        pytest.param("Wed Apr  2 07:30:05 PDT 2031", None, "stated", id="one zone alone"),
        pytest.param("Wed Feb  5 07:30:05 EST 2031", None, "stated", id="winter time in winter"),
        pytest.param("Mon May  5 07:30:05 EST 2031", "zone-assumed", "assumed", id="winter time in May"),
        pytest.param("Wed Feb  5 07:30:05 PST 2031", "zone-assumed", "assumed", id="Manila says so too"),
        pytest.param("Wed Feb  5 07:30:05 CST 2031", "zone-unknown", "unknown", id="three zones"),
    ],
)
def test_what_letters_leave_open_is_said(tmp_path: Path, stamp: str, code: str | None, how: str) -> None:
    """Letters of one zone state it; where they may mean another hour, the reading that was taken is said."""
    (tmp_path / "incident").mkdir()
    (tmp_path / "incident" / "a.log").write_text(f"{stamp} no room\n" * 3)
    with Store() as opened:
        [entry] = reading.read(tmp_path / "incident", opened, tmp_path)

    assert entry.clock.how == how
    assert [problem.code for problem in entry.problems] == ([code] if code else [])


def test_letters_that_leave_an_hour_open_say_how_they_were_read(tmp_path: Path) -> None:
    """The offset that was taken stands in the clock and in the remark."""
    (tmp_path / "incident").mkdir()
    (tmp_path / "incident" / "a.log").write_text("Mon May  5 07:30:05 EST 2031 no room\n" * 3)
    with Store() as opened:
        [entry] = reading.read(tmp_path / "incident", opened, tmp_path)

    assert (entry.clock.zone, entry.clock.how) == ("-05:00", "assumed")
    assert entry.covers is not None
    assert entry.covers[0].isoformat() == "2031-05-05T12:30:05"
    assert [problem.message for problem in entry.problems] == [
        "its stamps say EST, read as -05:00: winter time as written, on dates of summer time: by the clocks on the wall it may be "
        "an hour earlier"
    ]


def test_an_unknown_stamp_names_those_there_are() -> None:
    """A pattern that names a stamp nobody declared is told which there are."""
    with pytest.raises(DeclarationError, match=r"^No stamp is called 'sundial'\. There are: iso-zoned, iso-named, "):
        stamps.expand("^(?P<time:sundial>)")


# ---- numbers that are no times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("1932881405120 berth {n} is free", "1932881405120"),
        ("WARN 1932881405120 berth {n} is free", "1932881405120"),
        ("pool {n} ts=1932881405120 size=1073741824", "1932881405120"),
        ("pool {n} size=1073741824 ts=1932881405120", "1932881405120"),
        ("pool {n} size=1073741824 free=1234567890", None),
        ("order 1700000000 of berth {n} failed", None),
        ("used_memory:1073741824{n}", None),
    ],
)
def test_a_number_within_a_line_is_a_time_where_the_line_says_so(line: str, time: str | None) -> None:
    """Sizes and identifiers look like seconds since 1970; what begins a line, or is called a time, is one."""
    texts = [line.format(n=n) for n in range(30)]
    fmt = recognition.fallback(texts)
    read = next((fit["time"] for one in fmt.lines if one.begins == "event" and (fit := one.fit(texts[0]))), None)

    assert read == time

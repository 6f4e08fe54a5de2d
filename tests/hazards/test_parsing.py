"""Whatever stands in a text, each of its lines is accepted, folded, or kept aside and shown; none is lost or split."""

from __future__ import annotations

import os
import random
import time

import pytest
from forensics.evidence import exact, formats, texts
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st
from small_world import at, log, request

from hazards import mutations
from hazards.holding import SEED, TIMES, Held, Holder, physical
from hazards.mutations import line

LINES = [request(number) for number in range(60)]
LOG = log(LINES)


def messages(held: Held, path: str = "a.log") -> list[str]:
    """Return the messages of all events of a file, in its order."""
    rows = held.store.connection.execute("select message from log_events where path = ? order by line", [path])
    return [message for (message,) in rows.fetchall()]


def counts(held: Held, path: str = "a.log") -> dict[str, int]:
    """Return where the lines of a file went, without what is 0."""
    found = held.entries[path].lines
    return {name: number for name, number in (found.json() if found else {}).items() if number}


# ---- P01 to P05: bytes that are no text, and marks -------------------------------------------------------------------


def test_p01_bytes_that_are_no_utf_8_are_shown(hold: Holder, chance: random.Random) -> None:
    """Bytes that are not UTF-8 are written as \\xNN within their line; all other lines are read as ever."""
    odd = chance.choice([b"\xff", b"\xc3\x28", b"\xe9", b"\xf0\x9f\x9a", b"\xed\xa0\x80", b"\xc0\xaf"])
    texts = [line(number).encode() for number in range(40)]
    texts[20] = line(20, "tide ").encode() + odd + b" turned"
    held = hold({"a.log": b"\n".join(texts) + b"\n"})

    assert counts(held) == {"physical": 40, "accepted": 40}
    shown = odd.decode("utf-8", "backslashreplace")
    assert messages(held)[20].endswith(f"tide {shown} turned")
    assert "\\x" in messages(held)[20]


def test_p02_lines_that_hold_nuls_are_kept_aside(hold: Holder) -> None:
    """A line with a NUL in it, and a run of 4 KiB of them, are quarantined, and shown with visible \\x00."""
    raw = [line(0).encode(), line(1, "a\0b").encode(), b"\0" * 4096 + line(2).encode(), line(3).encode(), b"\0" * 4096]
    held = hold({"a.log": b"\n".join(raw) + b"\n"})

    assert counts(held) == {"physical": 5, "accepted": 2, "quarantined": 3}
    shown = [one for (one,) in held.rows("select shown from quarantine order by line")]
    assert [("\\x00" in one, "\0" in one) for one in shown] == [(True, False)] * 3
    assert "NUL" in held.rows("select reason from quarantine")[0][0]
    assert exact.bytes_of(held.folder, "a.log", len(raw[0]) + 1, len(raw[1])) == raw[1]


def test_p03_utf_16_has_as_many_events_as_lines(hold: Holder) -> None:
    """A log of sixty lines in UTF-16 with its mark gives sixty events."""
    held = hold(
        {"a.log": b"\xff\xfe" + LOG.encode("utf-16-le"), "b.log": b"\xfe\xff" + log(LINES[:59]).encode("utf-16-be")}
    )

    assert (counts(held)["accepted"], counts(held, "b.log")["accepted"]) == (60, 59)
    assert held.rows("select path, count(*) from requests group by path order by path")[0] == ("a.log", 60)


def test_p04_a_mark_hides_no_time(hold: Holder) -> None:
    """A byte order mark before a log or a document is no part of it: the first time stamp and key are read."""
    said = b'\xef\xbb\xbf[{"name":"disk.usage","value":1,"type":"gauge","tags":{},"timestamp":1932897600000,"unit":"percent"}]'
    held = hold({"a.log": b"\xef\xbb\xbf" + LOG.encode(), "b.json": said})

    assert counts(held) == {"physical": 60, "accepted": 60}
    assert held.rows("select min(time) = (select min(time) from requests) from log_events where line = 1") == [(True,)]
    assert (held.entries["b.json"].status, held.entries["b.json"].records) == ("ok", 1)


def test_p05_encodings_may_be_mixed(hold: Holder) -> None:
    """A file that several programs wrote, each in its own encoding, is read line by line; nothing is lost."""
    words = {"utf-8": "høyvann", "latin-1": "høyvann", "cp1252": "„flo“", "cp932": "満潮"}
    raw = [line(number, "x").encode()[:-1] + word.encode(name) for number, (name, word) in enumerate(words.items())]
    held = hold({"a.log": b"\n".join(raw) + b"\n"})

    assert counts(held) == {"physical": 4, "accepted": 4}
    assert messages(held) == [
        word.encode(name).decode("utf-8", "backslashreplace") for name, word in words.items()
    ]  # fmt: skip


# ---- P06 to P09: where lines end -------------------------------------------------------------------------------------


def test_p06_line_ends_may_be_mixed(hold: Holder, chance: random.Random) -> None:
    """LF, CRLF and a lone CR may stand in one file: each ends one line, and no byte is lost."""
    ends = [chance.choice(["\n", "\r\n", "\r"]) for _ in range(200)]
    held = hold({"a.log": "".join(line(number) + end for number, end in enumerate(ends))})

    assert counts(held) == {"physical": 200, "accepted": 200}
    places = held.rows('select "offset", length from log_events order by line')
    raw = "".join(line(number) + end for number, end in enumerate(ends)).encode()
    assert [raw[at : at + length].decode() for at, length in places] == [line(number) for number in range(200)]


@pytest.mark.parametrize("odd", ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_p07_only_line_ends_end_lines(hold: Holder, odd: str) -> None:
    """What some programs take for the end of a line stays within it."""
    held = hold({"a.log": log([line(0, f"one{odd}two"), line(1)])})

    assert counts(held) == {"physical": 2, "accepted": 2}
    assert "one" in messages(held)[0]
    assert "two" in messages(held)[0]


@pytest.mark.parametrize("size", [3_000_000, *([256_000_000] if os.environ.get("HAZARD_BIG") else [])])
def test_p08_a_very_long_line_is_one_line(hold: Holder, size: int) -> None:
    """A line of megabytes is one event: kept by offset and length, and shown cut, with its length."""
    held = hold({"a.log": log([line(0), line(1, "\\" * size), line(2)])})

    assert counts(held) == {"physical": 3, "accepted": 3}
    asked = 'select "offset", length, coalesce(length(message), 0) from log_events where line = 2'
    if size > texts.WHOLE_TEXT:  # of a large log, the text of quiet events stays where it is
        asked = 'select "offset", length, 0 from quiet_events where line = 2'
    ((offset, length, kept),) = held.rows(asked)
    assert (offset, length) == (len(line(0)) + 1, len(line(1, "")) + size)
    assert kept <= 65_536
    whole = exact.bytes_of(held.folder, "a.log", offset, length)
    assert whole == line(1, "\\" * size).encode()
    assert f"{length:,}" in held.said("a.log")


def test_p08_a_very_long_line_that_cannot_be_read_is_kept_too(hold: Holder) -> None:
    """A line of megabytes that is no event is quarantined by offset and length, and shown cut."""
    held = hold({"a.log": log([line(0), "\0" * 3_000_000, line(2)])})

    assert counts(held) == {"physical": 3, "accepted": 2, "quarantined": 1}
    ((length, shown),) = held.rows("select length, length(shown) from quarantine")
    assert length == 3_000_000
    assert shown < 1_000


def test_p09_a_last_line_without_an_end_is_read(hold: Holder) -> None:
    """A last line that does not end is read, and said to be unterminated."""
    held = hold({"a.log": LOG[:-1]})

    assert counts(held) == {"physical": 60, "accepted": 60}
    assert held.codes("a.log") == ["unterminated"]


# ---- P10 to P14: what stands in lines --------------------------------------------------------------------------------


def test_p10_quotes_and_delimiters_mean_nothing(hold: Holder) -> None:
    """Quotes, commas, tabs, pipes, braces and backslashes in a message leave it one message."""
    texts = [
        *('say "aye', "'", '""",""', "a,b;c\td", "| | ||", "{[(<", "\\", "\\n\\r\\0", "%s %d {}", "$name $1 ?", "-- x"),
        *("/* x", "'; drop table tides; --", "${jndi:ldap://192.0.2.9/x}", "=1+1", "#", "\ufffd", "🚨", "a" * 500),
    ]
    held = hold({"a.log": log(line(number, text) for number, text in enumerate(texts))})

    assert counts(held) == {"physical": len(texts), "accepted": len(texts)}
    assert messages(held) == texts


def test_p11_a_separator_of_grep_is_a_gap(hold: Holder) -> None:
    """The line `--` that grep writes between its finds is a separator: nothing is folded across it."""
    held = hold({"a.log": log([line(0), "    at deck (a.js:1)", "--", "    at hold (b.js:2)", line(9)])})

    assert counts(held)["separator"] == 1
    assert held.rows("select line, last_line from log_events where time is not null order by line") == [(1, 2), (5, 5)]


@pytest.mark.parametrize("prefix", ["{}:", "logs/a.log:", "logs/a.log:{}:", "{}-"])
def test_p12_prefixes_of_grep_are_recognised_or_kept_aside(hold: Holder, prefix: str) -> None:
    """Lines that grep numbered, or marked with their file, are read as what they were, or quarantined; never misread."""
    held = hold({"a.log": log(prefix.format(number + 40) + one for number, one in enumerate(LINES))})

    assert counts(held).get("accepted", 0) + counts(held).get("quarantined", 0) == 60
    assert held.rows("select count(*) from requests where time is null") == [(0,)]
    assert held.rows("select count(*), min(time), max(time) from requests") in (
        [(60, at(0), at(59))], [(0, None, None)]
    )  # fmt: skip


def test_p13_a_forged_line_stays_text(hold: Holder) -> None:
    """A message that spells out a line end and another event is one message, and is never expanded."""
    forged = [
        *(r"aye\n" + line(1, "all well"), "aye%0a" + line(2, "all well"), "aye\\u000a" + line(3, "x")),
        *("aye\u2028" + line(4, "all well"), "aye\v" + line(5), "aye&#10;" + line(6)),
    ]
    held = hold({"a.log": log(line(10 + number, text) for number, text in enumerate(forged))})

    assert counts(held) == {"physical": len(forged), "accepted": len(forged)}
    assert held.rows("select count(*) from log_events") == [(len(forged),)]


TRACES = {
    "node": ["TypeError: no tide", "    at read (/srv/tide.js:10:3)", "    at Object.<anonymous> (/srv/a.js:1:1)"],
    "java": ["java.lang.IllegalStateException: ebb", "\tat no.harbour.Tide.read(Tide.java:7)", "\t... 12 more"],
    "python": ["Traceback (most recent call last):", '  File "tide.py", line 7, in read', "ValueError: ebb"],
}


@pytest.mark.parametrize("lines", TRACES.values(), ids=TRACES)
def test_p14_a_stack_trace_belongs_to_its_event(hold: Holder, lines: list[str]) -> None:
    """The lines of a stack trace are joined to the event above them, and each is counted."""
    held = hold({"a.log": log([line(0), line(1, "it failed"), *lines, line(2)])})

    found = counts(held)
    assert found["physical"] == 3 + len(lines) == found["accepted"] + found["continued"]
    first, last = held.rows("select min(line), max(last_line) from log_events where line between 2 and 5")[0]
    assert (first, last) == (2, 2 + len(lines))
    dated = held.rows("select line from log_events where time is not null order by line")
    assert dated == [(1,), (2,), (3 + len(lines),)]


# ---- P25: lines made to hang a reader --------------------------------------------------------------------------------

STORMS = {
    "brackets": "[" * 50_000,
    "letters": "[2031-04-02T12:00:00.000Z] INFO [" + "a" * 60_000,
    "spaces": " " * 65_000 + "x",
    "quotes": '"' + '\\"' * 30_000,
    "dots": "[SECURITY-HIGH] " + "a." * 30_000,
    "digits": "1" * 65_000,
    "colons": ":" * 65_000,
    "pipes": line(0, " | ".join("a: b" for _ in range(9_000))),
    "pairs": " ".join("a=b" for _ in range(16_000)),
    "braces": '{"a":' * 12_000,
    "addresses": "192.0.2." * 8_000,
    "dates": "2031-04-02T" * 5_000,
    "escapes": "\x1b[" * 30_000,
    "stack": "    at " + "a" * 65_000,
    "one letter": "x" * 65_536,
    "parentheses": "(a" * 32_000,
    "words": "Ab " * 21_000,
    "paths": "/a" * 32_000,
    "tabs": "a\t" * 32_000,
    "dashes": "-" * 65_536,
}


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
def test_p25_no_line_hangs_a_reader(hold: Holder, storm: str) -> None:
    """A line made for patterns to despair of is passed in a second, and hides no other."""
    begun = time.monotonic()
    held = hold({"a.log": log([*LINES[:20], storm, *LINES[20:]])})

    assert time.monotonic() - begun < 1 * TIMES
    assert held.rows("select count(*) from requests") == [(60,)]


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
def test_p25_no_declared_pattern_despairs(storm: str) -> None:
    """All patterns of all formats together look at one such line in a second."""
    patterns = [pattern for fmt in formats.load() for pattern in fmt.lines if not pattern.object]
    begun = time.process_time()
    for pattern in patterns:
        pattern.fit(storm)

    assert time.process_time() - begun < 1


# ---- P26: many lines, changed at random ------------------------------------------------------------------------------


def test_p26_twenty_thousand_changed_lines_are_accounted_for(hold: Holder, chance: random.Random) -> None:
    """Of twenty thousand lines changed at random each is accounted for, and what was kept aside can be had back."""
    raw = mutations.lines(chance, 20_000)
    held = hold({"a.log": raw, "b.log": mutations.lines(chance, 5_000, LINES, 0.2)})

    assert counts(held)["physical"] == len(physical(raw))
    whole = physical(raw)
    for number, offset, length in held.rows("select line, \"offset\", length from quarantine where path = 'a.log'"):
        assert whole[number - 1] == (offset, raw[offset : offset + length])


LINE = st.one_of(
    st.sampled_from(mutations.LINES).map(str.encode),
    st.binary(max_size=30),
    st.tuples(st.sampled_from(mutations.LINES), st.floats(0, 1), st.binary(max_size=4)).map(
        lambda one: one[0].encode()[: int(one[1] * len(one[0]))] + one[2] + one[0].encode()[int(one[1] * len(one[0])) :]
    ),
)
TEXT = st.lists(st.tuples(LINE, st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r", b""])), min_size=1, max_size=200)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@seed(SEED)
@given(lines=TEXT)
@example(lines=[(b"--", b"\n")] * 3)
@example(lines=[(b"\xff\xfe", b"\n"), (line(0).encode(), b"\n")])
def test_no_lines_are_lost(tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[bytes, bytes]]) -> None:
    """However lines are changed and mixed, each is accounted for, and each that was kept aside can be had back."""
    from forensics.evidence import reading
    from forensics.store import Store

    from hazards.holding import accounted, shown_safely, write

    base = tmp_path_factory.mktemp("lines")
    folder = write(base / "incident", {"a.log": b"".join(content + end for content, end in lines)})
    (base / "work").mkdir()
    with Store() as store:
        entries = reading.read(folder, store, base / "work")
        held = Held(folder, store, {entry.path: entry for entry in entries})
        for entry in entries:
            accounted(held, entry)
        shown_safely(held)

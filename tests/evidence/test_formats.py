"""Every declared format and meaning holds what its own examples promise, in both engines that read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from forensics.errors import DeclarationError
from forensics.evidence import documents, formats, lines, meanings, reading, recognition
from forensics.evidence.folding import Folder
from forensics.evidence.formats import Format, LinePattern
from forensics.evidence.matching import Matcher
from forensics.evidence.meanings import Meaning
from forensics.evidence.patterns import Wrapper
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

BROKEN = Path(__file__).resolve().parents[1] / "broken_formats"

Captures = dict[str, str] | None

LINES = [fmt for fmt in formats.load() if fmt.structure == "lines"]
DOCUMENTS = [fmt for fmt in formats.load() if fmt.structure in ("json", "json-lines")]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store to ask DuckDB's engine with, and to read examples into."""
    with Store() as opened:
        yield opened


def by_python(declared: LinePattern | Meaning, texts: list[str]) -> list[Captures]:
    """Return what the library captures of each text where it reads with Python's engine."""
    if isinstance(declared, Meaning):
        return [replace(declared, source="").reads("", text) for text in texts]
    alone = replace(LINES[0], lines=(declared,))
    return [fit[1] if (fit := alone.first_fit(text)) else None for text in texts]


def by_duckdb(store: Store, declared: LinePattern | Meaning, texts: list[str]) -> list[Captures]:
    """Return what the library captures of each text where it reads with DuckDB's engine."""
    rows = store.connection.execute(
        "select regexp_matches(text, $pattern), regexp_extract(text, $pattern, $groups) "
        "from (select unnest($texts) as text)",
        {"pattern": declared.complete, "groups": declared.groups, "texts": texts},
    ).fetchall()
    own = re.compile(declared.pattern).groupindex
    return [{name: part for name, part in parts.items() if name in own} if fits else None for fits, parts in rows]


def speaks(store: Store, meaning: Meaning, source: str) -> bool:
    """Say whether DuckDB's engine lets a source speak for a meaning."""
    return bool(store.connection.execute("select regexp_matches($1, $2)", [source, meaning.source]).fetchall()[0][0])


def ids(declared: Any) -> str:
    """Name a parameter by what it is called."""
    return str(getattr(declared, "name", declared)).replace(" ", "-")


# ---- formats of lines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", formats.load(), ids=ids)
def test_a_format_shows_what_it_reads_and_what_it_leaves_alone(fmt: Format) -> None:
    """Every format has an example, and a text that it must leave alone with the reason."""
    assert fmt.examples
    assert fmt.rejects
    assert all(reject.why for reject in fmt.rejects)


EXAMPLES = [
    pytest.param(fmt, one, id=f"{fmt.name}-{number}") for fmt in LINES for number, one in enumerate(fmt.examples)
]
REJECTS = [
    pytest.param(fmt, one.text, id=f"{fmt.name}-{number}") for fmt in LINES for number, one in enumerate(fmt.rejects)
]


@pytest.mark.parametrize(("fmt", "example"), EXAMPLES)
def test_an_example_line_is_read_as_it_says(store: Store, fmt: Format, example: formats.Example) -> None:
    """The first pattern that reads an example is the one it names, with the fields it shows, in both engines."""
    fit = fmt.first_fit(example.text)

    assert fit is not None
    pattern, captured = fit
    assert pattern.name == example.pattern or not example.pattern
    assert {name: captured[name] for name in example.fields} == example.fields
    in_sql = {p.name: by_duckdb(store, p, [example.text])[0] for p in fmt.lines if not p.object}
    assert pattern.object or next(name for name, parts in in_sql.items() if parts is not None) == pattern.name
    assert pattern.object or in_sql[pattern.name] == captured


def in_bulk(store: Store, patterns: tuple[LinePattern, ...], texts: list[str]) -> tuple[Matcher, pa.Table]:
    """Read lines as whole files are read; return which patterns read them, and the events they gave."""
    matcher, folder = Matcher(store, patterns), Folder()
    tables = [
        folder.events(matcher.lines(chunk)) for chunk in lines.chunks(memoryview("\n".join([*texts, ""]).encode()))
    ]
    return matcher, pa.concat_tables([table for table in [*tables, folder.rest()] if table.num_rows] or [folder.rest()])


@pytest.mark.parametrize(("fmt", "example"), EXAMPLES)
def test_an_example_line_gives_its_event(store: Store, fmt: Format, example: formats.Example) -> None:
    """Read in bulk, an example gives the source, the message and the severity it shows, and a time that exists."""
    fit = fmt.first_fit(example.text)
    assert fit is not None
    matcher, events = in_bulk(store, fmt.lines, [example.text])

    assert {name for name, count in matcher.read.items() if count} == {fit[0].name}
    shown = {name: example.fields[name] for name in ("source", "message") if name in example.fields}
    for event in events.to_pylist() if fit[0].begins in ("event", "undated") else ():
        assert {name: event[name] or "" for name in shown} == shown
        assert example.level in ("", event["level"])
        assert event["time"] or event["own_clock"] or not example.fields.get("time")


@pytest.mark.parametrize(("fmt", "line"), REJECTS)
def test_a_rejected_line_begins_nothing(store: Store, fmt: Format, line: str) -> None:
    """No pattern that tells of this format takes a rejected line for an event, in either engine."""
    telling = tuple(p for p in fmt.lines if p.begins in ("event", "undated") and not p.weak)

    assert [p.name for p in telling if by_python(p, [line]) != [None]] == []
    assert in_bulk(store, telling, [line])[0].read == dict.fromkeys([p.name for p in telling], 0)


@pytest.mark.parametrize("fmt", [fmt for fmt in LINES if fmt.name != "unknown-text"], ids=ids)
def test_examples_are_recognised_as_their_format(fmt: Format) -> None:
    """A text that consists of a format's examples is recognised as that format, and as no other."""
    found, _ = recognition.recognise_lines([example.text for example in fmt.examples])

    assert found is not None
    assert found.name == fmt.name


WRAPPED = [pytest.param(one, text, id=f"{one.name}-{text}") for one in recognition.wrappers() for text in one.examples]


@pytest.mark.parametrize(("wrapper", "prefix"), WRAPPED)
def test_lines_behind_a_prefix_are_read_by_their_own_format(store: Store, wrapper: Wrapper, prefix: str) -> None:
    """What another program wrote before each line hides neither the format of the lines nor what they say."""
    line = "2031-04-02 07:30:05,120 - harbour.berths - ERROR - no room"
    found = recognition.recognise([prefix + line] * 3)

    assert found.fmt.name == f"{wrapper.name}: python-logging"
    _, events = in_bulk(store, found.fmt.lines, [prefix + line] * 3)
    assert [(event["level"], event["message"]) for event in events.to_pylist()] == [("ERROR", "no room")] * 3
    assert all(event["time"] for event in events.to_pylist())


# ---- records of several lines --------------------------------------------------------------------------------------

WHOLES = [pytest.param(fmt, one, id=f"{fmt.name}-{n}") for fmt in LINES for n, one in enumerate(fmt.wholes)]


@pytest.mark.parametrize("fmt", [fmt for fmt in LINES if fmt.body], ids=ids)
def test_a_format_with_bodies_shows_a_whole_record(fmt: Format) -> None:
    """What the lines below an event's first tell of it is shown by a record of several lines."""
    assert fmt.wholes


@pytest.mark.parametrize(("fmt", "whole"), WHOLES)
def test_a_whole_record_gives_one_event(tmp_path: Path, fmt: Format, whole: formats.Example) -> None:
    """A record is one event, with the level, the message and the time that its lines tell together; every line counts."""
    (tmp_path / "incident").mkdir()
    (tmp_path / "incident" / "a.log").write_text(whole.text.lstrip("\n"), encoding="utf-8")
    with Store() as store:
        [entry] = reading.read(tmp_path / "incident", store, tmp_path)
        rows = store.connection.execute("select source, message, body, level, time from log_events").fetchall()

    assert entry.format == fmt.name
    [(source, message, body, level, time)] = rows
    shown = {"source": source, "message": message, "body": body, "time": time.isoformat("T", "milliseconds") + "Z"}
    assert {name: shown[name] for name in whole.fields} == whole.fields
    assert (level or "", body or "") == (whole.level, whole.fields.get("body", ""))
    assert entry.lines is not None
    assert (entry.lines.accepted, entry.lines.physical) == (1, len(whole.text.strip("\n").split("\n")))


@pytest.mark.parametrize(("fmt", "whole"), WHOLES)
def test_both_engines_read_bodies_alike(store: Store, fmt: Format, whole: formats.Example) -> None:
    """What a body tells is the same to both engines."""
    body = whole.text.strip("\n").partition("\n")[2]
    told = [by_python(pattern, [body]) for pattern in fmt.body]
    assert told == [by_duckdb(store, pattern, [body]) for pattern in fmt.body]
    assert told != [[None]] * len(told)


# ---- formats of documents ------------------------------------------------------------------------------------------

EVERY_DOCUMENT = [
    pytest.param(fmt, one, id=f"{fmt.name}-{number}") for fmt in DOCUMENTS for number, one in enumerate(fmt.examples)
]


@pytest.mark.parametrize(("fmt", "example"), EVERY_DOCUMENT)
def test_an_example_document_is_read_as_it_says(store: Store, fmt: Format, example: formats.Example) -> None:
    """An example document is recognised as its format, and its fields reach the store as shown."""
    path = f"{fmt.name}.json"

    reading = documents.read(store, path, example.text.encode())

    assert reading is not None
    assert reading.fmt is not None
    assert reading.fmt.name == fmt.name
    if example.fields:
        table = fmt.records[0].into
        names = ", ".join(example.fields)
        rows = store.connection.execute(f'select {names} from "{table}" where path = $path', {"path": path}).fetchall()
        shown = [dict(zip(example.fields, map(_plain, row), strict=True)) for row in rows]
        assert dict(example.fields) in shown
    assert reading.records > 0 or not fmt.records or fmt.problem


def _plain(value: Any) -> Any:
    """Write a time as examples do."""
    return value.isoformat(timespec="milliseconds") + "Z" if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("fmt", DOCUMENTS, ids=ids)
def test_a_rejected_document_is_another_format(store: Store, fmt: Format) -> None:
    """A document that a format must leave alone is not read as that format."""
    for reject in fmt.rejects:
        reading = documents.read(store, "rejected.json", reject.text.encode())

        assert reading is None or reading.fmt is None or reading.fmt.name != fmt.name


# ---- meanings ------------------------------------------------------------------------------------------------------

MEANINGS = [pytest.param(meaning, id=f"{meaning.into}-{ids(meaning)}") for meaning in meanings.load()]


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_meaning_captures_what_its_examples_say(store: Store, meaning: Meaning) -> None:
    """Each example of a meaning gives the fields it shows, in both engines."""
    assert meaning.examples
    for one in meaning.examples:
        captured = meaning.reads(one.get("source", ""), one["message"])

        assert captured is not None, one
        assert {name: captured[name] for name in one.get("fields", {})} == one.get("fields", {})
        assert by_duckdb(store, meaning, [one["message"]]) == [captured]
        assert speaks(store, meaning, one.get("source", ""))


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_meaning_leaves_alone_what_it_rejects(store: Store, meaning: Meaning) -> None:
    """No rejected message has the meaning, in either engine."""
    assert meaning.rejects
    for reject in meaning.rejects:
        assert reject["why"]
        assert meaning.reads(reject.get("source", ""), reject["message"]) is None
        read = by_duckdb(store, meaning, [reject["message"]]) != [None]
        assert not (read and speaks(store, meaning, reject.get("source", "")))


@pytest.mark.parametrize("meaning", [one for one in MEANINGS if one.values[0].paths])
def test_a_record_in_json_tells_the_request_that_its_example_shows(meaning: Meaning) -> None:
    """Each part is found wherever the record has it; a stamp of the start is moved by as long as the request took."""
    stamp = datetime(2031, 4, 2, 7, 30, 5)
    columns = ["path", "line", "last_line", "time", "source", "message"]
    told = [["a.log", n, n, stamp, one["source"], one["message"]] for n, one in enumerate(meaning.examples, 1)]
    with Store() as store:
        store.add("log_events", columns, told)
        meanings.understand(store, ["json_requests"])
        read = store.connection.execute(
            "select method, route, address, duration_ms, status, epoch(time - $1), id, failed, error from requests order by line",
            [stamp],
        ).fetchall()

    always = ("method", "route", "address", "duration_ms", "status", "after_s")
    found = [dict(zip((*always, "id", "failed", "error"), row, strict=True)) for row in read]
    asked = [dict.fromkeys(always) | one["request"] for one in meaning.examples]
    assert [{name: got[name] for name in wanted} for got, wanted in zip(found, asked, strict=True)] == asked


# ---- two engines, one reading --------------------------------------------------------------------------------------

STRANGE = "\t\v\f\x1b\x1c\x85\xa0\u2028\u3000\ufeff０１٣ſKéßＡ🚨|[](){}<>:;=.,-+'\"\\/% 09azAZ"
ODD = [
    *(f"{odd}at f (x.js:1)" for odd in STRANGE),
    *(f"[2031-04-0{odd}T07:30:05.120Z] INFO [a] b" for odd in STRANGE),
    *(f"App{odd}[ferry:0] exited with code [{odd}] via signal [SIGINT]" for odd in STRANGE),
]

DECLARED: dict[str, tuple[list[LinePattern | Meaning], list[str]]] = {
    **{f.name: ([p for p in f.lines if not p.object], [one.text for one in f.examples]) for f in LINES},
    "meanings": ([*meanings.load()], [example["message"] for one in meanings.load() for example in one.examples]),
}
"""All that is written as regular expressions, and the lines that show what they read."""


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Specimens of one format into which strange characters came, and out of which others went."""
    name = draw(st.sampled_from(sorted(DECLARED)))
    texts = []
    for text in draw(st.lists(st.sampled_from(DECLARED[name][1]), min_size=5, max_size=40)):
        for _ in range(draw(st.integers(0, 4))):
            place = draw(st.integers(0, len(text)))
            cut = draw(st.integers(0, 3))
            text = text[:place] + draw(st.text(STRANGE, max_size=3)) + text[place + cut :]  # noqa: PLW2901
        texts.append(text.replace("\n", " ").replace("\r", " "))
    return name, texts


def differing(store: Store, declared: list[LinePattern | Meaning], texts: list[str]) -> list[Any]:
    """Return what Python's engine and DuckDB's capture differently."""
    read = [(one.name, by_python(one, texts), by_duckdb(store, one, texts)) for one in declared]
    return [(name, text, a, b) for name, x, y in read for text, a, b in zip(texts, x, y, strict=True) if a != b]


@settings(max_examples=50, deadline=None)
@given(asked=mutated())
def test_both_engines_read_alike(store: Store, asked: tuple[str, list[str]]) -> None:
    """Whatever stands in a line, Python's engine and DuckDB's capture the same parts of it, or nothing."""
    name, texts = asked

    assert differing(store, DECLARED[name][0], texts) == []


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_both_engines_read_strange_lines_alike(store: Store, name: str) -> None:
    """Blanks, digits and letters of other scripts are the same to both engines."""
    assert differing(store, DECLARED[name][0], ODD) == []


@settings(max_examples=30, deadline=None)
@given(asked=mutated())
def test_objects_are_read_alike(store: Store, asked: tuple[str, list[str]]) -> None:
    """The kinds of JSON lines are told apart alike, one line looked at or many in bulk, with the same texts in them;
    an object without a message is its own message."""
    texts = [text.replace("\x1b", "").strip(STRANGE[:10] + " ") or "{}" for text in asked[1]]
    for one in [p for f in LINES if f.name == asked[0] for p in f.lines if p.object]:
        fits = by_python(one, texts)

        matcher, events = in_bulk(store, (one,), texts)

        assert matcher.read[one.name] == sum(fit is not None for fit in fits)
        assert [(event["source"] or None, event["message"]) for event in events.to_pylist()] == [
            (fit.get("source") or None, fit.get("message") or text)
            for text, fit in zip(texts, fits, strict=True)
            if fit is not None
        ]


# ---- broken declarations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.stem for path in BROKEN.glob("*.toml")))
def test_a_broken_format_says_what_is_wrong(name: str) -> None:
    """Each way to break a declaration has its message, which names the file and what to do."""
    text = (BROKEN / f"{name}.toml").read_text(encoding="utf-8")

    with pytest.raises(DeclarationError) as caught:
        formats.parse(text, f"{name}.toml")

    assert str(caught.value) + "\n" == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


def test_lines_of_hyphens_alone_make_no_log_of_google_cloud() -> None:
    """A write-up has such lines, too; an entry names itself, its log, or when it was received."""
    written = ["# The ferry", "", "---", "", "It was down.", "", "---", "", "fix: kill it"]
    entry = ["---", "insertId: 1a2b3c", "severity: ERROR", "timestamp: '2031-04-02T07:30:05.120Z'"] * 3

    assert recognition.recognise(written).fmt.name != "google-cloud-yaml"
    assert recognition.recognise(entry).fmt.name == "google-cloud-yaml"

"""JSON that is cut, doubled, deep, odd or something else: what it holds is kept exactly, and all else is named."""

from __future__ import annotations

import json
import random
import time
from copy import deepcopy
from typing import Any

import pytest
from forensics.evidence import documents, exact, formats
from forensics.store import Store
from small_world import at, epoch_ms, iso

from hazards import mutations
from hazards.holding import TIMES, Held, Holder

UNIT = "percent"


def record(number: int, value: Any = None) -> dict[str, Any]:
    """Return one sample, as the application writes it."""
    stamp = epoch_ms(10 * number)
    return {"name": "hold.usage", "value": number if value is None else value, "timestamp": stamp, "unit": UNIT}


RECORDS = [record(number) for number in range(40)]


def kept(held: Held) -> list[tuple[Any, ...]]:
    """Return time and value of all samples, in their order."""
    return held.rows("select time, value from samples order by time, value")


def expected(*numbers: int) -> list[tuple[Any, ...]]:
    """Return the samples of these numbers."""
    return [(at(10 * number), float(number)) for number in numbers]


# ---- P15: cut ------------------------------------------------------------------------------------------------------


def test_p15_a_cut_document_gives_what_stands_before_the_cut(hold: Holder, chance: random.Random) -> None:
    """A document that breaks off gives its whole records, and says up to which byte it could be read."""
    text = json.dumps(RECORDS)
    cut = chance.randrange(len(text) // 4, len(text) - 2)
    ends, place = [], 0
    for one in RECORDS:
        place = text.index(json.dumps(one), place) + len(json.dumps(one))
        ends.append(place)
    whole = [number for number, end in enumerate(ends) if end <= cut]

    held = hold({"m.json": text[:cut]})

    assert kept(held) == expected(*whole)
    assert (held.entries["m.json"].status, held.code) == ("partial", 3)
    (problem,) = [one for one in held.entries["m.json"].problems if one.code == "cut"]
    assert f"byte {ends[whole[-1]]:,} of {cut:,}" in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param('"id": "P2"', "2 whole records before the cut are used, what followed is lost", id="between two"),
        pytest.param(
            '"Pilot"}}',
            "5 records before the cut are used, what followed is lost; "
            "the cut goes through an element that records tell of: these know only its beginning",
            id="in a list inside the second",
        ),
    ],
)
def test_p15_a_record_that_the_cut_goes_through_is_not_called_whole(hold: Holder, after: str, said: str) -> None:
    """Only what ends before the cut is whole. A record whose own list breaks off is used, and called a beginning.

    Each pager is an incident and an alert, and each acknowledgement is a message.
    """
    pagers = [
        {
            "id": f"P{number}",
            "incident_number": number,
            "urgency": "high",
            "created_at": iso(number * 60.0),
            "acknowledgements": [{"at": iso(number * 60.0 + 9), "acknowledger": {"summary": who}} for who in whose],
        }
        for number, whose in ((1, []), (2, ["Pilot", "Purser"]))
    ]
    text = json.dumps({"incidents": pagers})

    held = hold({"m.json": text[: text.index(after) + len(after) + 4]})

    (problem,) = [one for one in held.entries["m.json"].problems if one.code == "cut"]
    assert problem.message.partition("; ")[2].partition("; probably run: ")[0] == said


def test_p15_a_long_range_query_may_be_cut_as_well(hold: Holder, chance: random.Random) -> None:
    """Of a range query that breaks off inside a series, all points before the cut are kept, also those of that series."""
    points = [[epoch_ms(10 * n) / 1000, str(n)] for n in range(300)]
    series = [{"metric": {"__name__": "hold_usage", "ship": str(n)}, "values": points} for n in range(3)]
    text = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}})
    cut = chance.randrange(text.index('"ship": "2"') + 40, len(text) - 10)
    before = text[:cut].count('"]')  # every point ends so, and nothing else does

    held = hold({"m.json": text[:cut]})

    assert held.entries["m.json"].records == before
    assert held.rows("select count(distinct series), max(value) from samples") == [(3, 299.0)]
    assert "records-refused" not in held.codes("m.json")


# ---- P16: values ---------------------------------------------------------------------------------------------------

NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "null", '"n/a"', '"1,5"', '""', "[]", "[7]", "{}", "true", "false"]


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_p16_what_is_no_number_is_missing(hold: Holder, written: str) -> None:
    """A value that is no number stays missing, never 0, and the file says how many there were."""
    text = json.dumps(RECORDS).replace('"value": 7,', f'"value": {written},')

    held = hold({"m.json": text})

    assert kept(held) == [(when, None if value == 7 else value) for when, value in expected(*range(40))]
    assert held.entries["m.json"].records == 40
    assert "1 records without a usable value" in held.said("m.json")


# ---- P17 to P19: keys, depth, digits -------------------------------------------------------------------------------


def test_p17_a_key_that_stands_twice_is_reported(hold: Holder) -> None:
    """Where a key stands twice in one object the last value is used, and the key is named."""
    held = hold({"m.json": json.dumps(RECORDS).replace('"value": 7,', '"value": 90, "value": 7,')})

    assert kept(held) == expected(*range(40))
    assert "doubled-keys" in held.codes("m.json")
    assert "(value)" in held.said("m.json")


@pytest.mark.parametrize("opened", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_p18_a_very_deep_document_is_refused(hold: Holder, opened: str, closed: bool) -> None:
    """A document that is nested 200,000 deep is refused in words, at once."""
    ends = {"[": "]", "{": "}"}
    close = "".join(ends[letter] for letter in reversed(opened) if letter in ends) if closed else ""
    begun = time.monotonic()

    held = hold({"m.json": opened * 200_000 + "1" + close * 200_000})

    assert time.monotonic() - begun < 10 * TIMES
    assert (held.entries["m.json"].status, held.code) == ("unreadable", 3)
    assert "nested deeper" in held.said("m.json")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param(str(2**53), 2.0**53, id="the last that is exact"),
        pytest.param(str(2**53 + 1), None, id="the first that is not"),
        pytest.param(f'"{2**53 + 1}"', None, id="the same as text"),
        pytest.param("9" * 5000, None, id="5000 digits"),
        pytest.param("1e400", None, id="beyond all"),
        pytest.param("0." + "3" * 400, 0.3333333333333333, id="a long fraction"),
    ],
)
def test_p19_a_number_is_exact_or_missing(hold: Holder, written: str, value: float | None) -> None:
    """A number that cannot be kept exactly is missing, and the records beside it are read."""
    text = json.dumps([{**one, "unit": "bytes"} for one in RECORDS]).replace('"value": 7,', f'"value": {written},')

    held = hold({"m.json": text})

    found = [one for _, one in held.rows("select time, value from samples order by time")]
    assert found == [float(n) if n != 7 else value for n in range(40)]


# ---- P20 to P22: something else, something more, half a character --------------------------------------------------


def test_p20_a_page_is_no_document(hold: Holder) -> None:
    """A web page that was saved as JSON is named, and nothing is read out of it."""
    held = hold({"m.json": "<html><head><title>502 Bad Gateway</title></head><body>[1,2]</body></html>"})

    assert (held.entries["m.json"].status, kept(held)) == ("error-payload", [])
    assert "502 Bad Gateway" in held.said("m.json")


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        pytest.param("\0" * 4096, "", id="NULs"),
        pytest.param("\n\n  ", "", id="blanks"),
        pytest.param(json.dumps(RECORDS), f"{len(json.dumps(RECORDS)):,} bytes follow", id="a second document"),
        pytest.param("\n" + json.dumps([record(99)]), f"{len(json.dumps([record(99)])):,} bytes follow", id="another"),
        pytest.param("curl: (18) transfer closed", "26 bytes follow", id="words"),
    ],
)
def test_p21_the_first_document_is_used(hold: Holder, behind: str, said: str) -> None:
    """What follows a document is not read, and its bytes are counted; NULs and blanks are nothing."""
    held = hold({"m.json": json.dumps(RECORDS) + behind})

    assert kept(held) == expected(*range(40))
    assert said in held.said("m.json")
    assert ("trailing-bytes" in held.codes("m.json")) is bool(said)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param(rb"half \ud83d berth", r"half \ud83d berth", id="half a character"),
        pytest.param(rb"other \udc00 half", r"other \udc00 half", id="the other half"),
        pytest.param(b"odd \xff byte", r"odd \xff byte", id="a byte that is none"),
        pytest.param(rb"nul \u0000 here", "nul \0 here", id="a NUL"),
    ],
)
def test_p22_half_a_character_is_shown(hold: Holder, raw: bytes, shown: str) -> None:
    """Half a character, and a byte that is none, reach the store visibly, as text that can be written."""
    chat = json.dumps([{"type": "message", "user": "U1", "text": "XX", "ts": f"{epoch_ms(0) / 1000:.6f}"}]).encode()

    held = hold({"chat.json": chat.replace(b"XX", raw)})

    assert held.rows("select text from events") == [(shown,)]


# ---- P23 and P24: lines and shapes ---------------------------------------------------------------------------------


def test_p23_a_bad_line_is_kept_aside(hold: Holder, chance: random.Random) -> None:
    """Of one object a line, a line that is none is quarantined with its place; the others are read."""
    bad = chance.choice([b'{"name": "hold.usage", "val', b"\xff\xfe", b"503 Service Unavailable", b"[", b"7"])
    lines = [json.dumps(record(0)).encode(), bad, json.dumps(record(2)).encode()]

    held = hold({"m.jsonl": b"\r\n".join(lines) + b"\n"})

    assert kept(held) == expected(0, 2)
    assert held.entries["m.jsonl"].lines is not None
    assert held.entries["m.jsonl"].lines.json() == {
        "physical": 3, "accepted": 2, "continued": 0, "blank": 0, "separator": 0, "quarantined": 1
    }  # fmt: skip
    ((line, offset, length),) = held.rows('select line, "offset", length from quarantine')
    assert (line, exact.bytes_of(held.folder, "m.jsonl", offset, length)) == (2, bad)


def test_p23_lines_of_another_shape_are_counted(hold: Holder) -> None:
    """An object of another shape among samples is accepted as a line, and counted as no sample."""
    lines = [record(0), {"gate": "open"}, record(2)]

    held = hold({"m.jsonl": "".join(json.dumps(one) + "\n" for one in lines)})

    assert kept(held) == expected(0, 2)
    assert "a record of another shape" in held.said("m.jsonl")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param([{"name": "tide", "value": 1.2}], "it lacks: [].timestamp", id="almost samples"),
        pytest.param({"quay": {"side": "east"}, "gate": 1}, "its keys: gate, quay", id="nothing known"),
    ],
)
def test_p24_an_unknown_shape_is_described(hold: Holder, content: Any, said: str) -> None:
    """A document of no known shape is named with its keys, and with what it lacks of the nearest."""
    held = hold({"m.json": json.dumps(content)})

    assert (held.entries["m.json"].format, held.entries["m.json"].status) == (None, "partial")
    assert said in held.said("m.json")
    assert kept(held) == []


def test_p24_an_unknown_shape_with_times_is_kept(hold: Holder) -> None:
    """Records of no known shape that state a time are kept, and what was taken for it is said."""
    held = hold({"m.json": json.dumps({"soundings": [{"when": iso(10 * n), "depth": n} for n in range(40)]})})

    assert kept(held) == expected(*range(40))
    assert "“when”" in held.said("m.json")


# ---- every shape, spoilt -------------------------------------------------------------------------------------------

SPECIMENS = [one.text for fmt in formats.load() if fmt.structure in ("json", "json-lines") for one in fmt.examples]
ODD = [
    None,
    True,
    [],
    {},
    "",
    "x",
    0,
    -1,
    "NaN",
    [[1, 2]],
    "2031-13-01T00:00:00Z",
    {"a": [{"b": 1}]},
    "\ud800",
    10**30,
    [None],
]


def changed(chance: random.Random, value: Any) -> Any:
    """Return a document in which one thing is missing, doubled, wrapped or something else."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.2:
        return deepcopy(chance.choice(ODD))
    place: Any = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    how = chance.random()
    if how < 0.6:
        value[place] = changed(chance, value[place])
    elif how < 0.7:
        del value[place]
    elif how < 0.8:
        value[place] = [value[place], value[place]]
    else:
        value[place] = deepcopy(chance.choice(ODD))
    return value


def spoilt(chance: random.Random) -> bytes:
    """Return a specimen of some shape, changed in its meaning or in its bytes."""
    text = chance.choice(SPECIMENS)
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if document is None or chance.random() < 0.4:
        return mutations.spoilt(chance, text.encode())
    for _ in range(chance.randint(1, 4)):
        document = changed(chance, document)
    layout = chance.choice([None, 1])
    return "\n".join([json.dumps(document, indent=layout)] * chance.choice([1, 1, 3])).encode()


def test_every_shape_may_be_spoilt(chance: random.Random) -> None:
    """Whatever is changed in a document of any shape, it is read, left to the lines, or refused; nothing is raised."""
    with Store() as store:
        for _ in range(400):
            reading = documents.read(store, "m.json", spoilt(chance))

            assert reading is None or reading.error or reading.records >= 0

"""Long JSON documents and long texts of one object a line are read piece by piece, and say what they would say at once."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from forensics.evidence import documents, formats, long_lists
from forensics.evidence.documents import DocumentReading
from forensics.evidence.json_text import Held, framed, whole
from forensics.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import epoch_ms, iso

Read = tuple[DocumentReading | None, dict[str, list[tuple[Any, ...]]]]


def small(patch: pytest.MonkeyPatch, stride: int = 64) -> None:
    """Make a hundred bytes a long text."""
    patch.setattr(long_lists, "SHORTEST", 100)
    patch.setattr(long_lists, "STRIDE", stride)


@cache
def room() -> Store:
    """One store for all texts of this file; it is empty between them."""
    return Store()


def read(text: str | bytes) -> Read:
    """Return what came of a text, and the rows of every table that has any."""
    store = room()
    reading = documents.read(store, "m.json", text.encode() if isinstance(text, str) else text)
    rows = {}
    for name in filled(store):
        rows[name] = store.connection.execute(f'from "{name}" order by all').fetchall()
        store.connection.execute(f'delete from "{name}"')
    store.connection.execute("checkpoint")
    assert not filled(store)
    return reading, rows


def filled(store: Store) -> list[str]:
    """Return the tables that have rows."""
    named = "select table_name from duckdb_tables() where estimated_size > 0 order by all"
    return [name for (name,) in store.connection.execute(named).fetchall()]


def both(patch: pytest.MonkeyPatch, text: str | bytes, stride: int = 64) -> tuple[Read, Read]:
    """Return what is read of a text at once, and piece by piece."""
    at_once = read(text)
    with patch.context() as patched:
        small(patched, stride)
        return at_once, read(text)


def record(number: int) -> dict[str, Any]:
    return {"at": iso(number), "quay": f"quay {number % 3}", "metres": number / 7, "wind": {"speed": number % 360}}


EXAMPLES = [
    pytest.param(example.text, id=f"{fmt.name} {number}")
    for fmt in formats.load()
    if fmt.structure.startswith("json")
    for number, example in enumerate(fmt.examples)
    if len(example.text) > 100
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_declared_document_says_the_same_piece_by_piece(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Of each format's examples, every row, place, remark and count is the same."""
    at_once, in_pieces = both(monkeypatch, text)

    assert in_pieces == at_once


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([record(n) for n in range(90)], id="a list"),
        pytest.param({"place": "north", "records": [record(n) for n in range(90)], "by": "harbour"}, id="a list in it"),
        pytest.param({"a": [record(n) for n in range(50)], "b": [record(n) for n in range(70)]}, id="two lists"),
        pytest.param(
            {"quays": [{"name": "east", "tides": [record(n) for n in range(90)]}, {"name": "west", "tides": [record(1)]}]},
            id="a list in a list",
        ),
        pytest.param(
            [{"metric": {"__name__": "tide"}, "values": [[epoch_ms(n) / 1000, str(n)] for n in range(200)]}] * 5,
            id="series",
        ),
        pytest.param({"status": "up", "checks": [{"name": f"c{n}", "ms": n} for n in range(90)]}, id="one moment"),
        pytest.param([{"at": iso(n), "said": 'a "quoted\\" [word], {or} two\n'} for n in range(90)], id="marks in texts"),
        pytest.param([*({"at": iso(n), "m": n} for n in range(60)), 7, None, *({"at": iso(n), "m": 1} for n in range(9))], id="odd ones"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("stride", [40, 333])
def test_unknown_documents_say_the_same_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch, document: Any, indent: int | None, stride: int
) -> None:
    """Whatever the shape, each row is there once, at its own place."""
    at_once, in_pieces = both(monkeypatch, json.dumps(document, indent=indent), stride)

    assert in_pieces == at_once


def test_lines_say_the_same_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each object keeps its line, and each line that is none its line and its bytes."""
    lines = [json.dumps(record(n)) for n in range(60)]
    lines[20:20] = ["", '{"at": "ü', "7"]
    (at_once, before), (in_pieces, after) = both(monkeypatch, "\n".join(lines) + "\n", 300)

    assert after == before
    assert at_once is not None
    assert in_pieces is not None
    assert replace(in_pieces, remarks=[]) == replace(at_once, remarks=[])
    assert [one.message.replace("60 records", "records") for one in at_once.remarks] == [
        one.message for one in in_pieces.remarks
    ]


def test_lines_of_a_declared_format_say_the_same_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lines settle the format; what is of another shape is counted as such, wherever it stands."""
    line = {"metric": {"__name__": "tide"}, "values": [1, 2, 3], "timestamps": [epoch_ms(n) for n in range(3)]}
    lines = [json.dumps(line)] * 40
    lines[30:30] = ['{"quay": 7}']
    at_once, in_pieces = both(monkeypatch, "\n".join(lines), 300)

    assert in_pieces == at_once


WHOLE = json.dumps({"place": "north", "records": [{"at": iso(n), "metres": n} for n in range(20)], "by": "harbour"})


@pytest.mark.parametrize("length", range(200, len(WHOLE) - 20, 5))
def test_a_document_that_was_cut_says_the_same_piece_by_piece(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """At whatever byte it breaks off: the same records, and the same last byte."""
    (at_once, before), (in_pieces, after) = both(monkeypatch, WHOLE[:length])

    assert after == before
    assert at_once is not None
    assert in_pieces is not None
    assert (in_pieces.cut_at, in_pieces.records) == (at_once.cut_at, at_once.records)


def test_a_long_document_is_read_up_to_where_it_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records before the damage are used, and the byte is told; nothing behind it is taken for evidence."""
    small(monkeypatch)
    good = [json.dumps({"at": iso(n), "metres": n}) for n in range(20)]
    text = "[" + ", ".join([*good[:12], '{"at": oops}', *good[12:]]) + "]"
    reading, rows = read(text)

    assert reading is not None
    assert (reading.records, reading.cut_at) == (12, text.index(good[11]) + len(good[11]))
    assert [value for *_, value, _, _ in rows["single_samples"]] == list(range(12))


ELEMENTS = st.dictionaries(
    st.text(max_size=3), st.recursive(st.text(max_size=6) | st.integers() | st.none(), lambda x: st.lists(x, max_size=3)), max_size=3
)  # fmt: skip


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ELEMENTS, min_size=1, max_size=30), st.integers(8, 90), st.sampled_from([None, 2]), st.booleans())
def test_the_pieces_of_a_list_are_the_list(
    monkeypatch: pytest.MonkeyPatch, elements: list[Any], stride: int, indent: int | None, inside: bool
) -> None:
    """Whatever stands in texts, and wherever strides end, the pieces put together are what the document holds."""
    with monkeypatch.context() as patched:
        small(patched, stride)
        document = {"before": "]", "list": elements, "after": ["["]} if inside else elements
        raw = json.dumps(document, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
        frame = long_lists.cut(raw)
        if frame is None:
            return
        text = framed(raw, frame)
        found, _ = text.after(0)
        for held in text.held:
            held.load_all()

        whole = found["list"] if inside else found
        assert found == document
        assert text.held
        alone = [json.dumps({"list": [one]}, indent=indent, ensure_ascii=False) for one in elements]
        if max(len(one.encode("utf-8", "surrogatepass")) for one in alone) <= long_lists.SHORTEST:
            assert isinstance(whole, Held)  # of a list of longer elements, a list within may be cut instead
        if isinstance(whole, Held):
            assert whole.objects == len(elements)


def test_a_text_goes_when_nobody_holds_it() -> None:
    """Nothing inside holds the text itself: pieces that were read leave the memory, though no cycles are looked for."""
    gc.disable()
    try:
        gone = [weakref.ref(whole(b'[{"a": 1}]')), weakref.ref(whole(b'{"values":[' + b"1," * 300 + b"1]}", lift=True))]
    finally:
        gc.enable()

    assert [one() for one in gone] == [None, None]

"""Long arrays of numbers are read in bulk, and say what a parser says; what is not regular is left to the parser."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from forensics.evidence import arrays, documents
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import epoch_ms

MANY = 60
"""So many points are a long array."""

LAYOUTS = [
    pytest.param({}, id="with spaces"),
    pytest.param({"separators": (",", ":")}, id="compact"),
    pytest.param({"indent": 1}, id="a number a line"),
    pytest.param({"indent": 4, "separators": (",", ": ")}, id="deep"),
]


def put_back(lifted: arrays.Lifted) -> Any:
    """Return the document with its arrays as lists again, no number as None."""

    def restore(pairs: dict[str, Any]) -> Any:
        found = lifted.restore(pairs)
        return found.tolist() if isinstance(found, np.ndarray) else found

    return json.loads(lifted.text, object_hook=restore)


def plain(value: Any) -> Any:
    """Return a document in which numbers are numbers, however they were written."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, str) and value in ("NaN", "+Inf", "-Inf"):
        return math.nan
    try:
        return math.nan if value is None else float(value)
    except ValueError:
        return value


def same(one: Any, other: Any) -> bool:
    """Say whether two documents hold the same, no number being like no number."""
    return json.dumps(plain(one), sort_keys=True) == json.dumps(plain(other), sort_keys=True)


def series(values: list[Any], key: str = "values") -> dict[str, Any]:
    """Return a document of two series of [seconds, value] pairs."""
    points = [[epoch_ms(second) / 1000, value] for second, value in enumerate(values)]
    return {"result": [{"metric": {"quay": "north"}, key: points}, {"metric": {}, key: points}], "end": 1}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(series([str(n / 7) for n in range(MANY)]), id="texts"),
        pytest.param(series([n * 1.5 for n in range(MANY)], "pointlist"), id="numbers"),
        pytest.param(series([None if n % 3 else n for n in range(MANY)]), id="with nulls"),
        pytest.param(series(["NaN" if n % 3 else "1e3" for n in range(MANY)]), id="with NaN"),
        pytest.param(
            {"values": list(range(MANY * 4)), "timestamps": [epoch_ms(n) for n in range(MANY * 4)]}, id="flat"
        ),
    ],
)
def test_a_long_array_says_what_a_parser_says(document: Any, layout: dict[str, Any]) -> None:
    """However an array is laid out, it is lifted, and put back it is what it was."""
    text = json.dumps(document, **layout).encode()

    lifted = arrays.lift(text)

    assert len(lifted.arrays) == 2
    assert same(put_back(lifted), document)
    assert lifted.original(len(lifted.text)) == len(text)
    assert lifted.over_lines is ("indent" in layout)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param([1, "high"], id="a word"),
        pytest.param([1, "7 1"], id="a space inside a number"),
        pytest.param([1, [2]], id="a list"),
        pytest.param([1, {"count": 2}], id="an object"),
        pytest.param([1], id="half a pair"),
        pytest.param([1, 2, 3], id="three of a pair"),
        pytest.param([1, str(2**53 + 1)], id="a number that is not exact"),
        pytest.param([1, "1_000"], id="a number of another language"),
        pytest.param([1, ""], id="nothing"),
        pytest.param([1, True], id="true"),
        pytest.param([1, "]]"], id="brackets in a text"),
        pytest.param(None, id="null for a pair"),
    ],
)
def test_an_irregular_array_stays_in_the_text(odd: Any) -> None:
    """One odd point leaves the whole array to the parser, and the array beside it is lifted all the same."""
    document = series([str(n) for n in range(MANY)])
    document["result"][0]["values"] = [*document["result"][0]["values"], odd]

    lifted = arrays.lift(json.dumps(document).encode())

    assert len(lifted.arrays) == 1
    assert same(put_back(lifted), document)


def test_a_text_cannot_pass_for_an_array() -> None:
    """An object that looks like what stands for an array, and text that looks like one, stay what they are."""
    inner = json.dumps(series([str(n) for n in range(MANY)]))
    document = {"note": inner, 'x"values': [[1, 2]] * MANY, "0" * 32: 0, "values": [[n, "1"] for n in range(MANY)]}

    lifted = arrays.lift(json.dumps(document).encode())

    assert same(put_back(lifted), document)


def test_a_place_in_the_text_is_one_in_the_file() -> None:
    """What stands between and behind arrays has its own place in the file."""
    text = json.dumps(series([str(n) for n in range(MANY)]))

    lifted = arrays.lift(text.encode())

    for word in ('"metric": {}', '"end"'):
        assert lifted.original(lifted.text.decode().index(word)) == text.index(word)


NUMBERS = st.one_of(st.floats(allow_nan=False, width=32), st.integers(-(2**52), 2**52), st.none())


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(NUMBERS, min_size=MANY, max_size=MANY + 9), as_text=st.booleans(), layout=st.sampled_from(LAYOUTS)
)
def test_any_numbers_come_back(values: list[Any], as_text: bool, layout: Any) -> None:
    """Whatever numbers an array holds, bulk reading gives the very same ones."""
    document = series([str(one) if as_text and one is not None else one for one in values])

    assert same(put_back(arrays.lift(json.dumps(document, **layout.values[0]).encode())), document)


def samples(text: bytes) -> list[tuple[Any, ...]]:
    """Return what the store holds of a text."""
    with Store() as store:
        documents.read(store, "m.json", text)
        return store.connection.execute(
            "select position, name, labels, series, time, value, unit from samples order by position"
        ).fetchall()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_store_cannot_tell_how_an_array_was_read(layout: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in bulk or by the parser, a document gives the same rows."""
    values = ["NaN" if n % 7 == 0 else str(n / 3) for n in range(MANY)]
    result = series(values)["result"]
    text = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}, **layout).encode()
    in_bulk = samples(text)
    monkeypatch.setattr(arrays, "lift", lambda raw: arrays.Lifted(bytes(raw)))

    assert in_bulk == samples(text)
    assert len(in_bulk) == 2 * MANY

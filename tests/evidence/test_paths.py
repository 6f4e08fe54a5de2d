"""The language of paths into JSON: what each word of it finds, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.evidence.paths import Place, find, has, pick, pick_all

DOCUMENT: dict[str, Any] = {
    "quay": {"name": "north", "open": True, "berths": [{"side": "east", "taken": 2}, {"side": "west", "taken": None}]},
    "crews": {"a.b": {"size": 4}, "c": {"size": 0}},
    "tides": [[1, "low"], [2, "high"]],
    "frame": {
        "schema": {"heads": [{"name": "time"}, {"name": "side"}]},
        "data": {"columns": [[1, 2], ["east", "west"]]},
    },
    "series": {"of": [{"name": "a"}, {"name": "b"}], "values": [[4, 5], [6]]},
}


def found(path: str) -> list[Any]:
    """Return what stands at a path of the document."""
    return [place.value for place in find(DOCUMENT, path)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("quay.name", ["north"], id="keys"),
        pytest.param("quay.depth", [], id="a key that is not there"),
        pytest.param("quay.berths[].side", ["east", "west"], id="each element"),
        pytest.param("quay.berths[0].side", ["east"], id="the first"),
        pytest.param("quay.berths[-1].side", ["west"], id="the last"),
        pytest.param("quay.berths[9].side", [], id="one that is not there"),
        pytest.param("quay.berths[side=west].side", ["west"], id="the one whose key is this"),
        pytest.param("crews.*.size", [4, 0], id="each value"),
        pytest.param('crews."a.b".size', [4], id="a key with a dot in it"),
        pytest.param("tides[][1]", ["low", "high"], id="lists in a list"),
        pytest.param("quay.depth|name", ["north"], id="whichever key is there"),
        pytest.param("quay.name.first", [], id="into a text"),
        pytest.param(
            "frame.data.columns{|^.schema.heads}",
            [{"time": 1, "side": "east"}, {"time": 2, "side": "west"}],
            id="columns as rows, with heads elsewhere",
        ),
        pytest.param("frame.data.columns{|^.^.schema.heads}", [], id="heads that are not there"),
        pytest.param(
            "series.of{+values}",
            [{"name": "a", "values": [4, 5]}, {"name": "b", "values": [6]}],
            id="what stands beside",
        ),
    ],
)
def test_a_path_finds_what_it_says(path: str, expected: list[Any]) -> None:
    """A path yields every element that it leads to, in the document's order, and nothing else."""
    assert found(path) == expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("quay.name", True), ("quay.depth", False), ("quay.berths[].taken", True), ("crews[]", False),
        ("quay.name=north", True), ("quay.name=NORTH", True), ("quay.name=south", False), ("quay.open=true", True),
        ("quay.name=south|north", True), ("quay.name!=south", True), ("quay.name!=north", False),
        ("quay.depth!=3", False), ("quay.berths[].taken!=", True), ("quay.berths[1].taken!=", False),
        ("crews.c.size=0", True), ("quay.berths[side=east].taken=2", True),
    ],
)  # fmt: skip
def test_a_condition_is_about_something_that_is_there(condition: str, holds: bool) -> None:
    """A condition asks whether a path leads anywhere, and if it names values, to one of these in any case, or to any other."""
    assert has(DOCUMENT, condition) is holds


def test_an_empty_list_is_a_list() -> None:
    """`[]` alone asks for a list, full or empty, and `{}` for an object."""
    assert (has([], "[]"), has({}, "[]"), has({}, "{}"), has([], "{}")) == (True, False, True, False)


BERTH = next(iter(find(DOCUMENT, "quay.berths[]")))
CREW = next(iter(find(DOCUMENT, "crews.*")))


@pytest.mark.parametrize(
    ("place", "expression", "value"),
    [
        pytest.param(BERTH, "side", "east", id="a key"),
        pytest.param(BERTH, "draught|side", "east", id="the first that is there"),
        pytest.param(BERTH, "^.name", "north", id="one object up"),
        pytest.param(BERTH, "^.^.crews.c.size", 0, id="two objects up"),
        pytest.param(BERTH, "^.^.^.name", None, id="above the document"),
        pytest.param(CREW, "$key", "a.b", id="the key of the value"),
        pytest.param(BERTH, "=kept", "kept", id="that very text"),
        pytest.param(BERTH, "{side}: {taken} of {^.name}", "east: 2 of north", id="words"),
        pytest.param(BERTH, "{side}: {draught} —", "east", id="words without what is missing"),
        pytest.param(BERTH, "{^.open}", "true", id="a truth value in words"),
        pytest.param(BERTH, "taken / 1000", 0.002, id="another unit"),
        pytest.param(BERTH, "taken * 1000", 2000.0, id="a smaller unit"),
        pytest.param(BERTH, "side / 1000", None, id="a text has no unit"),
        pytest.param(BERTH, "$rest but side", "taken=2", id="the rest"),
        pytest.param(CREW, "^.<name>.size", None, id="a key that is named by nothing"),
        pytest.param(Place({"crew": "a.b"}, above=(DOCUMENT,)), "^.crews.<crew>.size", 4, id="a key named elsewhere"),
    ],
)
def test_an_expression_says_one_thing(place: Place, expression: str, value: Any) -> None:
    """An expression gives one value of an element, and for many elements the same as for each."""
    assert pick(place, expression) == value
    assert pick_all([place, place], expression) == [value, value]


def test_many_elements_are_as_each() -> None:
    """Where one element lacks the first key, it alone takes the second."""
    places = [Place({"a": 1, "b": 2}), Place({"b": 2}), Place({}), Place({"a": None, "b": 0})]

    assert pick_all(places, "a|b") == [1, 2, None, 0]
    assert pick_all(places, "a|b") == [pick(place, "a|b") for place in places]

"""A small language of paths into JSON: where the records are, and which of their values a column takes.

`a.b` are keys (`"a.b"` one key with a dot in it), `[]` is each element of a list, `[0]` the first, `[key=text]` each
element whose key is that text, `*` each value of an object, `<a.b>` the key that stands at `a.b`, `$json` the document
that a text is, `rows{heads}` each row of a list as an object, whose keys stand in the list `heads` beside it (`^.a.heads` one
object up), `columns{|heads}` the same of a list of columns, `list{+other}` each element with the one of the list `other` beside
it that has the same place, `list{:name,value}` a list of names and values as one object, and, where something is looked for at
the end of a path, `a|b` whichever key is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

LOOKED_AT = 200
"""Elements of a list that recognition looks at; what a format needs stands in its first records."""

LONGEST_WORD = 200
"""Characters of a value that is told among others; a longer one stands in the evidence."""

_PLAIN_KEY = re.compile(r"[\w@-]+")
_STEP = re.compile(r'"([^"]*)"|(\[[^\]]*\]|\{[^}]*\})|([^.\[\]{}"]+)')

Pick = Callable[["Place"], Any]


class Place(NamedTuple):
    """One element found by a path, with the way that led there. A tuple, because there may be millions of them."""

    value: Any
    key: str = ""
    """The last key of an object that `*` stood for."""
    above: tuple[Any, ...] = ()
    """The objects around it, outermost first."""


@cache
def steps(path: str) -> tuple[str, ...]:
    """Split a path into its steps; a step in brackets keeps them."""
    return tuple(quoted or bracket or key for quoted, bracket, key in _STEP.findall(path))


def find(document: Any, path: str) -> Iterator[Place]:
    """Yield every element at `path`, in the document's order."""
    yield from _find(document, steps(path), "", (), None)


def _find(value: Any, path: tuple[str, ...], key: str, above: tuple[Any, ...], most: int | None) -> Iterator[Place]:
    if not path:
        yield Place(value, key, above)
        return
    step, rest = path[0], path[1:]
    if step.startswith("["):
        elements = islice(_elements(value, step[1:-1]), most)
        if not rest:
            yield from (Place(element, key, above) for element in elements)
            return
        for element in elements:
            yield from _find(element, rest, key, above, most)
    elif step == "$json":
        yield from _find(_parsed(value), rest, key, above, most)
    elif step.startswith("{"):
        for element in islice(_rows(value, step[1:-1], above), most):
            yield from _find(element, rest, key, above, most)
    elif not isinstance(value, dict):
        return
    elif step == "*":
        for name, element in islice(value.items(), most):
            yield from _find(element, rest, name, (*above, value), most)
    elif step in value:
        yield from _find(value[step], rest, key, (*above, value), most)
    elif "|" in step:
        for name in [name for name in step.split("|") if name in value][:1]:
            yield from _find(value[name], rest, key, (*above, value), most)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _rows(rows: Any, heads: str, above: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list, or of a list of columns, as objects; or its objects with what stands beside each."""
    if heads.startswith(":"):
        name, _, value = heads[1:].partition(",")
        pairs = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        yield {_said(one.get(name)): one.get(value) for one in pairs}
        return
    path = heads.lstrip("|+")
    ups = path.count("^.")
    holder = above[-1 - ups] if len(above) > ups else None
    listed = next((place.value for place in find(holder, path[2 * ups :])), None)
    if not isinstance(rows, list) or not isinstance(listed, list):
        return
    if heads.startswith("+"):
        yield from ({**one, path: own} for one, own in zip(rows, listed, strict=False) if isinstance(one, dict))
        return
    if heads.startswith("|"):
        rows = [list(row) for row in zip(*map(_plain, rows), strict=False)]
    names = [_said(one.get("name") if isinstance(one, dict) else one) for one in listed]
    yield from (dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list))


def _plain(column: Any) -> list[Any]:
    found = column.tolist() if hasattr(column, "tolist") else column  # a long array of numbers
    return found if isinstance(found, list) else []


def _elements(value: Any, which: str) -> Iterator[Any]:
    if hasattr(value, "tolist"):  # a long array of numbers
        value = value[:LOOKED_AT].tolist()
    if not isinstance(value, list):
        return
    if not which:
        yield from value
    elif which.lstrip("-").isdecimal():
        place = int(which)
        yield from value[place : place + 1 or None]
    else:
        key, _, wanted = which.partition("=")
        yield from (one for one in value if isinstance(one, dict) and _said(one.get(key)) == wanted)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def has(document: Any, path: str) -> bool:
    """Say whether `path` leads to anything. `path=a|b` asks for one of these values as well, `path!=a|b` for any other,
    `path~pattern` for one in which the pattern is found, whatever its capitals;
    `!path…` holds where the rest does not, also where nothing is there; `[]` alone asks for a list, `{}` for an object."""
    if path.startswith("!"):
        return not has(document, path[1:])
    if path in ("[]", "{}"):
        return isinstance(document, list if path == "[]" else dict)
    if "~" in path and (like := _LIKE.fullmatch(path)):
        texts = (_said(place.value) for place in _find(document, steps(like[1]), "", (), LOOKED_AT))
        return any(_compiled(like[2]).search(text) is not None for text in texts)
    path, differs, wanted = _condition(path)
    found = (place.value for place in _find(document, steps(path), "", (), LOOKED_AT))
    if wanted is None:
        return any(True for _ in found)
    return any((_said(value).lower() in wanted) is not differs for value in found)


_LIKE = re.compile(r"([^~=]+)~(.+)", re.DOTALL)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _condition(text: str) -> tuple[str, bool, tuple[str, ...] | None]:
    """Split a condition into its path, whether the value must differ, and the values, or None where any will do."""
    parts = re.fullmatch(r'((?:\[[^\]]*\]|"[^"]*"|[^=!\["])*)(!?=)?(.*)', text, re.DOTALL)
    if parts is None or not parts[2]:
        return text, False, None
    return parts[1], parts[2] == "!=", tuple(parts[3].lower().split("|"))


def pick(place: Place, expression: str) -> Any:
    """Return what a field's expression says about an element.

    `a.b|c` takes the first that is there; `^.a` looks one object up; `$key` is the last key that `*` stood for;
    `$all` the element itself; `$rest but a,b` its other short values, as words; `=text` is that text; text with
    {braces} is filled in; `a / 1000` and `a * 1000` bring a number into another unit.
    """
    return picker(expression)(place)


def pick_all(places: Sequence[Place], expression: str) -> list[Any]:
    """Return what a field's expression says about each of many elements."""
    ways = [way.strip() for way in expression.split("|")]
    if all(map(_PLAIN_KEY.fullmatch, ways)) and all(type(place.value) is dict for place in places):
        found = [place.value.get(ways[0]) for place in places]
        for way in ways[1:]:
            if None in found:
                found = [place.value.get(way) if one is None else one for place, one in zip(places, found, strict=True)]
        return found
    reader = picker(expression)
    return [reader(place) for place in places]


@cache
def picker(expression: str) -> Pick:
    """Return the function that reads this expression; `pick` says what it may hold."""
    if expression.startswith("="):
        constant = expression[1:]
        return lambda place: constant
    if "{" in expression:
        return _template(expression)
    ways = [_scaled(way.strip()) for way in expression.split("|")]
    if len(ways) == 1:
        return ways[0]

    def first(place: Place) -> Any:
        return next((value for way in ways if (value := way(place)) is not None), None)

    return first


def _template(expression: str) -> Pick:
    parts = re.split(r"\{([^}]*)\}", expression)
    readers = [picker(part) for part in parts[1::2]]

    def fill(place: Place) -> str | None:
        told = [_said(reader(place)) for reader in readers]
        filled = "".join(text + value for text, value in zip(parts[::2], [*told, ""], strict=True))
        return re.sub(r"\s+", " ", filled).strip(" :|-—,;(") or None

    return fill


def _scaled(path: str) -> Pick:
    found = re.fullmatch(r"(.+) ([*/]) (\d+)", path)
    if not found:
        return _one(path)
    inner, by, multiply = _one(found[1].strip()), float(found[3]), found[2] == "*"

    def scale(place: Place) -> Any:
        value = inner(place)
        try:
            exact = None if value is None or isinstance(value, bool) else float(value)
            return exact if exact is None else round(exact * by if multiply else exact / by, 9)
        except (TypeError, ValueError, OverflowError):
            return None

    return scale


def _one(path: str) -> Pick:
    ups = 0
    while path.startswith("^."):
        ups, path = ups + 1, path[2:]
    if path == "$key":
        return lambda place: place.key
    if path.startswith("$rest"):
        without = frozenset(path.removeprefix("$rest").removeprefix(" but ").split(","))
        return lambda place: _rest(place.value, without)
    if not ups and _PLAIN_KEY.fullmatch(path):
        return lambda place: place.value.get(path) if isinstance(place.value, dict) else None

    def look(place: Place) -> Any:
        value = place.value if not ups else (place.above[-ups] if ups <= len(place.above) else None)
        if path in ("$all", ""):
            return value
        return next((found.value for found in find(value, _filled(path, place))), None)

    return look


def _filled(path: str, place: Place) -> str:
    if "<" not in path:
        return path
    return re.sub(r"<([^>]*)>", lambda found: f'"{_said(picker(found[1])(place))}"', path)


def _rest(value: Any, without: frozenset[str]) -> str:
    """Return an object's short values as `key=value`, lists and objects as JSON."""
    if not isinstance(value, dict):
        return _said(value)
    told = {key: _brief(one) for key, one in value.items() if key not in without and one is not None}
    return " ".join(f"{key}={one}" for key, one in told.items() if one and len(one) <= LONGEST_WORD)


def _brief(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else _said(value)

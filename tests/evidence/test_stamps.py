"""Time stamps are read as their declarations show, whatever engine looks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from forensics.errors import DeclarationError
from forensics.evidence import lines, stamps
from forensics.evidence.matching import Matcher
from forensics.evidence.patterns import LinePattern, compiled
from forensics.evidence.stamps import Stamp
from forensics.store import Store

EXAMPLES = [
    pytest.param(stamp, text, at, id=f"{stamp.name}-{text}")
    for stamp in stamps.load().values()
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


@pytest.mark.parametrize("stamp", stamps.load().values(), ids=lambda stamp: stamp.name)
def test_a_shape_captures_nothing(stamp: Stamp) -> None:
    """A shape has no groups of its own, so that a format can put it into a pattern."""
    assert re.compile(stamp.shape).groups == 0
    assert stamp.examples


def test_an_unknown_stamp_names_those_there_are() -> None:
    """A pattern that names a stamp nobody declared is told which there are."""
    with pytest.raises(DeclarationError, match=r"^No stamp is called 'sundial'\. There are: iso-zoned, iso-named, "):
        stamps.expand("^(?P<time:sundial>)")

"""Logs whose lines stand as their format's do are read as columns of bytes: hardly a line is asked of the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from benchmarks.made import Made, application_log, json_lines
from forensics.evidence import logs, recognition
from forensics.evidence.content import Content
from forensics.evidence.matching import Matcher
from forensics.store import Store

MEGABYTES = 1.0
Asked = tuple[pa.Table, object]


@pytest.mark.parametrize("make", [application_log.make, json_lines.make])
def test_hardly_a_line_is_asked_of_the_store(
    make: Callable[[Path, float], Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that the store is asked about costs five times one that is read as bytes; less than one in twenty is."""
    one = make(tmp_path / "app.log", MEGABYTES)
    asked: list[int] = []
    ask = Matcher._ask

    def noted(self: Matcher, chunk: object, waiting: object, pattern: object) -> Asked:
        asked.append(len(waiting))  # type: ignore[arg-type]
        return ask(self, chunk, waiting, pattern)  # type: ignore[arg-type]

    monkeypatch.setattr(Matcher, "_ask", noted)
    content = Content(one.place)
    found = recognition.recognise(recognition.sample(content.head()))
    with Store() as store:
        logs.read(store, "app.log", content, found.fmt)
    content.close()

    assert found.how == "exact"
    assert sum(asked) < one.facts["last_line"] / 20

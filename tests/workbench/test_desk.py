"""The free desk answers however many threads ask it at once: Jupyter delivers each widget's messages in its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import ipywidgets
from forensics.store.store import Store
from forensics.times import Span
from forensics.workbench import widgets

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_threads_that_ask_one_store_take_turns() -> None:
    """Eight threads that count lines two hundred times each get the same answer, and none is refused."""
    with Store() as store, ThreadPoolExecutor(8) as pool:
        store.add("large_logs", ("file", "path"), [(number, f"{number}.log") for number in range(500)])
        answers = pool.map(lambda _: store.one("large_logs_count"), range(1600))
        assert set(answers) == {500}


def test_the_newest_choice_is_what_is_left_to_see(monkeypatch: Any) -> None:
    """While one choice is drawn, others arrive: those overtaken are never drawn, the last one is, after the first."""
    drawn: list[str] = []
    first_began, may_end = Event(), Event()

    def shown(_case: object, *, text: str) -> list[str]:
        drawn.append(text)
        if text == "first":
            first_began.set()
            may_end.wait(30)
        return [text]

    monkeypatch.setattr(widgets, "shown", shown)
    monkeypatch.setattr(widgets, "_output", lambda one: {"text": one})
    field = ipywidgets.Text("start")
    view = widgets.View(None, {"text": field})  # type: ignore[arg-type]
    others = [Thread(target=setattr, args=(field, "value", "first"))]
    others[0].start()
    assert first_began.wait(30)
    for text in ("second", "third", "fourth"):
        others.append(Thread(target=setattr, args=(field, "value", text)))
        others[-1].start()
        while field.value != text:
            pass
    may_end.set()
    for one in others:
        one.join(30)

    assert drawn[:2] == ["start", "first"]
    assert drawn[-1] == "fourth"
    assert len(drawn) <= 4
    assert view.output.outputs == ({"text": "fourth"},)


def test_the_sliders_steps_cover_the_span() -> None:
    """The first step is at or before the span's start, the last at or after its end, and there are few enough to move."""
    for seconds in (0, 1, 59, 600, 7200, 86_400, 3_000_000):
        span = Span(NOON, NOON + timedelta(seconds=seconds))
        times = [time for _, time in widgets.steps(span)]
        assert times[0] <= span.earliest
        assert times[-1] >= span.latest
        assert len(times) <= widgets.MOST_STEPS + 2

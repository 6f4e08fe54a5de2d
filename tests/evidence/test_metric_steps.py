"""What the steps of series tell, against the same told by a plain loop over each series."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from typing import Any

from forensics.evidence import metric_steps
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

Sample = tuple[str, int | None, int, float | None, float | None]
"""Labels, line, position, place on the file's own clock, value."""

SAMPLES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.one_of(st.none(), st.integers(1, 3)),
        st.integers(1, 40),
        st.one_of(st.none(), st.integers(0, 60).map(float), st.sampled_from([0.5, 300.0])),
        st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 1.0, 2.5])),
    ),
    max_size=40,
    unique_by=lambda sample: (sample[0], sample[1], sample[2]),
)


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of them lies, between its neighbours as far as it lies between them."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def plainly(samples: list[Sample]) -> dict[str, dict[str, Any]]:
    """Judge each series by a loop."""
    of: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        of[sample[0]].append(sample)
    return {f'{{"s": "{labels}"}}': _one(own) for labels, own in of.items()}


def _one(own: list[Sample]) -> dict[str, Any]:
    last = 10**9
    placed = [one for one in own if one[3] is not None]
    written = sorted(placed, key=lambda one: (one[1] or last, one[2]))
    timed = sorted(placed, key=lambda one: (one[3], one[1] or last, one[2]))
    back = [after[3] - before[3] for before, after in itertools.pairwise(written)]
    steps = [(after[3] - before[3], after[3], before[4], after[4]) for before, after in itertools.pairwise(timed)]
    forward = [step for step, *_ in steps if step > 0]
    usual = statistics.median(forward) if forward else None
    holes = []
    if usual is not None:
        near = sum(usual / 2 <= step <= usual * 1.5 for step in forward)
        hole = 3 * usual if near >= 0.7 * len(forward) else 10 * quantile(forward, 0.95)
        holes = [(step, -place) for step, place, *_ in steps if step >= hole]
    values = [one[4] for one in own if one[4] is not None]
    places = [one[3] for one in placed]
    return {
        "samples": len(own),
        "valued": len(values),
        "placed": len(placed),
        "first": min(places, default=None),
        "last": max(places, default=None),
        "least": min(values, default=None),
        "most": max(values, default=None),
        "usual": usual,
        "doubles": sum(step == 0 for step, *_ in steps),
        "contradictions": sum(
            step == 0 and None not in (before, after) and before != after for step, _, before, after in steps
        ),
        "backward": sum(step < 0 for step in back),
        "forward": sum(step > 0 for step in back),
        "holes": len(holes),
        "longest": max((step for step, *_ in steps), default=None),
        "hole_end": -max(holes)[1] if holes else None,
    }


@settings(max_examples=60, deadline=None)
@given(samples=SAMPLES, in_series=st.booleans())
def test_steps_are_what_a_loop_finds(samples: list[Sample], in_series: bool) -> None:
    """Counts, ends, usual step and holes of each series are the same, however its samples are kept."""
    with Store() as store:
        labels = sorted({one[0] for one in samples})
        if in_series:
            series = [[nth, "m.json", "x", f'{{"s": "{one}"}}'] for nth, one in enumerate(labels)]
            store.add("sampled_series", ["number", "path", "name", "labels"], series)
            rows = [[labels.index(one), line, position, value, place] for one, line, position, place, value in samples]
            store.add("series_samples", ["number", "line", "position", "value", "clock_s"], rows)
        else:
            rows = [
                ["m.json", "x", f'{{"s": "{one}"}}', line, position, value, place]
                for one, line, position, place, value in samples
            ]
            store.add("single_samples", ["path", "name", "labels", "line", "position", "value", "clock_s"], rows)
        metric_steps.judge(store, None)
        found = store.connection.execute("from metric_series").fetchall()
        names = [column[0] for column in store.connection.execute("from metric_series").description]
    told = {row[names.index("series")]: dict(zip(names, row, strict=True)) for row in found}

    expected = plainly(samples)
    assert {one: {name: told[one][name] for name in expected[one]} for one in told} == expected

"""What stands for more than it shows: logs of which only a part was kept, and spans that share a name without being of one request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa

from forensics.evidence.doctor.words import shortened
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.store import Store

LEAST_MORE = 1.5
"""A list that counts so many times the lines which a log holds was not made from that log."""

MOST_PATTERNS = 1000
"""Of longer lists of patterns, so many are compared."""

Said = Iterator[tuple[str, Problem]]

_GAP = re.compile(r"<[^<>\s]*>|\{[^{}\s]*\}|\*")
"""What stands in a pattern for whatever differs from line to line."""


def logs(store: Store, entries: Sequence[Evidence]) -> Said:
    """Name the logs that hold far fewer lines of patterns than a list beside them counts."""
    told = [
        (path, number, _pattern(signature), service or "", counted)
        for path, number, signature, service, counted in store.rows("patterns_told", most=MOST_PATTERNS)
        if signature
    ]
    if not told:
        return
    names = ["path", "number", "pattern", "service", "counted"]
    store.lend("told_patterns", pa.table({name: [row[at] for row in told] for at, name in enumerate(names)}))
    rows = store.rows("patterns_counted")
    store.take_back("told_patterns")
    whole = {entry.path for entry in entries if entry.kind == "log"}
    for path, log, patterns, counted, lines in rows:
        if log in whole and counted >= LEAST_MORE * lines:
            these = "one of its patterns" if patterns == 1 else f"{patterns:,} of its patterns"
            yield (
                log,
                Problem(
                    "sampled",
                    f"it is a sample, or a part: it holds {lines:,} lines of {these} that {path} counts {counted:,} times. Numbers of "
                    "lines are too low here, and shares are those of the lines that were kept",
                    "collect the whole log of that time, or state the counts of the search that kept only a part",
                    leaves_open="How often did each of these happen?",
                ),
            )


def _pattern(signature: str) -> str:
    """Return a pattern that fits the lines of a signature."""
    return "^" + ".*".join(re.escape(part) for part in _GAP.split(signature.strip()))


def items(store: Store) -> Said:
    """Name the logs whose rows stand for several items each, as telemetry that was sampled says of itself."""
    for path, rows, items_told in store.rows("items_counted"):
        yield (
            path,
            Problem(
                "sampled",
                f"it was sampled: its {rows:,} rows stand for {items_told:,} items by their own count (itemCount), and each is counted "
                "once here. Numbers of requests and of errors are too low, and shares are those of the rows that were kept",
                "ask for sums: requests | summarize sum(itemCount) by bin(timestamp, 1m), success",
                leaves_open="How many requests were there, and how many of them failed?",
            ),
        )


def traces(store: Store) -> Said:
    """Name the files in which the name of a trace does not tell which spans are of one request."""
    named: set[str] = set()
    for path, trace, spans, others, other, every in store.rows("traces_apart"):
        if path in named:
            continue
        named.add(path)
        under = f"“{shortened(other, 40)}”" if others == 1 else f"{others:,} others, such as “{shortened(other, 40)}”"
        yield (
            path,
            Problem(
                "trace-shared",
                f"{spans:,} of its {every:,} spans are of the trace “{shortened(trace, 40)}”, while the parent that they name stands under "
                f"{under}: a placeholder, or ids that were given anew. The id does not tell which spans are of one request",
                "export each trace by its own id",
                leaves_open="Which of these spans are of one request?" if others > 1 else "",
            ),
        )
    for path, trace, spans, roots, lasts, every in store.rows("traces_shared"):
        if path in named:
            continue
        named.add(path)
        yield (
            path,
            Problem(
                "trace-shared",
                f"{spans:,} of its {every:,} spans are of one trace, “{shortened(trace, 40)}”, though they begin {roots:,} times, over "
                f"{lasting(lasts)}: a placeholder, or a name that was used again. They are not of one request",
                "export each trace by its own id",
                leaves_open="Which of these spans are of one request?",
            ),
        )

"""What is wrong with a table, what that leaves open, and how to export it so that it can be read whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from forensics.evidence import doctor, folder_days
from forensics.evidence.formats import Format
from forensics.evidence.tables.filling import CLOSE, Filled, Table
from forensics.evidence.tables.rows import Tally
from forensics.model import Clock, LineCount, Problem

SHOWN = 6


@dataclass(frozen=True, slots=True)
class TableReading:
    """What came of one table."""

    fmt: Format
    records: int
    lines: LineCount
    covers: tuple[datetime, datetime] | None
    problems: tuple[Problem, ...]
    clock: Clock


def about(
    table: Table, tally: Tally, filled: Filled, told: dict[str, Any], *, unterminated: bool
) -> tuple[Problem, ...]:
    """Name everything that is wrong with a table."""
    count = tally.count
    found = [
        *_of_layout(table, filled, count),
        *_of_time(table, filled, told),
        *_of_inner_clock(filled),
        *no_numbers(filled.unread),
    ]
    if count.quarantined:
        first = min((t["line"][0].as_py(), t["reason"][0].as_py()) for t in tally.quarantined)
        found.append(
            Problem(
                "quarantined",
                f"{count.quarantined:,} of {count.physical:,} lines could not be read as rows of this table (the first: {first[1]}); "
                "they are kept, counted and shown",
                "export it again with every value in quotes",
                line=first[0],
            )
        )
    if unterminated:
        found.append(doctor.unterminated(count.physical))
    return tuple(found)


def _of_layout(table: Table, filled: Filled, count: LineCount) -> Iterator[Problem]:
    if not table.layout.headed:
        yield Problem(
            "no-header",
            f"no line names the {len(table.layout.names)} columns: they are called by their numbers",
            "export it again with a header, or write one line of names above it in a copy",
            leaves_open="What does each column measure, and in which unit?",
        )
    if not filled.rows and not count.quarantined:
        yield Problem(
            "no-rows",
            "a header and not a single row: the query ran and matched nothing",
            "repeat the export with a time range that reaches into the incident",
            leaves_open="everything that these columns would have told",
        )
    used = {table.layout.names[at] for at in table.used}
    left = [f"{name} ({why})" for name, why in table.columns.left_out.items() if name not in used]
    if left and any(records.into == "samples" for records in table.fmt.records):
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        yield Problem(
            "columns-left-out", f"columns that are neither measurements nor labels: {', '.join(left[:SHOWN])}{more}"
        )
    if table.columns.thousands:
        yield Problem(
            "thousands",
            f"commas between three digits in {', '.join(table.columns.thousands[:SHOWN])} are taken for marks of thousands: "
            "“1,234” is read as 1234",
        )


def _of_time(table: Table, filled: Filled, told: dict[str, Any]) -> Iterator[Problem]:
    if table.columns.ambiguous:
        yield Problem(
            "ambiguous-dates",
            f"the dates of {table.columns.ambiguous} can be read day first or month first: no time is taken from them",
            "export it again with ISO 8601 times",
            leaves_open="When was each row measured?",
        )
    for column, order in table.columns.order_beside.items():
        yield folder_days.told(f"the dates of {column}", order)
    if table.columns.clock is not None:
        name = table.layout.names[table.columns.clock]
        span = f", from {told['first_s']:g} s to {told['last_s']:g} s" if told["clocked"] else ""
        yield Problem(
            "relative-clock",
            f"{name} counts from a start that the file does not state{span}: no row has a time of day",
            "state when the clock stood at 0: -p anchors='FILE=2031-04-02T07:30:00Z'",
            leaves_open="When, by the clocks of the other evidence, did this happen?",
        )
    elif not told["timed"] and filled.rows and table.fmt.records[0].into != "calls":
        if table.columns.values or table.columns.messages:  # a table of words alone is a list of things
            yield Problem(
                "no-time",
                f"{table.columns.day} states the day of each row, and no column a time of day: rows keep no time"
                if table.columns.day
                else "no column states when a row was measured",
                "export it again with a column of times",
                leaves_open="When was each row measured?",
            )
    elif told["timed"] < told["records"] and table.fmt.records[0].into != "calls":
        missing = told["records"] - told["timed"]
        yield Problem(
            "undated-rows", f"{missing:,} of {told['records']:,} records have no time that can be read: they keep none"
        )
    far = [seconds for seconds in filled.apart if abs(seconds) > CLOSE]
    if far and table.columns.time is not None and table.columns.second is not None:
        names = table.layout.names
        yield Problem(
            "two-clocks",
            f"{names[table.columns.second]} stands {abs(median(far)):,.0f} s {'after' if median(far) > 0 else 'before'} "
            f"{names[table.columns.time]} in {len(far):,} of {filled.rows:,} rows: {names[table.columns.time]} is used",
            leaves_open="Which of the two clocks was right?",
        )


def _of_inner_clock(filled: Filled) -> Iterator[Problem]:
    if filled.ahead:
        seconds = median(filled.ahead)
        yield Problem(
            "two-clocks",
            f"the times of day inside its messages stand {abs(seconds):,.0f} s {'ahead of' if seconds > 0 else 'behind'} those of "
            f"its rows in {len(filled.ahead):,} of {filled.rows:,}: another zone, or a wrong clock; the rows' times are used",
            leaves_open="Which of the two clocks was right?",
        )


def no_numbers(unread: Counter[str]) -> Iterator[Problem]:
    """Name the texts that stand where numbers should."""
    if unread:
        shown = ", ".join(f"“{text}” {times:,} times" for text, times in unread.most_common(SHOWN))
        yield Problem(
            "no-number", f"{unread.total():,} cells hold no usable number ({shown}): kept as missing, never as 0"
        )

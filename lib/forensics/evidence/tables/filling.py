"""Putting the rows of a table into the store, as its format declares: samples, log events, spans, requests, changes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import inner_lines, stamps
from forensics.evidence.formats import Format
from forensics.evidence.json_values import RELEASE_LABELS
from forensics.evidence.records import Records
from forensics.evidence.tables.columns import Columns, Value, english, melted, name_unit, placed, units
from forensics.evidence.tables.layout import Layout
from forensics.evidence.tables.rows import column
from forensics.store import Store

_QUESTIONS = {
    "spans": "table_spans",
    "requests": "table_requests",
    "changes": "table_changes",
    "calls": "table_calls",
    "incident_records": "table_incidents",
    "issues": "table_issues",
    "alerts": "table_alerts",
    "complaints": "table_complaints",
    "states": "table_states",
    "probes": "table_probes",
}
TEXTS: dict[str, tuple[str, ...]] = {
    "log_events": ("level", "source", "message"),
    "spans": ("trace", "span", "parent", "service", "name", "begun", "ended", "duration", "status"),
    "requests": ("id", "method", "route", "address", "duration", "status", "success", "error"),
    "changes": ("id", "service", "summary", "author", "action", "status", "release"),
    "calls": ("caller", "callee", "weight"),
    "incident_records": (
        "id",
        "title",
        "description",
        "status",
        "severity",
        "services",
        "ended",
        "created_by",
        "resolution",
        "notes",
    ),
    "complaints": ("id", "by", "title", "words"),
    "alerts": ("id", "title", "severity", "acknowledged", "by", "ended"),
    "states": ("id", "state", "title"),
    "probes": ("target", "state", "duration", "detail"),
    "issues": (
        "id",
        "type",
        "title",
        "description",
        "status",
        "severity",
        "services",
        "ended",
        "created_by",
        "comments",
    ),
}
"""What rows give to each of the store's tables, as texts."""

_ALSO_TIMES = frozenset({"acknowledged", "ended"})
"""Texts that state times, as the column of times does."""

CLOSE = 60.0
"""Seconds that two times of one row may be apart: one may be when it was measured, the other when it was written."""

UNIT_SEPARATOR = "\x1f"
"""Between label cells that are looked at together: no text that a person reads holds it."""

_HEAD = re.compile(r"(?P<name>[^{}]*)\{(?P<labels>.*)\}\s*\Z")
_LABEL = re.compile(r'\s*([\w.-]+)\s*(?:=|:)\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|\Z)')


@dataclass(slots=True)
class Filled:
    """What could not be read on the way."""

    unread: Counter[str] = field(default_factory=Counter)
    """Texts that stand where numbers should."""
    apart: list[float] = field(default_factory=list)
    """Seconds from each row's time to the other time that it states."""
    ahead: list[float] = field(default_factory=list)
    """Seconds by which the times inside messages stand ahead of those of their rows."""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A recognised table: how it is written, what its columns are, and which format reads it."""

    path: str
    layout: Layout
    columns: Columns
    fmt: Format

    @property
    def used(self) -> set[int]:
        """The columns that the format's fields name."""
        expressions = [str(expression) for records in self.fmt.records for expression in records.fields.values()]
        return {at for expression in expressions if (at := self.position(expression)) is not None}

    def position(self, expression: str) -> int | None:
        """Find the column that a field's expression names: `a|b` is the first of these names that there is."""
        if expression == "$time":
            return self.columns.time
        return next((at for name in expression.split("|") if (at := called(self.layout.names, name)) is not None), None)


def called(names: Sequence[str], wanted: str) -> int | None:
    """Find a column by its name, however it is cased and joined; else by what its name means in English."""
    plain = _plain(wanted)
    found = (position for position, name in enumerate(names) if _plain(name) == plain)
    meant = (position for position, name in enumerate(names) if english(name) == wanted)
    return next(found, None) if (at := next(meant, None)) is None else next(found, at)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9%]", "", re.sub(r"[(\[].*", "", name).lower()) or name.lower()


def fill(store: Store, table: Table, batch: pa.Table, filled: Filled) -> None:
    """Put some rows into the store."""
    filled.rows += batch.num_rows
    for records in table.fmt.records:
        part = _chosen(table, records, batch)
        if part.num_rows:
            _fill(store, table, records, part, filled)


def _chosen(table: Table, records: Records, batch: pa.Table) -> pa.Table:
    """Keep the rows for which `column=value` and `column!=value` hold."""
    for condition in records.when:
        name, mark, wanted = re.split(r"(!?=)", condition, maxsplit=1)
        position = table.position(name)
        if position is not None:
            alike = pc.equal(batch[column(position)], wanted)
            batch = batch.filter(alike if mark == "=" else pc.invert(alike))
    return batch


def _fill(store: Store, table: Table, records: Records, batch: pa.Table, filled: Filled) -> None:
    if records.into == "calls" and table.columns.matrix:
        store.lend("cells", melted(batch, range(1, len(table.layout.names))))
        store.lend("callers", pa.table({"line": batch["line"], "caller": batch[column(0)]}))
        store.run("table_matrix", path=table.path, names=list(table.layout.names))
        store.take_back("cells")
        store.take_back("callers")
        return
    if records.into == "table_rows":
        positions = range(len(table.layout.names))
        store.lend("arrived", pa.table({"line": batch["line"], "cells": _lists(batch, positions)}))
        store.run("table_rows", path=table.path, names=list(table.layout.names))
        store.take_back("arrived")
        return
    fields = {name: str(expression) for name, expression in records.fields.items()}
    places = _places(store, table, batch)
    if table.columns.second is not None:
        filled.apart += _apart(store, table, batch, places)
    if records.into == "samples":
        labels = [position for position in table.columns.labels if position not in table.used]
        _samples(store, table, fields, labels, batch, places)
        filled.unread.update(dict(store.rows("table_unread")))
    else:
        _texts(store, table, records.into, fields, batch, places, filled)


def _places(store: Store, table: Table, batch: pa.Table) -> pa.Table:
    columns = table.columns
    stamp = batch[column(columns.time)] if columns.time is not None else pa.nulls(batch.num_rows, pa.string())
    if columns.hour is not None:
        hour = batch[column(columns.hour)]
        if columns.whole_hours:
            hour = pc.binary_join_element_wise(pc.utf8_lpad(pc.utf8_trim_whitespace(hour), 2, "0"), "00:00", ":")
        stamp = pc.binary_join_element_wise(stamp, hour, " ")
    clock = batch[column(columns.clock)] if columns.clock is not None else None
    return placed(store, stamp, columns.reading, clock=clock, worth=columns.worth)


def _apart(store: Store, table: Table, batch: pa.Table, places: pa.Table) -> list[float]:
    assert table.columns.second is not None
    other = placed(store, batch[column(table.columns.second)], table.columns.second_reading)
    between = pc.subtract(other["time"], places["time"]).cast(pa.int64()).drop_null()
    return [micros / 1e6 for micros in between.to_pylist()]


def _lists(batch: pa.Table, positions: Sequence[int]) -> pa.ListArray:
    """The cells of some columns, row by row."""
    one_after_another = pa.concat_arrays([batch[column(position)].combine_chunks() for position in positions])
    count, rows = len(positions), batch.num_rows
    order = np.arange(count * rows).reshape(count, rows).T.ravel()
    offsets = np.arange(0, count * rows + 1, count, dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), one_after_another.take(pa.array(order)))


def _texts(
    store: Store,
    table: Table,
    into: str,
    fields: dict[str, str],
    batch: pa.Table,
    places: pa.Table,
    filled: Filled,
) -> None:
    """Fill a table whose rows are the table's rows."""
    arrived = {name: batch[name] for name in ("line", "last_line", "offset", "length")}
    arrived["time"] = places["time"]
    for name in TEXTS[into]:
        arrived[name] = _text(table, fields.get(name, ""), batch)
    if table.columns.reading.read == "strptime":
        for name in _ALSO_TIMES & arrived.keys():
            arrived[name] = _as_written(store, table, arrived[name])
    if into == "log_events":
        arrived["level"] = _levels(arrived["level"])
        _events(store, table, pa.table(arrived), filled, lines=fields["message"] != "$row")
        return
    settings: dict[str, Any] = {"path": table.path}
    if into in ("spans", "requests", "probes"):
        settings["worth"] = _worth(table, fields)
    if into == "requests":
        settings["ends"] = fields.get("ends") == "yes"
    if into == "changes":
        settings["kind"] = fields.get("kind", "deploy")
    if into == "incident_records":
        settings["patterns"] = list(table.columns.reading.patterns)
    store.lend("arrived", pa.table(arrived))
    store.run(_QUESTIONS[into], **settings)
    store.take_back("arrived")


def _as_written(store: Store, table: Table, texts: Any) -> Any:
    """Return times that are written as the table's own are, in ISO 8601; others as they stand."""
    read = placed(store, texts, table.columns.reading)["time"]
    return pc.coalesce(pc.strftime(read, "%Y-%m-%d %H:%M:%S"), texts)


def _levels(written: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return our words for severities; numbers stay numbers, for their meanings differ from program to program."""
    coded = pc.dictionary_encode(
        pa.chunked_array([written]) if isinstance(written, pa.Array) else written
    ).combine_chunks()
    known, words = stamps.levels(), coded.dictionary.to_pylist()
    ours = pa.array([None if word is None else known.get(word.strip().upper(), word) for word in words], pa.string())
    return ours.take(coded.indices)


def _events(store: Store, table: Table, arrived: pa.Table, filled: Filled, *, lines: bool) -> None:
    """Fill the log events; lines that another program's log wrote are read as that log's lines."""
    store.lend("arrived", arrived)
    unwrapped = store.arrow("table_unwrapped")
    store.take_back("arrived")
    store.lend("arrived", unwrapped)
    stamped, ahead = store.rows("table_inner_clock")[0]
    store.take_back("arrived")
    if stamped >= unwrapped.num_rows / 2 and abs(ahead or 0) > CLOSE:
        filled.ahead += [ahead] * stamped
    events = unwrapped.drop_columns(["hour"])
    if lines:
        events = inner_lines.refine(store, events)
    if "body" not in events.column_names:
        events = events.append_column("body", pa.nulls(events.num_rows, pa.string()))
    store.lend("arrived", events)
    store.run("table_log_events", path=table.path, local=not table.columns.reading.zoned)
    store.take_back("arrived")


def _text(table: Table, expression: str, batch: pa.Table) -> Any:
    """The texts that an expression names: a column, `=text` for that text, `$row` for all cells with their names, `$each name`
    for the cells of all columns of that name."""
    if expression.startswith("="):
        return pa.repeat(pa.scalar(expression[1:], pa.string()), batch.num_rows)
    if expression == "$row":
        return _told(table, batch)
    if expression.startswith("$each "):
        wanted = _plain(expression.removeprefix("$each "))
        alike = [at for at, name in enumerate(table.layout.names) if re.sub(r"\d+$", "", _plain(name)) == wanted]
        if len(alike) < 2:  # Arrow's join leaves out rows for which it has nothing to join
            return batch[column(alike[0])] if alike else pa.nulls(batch.num_rows, pa.string())
        cells = [pc.fill_null(batch[column(at)], "") for at in alike]
        return pc.binary_join_element_wise(*cells, UNIT_SEPARATOR)
    position = table.position(expression) if expression else None
    return batch[column(position)] if position is not None else pa.nulls(batch.num_rows, pa.string())


def _told(table: Table, batch: pa.Table) -> Any:
    """Tell each row as `name=value name=value`, without its time and its empty cells."""
    told = pa.repeat(pa.scalar("", pa.string()), batch.num_rows)
    for position, name in enumerate(table.layout.names):
        if position in (table.columns.time, table.columns.hour, table.columns.second):
            continue
        cells = pc.utf8_trim_whitespace(batch[column(position)])
        empty = pc.is_in(cells, value_set=pa.array(["", "-", "(empty)"]))
        told = pc.binary_join_element_wise(
            told, pc.if_else(empty, "", pc.binary_join_element_wise(f"{name}=", cells, "")), " "
        )
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(told, " {2,}", " "))


def _worth(table: Table, fields: dict[str, str]) -> float:
    """Milliseconds that one of a duration's units is worth: as the format says, else as the column's name does."""
    position = table.position(fields.get("duration", "")) if fields.get("duration") else None
    unit = fields.get("unit", "").removeprefix("=") or (
        name_unit(table.layout.names[position]) if position is not None else None
    )
    known = units().get(unit or "ms")
    return known[2] if known and known[0] == "duration" else 1.0


def _samples(
    store: Store, table: Table, fields: dict[str, str], labels: Sequence[int], batch: pa.Table, places: pa.Table
) -> None:
    """Fill the samples: one for each measured cell, or one a row where a column names what is measured."""
    wide = fields["name"] == "$each"
    value = None if wide else table.position(fields["value"])
    positions = list(table.columns.values) if value is None else [value]
    cells = melted(batch, positions)
    again = pa.array(np.tile(np.arange(batch.num_rows), len(positions)))
    kind, kinds = _kinds(batch, labels)
    cells = cells.append_column("kind", kind.take(again))
    for name in ("time", "clock_s"):
        cells = cells.append_column(name, places[name].take(again))
    named = pa.nulls(cells.num_rows, pa.string()) if wide else _text(table, fields["name"], batch)
    unit = pa.nulls(cells.num_rows, pa.string()) if wide else _unit(table, fields, named, batch)
    cells = cells.append_column("name", named).append_column("unit", unit)
    store.lend("cells", cells)
    store.lend("kinds", kinds)
    store.lend("measures", _measures(table, positions))
    names = [english(table.layout.names[position]) for position in labels]
    store.run("table_labels", labels=names, steady=[name.lower() not in RELEASE_LABELS for name in names])
    store.run("table_cells")
    for name in ("cells", "kinds", "measures"):
        store.take_back(name)
    store.run("table_samples", path=table.path)


def _unit(table: Table, fields: dict[str, str], named: Any, batch: pa.Table) -> Any:
    """The unit of each row: that of its column, else the one that the name of what is measured ends in."""
    if table.position(fields.get("unit", "")) is not None:
        return _text(table, fields["unit"], batch)
    known = pa.chunked_array([named]) if isinstance(named, pa.Array) else named
    names = known.combine_chunks().dictionary_encode()
    units = pa.array([name_unit(name) if name else None for name in names.dictionary.to_pylist()], pa.string())
    return units.take(names.indices)


def _kinds(batch: pa.Table, labels: Sequence[int]) -> tuple[pa.Array, pa.Table]:
    """Return which combination of labels each row has, and the combinations."""
    if not labels:
        nothing = pa.array([[]], pa.list_(pa.string()))
        return pa.repeat(pa.scalar(0, pa.int32()), batch.num_rows), pa.table({"kind": [0], "label_cells": nothing})
    joined = pc.binary_join_element_wise(*(batch[column(position)] for position in labels), UNIT_SEPARATOR)
    found = joined.combine_chunks().dictionary_encode()
    cells = pc.split_pattern(found.dictionary, UNIT_SEPARATOR)
    return found.indices, pa.table({"kind": np.arange(len(found.dictionary), dtype=np.int32), "label_cells": cells})


def _measures(table: Table, positions: Sequence[int]) -> pa.Table:
    """What each measured column is called, and how its numbers are read."""
    names = [measure_name(table.layout, position) for position in positions]
    values = [table.columns.values.get(position, Value()) for position in positions]
    return pa.table(
        {
            "position": pa.array(positions, pa.int32()),
            "name": pa.array([name for name, _ in names], pa.string()),
            "unit": pa.array(
                [_level_unit(table.layout, at) or value.unit for at, value in zip(positions, values, strict=True)],
                pa.string(),
            ),
            "comma": [value.comma for value in values],
            "grouped": [value.grouped for value in values],
            "suffixes": pa.array([value.suffixes for value in values], pa.list_(pa.string())),
            "worths": pa.array([value.worths for value in values], pa.list_(pa.float64())),
            "entries": pa.array(
                [
                    [f"{json.dumps(key)}: {json.dumps(text, ensure_ascii=False)}" for key, text in labels.items()]
                    for _, labels in names
                ],
                pa.list_(pa.string()),
            ),
        }
    )


def _level_unit(layout: Layout, position: int) -> str | None:
    """The unit that a row of the header states."""
    return next((units()[row[position]][1] for row in layout.levels if row[position] in units()), None)


def measure_name(layout: Layout, position: int) -> tuple[str, dict[str, str]]:
    """Return what a column measures and of what: its header may hold labels, or have several levels."""
    levels = [
        (row[0], row[position]) for row in layout.levels if row[position].strip() and row[position] not in units()
    ]
    if levels:
        called = next(
            (at for at, (about, _) in enumerate(levels) if re.search(r"(?i)^label|metric|measure|name", about)), 0
        )
        name = levels[called][1]
        return name, {about or f"level {at + 1}": text for at, (about, text) in enumerate(levels) if text != name}
    header = layout.names[position]
    found = _HEAD.match(header)
    if not found:
        bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]$", "", header) if name_unit(header) else header
        unique = sum(bare == re.sub(r"\s*[(\[][^()\[\]]*[)\]]$", "", other) for other in layout.names) == 1
        return (bare if bare and unique else header), {}
    labels = {name: quoted or bare for name, quoted, bare in _LABEL.findall(found["labels"])}
    name = labels.pop("__name__", "") or found["name"].strip() or "value"
    return name, labels

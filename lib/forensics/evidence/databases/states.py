"""Several states of one database in the evidence: what differs between them, and what restoring one of them would lose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from forensics.evidence.databases.rules import pointer
from forensics.evidence.databases.sql_text import visible
from forensics.model import Evidence, Problem
from forensics.store import Store
from forensics.times import full, utc

MOSTLY = 0.5
"""Two states are of one database if they share this part of the smaller one's tables, and these this part of their columns."""
SHOWN = 6
"""As many tables are named in one sentence."""
PAUSES = 10
"""Rows end early if nothing came for as many times the longest pause before."""
STEADY = 5
"""Minutes with rows, out of the last sixty, from which on a pause means something."""
LOG = "mysql-log"
LONG_AGO = datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Held:
    """One table of one state."""

    columns: tuple[str, ...]
    rows: int
    key: tuple[str, ...]
    last: datetime | None
    written: str = ""
    """The column that tells when a row was written."""


@dataclass(slots=True)
class State:
    """One database, dump or log of changes."""

    path: str
    dialect: str
    whole: bool
    taken: datetime | None
    """When it says that it was made."""
    log_file: str
    log_position: int | None
    tables: dict[str, Held] = field(default_factory=dict)

    @property
    def last(self) -> datetime | None:
        """The last write that its rows tell of."""
        return max((table.last for table in self.tables.values() if table.last is not None), default=None)


@dataclass(frozen=True, slots=True)
class Difference:
    """How one table differs between two states; a count is None where one of them has no such table."""

    table: str
    compared_by: str
    earlier_rows: int | None
    later_rows: int | None
    added: int
    removed: int
    changed: int
    key: tuple[str, ...] = ()
    """The columns by which rows are told apart, where that is less than the whole row."""
    again: tuple[int, int] | None = None
    """From which number to which the later state has other rows under the numbers of earlier ones."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows of one table that other evidence holds and a state has not."""

    path: str
    other: str
    table: str
    newest: datetime | None
    """The state's own newest row."""
    rows: int
    first: datetime | None
    last: datetime | None


def compare(store: Store, entries: Sequence[Evidence]) -> list[Evidence]:
    """Compare whatever states of one database there are, and say what was found beside the files that it is about."""
    states = _known(store)
    said: dict[str, list[Problem]] = {}
    ordinary = sorted((one for one in states if one.dialect != LOG), key=_order)
    for place, later in enumerate(ordinary):
        earlier = next((one for one in reversed(ordinary[:place]) if alike(one, later)), None)
        for path, problem in _compared(store, earlier, later) if earlier is not None else ():
            said.setdefault(path, []).append(problem)
    for log in (one for one in states if one.dialect == LOG):
        for state in (one for one in ordinary if alike(one, log)):
            said.setdefault(state.path, []).extend(_followed(store, state, log))
    for path, problem in _ending_early(store, entries, {one.path for one in ordinary}):
        said.setdefault(path, []).append(problem)
    return [replace(one, problems=(*one.problems, *said[one.path])) if one.path in said else one for one in entries]


def _known(store: Store) -> list[State]:
    states: dict[str, State] = {}
    known = store.rows("database_known")
    for path, dialect, whole, taken, log_file, position, table, columns, rows, key, last, written, virtual in known:
        state = states.setdefault(path, State(path, dialect, whole, taken, log_file or "", position))
        if table is not None and not virtual:
            state.tables[table] = Held(tuple(json.loads(columns)), rows, tuple(json.loads(key)), last, written or "")
    for state in states.values():
        _without_housekeeping(state)
    return list(states.values())


def _without_housekeeping(state: State) -> None:
    """Leave out what the database keeps for itself, and the tables under its full-text indexes."""
    ends = ("_config", "_content", "_data", "_docsize", "_idx")
    under = {name for name in state.tables if name.endswith("_docsize")}
    roots = {name.removesuffix("_docsize") for name in under}
    state.tables = {
        name: table
        for name, table in state.tables.items()
        if not name.startswith("sqlite_")
        and not any(name.removesuffix(end) in roots for end in ends if name.endswith(end))
    }


def _order(state: State) -> tuple[datetime, float, str]:
    """Put states in the order in which they were made, as far as they tell: the more was written, the later."""
    written = sum((table.last - LONG_AGO).total_seconds() for table in state.tables.values() if table.last is not None)
    return state.taken or state.last or LONG_AGO, written, state.path


def in_order(earlier: State, later: State) -> str:
    """Say how the order of two states is known; "" where it is only that of their names."""
    if earlier.taken is not None and later.taken is not None and earlier.taken < later.taken:
        return f"dumped at {full(earlier.taken)}, this at {full(later.taken)}{utc(later.taken)}"
    pairs = [
        (earlier.tables[name].last, later.tables[name].last) for name in earlier.tables.keys() & later.tables.keys()
    ]
    before, after = ([pair[side] or LONG_AGO for pair in pairs] for side in (0, 1))
    if before != after and all(one <= other for one, other in zip(before, after, strict=True)):
        return "whose rows end earlier"
    return ""


def alike(one: State, other: State) -> bool:
    """Say whether two states are of one database: mostly the same tables, with mostly the same columns."""
    smaller = min(len(one.tables), len(other.tables))
    if not smaller:
        return False
    shared = sum(_same_table(one.tables[name], other.tables[name]) for name in one.tables.keys() & other.tables.keys())
    return shared >= max(1, MOSTLY * smaller)


def _same_table(one: Held, other: Held) -> bool:
    if _numbered(one) or _numbered(other):
        return len(one.columns) == len(other.columns)
    return len(set(one.columns) & set(other.columns)) >= max(1, MOSTLY * min(len(one.columns), len(other.columns)))


def _numbered(table: Held) -> bool:
    """Say whether its columns have no names, only places: a log of changes often does not hold them."""
    return bool(table.columns) and table.columns[0] == "@1"


# Two states


def _compared(store: Store, earlier: State, later: State) -> list[tuple[str, Problem]]:
    """Compare two states table by table; say of each what it lacks of the other."""
    names = sorted(earlier.tables.keys() | later.tables.keys())
    differences = [one for name in names if (one := _difference(store, earlier, later, name)) is not None]
    if not differences:
        return [(later.path, Problem("state-compared", f"its tables hold the same rows as those of {earlier.path}"))]
    how = in_order(earlier, later)
    _keep_differences(store, earlier, later, differences, in_order=bool(how))
    said = [_sentence(one) for one in differences[:SHOWN]]
    said += [f"{len(differences) - SHOWN} further tables differ"] if len(differences) > SHOWN else []
    order = how or "which of the two is the earlier cannot be told"
    problems = [(later.path, Problem("state-compared", f"compared with {earlier.path} ({order}): {'; '.join(said)}"))]
    gone = [_loss(store, later, earlier, one.table, one.key) for one in differences if one.removed]
    new = [_loss(store, earlier, later, one.table, one.key) for one in differences if one.added]
    if gone := _kept(store, gone):
        open_question = f"What became of the rows that {earlier.path} holds and this has not?"
        problems.append((later.path, Problem("rows-lacking", _lacking(gone), leaves_open=open_question)))
    if new := _kept(store, new):
        problems.append((earlier.path, Problem("data-loss-window", f"{_lacking(new)}{LOST}")))
    return problems


def _keep_differences(
    store: Store, earlier: State, later: State, differences: list[Difference], *, in_order: bool
) -> None:
    counts = ["earlier_rows", "later_rows", "added", "removed", "changed"]
    rows = [
        [earlier.path, later.path, in_order, one.table, one.compared_by, *(getattr(one, count) for count in counts)]
        for one in differences
    ]
    store.add("database_differences", ["earlier", "later", "in_order", "table", "compared_by", *counts], rows)


def _difference(store: Store, earlier: State, later: State, table: str) -> Difference | None:
    """Compare one table; None: it is the same."""
    before, after = earlier.tables.get(table), later.tables.get(table)
    if before is None or after is None:
        counts = before.rows if before else None, after.rows if after else None
        return Difference(table, "", *counts, added=counts[1] or 0, removed=counts[0] or 0, changed=0)
    cells = [column for column in before.columns if column in set(after.columns)]
    key = after.key or before.key
    by = key if key and set(key) <= set(cells) else tuple(cells)
    again = _again(store, earlier, later, table, key, cells) if by == key else None
    by = (*key, after.written) if again else by
    [(added, removed, changed)] = store.rows(
        "database_compared",
        earlier=earlier.path,
        later=later.path,
        table=table,
        key=[pointer(column) for column in by],
        cells=[pointer(column) for column in cells],
    )
    if not (added or removed or changed):
        return None
    told_apart = by if again or by == key else ()
    by_words = ", ".join(told_apart) or "the whole row"
    return Difference(table, by_words, before.rows, after.rows, added, removed, changed, told_apart, again)


def _again(
    store: Store, earlier: State, later: State, table: str, key: tuple[str, ...], cells: list[str]
) -> tuple[int, int] | None:
    """Say from which number to which the later state has other rows under the numbers of earlier ones, as it has where a
    database was put back and written on."""
    written = later.tables[table].written
    others = [column for column in cells if column not in (*key, written)]
    if len(key) != 1 or not others or not written or written != earlier.tables[table].written:
        return None
    numbers = store.rows(
        "database_reused",
        earlier=earlier.path,
        later=later.path,
        table=table,
        key=pointer(key[0]),
        cells=[pointer(column) for column in others],
    )
    return next(((first, last) for first, last, _ in numbers), None)


def _sentence(one: Difference) -> str:
    table = visible(one.table)
    if one.later_rows is None:
        return f"table {table} is gone, with {one.removed:,} rows"
    if one.earlier_rows is None:
        return f"table {table} is new, with {one.added:,} rows"
    counts = [(one.added, "added"), (one.removed, "removed"), (one.changed, "changed")]
    return (
        f"{table}: "
        + ", ".join(f"{count:,} {what}" for count, what in counts if count)
        + f" (rows told apart by {visible(one.compared_by)})"
        + ("" if one.again is None else _numbers_again(*one.again))
    )


def _numbers_again(first: int, last: int) -> str:
    which = f"the numbers {first:,} to {last:,} name" if last > first else f"the number {first:,} names"
    return f", and {which} other rows than before"


# What one has and the other has not


def _loss(
    store: Store, state: State, other: State, table: str, key: tuple[str, ...] = (), since: datetime | None = None
) -> Loss:
    """Ask which rows of a table `other` holds and `state` has not; `key` tells rows apart, if not their own."""
    there = other.tables[table]
    here = state.tables.get(table, there)
    key = key or here.key or there.key
    if not key or not set(key) <= set(here.columns):
        key = here.columns
    other_key = tuple(f"@{here.columns.index(one) + 1}" for one in key) if _numbered(there) else key
    [(rows, first, last, newest)] = store.rows(
        "database_lacking",
        path=state.path,
        other=other.path,
        table=table,
        key=[pointer(column) for column in key],
        other_key=[pointer(column) for column in other_key],
        since=since,
    )
    return Loss(state.path, other.path, table, newest, rows, first, last)


def _kept(store: Store, losses: list[Loss]) -> list[Loss]:
    """Put what is a loss into the store, the greatest first."""
    kept = sorted((one for one in losses if one.rows), key=lambda one: (-one.rows, one.table))
    columns = ["path", "other", "table", "newest", "rows", "first_time", "last_time"]
    store.add("database_losses", columns, [[o.path, o.other, o.table, o.newest, o.rows, o.first, o.last] for o in kept])
    return kept


LOST = "; where it is restored and nothing else, these rows are lost"


def _lacking(losses: list[Loss]) -> str:
    """Say what a state lacks of another, and when that was written."""
    tables = [f"{one.rows:,} of {visible(one.table)}" for one in losses[:SHOWN]]
    tables += [f"others of {len(losses) - SHOWN} further tables"] if len(losses) > SHOWN else []
    firsts = [one.first for one in losses if one.first is not None]
    lasts = [one.last for one in losses if one.last is not None]
    newest = max((one.newest for one in losses if one.newest is not None), default=None)
    written = f", written from {full(min(firsts))} to {full(max(lasts))}{utc(max(lasts))}" if firsts and lasts else ""
    here = f"; the newest row that it has of them is of {full(newest)}{utc(newest)}" if newest else ""
    count = sum(one.rows for one in losses)
    return f"{count:,} rows that {losses[0].other} holds are not in it ({', '.join(tables)}){written}{here}"


def _followed(store: Store, state: State, log: State) -> list[Problem]:
    """Say what a log of changes holds beyond a state."""
    joined = state.log_position is not None and log.log_position is not None
    losses = [
        _loss(store, state, log, table, since=None if joined else state.tables[table].last)
        for table in sorted(log.tables.keys() & state.tables.keys())
        if _same_table(state.tables[table], log.tables[table])
    ]
    losses = _kept(store, losses)
    if not losses:
        return []
    remedy = f"restore it, then apply {log.path}"
    problems = [Problem("data-loss-window", f"{_lacking(losses)}{LOST}", remedy)]
    return [*problems, _joined(state, log)] if joined else problems


def _joined(state: State, log: State) -> Problem:
    """Say whether the log of changes begins where the state ends."""
    ends, begins = state.log_position or 0, log.log_position or 0
    place = f"{state.log_file}:{ends}" if state.log_file else str(ends)
    if begins == ends:
        return Problem("log-follows", f"{log.path} begins where it ends, at {place}: nothing between them is missing")
    if begins < ends:
        return Problem("log-follows", f"{log.path} begins before it ends, at {place}: nothing between them is missing")
    return Problem(
        "log-gap",
        f"it ends at {place} of the server's log, and {log.path} begins at {begins}: the changes between are in neither",
        f"mysqlbinlog -v --start-position={ends} --result-file=changes.sql {state.log_file or 'BINLOG-FILE'}",
        leaves_open="What was written between the dump and the log?",
    )


# Against the other evidence


def _ending_early(store: Store, entries: Sequence[Evidence], states: set[str]) -> list[tuple[str, Problem]]:
    """Say of which databases the rows end long before the other evidence does."""
    ends = [one.covers[1] for one in entries if one.covers is not None and one.kind in ("log", "metrics")]
    if not ends:
        return []
    end = max(ends)
    found = []
    for path, newest, minutes, pause in store.rows("database_pace"):
        if path not in states or minutes < STEADY or end - newest <= timedelta(seconds=PAUSES * pause):
            continue
        apart = f"{pause // 60:g} min" if pause % 60 == 0 else f"{pause} s"
        message = (
            f"no row is newer than {full(newest)}{utc(newest)}, though rows came at most {apart} apart before; the other evidence goes on "
            f"to {full(end)}{utc(end)}: what was written in these {(end - newest) // timedelta(minutes=1):,} min is not in it"
        )
        found.append(
            (
                path,
                Problem(
                    "rows-end-early",
                    message,
                    leaves_open=f"What was written to the database after {full(newest)}{utc(newest)}?",
                ),
            )
        )
    return found

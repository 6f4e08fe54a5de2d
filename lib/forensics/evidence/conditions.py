"""Conditions that begin by themselves: a certificate runs out, a statement waits for a lock that another transaction holds.

Nothing changed then and nothing failed yet; they are told as events at the instant at which they began, as far as the evidence
states it. What texts and measures tell of them is declared in conditions.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from forensics import declarations
from forensics.store import Store

CERTIFICATE, LOCK, HOLDER = "certificate expired", "lock wait", "open transaction"
"""What such events are called in the store."""

CANCELLED = "statement cancelled"
"""What somebody did who waited no longer; `session ended` is the other such act."""

NEAR = timedelta(days=1)
"""A certificate that ran out longer before all dated evidence broke something else."""

MOST_SAID = 160
"""Characters of a statement that are quoted."""

_COLUMNS = ["path", "line", "position", "time", "kind", "what", "text", "weight"]


def declared() -> dict[str, Any]:
    """Return conditions.toml."""
    return declarations.declared("evidence/conditions.toml")


@dataclass(slots=True)
class Expiry:
    """An instant at which a certificate ran out, as the evidence tells it."""

    at: datetime
    of: str = ""
    places: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    """Path, line and position of each account."""


def tell(store: Store) -> None:
    """Put the events into the store, each where it is told first."""
    spans = [row for row in store.rows("evidence_span") if row[0]]
    if not spans:
        return
    first, last = spans[0]
    events: list[list[Any]] = []
    for one in expiries(store):
        if first - NEAR <= one.at <= last:
            path, line, position = one.places[0]
            others = sorted({place[0] for place in one.places} - {path})
            also = f" (so say {', '.join(others[:3])} too)" if others else ""
            text = f"The certificate{f' of {one.of}' if one.of else ''} ran out{also}"
            events.append([path, line, position, one.at, "change", CERTIFICATE, text, 4])
    events += _locks(store)
    store.add("events", _COLUMNS, events)


def expiries(store: Store) -> list[Expiry]:
    """Return the instants at which certificates run out, earliest first: one each, however often it is told."""
    found: dict[datetime, Expiry] = {}
    for at, of, place in (*_in_texts(store), *_measured(store)):
        one = found.setdefault(at, Expiry(at))
        one.of = one.of or of
        if place not in one.places:
            one.places.append(place)
    return [found[at] for at in sorted(found)]


def valid_until(line: str) -> datetime | None:
    """Return until when a line says that a certificate is valid; None where it says nothing of the kind."""
    for way in declared()["valid_until"]:
        if found := re.search(way["pattern"], line):
            written = re.sub(r" +", " ", found["at"])
            shape = "%Y-%m-%dT%H:%M:%S" if written[:1].isdigit() else "%b %d %H:%M:%S %Y"
            try:
                return datetime.strptime(written, shape)
            except ValueError:
                return None
    return None


_Told = tuple[datetime, str, tuple[str, int | None, int | None]]


def _in_texts(store: Store) -> Iterator[_Told]:
    whose = declared()["certificate"]["whose"]
    ways = [re.sub(r"\(\?P<\w+>", "(?:", way["pattern"].replace("(?i)", "")) for way in declared()["valid_until"]]
    named = re.sub(r"\(\?P<\w+>", "(?:", whose.replace("(?i)", ""))
    before, of = "", ""
    for path, line, said in store.rows("certificate_texts", wanted="(?im)" + "|".join([*ways, named])):
        before, of = path, of if path == before else ""
        for number, text in enumerate(said.split("\n")):
            if found := re.search(whose, text):
                of = found["of"]
            if at := valid_until(text):
                yield at, of, (path, line + number, None)


def _measured(store: Store) -> Iterator[_Told]:
    told = declared()["certificate"]
    for path, name, labels, value, position, line in store.rows("certificate_samples"):
        spoken = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()).strip("_")
        if not re.fullmatch(told["metrics"], spoken):
            continue
        held = json.loads(labels)
        of = next((str(held[label]) for label in told["labels"] if held.get(label)), "")
        at = datetime.fromtimestamp(value, UTC).replace(tzinfo=None, microsecond=0)
        yield at, of, (path, None if position is not None else line, position)


def _locks(store: Store) -> Iterator[list[Any]]:
    told, holders, ended = declared()["lock"], dict[str, datetime](), set[tuple[str, int]]()
    for path, line, began, head, held, mode, statement, behind, most, last in store.rows(
        "lock_waits", waits=told["waits"], held=told["held"]
    ):
        said = f"“{statement[:MOST_SAID]}”" if statement else "A statement"
        queue = (
            f"; {behind:,} waits of others behind it were logged, up to {most - 1:,} at once"
            if behind and most > 1
            else ""
        )
        text = f"{said} (process {head}) began to wait for {mode}, while process {held} held the lock{queue}"
        yield [path, line, None, began, "signal", LOCK, text, 4]
        for at, time, what in store.rows("lock_ends", path=path, statement=statement or "", start=began, end=last):
            if (path, at) not in ended:
                ended.add((path, at))
                done = (
                    f"{said} was cancelled on request"
                    if what == CANCELLED
                    else "An administrator terminated a connection"
                )
                yield [path, at, None, time, "action", what, done, 4]
        for holder in held.split(", "):
            holders.setdefault(holder, began)
    for holder, began in holders.items():
        for path, line, opened, state, program in store.rows("lock_holders", pid=holder, before=began):
            by = f" of {program}" if program else ""
            text = f"The transaction{by} began in which process {holder} held the lock; it was shown as “{state}”"
            yield [path, line, None, opened, "signal", HOLDER, text, 3]

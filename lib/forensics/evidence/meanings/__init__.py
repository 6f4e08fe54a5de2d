"""The declared meanings: what a log message or a person's message says, as rows that can be counted."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from forensics import runbook
from forensics.errors import DeclarationError
from forensics.evidence.formats import compiled
from forensics.evidence.patterns import group_names
from forensics.store import Store

_PARTS = {
    "requests": (
        "what",
        "method",
        "route",
        "address",
        "duration_ms",
        "duration_s",
        "duration_us",
        "status",
        "error",
        "account",
        "tag",
    ),
    "json_requests": ("status",),
    "folded_requests": ("method", "route", "address", "duration_ms", "duration_s", "status", "error", "account"),
    "started": ("method", "route", "address", "tag"),
    "request_errors": ("error", "tag"),
    "logins": ("address", "account"),
    "pool": ("active", "waiting", "total"),
    "probes": ("target", "status", "duration_s"),
    "events": ("text", "who", "thing"),
    "messages": ("count",),
}

_WITHIN = ("status", "line", "method", "route", "address", "s", "ms", "ns", "starts", "id", "grpc", "error")
"""What a record in JSON may hold of a request."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One kind of statement that a message can make."""

    name: str
    into: str
    source: str
    """The source must fit this; empty: any."""
    pattern: str
    constants: dict[str, str]
    examples: tuple[dict[str, Any], ...]
    rejects: tuple[dict[str, Any], ...]
    paths: dict[str, list[str]] = field(default_factory=dict)
    """Of records in JSON, where each part of what they tell may stand."""

    @property
    def complete(self) -> str:
        """The pattern with an empty group for each part that it does not capture."""
        captured = re.compile(self.pattern).groupindex
        return self.pattern + "".join(f"(?P<{part}>)" for part in _PARTS[self.into] if part not in captured)

    @property
    def groups(self) -> list[str]:
        """Names of all groups of `complete`, in order."""
        return group_names(self.complete)

    def reads(self, source: str, message: str) -> dict[str, str] | None:
        """Return what this meaning captures of a message, or None when it leaves it alone."""
        if self.source and not compiled(self.source).search(source):
            return None
        found = compiled(self.pattern).search(message)
        return {name: value or "" for name, value in found.groupdict().items()} if found else None


@cache
def load() -> tuple[Meaning, ...]:
    """Return all meanings that ship with the library. Raises DeclarationError."""
    folder = files("forensics.evidence").joinpath("meanings")
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".toml"):
            continue
        data = tomllib.loads(entry.read_text(encoding="utf-8"))
        for means in data["means"]:
            into = means.get("into", data["into"])
            if into not in _PARTS:
                raise DeclarationError(f"{entry.name}: '{means['name']}' goes into '{into}', which is no table.")
            found.append(
                Meaning(
                    means["name"],
                    into,
                    means.get("source", ""),
                    means["pattern"],
                    dict(means.get("constants", {})),
                    tuple(means.get("example", ())),
                    tuple(means.get("reject", ())),
                    {part: means["paths"].get(part, []) for part in _WITHIN} if "paths" in means else {},
                )
            )
    return tuple(found)


DATED = ("requests", "json_requests", "folded_requests", "started", "request_errors", "pool", "probes")
"""What only dated events can tell."""


def understand(store: Store, into: Sequence[str] = tuple(_PARTS)) -> None:
    """Fill the tables of requests, logins, pool samples and events, or some of them, from the log events in the store."""
    store.run("telling_events")
    heard = {source for (source,) in store.rows("telling_sources", most=MOST_SOURCES)}
    wanted = [one for one in into if one not in _RARE or store.one("anything_told", pattern=_any((one,)))]
    _ask(store, wanted, heard=heard if len(heard) < MOST_SOURCES else None)
    store.run("telling_events_done")
    if "requests" in into:
        store.run("requests_completed")
    if "events" in into:
        store.run("mean_updates", template=runbook.load().updates.template, state=runbook.load().updates.state)


MOST_SOURCES = 1000
"""Where fewer sources than these speak, what none of them may mean is not looked for."""

_NAMED = re.compile(r"\^[\w.]+\$")


def _may_speak(meaning: Meaning, sources: frozenset[str] | None) -> bool:
    """Say whether one of some constant sources may mean this; None: any source may be there."""
    return sources is None or not _NAMED.fullmatch(meaning.source) or meaning.source[1:-1] in sources


def hear(store: Store, events: pa.Table, besides: str = "", sources: frozenset[str] | None = None) -> pa.Table:
    """Take what these events of a large log mean, before their text is let go.

    `sources` are those that the log's format names itself: what only another such source means is not looked for.

    Return those that may mean something rare, or that the pattern `besides` fits: one look at the text finds both.
    """
    wanted = f"{_any(_RARE)}|{besides}" if besides else _any(_RARE)
    rare = _those(events, pc.match_substring_regex(events["message"], wanted))
    for into, told in ((_COMMON, events), (_RARE, rare)):
        if told.num_rows:
            store.lend("telling_events", told.append_column("body", pa.nulls(told.num_rows, pa.string())))
            _ask(store, into, sources)
            store.take_back("telling_events")
    return rare


def _those(events: pa.Table, wanted: pa.ChunkedArray) -> pa.Table:
    """Return some of these events. (Arrow chooses no rows of views of text: they are copied where any are chosen.)"""
    if not pc.any(wanted).as_py():
        return events.slice(0, 0)
    source = events.schema.get_field_index("source")
    return events.set_column(source, "source", events["source"].cast(pa.string())).filter(wanted)


_COMMON = ("requests", "json_requests", "started", "request_errors")
"""What most lines of a large log may tell; of all else one look finds the few lines that may."""

_RARE = tuple(one for one in _PARTS if one not in (*_COMMON, "folded_requests", "messages", "probes"))
"""What few lines may tell. What people watched on a terminal is no large log, and what several lines tell is no quiet line."""


@cache
def _any(into: tuple[str, ...]) -> str:
    """Return a pattern that fits whatever may mean something that goes into these tables."""
    return any_of([one for one in load() if one.into in into])


def any_of(several: Sequence[Meaning]) -> str:
    """Return a pattern that fits whatever may mean one of these, whoever says it."""
    return "|".join(f"(?:{re.sub(r'[(][?]P<[a-z_]+>', '(?:', one.pattern)})" for one in several)


_UNLESS_SAID = {
    "logins": {"twin": "false", "body": "false"},
    "requests": {"stamped": "end", "untimed": "", "by": "source"},
    "started": {"by": "source"},
    "request_errors": {"by": "source"},
    "probes": {"printed": "false"},
    "events": {"words": "", "unless": "", "only": ""},
}
"""What holds of a meaning whose declaration says nothing else."""


def _speaks(meaning: Meaning, heard: Collection[str] | None) -> bool:
    """Say whether one of all sources that there are may mean this; None: there are too many to look at each."""
    return heard is None or not meaning.source or any(compiled(meaning.source).search(one) for one in heard)


def _ask(
    store: Store,
    into: Sequence[str],
    sources: frozenset[str] | None = None,
    heard: Collection[str] | None = None,
) -> None:
    for meaning in load():
        if meaning.into == "messages" or meaning.into not in into or not _may_speak(meaning, sources):
            continue
        if not _speaks(meaning, heard):
            continue
        parts: dict[str, Any] = {"groups": meaning.groups}
        if meaning.paths:
            parts = meaning.paths
        told = {**_UNLESS_SAID.get(meaning.into, {}), **meaning.constants}
        store.run(f"mean_{meaning.into}", source=meaning.source, pattern=meaning.complete, **parts, **told)


def of_message(text: str) -> dict[str, dict[str, str]]:
    """Return what a person's message means: names of meanings, and what each captures."""
    return {
        meaning.constants["what"]: found
        for meaning in load()
        if meaning.into == "messages" and (found := meaning.reads("", text)) is not None
    }

"""What a change and the failures both name: a host, a table, a setting, a file that errors tell of since, and did not before.

That a change came last says less than that the errors speak of what it changed. A word counts that stands in what failed and in
few of the changes, and that log lines told at least three times as often in the incident as before it; words that stand in errors and
changes of every kind are declared in shared_words.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from forensics import declarations
from forensics.model import Change, Citation, Query
from forensics.store import Store
from forensics.times import Span

LEAST_TOLD = 5
"""An error told less often says little about an incident (as in the answers)."""
MOST_ERRORS = 12
LEAST_LETTERS = 4
MOST_EVENTS = 50
"""Events of one error that are read for what they name, evenly spread over the incident."""
MOST_HOLD = 0.5
"""A word that no more than half of the events of an error hold varies from one to the next: a table of many, a customer, a page."""
MORE_OFTEN = 3.0
SHARED_BY = 0.5
"""A word that half of the changes hold, or more, tells none from the others; of fewer than four changes, all of them."""
_PART = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JOINED = re.compile(r"[^\s\"'`“”„«»()\[\]{}<>,;!?]+")
_HASH = re.compile(r"\b[0-9a-f]{7,64}\b|\b\d[\d.,:TZ+-]*\b")


@cache
def common() -> frozenset[str]:
    """Return the words of shared_words.toml."""
    return frozenset(declarations.declared("analysis/shared_words.toml")["common"].split())


@dataclass(frozen=True, slots=True)
class Shared:
    """What a change and the failures both name."""

    words: tuple[str, ...]
    """The longest first; parts of another of them are left out."""
    error: str
    """The most frequent error, or the route, that names the first of them."""
    citation: Citation
    asked: tuple[Query, ...]


def words(text: str) -> frozenset[str]:
    """Return the words of a text that may tell something: parts of names, and neighbouring parts of one name together."""
    found: set[str] = set()
    for name in _JOINED.findall(_HASH.sub(" ", text)):
        parts = [part.lower() for part in _PART.findall(_HUMP.sub(" ", name))]
        found |= {one for one in parts if _tells(one)}
        found |= {
            f"{one} {two}"
            for one, two in pairwise(parts)
            if (_tells(one) or _tells(two))
            or (len(one) + len(two) >= LEAST_LETTERS and not {one, two} & common() and not one.isdigit())
        }
    return frozenset(found)


def _tells(word: str) -> bool:
    return (
        len(word) >= LEAST_LETTERS and word not in common() and sum(one.isalpha() for one in word) >= LEAST_LETTERS - 1
    )


def shared(store: Store, window: Span | None, found: Sequence[Change]) -> Mapping[Citation, Shared]:
    """Return, by where they stand, which of the changes name what the failures of the incident name."""
    if window is None or not found:
        return {}
    with store.noted() as asked:
        spoken, routes = _errors(store, window), _routes(store, window)
        errors = [*spoken, *routes]
        held = {change.citation: words(f"{change.summary} {change.service or ''}") for change in found}
        most = max(len({change.summary for change in found}) * SHARED_BY, 3.0)
        named: dict[str, list[Citation]] = {}
        for where, its in held.items():
            for word in its & frozenset[str]().union(*(one[1] for one in errors)):
                named.setdefault(word, []).append(where)
        few = [word for word, places in sorted(named.items()) if len(places) < most]
        of_errors = {word for _, theirs, _ in spoken for word in theirs}
        telling = _since(store, window, [word for word in few if word in of_errors])
        telling |= {word for _, theirs, _ in routes for word in theirs if word in few}
    told = {}
    for change in found:
        every = sorted((held[change.citation] & telling), key=lambda one: (-len(one), one))
        mine = [one for place, one in enumerate(every) if not any(one in longer for longer in every[:place])]
        by = next(((said, cited) for said, theirs, cited in errors if mine and mine[0] in theirs), None)
        if by:
            told[change.citation] = Shared(tuple(mine), *by, tuple(asked))
    return told


def _errors(store: Store, window: Span) -> list[tuple[str, frozenset[str], Citation]]:
    """Return what errors that surged and failed requests say, the most frequent first."""
    between = {"start": window.earliest, "end": window.latest}
    found = []
    for template, _, _, _, _, path, line in store.rows("loud_templates", **between, least=LEAST_TOLD)[:MOST_ERRORS]:
        for message, _ in store.rows("line_message", path=path, line=line)[:1]:
            same = store.rows("template_events", template=template, **between, most=MOST_EVENTS)
            found.append((message.splitlines()[0][:200], _of_most(same), Citation(path, line=line)))
    for kind, _, path, line, _, example in store.rows("failed_errors", **between)[:MOST_ERRORS]:
        said = (example or kind)[:1000]
        if not said.startswith("status ") or "failed with:" in said:
            found.append((said[:200], words(said), Citation(path, line=line)))
    return found


def _of_most(events: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the words that most events of one error hold: what only some of them name is what they met, not what they are about."""
    told = Counter(word for message, body in events for word in words(f"{message[:1000]} {body[:2000]}"))
    return frozenset(word for word, count in told.items() if count > MOST_HOLD * len(events))


def _routes(store: Store, window: Span) -> list[tuple[str, frozenset[str], Citation]]:
    """Return the routes that failed far more often than all others together."""
    found = []
    routes = store.rows("route_outcomes", start=window.earliest, end=window.latest)
    failed, asked_for = sum(row[1] for row in routes), sum(row[2] for row in routes)
    for route, bad, of, path, line in routes[:MOST_ERRORS]:
        others = (failed - bad) / (asked_for - of) if asked_for > of else 0.0
        if bad >= LEAST_TOLD and bad / of > MORE_OFTEN * others:
            found.append((route, words(route), Citation(path, line=line)))
    return found


def _since(store: Store, window: Span, asked: Sequence[str]) -> frozenset[str]:
    """Return the words that log lines told far more often a second since the onset than before, or never tell: a route's."""
    if not asked:
        return frozenset()
    rows = store.rows("words_told", words=list(asked), start=window.earliest, end=window.latest)
    begun = store.one("told_first")
    lasted = max((window.latest - window.earliest).total_seconds(), 1.0)
    quiet = max((window.earliest - begun).total_seconds(), 1.0) if begun else 1.0
    usual = {word for word, during, before in rows if during / lasted <= MORE_OFTEN * before / quiet}
    return frozenset(asked) - usual

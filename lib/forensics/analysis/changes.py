"""What changed: commits, restarts, deploys and commands that change what a machine holds, as the evidence dates them."""

from __future__ import annotations

from datetime import datetime

from forensics.analysis import changed_settings, commands
from forensics.analysis.messages import Said
from forensics.model import Change, Citation, Moment
from forensics.store import Store


def changes(store: Store, events: list[Said]) -> list[Change]:
    """Return every change, dated ones newest first, undated ones (whose order is no time) last."""
    found = [
        _change(
            id_,
            time,
            kind,
            service,
            summary,
            Citation(path, line=line, position=None if line else position, table=table, row=row),
            undoes,
        )
        for id_, time, kind, service, summary, path, line, position, undoes, table, row in store.rows("changes_all")
    ]
    told = [
        Change(str(event.citation), event.time, event.what, event.text, event.citation)
        for event in events
        if event.what == "restart"
        or (event.kind, event.what) in (("change", "data"), ("change", "deploy"), ("change", "schema"))
    ]
    found += [*commands.changes(store), *changed_settings.changes(store)]
    dated = sorted(
        [change for change in found if change.time] + told,
        key=lambda change: (change.time or datetime.min, "" if change.until else change.id, change.citation.place),
        reverse=True,
    )
    return dated + [change for change in found if change.time is None]


def before(change: Change, moment: Moment) -> bool:
    """Say whether a change can have come before a moment. Where both only lie between two times, and stand in one file, their
    order tells; what has no time is before nothing."""
    if moment.span is None or change.time is None:
        return False
    for place in moment.citations if change.until else ():
        if place.path == change.citation.path and place.line is not None and change.citation.line is not None:
            return change.citation.line < place.line
    return change.time <= moment.span.latest


def _change(
    id_: str | None,
    time: datetime | None,
    kind: str,
    service: str | None,
    summary: str,
    citation: Citation,
    reverts: str | None,
) -> Change:
    return Change(id_ or str(citation), time, kind, summary, citation, service, reverts=reverts or "")

"""What changed: commits, restarts and deploys, as the evidence dates them."""

from __future__ import annotations

from datetime import datetime

from forensics.analysis.messages import Said
from forensics.model import Change, Citation
from forensics.store import Store


def changes(store: Store, events: list[Said]) -> list[Change]:
    """Return every change, dated ones newest first, undated ones (whose order is no time) last."""
    found = [
        _change(id_, time, kind, service, summary, Citation(path, line=line, position=None if line else position))
        for id_, time, kind, service, summary, path, line, position in store.rows("changes_all")
    ]
    told = [
        Change(str(event.citation), event.time, event.what, event.text, event.citation)
        for event in events
        if event.what == "restart" or (event.kind, event.what) == ("change", "data")
    ]
    dated = sorted(
        [change for change in found if change.time] + told,
        key=lambda change: (change.time or datetime.min, change.id),
        reverse=True,
    )
    return dated + [change for change in found if change.time is None]


def _change(
    id_: str | None, time: datetime | None, kind: str, service: str | None, summary: str, citation: Citation
) -> Change:
    return Change(id_ or str(citation), time, kind, summary, citation, service)

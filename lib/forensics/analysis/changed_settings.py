"""Settings that somebody changed while their values were sampled: between the last sample of the old and the first of the new.

Which samples tell a setting is declared in changed_settings.toml.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from forensics import declarations
from forensics.analysis import series_labels
from forensics.model import Change, Citation
from forensics.store import Store

LONGEST = timedelta(hours=1)
"""Samples further apart leave open when a setting was changed: it is a change without a time."""


def declared() -> dict[str, Any]:
    """Return changed_settings.toml."""
    return declarations.declared("analysis/changed_settings.toml")


def changes(store: Store) -> list[Change]:
    """Return the changes of settings, each with the times between which it was made."""
    found = []
    for one in declared()["setting"]:
        rows = store.rows("changed_settings", name=one["name"])
        for name, labels, old, new, unit, seen, time, path, line, position in rows:
            place = Citation(path, line=line, position=None if line else position)
            of = series_labels.told(labels or "{}", [row[1] or "{}" for row in rows if row[0] == name])
            said = f"{name}{of}: {old:.15g} -> {new:.15g}{f' {unit}' if unit else ''}, {one['words']}"
            near = time - seen <= LONGEST
            kind = one.get("kind", "config")
            found.append(Change(str(place), seen if near else None, kind, said, place, until=time if near else None))
    return found

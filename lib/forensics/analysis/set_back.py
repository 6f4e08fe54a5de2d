"""Which changes of a setting, a flag or a limit were taken back by setting it to what it was before (set_back.toml).

Nobody writes “revert” who turns a flag off again; the values tell it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from forensics import declarations
from forensics.model import Change


@dataclass(frozen=True, slots=True)
class Setting:
    """What a change set, from what to what."""

    thing: str
    """As it is written."""
    before: str
    """Empty where it is not told."""
    after: str

    @property
    def name(self) -> tuple[str, ...]:
        """By which it is compared: the last part of a path or dotted name; of a plain word, the word before it as well."""
        words = self.thing.lower().split()
        last = re.split(r"[./]", words[-1].strip("./"))[-1]
        return (last,) if re.search(r"[_.\d/-]", words[-1]) else tuple([*words[:-1], last][-2:])


def declared() -> dict[str, Any]:
    """Return set_back.toml."""
    return declarations.declared("analysis/set_back.toml")


@lru_cache(2**14)
def setting(text: str) -> Setting | None:
    """Return what a change says that it set; None where it says nothing of the kind."""
    for one in declared()["set"]:
        if found := re.search(one["pattern"], text[:2000]):
            parts = found.groupdict()
            thing = next(value for name, value in parts.items() if name.startswith("thing") and value)
            return Setting(thing, _value(parts.get("before") or ""), _value(parts["after"]))
    return None


def _value(text: str) -> str:
    value = re.sub(r"[\s,]", "", text).lower()
    return {"true": "on", "enabled": "on", "false": "off", "disabled": "off"}.get(value, value) if value else ""


def set_back(by: Change, others: Sequence[Change]) -> list[Change]:
    """Return the changes of the same thing that this one takes back, the last first: those since it was last set as it is now.

    What turned a flag on is taken back by what turns it off. Where what came just before does not lead to where this one begins,
    it was another thing of that name (another place, another environment), and is passed over.
    """
    now = setting(by.summary)
    if now is None or by.time is None:
        return []
    earlier = sorted(
        (
            (one, told)
            for one in others
            if one.time and one.time < by.time and one.kind != "restart"
            for told in [setting(one.summary)]
            if told and told.name == now.name
        ),
        key=lambda entry: entry[0].time or datetime.min,
        reverse=True,
    )
    chain: list[Change] = []
    value = now.before
    for one, told in earlier:
        if value and told.after != value:
            continue
        chain.append(one)
        if told.before == now.after or (now.after == "off" and told.after == "on" and not told.before):
            return chain if told.after != now.after else []
        value = told.before
        if not value:
            return []
    return []

"""What people wrote beside the evidence, as the exports need it. Read leniently: what is missing is not written yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from forensics.model import Json

COMMANDER = "incident commander"
"""Who is to write what nobody else is named for."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action item, as somebody wrote it; empty: not written."""

    text: str
    owner: str
    """A role or a team."""
    due: str
    """A day, ISO 8601."""
    test: str
    """What shows that it is done."""
    type: str
    """prevent, detect, mitigate or process."""
    answers: str
    """The findings that it answers, by their ids, divided by spaces."""
    done: bool

    @property
    def lacks(self) -> list[str]:
        """What nobody has written of it yet, of what an action needs."""
        needed = {"owner": self.owner, "due date": self.due, "test of done": self.test, "type": self.type}
        return [name for name, value in needed.items() if not value]

    def late(self, day: str) -> bool:
        """Say whether it was due before a day and is not done; what is no day is not compared."""
        try:
            return not self.done and date.fromisoformat(self.due) < date.fromisoformat(day)
        except ValueError:
            return False


def actions(result: Json) -> list[Action]:
    """Return the action items that people wrote, in their order."""
    found = (result.get("notes") or {}).get("actions") or []
    return [
        Action(
            text=_said(one.get("text")),
            owner=_said(one.get("owner")),
            due=_said(one.get("due")),
            test=_said(one.get("test")),
            type=_said(one.get("type")),
            answers=_said(one.get("answers")),
            done=one.get("done") in (True, "true", "yes"),
        )
        for one in found
        if isinstance(one, dict)
    ]


def narrative(result: Json, *names: str) -> str:
    """Return what people wrote on the first of these sections that somebody wrote on; empty: nobody has."""
    told = (result.get("notes") or {}).get("narrative") or {}
    return next((text for name in names if (text := _said(told.get(name)))), "")


def review(result: Json) -> str:
    """Return how far the review has come: draft, in review, final; a draft where nobody says."""
    return _said((result.get("notes") or {}).get("review"), "state") or "draft"


def hypotheses(result: Json) -> list[str]:
    """Return what people suppose, with how it stands where they say."""
    found = (result.get("notes") or {}).get("hypotheses") or []
    said = [(_said(one), _said(one.get("state")) if isinstance(one, dict) else "") for one in found]
    return [f"{text} ({state})" if state else text for text, state in said if text]


def _said(value: Any, key: str = "text") -> str:
    """Return a text, however it is held: as it is, under a key, or as several."""
    if isinstance(value, dict):
        return _said(value.get(key))
    if isinstance(value, list | tuple):
        return " ".join(filter(None, (_said(one) for one in value)))
    return "" if value is None or isinstance(value, bool) else str(value).strip()

"""What people wrote beside the evidence, as the exports need it. Read leniently: what is missing is not written yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from forensics.model import Json
from forensics.report.likeness import Text
from forensics.report.words import sentence

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
    outside: str = ""
    """How it is told to those outside."""

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
            due=_said(one.get("due")) or _said(one.get("due_written")),
            test=_said(one.get("test")),
            type=_said(one.get("type")),
            answers=" ".join(_said(ref, "ref") for ref in one.get("answers") or []),
            done=one.get("done") is True,
            outside=_said(one.get("outside")),
        )
        for one in found
        if isinstance(one, dict)
    ]


def narrative(result: Json, name: str) -> str:
    """Return what people wrote in a section of narrative.toml, its points as sentences; empty: nobody has."""
    told = (result.get("notes") or {}).get("narrative") or {}
    points = [_said(point) for point in (told.get(name) or {}).get("items") or []]
    points = [point for point in points if point]
    return points[0] if len(points) == 1 else " ".join(sentence(point) for point in points)


_CAUSES = {"root_cause": "root cause", "trigger": "trigger", "contributing_factors": "contributing factor"}
REFUTED = "refuted"


def causes(result: Json) -> list[Text]:
    """Return what people wrote of causes and of what is to be done, each point by itself; what they refuted is left out."""
    notes = result.get("notes") or {}
    told = notes.get("narrative") or {}
    found = [
        Text(kind, _said(point))
        for name, kind in _CAUSES.items()
        for point in (told.get(name) or {}).get("items") or []
    ]
    found += [Text("hypothesis", _said(one)) for one in notes.get("hypotheses") or [] if one.get("state") != REFUTED]
    found += [Text("action", one.text) for one in actions(result)]
    return [one for one in found if one.text]


def review(result: Json) -> str:
    """Return how far the review has come: draft, in review, final; a draft where nobody says."""
    return _said((result.get("notes") or {}).get("review"), "state") or "draft"


def hypotheses(result: Json) -> list[str]:
    """Return what people suppose, with how it stands."""
    found = (result.get("notes") or {}).get("hypotheses") or []
    return [f"{one['text']} ({one['state']})" for one in found]


def people(result: Json) -> set[str]:
    """Return the persons whom people's notes name."""
    return {role["who"] for role in (result.get("notes") or {}).get("roles") or [] if role["who"]}


def _said(value: Any, key: str = "text") -> str:
    if isinstance(value, dict):
        value = value.get(key)
    return "" if value is None else str(value).strip()

"""A gentle reading of what people wrote: what blames, what an action lacks, which finding nobody answers. Hints, never errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from forensics import declarations
from forensics.findings import note_merging
from forensics.lengths import cut
from forensics.model import Json
from forensics.times import parse_time

MANY_ACTIONS = 10
"""About so many get done (RUBRIC 26)."""
CAUSES = ("root_cause", "trigger", "contributing_factors", "why_not_stopped", "what_happened", "hypothesis")
_ASKED = ("owner", "due", "test", "type")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a hint is given on."""

    code: str
    of: frozenset[str]
    """Sections of the narrative and tables of the notes; `*` for all."""
    pattern: re.Pattern[str]
    hint: str
    """With {found} for the words."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text that people wrote."""

    of: str
    """The section or the table."""
    about: str
    """The section, or the id of the note, hypothesis or action."""
    text: str
    line: int | None


LEAST_OF_A_NAME = 3
"""Letters of a given name or a surname that is looked for alone: only of those whom people's own list of roles names."""


def declared() -> dict[str, Any]:
    """Return notes_lint.toml."""
    return declarations.declared("findings/notes_lint.toml")


@cache
def rules() -> tuple[Words, ...]:
    """Return the rules about words."""
    return tuple(
        Words(one["code"], frozenset(one["of"]), re.compile(one["pattern"]), one["hint"]) for one in declared()["words"]
    )


@cache
def _verbs() -> frozenset[str]:
    return frozenset(declared()["words_of_actions"]["verbs"].split())


def lint(notes: Json, result: Json, people: Iterable[str] = ()) -> list[Json]:
    """Return hints on merged notes, in the order of the file, those on the whole last.

    `people` are names that the evidence knows; where causes are told they are hints too.
    """
    who = [role["who"] for role in notes["roles"] if role["who"]]
    parts = (part for name in who for part in name.split() if len(part) >= LEAST_OF_A_NAME and part[0].isupper())
    names = sorted({*people, *who, *parts} - {""})
    found = [hint for text in _texts(notes) for hint in _on_words(text, names)]
    found += [hint for action in notes["actions"] for hint in _on_action(action, _ends(result))]
    found.sort(key=lambda hint: (hint["line"] or 0, hint["code"]))
    return [*found, *_on_the_whole(notes, result)]


def on_text(of: str, text: str, people: Iterable[str] = ()) -> list[str]:
    """Return hints on one text while it is being written, for a section of the narrative or a table of the notes."""
    return [hint["message"] for hint in _on_words(Text(of, "", text, None), sorted(people))]


def on_action(action: Json, result: Json, people: Iterable[str] = ()) -> list[str]:
    """Return hints on one action while it is being written. It has the keys of a merged one."""
    asked = [hint["message"] for hint in _on_action(action, _ends(result))]
    return [*on_text("action", action["text"], people), *asked]


def begins_with_verb(text: str) -> bool:
    """Say whether a text says what is to be done."""
    first = _WORD.search(text)
    if first is None:
        return False
    word = first.group().lower()
    return word in _verbs() or word.rpartition("-")[2] in _verbs() or word.partition("-")[0] in _verbs()


def _texts(notes: Json) -> Iterator[Text]:
    for name, written in notes["narrative"].items():
        for item in written["items"] if written else ():
            yield Text(name, name, item, written["line"])
    for table, rows in (("note", "notes"), ("hypothesis", "hypotheses"), ("action", "actions")):
        for one in notes[rows]:
            yield Text(table, one["id"], one["text"], one["line"])


def _on_words(text: Text, names: list[str]) -> Iterator[Json]:
    for rule in rules():
        if ("*" in rule.of or text.of in rule.of) and (match := rule.pattern.search(text.text)):
            yield _hint(rule.code, rule.hint.format(found=match.group()), text.about, text.line)
    if text.of in CAUSES and any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.text) for name in names):
        yield _hint("name-as-cause", declared()["checks"]["name-as-cause"], text.about, text.line)


def _on_action(action: Json, ends: date | None) -> Iterator[Json]:
    about = action["id"], action["line"]
    checks = declared()["checks"]
    if not begins_with_verb(action["text"]):
        yield _hint("action-without-verb", checks["action-without-verb"], *about)
    for name in _ASKED:
        if not action[name]:
            yield _hint(f"action-without-{name}", checks[f"action-without-{name}"], *about)
    if not action["answers"]:
        yield _hint("action-answers-nothing", checks["action-answers-nothing"], *about)
    elif unknown := [one["ref"] for one in action["answers_to"] if one["kind"] is None]:
        yield _hint("action-answers-unknown", checks["action-answers-unknown"].format(found=", ".join(unknown)), *about)
    if ends and action["due"] and not action["done"] and date.fromisoformat(action["due"]) < ends:
        yield _hint("action-past-due", checks["action-past-due"].format(found=action["due"]), *about)


def _on_the_whole(notes: Json, result: Json) -> Iterator[Json]:
    """Ask of the actions together: are there too many, and which finding do they leave alone? Without any there is nothing to ask."""
    checks = declared()["checks"]
    still_open = [action for action in notes["actions"] if not action["done"]]
    if len(still_open) > MANY_ACTIONS:
        yield _hint("too-many-actions", checks["too-many-actions"].format(found=len(still_open)), "", None)
    if not notes["actions"]:
        return
    answered = {ref for action in notes["actions"] for ref in action["answers"]}
    for finding in result["findings"]:
        if finding["id"] == note_merging.finding_id(("severity",)):
            continue  # how grave it was follows from the others
        if not answered & {finding["id"], *finding["claims"]}:
            statement = finding["statement"]
            told = cut(statement, 160)
            yield _hint("finding-unanswered", checks["finding-unanswered"].format(found=told), finding["id"], None)


def _ends(result: Json) -> date | None:
    """Return the day on which the evidence ends: no clock of a machine tells what is overdue."""
    days = []
    for entry in result["evidence"]:
        try:
            days.append(parse_time(entry["covers"]["end"]) if entry["kind"] in ("log", "metrics") else None)
        except (ValueError, TypeError, KeyError):
            continue  # nothing places it
    known = [one for one in days if one]
    return max(known).date() if known else None


def _hint(code: str, message: str, about: str, line: int | None) -> Json:
    return {"code": code, "about": about, "line": line, "message": message}

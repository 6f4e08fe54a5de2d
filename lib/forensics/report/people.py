"""What people wrote, as page and Markdown show it; where they have not, whose it is, what is asked, and what helps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forensics.findings.notes import Section, sections
from forensics.model import Json
from forensics.report.words import plural

REVIEWS = {"draft": "Draft", "in review": "In review", "final": "Final"}
BRIEF = 110
"""Letters of what only reminds of something."""
OWNER = "incident commander"
"""Whose the report is until the notes say who reviewed it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the post-mortem that only people can write."""

    section: Section
    said: tuple[tuple[str, ...], ...]
    """Its points or its one text, each in paragraphs; empty: nobody has written it."""
    helps: tuple[Json, ...]
    """Facts of the evidence that help to write it, each with its claims."""


def part(told: Json, name: str) -> Part:
    """Return a section of the narrative, written or not."""
    section = sections()[name]
    written = (_notes(told).get("narrative") or {}).get(name) or {}
    said = tuple(tuple(_paragraphs(item)) for item in written.get("items", ()))
    return Part(section, said, tuple((told.get("prompts") or {}).get(name, ())))


HYPOTHESES = Section(
    "hypotheses",
    "Hypotheses",
    "engineering team",
    "What may have been, with what speaks for it and what against it.",
    False,
)
"""What is asked where nobody has written a hypothesis."""


def open_parts(told: Json, names: Iterable[str], with_hypotheses: bool = False) -> list[Part]:
    """Return those of these sections that nobody has written, and whether hypotheses are asked for, too."""
    found = [one for one in (part(told, name) for name in names) if not one.said]
    return [*found, Part(HYPOTHESES, (), ())] if with_hypotheses and not hypotheses(told) else found


def by_owner(parts: Iterable[Part]) -> list[tuple[str, list[Part]]]:
    """Return parts by whose they are to write, the owners in the order in which they come first."""
    found: dict[str, list[Part]] = {}
    for one in parts:
        found.setdefault(one.section.owner, []).append(one)
    return list(found.items())


def remarks(told: Json) -> dict[str, list[Json]]:
    """Return the notes and stars by the event that they are on: its id or the place of its record."""
    found: dict[str, list[Json]] = {}
    for note in _rows(told, "notes"):
        if note["on"]:
            found.setdefault(note["on"]["ref"], []).append(note)
    return found


def on_event(told: Json, event: Json) -> list[Json]:
    """Return the notes and stars on one event."""
    known = remarks(told)
    return [*known.get(event.get("id", ""), []), *known.get(event["where"], [])]


def elsewhere(told: Json) -> list[Json]:
    """Return the notes that stand beside no event that is shown: on findings, claims, places, or on the whole."""
    shown = {ref for event in told["timeline"] for ref in (event.get("id"), event["where"])}
    return [note for note in _rows(told, "notes") if note["text"] and not (note["on"] and note["on"]["ref"] in shown)]


def hypotheses(told: Json) -> list[Json]:
    """Return what people think may have been."""
    return _rows(told, "hypotheses")


def actions(told: Json) -> list[Json]:
    """Return what is to be done."""
    return _rows(told, "actions")


def brief(ref: Json) -> str:
    """Say in a line what a reference leads to, or meant when it was written down: it only reminds of what stands elsewhere. It ends
    with a clause or a quotation, where one ends in the second half of the line."""
    whole = str(ref["statement"] or ref["meant"] or ref["ref"]).rstrip(".")
    if len(whole) <= BRIEF:
        return whole
    head = whole[:BRIEF]
    ends = [found.start() + (found[0] == "” ") for found in re.finditer(r"[,;:.] |” ", head)]
    whole_ends = [at for at in ends if at > BRIEF // 2 and head[:at].count("“") == head[:at].count("”")]
    kept = head[: whole_ends[-1]] if whole_ends else head.rsplit(" ", 1)[0]
    return f"{kept.rstrip(' ,;:.')}…"


def lacks(action: Json) -> list[str]:
    """Return what nobody has written of an action yet, of what each needs."""
    names = {"owner": "owner", "due": "due date", "test": "test of done", "type": "type", "answers": "finding"}
    return [said for name, said in names.items() if not action[name]]


def roles(told: Json) -> list[Json]:
    """Return who had which part; persons only where nothing is redacted."""
    open_ = not told["parameters"].get("redact", True)
    return [{**one, "who": one["who"] if open_ else ""} for one in _rows(told, "roles")]


def orphans(told: Json) -> list[Json]:
    """Return what notes point at that is not in this evidence, with what it meant when it was written down."""
    return _rows(told, "orphans")


def problems(told: Json) -> list[Json]:
    """Return what stands in the notes and could not be taken as it stands."""
    return _rows(told, "problems")


def hints(told: Json) -> list[Json]:
    """Return the hints on what people wrote."""
    return _rows(told, "lint")


def review(told: Json) -> Json:
    """Return how far the post-mortem is."""
    found: Json = _notes(told).get("review") or {"state": "draft", "version": None, "by": None, "at": None}
    return {**found, "word": REVIEWS[found["state"]], "owner": found["by"] or OWNER}


def summary(result: Json) -> str:
    """Say how much people have written, and how much of it points at nothing or could not be taken."""
    if not result.get("notes"):
        return f"Nobody has written yet: {result['why_null']['notes']}."
    written = sum(bool(part(result, name).said) for name in sections())
    rows = [("action", actions), ("hypothesis", hypotheses)]
    said = f"{written} of {len(sections())} sections are written; "
    said += ", ".join(plural(len(found(result)), one, "hypotheses" * (one == "hypothesis")) for one, found in rows)
    answered = {ref for action in actions(result) for ref in action["answers"]}
    unanswered = [one for one in result["findings"] if not answered & {one["id"], *one["claims"]}]
    if actions(result):
        said += f", which answer {len(result['findings']) - len(unanswered)} of {plural(len(result['findings']), 'finding')}"
    lost = [f"{len(found)} {what}" for found, what in ((orphans(result), "pointing at nothing in this evidence"),
            (problems(result), "not taken as written")) if found]  # fmt: skip
    return f"{said}. {REVIEWS[review(result)['state']]}.{' Of the notes ' + ', '.join(lost) + '.' if lost else ''}"


def warnings(result: Json) -> list[str]:
    """Return, for whoever runs it, what the notes hold that is lost from sight or cannot be taken, and how many hints there are."""
    name = _notes(result).get("path", "")
    said = [f"{name}:{one['line'] or 1}: {one['message']}" for one in problems(result)]
    for one in orphans(result):
        meant = f", which was “{one['meant']}”" if one["meant"] else ""
        said.append(f"{name}:{one['line'] or 1}: {one['by']} points at {one['ref']}{meant}; it is not in this evidence")
    if hints(result):
        said.append(f"{name}: {plural(len(hints(result)), 'hint')} on what is written, in the report under Notes")
    return said


def _notes(told: Json) -> Json:
    return told.get("notes") or {}


def _rows(told: Json, name: str) -> list[Json]:
    return list(_notes(told).get(name) or ())


def _paragraphs(text: str) -> Iterator[str]:
    """Give the paragraphs of a text: they stand apart by an empty line."""
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield " ".join(lines)
            lines = []

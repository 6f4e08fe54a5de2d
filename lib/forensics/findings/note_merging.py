"""People's notes in a result: each joined by stable ids to what it is about; what it is no longer about is listed, not dropped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from forensics.analysis.stated import Stated
from forensics.findings.notes import Action, Hypothesis, Note, Notes, StatedClaim, When, sections
from forensics.model import Citation, Event, Json
from forensics.times import full, parse_time, utc

NO_NOTES = "nobody has begun notes beside the incident folder"
_FIGURE = re.compile(r"(?:\d[\d.,]* (?:d|h|min|s)\b ?)+|\d[\d.,]*")
_PLACE = re.compile(r"(?P<path>.+?)(?: ?#(?P<element>[1-9]\d*)|:(?P<line>[1-9]\d*)| \[(?P<table>.+ row \d+)\])?")


def event_id(event: Event) -> str:
    """Return the id of an event: a hash of where its record stands and what it says, not of its place among others.

    What is measured rather than recorded (a stretch over a limit) has no record: there the time stands for the place, and
    figures, which other evidence may change, are left out.
    """
    cited = event.citation
    recorded = (cited.line, cited.position, cited.row) != (None, None, None)
    text = (
        event.text.replace(f"{event.step}: ", "Command: ", 1) if event.step else event.text
    )  # as before it was a step
    words = text if recorded else _FIGURE.sub("", text)
    return _hashed("e", str(cited), event.kind, words, "" if recorded else f"{event.time:%m-%dT%H:%M:%S.%f}")


def finding_id(subject: Sequence[str]) -> str:
    """Return the id of a finding: a hash of what it is about, not of its figures or rank."""
    return _hashed("f", *subject)


def numbered(ids: Iterable[str]) -> Iterator[str]:
    """Tell those apart that are alike in everything that an id is made of."""
    seen: dict[str, int] = {}
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
        yield one if seen[one] == 1 else f"{one}-{seen[one]}"


def _hashed(prefix: str, *parts: str) -> str:
    return f"{prefix}-{hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:12]}"


def stated(notes: Notes | None) -> list[Stated]:
    """Return the moments that the notes state, to stand beside those that the evidence states."""
    if notes is None:
        return []
    said = [(one.moment, one.at, one.words, one.by, one.line) for one in notes.moments]
    if notes.severity and notes.severity.at:
        severity = notes.severity
        said.append(("declared", notes.severity.at, f"declared {severity.level}", severity.by, severity.line))
    return [
        Stated(
            moment,
            at.span,
            words or f"{moment} at {at.written}",
            at.written,
            at.utc_assumed,
            by,
            Citation(notes.path, line=line),
        )
        for moment, at, words, by, line in said
    ]


def identified(notes: Notes) -> tuple[Note | Hypothesis | Action | StatedClaim, ...]:
    """Return everything in the notes that has an id."""
    return (*notes.notes, *notes.hypotheses, *notes.actions, *notes.claims)


def title_source(notes: Notes | None) -> str | None:
    """Return where the notes say what the incident is called; None where they do not."""
    return str(Citation(notes.path, line=notes.title_line)) if notes and notes.title else None


def starred(notes: Notes | None, events: Sequence[Event], ids: Sequence[str]) -> set[int]:
    """Return the places of the events that people gave a star, by id or by where the record stands."""
    wanted = {note.on for note in notes.notes if note.star} if notes else set()
    return {place for place, event in enumerate(events) if wanted & {ids[place], str(event.citation)}}


def merged(notes: Notes | None, result: Json, claims: Sequence[Json]) -> Json | None:
    """Return what people say, joined to the events, findings, claims and places of a result; None without notes."""
    if notes is None:
        return None
    joined = _Joined(notes, result, claims)
    return {
        "path": notes.path,
        "sha256": notes.sha256,
        "bytes": notes.size,
        "title": notes.title or None,
        "severity": _severity(notes),
        "roles": [{"role": r.role, "team": r.team, "who": r.who, "line": r.line} for r in notes.roles],
        "moments": [
            {"moment": m.moment, **_when(m.at), "by": m.by, "words": m.words, "line": m.line} for m in notes.moments
        ],
        "narrative": {
            name: {"items": list(written.items), "line": written.line}
            if (written := notes.narrative.get(name))
            else None
            for name in sections()
        },
        "notes": [
            {
                "id": n.id,
                "on": joined.to(n.on, "note", n.text, n.line) if n.on else None,
                "text": n.text,
                "star": n.star,
                "by": n.by,
                "at": _when(n.at) if n.at else None,
                "line": n.line,
            }
            for n in notes.notes
        ],
        "hypotheses": [
            {
                "id": h.id,
                "text": h.text,
                "for": [joined.to(ref, "hypothesis", h.text, h.line) for ref in h.supporting],
                "against": [joined.to(ref, "hypothesis", h.text, h.line) for ref in h.opposing],
                "state": h.state,
                "by": h.by,
                "line": h.line,
            }
            for h in notes.hypotheses
        ],
        "actions": [
            {
                "id": a.id,
                "text": a.text,
                "owner": a.owner,
                "due": a.due.isoformat() if a.due else None,
                "due_written": a.due_written,
                "test": a.test,
                "type": a.type or None,
                "answers": list(a.answers),
                "answers_to": [joined.to(ref, "action", a.text, a.line) for ref in a.answers],
                "done": a.done,
                "outside": a.outside,
                "line": a.line,
            }
            for a in notes.actions
        ],
        "claims": [{"id": c.id, "text": c.text, "by": c.by, "line": c.line} for c in notes.claims],
        "review": {
            "state": notes.review.state,
            "version": notes.review.version or None,
            "by": notes.review.by or None,
            "at": notes.review.at.isoformat() if notes.review.at else None,
            "line": notes.review.line,
        },
        "orphans": joined.orphans,
        "problems": [{"line": t.line, "message": t.message, "kept": t.kept} for t in notes.troubles],
    }


def _when(at: When) -> Json:
    return {**at.span.json(), "written": at.written, "utc_assumed": at.utc_assumed}


def _severity(notes: Notes) -> Json | None:
    found = notes.severity
    if found is None:
        return None
    at = _when(found.at) if found.at else None
    return {"level": found.level, "by": found.by, "at": at, "line": found.line}


def led_to(notes: Notes, result: Json, claims: Sequence[Json], ref: str) -> Json:
    """Return what a reference leads to in a result: `kind` null where it leads nowhere."""
    return _Joined(notes, result, claims).to(ref, "", "", None)


class _Joined:
    """What the ids and places in notes lead to in one result."""

    def __init__(self, notes: Notes, result: Json, claims: Sequence[Json]) -> None:
        self.orphans: list[Json] = []
        self._meant = notes.meant
        self._known: dict[str, tuple[str, str]] = {claim["id"]: ("claim", claim["statement"]) for claim in claims}
        self._known |= {one.id: ("hypothesis", one.text) for one in notes.hypotheses}
        self._known |= {one["id"]: ("finding", one["statement"]) for one in result["findings"]}
        self._known |= {one["id"]: ("event", said(one)) for one in result["timeline"]}
        self._lines = {
            entry["path"]: entry["lines"]["physical"] if entry["lines"] else None for entry in result["evidence"]
        }

    def to(self, ref: str, by: str, text: str, line: int | None) -> Json:
        """Return what a reference leads to; one that leads nowhere is an orphan, with what it meant when it was written."""
        kind, statement = self._known.get(ref, ("", ""))
        if not kind and self._in_evidence(ref):
            kind, statement = "place", ref
        meant = self._meant.get(ref)
        if not kind:
            self.orphans.append({"ref": ref, "meant": meant, "by": by, "text": text, "line": line})
        return {"ref": ref, "kind": kind or None, "statement": statement or None, "meant": meant}

    def _in_evidence(self, ref: str) -> bool:
        if ref in self._lines:
            return True
        place = _PLACE.fullmatch(ref)
        if not place or place["path"] not in self._lines:
            return False
        physical = self._lines[place["path"]]
        return place["line"] is None or physical is None or int(place["line"]) <= physical


def said(event: Json) -> str:
    """Say an event in one line, as notes keep it: when, what kind, what, and where it stands."""
    time = parse_time(event["time"])
    return f"{full(time)}{utc(time)} {event['kind']}: {event['text']} ({event['where']})"

"""What people wrote about the incident, sentence by sentence: documents of the folder, messages and incident records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from forensics.analysis.messages import Said
from forensics.evidence import intake
from forensics.model import Citation
from forensics.store import Store

LARGEST = 2_000_000
"""Bytes of a document whose lines are looked up; of a larger one the place is the paragraph's first line."""
LONGEST = 600
"""Letters of a sentence; what is longer is no sentence."""
PROSE = 0.6
"""A text that no format fits is an account where so many of its lines read as sentences."""
_SENTENCE = re.compile(r"[^.!?;。\n]+(?:[.!?;](?=\S)[^.!?;。\n]*)*[.!?;。]?(?:\*\*)?")
_READS_AS_ONE = re.compile(r"^[\s>*-]*[A-Z“\"'][\w’'-]*(?: [^\s=|{}<>$]+){3,}[.!?:]?\s*$|^[#-]+ \S")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_ROW = re.compile(r"^\s*(?:\|\s*)?/dev/\S+\s")
_DEVICE = re.compile(r"^\s*/dev/\S+\s*$")
_PART = re.compile(r"^\s*\w+: \d\S*\s*$")
_INSTRUCTS = re.compile(
    r"(?i)^\W*(?:\S+ ){0,3}?(?:runbook|playbook|checklist|guide|how[ -]?to|template|polic(?:y|ies)|procedures?)\b"
)
"""The title of a document that says what to do, and nothing that happened."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that a person wrote."""

    text: str
    citation: Citation
    written: datetime | None = None
    """When it was written; None where only the document says what it says."""
    who: str = ""
    """A role, where one is known."""
    named: bool = False
    """Whether somebody named it as a claim, in the notes beside the folder."""


def sentences(store: Store, said: Iterable[Said], folder: Path | None = None) -> list[Sentence]:
    """Return what people wrote, each sentence once: the place is that of its first occurrence.

    Text between fences of Markdown is commands and their output, and states nothing, except the rows of a file system.
    """
    found = [*_documents(store, folder), *_messages(said), *_records(store)]
    kept: dict[str, Sentence] = {}
    for one in found:
        kept.setdefault(" ".join(one.text.lower().split()).strip(" .-*#|"), one)
    return list(kept.values())


def paths(found: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the files in which people state something: none of them is evidence for what it states itself."""
    return tuple(sorted({one.citation.path for one in found}))


def _documents(store: Store, folder: Path | None) -> Iterator[Sentence]:
    by_path: dict[str, list[tuple[int, str, str | None, bool]]] = {}
    for path, line, message, body, document in store.rows("account_lines"):
        by_path.setdefault(path, []).append((line, message, body, document))
    for path, events in by_path.items():
        if (not events[0][3] and not _prose(events)) or any(_INSTRUCTS.match(one[1]) for one in events[:2]):
            continue
        places = _places(folder / path) if folder else {}
        fenced = False
        for line, message, body, _ in events:
            reached = line
            for text in _whole_rows((message, *(body or "").splitlines())):
                reached = _place(places, text.partition(" Inodes: ")[0] if _ROW.match(text) else text, reached)
                if _FENCE.match(text):
                    fenced = not fenced
                elif not fenced or _ROW.match(text):
                    for sentence in split(text):
                        yield Sentence(sentence, Citation(path, line=reached))


def _whole_rows(lines: Sequence[str]) -> Iterator[str]:
    """Give lines; those of a file system that was written down part by part as one."""
    place = 0
    while place < len(lines):
        last = place + 1
        if _DEVICE.match(lines[place]):
            while last < len(lines) and _PART.match(lines[last]):
                last += 1
        yield " ".join(line.strip() for line in lines[place:last]) if last > place + 1 else lines[place]
        place = last


def split(text: str) -> list[str]:
    """Return the sentences of a text, a row of a table as a whole."""
    if text.lstrip().startswith("|") or _ROW.match(text):
        return [text.strip()] if len(text) <= LONGEST else []
    return [one.strip() for one in _SENTENCE.findall(text) if one.strip() and len(one) <= LONGEST]


def _prose(events: Iterable[tuple[int, str, str | None, bool]]) -> bool:
    lines = [one for _, message, body, _ in events for one in (message, *(body or "").splitlines()) if one.strip()]
    return bool(lines) and sum(bool(_READS_AS_ONE.match(one)) for one in lines) >= PROSE * len(lines)


def _places(place: Path) -> Mapping[str, list[int]]:
    """Return on which lines each text of a file stands; nothing where it cannot be read as it lies there."""
    try:
        with intake.open_readonly(place) as file:
            text = file.read(LARGEST + 1)
    except OSError:
        return {}  # it stood in an archive: the paragraph's first line is known
    found: dict[str, list[int]] = {}
    if len(text) <= LARGEST:
        for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
            found.setdefault(line.strip(), []).append(number)
    return found


def _place(places: Mapping[str, list[int]], text: str, reached: int) -> int:
    return next((number for number in places.get(text.strip(), ()) if number >= reached), reached)


def _messages(said: Iterable[Said]) -> Iterator[Sentence]:
    for event in said:
        if event.person and event.kind in ("communication", "decision"):
            for line in event.text.splitlines():
                for sentence in split(line):
                    yield Sentence(sentence, event.citation, event.time, event.who)


def _records(store: Store) -> Iterator[Sentence]:
    for one in store.records("account_records"):
        for text in (one["title"], one["description"], one["resolution"]):
            for line in (text or "").splitlines():
                for sentence in split(line):
                    yield Sentence(sentence, Citation(one["path"], position=one["position"]), one["started"], "")

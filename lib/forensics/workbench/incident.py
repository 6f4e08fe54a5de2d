"""Which folder is meant, and what the incident in it is called."""

from __future__ import annotations

import json
import re
from pathlib import Path

from forensics.errors import Unknown, UsageError
from forensics.evidence import formats, intake
from forensics.findings import note_reading

DOCUMENT_CAP = 20 * 1024 * 1024
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def folder(text: str, what: str = "incident") -> Path:
    """Return the folder of an incident, or of a report, that is meant. Raises Unknown, with the nearest name."""
    if not text or any(not character.isprintable() for character in text):
        if what == "report":
            raise UsageError("The folder of a report is wanted, for example reports/demo-database.")
        raise UsageError("An incident folder is wanted, for example data/incidents/demo-database.")
    asked = Path(text).expanduser()
    candidates = [asked] if asked.is_absolute() else [Path.cwd() / asked, *(up / asked for up in Path.cwd().parents)]
    for candidate in candidates[:4]:
        if candidate.is_dir():
            return candidate.resolve()
    if asked.is_file() and what == "report":
        raise UsageError(f"{text} is a file; a report is a folder: forensics verify {asked.parent}")
    if asked.is_file():
        raise UsageError(
            f"{text} is a file; an incident is a folder of files. Inspect a file with: forensics formats {text}"
        )
    siblings = next((c.parent for c in candidates[:4] if c.parent.is_dir()), Path.cwd())
    names = sorted(entry.name for entry in siblings.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    raise Unknown(what, asked.name, names, str(asked.parent))


def sidecar(evidence: Path) -> Path:
    """Return where people's notes on an incident are kept: beside its folder, never in it."""
    return evidence.with_name(evidence.name + ".notes.toml")


def inputs(evidence: Path) -> dict[str, str]:
    """Return the SHA-256 of what a report rests on beside the evidence, by what it is: people's notes, where there are any."""
    notes = sidecar(evidence)
    return {"notes": intake.digest(notes)} if notes.is_file() else {}


def name(evidence: Path, formerly: Path | None = None) -> str:
    """Return the incident's id: stated in the notes, else by the one incident record, else the folder's name, or the name
    that it had `formerly`."""
    called = formerly or evidence
    stated = _stated(evidence) or _recorded(evidence)
    if stated and _SAFE.fullmatch(stated):
        return stated
    own = called.parent.name if called.name == "evidence" else called.name
    if _SAFE.fullmatch(own):
        return own
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", own).strip("-.")[:100]
    return safe or "incident"


def _stated(evidence: Path) -> str | None:
    notes = sidecar(evidence)
    if not notes.is_file():
        return None
    try:
        stated = note_reading.document(notes.read_bytes(), notes.name).get("id")
    except OSError as error:
        raise UsageError(f"{notes.name} cannot be read: {error.strerror}. It was left as it is.") from error
    return stated if isinstance(stated, str) else None


def _recorded(evidence: Path) -> str | None:
    """Return the id of the one record that a person opened, or of the only record there is."""
    by_person: set[str] = set()
    every: set[str] = set()
    for found in intake.listed(evidence):
        if found.refused or not 2 <= found.size <= DOCUMENT_CAP:
            continue
        try:
            with intake.open_readonly(found.place) as file:
                head = file.read(4096)
                if b'"incidents"' not in head:
                    continue
                document = json.loads(head + file.read())
        except (ValueError, RecursionError, OSError):
            continue
        fmt = formats.recognise_document(document)
        if fmt is None or fmt.kind != "incident-record":
            continue
        for place in formats.find(document, "incidents[]"):
            identity = formats.pick(place, "id")
            if isinstance(identity, str):
                every.add(identity)
                if formats.pick(place, "autoCreated") is not True:
                    by_person.add(identity)
    for found_ids in (by_person, every):
        if len(found_ids) == 1:
            return found_ids.pop()
    return None

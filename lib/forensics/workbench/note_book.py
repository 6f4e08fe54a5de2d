"""People's notes, written from a notebook: each call is one change, saved whole at once, beside the evidence and never in it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from forensics.errors import NotesChanged, Unknown, UsageError
from forensics.findings import note_merging, note_reading, note_writing, notes
from forensics.findings.notes import Notes
from forensics.model import Json
from forensics.report.redaction import without_secrets
from forensics.workbench import note_template

Change = Callable[[str], str]


class NoteBook:
    """The notes of one incident. Whatever cannot be saved whole is not saved, and says why."""

    def __init__(self, place: Path, evidence: Path, incident: str, result: Json, claims: Sequence[Json]) -> None:
        self.place = place
        """The file beside the incident folder; it need not be there yet."""
        self._evidence = evidence
        self._incident = incident
        self._result = result
        self._claims = claims
        self._seen = _digest(place)

    def __repr__(self) -> str:
        said = self.read()
        if said is None:
            return (
                f"No notes yet in {self.place.name}; case.notes.begin() writes a file with everything that can be said."
            )
        parts = [f"{len(said.narrative)} of {len(notes.sections())} sections"]
        parts += [f"{len(getattr(said, name))} {name}" for name in ("notes", "hypotheses", "actions", "claims")]
        return f"{self.place.name}: {', '.join(parts)}; {said.review.state}."

    def read(self) -> Notes | None:
        """Return what the file says now; None where there is none. Raises UsageError where it is no TOML."""
        return note_reading.read(self.place)

    def reload(self) -> NoteBook:
        """Take the file as it is now, with what others wrote, as what the next change is made to."""
        self._seen = _digest(self.place)
        return self

    # ---- what can be said -------------------------------------------------------------------------------------

    def begin(self) -> Path:
        """Write a file in which everything that can be said stands as a comment, with what is asked. Raises UsageError where
        there is one already: it is left as it is."""
        if self.place.exists():
            raise UsageError(f"{self.place.name} is there already. It was left as it is; edit it, or move it away.")
        self._save(lambda _: note_template.template(self._incident))
        return self.place

    def star(self, on: str, by: str = "") -> str:
        """Give something a star, once. Return the id of the note."""
        return self._remark(on, "", True, by)

    def note(self, text: str, on: str = "", by: str = "", *, star: bool = False) -> str:
        """Write a note on an event, a finding, a claim or a place of the evidence, or on the whole. Return its id."""
        if not text.strip():
            raise UsageError("A note wants a text. Nothing was saved.")
        return self._remark(on, text.strip(), star, by)

    def hypothesis(
        self, text: str, supporting: Sequence[str] = (), opposing: Sequence[str] = (), state: str = "open", by: str = ""
    ) -> str:
        """Write down what may have been, with what speaks for it and against it. Return its id."""
        self._one_of("state", state, notes.STATES)
        told = self.read()
        identity = note_reading.own_id("h", _wanted("A hypothesis", text))
        if told is None or identity not in {one.id for one in told.hypotheses}:
            table: dict[str, note_writing.Value] = {
                "text": text.strip(),
                "for": tuple(supporting),
                "against": tuple(opposing),
                "state": state,
                "by": by,
            }
            self._add("hypothesis", table, (*supporting, *opposing))
        return identity

    def action(
        self,
        text: str,
        owner: str = "",
        due: date | str = "",
        test: str = "",
        type: str = "",
        answers: Sequence[str] = (),
        outside: str = "",
    ) -> str:
        """Write down what is to be done. `due` is a day (ISO 8601), `outside` how those outside are told of it; what is left out can
        be written later. Return its id."""
        if type:
            self._one_of("type", type, notes.TYPES)
        told = self.read()
        identity = note_reading.own_id("a", _wanted("An action", text))
        if told is None or identity not in {one.id for one in told.actions}:
            table: dict[str, note_writing.Value] = {"text": text.strip(), "owner": owner, "due": _day(due)}
            self._add(
                "action", {**table, "test": test, "type": type, "answers": tuple(answers), "outside": outside}, answers
            )
        return identity

    def done(self, action: str, finished: bool = True) -> None:
        """Say that an action is done, by its id or its words."""
        told = self.read()
        rows = told.actions if told else ()
        found = self._place(rows, "action", action)
        self._save(lambda text: note_writing.with_key(text, ("action", found), "done", finished))

    def judge(self, hypothesis: str, state: str) -> None:
        """Say what became of a hypothesis (open, supported, refuted), by its id or its words."""
        self._one_of("state", state, notes.STATES)
        told = self.read()
        rows = told.hypotheses if told else ()
        found = self._place(rows, "hypothesis", hypothesis)
        self._save(lambda text: note_writing.with_key(text, ("hypothesis", found), "state", state))

    def title(self, text: str) -> None:
        """Say what the incident is called in the report."""
        self._save(lambda old: note_writing.with_key(old, (), "title", _wanted("A title", text)))

    def severity(self, level: str, at: str = "", by: str = "") -> None:
        """Say how bad it was declared to be, when (ISO 8601; UTC unless it says otherwise) and by which role."""
        said = {"level": _wanted("A severity", level), "at": at.strip(), "by": by.strip()}
        self._save(lambda text: _with_keys(text, "severity", said))

    def role(self, role: str, team: str = "", who: str = "") -> None:
        """Say who had a part in the response. A person's name is shown as the role where the report is redacted."""
        told = self.read()
        said = (_wanted("A role", role), team.strip(), who.strip())
        if told is None or said not in {(one.role, one.team, one.who) for one in told.roles}:
            self._add("role", dict(zip(("role", "team", "who"), said, strict=True)), ())

    def moment(self, moment: str, at: str, by: str = "", words: str = "") -> None:
        """State when the incident reached one of its clock points (ISO 8601; UTC unless it says otherwise)."""
        self._one_of("moment", moment, notes.MOMENTS)
        said = (moment, _wanted("A moment", at), by.strip(), words.strip())
        told = self.read()
        if told is None or said not in {(one.moment, one.at.written, one.by, one.words) for one in told.moments}:
            self._add("moment", dict(zip(("moment", "at", "by", "words"), said, strict=True)), ())

    def claim(self, text: str, by: str = "") -> str:
        """Write down what somebody says, to be checked against the evidence at the next run. Return its id."""
        identity = note_reading.own_id("s", _wanted("A claim", text))
        told = self.read()
        if told is None or identity not in {one.id for one in told.claims}:
            self._add("claim", {"text": text.strip(), "by": by.strip()}, ())
        return identity

    def write(self, section: str, text: str | Sequence[str]) -> None:
        """Write a section of the narrative, in place of what stood there. Raises Unknown, with the sections there are."""
        if section not in notes.sections():
            raise Unknown("section", section, notes.sections())
        value = text.strip() if isinstance(text, str) else tuple(one.strip() for one in text if one.strip())
        self._save(lambda old: note_writing.with_key(old, ("narrative",), section, value))

    def review(self, state: str, version: str = "", by: str = "", at: date | str = "") -> None:
        """Say how far the post-mortem is: draft, in review or final, which version, reviewed by which role and when."""
        self._one_of("state", state, notes.REVIEWS)
        said = {"state": state, "version": version, "by": by, "at": _day(at)}
        self._save(lambda text: _with_keys(text, "review", said))

    # ---- saving -----------------------------------------------------------------------------------------------

    def _remark(self, on: str, text: str, star: bool, by: str) -> str:
        told = self.read()
        identity = note_reading.own_id("n", on, text)
        if told is None or not any((one.on, one.text, one.star) == (on, text, star) for one in told.notes):
            self._add(
                "note", {"on": on, "text": text, **({"star": True} if star else {}), "by": by}, [on] if on else []
            )
        return identity

    def _add(self, name: str, table: dict[str, note_writing.Value], refs: Sequence[str]) -> None:
        """Add a table, and keep what the ids in it mean today."""
        known = self.read() or Notes("", "", 0)
        meant: dict[str, str] = {}
        for ref in refs:
            found = note_merging.led_to(known, self._result, self._claims, ref)
            if found["kind"] is None:
                raise UsageError(self._nothing_there(ref))
            if found["kind"] != "place" and ref not in known.meant:
                meant[ref] = without_secrets(found["statement"])

        def change(text: str) -> str:
            text = note_writing.with_table(text, name, table)
            for ref, statement in meant.items():
                text = note_writing.with_key(text, ("meant",), ref, statement)
            return text

        self._save(change)

    def _check(self, old: bytes, new: bytes) -> None:
        """Raise UsageError if something new in the notes could not be taken as it stands."""
        known = {one.message for one in note_reading.parsed(old, self.place.name).troubles}
        troubles = note_reading.parsed(new, self.place.name).troubles
        if fresh := next((one.message for one in troubles if one.message not in known), None):
            raise UsageError(f"{fresh}. Nothing was saved.")

    def _place(self, rows: Sequence[notes.Action | notes.Hypothesis], what: str, said: str) -> int:
        found = next((place for place, one in enumerate(rows) if said in (one.id, one.text)), None)
        if found is None:
            raise Unknown(what, said, [one.text for one in rows], self.place.name)
        return found

    def _nothing_there(self, ref: str) -> str:
        ids = [one["id"] for one in (*self._result["timeline"], *self._result["findings"], *self._claims)]
        near = note_reading.nearest(ref, ids).partition("Known:")[0].strip()
        return (
            f"Nothing in this evidence is called '{ref}'. {near + ' ' if near else ''}Nothing was saved.\n"
            "case.timeline(ids=True) and case.findings() show the ids; a place is written as the report cites it, for example "
            "logs/application.log:12."
        )

    def _one_of(self, what: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise Unknown(what, value, known)

    def _save(self, change: Change) -> None:
        """Change the file, whole or not at all. Raises NotesChanged if somebody else wrote it since it was read here."""
        place = Path(os.path.realpath(self.place))
        if place.is_relative_to(os.path.realpath(self._evidence)):
            raise UsageError(
                f"{self.place.name} leads into the evidence, which is never written to. Nothing was saved."
            )
        try:
            with _alone(place.parent):
                content = place.read_bytes() if place.exists() else None
                if _sum(content) != self._seen:
                    raise NotesChanged(
                        f"{self.place.name} has changed since it was read here. Nothing was saved.\n"
                        "Look at what is there now; then case.notes.reload() and save again."
                    )
                if content is not None:
                    note_reading.document(content, self.place.name)
                old = (content or note_template.first(self._incident).encode()).decode("utf-8")
                bom = "\ufeff" if old.startswith("\ufeff") else ""
                new = (bom + change(old.removeprefix("\ufeff"))).encode()
                self._check(old.encode(), new)
                _replace(place, new)
                self._seen = _sum(new)
        except OSError as error:
            raise UsageError(f"{self.place} cannot be written: {error.strerror}. Nothing was saved.") from error


def _with_keys(text: str, table: str, said: Mapping[str, note_writing.Value]) -> str:
    """Return notes in which a table holds these values; what is empty is left as it stands."""
    for name, value in said.items():
        text = note_writing.with_key(text, (table,), name, value) if value else text
    return text


def _wanted(what: str, text: str) -> str:
    if not text.strip():
        raise UsageError(f"{what} wants a text. Nothing was saved.")
    return text.strip()


def _day(value: date | str) -> date | str:
    """Return a day. Raises UsageError for what is none."""
    if isinstance(value, date) or not value:
        return value
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
        raise UsageError(f"'{value}' is no day: 2031-06-03 is one. Nothing was saved.")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise UsageError(f"'{value}' is no day of the calendar. Nothing was saved.") from None


def _digest(place: Path) -> str | None:
    return _sum(place.read_bytes()) if place.is_file() else None


def _sum(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other notebooks from writing notes in this folder meanwhile."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(place: Path, content: bytes) -> None:
    """Put a file in the place of another at once: a crash leaves the old one or the new one, never a part."""
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, place)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

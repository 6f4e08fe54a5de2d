"""E-mails: one as it was saved, or a mailbox of many, as messages of people (RFC 5322, RFC 4155).

Its headers and parts are encoded in ways that no pattern undoes, so that it is read by Python's own parser and not by
declared lines. Attachments are counted and not opened.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, TypeVar

from forensics import runbook
from forensics.evidence import formats, markup
from forensics.evidence.incoming import File
from forensics.model import Clock, Evidence, LineCount, Problem
from forensics.store import Store

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of a mailbox; a longer one is left to be read as text."""

LONGEST = 64 * 1024
"""Characters of a message's text that are kept; the rest stays in the evidence."""

_HEADER = re.compile(rb"(?:[!-9;-~]++:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+\r?\n)++(?:\r?\n|\Z)")
"""No part of it gives back what it took: lines that end in two ways must not be tried in all combinations."""
_NAMED = re.compile(rb"(?im)^(date|from|to|subject|message-id|mime-version):")
_BEGIN = re.compile(
    rb"(?m)(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S+ +(?:[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?"
    rb"|(?:[A-Z][a-z]{2}, +)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?).*\n"
)
_APART = re.compile(
    rb"(?m)(?:^(?:-{3,}|={3,}|_{3,}|\*{3,}|~{3,}|#{3,})[ \t]*\r?\n(?:[ \t]*\r?\n)*|(?<=\n\n)|(?<=\n\r\n))(?=[!-9;-~]+:[ \t])"
)
"""Where one message may end and another begin that was saved into the same text: below a rule, or a blank line."""
_DATED = re.compile(
    rb"(?im)^date:[ \t]*(?:[a-z]{3}, +)?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)? +(?:[+-]\d{4}|GMT|UTC|Z)\b"
)
"""A Date as senders write it; what programs write above a quoted message looks otherwise."""
_PATCH = re.compile(rb"From [0-9a-f]{40} ")
_ENDS = re.compile(rb"\r\n|\n|\r")
_HIDDEN = re.compile(r"(?i)<(script|style|head)\b|<(!--)")

FAULTS = (
    MessageError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
)
"""What Python's parser ends in where a header or a part is not as it should be."""

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Mail:
    """One message."""

    line: int
    """The line on which it begins."""
    time: datetime | None
    """Its Date in UTC; None where it has none that can be read."""
    zoned: bool
    """Whether its Date states its zone."""
    sender: str
    subject: str
    to: str
    text: str
    automatic: bool
    """It says that a program sent it (RFC 3834)."""
    attachments: int


def looks_like_mail(head: bytes) -> bool:
    """Say whether a text begins as a message or a mailbox does; patches that git made of commits are neither."""
    begun = _BEGIN.match(head)
    header = _HEADER.match(head, begun.end() if begun else 0)
    if _PATCH.match(head) or header is None:
        return False
    named = {name.lower() for name in _NAMED.findall(header[0])}
    return {b"date", b"from"} <= named and len(named) >= 3


def read(file: File, store: Store) -> Evidence:
    """Read messages into the store as what people said, and return the entry."""
    raw = bytes(file.content.whole())
    mails = list(messages(raw))
    begun = {one.subject: one for one in reversed(mails)}
    rows = [
        [file.found.path, one.line, one.time, "communication", _what(one), one.sender, _told(one, begun), 3]
        for one in mails
    ]
    store.add("events", ["path", "line", "time", "kind", "what", "who", "text", "weight"], rows)
    file.problems += _remarks(mails)
    times = [one.time for one in mails if one.time]
    zoned = all(one.zoned for one in mails if one.time)
    fmt = formats.named("email")
    return file.entry(
        kind=fmt.kind,
        fmt=fmt.name,
        records=len(mails),
        lines=_counted(raw, len(mails)),
        covers=(min(times), max(times)) if times else None,
        clock=Clock("UTC", "stated" if zoned else "assumed") if times else None,
    )


def messages(raw: bytes) -> Iterator[Mail]:
    """Yield the messages of a mailbox, or the one message that a text is."""
    boxed = _BEGIN.match(raw) is not None
    begins = [found.start() for found in _BEGIN.finditer(raw)] if boxed else [0, *_joined(raw)]
    line, seen = 1, 0
    for start, stop in zip(begins, [*begins[1:], len(raw)], strict=True):
        line += len(_ENDS.findall(raw, seen, start))
        seen = start
        piece = raw[start:stop]
        if boxed:
            piece = re.sub(rb"(?m)^>(>*From )", rb"\1", piece.partition(b"\n")[2])
        yield _message(piece, line)


def _joined(raw: bytes) -> Iterator[int]:
    """Yield where further messages begin that somebody saved into one text: each with a header of its own."""
    for place in sorted({found.end() for found in _APART.finditer(raw, 1)}):
        header = _HEADER.match(raw, place)
        if header and _DATED.search(header[0]) and re.search(rb"(?im)^from:", header[0]):
            yield place


def _message(raw: bytes, line: int) -> Mail:
    found: Message[Any, Any] = _tried(lambda: email.message_from_bytes(raw, policy=email.policy.compat32), Message())
    date = _tried(lambda: parsedate_to_datetime(str(found.get("Date", ""))), None)
    zoned = date is not None and date.tzinfo is not None
    time = _tried(lambda: date.astimezone(UTC).replace(tzinfo=None) if zoned and date else date, None)
    name, address = _tried(lambda: parseaddr(_header(found, "From")), ("", ""))
    nothing: list[Message[Any, Any]] = []
    parts = _tried(lambda: [part for part in found.walk() if not part.is_multipart()], nothing)
    attached = [part for part in parts if _attached(part)]
    text = _tried(lambda: _text([part for part in parts if not _attached(part)]), "")
    return Mail(
        line,
        time,
        zoned,
        name or address or "",
        _header(found, "Subject"),
        _header(found, "To"),
        text[:LONGEST],
        _header(found, "Auto-Submitted").lower() not in ("", "no"),
        len(attached),
    )


def _tried(attempt: Callable[[], _Found], otherwise: _Found) -> _Found:
    try:
        return attempt()
    except FAULTS:
        return otherwise


def _header(found: Message[Any, Any], name: str) -> str:
    """Return a header's text, encoded words decoded, on one line."""
    written = next((str(value) for key, value in found.raw_items() if key.lower() == name.lower()), "")
    held = written.encode("utf-8", "surrogateescape")  # some programs write umlauts as they are
    text = _tried(lambda: held.decode("utf-8"), held.decode("cp1252", "backslashreplace"))
    return " ".join(_tried(lambda: str(make_header(decode_header(text))), text).split())


def _attached(part: Message[Any, Any]) -> bool:
    return bool(
        _tried(part.get_filename, None) or _tried(part.get_content_disposition, None) == "attachment"
    ) or not part.get_content_type().startswith("text/")


def _text(parts: list[Message[Any, Any]]) -> str:
    """Return the plain text; of a message that has none, its page without the tags."""
    plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    if plain is not None or not parts:
        return re.sub(r"\n[-=_*~#]{3,}[ \t]*\Z", "", _decoded(plain).strip()).strip() if plain is not None else ""
    page = next((part for part in parts if part.get_content_type() == "text/html"), parts[0])
    bare = markup.bare(_shown(_decoded(page)[: 4 * LONGEST]))
    return "\n".join(filter(None, (" ".join(line.split()) for line in bare.splitlines())))


def _shown(page: str) -> str:
    """Return a page without its head, scripts, styles and comments. Each end is looked for once where there is none."""
    kept, place, endless = [], 0, set()
    while found := _HIDDEN.search(page, place):
        name = (found[1] or found[2]).lower()
        end = None
        if name not in endless:
            closing = r"-->" if name == "!--" else rf"(?i)</{name}[ \t\r\n]*>"
            end = re.compile(closing).search(page, found.end())
        if end is None:
            endless.add(name)
        kept.append(page[place : found.start() if end else found.end()])
        place = end.end() if end else found.end()
    return " ".join([*kept, page[place:]])


def _decoded(part: Message[Any, Any]) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    text = _tried(lambda: raw.decode(charset, "backslashreplace"), raw.decode("utf-8", "backslashreplace"))
    return text.replace("\r\n", "\n").replace("\0", "\\x00")


def _what(one: Mail) -> str:
    return "bot_message" if one.automatic else "email"


_ANSWERS = re.compile(
    r"^(?:(?:re|aw|sv|vs|vl|antw|antwort|rif|r|res|resp|fwd?|wg|tr|rv|i|enc|doorst|ynt|odp|pd)(?:\[\d+\])?: *)+",
    re.IGNORECASE,
)
"""How programs begin the subject of an answer, or of what is sent on."""


def _told(one: Mail, begun: Mapping[str, Mail]) -> str:
    """Return what a message says: its subject and its text; a status update begins with its own heading, and what answers another
    message of the box does not say again what that was about."""
    if one.text and re.search(runbook.load().updates.template, one.text):
        return one.text
    first = begun.get(_ANSWERS.sub("", one.subject))
    answers = first is not None and first is not one and first.subject != one.subject
    return "\n".join(filter(None, ("" if answers and one.text else one.subject, one.text))) or "(no text)"


def _remarks(mails: list[Mail]) -> list[Problem]:
    """Say what of the messages is not there, and what is not read."""
    found = []
    undated = sum(one.time is None for one in mails)
    if undated:
        message = f"{undated:,} of {len(mails):,} messages have no Date that can be read: they are kept, undated"
        found.append(Problem("unread-times", message, leaves_open="When were they sent?"))
    attached = sum(one.attachments for one in mails)
    if attached:
        things = "1 attachment is" if attached == 1 else f"{attached:,} attachments are"
        found.append(Problem("attachments", f"{things} not opened", "save them as files of their own into the folder"))
    return found


def _counted(raw: bytes, count: int) -> LineCount:
    """Count lines: each message's first is its record, the others continue it."""
    lines = _ENDS.split(raw)
    if not lines[-1]:
        lines.pop()
    blank = sum(not line.strip() for line in lines)
    return LineCount(len(lines), accepted=count, continued=len(lines) - blank - count, blank=blank)

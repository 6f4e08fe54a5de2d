"""When something was done of which a message tells afterwards with the time: "restarted the quay at 12:29"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from forensics.analysis.acts import Act, sentences
from forensics.analysis.stated import at_times

_SOMETHING_ELSE = re.compile(
    r"(?i)\b(?:deployed|released|merged|shipped|introduced|landed|started|began|begun|broke|broken|failed|since|from|until|by|before|after|"
    r"will|going to|next|went (?:out|live|down))\b[^,;]*$"
)
"""What stands before a time that is of something else than what was done, or that only bounds it."""


def dated(act: Act, begun: datetime, does: Callable[[Act], bool]) -> Act:
    """Return a message as of the time that it states for what it says was done; as it is where it states none, or another's.

    The time must lie between the beginning of the response and the message, by the clock by which its writer tells times.
    `does` says whether an act tells that something was done.
    """
    if act.kind != "message" or act.time is None or act.until is not None:
        return act
    for sentence in sentences(act.text):
        found = at_times(sentence, act.time, act.ahead)
        if len(found) != 1 or not does(replace(act, text=sentence)):
            continue
        span, before = found[0]
        if begun <= span.latest and span.latest <= act.time and not _SOMETHING_ELSE.search(before):
            return replace(act, time=max(begun, span.earliest), until=span.latest)
    return act

"""Commands that people paste into a message while they give them: of whatever language the message is, they say what was done."""

from __future__ import annotations

import re
from functools import lru_cache

from forensics.analysis.commands import MOST

MOSTLY = 2 / 3
"""So much of a message has to be commands: what says more about them may ask for them, plan them or explain them."""
_FENCED = re.compile(r"```(?:[a-z]+\n)?(.*?)```|`([^`\n]+)`", re.DOTALL)
_BARE = re.compile(
    r"\s*(?:[$#>] +)?(?P<command>(?:sudo )?"
    r"(?:kubectl|oc|docker|podman|systemctl|pm2|helm|nomad|supervisorctl|service|redis-cli|psql|iptables)"
    r"(?: +[\w./:=@*-]+){1,6}?(?: +(?:all|\*|[\w./:=@*-]*[-/.:=@*\d][\w./:=@*-]*))+)"
    r"\s*(?:[.,;:)!]|\n|$| +(?:on|in|for|and|then|auf|en|sur|em) )"
)
"""A message that begins with a command and what it is given, as somebody pastes who marks nothing."""
_PROMPT = re.compile(r"^\s*(?:\S*[$#%>]|PS \S*>)\s+(?=\S)")
"""What a shell writes before a command."""
_NO_WORDS = re.compile(r"<[@#!][^>]*>|:[a-z0-9_+-]+:|[^\w/.=-]+")
"""Who is called, faces, and what stands between words."""


@lru_cache(2**16)
def told(text: str) -> tuple[str, ...]:
    """Return the commands that a message consists of, each without its prompt; none where they are the lesser part of it, or asked."""
    shown = text[:MOST]
    spans = [fenced or inline for fenced, inline in _FENCED.findall(shown)]
    if not spans and (bare := _BARE.match(shown)) and "?" not in shown:
        return (bare["command"],)
    if not spans or "?" in _FENCED.sub(" ", shown):
        return ()
    if _letters(" ".join(spans)) < MOSTLY * _letters(shown):
        return ()
    return tuple(command for span in spans for command in _commands(span))


def _commands(span: str) -> list[str]:
    """Of a pasted session, what stands behind a prompt; else the one line that it is."""
    lines = [line.strip() for line in span.strip().splitlines()]
    prompted = [_PROMPT.sub("", line) for line in lines if _PROMPT.match(line)]
    return prompted or (lines if len(lines) == 1 else [])


def _letters(text: str) -> int:
    return len(_NO_WORDS.sub("", text.replace("`", " ")))

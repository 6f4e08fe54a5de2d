"""Which changes were taken back by which others, and in which order changes may have led to an incident.

Git writes it: `Revert "<subject>"`, and below it `This reverts commit <id>.` A deploy is taken back by the next one of the same to the
same place, where that brings an older version.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from datetime import datetime, timedelta

from forensics.analysis import changes
from forensics.model import Change, Citation, Moment

_REVERT = re.compile(r'\bRevert "(?P<subject>.+)"')
"""How git begins the message of a commit that takes another one back; a list may print an author before it."""

_AUTHOR = r"(?:^|[\s,|:;-])"
"""What stands before a subject that a list prints behind other columns."""


def reverted(found: Sequence[Change]) -> list[tuple[Change, Change]]:
    """Return each change that another one reverts, and that other one; a change that is reverted twice stands twice.

    The commit is found by the id that the message states, else by its subject: of several with that subject the nearest one
    that was made before, where times tell, else the next of the list, as git prints the newest first.
    """
    pairs = []
    for place, by in enumerate(found):
        others = [*found[place + 1 :], *found[:place]]
        meant = [one for one in others if by.reverts and _same_id(one.id, by.reverts)]
        if not meant and (said := _REVERT.search(by.summary)):
            ends = re.compile(_AUTHOR + re.escape(said["subject"]) + "$")
            meant = [one for one in others if one.kind == by.kind and ends.search(one.summary) and not _later(one, by)]
        pairs += [(one, by) for one in meant[:1] or _older_again(by, others)]
    return pairs


_NUMBERED = re.compile(r"(?<![\w.])v?(?P<version>\d+(?:\.\d+){1,3})(?![\w.]*\d)")
_TO = re.compile(r"\bto (?P<target>\S+)")


def _older_again(by: Change, others: Sequence[Change]) -> list[Change]:
    """Return the deploy before this one, of the same to the same place, where it brought a newer version: it was rolled back."""
    if by.kind != "deploy" or by.time is None or not _version(by):
        return []
    before = [
        one
        for one in others
        if one.kind == "deploy" and one.time and one.time < by.time and _version(one) and _target(one) == _target(by)
    ]
    last = max(before, key=lambda one: one.time or datetime.min, default=None)
    return [last] if last and _version(last) > _version(by) else []


def _version(deploy: Change) -> tuple[int, ...]:
    """Return the version that a deploy names first, as numbers; empty where it names none."""
    found = _NUMBERED.search(deploy.summary)
    return tuple(int(part) for part in found["version"].split(".")) if found else ()


def _target(deploy: Change) -> tuple[str, str, str]:
    """Return what a deploy is of and where it goes, as far as it says so; lists of two sources are not mixed."""
    to = _TO.search(deploy.summary)
    return deploy.citation.path, deploy.service or "", to["target"] if to else ""


def _same_id(one: str, other: str) -> bool:
    return len(one) >= 7 and (one.startswith(other) or other.startswith(one))


def _later(one: Change, than: Change) -> bool:
    return one.time is not None and than.time is not None and one.time > than.time


def likely(
    found: Sequence[Change], onset: Moment, recent: timedelta, vain: Container[Citation] = ()
) -> list[tuple[Change, str]]:
    """Return the changes in the order in which they may have led to the onset, each with what that makes it.

    `suspect`: somebody took it back once the service was out of order, or nobody knows when, and it was not made after the onset;
    `lead`: made no longer before the onset than `recent`, last what was taken back in `vain`; `unlikely`: all else, last what was
    made after the onset, and what only takes back a suspect. Without an onset the order stays, and nothing is likely.
    """
    if onset.span is None:
        return [(one, "unlikely") for one in found]
    latest = onset.span.latest
    pairs = [(one, by) for one, by in reverted(found) if by.time is None or not changes.before(by, onset)]
    undone = [one.citation for one, _ in pairs if one.time is None or changes.before(one, onset)]
    remedies = [by.citation for one, by in pairs if one.citation in undone]
    ordered = []
    for one in found:
        first = changes.before(one, onset)
        near = one.time is not None and latest - one.time <= recent
        if one.citation in remedies and not first:
            ordered.append((6, one, "unlikely"))
        elif one.citation in vain and first and near:
            ordered.append((2, one, "lead"))
        elif one.citation in undone and (near or one.time is None):
            ordered.append((0, one, "suspect"))
        elif first and near:
            ordered.append((1, one, "lead"))
        elif one.time is None:
            ordered.append((3, one, "unlikely"))
        else:
            ordered.append((4 if first else 5, one, "unlikely"))
    return [(one, label) for _, one, label in sorted(ordered, key=lambda entry: entry[0])]

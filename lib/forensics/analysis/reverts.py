"""Which changes were taken back by which others, and in which order changes may have led to an incident.

Git writes it: `Revert "<subject>"`, and below it `This reverts commit <id>.` People write it in their own words, with the id
(reverts.toml). A deploy is taken back by the next one of the same to the same place, where that brings an older version, by one that
names the newer version that was there, or that says to which number of its list it went back. A setting or a flag is taken back by
what sets it to what it was (analysis/set_back.py).
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from forensics import declarations
from forensics.analysis import changes, set_back
from forensics.analysis.shared_words import Shared
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
        named = by.reverts or named_in(by.summary)
        meant = [one for one in others if named and _same_id(one.id, named)]
        if not meant and (said := _REVERT.search(by.summary)):
            ends = re.compile(_AUTHOR + re.escape(said["subject"]) + "$")
            meant = [one for one in others if one.kind == by.kind and ends.search(one.summary) and not _later(one, by)]
        pairs += [
            (one, by)
            for one in meant[:1]
            or _older_again(by, others)
            or _was(by, others)
            or _back_to(by, others)
            or _set_back(by, others)
        ]
    return pairs


@cache
def _declared() -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
    told = declarations.declared("analysis/reverts.toml")
    named = re.compile(
        rf"{told['verb']}(?:(?!\b{told['goal']}\b).){{0,{told['between']}}}?\b(?P<id>(?=[0-9a-f]*\d)[0-9a-f]{{7,40}})\b"
    )
    return named, [re.compile(one["pattern"]) for one in told["back_to"]]


def named_in(summary: str) -> str:
    """Return the id of the commit that a change says, in its own words, it takes back; empty where it names none."""
    found = _declared()[0].search(summary)
    return found["id"] if found else ""


def back_to(summary: str) -> int | None:
    """Return the number of its list to which a release says it went back; None where it says nothing of the kind."""
    found = next((told for one in _declared()[1] if (told := one.search(summary))), None)
    return int(found["number"]) if found else None


def _back_to(by: Change, others: Sequence[Change]) -> list[Change]:
    """Return the release of the same list that stood there when this one went back to an older number."""
    number = back_to(by.summary) if by.kind == "deploy" else None
    if number is None or by.time is None:
        return []
    same = (one for one in others if one.kind == "deploy" and one.citation.path == by.citation.path)
    there = [
        one for one in same if one.time and one.time < by.time and one.service == by.service and _number(one) > number
    ]
    return [max(there, key=_number)] if there else []


def _number(release: Change) -> int:
    """Return the number that a release has in its list; below all numbers where it has none."""
    found = re.search(r"(?:^|[#vr ])(\d{1,6})$", release.id)
    return int(found[1]) if found else -1


_VERSION = r"v?\d+(?:\.\d+){1,3}(?:-\d+)?(?![\w.]*\d)"
_NUMBERED = re.compile(rf"(?<![\w.])(?P<version>{_VERSION})")
_FROM_TO = re.compile(rf"(?<![\w.])(?P<was>{_VERSION}) ?(?:->|→|=>) ?(?P<version>{_VERSION})")
_WAS = re.compile(rf"(?i)\b(?:was|from|replac(?:es|ing)|previously|instead of)\W{{0,2}}(?P<was>{_VERSION})")
_TO = re.compile(r"\bto (?P<target>\S+)")


def _set_back(by: Change, others: Sequence[Change]) -> list[Change]:
    """Return the changes of a setting that this one takes back; git says of its own reverts what they take back."""
    return [] if by.reverts or _REVERT.search(by.summary) else set_back.set_back(by, others)


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


def _was(by: Change, others: Sequence[Change]) -> list[Change]:
    """Return the deploy of a newer version that this one says it found there, whoever lists it."""
    there = rolls_back(by)
    if not there or by.time is None:
        return []
    named = re.compile(rf"(?<![\w.-]){re.escape(there)}(?![\w.-])")
    brought = [
        one
        for one in others
        if one.kind == "deploy"
        and one.time
        and one.time < by.time
        and (named.search(one.id) or named.search(one.summary))
        and not rolls_back(one)
    ]
    last = max(brought, key=lambda one: one.time or datetime.min, default=None)
    return [last] if last else []


def rolls_back(deploy: Change) -> str:
    """Return the newer version that a deploy says it replaces by an older one; empty where it says nothing of the kind."""
    told = _FROM_TO.search(deploy.summary) or _WAS.search(deploy.summary)
    if deploy.kind != "deploy" or not told:
        return ""
    return told["was"] if _numbers(told["was"]) > _version(deploy) > () else ""


def _version(deploy: Change) -> tuple[int, ...]:
    """Return the version that a deploy brings, as numbers: what an arrow leads to, else what it names first; empty where it
    names none."""
    found = _FROM_TO.search(deploy.summary) or _NUMBERED.search(_WAS.sub("", deploy.summary))
    return _numbers(found["version"]) if found else ()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[.-]", version.removeprefix("v")))


_VERBS = re.compile(r"(?i)\b(?:roll(?:ed|ing)?[ -]?back|deploy(?:ed|ing|ment)?|releas(?:ed?|ing)|of|to|version)\b|\W+")


def _target(deploy: Change) -> tuple[str, str, str, str]:
    """Return what a deploy is of and where it goes, as far as it says so; lists of two sources are not mixed."""
    to = _TO.search(_FROM_TO.sub("", deploy.summary))
    version = _NUMBERED.search(deploy.summary)
    named = _VERBS.sub(" ", deploy.summary[: version.start()]).strip().lower() if version else ""
    return deploy.citation.path, deploy.service or "", to["target"] if to else "", named


def _same_id(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 7 and (one.startswith(other) or other.startswith(one))


def _later(one: Change, than: Change) -> bool:
    return one.time is not None and than.time is not None and one.time > than.time


def likely(
    found: Sequence[Change],
    onset: Moment,
    recent: timedelta,
    vain: Container[Citation] = (),
    helped: Container[Citation] = (),
    named: Mapping[Citation, Shared] | None = None,
) -> list[tuple[Change, str]]:
    """Return the changes in the order in which they may have led to the onset, each with what that makes it.

    `suspect`: somebody took it back once the service was out of order, or nobody knows when, and it was not made after the onset,
    nor longer before it than `recent`, unless who took it back named it, and not in `vain`, or taking it back `helped`: what did
    stands first;
    `lead`: made no longer before the onset than `recent`, last what was taken back in `vain`; `unlikely`: all else, last what was
    made after the onset, and what only takes back a suspect. Without an onset the order stays, and nothing is likely. Of those that
    are as likely, what names the same as the failures (`named`) stands first; it is a lead however long before the onset it was made.
    """
    if onset.span is None:
        return [(one, "unlikely") for one in found]
    latest = onset.span.latest
    pairs = [(one, by) for one, by in reverted(found) if by.time is None or not changes.before(by, onset)]
    undone = [one.citation for one, _ in pairs if one.time is None or changes.before(one, onset)]
    remedies = [by.citation for one, by in pairs if one.citation in undone]
    meant = [
        one.citation
        for one, by in pairs
        if one.citation in undone and _same_id(one.id, by.reverts or named_in(by.summary))
    ]
    ordered = []
    names = {citation: len(one.words) for citation, one in (named or {}).items()}
    for one in found:
        first = changes.before(one, onset)
        near = one.time is not None and latest - one.time <= recent
        if one.citation in remedies and not first:
            ordered.append((7, one, "unlikely"))
        elif one.citation in vain and first and near:
            ordered.append((3, one, "lead"))
        elif one.citation in undone and one.citation in helped:
            ordered.append((0, one, "suspect"))
        elif one.citation in undone and (
            near or one.time is None or (one.citation in meant and one.citation not in vain)
        ):
            ordered.append((1, one, "suspect"))
        elif first and (near or one.citation in names):
            ordered.append((2, one, "lead"))
        elif one.time is None:
            ordered.append((4, one, "unlikely"))
        else:
            ordered.append((5 if first else 6, one, "unlikely"))
    return [
        (one, label)
        for _, one, label in sorted(ordered, key=lambda entry: (entry[0], -names.get(entry[1].citation, 0)))
    ]

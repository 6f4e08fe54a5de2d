"""What people say about an incident: the words they keep in `<incident folder>.notes.toml`, beside the evidence.

    id = "checkout-down"                    # what the incident is called
    title = "No checkout for nine minutes"

    [severity]                              # as it was declared
    level = "P1"
    by = "incident commander"               # a role; never needed to be a person
    at = 2031-05-20T14:09:00Z

    [[role]]                                # who had which part: a team, a person, or both
    role = "incident commander"
    team = "platform"
    who = "…"                               # a person's name; shown as the role where the report is redacted

    [[moment]]                              # onset, detected, declared, acknowledged, mitigated, recovered
    moment = "onset"
    at = "2031-05-20T14:02Z"                # as exactly as it is known; or `earliest` and `latest`
    by = "customer support"
    words = "first complaint"

    [narrative]                             # any section of findings/narrative.toml; text, or a list of points
    trigger = "…"
    went_well = ["…", "…"]

    [[note]]                                # on an event, a finding or a place of the evidence; a star is a note too
    on = "e-0123456789ab"
    star = true
    text = "…"
    by = "engineering team"

    [[hypothesis]]
    text = "…"
    for = ["e-0123456789ab", "logs/application.log:4182"]
    against = ["c-0123456789ab"]
    state = "open"                          # open, supported, refuted

    [[action]]
    text = "Add …"                          # begins with a verb
    owner = "engineering team"
    due = 2031-06-03
    test = "how anybody can tell that it is done"
    type = "prevent"                        # prevent, detect, mitigate, process
    answers = ["f-0123456789ab"]            # a finding, a claim, or a hypothesis by its id
    done = false
    outside = "We add …"                    # how it is told outside; without it, only what kind of action it is

    [[claim]]                               # something somebody says that the evidence can be asked about
    text = "three restarts"

    [review]
    state = "in review"                     # draft, in review, final
    version = "2"
    by = "product owner"
    at = 2031-05-22

    [meant]                                 # what an id pointed at when it was written down, so that it is not lost
    "e-0123456789ab" = "14:02:10 signal: …"

Nothing here reads the evidence or writes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from forensics import declarations
from forensics.times import Span

MOMENTS = ("onset", "detected", "declared", "acknowledged", "mitigated", "recovered")
STATES = ("open", "supported", "refuted")
TYPES = ("prevent", "detect", "mitigate", "process")
REVIEWS = ("draft", "in review", "final")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the post-mortem that only people can write."""

    name: str
    title: str
    owner: str
    """The role whose it is to write."""
    asks: str
    """What is asked of the writer."""
    points: bool
    """Whether it is written as a list of points."""


@cache
def sections() -> dict[str, Section]:
    """Return every section of narrative.toml by its name, in the order of the report."""
    told = declarations.declared("findings/narrative.toml")
    return {
        one["name"]: Section(one["name"], one["title"], one["owner"], one["asks"], one.get("list", False))
        for one in told["section"]
    }


@dataclass(frozen=True, slots=True)
class When:
    """A time as somebody wrote it."""

    span: Span
    """Within the day, minute or second that was written, in UTC."""
    written: str
    utc_assumed: bool
    """Whether nothing written says the zone."""


@dataclass(frozen=True, slots=True)
class DeclaredSeverity:
    """How bad people said it was."""

    level: str
    by: str
    at: When | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Role:
    """Who had a part in the response or the post-mortem."""

    role: str
    team: str
    who: str
    """A person's name; redacted reports say the role instead."""
    line: int | None


@dataclass(frozen=True, slots=True)
class StatedMoment:
    """A clock point of the incident, as somebody states it."""

    moment: str
    """One of MOMENTS."""
    at: When
    by: str
    words: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """What somebody wrote in a section of the narrative: one text, or points."""

    items: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A remark, or a star, on something."""

    id: str
    on: str
    """An event, finding, claim or place of the evidence; empty: the incident as a whole."""
    text: str
    star: bool
    by: str
    at: When | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What somebody thinks may have been, with what speaks for and against it."""

    id: str
    text: str
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    state: str
    """One of STATES."""
    by: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is to be done so that this does not happen so again."""

    id: str
    text: str
    owner: str
    due: date | None
    due_written: str
    """The due date as it stands in the notes, where it is no date."""
    test: str
    """How anybody can tell that it is done."""
    type: str
    """One of TYPES; empty where none is given."""
    answers: tuple[str, ...]
    """Findings, claims or hypotheses."""
    done: bool
    line: int | None
    outside: str = ""
    """How it is told to those outside; empty: they are told only of what type it is."""


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """Something somebody says that the evidence can be asked about."""

    id: str
    text: str
    by: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """How far the post-mortem is."""

    state: str = "draft"
    """One of REVIEWS."""
    version: str = ""
    by: str = ""
    at: date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the notes that could not be taken as it stands."""

    line: int | None
    message: str
    """What is wrong, and the nearest that would be right."""
    kept: str
    """The words that stand there."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Everything that the notes of one incident say."""

    path: str
    """The name of the file; it lies beside the incident folder."""
    sha256: str
    size: int
    """In bytes."""
    title: str = ""
    title_line: int | None = None
    severity: DeclaredSeverity | None = None
    roles: tuple[Role, ...] = ()
    moments: tuple[StatedMoment, ...] = ()
    narrative: Mapping[str, Passage] = field(default_factory=dict)
    """By the name of the section; what is not written is not there."""
    notes: tuple[Note, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    actions: tuple[Action, ...] = ()
    claims: tuple[StatedClaim, ...] = ()
    review: Review = Review()
    meant: Mapping[str, str] = field(default_factory=dict)
    """What ids pointed at when they were written down."""
    troubles: tuple[Trouble, ...] = ()

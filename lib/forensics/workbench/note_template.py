"""The notes that a person begins with: valid as they are, with everything that can be said as a comment."""

from __future__ import annotations

from forensics.findings import note_writing, notes

_FIRST = "# What people say about this incident. Input beside the evidence, never part of it, and never changed by a run.\n\nid = {id}\n"


def first(incident: str) -> str:
    """Return what stands at the head of every notes file: what it is, and the incident's id."""
    return _FIRST.format(id=note_writing.written(incident))


def template(incident: str) -> str:
    """Return notes in which everything that can be said is a comment."""
    said = [
        first(incident),
        "# Take the # away where you write.\n",
        _TABLES,
        "\n[narrative]\n",
    ]
    for section in notes.sections().values():
        example = '["…"]' if section.points else '"…"'
        said.append(f"# {section.title} — {section.owner}: {section.asks}\n# {section.name} = {example}\n\n")
    return "".join(said).rstrip("\n") + "\n"


_TABLES = """\
# title = "…"

# [severity]              # as it was declared
# level = "P1"
# by = "incident commander"
# at = 2031-05-20T14:09:00Z

# [[role]]                # who had which part: a team; a person's name is shown as the role where the report is redacted
# role = "incident commander"
# team = "…"

# [[moment]]              # onset, detected, declared, acknowledged, mitigated, recovered
# moment = "onset"
# at = "2031-05-20T14:02Z"
# by = "customer support"
# words = "…"

# [[note]]                # on an event, a finding, a claim, or a place such as "logs/application.log:12"
# on = "e-…"
# star = true
# text = "…"

# [[hypothesis]]
# text = "…"
# for = ["e-…"]
# against = ["c-…"]
# state = "open"          # open, supported, refuted

# [[action]]              # begins with a verb
# text = "…"
# owner = "engineering team"
# due = 2031-06-03
# test = "…"              # how anybody can tell that it is done
# type = "prevent"        # prevent, detect, mitigate, process
# answers = ["f-…"]
# outside = "…"           # how it is told outside; without it, only what kind of action it is

# [[claim]]               # what somebody says that the evidence can be asked about
# text = "…"

# [review]
# state = "draft"         # draft, in review, final
"""

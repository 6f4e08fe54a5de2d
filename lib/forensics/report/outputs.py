"""Every file of a report that is made from result and claims alone, by its name; `forensics verify` can make them all again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from forensics.model import Json
from forensics.report import action_items, brief, external, incident_api, markdown, meeting, response
from forensics.report.redaction import Redactor

Render = Callable[[Json, list[Json], Redactor], str]


@dataclass(frozen=True, slots=True)
class Output:
    """One file of a report."""

    name: str
    title: str
    """Whom it is for, as the README says it."""
    render: Render


OUTPUTS: tuple[Output, ...] = (
    Output(
        "postmortem.md",
        "wikis and pull requests",
        lambda result, claims, redact: markdown.render(result, redact, claims),
    ),
    Output("external.html", "people outside: nothing internal in it", external.render),
    Output("meeting.html", "the post-mortem meeting", meeting.render),
    Output("brief.md", "a chat: five lines", brief.render),
    Output("action-items.csv", "trackers and spreadsheets", action_items.render),
    Output("incident-api.json", "the incidents API: bodies to POST and PATCH; nothing is sent", incident_api.render),
)


def rendered(result: Json, claims: list[Json], redact: Redactor) -> dict[str, str]:
    """Return the text of each file, drafts of missing updates among them, by its name. The page needs charts: see page.py."""
    found = {output.name: output.render(result, claims, redact) for output in OUTPUTS}
    return found | response.drafts(result, redact)

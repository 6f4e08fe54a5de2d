"""Where people write at the free desk: widgets that choose the arguments of the notes' own functions, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from forensics.errors import ForensicsError, NotesChanged
from forensics.findings import note_lint, note_merging, notes
from forensics.findings.noted import persons
from forensics.model import Json
from forensics.report.words import clip, plural
from forensics.times import clock, own_clock, parse_time
from forensics.workbench import note_fields as fields
from forensics.workbench.case import Case
from forensics.workbench.note_section import SectionForm

WHOLE = ("the incident as a whole", "")
MOST_EVENTS = 400
"""Events to choose from, the key events first; a place in any file can be named in a call."""
_LONGEST = 140


def subjects(case: Case, told: notes.Notes | None = None) -> list[tuple[str, str]]:
    """Return what notes can be on, as pairs of words and id: the whole, key events, findings, other events.

    What has a star or a note in the notes as they are by now is marked.
    """
    timeline = case.result["timeline"]
    days = {parse_time(event["time"]).date() for event in timeline}
    events = [(_said(case, event, len(days) > 1), event["id"], event["key"]) for event in timeline]
    keys = [(words, one) for words, one, key in events if key]
    others = [(words, one) for words, one, key in events if not key]
    every = [WHOLE, *keys, *findings(case), *others[:MOST_EVENTS]]
    remarks = told.notes if told else ()
    stars, noted = {one.on for one in remarks if one.star}, {one.on for one in remarks}
    return [(f"{'★ ' if one in stars else '✎ ' if one in noted else ''}{words}", one) for words, one in every]


def _said(case: Case, event: Json, dated: bool) -> str:
    time = parse_time(event["time"])
    when = clock(time) if own_clock(time) or not dated else f"{time:%m-%d %H:%M:%S}"
    return clip(case.redact(f"{when}  {event['kind']}: {event['text']} ({event['where']})"), _LONGEST)


def findings(case: Case) -> list[tuple[str, str]]:
    """Return the findings that actions can answer, as pairs of words and id."""
    return [(clip(f"finding: {case.redact(one['statement'])}", _LONGEST), one["id"]) for one in case.result["findings"]]


class NoteDesk:
    """The desk's forms, and what became of the last change. What was typed stays until it is saved."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.people = persons(case.store)
        self._stood: dict[ipywidgets.Widget, str] = {}
        self.state_of_file = fields.Message()
        self.said = fields.Message(spoken=True)
        self.by = fields.line("I write as", "a role, for example scribe", max_width="32em")
        self._note_form()
        self.section = SectionForm(case, self.people, self._do)
        self._action_form()
        self._hypothesis_form()
        self._incident_form()
        self._review_form()
        self.refresh()

    def widget(self) -> ipywidgets.VBox:
        """Return everything: who writes, a tab for each thing that can be said, and below it what became of it."""
        tabs = fields.Tabs(
            {
                "Note or star": [
                    self.on.find, self.on.list, self.there.widget, self.text, self.star,
                    fields.button("Save note", self.save_note, main=True), self.text_hints.widget,
                ],
                "Section": self.section.widgets(),
                "Action": [
                    self.action, fields.beside(self.owner, self.due, self.type), self.test, self.answers.find, self.answers.list,
                    fields.button("Save action", self.save_action, main=True), self.action_hints.widget,
                    fields.beside(self.open_actions, fields.button("Mark as done", self.save_done)),
                ],
                "Hypothesis": [
                    self.hypothesis, self.supporting.find, self.supporting.list, self.opposing.find, self.opposing.list, self.state,
                    fields.button("Save hypothesis", self.save_hypothesis, main=True), self.hypothesis_hints.widget,
                    fields.beside(self.judged, self.verdict, fields.button("Change its state", self.save_verdict)),
                ],
                "Incident": [
                    fields.beside(self.title, fields.button("Save title", self.save_title)),
                    fields.beside(self.level, self.declared_at, fields.button("Save severity", self.save_severity)),
                    fields.beside(self.role, self.team, self.who, fields.button("Save role", self.save_role)),
                    fields.beside(self.moment, self.at, self.words, fields.button("Save moment", self.save_moment)),
                    fields.beside(self.claim, fields.button("Save claim", self.save_claim)),
                ],
                "Review": [
                    self.review, self.version, self.reviewed_at, fields.button("Save review", self.save_review, main=True)
                ],
            }
        )  # fmt: skip
        head = fields.beside(self.by, fields.button("Read the file again", self.reload))
        return ipywidgets.VBox([head, self.state_of_file.widget, tabs.widget, self.said.widget])

    # ---- the forms --------------------------------------------------------------------------------------------

    def _note_form(self) -> None:
        self.on = fields.Narrowed("On", subjects(self.case), 8)
        self.there = fields.Message()
        self.text = fields.area("Note", 3, "what should others know about it?")
        self.star = ipywidgets.Checkbox(
            description="a star: it belongs among the key events", indent=False, layout=fields.indented()
        )
        self.text_hints = self._hinting(self.text, "note")
        self.on.list.observe(lambda _: self._show_there(), names="value")

    def _action_form(self) -> None:
        self.action = fields.line("Action", "begins with a verb: Limit how long a report may hold the database")
        self.owner = fields.line("Owner", "a role or a team")
        self.due = fields.line("Due", "2031-06-03")
        self.test = fields.line("Done when", "how anybody can tell that it is done")
        self.type = fields.choice("Type", notes.TYPES)
        self.answers = fields.Narrowed("Answers", findings(self.case), 5, several=True)
        self.open_actions = fields.choice("Open ones", [], width="60%")
        self.action_hints = fields.Message()
        for one in (self.action, self.owner, self.due, self.test, self.answers.list):
            one.observe(lambda _: self._hint_on_action(), names="value")

    def _hypothesis_form(self) -> None:
        self.hypothesis = fields.line("Hypothesis", "what may have been, in one sentence")
        self.supporting = fields.Narrowed("For", subjects(self.case)[1:], 5, several=True)
        self.opposing = fields.Narrowed("Against", subjects(self.case)[1:], 5, several=True)
        self.state = fields.choice("State", notes.STATES, max_width="24em")
        self.judged = fields.choice("Written", [], width="60%")
        self.verdict = fields.choice("is", notes.STATES)
        self.hypothesis_hints = self._hinting(self.hypothesis, "hypothesis")

    def _incident_form(self) -> None:
        self.title = fields.line("Title", "what it is called in the report", min_width="40em")
        self.level = fields.line("Severity", "as it was declared: P1")
        self.declared_at = fields.line("Declared at", "2031-05-20T14:09Z")
        self.role = fields.line("Role", "incident commander", max_width="20em")
        self.team = fields.line("Team", max_width="20em")
        self.who = fields.line("Who", "may be left out", max_width="20em")
        self.moment = fields.choice("Moment", notes.MOMENTS)
        self.at = fields.line("At", "2031-05-20T14:02Z")
        self.words = fields.line("In words")
        self.claim = fields.line("Claim", "something that the evidence can be asked about", min_width="40em")

    def _review_form(self) -> None:
        self.review = fields.choice("State", notes.REVIEWS, max_width="24em")
        self.version = fields.line("Version", "2", max_width="24em")
        self.reviewed_at = fields.line("On", "2031-06-03", max_width="24em")

    def _hinting(self, field: ipywidgets.Text, of: str) -> fields.Message:
        """Return the hints on what is being written in a field; they follow it."""
        hints = fields.Message()

        def hint(_: object) -> None:
            hints.say("\n".join(note_lint.on_text(of, field.value, self.people)), "hint", "A hint.")

        field.observe(hint, names="value")
        return hints

    def _hint_on_action(self) -> None:
        """Say what the action still lacks; nothing before its first word."""
        answers = [{"ref": one, "kind": "finding"} for one in self.answers.value]
        said = {"text": self.action.value.strip(), "owner": self.owner.value, "test": self.test.value, "due": ""}
        said |= {"type": self.type.value, "answers": list(self.answers.value), "answers_to": answers}
        action = {
            "id": "",
            "line": None,
            "done": False,
            **said,
            "due": self.due.value if fields.is_day(self.due.value) else "",
        }
        found = note_lint.on_action(action, self.case.result, self.people) if said["text"] else []
        self.action_hints.say("\n".join(found), "hint", "Good to have:")

    # ---- saving -----------------------------------------------------------------------------------------------

    def save_note(self) -> None:
        """Save the note on what is chosen, or its star, or both."""
        book, on, by = self.case.notes, self.on.value, self.by.value
        # The list may have been narrowed since it was clicked: what was meant is said.
        subject = next(
            (f"“{words.lstrip('★✎ ')}”" if one else words for words, one in self.on.options if one == on), on
        )
        if self.star.value and not self.text.value.strip():
            saved = self._do(lambda: book.star(on, by), f"a star on {subject}")
        else:
            saved = self._do(lambda: book.note(self.text.value, on, by, star=self.star.value), f"a note on {subject}")
        if saved:
            self.text.value, self.star.value = "", False

    def save_action(self) -> None:
        """Save the action."""
        said = (
            self.action.value,
            self.owner.value,
            self.due.value,
            self.test.value,
            self.type.value,
            self.answers.value,
        )
        if self._do(lambda: self.case.notes.action(*said), "an action"):
            self.action.value = self.owner.value = self.due.value = self.test.value = ""
            self.answers.value = ()

    def save_done(self) -> None:
        """Say that the chosen action is done."""
        self._do(lambda: self.case.notes.done(self.open_actions.value or ""), "that it is done")

    def save_hypothesis(self) -> None:
        """Save the hypothesis with both sides."""
        said = (self.hypothesis.value, self.supporting.value, self.opposing.value, self.state.value, self.by.value)
        if self._do(lambda: self.case.notes.hypothesis(*said), "a hypothesis"):
            self.hypothesis.value = ""
            self.supporting.value = self.opposing.value = ()

    def save_verdict(self) -> None:
        """Say what became of the chosen hypothesis."""
        self._do(lambda: self.case.notes.judge(self.judged.value or "", self.verdict.value), f"“{self.verdict.value}”")

    def save_title(self) -> None:
        """Save what the incident is called."""
        self._do(lambda: self.case.notes.title(self.title.value), "the title")

    def save_severity(self) -> None:
        """Save how bad it was declared to be."""
        said = self.level.value, self.declared_at.value, self.by.value
        self._do(lambda: self.case.notes.severity(*said), "the declared severity")

    def save_role(self) -> None:
        """Save who had a part."""
        if self._do(lambda: self.case.notes.role(self.role.value, self.team.value, self.who.value), "a role"):
            self.role.value = self.team.value = self.who.value = ""

    def save_moment(self) -> None:
        """Save a clock point as somebody states it."""
        said = self.moment.value, self.at.value, self.by.value, self.words.value
        if self._do(lambda: self.case.notes.moment(*said), "a moment"):
            self.at.value = self.words.value = ""

    def save_claim(self) -> None:
        """Save what somebody says, to be checked at the next run."""
        if self._do(lambda: self.case.notes.claim(self.claim.value, self.by.value), "a claim"):
            self.claim.value = ""

    def save_review(self) -> None:
        """Save how far the post-mortem is."""
        said = self.review.value, self.version.value, self.by.value, self.reviewed_at.value
        self._do(lambda: self.case.notes.review(*said), "the state of the review")

    def _do(self, change: Callable[[], object], what: str) -> bool:
        """Make a change and say what became of it; what is foreseen is said as text, and nothing that was typed is lost."""
        try:
            book = self.case.notes
            before = book.read()
            made = change()
            told = book.read()
        except NotesChanged:
            self.said.say(
                f"Somebody else wrote into {self.case.notes.place.name} since it was read here. Nothing was written over, and what "
                "you typed is still here.\n“Read the file again” takes their words in; then save once more.",
                "refused", "Not saved.",
            )  # fmt: skip
            return False
        except ForensicsError as error:
            self.said.say(str(error).replace("Nothing was saved.", "").strip(), "refused", "Not saved.")
            return False
        same = before is not None and told is not None and before.sha256 == told.sha256
        where = f"{book.place.name}{_line_of(told, made)}, beside the folder {self.case.evidence.name}"
        if same:
            self.said.say(f"It stands already in {where}.", "saved", "Nothing to save.")
        else:
            self.said.say(f"{what} to {where}. The next run joins it to the report.", "saved", "Saved")
        self.refresh()
        return True

    # ---- what the file says -----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Take the file as it is now, with what others wrote. What is typed here and not saved stays."""
        try:
            self.case.notes.reload().read()
        except ForensicsError as error:
            self.said.say(str(error), "refused", "This file cannot be read.")
            return
        self.refresh()
        self.said.say("What others wrote is taken in; what you typed is still here.", "plain", "Read again.")

    def refresh(self) -> None:
        """Show what the file says by now."""
        try:
            told = self.case.notes.read()
        except ForensicsError as error:
            self.state_of_file.say(str(error), "refused")
            return
        self.state_of_file.say(_counted(self.case, told))
        self.on.show(subjects(self.case, told))
        self._show_there()
        self.section.refresh(told)
        actions = [(clip(one.text, _LONGEST), one.id) for one in (told.actions if told else ()) if not one.done]
        hypotheses = told.hypotheses if told else ()
        fields.offer(self.open_actions, actions)
        fields.offer(self.judged, [(clip(f"{one.text} ({one.state})", _LONGEST), one.id) for one in hypotheses])
        self._take_up(told or notes.Notes("", "", 0))

    def _take_up(self, told: notes.Notes) -> None:
        """Show title, severity and review as the file has them, where it has others than it had: saving changes no more than is meant."""
        severity, review = told.severity, told.review
        stands = {
            self.title: told.title,
            self.level: severity.level if severity else "",
            self.declared_at: severity.at.written if severity and severity.at else "",
            self.review: review.state,
            self.version: review.version,
            self.reviewed_at: review.at.isoformat() if review.at else "",
        }
        for field, value in stands.items():
            if self._stood.get(field) != value:
                field.value = value
        self._stood = stands

    def _show_there(self) -> None:
        """Show the notes and stars that stand on what is chosen."""
        try:
            told = self.case.notes.read()
        except ForensicsError:
            return  # the state of the file says it
        here = [one for one in (told.notes if told else ()) if one.on == self.on.value]
        self.there.say(
            "\n".join(f"{'★ ' if one.star else ''}{one.text}{f' — {one.by}' if one.by else ''}" for one in here)
        )


def _counted(case: Case, told: notes.Notes | None) -> str:
    name = case.notes.place.name
    if told is None:
        return (
            f"Nobody has written anything yet. The first word saved makes the file {name}, beside the incident folder."
        )
    parts = [
        f"{len(told.narrative)} of {len(notes.sections())} sections",
        plural(len(told.notes), "note or star", "notes and stars"),
        plural(len(told.hypotheses), "hypothesis", "hypotheses"),
        plural(len(told.actions), "action"),
        plural(len(told.claims), "claim"),
    ]
    return f"{name}: {', '.join(parts)}; {told.review.state}. To reword or take back what is saved, open it in a text editor."


def _line_of(told: notes.Notes | None, made: object) -> str:
    """Return where something stands that was just made, by its id."""
    if told is None or not isinstance(made, str):
        return ""
    line = next((one.line for one in note_merging.identified(told) if one.id == made), None)
    return f", line {line}" if line else ""


def desk(case: Case) -> ipywidgets.VBox:
    """Return the desk at which one writes."""
    return NoteDesk(case).widget()

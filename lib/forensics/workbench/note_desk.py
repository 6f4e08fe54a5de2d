"""Where people write at the free desk: widgets that choose the arguments of the notes' own functions, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from forensics.errors import ForensicsError
from forensics.findings import note_merging, notes
from forensics.report.words import clip
from forensics.workbench.case import Case

WHOLE = ("the incident as a whole", "")
MOST_EVENTS = 400
"""Events to choose from, the key events first; a place in any file can be named in a call."""
_WIDE = ipywidgets.Layout(width="95%")


def subjects(case: Case) -> list[tuple[str, str]]:
    """Return what notes can be on, as pairs of words and id: the whole, key events, findings, other events."""
    events = [(f"{clip(case.redact(note_merging.said(event)), 110)}", event) for event in case.result["timeline"]]
    keys = [(words, event["id"]) for words, event in events if event["key"]]
    others = [(words, event["id"]) for words, event in events if not event["key"]]
    return [WHOLE, *keys, *findings(case), *others[:MOST_EVENTS]]


def findings(case: Case) -> list[tuple[str, str]]:
    """Return the findings that actions can answer, as pairs of words and id."""
    return [(clip(f"finding: {case.redact(one['statement'])}", 110), one["id"]) for one in case.result["findings"]]


class NoteDesk:
    """The desk's fields, and what became of the last change."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.said = ipywidgets.Label(value=repr(case.notes))
        self.by = ipywidgets.Text(description="By", placeholder="a role, for example scribe")
        self.on = ipywidgets.Dropdown(options=subjects(case), description="On", layout=_WIDE)
        self.text = _area("Note")
        self.section = ipywidgets.Dropdown(
            options=[(one.title, one.name) for one in notes.sections().values()], description="Section"
        )
        self.words = _area("Words")
        self.section.observe(lambda _: self._take_up(), names="value")
        self.action = ipywidgets.Text(description="Action", placeholder="begins with a verb", layout=_WIDE)
        self.owner = ipywidgets.Text(description="Owner", placeholder="a role or a team")
        self.due = ipywidgets.Text(description="Due", placeholder="2031-06-03")
        self.test = ipywidgets.Text(description="Done when", layout=_WIDE)
        self.type = ipywidgets.Dropdown(options=notes.TYPES, description="Type")
        self.answers = ipywidgets.SelectMultiple(options=findings(case), description="Answers", rows=4, layout=_WIDE)
        self.hypothesis = ipywidgets.Text(description="Hypothesis", layout=_WIDE)
        self.supporting = ipywidgets.SelectMultiple(options=subjects(case)[1:], description="For", rows=4, layout=_WIDE)
        self.opposing = ipywidgets.SelectMultiple(
            options=subjects(case)[1:], description="Against", rows=4, layout=_WIDE
        )
        self.state = ipywidgets.Dropdown(options=notes.STATES, description="State")
        self._take_up()

    def widget(self) -> ipywidgets.VBox:
        """Return everything, below one another."""
        return ipywidgets.VBox(
            [
                ipywidgets.HBox([self.by, _button("Read the file again", self.reload)]),
                self.on,
                self.text,
                ipywidgets.HBox([_button("Save note", self.save_note), _button("Star it", self.save_star)]),
                ipywidgets.HBox([self.section, _button("Save section", self.save_section)]),
                self.words,
                self.action,
                ipywidgets.HBox([self.owner, self.due, self.type]),
                self.test,
                self.answers,
                _button("Save action", self.save_action),
                self.hypothesis,
                self.supporting,
                self.opposing,
                ipywidgets.HBox([self.state, _button("Save hypothesis", self.save_hypothesis)]),
                self.said,
            ]
        )

    def save_note(self) -> None:
        """Save the note on what is chosen."""
        self._do(lambda: self.case.notes.note(self.text.value, self.on.value, self.by.value))

    def save_star(self) -> None:
        """Give what is chosen a star."""
        self._do(lambda: self.case.notes.star(self.on.value, self.by.value))

    def save_section(self) -> None:
        """Save the words of the chosen section; of one that is written as points, each line is a point."""
        lines = [line.removeprefix("- ").strip() for line in self.words.value.split("\n")]
        points = notes.sections()[self.section.value].points
        self._do(lambda: self.case.notes.write(self.section.value, lines if points else self.words.value))

    def save_action(self) -> None:
        """Save the action."""
        fields = (self.action.value, self.owner.value, self.due.value, self.test.value, self.type.value)
        self._do(lambda: self.case.notes.action(*fields, self.answers.value))

    def save_hypothesis(self) -> None:
        """Save the hypothesis with both sides."""
        sides = self.supporting.value, self.opposing.value
        self._do(lambda: self.case.notes.hypothesis(self.hypothesis.value, *sides, self.state.value, self.by.value))

    def reload(self) -> None:
        """Take the file as it is now; the words of the chosen section are those that stand there."""
        self.said.value = repr(self.case.notes.reload())
        self._take_up()

    def _take_up(self) -> None:
        """Show what stands in the chosen section."""
        try:
            told = self.case.notes.read()
        except ForensicsError as error:
            self.said.value = str(error)
            return
        written = told.narrative.get(self.section.value) if told else None
        self.words.value = "\n".join(written.items) if written else ""
        self.words.placeholder = notes.sections()[self.section.value].asks

    def _do(self, change: Callable[[], object]) -> None:
        """Make a change and say what became of it; what is foreseen is said as text."""
        try:
            change()
            self.said.value = f"Saved. {self.case.notes!r}"
        except ForensicsError as error:
            self.said.value = str(error)


def desk(case: Case) -> ipywidgets.VBox:
    """Return the desk at which one writes."""
    return NoteDesk(case).widget()


def _area(name: str) -> ipywidgets.Textarea:
    return ipywidgets.Textarea(description=name, rows=4, layout=_WIDE)


def _button(words: str, act: Callable[[], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=words, layout=ipywidgets.Layout(width="auto"))
    button.on_click(lambda _: act())
    return button

"""The form in which a section of the post-mortem is written: what is asked, what the evidence holds that helps, and the words."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from forensics.findings import note_lint, notes
from forensics.findings.notes import Notes, Passage
from forensics.workbench import note_fields as fields
from forensics.workbench.case import Case

Do = Callable[[Callable[[], object], str], bool]


class SectionForm:
    """One section at a time. Words that are not saved wait while another section is looked at, or the file changes."""

    def __init__(self, case: Case, people: set[str], do: Do) -> None:
        self.case = case
        self.people = people
        self._do = do
        self._written: dict[str, str] = {}
        """What stands in the file, by section, in the form in which it is edited."""
        self._typed: dict[str, str] = {}
        """What was typed and is not saved yet, by section."""
        self._moving = False
        self.name = fields.choice("Section", [(one.title, one.name) for one in notes.sections().values()])
        self.asked = fields.Message()
        self.words = fields.area("Words", 9)
        self.theirs = fields.Message()
        self.hints = fields.Message()
        self.name.observe(lambda _: self._show(), names="value")
        self.words.observe(lambda _: self._keep(), names="value")

    def widgets(self) -> list[ipywidgets.Widget]:
        """Return the form's fields, in order."""
        save = fields.button("Save section", self.save, main=True)
        return [self.name, self.asked.widget, self.words, save, self.theirs.widget, self.hints.widget]

    def save(self) -> None:
        """Save the words of the chosen section."""
        section, words = notes.sections()[self.name.value], self.words.value
        said = points(words) if section.points else words
        if self._do(lambda: self.case.notes.write(section.name, said), f"“{section.title}”"):
            self._typed.pop(section.name, None)
            self._show()

    def refresh(self, told: Notes | None) -> None:
        """Take up what the file says by now; what was typed and differs stays, with theirs below it."""
        narrative = told.narrative if told else {}
        changed = {name: edited(narrative.get(name), section.points) for name, section in notes.sections().items()}
        theirs = {
            name for name, words in changed.items() if self._written.get(name, words) != words and name in self._typed
        }
        self._typed = {name: words for name, words in self._typed.items() if words != changed[name]}
        self._written = changed
        options = [
            (f"{section.title} — {_state(name in self._typed, bool(changed[name]))}", name)
            for name, section in notes.sections().items()
        ]
        chosen = self.name.value
        self._moving = True
        self.name.options = options
        self._moving = False
        self.name.value = chosen
        self._show()
        if chosen in theirs & set(self._typed):
            self.theirs.say(
                f"{changed[chosen] or '(nothing)'}\n\nSaving puts your words in place of these.", "refused",
                "Somebody else changed this section meanwhile. It says now:",
            )  # fmt: skip

    def _show(self) -> None:
        """Show the chosen section: what is asked, what helps, and its words."""
        if self._moving:
            return
        name = self.name.value
        section = notes.sections()[name]
        helps = [self.case.redact(one["statement"]) for one in self.case.result["prompts"].get(name, [])]
        told = "".join(f"\n• {one}" for one in helps)
        form = " Each line is a point." if section.points else ""
        holds = f"\nThe evidence holds:{told}" if told else ""
        self.asked.say(f"{section.asks}{form}{holds}", "plain", f"{section.owner.capitalize()}:")
        self.words.value = self._typed.get(name, self._written.get(name, ""))
        self.theirs.say("")
        self._hint()

    def _keep(self) -> None:
        """Keep what was typed."""
        name = self.name.value
        if self.words.value == self._written.get(name, ""):
            self._typed.pop(name, None)
        else:
            self._typed[name] = self.words.value
        self._hint()

    def _hint(self) -> None:
        found = note_lint.on_text(self.name.value, self.words.value, self.people)
        self.hints.say("\n".join(found), "hint", "A hint.")


def _state(typed: bool, written: bool) -> str:
    return "not saved yet" if typed else "written" if written else "not written yet"


def edited(passage: Passage | None, as_points: bool) -> str:
    """Return what stands in a section as it is edited: of points, each on a line of its own, its further lines indented."""
    if passage is None:
        return ""
    if not as_points:
        return "\n".join(passage.items)
    return "\n".join("- " + item.replace("\n", "\n  ") for item in passage.items)


def points(words: str) -> list[str]:
    """Return the points that lines are: an indented line goes on with the one above it."""
    found: list[str] = []
    for line in words.split("\n"):
        if line.startswith((" ", "\t")) and found:
            found[-1] += f"\n{line.removeprefix('  ')}"
        elif line.strip():
            found.append(line.removeprefix("- ").removeprefix("* ").strip())
    return [one.rstrip() for one in found]

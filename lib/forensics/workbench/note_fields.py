"""The parts that the writing desk is made of: fields, lists that a text narrows, and messages that are read aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import Any

import ipywidgets

from forensics.report.words import visible

Options = Sequence[tuple[str, str]]
"""Pairs of what is read and what it stands for."""

COLOURS = {
    "saved": "var(--jp-success-color1, #2e7d32)",
    "refused": "var(--jp-error-color1, #c62828)",
    "hint": "var(--jp-warn-color1, #b26a00)",
    "plain": "var(--jp-border-color1, #bdbdbd)",
}
_LABELS = {"description_width": "7em"}
_BOX = (
    "border-left:4px solid {colour};padding:6px 12px;margin:4px 0;line-height:1.5;white-space:pre-line;"
    "overflow-wrap:anywhere;color:var(--jp-content-font-color1, inherit)"
)


def wide(**more: Any) -> ipywidgets.Layout:
    """Return the layout of what takes the whole width."""
    return ipywidgets.Layout(width="auto", **more)


def indented() -> ipywidgets.Layout:
    """Return the layout of what has no label, so that it stands below the fields."""
    return ipywidgets.Layout(width="auto", margin="2px 2px 2px calc(7em + 6px)")


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar."""
    try:
        return bool(date.fromisoformat(text.strip()))
    except ValueError:
        return False


def line(label: str, asked: str = "", **layout: str) -> ipywidgets.Text:
    """Return a field for one line."""
    return ipywidgets.Text(
        description=label, placeholder=asked, style=_LABELS, layout=ipywidgets.Layout(**{"width": "auto", **layout})
    )


def area(label: str, rows: int, asked: str = "") -> ipywidgets.Textarea:
    """Return a field for several lines."""
    return ipywidgets.Textarea(description=label, placeholder=asked, rows=rows, style=_LABELS, layout=wide())


def choice(label: str, options: Any, **layout: str) -> ipywidgets.Dropdown:
    """Return a field for one of a few."""
    return ipywidgets.Dropdown(
        options=options, description=label, style=_LABELS, layout=ipywidgets.Layout(**{"width": "auto", **layout})
    )


def offer(field: ipywidgets.Dropdown, options: Options) -> None:
    """Let a field offer these; what is chosen stays so if it is among them, else it is the first."""
    chosen = field.value
    values = [one for _, one in options]
    field.options = list(options)
    field.value = chosen if chosen in values else values[0] if values else None


def beside(*fields: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return fields in one row, broken where it is narrow."""
    return ipywidgets.HBox(fields, layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center"))


def button(words: str, act: Callable[[], None], *, main: bool = False) -> ipywidgets.Button:
    """Return a button; the main one of a tab stands under its fields and looks like it."""
    margin = "4px 4px 4px calc(7em + 6px)" if main else "2px 4px"
    layout = ipywidgets.Layout(width="auto", margin=margin, align_self="flex-start" if main else "auto")
    made = ipywidgets.Button(description=words, layout=layout, button_style="primary" if main else "")
    made.on_click(lambda _: act())
    return made


class Message:
    """A few sentences on the desk; a screen reader reads them when they change."""

    def __init__(self, *, spoken: bool = False) -> None:
        self.text = ""
        """The words alone."""
        self.widget = ipywidgets.HTML(layout=wide())
        self._role = ' role="status" aria-live="polite"' if spoken else ""

    def say(self, text: str, kind: str = "plain", title: str = "") -> None:
        """Say something, or nothing where it is empty."""
        self.text = text
        heading = f"<b>{escape(title)}</b> " if title else ""
        box = _BOX.format(colour=COLOURS[kind])
        self.widget.value = f'<div{self._role} style="{box}">{heading}{escape(visible(text))}</div>' if text else ""


class Narrowed:
    """A list of many with a field that narrows it; what is chosen stays in it, whatever is typed."""

    def __init__(self, label: str, options: Options, rows: int, *, several: bool = False) -> None:
        self.options = list(options)
        kind = ipywidgets.SelectMultiple if several else ipywidgets.Select
        self.find = line("Find", "any part of an event, finding or file", max_width="36em")
        self.list = kind(options=self.options, description=label, rows=rows, style=_LABELS, layout=wide())
        self.find.observe(lambda _: self._narrow(), names="value")

    @property
    def value(self) -> Any:
        """What is chosen: one, or several."""
        return self.list.value

    @value.setter
    def value(self, chosen: Any) -> None:
        self.list.value = chosen

    def show(self, options: Options) -> None:
        """Take other words for the same things; what is chosen stays so."""
        self.options = list(options)
        self._narrow()

    def _narrow(self) -> None:
        asked = self.find.value.casefold().split()
        chosen = self.list.value
        kept = set(chosen) if isinstance(chosen, tuple) else {chosen}
        found = [(said, one) for said, one in self.options if one in kept or all(w in said.casefold() for w in asked)]
        if tuple(found) != tuple(self.list.options):
            self.list.options = found
            self.list.value = chosen


class Tabs:
    """Forms behind one another, each under a word that says what it is for."""

    def __init__(self, forms: dict[str, Sequence[ipywidgets.Widget]]) -> None:
        boxes = [ipywidgets.VBox(list(fields), layout=wide()) for fields in forms.values()]
        self.widget = ipywidgets.Tab(children=boxes, titles=list(forms), layout=wide())

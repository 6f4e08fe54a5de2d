"""A page of HTML as a tree of its parts, and on which line each begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

DEEPEST = 200
"""Parts inside of each other; what lies deeper is taken to lie side by side."""

_EMPTY = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_HIDDEN = frozenset(("head", "script", "style", "noscript", "template", "svg"))
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))


@dataclass(eq=False)
class Part:
    """One part of a page."""

    tag: str
    attributes: dict[str, str]
    line: int
    above: Part | None = None
    within: list[Part | str] = field(default_factory=list)
    """Its parts and texts, in their order."""

    def parts(self) -> Iterator[Part]:
        """Yield this part and all within, in their order."""
        waiting: list[Part] = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += [part for part in reversed(one.within) if isinstance(part, Part)]

    def text(self, without: frozenset[int] = frozenset()) -> str:
        """Return what one reads here, its lines apart, but for the parts whose `id` is among these."""
        said: list[str] = []
        waiting: list[Part | str] = [self]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                said.append(one)
            elif id(one) not in without and one.tag not in _HIDDEN:
                if one.tag in _BREAKS:
                    said.append("\n")
                    waiting.append("\n")
                waiting += reversed(one.within)
        lines = (" ".join(line.split()) for line in "".join(said).split("\n"))
        return "\n".join(filter(None, lines))

    def above_all(self) -> Iterator[Part]:
        """Yield the parts in which this one lies, the nearest first."""
        one = self.above
        while one is not None:
            yield one
            one = one.above


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Part("", {}, 1)
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._close_alike(tag)
        part = Part(tag, {name: value or "" for name, value in attrs}, self.getpos()[0], self.open[-1])
        self.open[-1].within.append(part)
        if tag not in _EMPTY and len(self.open) < DEEPEST:
            self.open.append(part)

    def _close_alike(self, tag: str) -> None:
        """End a paragraph, an item or a row that the next one follows without saying so."""
        if tag in ("p", "li", "tr", "td", "dt", "dd") and self.open[-1].tag == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        at = next((n for n in range(len(self.open) - 1, 0, -1) if self.open[n].tag == tag), None)
        if at is not None:
            del self.open[at:]

    def handle_data(self, data: str) -> None:
        self.open[-1].within.append(data)


def read(text: str) -> Part:
    """Return a page's parts."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root

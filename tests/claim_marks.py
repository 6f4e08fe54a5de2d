"""Which sentences of a report state a fact and lead to no claim. What needs no mark is declared here, each kind with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag
from forensics.model import Json

NEEDS_NONE = {
    "nav, header, footer": "what the report is called and made from: its digest and its version",
    "#verify": "the claims themselves, the parameters, and the command that asks again",
    ".file": "an entry of the inventory is about the file that it names, with the SHA-256 of it",
    "summary, h1, h2, h3, h4, dt, thead, li.day": "a heading: what it stands above has the mark",
    ".more": "how much is left out of this page",
    ".alike": "the events that a row of the timeline stands for: each names its place, as the row does",
    ".record": "one record of the evidence, which names its place",
    ".commands": "a command to collect what is missing",
    ".change": "a change of a configuration to make, below the sentence that suggests it, which has the mark",
    ".said, .lead, .remark, #actions, #notes, .badge.hypothesis": "the words of people, which are theirs",
    ".prompt": "what people are asked to write",
    ".runbook": "the runbook's own limits",
    ".definition": "how something is counted: true of every incident",
    ".where": "the place that a sentence cites",
}
"""Selectors of the page."""
_BLOCKS = ["p", "li", "dd", "tr", "figcaption", "caption", "pre"]
_INSIDE = [*_BLOCKS, "details", "ul", "ol", "dl", "table", "figure", "svg"]

LINES_NEED_NONE = {
    r"#": "a heading",
    r"\| (?:Moment|Rule|Mitigation|Due by|Statement|File) \|": "the head of a table",
    r"- … and |… and ": "how much is left out",
    r"(?:Draft|In review|Final)\b.*, from evidence ": "what the report is made from, its version, and the command that asks again",
    r"- Phase \d, [^:]+: traces of 0 of \d+ steps$": "of what left no trace there is nothing to cite",
}
"""Beginnings of lines of the Markdown."""
PARTS_NEED_NONE = {
    "## Action Items": "the words of people",
    "## Hypotheses": "the words of people",
    "## Notes": "the words of people",
    "## Notes on What Is Not in This Evidence": "the words of people",
    "## Collect Next": "commands to collect what is missing",
    "## Claims": "the claims themselves",
}
WHOLE_FILES = {
    r"evidence ": "what a file is, and how much of it was read",
    r"step ": "that somebody saved the file is the trace of the step",
    r"runbook step ": "what is wrong with a saved file as a whole: an error page, no times, cut short",
    r"shut out: nothing": "that no line of it tells something",
    r"verdict declare\.security_alert$": "that no alert of that kind stands in a list of alerts",
    r"event \S+ action A dump of the database was completed": "when a dump says of itself that it was made",
    r"event \S+ signal The table ": "that a table is in one dump and not in another",
    r"data lost": "that a table is in one dump and not in another",
}
"""Beginnings of the subjects of claims that may rest on a file as a whole: what they state is true of all of it."""


_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def untold(document: str, report: Iterable[str]) -> list[str]:
    """Return the figures of a document made for others that stand nowhere in the report, where each has its claim."""
    return sorted(set(_FIGURE.findall(document)) - {figure for text in report for figure in _FIGURE.findall(text)})


def without_place(claims: Iterable[Json]) -> list[str]:
    """Return the claims that name files, and no line, element, offset or row of any, though they state no such thing."""
    return [
        claim["subject"]
        for claim in claims
        if claim["evidence"]
        and not any({"line", "position", "offset", "table"} & one.keys() for one in claim["evidence"])
        and not any(re.match(one, claim["subject"]) for one in WHOLE_FILES)
    ]


_FOOTNOTE = re.compile(r"\[\^\d+\]")
_CODE = re.compile(r"(`+).*?\1")


def states_a_fact(text: str, names: Iterable[str]) -> bool:
    """Whether a sentence holds a figure, a time or a name of evidence."""
    return bool(re.search(r"\d", text)) or any(name in text for name in names)


def unmarked(page: str, names: Iterable[str]) -> list[str]:
    """Return what stands in the page, states a fact, and stands in no element that has a claim's mark."""
    soup = BeautifulSoup(page, "html.parser")
    for part in soup.select(", ".join(NEEDS_NONE)):
        if not part.decomposed:
            (part.parent if "hypothesis" in part.get("class", []) and part.parent else part).decompose()
    return [text for text, marked in _said(soup) if states_a_fact(text, names) and not marked]


def _said(soup: BeautifulSoup) -> Iterator[tuple[str, bool]]:
    for block in soup.find_all(_BLOCKS):
        around = [block, *(part for part in (block.find_parent(class_="body"),) if part)]
        if block.name == "tr":
            caption = block.find_parent("table").find("caption")
            around += [caption] if caption else []
        marked = any(part.select("a.ref") for part in around if part is not block) or bool(_own(block).select("a.ref"))
        own = _own(block)
        for mark in own.select("a.ref"):
            mark.decompose()
        yield " ".join(own.get_text(" ").split()), marked


def _own(block: Tag) -> Tag:
    """Return a block without the blocks in it; a row of a table is one sentence with all of its cells."""
    copy = BeautifulSoup(str(block), "html.parser").find()
    assert isinstance(copy, Tag)
    for part in copy.find_all(_INSIDE):
        if not part.decomposed:
            part.decompose()
    return copy


def without_footnote(markdown: str, names: Iterable[str], people: Iterable[str] = ()) -> list[str]:
    """Return the lines of the Markdown that state a fact and have no footnote; `people` are sections that people wrote."""
    found, heading = [], ""
    for line in markdown.splitlines():
        heading = line if line.startswith("#") else heading
        free = heading in PARTS_NEED_NONE or heading.lstrip("# ") in people
        if free or any(re.match(one, line) for one in LINES_NEED_NONE) or _FOOTNOTE.search(line):
            continue
        if states_a_fact(_CODE.sub("", line), names):
            found.append(line)
    return found

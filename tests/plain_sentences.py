"""What mechanical reading finds in a report's own sentences: numbers that quarrel, words that nobody writes, pictures that say little."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bs4 import BeautifulSoup

QUOTED = "pre, svg, style, a.ref, .where, .said, .lead, .remark, .record, .who, #claims, #actions, #notes, .badge.hypothesis ~ *"
"""What others wrote: it stands as they wrote it."""

RESIDUE = {
    r"\b(?:None|nan|NaN|True|False|null|undefined)(?=[,;:)\]])": "a value of the program",
    r"\b(the|a|an|of|to|in|was|is|and|for|at|from) \1\b": "a word twice",
    r"\b1 (?:more )?(?:stretches|requests|files|events|samples|lines|updates|incidents|addresses|rows|probes|times)\b": "a plural of one",
    r"[,;:]\s*[.;](?!\.)": "a mark after a mark",
    r"(?<!\.)\.\.(?!\.)": "two full stops",
    r"\(\s*\)": "empty brackets",
    r"(?i)\b\w+sss\b": "a plural that nobody writes",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d": "a time for programs",
    r"(?<![\w.])(?:not_met|not_assessable|not_decidable|not_shown|not_kept|error_rate|response_time)\b": "a name of the program's",
    r"(?i)\bhuman error\b": "a person as a cause",
    r"\bMTTR\b|(?i:\bmean time to\b)": "a mean as a score",
}
"""What no sentence of ours holds, each with what it is."""

_SHARE = re.compile(
    r"([\d,]+) (?:requests )?of ([\d,]+) (?:external (?:requests|ones)|(?:requests )?from outside|requests failed meanwhile)"
)
_WHY = "whole buckets"
"""How a sentence says that it counts another stretch than the impact does."""


def own(html: str) -> str:
    """Return a page's own words: no quotations, no words of people, no marks of claims; blocks stand on lines of their own."""
    page = BeautifulSoup(html, "html.parser")
    for quoted in page.find_all(["q", "code"]):
        quoted.replace_with("“”")
    for part in page.select(QUOTED):
        part.decompose()
    for block in page.find_all(
        ["p", "li", "dt", "dd", "tr", "summary", "h1", "h2", "h3", "h4", "figcaption", "caption", "section"]
    ):
        block.insert_before("\n")
        block.insert_after("\n")
    for cell in page.find_all(["td", "th", "span"]):
        cell.insert_before(" ")
    lines = (
        re.sub(r" (?=[,;.)])", "", " ".join(line.split()))
        for line in page.get_text().replace("\u00a0", " ").split("\n")
    )
    return "\n".join(line for line in lines if line)


def residues(text: str) -> list[tuple[str, str]]:
    """Return what stands in a text that no sentence of ours holds, with what it is; quotations are left out."""
    said = re.sub(r"“[^”]*”|\"[^\"\n]*\"|\{[^}\n]*\}|`[^`\n]*`", "“”", text)
    return [
        (line[max(0, found.start() - 30) : found.end() + 30], what)
        for line in said.split("\n")
        for pattern, what in RESIDUE.items()
        for found in re.finditer(pattern, line)
    ]


def quarrels(texts: Iterable[str]) -> list[tuple[str, set[str]]]:
    """Return what is told with two numbers in the texts of one report, and with no word of why: of how many requests so many failed,
    and the response time that one in twenty exceeded."""
    of: dict[str, set[str]] = defaultdict(set)
    p95: set[str] = set()
    for text in texts:
        for sentence in re.split(r"(?<=[.;!?]) |\n", text):
            if _WHY not in sentence:
                for failed, requests in _SHARE.findall(sentence):
                    of[failed].add(requests)
            p95 |= set(re.findall(r"\b(?:p95|one in twenty over) ([\d.,]+) s\b", sentence))
    found = [(f"{failed} of", requests) for failed, requests in of.items() if failed != "0" and len(requests) > 1]
    return found + ([("p95", p95)] if len(p95) > 1 else [])

"""A small reader of tagged PDFs as WeasyPrint writes them, and what PDF/UA-1 (ISO 14289-1, section 7) asks of their structure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

_STREAM = re.compile(rb"(\d+) 0 obj\s*(<<(?:(?!endobj).)*?>>)\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = {b"Tj", b"TJ", b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"sh", b"Do"}
"""Operators with which WeasyPrint puts something on the page."""
_PASSED = {"NonStruct", "Div", "Part", "Art", "Sect"}
"""Groups that a reader passes through."""
_CHILDREN = {
    "Table": {"Caption", "THead", "TBody", "TFoot", "TR"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "TR": {"TH", "TD"},
    "L": {"LI", "Caption", "L"}, "LI": {"Lbl", "LBody"},
}  # fmt: skip
"""What may stand directly in a table, its rows, a list and its items (ISO 32000-1, 14.8.4.3); NonStruct is nobody's child."""


@dataclass(slots=True)
class Element:
    """One element of the tree of tags."""

    kind: str
    alternative: str
    children: list[Element] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """Give the element and all within it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def within(self) -> Iterator[Element]:
        """Give its children, those in a NonStruct as if they were its own."""
        for child in self.children:
            if child.kind == "NonStruct":
                yield from child.within()
            else:
                yield child


class Structure:
    """What a PDF says of itself, its tree of tags, and the streams of its pages."""

    def __init__(self, document: bytes) -> None:
        self._streams = {int(one[1]): (one[2], _unpacked(one[3])) for one in _STREAM.finditer(document)}
        self._objects: dict[int, str] = {}
        for told, content in self._streams.values():
            if b"/ObjStm" in told:
                first = int(re.search(rb"/First (\d+)", told)[1])  # type: ignore[index]
                numbers = [int(one) for one in content[:first].split()]
                edges = [*numbers[1::2], len(content) - first]
                for at, number in enumerate(numbers[::2]):
                    self._objects[number] = content[first + edges[at] : first + edges[at + 1]].decode("latin-1").strip()
        self.catalog = next(one for one in self._objects.values() if "/Type /Catalog" in one)
        self.metadata = b"".join(content for told, content in self._streams.values() if b"/Subtype /XML" in told)
        root = next(one for one in self._objects.values() if "/Type /StructTreeRoot" in one)
        self.tree = Element("Root", "", [self._element(number) for number in _references(root, "K")])
        self.pages = [self._page(one) for one in self._objects.values() if re.search(r"/Type /Page\b(?!s)", one)]

    def _element(self, number: int) -> Element:
        told = self._objects[number]
        kind = re.search(r"/S /(\w+)", told)
        alternative = re.search(r"/Alt (\(.*?(?<!\\)\)|<[0-9a-fA-F]*>)", told, re.DOTALL)
        element = Element(kind[1] if kind else "", alternative[1][1:-1] if alternative else "")
        inside = re.search(r"/K \[([^\]]*)\]", told)
        for child in re.findall(r"(\d+) 0 R|(\d+)", inside[1] if inside else ""):
            if child[1]:
                element.marked.append(int(child[1]))
            elif "/Type /StructElem" in self._objects[int(child[0])]:
                element.children.append(self._element(int(child[0])))
        return element

    def _page(self, told: str) -> bytes:
        return self._streams[int(re.search(r"/Contents (\d+) 0 R", told)[1])][1]  # type: ignore[index]

    def problems(self) -> list[str]:
        """Return what PDF/UA-1 asks and is not so; empty: nothing of what is looked at here."""
        asked = {
            "it does not say that it is marked": re.search(r"/MarkInfo <<[^>]*/Marked true", self.catalog),
            "it names no language": re.search(r"/Lang \([a-zA-Z-]+\)", self.catalog),
            "its title is not shown": "/DisplayDocTitle true" in self.catalog,
            "it has no title": re.search(rb"<dc:title>.*?<rdf:li[^>]*>[^<]+</rdf:li>", self.metadata, re.DOTALL),
            "it does not declare PDF/UA-1": re.search(rb"pdfuaid:part(?:>|=\")1", self.metadata),
        }
        found = [said for said, held in asked.items() if not held]
        every = list(self.tree.walk())
        found += [
            "a figure without an alternative text" for one in every if one.kind == "Figure" and not one.alternative
        ]
        levels = [int(one.kind[1]) for one in every if re.fullmatch(r"H[1-6]", one.kind)]
        found += [
            f"H{level} after H{before}"
            for before, level in zip([0, *levels], levels, strict=False)
            if level > before + 1
        ]
        for one in every:
            found += [
                f"{child.kind} in {one.kind}"
                for child in one.within()
                if child.kind not in _CHILDREN.get(one.kind, {child.kind})
            ]
            if one.kind == "Table" and not any(cell.kind == "TH" for cell in one.walk()):
                found.append("a table without a header cell")
        for number, page in enumerate(self.pages, 1):
            found += [f"page {number}: {what} outside of tags" for what in dict.fromkeys(_untagged(page))]
        return found


def _untagged(content: bytes) -> Iterator[str]:
    """Give each operator that shows something and stands neither in marked content nor in an artifact."""
    bare = re.sub(rb"\((?:\\.|[^\\()])*\)|<[0-9a-fA-F\s]*>", b"()", content)
    depth = 0
    for word in re.findall(rb"[^\s\[\]]+", bare):
        if word in (b"BDC", b"BMC"):
            depth += 1
        elif word == b"EMC":
            depth -= 1
        elif word in _SHOWN and depth == 0:
            yield word.decode()


def _references(told: str, key: str) -> list[int]:
    found = re.search(rf"/{key} \[([^\]]*)\]", told)
    return [int(one) for one in re.findall(r"(\d+) 0 R", found[1])] if found else []


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return content

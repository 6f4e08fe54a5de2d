"""The one part of a report's page that depends on other reports: what earlier incidents had already shown.

It stands between two marks, and everything else in the page is there without it. It is written whenever the page of all
incidents is, from the results that lie in the folder then, so that the order in which reports are made changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from forensics.report import sheet
from forensics.report.seen_before import Before

PAGE = "postmortem.html"
OPENING, CLOSING = "<!--seen before-->", "<!--/seen before-->"
"""No text of evidence or of people can hold these: the page escapes them."""


_SEAL = re.compile(r"(?P<text>.*)<!--seal [0-9a-f]{64}-->", re.DOTALL)
_LINK = re.compile(r'href="\.\./([^"/]+)/postmortem\.html"')


def fragments(before: Mapping[str, Before]) -> dict[str, str]:
    """Return what stands between the marks, by the id of an incident; one that has nothing to tell is not there."""
    return {identity: _sealed(sheet.render("seen_before.html.j2", before=one)) for identity, one in before.items()}


def _sealed(text: str) -> str:
    return f"{text}<!--seal {hashlib.sha256(text.encode()).hexdigest()}-->"


def unbroken(fragment: str) -> bool:
    """Say whether what stands between the marks is as it was written, or nothing.

    Who makes a new seal is found out where the other reports are: there it is computed again.
    """
    found = _SEAL.fullmatch(fragment)
    return not fragment or (found is not None and _sealed(found["text"]) == fragment)


def named(fragment: str) -> list[str]:
    """Return the folders of the reports that it leads to."""
    return [unquote(name) for name in _LINK.findall(fragment)]


def stated(page: str) -> str:
    """Return what stands between the marks of a page; nothing where it has none."""
    return page.partition(OPENING)[2].partition(CLOSING)[0]


def put(page: str, fragment: str) -> str:
    """Return a page with this between its marks; one without marks stays as it is."""
    before, opening, rest = page.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    return f"{before}{OPENING}{fragment}{CLOSING}{after}" if opening and closing else page


def alone(name: str, content: bytes) -> bytes:
    """Return a file of a report as it is where no other report lies beside it."""
    if name != PAGE:
        return content
    return put(content.decode("utf-8", "surrogateescape"), "").encode("utf-8", "surrogateescape")


def renew(reports: Path, told: Mapping[str, str], folders: list[str]) -> list[str]:
    """Write into the page of each of these reports what earlier incidents had shown; return those that could not be written.

    A report that another run replaces meanwhile keeps what that run makes of it.
    """
    failed = []
    for name in folders:
        try:
            _renew(reports / name, told.get(name, ""))
        except FileNotFoundError:
            continue  # it has no page, or another run has just put a new report there
        except (OSError, UnicodeDecodeError):
            failed.append(name)
    return failed


def _renew(folder: Path, fragment: str) -> None:
    """Replace the page whole, in the folder that was opened, whatever has that name by then."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with open(os.open(PAGE, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=place), encoding="utf-8", newline="") as file:
            page = file.read()
            mode = os.fstat(file.fileno()).st_mode & 0o777
        renewed = put(page, fragment)
        if renewed == page:
            return
        temporary = f".{PAGE}.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with open(os.open(temporary, flags, mode, dir_fd=place), "w", encoding="utf-8", newline="") as file:
            file.write(renewed)
        os.replace(temporary, PAGE, src_dir_fd=place, dst_dir_fd=place)
    finally:
        os.close(place)

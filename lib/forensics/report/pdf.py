"""The stakeholders' page on paper: a tagged PDF (PDF/UA-1) with everything in it open. Nothing is fetched.

WeasyPrint, the `pdf` extra, is loaded only when somebody asks for one.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import re
from types import ModuleType

from forensics.errors import UsageError

NAME = "postmortem.pdf"
VARIANT = "pdf/ua-1"
_COLOUR = re.compile(r"var\(--[\w-]+,\s*(#[0-9a-fA-F]{3,8})\)")
"""How pictures name a colour of the page, with the one of the light scheme behind it."""
_ALTERNATIVE = re.compile(r'(<title id="[\w-]+">)([^<]*)(</title>)<desc id="[\w-]+">([^<]*)</desc>')
"""What a picture is called and what it shows; a PDF knows one text for both."""
_PAIR = re.compile(r"<div([^<>]*)>(\s*<dt\b)|(</dd>\s*)</div>")
_PAIRED = re.compile(r"(?<=[a-z])>div(?=[{,:\s])")
"""A list of terms groups each with what it says in a div, which is no child of a list in a PDF's tree of tags; a group of
another name is passed through. The style's `.pairs>div` follows."""
_OWN = """
h1{font-size:20pt}
@page{@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#444}}
"""
_PRODUCER = re.compile(rb"/Producer \\?\(([^)]*)\)")
_NEEDED = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def check() -> ModuleType:
    """Return WeasyPrint. Raises UsageError, with what to install, where it or its libraries are missing."""
    try:
        return importlib.import_module("weasyprint")
    except ImportError as error:
        raise UsageError(
            "--pdf needs WeasyPrint, which is not installed. Install it with: pip install '.[pdf]'\n"
            "Without it, the page prints from any browser with everything in it open."
        ) from error
    except OSError as error:
        raise UsageError(
            f"--pdf needs libraries of the system that WeasyPrint does not find: {error}\n"
            f"On Debian: sudo apt-get install {_NEEDED}"
        ) from error


def render(page: str) -> bytes:
    """Return the page as a PDF; the same page gives the same bytes. Raises UsageError as `check` does."""
    weasyprint = check()
    identity = hashlib.sha256(page.encode("utf-8")).digest()[:16]
    log = logging.getLogger("weasyprint")
    before = log.level
    log.setLevel(logging.CRITICAL)  # it names each property of a screen that paper has no use for
    try:
        nowhere = weasyprint.urls.URLFetcher(allowed_protocols=frozenset())
        document = weasyprint.HTML(string=on_paper(page), url_fetcher=nowhere)
        made: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identity)
    finally:
        log.setLevel(before)
    return made


def made_by(document: bytes) -> bytes:
    """Return what a PDF says made it, with its version; empty where it says nothing."""
    found = _PRODUCER.search(document)
    return found[1] if found else b""


def on_paper(page: str) -> str:
    """Return the page as paper needs it: pictures know no variables, so their colours are written out, in the one scheme there
    is; and their title says what they show, for it becomes their alternative text."""
    coloured = _grouped(_COLOUR.sub(r"\1", page))
    return _ALTERNATIVE.sub(r"\1\2: \4\3", coloured).replace("</head>", f"<style>{_OWN}</style></head>", 1)


def _grouped(page: str) -> str:
    """Return the page with groups of a term and what it says that are no divs, looking as they did."""
    head, end, body = page.partition("</head>")
    body = _PAIR.sub(lambda one: f"{one[3]}</pair-of>" if one[3] else f"<pair-of{one[1]}>{one[2]}", body)
    return f"{_PAIRED.sub('>pair-of', head)}{end}{body}"

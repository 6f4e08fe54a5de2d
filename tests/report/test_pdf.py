"""The page on paper: tagged, whole, the same each time, and nothing fetched for it."""

from __future__ import annotations

import re
import sys
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from forensics.errors import UsageError
from forensics.report import pdf
from forensics.workbench.cli import main
from pdf_structure import Structure

PAGE = """<!DOCTYPE html><html lang="en"><head><title>A page</title><style>h1{{font-size:clamp(1rem,2vw,3rem)}}</style></head>
<body><h1>Heading</h1><details><summary>Closed</summary><p>Within</p></details>{more}
<svg role="img" width="40" height="40" viewBox="0 0 40 40"><title id="p-title">Picture</title><desc id="p-desc">a red square</desc>
<rect width="30" height="30" style="fill: var(--limit, #a8200f)"/></svg>
</body></html>"""


WHOLE = """
<header><p class="kicker">Post-mortem</p></header>
<main><section id="s" aria-labelledby="h"><h2 id="h">Summary</h2>
<dl class="facts"><div class="severity p0"><dt>Severity</dt><dd>P0 <a class="ref" href="#c">1</a></dd></div>
<div>
<dt>Cause</dt>
<dd>a lock <details class="ask"><summary>asked</summary><dl class="pairs"><div><dt>Trigger</dt><dd>why then?</dd></div></dl></details></dd>
</div></dl>
<ul class="findings"><li><span class="badge">fact</span> it failed</li></ul><ol class="events"><li class="day">2031-04-02</li></ol>
<h3>Updates</h3><div class="scroll"><table class="cards"><caption>Each</caption>
<thead><tr><th scope="col">Due</th><th scope="col">Sent</th></tr></thead>
<tbody><tr><th scope="row">12:00</th><td>12:01</td></tr></tbody></table></div></section>
<section id="c"><h2>Claims</h2><article class="claim"><h3>One</h3><pre>x</pre></article></section></main>
"""
"""Everything that the page is built of, in the page's own style."""
STYLE = (Path(pdf.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def weasyprint() -> None:
    """Skip where the extra is not installed."""
    try:
        pdf.check()
    except UsageError as error:
        pytest.skip(str(error))


def streams(document: bytes) -> bytes:
    """Return everything in a PDF that is packed."""
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return b"\n".join(found)


def test_it_is_tagged_and_says_so() -> None:
    """It declares PDF/UA-1, its language and its title, and has a tree of tags."""
    made = pdf.render(PAGE.format(more=""))
    told = made + streams(made)

    assert made.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in told
    assert b"/StructTreeRoot" in told
    assert b"/Lang" in told
    assert re.search(rb"pdfuaid:part(?:>|=\")1", told)


def styled(more: str) -> str:
    """Return a page in the style of reports."""
    return PAGE.format(more=more).replace("</head>", f"<style>{STYLE}</style></head>")


def test_its_structure_is_what_readers_of_screens_need() -> None:
    """Marked, language, title shown, alternative texts, headings in order, header cells, lists of items, nothing outside of tags."""
    structure = Structure(pdf.render(styled(WHOLE)))
    kinds = {one.kind for one in structure.tree.walk()}

    assert structure.problems() == []
    assert {"H1", "H2", "H3", "Figure", "Table", "TH", "TD", "L", "LI", "Link"} <= kinds
    assert ".facts>pair-of{" in pdf.on_paper(styled(WHOLE))
    assert ">div" not in pdf.on_paper(styled(WHOLE)).partition("</head>")[0]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        pytest.param(b"/Marked true", b"/Marked null", "it does not say that it is marked", id="unmarked"),
        pytest.param(b"/DisplayDocTitle true", b"/DisplayDocTitle null", "its title is not shown", id="title"),
        pytest.param(b"/Lang (en)", b"/Lang ()", "it names no language", id="language"),
        pytest.param(b"/S /H2", b"/S /H4", "H4 after H1", id="level of a heading"),
        pytest.param(b"/Alt (Picture: a red square)", b"/Alt ()", "a figure without an alternative text", id="figure"),
        pytest.param(b"/S /TH/", b"/S /TD/", "a table without a header cell", id="table"),
        pytest.param(b"/S /LI/", b"/S /TD/", "TD in L", id="list"),
        pytest.param(b"BDC\n", b"\n", "page 1: TJ outside of tags", id="untagged content"),
    ],
)
def test_each_fault_of_the_structure_is_found(before: bytes, after: bytes, problem: str) -> None:
    """The check fails where the structure is broken."""
    document = pdf.render(styled(WHOLE))

    broken = re.sub(
        rb"stream\r?\n(.*?)\r?\nendstream", lambda one: edited(one[1], before, after), document, flags=re.DOTALL
    )

    assert problem in Structure(broken).problems()


def edited(packed: bytes, before: bytes, after: bytes) -> bytes:
    """Replace something in a packed stream by what is made as long; the table of objects within keeps its edges."""
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        return b"stream\n" + packed + b"\nendstream"
    content = content.replace(before, after.ljust(len(before)))
    return b"stream\n" + zlib.compress(content) + b"\nendstream"


def test_the_same_page_gives_the_same_bytes() -> None:
    """It holds no date and no chance; another page has another identity."""
    one, again, other = (pdf.render(PAGE.format(more=more)) for more in ("", "", "<p>more</p>"))

    assert one == again != other
    assert b"CreationDate" not in one + streams(one)
    assert b"ModDate" not in one + streams(one)


def test_pictures_say_what_they_show() -> None:
    """The alternative text of a picture is its name and its description."""
    assert b"/Alt (Picture: a red square)" in streams(pdf.render(PAGE.format(more="")))


def test_colours_of_pictures_are_written_out() -> None:
    """A picture's variable becomes its colour of the light scheme, not black."""
    told = streams(pdf.render(PAGE.format(more="")))

    assert "var(" not in pdf.on_paper(PAGE.format(more=""))
    assert re.search(rb"0?\.658\d* 0?\.125\d* 0?\.058\d* (?:rg|sc)", told), "the limit's red, 168 32 15 of 255"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Serve on this machine, and note what is asked for."""
    seen: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched(asked: tuple[str, list[str]], tmp_path: Path) -> None:
    """Neither from a network nor from this machine's files, whatever a page names; the rest of it is made all the same."""
    (tmp_path / "secret.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>hidden</text></svg>')
    address, seen = asked
    more = (
        f'<img src="{address}/x.png" alt="x"><img src="{(tmp_path / "secret.svg").as_uri()}" alt="y">'
        f'<link rel="stylesheet" href="{address}/x.css"><style>@import url({address}/y.css);p{{background:url({address}/z.png)}}</style>'
    )

    made = pdf.render(PAGE.format(more=more))

    assert seen == []
    assert made.startswith(b"%PDF")


def test_what_is_missing_is_wrong_usage_before_anything_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It names the remedy, ends with 2, and nothing was written."""

    monkeypatch.setitem(sys.modules, "weasyprint", None)

    done = CliRunner().invoke(main, ["run", str(tmp_path), "--pdf", "--out", str(tmp_path / "reports")])

    assert done.exit_code == 2
    assert "pip install '.[pdf]'" in done.output
    assert not (tmp_path / "reports").exists()


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where WeasyPrint is there but the system's libraries are not, the apt line is."""

    def broken(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "importlib", SimpleNamespace(import_module=broken))

    with pytest.raises(UsageError, match="apt-get install libpango"):
        pdf.check()

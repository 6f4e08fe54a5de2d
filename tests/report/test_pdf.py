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

PAGE = """<!DOCTYPE html><html lang="en"><head><title>A page</title><style>h1{{font-size:clamp(1rem,2vw,3rem)}}</style></head>
<body><h1>Heading</h1><details><summary>Closed</summary><p>Within</p></details>{more}
<svg role="img" width="40" height="40" viewBox="0 0 40 40"><title id="p-title">Picture</title><desc id="p-desc">a red square</desc>
<rect width="30" height="30" style="fill: var(--limit, #a8200f)"/></svg>
</body></html>"""


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

"""`forensics formats FILE`: which format fits a text, and where the others stopped."""

from __future__ import annotations

import pytest
from forensics.evidence import explanation


def told(head: str, name: str) -> explanation.Told:
    """Return what is told of one format."""
    return next(one for one in explanation.explain(head) if one.name == name)


def test_the_fitting_format_comes_first() -> None:
    """What fits is told first; a format that reads the lines too, but tells less of them, says so."""
    head = "2031-04-02T07:30:05.120Z  INFO 1 --- [ferry] [main] harbour.Berths  : moored\n"

    first, *others = explanation.explain(head)

    assert (first.name, first.fits, first.why) == ("spring-boot", True, "it fits")
    assert not any(one.fits for one in others)
    assert told(head, "iso-text").why == "it reads these lines too, but another format tells more of them"


def test_several_formats_in_one_text_all_fit() -> None:
    """A text in which two programs wrote is of both formats."""
    head = 'INFO:     192.0.2.7:2817 - "GET / HTTP/1.1" 200 OK\n{"time":"2031-04-02T07:30:05Z","msg":"moored"}\n' * 4

    assert [one.name for one in explanation.explain(head) if one.fits] == ["json-log", "uvicorn"]


@pytest.mark.parametrize(
    ("line", "name", "caret"),
    [
        pytest.param(
            "2031-04-02 07:30:05,1 INFO (main) moored", "solr", "2031-04-02 07:30:05,1 INFO (main) ", id="bracket"
        ),
        pytest.param("<34>1 2031-04-02 07:30:05 quay-1 su", "syslog-5424", "<34>1 2031-04-02 07:30:05", id="zone"),
        pytest.param("Apr  2 07:30:05 quay-1 moored at last", "syslog", "Apr  2 07:30:05 quay-1 moored", id="colon"),
        pytest.param("ferry", "nginx-error", "", id="nothing of it"),
    ],
)
def test_a_caret_stands_where_a_format_stopped(line: str, name: str, caret: str) -> None:
    """The line is shown with its number, and below it, after all that the nearest pattern reads, a caret."""
    where = "line 1: "

    assert told(line + "\n", name).why == f"{where}{line}\n{' ' * len(where + caret)}^ matched up to here"


def test_the_second_line_is_shown_where_the_first_is_read() -> None:
    """The line shown is the first one that tells nothing to the format."""
    head = "Apr  2 07:30:05 quay-1 su: no\nmoored\n"

    assert told(head, "syslog-5424").why.startswith("line 1: Apr  2")
    assert told(head, "syslog").why == "it fits"
    assert told(head + "moored\n" * 20, "syslog").why.startswith("line 2: moored\n")


def test_an_object_is_told_what_it_lacks() -> None:
    """A JSON record that is nearly one of a format's is told which keys are missing."""
    head = '{"level":30,"time":1932881405120,"pid":411}\n'

    assert told(head, "pino").why.endswith("\nits object has no hostname")
    assert told(head, "bunyan").why.endswith("\nits object has no name, no hostname, no v=0")


def test_the_nearest_comes_before_the_farther() -> None:
    """Formats that read more of a line are told first."""
    names = [one.name for one in explanation.explain('{"level":30,"time":1932881405120,"pid":411}\n') if not one.fits]

    assert names.index("pino") < names.index("zap-json") < names.index("syslog")


def test_documents_and_tables_say_what_they_need() -> None:
    """A document's format names the paths that are missing; a table's its columns."""
    assert told('{"berths": 4}', "alerts").why.startswith("it has no ")
    assert told("ferry,berth\n", "alerts").why == "this is no whole JSON document"
    assert told("moored\n", "table-access").why.startswith("this is no table that has ")

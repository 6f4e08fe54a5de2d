"""Pages of executed notebooks: nothing in them runs, and the same notebook gives the same page."""

from __future__ import annotations

import json

import pytest
from forensics.report import notebook_page
from forensics.report.redaction import STAMP
from forensics.report.tables import Table

WIDGET = "application/vnd.jupyter.widget-view+json"
CASES = {
    "widget": {WIDGET: {"model_id": "one", "version_major": 2, "version_minor": 0}, "text/plain": "FloatProgress(<b>)"},
    "script": {"application/javascript": "alert(1)", "text/plain": "<script>alert(2)</script>"},
    "plain": {"text/plain": "in words"},
}
SHOWN = {"widget": "FloatProgress(&lt;b&gt;)", "script": "&lt;script&gt;alert(2)&lt;/script&gt;", "plain": "in words"}


def notebook(data: dict[str, object]) -> str:
    """Return a notebook of one cell with one output."""
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {
        "cell_type": "code", "id": "a", "source": "show()", "execution_count": 1, "metadata": {}, "outputs": [output],
    }  # fmt: skip
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"widgets": state}, "cells": [cell]})


@pytest.mark.parametrize("name", CASES)
def test_what_would_run_is_told_as_text(name: str) -> None:
    """Widgets and scripts leave their text, no element that a browser would run, and nothing that differs each time."""
    page = notebook_page.render_text(notebook(CASES[name]), "a title")

    assert SHOWN[name] in page
    assert "<script" not in page
    assert page == notebook_page.render_text(notebook(CASES[name]), "a title")


@pytest.mark.parametrize("redact", [True, False], ids=["redacted", "not redacted"])
def test_a_page_of_a_run_without_redaction_says_so(redact: bool) -> None:
    """What the batch was asked for stands in the executed notebook, and its page tells."""
    executed = json.loads(notebook(CASES["plain"]))
    executed["metadata"]["papermill"] = {"parameters": {"redact": redact}}

    assert (STAMP in notebook_page.render_text(json.dumps(executed), "a title")) is not redact


def test_a_page_names_no_folder_of_a_machine() -> None:
    """What papermill was given stands in it, but for the folders, which differ from run to run; so does the id of that cell."""

    def ran(folder: str, number: int) -> str:
        source = f'# Parameters\nincident = "{folder}/evidence"\nwork = "{folder}/out"\nbucket = 30\n'
        cell = {
            "cell_type": "code", "id": f"random{number}", "source": source, "execution_count": 1,
            "metadata": {"tags": ["injected-parameters"]}, "outputs": [],
        }  # fmt: skip
        return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})

    one, other = (
        notebook_page.render_text(ran(folder, n), "a title") for n, folder in enumerate(("/home/a", "/srv/b"))
    )

    assert one == other
    assert "/home/a" not in one
    assert "bucket" in one


def test_the_answer_is_the_first_thing_on_the_page() -> None:
    """Below the question comes what the cell tagged `answer` says; parameters stand at the end."""

    def code(name: str, tag: str) -> dict[str, object]:
        output = {"output_type": "display_data", "data": {"text/plain": f"said by {name}"}, "metadata": {}}
        return {
            "cell_type": "code", "id": name, "source": name, "execution_count": 1, "metadata": {"tags": [tag] if tag else []},
            "outputs": [output],
        }  # fmt: skip

    title = {"cell_type": "markdown", "id": "t", "source": "# Who asks?\n\nWe do **not** assume.", "metadata": {}}
    cells = [title, code("given", "injected-parameters"), code("opened", "answer"), code("table", "")]
    page = notebook_page.render_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}), "a title"
    )

    places = [page.index(text) for text in ("Who asks?", "said by opened", "assume", "said by table", "said by given")]
    assert places == sorted(places)


def test_a_table_that_scrolls_can_be_reached_without_a_mouse() -> None:
    """Everything stands in the one landmark of the page, and a wide table takes the focus."""
    table = Table([{"from (UTC)": "2031-04-02 12:00:00"}])._repr_html_()
    page = notebook_page.render_text(notebook({"text/html": table, "text/plain": ""}), "a title")

    assert '<table class="dataframe" tabindex="0">' in page
    assert page.index("<main>") < page.index("<table") < page.index("</main>")

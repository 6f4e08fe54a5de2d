"""An executed notebook as one page that runs no script and fetches nothing."""

from __future__ import annotations

import copy
import html
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.report import notebook_loading
from forensics.report.redaction import STAMP

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:Canvas;color:CanvasText}
pre{font:13px/1.5 ui-monospace,monospace;padding:.6rem .8rem;border-left:3px solid #8886}
pre{overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}
th,td{padding:.25rem .6rem;border-bottom:1px solid #8884;text-align:left;vertical-align:top}
img{max-width:100%;height:auto;background:#fff}
details.code{font-size:13px;opacity:.75;margin:.2rem 0}
details.code[open]{opacity:1}
summary{cursor:pointer}
.code_cell{display:flex;flex-direction:column}.code_cell>*{min-width:0;max-width:100%}.code_cell>.input{order:1}
.input_prompt,.output_prompt,.prompt,.anchor-link{display:none}
"""


_TEMPLATE = """
{%- extends 'basic/index.html.j2' -%}
{% block input %}<details class="code"><summary>code</summary>{{ super() }}</details>{% endblock input %}
{% macro words(data) %}{% if "text/plain" in data %}<pre>{{ data["text/plain"] | escape_html }}</pre>{% endif %}{% endmacro %}
{% block data_widget_view scoped %}{{ words(output.data) }}{% endblock data_widget_view %}
{% block data_javascript scoped %}{{ words(output.data) }}{% endblock data_javascript %}
{% block footer %}{% endblock footer %}
"""
"""Code is one click away: the page is read for what came of it. What would need a script is told as text, without ids that
differ each time."""


_WIDE = '<table class="dataframe"'
"""A table that scrolls on a narrow screen; so it can without a mouse."""
_PATH = re.compile(r"(?m)^(incident|work) = .*$")
_ANYWHERE = r'\1 = "…"  # a folder of the machine on which it ran'
"""The page of a notebook is the same wherever it was run."""


@cache
def _exporter() -> HTMLExporter:
    with notebook_loading.quickly():
        from nbconvert import HTMLExporter  # noqa: PLC0415  slow to load, and only a batch needs it

    return HTMLExporter(raw_template=_TEMPLATE, exclude_input_prompt=True, exclude_output_prompt=True)


def render(notebook: Path, title: str) -> str:
    """Return the page of an executed notebook."""
    return render_text(notebook.read_text(encoding="utf-8"), title)


def _answer_first(cells: list[Any]) -> list[Any]:
    """Return the cells in the order in which a page is read: the question, its answer (the cell that is tagged so), what is
    assumed, the argument, and what was asked for at the end."""
    by: dict[str, list[Any]] = {"answer": [], "asked": [], "rest": []}
    for cell in cells:
        tags = set(cell.metadata.get("tags", ()))
        kind = "asked" if tags & {"parameters", "injected-parameters"} else "answer" if "answer" in tags else "rest"
        by[kind].append(cell)
    if not by["answer"] or by["rest"][0].cell_type != "markdown":
        return [*by["rest"], *by["answer"], *by["asked"]]
    title, *rest = by["rest"]
    question, _, assumed = title.source.partition("\n")
    below = copy.deepcopy(title)
    title.source, below.source, below.id = question, assumed.strip(), f"{title.id}-assumed"
    return [title, *by["answer"], below, *rest, *by["asked"]]


def render_text(notebook: str, title: str) -> str:
    """Return the page of an executed notebook, of which the JSON is given."""
    with notebook_loading.quickly():
        import nbformat  # noqa: PLC0415  slow to load, and only a batch needs it

    executed = nbformat.reads(notebook, as_version=4)
    for cell in executed.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id, cell.source = "injected-parameters", _PATH.sub(_ANYWHERE, cell.source)
    executed.cells = _answer_first(executed.cells)
    body, _ = _exporter().from_notebook_node(executed)
    body = body.replace(_WIDE, f'{_WIDE} tabindex="0"')
    given = executed.metadata.get("papermill", {}).get("parameters", {})
    stamp = f"<p><strong>{html.escape(STAMP)}</strong></p>" if given.get("redact") is False else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><main>{stamp}{body}</main></body></html>\n"
    )

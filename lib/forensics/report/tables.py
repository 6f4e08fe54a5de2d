"""Tables for people: whole texts, left-aligned, as many rows as one reads."""

from __future__ import annotations

import pandas as pd

MOST_ROWS = 500
_CELL = "text-align:left;vertical-align:top;overflow-wrap:break-word;max-width:32em"


class Table(pd.DataFrame):
    """A data frame that a notebook shows in full words; everything else of a data frame works on it."""

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def _repr_html_(self) -> str:
        if self.empty:
            return "<p>None.</p>"
        with pd.option_context("display.max_colwidth", None):
            html = pd.DataFrame(self.head(MOST_ROWS)).to_html(index=False, border=0, na_rep="—")
        html = html.replace("<td>", f'<td style="{_CELL}">').replace("<th>", f'<th style="{_CELL}">')
        more = len(self) - MOST_ROWS
        return html + (f"<p>… and {more:,} more rows.</p>" if more > 0 else "")

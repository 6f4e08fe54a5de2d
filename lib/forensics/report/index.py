"""The index of a reports folder: one line for each incident, stale ones marked."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader


def write(reports: Path) -> None:
    """Write reports/index.html from the results that lie there."""
    rows: dict[str, dict[str, Any]] = {}
    for place in sorted(reports.glob("*/result.json")):
        try:
            result = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        rows[place.parent.name] = {"id": place.parent.name, "result": result, "stale": ""}
    for place in sorted(reports.glob(".*.failed")):
        try:
            failure = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        rows.setdefault(failure["id"], {"id": failure["id"], "result": None, "stale": ""})["stale"] = failure["reason"]
    environment = Environment(loader=PackageLoader("forensics.report"), autoescape=True)
    text = environment.get_template("index.html.j2").render(rows=[rows[name] for name in sorted(rows)])
    handle, temporary = tempfile.mkstemp(dir=reports, prefix=".index-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(reports / "index.html")

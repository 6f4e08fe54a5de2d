"""The application's own alert settings: what they are, and how a change of one is written."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forensics.analysis import backtest as backtests
from forensics.analysis.backtest import Cell
from forensics.evidence import intake
from forensics.model import Citation, Evidence, Json
from forensics.runbook import Rule

FORMAT = "monitoring-config"
LARGEST = 1_000_000
"""Bytes; a larger configuration is not ours."""


class Configuration:
    """The application's own thresholds, where their file is in the evidence and says them once."""

    def __init__(self, evidence: Sequence[Evidence], folder: Path | None) -> None:
        self.path, self.text, self.values, self.lengths = "", "", {}, {}  # type: str, str, Json, Json
        for entry in evidence:
            place = folder / entry.path if folder else None
            if entry.format == FORMAT and entry.size < LARGEST and place:
                try:
                    with intake.open_readonly(place) as file:
                        text = file.read(LARGEST).decode("utf-8", "replace")
                except OSError:
                    continue  # it stood in an archive: its text is not at hand
                thresholds = _object(text).get("thresholds")
                if isinstance(thresholds, dict):
                    self.path, self.text, self.values = entry.path, text, thresholds
                    lengths = _object(text).get(backtests.declared()["durations"]["object"])
                    self.lengths = lengths if isinstance(lengths, dict) else {}
                    break

    @property
    def cited(self) -> list[Citation]:
        return [Citation(self.path)] if self.path else []

    def of(self, rule: Rule) -> float | None:
        """Return the configured threshold in the rule's unit; None where none is known."""
        setting = _setting(rule)
        value = _number(self.values.get(setting["key"]))
        return None if value is None else round(value * float(setting["worth"]), 6)

    def duration(self, rule: Rule) -> int:
        """Return for how many seconds it must be over before its alert rings, as configured; 0 where nothing says so."""
        value = _number(self.lengths.get(_setting(rule)["key"]))
        return 0 if value is None else round(value * float(backtests.declared()["durations"]["worth"]))

    def change(self, rule: Rule, wanted: Cell, present: float) -> Json:
        """Return the change as a unified diff of that file, or else as the fragment to add; `new_setting`: the file has none of
        the kind as yet, so that the monitoring must be taught to read it."""
        settings, setting = backtests.declared()["durations"], _setting(rule)
        if wanted.threshold != present:
            where, number = "thresholds", f"{wanted.threshold / setting['worth']:.10g}"
            new, held = False, self.of(rule) is not None
        else:
            where, number = settings["object"], f"{wanted.duration / settings['worth']:.10g}"
            new, held = _number(self.lengths.get(setting["key"])) is None, bool(self.path)
        wished = {where: {setting["key"]: json.loads(number)}}
        changed = _changed(self.text, where, setting["key"], number) if held else None
        whole = _object(self.text)
        if changed is None or _object(changed) != {**whole, where: {**whole.get(where, {}), **wished[where]}}:
            return {"diff": None, "fragment": json.dumps(wished, indent=2), "new_setting": new}
        name = self.path
        lines = difflib.unified_diff(
            self.text.splitlines(keepends=True), changed.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        ended = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return {"diff": "".join(ended), "fragment": None, "new_setting": new}


def _changed(text: str, where: str, key: str, number: str) -> str | None:
    """Return a configuration with one number of one of its objects changed, or added, and nothing else of its text; None where
    that cannot be told by its text alone."""
    told = rf'"{re.escape(where)}"\s*:\s*\{{'
    found = list(re.finditer(rf'({told}[^{{}}]*?"{re.escape(key)}"\s*:\s*)-?[\d.eE+]+', text))
    if len(found) == 1:
        return text[: found[0].start()] + found[0][1] + number + text[found[0].end() :]
    opened = list(re.finditer(rf"{told}(\s*)", text))
    if len(opened) == 1:
        return f'{text[: opened[0].end()]}"{key}": {number},{opened[0][1] or " "}{text[opened[0].end() :]}'
    before = list(re.finditer(r'(?m)^([ \t]*)"thresholds"\s*:', text))
    if opened or len(before) != 1:
        return None
    at, indent = before[0].start(), before[0][1]
    return f'{text[:at]}{indent}"{where}": {{\n{indent * 2}"{key}": {number}\n{indent}}},\n{text[at:]}'


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _object(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _setting(rule: Rule) -> dict[str, Any]:
    return next(one for one in backtests.declared()["setting"] if one["rule"] == rule.id)

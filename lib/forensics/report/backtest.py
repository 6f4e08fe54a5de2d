"""What other alert settings would have done: as rows for people, as a picture, and in a sentence. Nothing here computes again."""

from __future__ import annotations

from typing import Any

from forensics.model import Json
from forensics.report.words import length, plural, quantity, sentence


def say_clock(time: Any) -> str:
    """Say what a clock of its own counts; a dated time as it stands."""
    return f"{time['offset_s']:g} s" if isinstance(time, dict) and "offset_s" in time else str(time)


OUTCOMES = {
    "fired": "rang as it should",
    "missed": "should have rung and did not",
    "without_cause": "rang without a cause",
    "not_due": "not due",
    "not_assessable": "not assessable",
}


def summary(audit: Json) -> str:
    """Say in one sentence what became of the alert rules."""
    parts = []
    for outcome, words in OUTCOMES.items():
        named = [rule["title"].lower() for rule in audit["rules"] if rule["outcome"] == outcome]
        if named:
            parts.append(f"{words}: {', '.join(named)}")
    text = "; ".join(parts)
    others = audit.get("others", len(audit["other_alerts"]))  # a page shows some, and counts all
    rest = f"; {plural(others, 'other alert')} rang, of no alert rule of the runbook" if others else ""
    return f"{text[:1].upper()}{text[1:]}{rest}." if text else "No alert rule was judged."


def shown(audit: Json) -> list[Json]:
    """Return the rules whose settings are worth a table: some setting would have rung, truly or falsely."""
    return [
        rule
        for rule in audit["rules"]
        if rule["backtest"] and any(cell["rings"] or cell["false_alarms_seen"] for cell in rule["backtest"]["cells"])
    ]


def grid(rule: Json) -> tuple[list[int], list[tuple[float, list[Json]]]]:
    """Return the durations, and for each threshold its cells in that order."""
    cells = rule["backtest"]["cells"]
    durations = sorted({cell["duration_s"] for cell in cells})
    by = {(cell["threshold"], cell["duration_s"]): cell for cell in cells}
    thresholds = sorted({cell["threshold"] for cell in cells})
    return durations, [(threshold, [by[threshold, one] for one in durations]) for threshold in thresholds]


def told(cell: Json) -> str:
    """Say when a setting would have rung, or that too little was measured to know."""
    if cell["detected"] is None:
        return f"at {say_clock(cell['rings'])} of its own clock" if cell["rings"] else "not known"
    if cell["detected"] != "yes":
        return "not at all" if cell["detected"] == "no" else "was never quiet"
    latest = cell["delay_s"][1]
    return f"{length(-latest)} before" if latest < 0 else f"after {length(latest)}"


def alarms(cell: Json) -> str:
    """Say how often a setting rang falsely before; with too little of a history that is only what was seen."""
    if cell["false_alarms_seen"] is None:
        return "false alarms not known"
    count = plural(cell["false_alarms_seen"], "false alarm")
    return count if cell["false_alarms"] is not None else f"{count} seen"


def compared(audit: Json) -> list[dict[str, Any]]:
    """Return one row for each rule of which some setting would have rung: the present one, and what is suggested instead."""
    found = []
    for rule in shown(audit):
        present = next((cell for cell in rule["backtest"]["cells"] if cell["present"]), None)
        found.append(
            {
                "rule": rule["title"],
                "now over": quantity(present["threshold"], rule["unit"]) if present else "—",
                "would have rung": told(present) if present else "—",
                "false alarms before": alarms(present) if present else "—",
                "known before": length(rule["backtest"]["history_s"] or 0),
                "change": outcome(rule).removeprefix(f"{rule['title']}").lstrip(": "),
            }
        )
    return found


def rows(audit: Json) -> list[dict[str, Any]]:
    """Return one row for each setting that was tried, of the alert rules and of the criteria that count."""
    return [
        {
            "rule": rule["title"],
            "over": quantity(cell["threshold"], rule["unit"]) if "outcome" in rule else _counted(rule, cell),
            "for longer than": (length(cell["duration_s"]) if cell["duration_s"] else "—")
            if "outcome" in rule
            else f"{rule['duration_words']} {length(cell['duration_s'])}",
            "would have rung": told(cell),
            "false alarms before": alarms(cell),
            "present": "yes" if cell["present"] else "",
        }
        for rule in [*audit["rules"], *audit["criteria"]]
        if rule["backtest"]
        for cell in rule["backtest"]["cells"]
    ]


def _counted(rule: Json, cell: Json) -> str:
    return f"{cell['threshold']:g} {rule['threshold_words']}"


def history(rule: Json) -> str:
    """Say on how much of the time before the onset the false alarms were counted."""
    found = rule["backtest"]
    if found["history_s"] is None:
        return f"nothing tells where on the clock of {found['clock']} the onset lies"
    known = "" if found["false_alarms_known"] else ": too little to know how often a setting rings falsely"
    return f"{length(found['history_s'])} before the onset are known{known}"


def outcome(rule: Json) -> str:
    """Say what one change would have brought and what that rests on; where too little is known before the onset, only that."""
    if rule["suggestion"] is None and not rule["backtest"]["false_alarms_known"]:
        return f"{rule['title']}: no other setting is suggested. {sentence(history(rule))}"
    return f"{change(rule)} {sentence(history(rule))}"


def outcomes(audit: Json) -> list[str]:
    """Say what one change of each rule would have brought; the rules of which too little is known before the onset in one sentence."""
    rules = shown(audit)
    silent = [
        rule
        for rule in rules
        if rule["suggestion"] is None
        and not rule["backtest"]["false_alarms_known"]
        and rule["backtest"]["history_s"] is not None
    ]
    if len(silent) < 2:
        return [outcome(rule) for rule in rules]
    named = [rule["title"] if not place else rule["title"].lower() for place, rule in enumerate(silent)]
    known = max(rule["backtest"]["history_s"] for rule in silent)
    said = (
        f"{', '.join(named[:-1])} and {named[-1]}: no other setting is suggested. {length(known)} before the onset are known at the most: "
        "too little to know how often a setting rings falsely."
    )
    return [*(outcome(rule) for rule in rules if rule not in silent), said]


def _lasting(seconds: int) -> str:
    return f"for longer than {length(seconds)}" if seconds else "at once"


def change(rule: Json) -> str:
    """Say what one change would have brought, and its price."""
    found = rule["suggestion"]
    if found is None:
        return f"{rule['title']}: no other setting is suggested ({rule['why_no_suggestion']})."
    moved = (
        f"over {quantity(found['threshold'], rule['unit'])} instead of {quantity(found['instead_of'], rule['unit'])}"
        if found["changes"] == "threshold"
        else f"only when over {quantity(found['threshold'], rule['unit'])} {_lasting(found['duration_s'])}, not "
        f"{_lasting(found['instead_of_s'])}"
    )
    sooner = found["earlier_s"]
    when = "would have rung, which the present one did not"
    if sooner:
        least = sooner[1]
        when = f"{length(abs(least))} {'earlier' if least > 0 else 'later'}" if least else "at the same time"
    price = f"{plural(found['false_alarms'], 'false alarm')} in {length(found['history_s'])}"
    price += f", and {found['false_alarms_now']:,} with the present one"
    if not found["false_alarms_known"]:
        price += f"; so short a history does not rule out {found['false_alarms_per_hour_at_most']:,.0f} an hour"
    if found["changes"] == "duration" and found["new_setting"]:
        price += "; the monitoring has no such setting as yet"
    return f"{rule['title']} {moved}: {when}; {price}."

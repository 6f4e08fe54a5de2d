"""The line of the first screen that tells the cause, as far as the evidence shows one: what only people can say stays theirs."""

from __future__ import annotations

import re

from forensics.analysis import plain_errors
from forensics.model import Json
from forensics.report import written
from forensics.report.line import Line
from forensics.report.nothing import nothing_seen
from forensics.report.words import capital, clip, sentence

SHORT = 60
"""Letters of an error that stands beside a candidate on the first screen."""


def cause(result: Json) -> Line:
    """Return what the evidence shows of the cause: what people recorded while it ran, and the candidate for which most speaks, beside
    one that is only possible the most frequent error; without a candidate the first condition that was seen.

    Where people have written the cause, that stands alone: what speaks for it and against it stands among the causes.
    """
    candidate = result.get("candidate")
    if written.narrative(result, "root_cause"):
        return Line("Cause", "", unwritten=written.COMMANDER)
    if (told := result.get("recorded_cause")) and not nothing_seen(result):
        if candidate and candidate["sure"] == "likely":
            both = f"{recorded(told, SHORT)} {capital(candidate['what'])}: likely cause."
            return Line("Cause", both, [told["claim"], candidate["claim"]], unwritten=written.COMMANDER)
        beside, claims = _commonest(result)
        return Line("Cause", f"{recorded(told)}{beside}", [told["claim"], *claims], unwritten=written.COMMANDER)
    if candidate and not nothing_seen(result):
        beside, claims = ("", []) if candidate["sure"] == "likely" else _commonest(result)
        claims = [candidate["claim"], *claims]
        return Line("Cause", f"{capital(candidate['statement'])}.{beside}", claims, unwritten=written.COMMANDER)
    return Line("Cause", _shows(result), _triggers(result), unwritten=written.COMMANDER)


def recorded(told: Json, most: int = 0) -> str:
    """Say what people recorded of the cause, wherever it is told: when, and in their words, or as many letters of them. Where the
    words make a person the cause, the gentle hint on them stands beside."""
    said = sentence(told["statement"].replace(told["words"], clip(told["words"], most)) if most else told["statement"])
    return f"{said} These are their words: {told['hints'][0]}" if told.get("hints") else said


def _commonest(result: Json) -> tuple[str, list[str]]:
    """Say the most frequent error in plain words with its own behind them, and the claims of it; empty where there is none."""
    error, claims = _most_frequent(result)
    if not error:
        return "", []
    quoted, plain = f"“{clip(error, SHORT)}”", plain_errors.said(error)
    return f" Commonest error: {f'{plain} ({quoted})' if plain else quoted}.", claims


_STATUS = re.compile(r"status \d+")
"""What is told of a failed request without an error of its own."""


def _most_frequent(result: Json) -> tuple[str, list[str]]:
    """Return the error that most requests failed with and its claims; where requests tell only a status, what logs said most of the
    errors that are new, or more, since the onset."""
    errors = result["impact"].get("errors") or []
    told = [one for one in result.get("patterns") or [] if not plain_errors.framing(one["said"])]
    loud = [one for one in told if one["loud"] and one["novelty"] != "vanished"]
    if loud and all(_STATUS.fullmatch(one["kind"]) for one in errors):
        most = max(loud, key=lambda one: one["during"])
        return bare(str(most["said"])), [most["claim"]]
    return (str(errors[0]["kind"]), result["impact"].get("claims", [])[-1:]) if errors else ("", [])


_VARIES = re.compile(r"\s*(?<!\S)[\w.-]+[=:](?:\S*(?:<\*>|…)\S*)")
"""A name with a value that is another each time."""


_FIELD = re.compile(r'(?<!\S)(?P<name>msg|message|err|error|exception|cause|reason)="(?P<words>[^"]*)"')
"""A field that says in words what happened, in a line of names with values."""


def bare(said: str) -> str:
    """Return the words of a line of names with values that say what happened, then what went wrong.

    Of others, leave out the names whose values vary from one line to the next, for nobody misses a trace's id; all of it stays where
    too little would be left.
    """
    told = [one for one in _FIELD.finditer(said) if one["words"].strip("… ")]
    if told:
        told.sort(key=lambda one: one["name"] not in ("msg", "message"))
        return ": ".join(dict.fromkeys(one["words"].strip() for one in told))
    left = _VARIES.sub("", said).strip()
    return left if len(left.split()) > 2 else said


def _triggers(result: Json) -> list[str]:
    return next((q["claims"][:1] for q in result["questions"] if q["id"] == "triggered"), [])


def triggers(result: Json) -> list[Line]:
    """Return the first of the conditions that were seen, with its claim; nothing where none was."""
    shown = _shows(result)
    return [Line("", shown, _triggers(result))] if shown else []


def _shows(result: Json) -> str:
    """Return the first of the conditions that were seen: an inference, beside the cause that only people can name."""
    question = next((q for q in result["questions"] if q["id"] == "triggered"), None)
    if question is None or question["status"] == "unknown" or nothing_seen(result):
        return ""
    first = _FIRST.match(question["answer"])
    return sentence(clip(first.group(), 180)) if first else ""


_FIRST = re.compile(r"(?:“[^”]*”|[;.](?! )|[^;.])*")
"""What stands before the first semicolon or full stop outside of a quotation."""

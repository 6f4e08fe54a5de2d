"""The version for those outside: what happened to them, how long, what we do. It quotes nothing that a program wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from forensics import declarations, runbook
from forensics.model import Json
from forensics.report import moments_told, nothing, relapsed, sheet, story, written
from forensics.report.redaction import Redactor
from forensics.report.words import Times, deep_visible, length, lengths, plural, quantity

WITHHELD = "[withheld]"
MOST_SETS = 3
"""Sets of data that are told apart; the rest is counted."""
MOST = 400
"""Letters of one text of people."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is withheld from what people wrote."""

    name: str
    pattern: re.Pattern[str]
    examples: tuple[tuple[str, str], ...]
    rejects: tuple[tuple[str, str], ...]


def _data() -> dict[str, Any]:
    return declarations.declared("report/external.toml")


@cache
def rules() -> tuple[Rule, ...]:
    """Return what is withheld, in the order in which it is looked for."""
    return tuple(
        Rule(
            rule["name"],
            re.compile(rule["pattern"]),
            tuple((one["before"], one["after"]) for one in rule.get("example", ())),
            tuple((one["text"], one["why"]) for one in rule.get("reject", ())),
        )
        for rule in _data()["rule"]
    )


@dataclass(frozen=True, slots=True)
class Outsider:
    """Withholds from what people wrote everything that names something or somebody inside."""

    redact: Redactor
    inside: re.Pattern[str] | None
    """Names of this incident: services, people, files."""

    def __call__(self, text: str) -> str:
        """Return the text with [withheld] in the place of what is not for those outside."""
        said = str(deep_visible(self.redact(text)))
        if self.inside:
            said = self.inside.sub(WITHHELD, said)
        for rule in rules():
            said = rule.pattern.sub(WITHHELD, said)
        return re.sub(rf"{re.escape(WITHHELD)}(?:[\s,/:;-]*{re.escape(WITHHELD)})+", WITHHELD, said)


def outsider(result: Json, redact: Redactor) -> Outsider:
    """Return what withholds the names of this incident; it redacts though the rest of the report does not."""
    strict = redact if redact.enabled else Redactor(redact.store)
    names = set(result["incident"]["services"])
    names |= {event["who"] for event in result["timeline"] if event["who"]}
    names |= {one["who"] for moment in result["moments"].values() for one in moment.get("stated", ()) if one["who"]}
    names |= {part for entry in result["evidence"] for part in (entry["path"], entry["path"].rpartition("/")[2])}
    names |= {str(change["id"])[:7] for change in result["changes"] or [] if change["id"]}
    names |= {change["service"] for change in result["changes"] or [] if change.get("service")}
    names |= written.people(result) | _teams(result)
    names -= {name for name in names if len(name) < 3 or name.lower() in _data()["general"]["names"] or _role(name)}
    wanted = sorted(names, key=lambda name: (-len(name), name))
    found = (
        re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in wanted), re.IGNORECASE) if wanted else None
    )
    return Outsider(strict, found)


def _teams(result: Json) -> set[str]:
    """Return what teams are called; one that has the name of an everyday thing is only known by the word "team" beside it."""
    teams = {str(one.get("team") or "") for one in (result.get("notes") or {}).get("roles") or []} - {""}
    return {name for team in teams for name in (f"{team} team", f"team {team}", *([team] if " " in team else []))}


def _role(name: str) -> bool:
    return any(re.search(one.role, name) for one in runbook.load().to_call)


BLAMING = ("blame", "human-error", "name-as-cause", "person-as-cause")
"""Hints on what people wrote that keep it from leaving: it makes a person the cause."""


def render(result: Json, claims: list[Json], redact: Redactor) -> str:
    """Return the page. Measured values and the words of external.toml are its own; people's words pass the outsider's filter."""
    outside = outsider(result, redact)
    times = Times(story.zone(result))
    quiet = nothing.quiet(result)
    return sheet.render(
        "external.html.j2",
        title=heading(result, times),
        quiet=quiet,
        facts=facts(result, times),
        day="" if quiet else _day(result, times),
        steps=[] if quiet else steps(result, times),
        story=_people(result, outside, "summary"),
        cause=_people(result, outside, "root_cause"),
        actions=_actions(result, outside),
        state=_state(result),
        review=written.review(result),
        zone=times.zone,
    )


def seen(result: Json) -> list[tuple[str, str]]:
    """Return what was seen, in the words for those outside, the worst first: short, and as a sentence."""
    measured = {run["of"] for run in result["impact"]["runs"]}
    if any(
        entry for entry in result["verdicts"] if entry["rule"] == "declare.unavailable" and entry["verdict"] == "met"
    ):
        measured.add("availability")
    return list(dict.fromkeys((one["short"], one["words"]) for one in _data()["seen"] if one["of"] in measured))


def heading(result: Json, times: Times) -> str:
    """Return the title: what was seen, in the words for those outside; people's titles may name what is inside."""
    if nothing.quiet(result):
        return "No incident was seen"
    found = [short for short, _ in seen(result)]
    if not found:
        return "Too little is known yet" if nothing.nothing_seen(result) else "Incident"
    first, rest = found[0], [one[:1].lower() + one[1:] for one in found[1:2]]
    return " and ".join([first, *rest])


def facts(result: Json, times: Times) -> list[tuple[str, str]]:
    """Return the summary: what, when, how long, who was hit, whether data was lost, how it is now."""
    if nothing.quiet(result):
        return [("In short", "What was measured shows no incident."), ("When", _when(result, times))]
    said = " ".join(words for _, words in seen(result)) or "What happened is not known yet."
    return [
        ("In short", said),
        ("When", _when(result, times)),
        ("How long", " ".join(filter(None, [_how_long(result), relapsed.outside(result, times)]))),
        ("Who was hit", _who(result, times)),
        ("Data", _data_loss(result)),
        ("State now", _state(result)),
    ]


def steps(result: Json, times: Times) -> list[tuple[str, str]]:
    """Return the moments that concern those outside, with their bounds; the evidence for them stays inside."""
    words = {"onset": "It began", "detected": "We noticed", "mitigated": "We acted", "recovered": "It was over"}
    found = []
    back = [step for one in relapsed.relapses(result)[: relapsed.MOST] for step in _back(one)]
    words |= {"mitigated": "We acted again"} if any(said == "We acted" for said, _ in back) else {}
    for name in (one for one in moments_told.course(result) if one in words):
        said, moment = words[name], result["moments"][name]
        while back and (name == "recovered" or _later(moment, back[0][1])):
            before, time = back.pop(0)
            found.append((before, _between(times, time, time, _day(result, times))))
        if moment.get("earliest"):
            placed = isinstance(moment["earliest"], str)
            when = (
                _between(times, _second(moment["earliest"]), _second(moment["latest"]), _day(result, times))
                if placed
                else "not known to the day"
            )
        else:
            when = "not yet, as far as is known" if moment.get("reached") is False else "not known"
        found.append((said, when))
    return found


def _back(one: Json) -> list[tuple[str, str]]:
    """Return when we acted before it ceased, when it ceased, and when it came back. A change that a list of changes records alone
    may have been made for other reasons."""
    done = one["done"]
    ours = done and done["recorded"] != "change" and done["time"] <= one["ceased"]
    acted = [("We acted", _second(done["time"]))] if ours else []
    return [*acted, ("It seemed to be over", _second(one["ceased"])), ("It came back", _second(one["again"]))]


def _later(moment: Json, time: str) -> bool:
    return isinstance(moment.get("earliest"), str) and Times.later(moment["earliest"], time)


def _day(result: Json, times: Times) -> str:
    """Return the day on which it began, which then stands once above the times; empty where it is not known."""
    began = result["moments"]["onset"].get("earliest")
    return times.day(began) if isinstance(began, str) else ""


def _between(times: Times, first: str, last: str, day: str) -> str:
    """Say when something was that lies between two times; the day only where it is another one."""
    if {times.day(first), times.day(last)} != {day}:
        return times.span(first, last)
    known = [one for one in (times.read(first), times.read(last)) if one]
    clocks = list(dict.fromkeys((times.clock(first), times.clock(last))))
    return f"{'between ' if len(clocks) > 1 else ''}{' and '.join(clocks)}{times.local(*known)}"


def _second(time: str) -> str:
    """Leave out parts of a second: nobody outside asks for them."""
    return re.sub(r"\.\d+(?=Z$)", "", time)


def _when(result: Json, times: Times) -> str:
    """Say from when to when, as long as `_how_long` says; the window of the impact where the end is not known."""
    window = result["incident"]["window"]
    onset, over = (result["moments"][name] for name in ("onset", "recovered"))
    if isinstance(onset.get("earliest"), str) and isinstance(over.get("latest"), str):
        return times.span(_second(onset["earliest"]), _second(over["latest"]))
    if not window or not isinstance(window["start"], str):
        return "Not known to the day."
    return times.span(window["start"], window["end"])


def _how_long(result: Json) -> str:
    pair = result["durations"].get("to_recover_s")
    if pair:
        if pair[1] is None:
            return f"At least {length(pair[0])}." if pair[0] else "It is not over, as far as is known."
        return f"{lengths(pair)} from beginning to end." if pair[0] else f"At most {length(pair[1])}."
    pair = result["durations"].get("impact_s")
    return f"{lengths(pair)} over our limits." if pair and pair != [0, 0] else "Not known."


def _who(result: Json, times: Times) -> str:
    impact = result["impact"]
    security: Json = result["security"] or {}
    said = []
    if any(source["burst"] for source in security.get("sources", [])):
        said.append(f"{security['failed_logins']:,} of {plural(security['attempts'], 'login')} failed.")
    if impact.get("requests"):
        share = quantity(impact.get("failed_share"), "%")
        if impact.get("counted"):
            said.append(
                f"{impact['failed']:,} of {plural(impact['requests'], 'request')} of a load test failed ({share})."
            )
        else:
            else_ = _degraded(result)
            failed = f"{impact['failed']:,} of {plural(impact['requests'], 'request')} failed ({share})"
            if (said or else_) and not impact["failed"]:
                failed = f"None of {plural(impact['requests'], 'request')} that were answered failed"
            failed = f"{failed}{_counted(result, times)}."
            said += [failed, *else_] if impact["failed"] else [*else_, failed]
    elif shares := [one for one in impact.get("measured") or [] if one["of"] == "error_rate"]:
        worst = max(one["value"] for one in shares)
        whole = next((one["value"] for one in shares if one["whole_run"]), None)
        said.append(
            f"{quantity(worst, '%')} of requests failed at the worst."
            if whole is None
            else f"{quantity(whole, '%')} of requests failed over all that was measured."
        )
    return " ".join(said) or "Not measured."


def _degraded(result: Json) -> list[str]:
    """Say what else went wrong for those who asked: answers that took long, none at all, and starts of the service anew."""
    impact, said = result["impact"], []
    if slow := impact.get("slow"):
        over = quantity(slow["over_s"], "s")
        said.append(f"{slow['requests']:,} of {plural(slow['of'], 'request')} took longer than {over}.")
    for one in impact.get("unanswered") or []:
        asked = "check" if one["vantage"] == "probe" else "request"
        said.append(f"{one['unanswered']:,} of {plural(one['asked'], asked)} from outside had no answer.")
    down = [run for run in impact["runs"] if run["of"] == "process"]
    if down:
        said.append(
            f"The service stopped {'once' if len(down) == 1 else f'{len(down):,} times'} and was started again."
        )
    return said


def _counted(result: Json, times: Times) -> str:
    """Say until when requests were counted, where that is not the end that `_when` tells."""
    window = result["incident"]["window"]
    end = _second(window["end"]) if window and isinstance(window["end"], str) else ""
    said = _when(result, times)
    return f", counted until {times.full(end)}" if end and times.clock(end) not in said else ""


def _data_loss(result: Json) -> str:
    """Say what became of data, in numbers where they are known; what it is called inside stays there."""
    rows, sets = result["impact"].get("gone_rows"), result["impact"].get("incomplete") or []
    if rows or sets:
        said = [f"{plural(rows, 'row')} of data are gone."] if rows else []
        first = [f"{one['present']:,} of {one['expected']:,}" for one in sets[:MOST_SETS]]
        if first:
            rest = "".join(f", {one} of another" for one in first[1:])
            said.append(f"Data is incomplete: {first[0]} records of one set{rest} are there.")
        if len(sets) > MOST_SETS:
            said.append(f"So are {plural(len(sets) - MOST_SETS, 'more set')}.")
        return " ".join(said)
    if result["impact"].get("data_loss") or any(run["of"] == "data" for run in result["impact"]["runs"]):
        return "Data was lost; how much is not known here."
    sources = (result["security"] or {}).get("sources", [])
    if any(source["burst"] and source["succeeded_after"] for source in sources):
        return "A login succeeded from where passwords had been guessed. Whether it was misused is not known here."
    return "We know of no lost data; nothing measured whether any was lost."


def _state(result: Json) -> str:
    state, recovery = str(result["incident"].get("state") or ""), result.get("recovery")
    if state.startswith("recovered"):
        shown = recovery is not None and recovery["verdict"] == "shown"
        return "It is over." if shown else "It is over, but has not been watched for long enough to call it stable."
    return "It is not over, as far as is known." if state.startswith("ongoing") else "Not known."


def _people(result: Json, outside: Outsider, name: str) -> str:
    hints = (result.get("notes") or {}).get("lint") or ()
    if any(hint["about"] == name and hint["code"] in BLAMING for hint in hints):
        return ""  # it is for people to say it otherwise; the report says so beside their words
    return outside(written.narrative(result, name))[:MOST]


def _actions(result: Json, outside: Outsider) -> list[Json]:
    """Return what is done, in the words that people wrote for those outside; of the rest only how many of which type, for what is
    written for those inside names what is theirs."""
    found = written.actions(result)
    told = [
        {"text": outside(one.outside)[:MOST], "due": outside(one.due), "done": one.done} for one in found if one.outside
    ]
    rest: dict[tuple[str, bool], list[written.Action]] = {}
    for one in found:
        if not one.outside:
            rest.setdefault((one.type, one.done), []).append(one)
    for (kind, done), ones in sorted(rest.items(), key=lambda pair: (not pair[0][1], _TYPES.index(pair[0][0]))):
        last = max((one.due for one in ones), default="") if all(_DAY.fullmatch(one.due) for one in ones) else ""
        told.append(
            {"text": f"{plural(len(ones), 'step')} {_data()['step'][kind or 'other']}", "due": last, "done": done}
        )
    return sorted(told, key=lambda one: not one["done"])


_TYPES = ("mitigate", "prevent", "detect", "process", "")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

"""What page and Markdown tell alike: the result redacted, made visible and bounded, and its summary in a few words."""

from __future__ import annotations

import re
import shlex
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forensics import runbook
from forensics.findings.declaration import how_long, other_clocks
from forensics.model import Json
from forensics.report import cause_line, relapsed, unruled
from forensics.report.line import Line
from forensics.report.nothing import nothing_judged, nothing_seen, possible, quiet
from forensics.report.words import Times, capital, clip, length, lengths, plural, quantity, sentence
from forensics.times import parse_time

VERDICTS = {"met": "Met", "not_met": "Not met", "not_assessable": "Not assessable"}


TITLES = {
    "error_rate": "Error rate",
    "response_time": "Response time",
    "availability": "Every request failed",
    "security": "Failed logins from one address",
    "process": "Process down",
    "memory": "Memory usage",
    "disk": "Disk usage",
    "db_connections": "Database connections",
    "data": "Data lost",
    **unruled.TITLES,
}


UNITS = {"error_rate": "%", "response_time": "s", "memory": "%", "disk": "%", "db_connections": "%", **unruled.UNITS}


def zone(result: Json) -> str:
    """Return the zone to say second; UTC when the one asked for is unknown here."""
    asked = str(result["parameters"].get("zone") or "UTC")
    try:
        return ZoneInfo(asked).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def stretches(result: Json) -> list[Json]:
    """Return the stretches that make up the impact, gathered by what was over its limit."""
    found: dict[tuple[str, bool], list[Json]] = {}
    for run in result["impact"]["runs"]:
        found.setdefault((run["of"], run["criterion"]), []).append(run)
    criteria = {of for of, criterion in found if criterion}
    rows = []
    for (of, criterion), runs in found.items():
        if not criterion and of in criteria:
            continue
        counted = of in UNITS or of == "security"
        unit = UNITS.get(of, "failed logins" if of == "security" else "")
        rows.append(
            {
                "title": TITLES.get(of, of.replace("_", " ").capitalize()),
                "criterion": criterion,
                "count": len(runs),
                "start": min((run["start"] for run in runs), key=parse_time),
                "end": max((run["end"] for run in runs), key=parse_time),
                "peak": quantity(max(run["peak"] for run in runs), unit) if counted else "",
                "open": any(run["open"] for run in runs),
                "signal": runs[0]["signal"] if len(runs) == 1 else "",
                "claims": _judged(result, of, criterion),
            }
        )
    return rows


_RULES = {"availability": "unavailable", "process": "unavailable", "security": "security_alert"}
"""Rules that are not called like what they judge."""


def _judged(result: Json, of: str, criterion: bool) -> list[str]:
    """Return the claims of the rules by which stretches of a signal were found."""
    if shown := unruled.claims(result, of):
        return shown
    name = _RULES.get(of, of)
    wanted = [f"declare.{name}"] if criterion else [f"alert.{name}", f"declare.{name}"]
    found = [one["claim"] for rule in wanted for one in result["verdicts"] if one["rule"] == rule][:1]
    return found or [result["impact"].get("data_loss_claim") or ""]


def pictured(result: Json, name: str) -> list[str]:
    """Return the claims that a picture's takeaway rests on: those of its rules, or of the evidence whose coverage it shows."""
    if name == "coverage":
        return [result.get("evidence_claim") or ""]
    of = {"failed-logins": "security"}.get(name, name.replace("-", "_"))
    if shown := unruled.claims(result, of):
        return shown
    known = {verdict["rule"]: verdict["claim"] for verdict in result["verdicts"]}
    wanted = [f"declare.{_RULES.get(of, of)}", f"alert.{_RULES.get(of, of)}"]
    return [known[rule] for rule in wanted if rule in known] + (
        (result["security"] or {}).get("claims") or [] if of == "security" else []
    )


def verification(result: Json) -> str:
    """Return the command that asks all claims again; an id from hostile evidence stays one word of it."""
    return f"forensics verify {shlex.quote('reports/' + result['incident']['id'])}"


def summary(result: Json, times: Times) -> list[Line]:
    """Return the first screen: what, when, how long, who was hit, cause and how sure, state now, severity."""
    return [
        Line("What", _what(result), _met(result) or [result["severity"].get("claim") or ""]),
        Line("When", _when(result, times), _placed(result)),
        Line("How long", _how_long(result, times), [result["durations_claim"], *relapsed.claims(result)]),
        _who(result),
        cause_line.cause(result),
        Line("State now", _state(result), [(result.get("recovery") or {}).get("claim") or ""]),
        Line("Severity", _severity(result), [result["severity"].get("claim") or ""]),
    ]


def _claim(moment: Json) -> list[str]:
    return [moment["claim"]] if moment.get("claim") else []


def _placed(result: Json) -> list[str]:
    """Return what tells when it was: the moments between which it lies, or the times that the evidence covers."""
    found = [claim for name in ("onset", "recovered") for claim in _claim(result["moments"][name])]
    return found or [result.get("evidence_claim") or ""]


def _met(result: Json) -> list[str]:
    return [verdict["claim"] for verdict in result["verdicts"] if verdict["verdict"] == "met"][:2]


def heading(result: Json) -> str:
    """Return the title: people's, else what was seen; evidence that nothing can be judged by shows no peace either."""
    open_ = nothing_seen(result) and result["severity"]["level"] == "undetermined"
    if open_ and not result["incident"].get("title_source"):
        return "Too little evidence to judge"
    return str(result["incident"]["title"])


def _what(result: Json) -> str:
    if nothing_judged(result):
        return "Nothing could be judged: nothing in the evidence measures what the runbook’s rules are about."
    if nothing_seen(result):
        unsure = sum(1 for verdict in result["verdicts"] if verdict["verdict"] == "not_assessable")
        rest = f"; {plural(unsure, 'rule')} could not be assessed" if unsure else ""
        if result["severity"]["level"] == "undetermined":
            return f"Nothing that was measured went over a limit{rest}."
        if apart := result["incident"].get("elsewhere"):
            return f"No criterion was met as the {apart['none']} saw it; one was as the {apart['met']} did{rest}."
        if possible(result):
            return f"{result['incident']['title']}{rest}."
        return f"No incident in this evidence{rest}."
    rows = sorted(stretches(result), key=lambda row: not row["criterion"])
    if not rows:
        return sentence(str(result["incident"]["title"]))
    over = list(dict.fromkeys(row["title"].lower() for row in rows if row["title"] not in _SAID))
    seen = [_SAID[row["title"]] for row in rows if row["title"] in _SAID]
    reached = "limit" if any(row["criterion"] for row in rows) else "alert threshold"
    limits = f"{' and '.join(over)} over {f'their {reached}s' if len(over) > 1 else f'its {reached}'}"
    said = ", ".join(dict.fromkeys([*([limits] if over else []), *seen]))
    services = result["incident"]["services"]
    where = f" ({', '.join(_name(service) for service in services[:4])})" if services else ""
    return sentence(f"{said}{where}")


def _name(service: str) -> str:
    """Say a service's name; what is no name is quoted, for it may be a sentence that somebody put there."""
    return service if len(service) <= 40 and len(service.split()) <= 2 else f"“{clip(service, 40)}”"


_SAID = {
    "Every request failed": "moments in which every request failed",
    "Process down": "the process died",
    "Failed logins from one address": "passwords were being guessed",
    "Data lost": "data was lost",
    **unruled.SAID,
}


def _when(result: Json, times: Times) -> str:
    window = result["incident"]["window"]
    if not window:
        return "Not known: nothing in the evidence has a time that could be placed."
    said = times.span(window["start"], window["end"])
    if isinstance(window["start"], dict):
        for clock in dict.fromkeys((window["start"]["clock"], _clock(window["end"]))):
            said = said.replace(f" the clock of {clock}", " its source’s own clock")  # which file that is stands below
        return (
            f"{said}; nothing in the evidence tells {'the year' if 'written' in window['start'] else 'when it began'}"
        )
    if many := len(result["incident"]["others"]["list"]):
        said += f"; {plural(many, 'other incident')} in the same evidence, told among the findings"
    return f"{said} (all that logs and metrics cover)" if window["how"] == "evidence span" else said


def _clock(time: object) -> str:
    return str(time.get("clock")) if isinstance(time, dict) else ""


_STEPS = re.compile(r"\b(\d+ (?:s|min)) buckets\b")
"""Which steps of time a signal is counted in."""


def _how_long(result: Json, times: Times) -> str:
    durations = result["durations"]
    back = f"; {said}" if (said := relapsed.brief(result, times)) else ""
    if durations.get("impact_s") == [0, 0]:
        return f"Seen in single samples, so not known; {_recovered(durations)}"
    pair = durations.get("impact_s")
    if pair and pair[1] is None:
        return f"At least {length(pair[0])}{_over(result)}, still open when the evidence ends{back}."
    if pair:
        whole = durations.get("to_recover_s")
        steps = [found[1] for run in result["impact"]["runs"] if (found := _STEPS.search(run["signal"]))]
        rounded = (
            f", in {steps[0].replace(' ', '-')} steps"
            if steps and whole and whole[1] is not None and pair[0] > whole[1]
            else ""
        )
        return f"{capital(lengths(pair))}{_over(result)}{rounded}{back}; {_recovered(durations)}"
    return _recovered(durations).capitalize() if durations.get("to_recover_s") else "Not known."


def _over(result: Json) -> str:
    """Say what lasted so long: being over limits, or being as never before where the runbook has no rule."""
    return " in all" if any(run["of"] in unruled.TITLES for run in result["impact"]["runs"]) else " over limits"


def _recovered(durations: Json) -> str:
    pair = durations.get("to_recover_s")
    return f"{lengths(pair)} from onset to recovery." if pair else "time to recovery not known."


def _who(result: Json) -> Line:
    impact = result["impact"]
    if counted := impact.get("counted"):
        text = _BY.sub(r"\1 the \2 measured", counted["statement"])
        text += _slowest(impact)
        return Line("Who was hit", f"{text}.", [impact["claim"]])
    if impact.get("requests"):
        text = f"{impact['failed']:,} of {impact['requests']:,} requests failed"
        text += f" meanwhile ({quantity(impact.get('failed_share'), '%')})" if impact["failed"] else ""
        claims = [impact.get("claim") or ""]
        if only := impact.get("only_route"):
            text += f", {'all' if only['failed'] == impact['failed'] else 'nearly all'} on {only['route']}"
            claims += impact["claims"][:1]
        hit = [
            f"{impact[f'{of}_failed']:,} of {impact[of]:,} {words}"
            for of, words in (("addresses", "addresses"), ("accounts", "logged-in users"))
            if impact.get(f"{of}_failed")
        ]
        text += f", for {', '.join(hit)}" if hit else ""
        text += _slowest(impact)
        text += f"; {guessed}" if (guessed := _guessed(result)) else ""
        refused, of_refused = unruled.refused(result)
        text, claims = (f"{refused}; {text}", [*of_refused, *claims]) if refused else (text, claims)
        if any(run["of"] == "process" for run in impact["runs"]):
            text += "; while down, nothing was logged"
        for one in impact.get("unanswered", [])[:2]:
            what = "monitoring checks" if one["vantage"] == "probe" else "requests"
            text += f"; {one['unanswered']:,} of {one['asked']:,} {what} unanswered"
        return Line("Who was hit", f"{text}.", claims)
    first = {
        one["of"]: one for one in reversed(impact.get("measured") or [])
    }  # of each signal what broke a criterion first
    measured = [first[of] for of in ("error_rate", "response_time") if of in first]
    if measured:
        said = (_BY.sub(r"\1 the \2 measured", one["statement"]) for one in measured)
        return Line("Who was hit", f"{'; '.join(said)}.", [one["claim"] for one in measured])
    if guessed := _guessed(result):
        return Line("Who was hit", f"{capital(guessed)}; requests were not measured.", result["security"]["claims"][:1])
    if gone := impact.get("gone_rows"):
        text = (
            f"Whom it hit is not measured; {plural(gone, 'row')} of the database {'is' if gone == 1 else 'are'} gone."
        )
        return Line("Who was hit", text, [impact["data_loss_claim"]])
    if possible(result):
        shown = next(one for one in result["beyond_limits"] if one["possible_unavailability"])
        return Line("Who was hit", f"Not known. {shown['statement']}.", [shown["claim"]])
    return Line("Who was hit", "Nobody, as far as this evidence can tell." if quiet(result) else "Not measured.")


SLOW = 1.0
"""Seconds from which on people notice that they wait; how long quicker ones take is told with the impact."""


def _slowest(impact: Json) -> str:
    """Say how long one request in twenty took, where people wait for it."""
    p95 = impact["p95_s"]
    return f"; one in twenty over {quantity(p95, 's')}" if p95 is not None and p95 >= SLOW else ""


_BY = re.compile(r"(over all that|, as) .{1,300}? \(([^()]*)\) measured")
"""Which file it was stands below the first screen, in the claim."""


def _guessed(result: Json) -> str:
    """Say how many logins failed, where passwords were being guessed."""
    security = result["security"]
    if not security or not any(source.get("burst") for source in security["sources"]):
        return ""
    return f"{security['failed_logins']:,} of {security['attempts']:,} logins failed"


_ASIDE = re.compile(r" \((?:[^()]|\([^()]*\))*\)")
"""What stands in brackets: the whole reason is one click away."""


def seen(verdict: Json, times: Times) -> str:
    """Say in a few words what a rule saw: its stretch or how many, and the peak; what it lacks where it cannot be assessed."""
    runs = verdict["intervals"]
    if not runs:
        why = _ASIDE.sub("", verdict.get("why") or "")
        said = capital(clip(why, 90)) if verdict["verdict"] == "not_assessable" else ""
    elif len(runs) + verdict["more"] > 1:
        said = plural(len(runs) + verdict["more"], "stretch", "stretches")
    elif times.day(runs[0]["start"]) == times.day(runs[0]["end"]):
        said = f"{times.clock(runs[0]['start'])} – {times.clock(runs[0]['end'])}"
    else:
        said = times.span(runs[0]["start"], runs[0]["end"])
    if runs and verdict["limit"] is not None and verdict["unit"] in ("%", "s"):
        said += f", peak {quantity(max(run['peak'] for run in runs), verdict['unit'])}"
    if any(run["open"] for run in runs):
        said += ", still open"
    return f"{said}{'; ' if said else ''}depends on the definition" if verdict["depends"] else said


def declarable(result: Json, times: Times) -> str:
    """Say when the runbook asked for a declaration, and whether people were later or earlier than that."""
    found = result.get("declarable")
    if not found:
        return "" if nothing_judged(result) else "No decision criterion of the runbook was met."
    delay = found["declared_after_s"]
    said = f"{times.full(found['at'])}: “{found['words']}” had held for long enough"
    if delay is None:
        return f"{said}."
    how = "at that moment" if delay == 0 else f"{length(abs(delay))} {'later' if delay > 0 else 'earlier'}"
    return f"{said}; people declared {how}."


def spent(result: Json) -> str:
    """Say for how long each level held; that of the incident may rest on events, and then no stretch of time is of it."""
    severity = result["severity"]
    held = severity.get("spent", ())
    told = ", ".join(f"{one['level']} for {how_long(one)}{other_clocks(one)}" for one in held)
    if held and severity["level"] not in {"none", "undetermined", *(one["level"] for one in held)}:
        told += f" ({severity['level']} itself rests on events, which have no length)"
    return told


def _state(result: Json) -> str:
    state = str(result["incident"].get("state") or "not known")
    recovery = result.get("recovery")
    if possible(result):
        return sentence(state)
    if nothing_seen(result):
        return "Not known." if nothing_judged(result) else "Nothing to recover from in this evidence."
    return sentence(f"{state}; {stability(recovery)}" if recovery else state)


def stability(recovery: Json) -> str:
    """Say whether the service was watched for as long as the runbook wants."""
    needed = length(recovery["needed_s"]) if recovery.get("needed_s") else "the runbook's time"
    word = {"shown": "is shown", "not_shown": "is not shown", "not_assessable": "cannot be assessed"}
    return f"stability for {needed} {word[recovery['verdict']]}"


def declared(result: Json) -> str:
    """Say which severity people declared, and which level that is by whose words; empty where nobody did."""
    severity = result["severity"]
    if not severity.get("stated"):
        return ""
    own = result["parameters"].get("severity_words")
    by = f"the words stated for this run ({own})" if own else f"the runbook’s words ({words()})"
    which = (
        f", which is {severity['stated_level']} by {by}"
        if severity.get("stated_level")
        else f", which is no level by {by}"
    )
    return f"People declared it {severity['stated']}{which}."


def words() -> str:
    """Say briefly which words of severity mean which level where nobody states others: the first of each, and how many more."""
    known = runbook.load().severity_words
    firsts = {level: word for word, level in reversed(known.items())}
    return ", ".join(f"{firsts[level]} {level}" for level in sorted(firsts)) + f" and {len(known) - len(firsts)} more"


def _severity(result: Json) -> str:
    severity = result["severity"]
    named = {"none": "None", "undetermined": "Undetermined"}.get(severity["level"], severity["level"])
    stated = f" Declared: {severity['stated']}." if severity.get("stated") else ""
    rule = f", “{severity['rule']}”" if severity.get("rule") else ""
    headings = [one.words for level in runbook.load().levels for one in level.conditions if one.name == "declarable"]
    if severity.get("rule") in headings:  # what the runbook calls its criteria tells nobody what happened
        rule = ": a criterion for declaring an incident was met"
    return f"{named}{rule}.{stated}"

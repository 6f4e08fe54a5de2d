"""Sentences after tables and pictures: each computed from the result of this incident."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from forensics.errors import Unknown
from forensics.lengths import lasting
from forensics.model import Json
from forensics.report import backtest, checked, judgement, log_messages, moments_told, people, response, watched
from forensics.report.redaction import STAMP, Redactor
from forensics.report.words import Times, length, plural, quantity, tied
from forensics.times import parse_time


@dataclass(frozen=True, slots=True)
class Sentence:
    """Text that a notebook shows as text, whatever it holds."""

    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p style="max-width:46em">{html.escape(tied(self.text))}</p>'


def about(subject: str, result: Json, redact: Redactor) -> Sentence:
    """Return what the result says about a subject. Raises Unknown, with the subjects there are."""
    known: dict[str, Callable[[Json], str]] = {
        "evidence": _evidence,
        "accounting": _accounting,
        "quarantine": _quarantine,
        "problems": _problems,
        "coverage": _coverage,
        "clocks": _clocks,
        "collect": _collect,
        "databases": _databases,
        "timeline": _timeline,
        "moments": _moments,
        "durations": _durations,
        "changes": _changes,
        "judgement": lambda result: judgement.answer(result, Times(result["parameters"].get("zone", "UTC"))),
        "logins": lambda result: judgement.logins(result, Times(result["parameters"].get("zone", "UTC"))),
        "beyond": judgement.beyond,
        "verdicts": _verdicts,
        "severity": _severity,
        "alerts": _alerts,
        "backtest": _backtest,
        "budget": _budget,
        "recovery": _recovery,
        "questions": _questions,
        "statements": lambda told: checked.summary(told["human_claims"], told["human_claims_left"]),
        "corrections": lambda told: checked.corrected(told["runbook_corrections"]),
        "errors": _errors,
        "patterns": log_messages.sentence,
        "impact": _impact,
        "updates": _updates,
        "promise": _promise,
        "mitigations": _mitigations,
        "steps": _steps,
        "written": _written,
        "notes": people.summary,
        "incident": _incident,
    }
    if subject.startswith("no "):
        return Sentence(redact(_nothing(subject.removeprefix("no "), result)))
    rules = {verdict["rule"]: verdict for verdict in result["verdicts"]}
    if subject in rules:
        return Sentence(redact(judgement.agreement(rules[subject])))
    if subject not in known:
        raise Unknown("subject", subject, known)
    return Sentence(redact(known[subject](result)))


def _nothing(signal: str, result: Json) -> str:
    """Say why there is no picture of a signal, in the words of the rule that it would have served."""
    found = next((v for v in result["verdicts"] if v["rule"] == f"alert.{signal}"), None)
    why = found["why"].rstrip(".") if found else ""
    if found and not why and found["verdict"] != "not_assessable":
        why = f"no series was measured; the rule is judged by {found['statistic']}"
    if signal == "backtest":
        return "No picture of other settings: no alert rule could be tried on this evidence."
    return (
        f"No picture of {response.NAMES.get(signal, signal.replace('_', ' '))}: "
        + (why or "nothing in this evidence measured it")
        + "."
    )


def _hms(text: str | Json) -> str:
    return f"{parse_time(text):%H:%M:%S}"


def _stretch(span: Json) -> str:
    """Say from when to when; times that no clock places are said as they are written, with the clock that wrote them."""
    start, end = span["start"], span["end"]
    if isinstance(start, dict) and "offset_s" in start:
        return f"{start['offset_s']:g} – {end['offset_s']:g} s on the clock of {start['clock']}"
    if isinstance(start, dict):
        return f"{start['written']} – {end['written']} by the clock of {start['clock']}"
    return f"{start[:10]} {_hms(start)}–{_hms(end)} UTC"


def _incident(result: Json) -> str:
    incident = result["incident"]
    window = incident["window"]
    when = f" {_stretch(window)} ({window['how']})." if window else ""
    return f"{incident['title']}: {incident['state']}.{when} Severity {result['severity']['level']}."


def _evidence(result: Json) -> str:
    entries = result["evidence"]
    whole = sum(e["status"] in ("ok", "duplicate") for e in entries)
    records = sum(e["records"] for e in entries)
    broken = [e["path"] for e in entries if e["status"] not in ("ok", "duplicate")]
    text = f"{plural(len(entries), 'file')}, {whole:,} of them whole, gave {plural(records, 'record')}."
    if broken:
        text += f" Not whole: {_listed(broken)}."
    return text


def _accounting(result: Json) -> str:
    counts = [e["lines"] for e in result["evidence"] if e["lines"]]
    total = {
        name: sum(c[name] for c in counts)
        for name in ("physical", "accepted", "continued", "blank", "separator", "quarantined")
    }
    rest = total["physical"] - sum(value for name, value in total.items() if name != "physical")
    return (
        f"Of {total['physical']:,} physical lines {total['accepted']:,} begin an event, {total['continued']:,} continue one, "
        f"{total['blank']:,} are blank, {total['separator']:,} separate parts of an extract and {total['quarantined']:,} could "
        f"not be read; {rest:,} are unaccounted for."
    )


def _quarantine(result: Json) -> str:
    held = [e for e in result["evidence"] if e["lines"] and e["lines"]["quarantined"]]
    if not held:
        return "Every line of every text was read."
    lines = sum(e["lines"]["quarantined"] for e in held)
    return (
        f"{plural(lines, 'line')} of {plural(len(held), 'file')} could not be read: {_listed([e['path'] for e in held])}. "
        "Each is kept with its place and can be had back byte for byte."
    )


def _problems(result: Json) -> str:
    problems = [(e["path"], p) for e in result["evidence"] for p in e["problems"]]
    left = list(dict.fromkeys(p["leaves_open"] for _, p in problems if p["leaves_open"]))
    if not problems:
        return "Nothing is wrong with this evidence as far as we can tell."
    text = f"{plural(len(problems), 'remark')} on {plural(len({path for path, _ in problems}), 'file')}."
    return text + (
        f" Left open by them: {' '.join(left)}" if left else " None of them leaves one of the five questions open."
    )


def _collect(result: Json) -> str:
    again = [e["path"] for e in result["evidence"] if any(p["leaves_open"] and p["remedy"] for p in e["problems"])]
    if not again:
        return "Nothing has to be collected again."
    return f"To be collected again, or better next time: {_listed(again)}. What a restart or a mitigation destroyed cannot be."


def _coverage(result: Json) -> str:
    held = result["coverage"]
    if not held:
        return "No file tells a time that could be placed: nothing can be ordered."
    common = result["common_stretch"]
    parts = [f"Most sources cover {_stretch(common)}" if common else "No stretch of time is covered by most sources"]
    holed = [
        f"{one['path']} (longest {_longest(one['holes'])})"
        for one in held
        if one["holes"] and one["usual_s"] and not one["extract"]
    ]
    paused = [one["path"] for one in held if one["pauses"] and one["usual_s"] and not one["extract"]]
    late = [f"{one['path']} (by {length(one['begins_late_s'])})" for one in held if one["begins_late_s"]]
    early = [f"{one['path']} (by {length(one['ends_early_s'])})" for one in held if one["ends_early_s"]]
    apart = [one["path"] for one in held if one["apart"]]
    for words, found in (
        ("holes in", holed),
        ("silent between runs:", paused),
        ("beginning late:", late),
        ("ending early:", early),
        ("of another time:", apart),
    ):
        parts += [f"{words} {_listed(found)}"] if found else []
    return "; ".join(parts) + (
        "." if len(parts) > 1 else "; none of those that go on telling has a hole, begins late or ends early."
    )


def _longest(holes: list[Json]) -> str:
    return length(max((parse_time(hole["end"]) - parse_time(hole["start"])).total_seconds() for hole in holes))


def _listed(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _counting(dated: list[Json]) -> list[str]:
    """Return the files whose times only count seconds."""
    starts = {entry["path"]: entry["covers"]["start"] for entry in dated}
    return [path for path, start in starts.items() if isinstance(start, dict) and "offset_s" in start]


def _clocks(result: Json) -> str:
    dated = [e for e in result["evidence"] if e["covers"]]
    by = {how: [e["path"] for e in dated if e["clock"]["how"] == how] for how in ("inferred", "unknown")}
    assumed: dict[str, list[str]] = {}
    for entry in dated:
        if entry["clock"]["how"] == "assumed" and isinstance(entry["covers"]["start"], str):
            assumed.setdefault(entry["clock"]["zone"], []).append(entry["path"])
    parts = [
        f"{zone} is assumed, not stated, for {_listed(paths)}: an hour's error there would move every event by it."
        for zone, paths in assumed.items()
    ]
    if by["inferred"]:
        parts.append(
            f"The clock of {_listed(by['inferred'])} is inferred; from what, and how surely, stands with each file."
        )
    counting = [path for path in by["unknown"] if path in _counting(dated)]
    unknown = [path for path in by["unknown"] if path not in counting]
    if counting:
        parts.append(
            f"{_listed(counting)} only {'counts' if len(counting) == 1 else 'count'} seconds from a beginning that nothing tells; "
            f"-p anchors='{counting[0]}=2031-04-02T07:30:00Z' states it."
        )
    if unknown:
        parts.append(f"Whose clock {_listed(unknown)} keeps is not known.")
    undated = [e["path"] for e in dated if any(p["code"] == "no-year" for p in e["problems"])]
    if undated:
        parts.append(
            f"Nothing tells the year of {_listed(undated)}: times are told as written, and lengths between them are right."
        )
    skewed = [e["path"] for e in dated if any(p["code"] in ("clock-skew", "clock-back") for p in e["problems"])]
    if skewed:
        parts.append(f"Clocks that differ from others, or fall back: {_listed(skewed)}.")
    return " ".join(parts) or "Every file that gives times states its zone."


def _databases(result: Json) -> str:
    found = [e for e in result["evidence"] if e["format"] in _DATABASES]
    if not found:
        return "No database is in the evidence: whether data was lost cannot be said."
    parts = [f"{e['path']} holds {plural(e['records'], 'row')} ({e['status']})" for e in found]
    lost = [f"{e['path']}: {p['message']}" for code in _LOST for e in found for p in e["problems"] if p["code"] == code]
    return "; ".join(parts) + "." + "".join(f" {text}." for text in lost[:1])


_LOST = ("rows-missing", "data-loss-window")
"""What is lost already comes before what a restore would lose."""


_DATABASES = ("sqlite-dump", "sqlite-file", "mysql-dump", "postgresql-dump")


def _timeline(result: Json) -> str:
    events = result["timeline"]
    if not events:
        return "The evidence holds no event that can be dated."
    key = sum(e["key"] for e in events)
    placed = [one for one in events if isinstance(one["time"], str)]
    first, last = ((placed or events)[place]["time"] for place in (0, -1))
    if not placed:
        when = _stretch({"start": first, "end": last})
    else:
        when = f"{first[:10]} {_hms(first)} to {last[:10]} {_hms(last)} UTC"
    if 0 < len(placed) < len(events):
        when += f", {len(events) - len(placed):,} of them by another clock"
    alone = ", each row with all that say the same" if key > 1 else ""
    return f"{plural(len(events), 'dated event')} from {when}; the {key} that tell the story are shown{alone}."


def _moments(result: Json) -> str:
    known = [
        f"{name} {_span(result['moments'][name])}"
        for name in moments_told.course(result)
        if "earliest" in result["moments"][name]
    ]
    missing = {name: m["why"] for name, m in result["moments"].items() if "earliest" not in m}
    placed = all(isinstance(m.get("earliest", ""), str) for m in result["moments"].values())
    whose = "In UTC" if placed else "By the clocks of logs without a year"
    text = f"{whose}: {', '.join(known)}." if known else "No moment is known."
    return text + "".join(f" Not known: {name} ({why})." for name, why in missing.items())


def _span(moment: Json) -> str:
    first, last = _hms(moment["earliest"]), _hms(moment["latest"])
    return first if first == last else f"{first}–{last}"


def _durations(result: Json) -> str:
    words = {
        "to_detect_s": "detected",
        "to_acknowledge_s": "acknowledged",
        "to_mitigate_s": "mitigated",
        "to_recover_s": "recovered",
    }
    parts = []
    for name, word in words.items():
        found = result["durations"][name]
        if found is None:
            parts.append(f"{word}: not known")
        elif found[1] is None:
            parts.append(f"not yet {word} when the evidence ends")
        else:
            parts.append(
                f"{word} after {lasting(found[0])} to {lasting(found[1])}"
                if round(found[0]) != round(found[1])
                else f"{word} after {lasting(found[1])}"
            )
    return "Counted from the onset: " + "; ".join(parts) + "."


def _changes(result: Json) -> str:
    found = result["changes"]
    if found is None:
        return f"Nothing is known: {result['why_null']['changes']}."
    undated = sum(c["time"] is None for c in found)
    recent = [c for c in found if c["label"] != "unlikely" and c["time"] is not None]
    text = f"{plural(len(found), 'change')}, {undated:,} of them undated; {plural(len(recent), 'change')} in the day before the onset."
    if recent:
        dated = [c for c in recent if c["lead_s"] is not None]
        nearest = min(dated, key=lambda c: c["lead_s"], default=None)
        if nearest is not None:
            text += f" The nearest came {lasting(nearest['lead_s'])} before it: “{nearest['summary']}”."
        elif len(recent) == 1:
            text += f" It is “{recent[0]['summary']}”; how long before is not known."
        text += " Coming first does not make it the cause."
    return text


def _verdicts(result: Json) -> str:
    by: dict[str, list[str]] = {"met": [], "not_met": [], "not_assessable": []}
    for v in result["verdicts"]:
        by[v["verdict"]].append(v["title"].lower())
    parts = [f"met: {', '.join(by['met'])}" if by["met"] else "none is met"]
    if by["not_assessable"]:
        parts.append(f"not assessable: {', '.join(by['not_assessable'])}")
    depends = [v["title"].lower() for v in result["verdicts"] if v["depends"]]
    text = f"Of {len(result['verdicts'])} rules " + "; ".join(parts) + "."
    return text + (f" Another reasonable definition would judge differently: {', '.join(depends)}." if depends else "")


def _severity(result: Json) -> str:
    found = result["severity"]
    stated = f" People declared it {found['stated']}." if found["stated"] else " Nobody stated a severity."
    return f"{found['level']}, because {found['reason']}.{stated}"


def _alerts(result: Json) -> str:
    return backtest.summary(result["alert_audit"])


def _backtest(result: Json) -> str:
    rules = backtest.shown(result["alert_audit"])
    if not rules:
        return "No setting of the grid would have rung at any time."
    return " ".join(backtest.outcomes(result["alert_audit"]))


def _budget(result: Json) -> str:
    found = result["error_budget"]
    return (
        str(found["statement"])
        if found["objective"] is not None
        else "No objective is stated: -p objective=99.9 states one."
    )


def _recovery(result: Json) -> str:
    found = result["recovery"]
    if found is None:
        return f"Not asked: {result['why_null']['recovery']}."
    said = [one["statement"] for one in found.get("said_over", [])]
    verdict = f"“{found['words']}”: {found['verdict'].replace('_', ' ')}."
    usual = watched.usual(found.get("signals", []))
    return " ".join(filter(None, [verdict, found.get("why", ""), usual, *said]))


def _questions(result: Json) -> str:
    by = {
        status: sum(q["status"] == status for q in result["questions"]) for status in ("answered", "partial", "unknown")
    }
    said = f"{by['answered'] or 'none'} {'is' if by['answered'] == 1 else 'are'} answered, {by['partial'] or 'none'} in part"
    return f"Of the five questions {said}, {by['unknown'] or 'none'} not at all."


def _errors(result: Json) -> str:
    found = result["impact"].get("errors") or []
    if not found:
        return "No external request of the incident failed with an error that a log tells."
    return f"The most frequent: “{found[0]['kind']}”, {plural(found[0]['failed'], 'request')}, first at {found[0]['where']}."


def _impact(result: Json) -> str:
    found = result["impact"]
    if found["requests"] is None:
        return "How many requests were hit was not measured."
    if found.get("counted"):
        return f"{found['counted']['statement']}."
    return (
        f"{found['failed']:,} of {found['requests']:,} external requests failed ({quantity(found['failed_share'], '%')}); "
        + (
            f"{found['addresses_failed']:,} of {found['addresses']:,} client addresses saw a failure."
            if found["addresses"] is not None
            else f"who saw a failure is not known: {found['why_null']['addresses']}."
        )
    )


def _updates(result: Json) -> str:
    if result["updates"] is None:
        return f"Nothing is known of updates: {result['why_null']['updates']}."
    return f"{response.cadence(result, Times())} {response.silence(result, Times())}"


def _promise(result: Json) -> str:
    word = response.VERDICTS[result["response"]["promise"]["verdict"]]
    return f"{response.promise(result)} That is {word}."


def _mitigations(result: Json) -> str:
    found = result["response"]["mitigations"]
    if not found:
        return "No mitigation left a trace in the evidence."
    measured = sum(one["effect"] is not None for one in found)
    told = f"{plural(len(found), 'mitigation')}; before and after {measured or 'none'} of them something was measured."
    return f"{told} What follows an action is not always its effect."


def _steps(result: Json) -> str:
    phases = result["response"]["phases"]
    told = "; ".join(f"{one['title']} {response.found_steps(one)} of {len(one['steps'])}" for one in phases)
    return f"Steps that left a trace: {told}. A step without one may have been taken all the same."


def _written(result: Json) -> str:
    changed = result.get("custody", {}).get("changed_during_run", [])
    text = f"The report of {result['incident']['id']} is written: postmortem.html, postmortem.md, result.json and claims.json."
    text += "" if result["parameters"].get("redact", True) else f" {STAMP}"
    missing = [update["draft"]["name"] for update in result["updates"] or [] if update.get("draft")]
    text += f" Drafts of missing updates: {_listed(missing)}." if missing else ""
    return text + (f" The evidence changed while it was read: {', '.join(changed)}." if changed else "")

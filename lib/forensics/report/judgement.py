"""What was judged, in the words of someone who was on call: the answer first, each rule with what was seen, and where definitions part."""

from __future__ import annotations

from forensics.model import Json
from forensics.report import story
from forensics.report.words import Times, length, plural, quantity, sentence

MOST_RUNS = 3
"""Stretches that a sentence names; the rest is counted."""
_ORDER = ("met", "not_assessable", "not_met")


def answer(result: Json, times: Times) -> str:
    """Say how grave it was and why, what asked for a declaration and when one came, what is not known, and whether it is over."""
    found = result["severity"]
    said = [f"{found['level'][:1].upper()}{found['level'][1:]}: {found['reason'].rstrip('.')}."]
    if spent := story.spent(result):
        said.append(f"It was at the level of {spent}.")
    said.append(_asked_for(result, times))
    open_rules = [v for v in result["verdicts"] if v["verdict"] == "not_assessable"]
    if open_rules:
        said.append(f"Not known for want of evidence: {', '.join(v['title'].lower() for v in open_rules)}.")
    if depends := [f"“{v['words']}”" for v in result["verdicts"] if v["depends"]]:
        said.append(f"Hangs on the definition: {', '.join(depends)}.")
    if result["recovery"] is not None:
        recovery = result["recovery"]
        watched = (
            f"; watched without a fault for {length(recovery['stable_for_s'])}" if recovery["stable_for_s"] else ""
        )
        said.append(f"{sentence(story.stability(recovery)).rstrip('.')}{watched}.")
    return " ".join(filter(None, said))


def _asked_for(result: Json, times: Times) -> str:
    """Say when the runbook asked for a declaration, and when people made one."""
    found, declared = result.get("declarable"), result["moments"]["declared"]
    if not found:
        return story.declarable(result, times)
    asked = f"The runbook asked for a declaration at {times.full(found['at'])}, when “{found['words']}” had held for long enough"
    delay = found["declared_after_s"]
    if delay is None:
        why = declared.get("why", "").rstrip(".")
        return f"{asked}; when people declared is not known" + (
            f" ({why})." if why and not declared.get("earliest") else "."
        )
    if delay == 0:
        return f"{asked}; people declared at that moment."
    return f"{asked}; people declared {length(abs(delay))} {'later' if delay > 0 else 'earlier'}."


def logins(result: Json, times: Times) -> str:
    """Say who guessed passwords and whether it worked, and what became of the count of complaints."""
    found = result["security"]
    said = [f"Nothing tells of logins: {result['why_null']['security'].rstrip('.')}."] if found is None else []
    if found is not None:
        guessing = [one for one in found["sources"] if one.get("burst")]
        text = f"{found['failed_logins']:,} of {plural(found['attempts'], 'login')} failed"
        if not guessing:
            said.append(f"{text}; no address failed as often in so short a time as the rule asks.")
        else:
            inside = sum(bool(one["succeeded_after"]) for one in guessing)
            then = (
                f"from {plural(inside, 'of them', 'of them')} a login succeeded"
                if inside
                else "from none of them a login succeeded"
            )
            said.append(f"{text}; {plural(len(guessing), 'address', 'addresses')} guessed, and {then} afterwards.")
    complaints = next(one for one in result["verdicts"] if one["rule"] == "declare.complaints")
    return " ".join(
        [*said, f"Complaints: {story.VERDICTS[complaints['verdict']].lower()}; {seen(complaints, times).rstrip('.')}."]
    )


def beyond(result: Json) -> str:
    """Say what crossed no limit and is no health either, and where two sources tell the same thing differently."""
    told = [one["statement"] for kind in ("beyond_limits", "vantages", "disagreements") for one in result[kind]]
    if not told:
        return (
            "Nothing: in what was measured no work collapsed, no process stood still, no queue grew before a resource that was full, and "
            "no two sources contradict each other."
        )
    return " ".join(f"{one.rstrip('.')}." for one in told)


def ordered(verdicts: list[Json]) -> list[Json]:
    """Return criteria before alert thresholds, of each what is met first, then what cannot be told."""
    return sorted(verdicts, key=lambda v: (v["rule"].startswith("alert."), _ORDER.index(v["verdict"])))


def seen(verdict: Json, times: Times) -> str:
    """Say what was seen of a rule: its breaches, why it cannot be told, or how near it came."""
    if verdict["verdict"] == "not_assessable":
        parts = [part.rstrip(".") for part in (verdict["why"], *verdict["missing"]) if part]
        return sentence(
            "; ".join(part for place, part in enumerate(parts) if not any(part in one for one in parts[:place]))
        )
    if verdict["verdict"] == "met":
        runs = [_run(run, verdict, times) for run in verdict["intervals"][:MOST_RUNS]]
        left = len(verdict["intervals"]) - len(runs)
        return "; ".join(runs) + (f"; and {left:,} more" if left else "")
    short = verdict["too_short"]
    if not short:
        return sentence(verdict["why"]) if verdict["why"] else "never"
    longest = max(short, key=lambda run: (_seconds(run, times), run["peak"] or 0.0))
    known = [run for run in short if _seconds(run, times) > 0]
    lasted = f"the longest for {length(_seconds(longest, times))}" if known else "how long is not known"
    return f"{plural(len(short), 'stretch', 'stretches')}, none of them for longer than {_asked(verdict)}: {lasted}"


def by_itself(series: Json, verdict: Json, times: Times) -> str:
    """Say of one series what it was, how high, for which stretches it was over the limit, or why it cannot be told."""
    parts = [series["statistic"]]
    if series["highest"] is not None:
        at = f", at {times.full(series['highest_at'])}" if series["highest_at"] else ""
        parts.append(f"{quantity(series['highest'], verdict['unit'])} at the highest{at}")
    runs = series["intervals"] or series["too_short"]
    for run in runs[:MOST_RUNS]:
        parts.append(f"over {stretch(run, times)}" + ("" if series["intervals"] else ", not for long enough"))
    parts += [plural(len(runs) - MOST_RUNS, "more stretch", "more stretches")] if len(runs) > MOST_RUNS else []
    parts += [] if series["over"] else ["never over"]
    return "; ".join(parts + ([series["why"]] if series["why"] else []))


def _asked(verdict: Json) -> str:
    return length(verdict["sustained_s"]) if verdict["sustained_s"] else "the rule asks"


def _run(run: Json, verdict: Json, times: Times) -> str:
    least = "at least " if "end_latest" in run else ""
    lasted = f", {least}{length(_seconds(run, times))}" if _seconds(run, times) > 0 else ""
    leveled = verdict["limit"] is not None and verdict["unit"] in ("%", "s") and run["peak"] is not None
    peak = f", {quantity(run['peak'], verdict['unit'])} at the most" if leveled else ""
    still = ", still so when the evidence ends" if run["open"] else ""
    return f"{stretch(run, times)}{lasted}{peak}{still}"


def stretch(run: Json, times: Times) -> str:
    """Say from when to when a limit was broken, or, where its ends only lie between two times, within which stretch."""
    latest = run.get("end_latest") or run.get("start_latest")
    return f"some time within {times.span(run['start'], latest)}" if latest else times.span(run["start"], run["end"])


def _seconds(run: Json, times: Times) -> float:
    first, last = times.read(run["start"]), times.read(run["end"])
    if first is None or last is None:
        start, end = run["start"], run["end"]
        counted = isinstance(start, dict) and isinstance(end, dict) and "offset_s" in start and "offset_s" in end
        return float(end["offset_s"] - start["offset_s"]) if counted else 0.0
    return (last - first).total_seconds()


def differing(verdict: Json) -> list[Json]:
    """Return the other reasonable definitions that judge otherwise."""
    return [one for one in verdict["definitions"] if one["verdict"] != verdict["verdict"]]


def agreement(verdict: Json) -> str:
    """Say whether other reasonable definitions judge as ours does."""
    ours = story.VERDICTS[verdict["verdict"]].lower()
    others = verdict["definitions"]
    if not others:
        return f"{sentence(ours).rstrip('.')}; no other definition could be tried on this evidence."
    apart = differing(verdict)
    judged = [one for one in apart if one["verdict"] != "not_assessable"]
    unable = len(apart) - len(judged)
    agree = len(others) - len(apart)
    told = f"Ours says: {ours}."
    if unable == len(others):
        few = "the other definition" if unable == 1 else f"none of {unable} other definitions"
        return f"{told} {few[:1].upper()}{few[1:]} {'cannot' if unable == 1 else 'can'} be assessed."
    told += f" {plural(agree, 'other definition')} of {len(others)} agree{'s' if agree == 1 else ''}"
    if judged:
        told += "; otherwise: " + ", ".join(
            f"{one['name']} ({story.VERDICTS[one['verdict']].lower()})" for one in judged[:3]
        )
        told += f" and {len(judged) - 3} more" if len(judged) > 3 else ""
    if unable:
        told += f"; {plural(unable, 'definition')} cannot be assessed"
    return told + "."

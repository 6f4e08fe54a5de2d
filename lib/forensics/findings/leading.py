"""The findings that lead a report: what was seen elsewhere, what contradicts, what matters most."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forensics.findings import note_merging
from forensics.findings import recovery as proofs
from forensics.lengths import lasting
from forensics.model import Json, Verdict
from forensics.times import parse_time

_SEEN_FROM = re.compile(r", from (?P<paths>[^()]+) \((?P<vantage>[^()]+)\)$")


def _elsewhere(verdicts: Sequence[Json]) -> Iterator[tuple[tuple[Json, ...], str]]:
    """Say where rules would be judged otherwise from another place to look from, and which: those that part alike in one sentence."""
    alike: dict[tuple[str, str, str], list[Json]] = {}
    for verdict in verdicts:
        if parts := _parting(verdict):
            alike.setdefault(parts, []).append(verdict)
    for (ours, theirs, where), rules in alike.items():
        was = "was" if len(rules) == 1 else "were"
        named = " and ".join(f"“{rule['words']}”" for rule in rules)
        yield tuple(rules), f"{named} {was} {ours}, and {was} {theirs}{where}"


def _parting(verdict: Json) -> tuple[str, str, str] | None:
    """Return what was seen from our place, what from another, and what that saw; None where all agree."""
    ours = _SEEN_FROM.search(verdict["statistic"])
    for other in verdict["definitions"]:
        theirs = _SEEN_FROM.search(other["name"])
        if (
            ours
            and theirs
            and ours["vantage"] != theirs["vantage"]
            and {verdict["verdict"], other["verdict"]} == {"met", "not_met"}
        ):
            said = {"met": "met", "not_met": "not met"}
            peaks = [run["peak"] for run in (*verdict["intervals"], *other["intervals"]) if run["peak"] is not None]
            most = (
                f", at the highest {max(peaks):.4g} {verdict['unit']}" if peaks and verdict["limit"] is not None else ""
            )
            if verdict["limit"] is None:  # it is met by how long it lasted, not by how high it was
                runs = (*verdict["intervals"], *other["intervals"])
                ends = [(parse_time(run["start"]), parse_time(run["end"])) for run in runs if run["end"]]
                longest = max(((end - start).total_seconds() for start, end in ends), default=None)
                most = f", for {lasting(longest)} at the longest" if longest is not None else ""
            return (
                f"{said[verdict['verdict']]} as {ours['paths']} ({ours['vantage']}) saw it",
                f"{said[other['verdict']]} as {theirs['paths']} ({theirs['vantage']}) did",
                f": {other['name'].partition(', from ')[0]}{most}",
            )
    return None


def seen_elsewhere(verdicts: Sequence[Verdict]) -> tuple[str, str] | None:
    """Return from where no criterion to declare was met, by our definition, and from where one was; None where none was."""
    for verdict in verdicts:
        ours = _SEEN_FROM.search(verdict.statistic)
        if not ours or verdict.verdict != "not_met" or not verdict.rule.startswith("declare."):
            continue
        for other in verdict.definitions:
            theirs = _SEEN_FROM.search(other.name)
            if theirs and other.verdict == "met" and theirs["vantage"] != ours["vantage"]:
                return str(ours["vantage"]), str(theirs["vantage"])
    return None


WRITTEN_CLOSELY_S = 60.0
"""People write times to the minute: what differs by no more contradicts nothing."""


def _contradicted(moments: Json) -> Iterator[tuple[str, str, list[str]]]:
    """Give statements of when it began, or was noticed or mitigated, that the data do not bear out.

    Recovery is left to what failed after it was said to be over: who says so later than the data contradicts nothing.
    """
    for name in ("onset", "detected", "mitigated"):
        told = moments[name]
        derived = told.get("derived") if told["source"] == "stated" else told
        if not derived or not derived.get("earliest"):
            continue
        for one in told["stated"]:
            if one["written"] is None or one["later_s"] is None:
                continue
            least, most = one["later_s"]
            apart = least if least > 0 else most
            if least <= 0 <= most or abs(apart) <= WRITTEN_CLOSELY_S:
                continue
            way = "later" if apart > 0 else "earlier"
            statement = (
                f"“{one['words']}” ({one['where']}) puts {name} {lasting(abs(apart))} {way} than the data tell "
                f"({derived['why']})"
            )
            yield f"{name} {one['where']}", statement, [claim for claim in (one["claim"], told.get("claim")) if claim]


def leading(result: Json) -> list[Json]:
    """Gather facts the report leads with, each under an id that says what it is about; hypotheses are people's."""
    found: list[tuple[tuple[str, ...], str, str, list[str]]] = []
    if (several := result["incident"]["others"])["statement"]:
        found.append((("several incidents",), "fact", several["statement"], [several["claim"]]))
    parted = {rules[0]["rule"]: (rules, said) for rules, said in _elsewhere(result["verdicts"])}
    for verdict in result["verdicts"]:
        if verdict["verdict"] == "met":
            found.append((("met", verdict["rule"]), "fact", f"“{verdict['words']}” was met", [verdict["claim"]]))
        if verdict["rule"] in parted:
            rules, said = parted[verdict["rule"]]
            found.append((("elsewhere", verdict["rule"]), "fact", said, [rule["claim"] for rule in rules]))
    severity, impact = result["severity"], result["impact"]
    found += [(("usual", one["claim"]), "fact", one["statement"], [one["claim"]]) for one in impact["usual"]]
    found += [(("by chance", one["rule"]), "fact", one["statement"], [one["claim"]]) for one in impact["by_chance"]]
    found += [(("relapse", one["again"]), "fact", one["statement"], [one["claim"]]) for one in impact["relapses"]]
    found.append((("severity",), "inference", f"{severity['level']}: {severity['reason']}", [severity["claim"]]))
    if "data_loss_claim" in impact:
        found.append((("data lost",), "fact", impact["data_loss"], [impact["data_loss_claim"]]))
    found += [
        (("said over", *claims), "fact", statement, claims)
        for statement, claims in proofs.failed_on(result["recovery"])
    ]
    found += [
        (("contradicted", what), "fact", statement, claims)
        for what, statement, claims in _contradicted(result["moments"])
    ]
    told = {subject[1] for subject, *_ in found if subject[0] == "contradicted"}
    found += [
        (("human claim", one["claim"]), "fact", one["statement"], [one["claim"]])
        for one in result["human_claims"]
        if one["verdict"] == "contradicted" and f"{one['shape'].removeprefix('time: ')} {one['where']}" not in told
    ]
    found += [
        (("beyond limits", one["what"], one["claim"]), one["kind"], one["statement"], [one["claim"]])
        for one in result["beyond_limits"]
    ]
    found += [(("vantages", one["statistic"]), "fact", one["statement"], [one["claim"]]) for one in result["vantages"]]
    found += [
        (("disagree", one["signal"]), "fact", one["statement"], [one["claim"]]) for one in result["disagreements"]
    ]
    found += [
        (("capture beside", one["measured"]["statistic"]), "fact", one["statement"], [one["claim"]])
        for one in result["captures_beside"]
        if not one["agree"] and one["same"] == "stated"  # what may be of another thing stands with its verdict alone
    ]
    found += [
        (("unanswered", one["path"], one["vantage"]), "fact", one["statement"], [one["claim"]])
        for one in impact["unanswered"]
    ]
    for question in result["questions"]:
        if question["id"] in ("changed", "triggered") and question["claims"]:
            found.append((("question", question["id"]), "inference", question["answer"], question["claims"]))
    ids = note_merging.numbered(note_merging.finding_id(subject) for subject, *_ in found)
    return [
        {"id": name, "kind": kind, "statement": statement, "claims": claims}
        for name, (_, kind, statement, claims) in zip(ids, found, strict=True)
    ]

"""The post-mortem in the runbook's template, for wikis and pull requests. Text from the evidence stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forensics import runbook
from forensics.model import Json
from forensics.report import backtest, checked, judgement, response, story
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip, length, lengths, plural, quantity, sentence

_SPECIAL = re.compile(
    r"[`*\[\]<|~$@#]"  # spans of code, emphasis, links, HTML, tables, struck text, formulas, mentions, references
    r"|\\(?=[!-/:-@\[-`{-~]|$)|&(?=[#\w])|:(?=[A-Za-z/])"  # escapes, entities, addresses and short names of emoji
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis by underscores; inside a word they mean nothing
)
_OPENING = re.compile(r"^(?:[-+=>]|\d{1,9}(?=[.)]))")
_ADDRESS = re.compile(r"(?i)\bwww\.")


def render(result: Json, redact: Redactor) -> str:
    """Return the post-mortem: the template's headings exactly and in order, and what else we know after them."""
    told = story.bounded(result, redact, story.BOUNDS)
    times = Times(story.zone(told))
    return "\n".join([*_template(told, times), *_further(told, times)]).rstrip() + "\n"


def literal(text: object) -> str:
    """Write a text so that Markdown shows it as it is, in one line: no markup, link, entity, mention or formula in it works."""
    line = _SPECIAL.sub(lambda found: "\\" + found.group(), " ".join(str(text).split()))
    line = _OPENING.sub(
        lambda found: found.group() + "\\" if found.group()[0].isdigit() else "\\" + found.group(), line
    )
    return _ADDRESS.sub(lambda found: found.group()[:3] + "\\.", line)


def code(text: object) -> str:
    """Write a text as code, with a fence longer than any in it."""
    line = " ".join(str(text).split())
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}" if line else ""


def unwritten(owner: str) -> str:
    """Say that a person has not written this yet."""
    return f"*Not written yet — owner: {owner}*"


def _template(told: Json, times: Times) -> Iterator[str]:
    lines = {line.name: line for line in story.summary(told, times)}
    none_seen = story.quiet(told)
    cause = unwritten(story.COMMANDER) if not none_seen else "none to look for"
    if lines["Cause"].text:
        cause += f" The evidence shows: {literal(lines['Cause'].text)}"
    yield from (
        f"# Post-Mortem: {literal(clip(story.heading(told), 160))}", "",
        "## Summary",
        f"- **Date**: {literal(lines['When'].text)}",
        f"- **Duration**: {literal(lines['How long'].text)}",
        f"- **Impact**: {literal(lines['Who was hit'].text)} Severity {literal(lines['Severity'].text)}",
        f"- **Root Cause**: {cause}", "",
        "## Timeline",
    )  # fmt: skip
    events = [event for event in told["timeline"] if event["key"]]
    yield from (
        f"- {literal(times.full(event['time']))}: {event['kind']}, {literal(clip(event['text'], 240))} ({code(event['where'])})"
        for event in events
    )
    if not events:
        yield "- No dated event near an incident stands in the evidence."
    if told["more"]["timeline"] or len(told["timeline"]) > len(events):
        rest = len(told["timeline"]) - len(events) + told["more"]["timeline"]
        yield f"- … and {plural(rest, 'more event')}, in `postmortem.html`"
    questions = {question["id"]: question for question in told["questions"]}
    yield from ("", "## Root Cause Analysis", "### What Happened")
    yield from _answers(questions, "started", "responded")
    why = "No incident in this evidence." if none_seen else unwritten(story.COMMANDER)
    yield from ("### Why It Happened", why, "")
    yield from _answers(questions, "changed", "triggered")
    yield from ("### How We Detected It", _detected(told, times), "")
    if none_seen:
        yield from _NOTHING
        return
    yield from ("## Response Analysis", "### What Went Well", f"- {unwritten(story.COMMANDER)}", "")
    yield from ("### What Could Be Improved", f"- {unwritten('engineering team')}", "")
    yield from ("## Action Items", f"- [ ] {unwritten(story.COMMANDER)}", "")
    yield from ("## Lessons Learned", unwritten("product owner"), "")


_NOTHING = (
    "## Response Analysis", "### What Went Well", "- No incident in this evidence.", "", "### What Could Be Improved",
    "- No incident in this evidence.", "", "## Action Items", "None.", "", "## Lessons Learned", "None.", "",
)  # fmt: skip


def _answers(questions: dict[str, Json], *names: str) -> Iterator[str]:
    for name in names:
        question = questions.get(name)
        if question:
            yield from (f"{literal(question['words'])} *{question['status']}* — {literal(question['answer'])}", "")


def _detected(told: Json, times: Times) -> str:
    moment = told["moments"]["detected"]
    if not moment.get("earliest"):
        return f"Not known: {literal(moment.get('why', 'no reason given'))}."
    when, after = times.span(moment["earliest"], moment["latest"]), lengths(told["durations"].get("to_detect_s"))
    asked = story.declarable(told, times)
    asked = f" Declarable: {literal(asked)}" if asked else ""
    return f"{literal(when)}: {literal(sentence(moment.get('why', '')))} Onset to detection: {literal(after)}.{asked}"


def _further(told: Json, times: Times) -> Iterator[str]:
    severity = told["severity"]
    held = story.spent(told)
    lasting = f" Limits were broken at the level of {literal(held)}." if held else ""
    declared = story.declared(told)
    yield from (
        "## Severity",
        f"**{severity['level']}**. {literal(sentence(severity['reason']))}{declared and ' ' + literal(declared)}{lasting}",
        "",
    )
    yield from ("## Moments", *_table(["Moment", "When", "How we know", "As stated"], _moments(told, times)), "")
    yield from (
        "## Rules of the Runbook",
        *_table(["Rule", "Verdict", "Intervals", "Measured"], _verdicts(told, times)),
        "",
        "## Mitigation",
    )
    yield from _answers({question["id"]: question for question in told["questions"]}, "mitigated")
    yield from _response(told, times)
    yield from ("## Alerts", *_alerts(told), "")
    if told["error_budget"]["objective"] is not None:
        yield from ("## Error Budget", literal(told["error_budget"]["statement"]), "")
    yield from ("## Recovery", *_recovery(told), "")
    yield from _checked(told)
    commands = [command for question in told["questions"] for command in question["collect_next"]]
    if commands:
        yield from ("## Collect Next", *(f"- {code(command)}" for command in dict.fromkeys(commands)), "")
    yield from ("## Evidence", *_table(["File", "Kind", "Status", "Records", "SHA-256"], _evidence(told)))
    if told["more"]["evidence"]:
        yield f"\n… and {plural(told['more']['evidence'], 'more file')}"
    digest = told["incident"]["evidence_digest"]
    yield from ("", f"Draft, from evidence {code(digest)}. Check it: {code(story.verification(told))}")


def _checked(told: Json) -> Iterator[str]:
    """Say what became of what people stated, and which steps of the runbook the evidence shows to have failed."""
    if told["human_claims"]:
        rows = (
            [
                literal(f"“{one['words']}”"),
                code(one["where"]).replace("|", "\\|"),
                checked.VERDICTS[one["verdict"]],
                literal(one["compared"]),
            ]
            for one in checked.ordered(told["human_claims"])
        )
        yield from (
            "## Statements, Checked",
            literal(checked.summary(told["human_claims"], told["more"]["human_claims"])),
            "",
        )
        yield from (*_table(["Statement", "Where", "Verdict", "Compared with"], rows), "")
    if told["runbook_corrections"]:
        yield "## Runbook Corrections"
        for one in told["runbook_corrections"]:
            step = f"{literal(one['step'])} ({literal(one['section'])}): {code(one['command'])}"
            yield f"- {step} — {literal(one['happened'])} ({code(one['where'])}). Instead: {code(one['instead'])}"
        yield ""


def _alerts(told: Json) -> Iterator[str]:
    audit = told["alert_audit"]
    yield literal(backtest.summary(audit))
    for rule in audit["rules"]:
        yield f"- {literal(rule['statement'])}"
    for rule in backtest.shown(audit):
        yield f"- {literal(backtest.change(rule))} {literal(sentence(backtest.history(rule)))}"


def _recovery(told: Json) -> Iterator[str]:
    recovery = told["recovery"]
    if recovery is None:
        yield literal(sentence(told["why_null"].get("recovery", "not known")))
        return
    yield literal(f"{sentence(story.stability(recovery))} {recovery.get('why', '')}".strip())
    for one in recovery.get("said_over", []):
        yield f"- {literal(one['statement'])} ({code(one['where'])})"


def _response(told: Json, times: Times) -> Iterator[str]:
    """Say what each mitigation did, whether updates and response kept what is promised, and which steps left traces."""
    done = told.get("response")
    if not done:
        return
    if done["mitigations"]:
        yield from _table(["Mitigation", "When", "Error rate", "Response time", "Else"], _mitigations(done, times))
        yield ""
    yield from (
        "## Response",
        f"- Response time: {literal(response.promise(told))} ({response.VERDICTS[done['promise']['verdict']]})",
    )
    for one in done["mobilised"]:
        first = f"first trace {times.full(one['time'])}" if one["trace"] != "no trace" else "no trace in the evidence"
        yield f"- {literal(one['words'])}: {literal(first)}"
    for phase in done["phases"]:
        yield f"- Phase {phase['phase']}, {phase['title']}: traces of {response.found_steps(phase)} of {len(phase['steps'])} steps"
    yield from ("", "## Status Updates")
    if told["updates"] is None:
        yield from (f"Not known: {literal(told['why_null'].get('updates', 'no reason given'))}.", "")
        return
    yield literal(f"{response.cadence(told, times)} {response.silence(told, times)}".strip()) or "None were due."
    yield ""
    if told["updates"]:
        yield from (*_table(["Due by", "Sent", "Channel", "Status"], _updates(told, times)), "")


def _mitigations(done: Json, times: Times) -> Iterator[list[str]]:
    for one in done["mitigations"]:
        measured = [response.effect(one, name) for name in ("error_rate", "response_time")]
        said = f"{one['kind']}: “{clip(one['text'], 120)}”"
        yield [
            f"{literal(said)} ({code(one['where'])})".replace("|", "\\|"),
            literal(response.when(one, times)),
            *map(literal, measured),
            literal(response.others(one)),
        ]


def _updates(told: Json, times: Times) -> Iterator[list[str]]:
    for update in told["updates"]:
        late = f", {length(update['late_s'])} late" if update["late_s"] else ""
        sent = "missing" if update["missing"] else times.full(update["sent"]) + late
        due = times.full(update["due"]) if update["due"] else "not due"
        draft = f" (draft: {code(update['draft']['name'])})" if update.get("draft") else ""
        yield [literal(due), literal(sent) + draft, literal(update["channel"] or "—"), update["status"] or "—"]


def _moments(told: Json, times: Times) -> Iterator[list[str]]:
    for name, moment in told["moments"].items():
        if moment.get("earliest"):
            when = times.span(moment["earliest"], moment["latest"])
        else:
            when = "not reached" if moment.get("reached") is False else "not known"
        why = "; ".join(filter(None, (clip(moment.get("why", ""), 200), story.clock_note(moment, times))))
        beside = "; ".join(line.text for line in story.stated(moment, times))
        yield [name.capitalize(), literal(when), literal(why), literal(beside or "—").replace("|", "\\|")]


def _verdicts(told: Json, times: Times) -> Iterator[list[str]]:
    rules = {rule.id: rule for rule in runbook.load().rules}
    for verdict in told["verdicts"]:
        leveled = verdict["limit"] is not None and verdict["unit"] in ("%", "s")
        runs = [
            judgement.stretch(run, times) + (f" peak {quantity(run['peak'], verdict['unit'])}" if leveled else "")
            for run in verdict["intervals"][:3]
        ]
        left = len(verdict["intervals"]) - 3 + verdict["more"]
        runs += [f"and {left} more"] if left > 0 else []
        word = story.VERDICTS[verdict["verdict"]] + (", depends on the definition" if verdict["depends"] else "")
        asked = ", ".join(f"{name} {value}" for name, value in verdict.get("parameters", {}).items())
        measured = f"{verdict['statistic']} (parameters: {asked})" if asked else verdict["statistic"]
        told_why = f"{measured}. {verdict['why']}" if verdict["why"] else measured
        yield [literal(f"“{rules[verdict['rule']].words}”"), word, literal("; ".join(runs)), literal(told_why)]


def _evidence(told: Json) -> Iterator[list[str]]:
    for entry in told["evidence"]:
        yield [
            code(entry["path"]).replace("|", "\\|"),
            entry["kind"],
            entry["status"],
            f"{entry['records']:,}",
            f"`{entry['sha256']}`",
        ]


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell or " " for cell in row) + " |"

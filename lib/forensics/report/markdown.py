"""The post-mortem in the runbook's template, for wikis and pull requests. Text from the evidence stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics import runbook
from forensics.model import Json
from forensics.report import (
    backtest,
    bounding,
    causes,
    checked,
    folded,
    judgement,
    moments_told,
    nothing,
    people,
    response,
    story,
    written,
)
from forensics.report.footnotes import mark, numbered
from forensics.report.line import Line
from forensics.report.plain_text import code, literal, table
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip, length, lengths, plural, quantity, sentence


def render(result: Json, redact: Redactor, claims: Sequence[Json] = ()) -> str:
    """Return the post-mortem: the template's headings exactly and in order, what else we know after them, and the `claims` as
    footnotes."""
    told = bounding.bounded(result, redact, bounding.BOUNDS)
    times = Times(story.zone(told))
    check = f"Ask them all again: {code(story.verification(told))}"
    title, *rest = _template(told, times)
    stamp = ["", f"**{redact.stamp}**"] if redact.stamp else []
    lines = numbered([title, *stamp, *rest, *_further(told, times)], claims, redact, check)
    return "\n".join(lines).rstrip() + "\n"


def unwritten(owner: str) -> str:
    """Say that a person has not written this yet."""
    return f"*Not written yet — owner: {owner}*"


def _template(told: Json, times: Times) -> Iterator[str]:
    lines = {line.name: line for line in story.summary(told, times)}
    none_seen = nothing.quiet(told)
    cause = _inline(told, "root_cause") or (unwritten(written.COMMANDER) if not none_seen else "none to look for")
    if lines["Cause"].text:
        cause += f" The evidence shows: {_line(lines['Cause'])}"
    yield from (
        f"# Post-Mortem: {literal(clip(story.heading(told), 160))}", "",
        "## Summary",
        f"- **Date**: {_line(lines['When'])}",
        f"- **Duration**: {_line(lines['How long'])}",
        f"- **Impact**: {_and(_inline(told, 'impact'))}{_line(lines['Who was hit'])} Severity {_line(lines['Severity'])}",
        f"- **Root Cause**: {cause}", "",
    )  # fmt: skip
    yield from _written(told, "summary", none_seen, asked=False)
    yield "## Timeline"
    events = [event for event in told["timeline"] if event["key"]]
    yield from (
        f"- {literal(times.full(event['time']))}: {event['kind']}, {literal(clip(event['text'], 240))}"
        f"{_alike(event, times)} ({code(event['where'])})"
        f"{mark(event['claim'])}{_remarks(told, event)}"
        for event in events
    )
    if not events:
        yield "- No dated event near an incident stands in the evidence."
    rest = folded.events_of(told["timeline"]) - folded.events_of(events) + told["more"]["timeline"]
    if rest:
        yield f"- … and {plural(rest, 'more event')}, in `postmortem.html`"
    questions = {question["id"]: question for question in told["questions"]}
    yield from ("", "## Root Cause Analysis", "### What Happened")
    yield from _written(told, "what_happened", none_seen, asked=False)
    yield from _answers(questions, "started", "responded")
    yield "### Why It Happened"
    if not any(people.part(told, name).said for name in _WHY):
        yield from ("No incident in this evidence." if none_seen else unwritten(written.COMMANDER), "")
    shown = {} if none_seen else causes.shown(told, times)
    for name in _WHY:
        yield from _titled(told, name, shown.get(name, ()))
    yield from _answers(questions, "changed", "triggered")
    yield "### How We Detected It"
    yield from _written(told, "detection", none_seen, asked=False)
    yield from (_detected(told, times), "")
    yield from ("## Response Analysis", "### What Went Well")
    yield from _written(told, "went_well", none_seen)
    yield "### What Could Be Improved"
    yield from _written(told, "could_be_improved", none_seen)
    yield "## Action Items"
    yield from _actions(told, none_seen)
    yield "## Lessons Learned"
    yield from _written(told, "lessons", none_seen)


_WHY = ("root_cause", "trigger", "contributing_factors", "why_not_stopped", "confidence")
"""What people write under Why It Happened."""
_BESIDE = ("business", "sooner", "helped", "got_lucky", "surprised_us")
"""What the template has no place for."""


def _inline(told: Json, name: str) -> str:
    """Return a section in one line; empty where nobody has written it."""
    return literal(" ".join(" ".join(item) for item in people.part(told, name).said))


def _line(line: Line) -> str:
    return literal(line.text) + mark(line.claims)


def _and(text: str) -> str:
    return f"{text} " if text else ""


def _written(told: Json, name: str, none_seen: bool, *, asked: bool = True) -> Iterator[str]:
    """Write what people wrote in a section; where they have not, and somebody `asked`, whose it is and what helps."""
    part = people.part(told, name)
    if part.said and (part.section.points or len(part.said) > 1):
        yield from (f"- {literal(' '.join(item))}" for item in part.said)
        yield ""
    elif part.said:
        for paragraph in part.said[0]:
            yield from (literal(paragraph), "")
    elif asked and none_seen:
        yield from ("- No incident in this evidence." if part.section.points else "None.", "")
    elif asked:
        yield f"- {unwritten(part.section.owner)}" if part.section.points else unwritten(part.section.owner)
        yield from (f"- The evidence shows: {literal(help['statement'])}{mark(help['claims'])}" for help in part.helps)
        yield ""


def _titled(told: Json, name: str, shown: Sequence[Line] = ()) -> Iterator[str]:
    """Write a section under its own name, where people wrote it or the evidence shows something of it."""
    part = people.part(told, name)
    if part.said and part.section.points:
        yield f"**{part.section.title}**:"
        yield ""
        yield from _written(told, name, none_seen=False)
    elif part.said:
        yield from (f"**{part.section.title}**: {_inline(told, name)}", "")
    elif shown:
        yield from (f"**{part.section.title}**: {unwritten(part.section.owner)}", "")
    yield from _shows(shown)


def _shows(lines: Sequence[Line]) -> Iterator[str]:
    """Write what the evidence shows, a line for each, and a blank one behind them."""
    yield from (f"- The evidence shows: {_line(line)}" for line in lines)
    yield from ("",) * bool(lines)


def _actions(told: Json, none_seen: bool) -> Iterator[str]:
    """Write the action items as the template has them, and below each how to tell that it is done and what it answers."""
    rows = people.actions(told)
    for one in rows:
        owner = literal(one["owner"]) if one["owner"] else "*owner not written yet*"
        due = literal(one["due"] or one["due_written"]) or "*due date not written yet*"
        yield f"- [{'x' if one['done'] else ' '}] {literal(one['text'])} - {owner} - {due}"
        if one["type"] or one["test"]:
            said = [
                f"{one['type']}" if one["type"] else "",
                f"done when: {literal(one['test'])}" if one["test"] else "",
            ]
            yield f"  - {'; '.join(filter(None, said))}"
        for ref in one["answers_to"]:
            yield f"  - answers: {literal(people.brief(ref))}"
    if not rows:
        yield "None." if none_seen else f"- [ ] {unwritten(written.COMMANDER)}"
    yield ""


def _alike(event: Json, times: Times) -> str:
    """Say how many events a row of the timeline stands for."""
    said = folded.counted(event, times)
    return f" — {literal(said)}" if said else ""


def _remarks(told: Json, event: Json) -> str:
    """Say what people noted on an event, behind it; a star stands for itself."""
    notes = people.on_event(told, event)
    said = [
        f"“{literal(note['text'])}”" + (f" — {literal(note['by'])}" if note["by"] else "")
        for note in notes
        if note["text"]
    ]
    return (" ★" if any(note["star"] for note in notes) else "") + (f" Note: {'; '.join(said)}" if said else "")


def _beside(told: Json, times: Times) -> Iterator[str]:
    """Write what people wrote that the template has no place for, and what their notes point at that is not here."""
    if not nothing.quiet(told) or any(people.part(told, name).said for name in _BESIDE):
        for name in _BESIDE:
            yield f"## {people.part(told, name).section.title}"
            yield from _written(told, name, nothing.quiet(told))
            if name == "sooner" and not nothing.quiet(told):
                yield from _shows(causes.caught_sooner(told, times))
    for one in people.hypotheses(told):
        if one is people.hypotheses(told)[0]:
            yield "## Hypotheses"
        yield f"- {literal(one['text'])} ({one['state']})"
        for word, side in (("for", one["for"]), ("against", one["against"])):
            yield from (f"  - {word}: {literal(people.brief(ref))}" for ref in side)
    if people.hypotheses(told):
        yield ""
    loose = people.elsewhere(told)
    if loose:
        yield "## Notes"
        yield from (f"- {literal(note['text'])}{' — ' + literal(note['by']) if note['by'] else ''}" for note in loose)
        yield ""
    if people.orphans(told):
        yield "## Notes on What Is Not in This Evidence"
        for one in people.orphans(told):
            meant = f", which was “{literal(one['meant'])}”" if one["meant"] else ""
            yield f"- {literal(one['by'])} “{literal(clip(one['text'], 240))}”: {code(one['ref'])}{meant}"
        yield ""


def _answers(questions: dict[str, Json], *names: str) -> Iterator[str]:
    for name in names:
        question = questions.get(name)
        if question:
            said = f"{literal(question['answer'])}{mark(question['claims'])}"
            yield from (f"{literal(question['words'])} *{question['status']}* — {said}", "")


def _detected(told: Json, times: Times) -> str:
    moment = told["moments"]["detected"]
    if not moment.get("earliest"):
        return f"Not known: {literal(moment.get('why', 'no reason given'))}.{mark(moment.get('claim'))}"
    when, after = times.span(moment["earliest"], moment["latest"]), lengths(told["durations"].get("to_detect_s"))
    asked = story.declarable(told, times)
    asked = f" Declarable: {literal(asked)}{mark((told.get('declarable') or {}).get('claim'))}" if asked else ""
    said = f"{literal(when)}: {literal(sentence(moment.get('why', '')))}{mark(moment.get('claim'))}"
    return f"{said} Onset to detection: {literal(after)}.{mark(told['durations_claim'])}{asked}"


def _further(told: Json, times: Times) -> Iterator[str]:
    yield from _beside(told, times)
    severity = told["severity"]
    held = story.spent(told)
    of_levels = mark(one.get("claim") for one in severity.get("spent", ()))
    lasting = f" It was at the level of {literal(held)}.{of_levels}" if held else ""
    declared = story.declared(told)
    yield from (
        "## Severity",
        f"**{severity['level']}**. {literal(sentence(severity['reason']))}{mark(severity.get('claim'))}"
        f"{declared and ' ' + literal(declared)}{lasting}",
        "",
    )
    yield from ("## Moments", *table(["Moment", "When", "How we know", "As stated"], _moments(told, times)), "")
    yield from (
        "## Rules of the Runbook",
        *table(["Rule", "Verdict", "Intervals", "Measured"], _verdicts(told, times)),
        "",
        "## Mitigation",
    )
    yield from _answers({question["id"]: question for question in told["questions"]}, "mitigated")
    yield from _response(told, times)
    yield from ("## Alerts", *_alerts(told), "")
    if told.get("captures_beside"):
        yield "## Captures Beside Metrics"
        yield from (f"- {literal(sentence(one['statement']))}{mark(one['claim'])}" for one in told["captures_beside"])
        yield ""
    if told["error_budget"]["objective"] is not None:
        budget = told["error_budget"]
        yield from ("## Error Budget", literal(budget["statement"]) + mark(budget["claim"]), "")
    yield from ("## Recovery", *_recovery(told), "")
    yield from _checked(told)
    commands = [command for question in told["questions"] for command in question["collect_next"]]
    if commands:
        yield from ("## Collect Next", *(f"- {code(command)}" for command in dict.fromkeys(commands)), "")
    yield from ("## Evidence", *table(["File", "Kind", "Status", "Records", "SHA-256"], _evidence(told)))
    if told["more"]["evidence"]:
        yield f"\n… and {plural(told['more']['evidence'], 'more file')}"
    digest = told["incident"]["evidence_digest"]
    review = people.review(told)
    version = f", version {literal(review['version'])}" if review["version"] else ""
    by = f", reviewed by {literal(review['by'])}" if review["by"] else ""
    yield from (
        "",
        f"{review['word']}{version}{by}, from evidence {code(digest)}. Check it: {code(story.verification(told))}",
    )


def _checked(told: Json) -> Iterator[str]:
    """Say what became of what people stated, and which steps of the runbook the evidence shows to have failed."""
    if told["human_claims"] or told["human_claims_left"]["unread"]:
        rows = (
            [
                literal(f"“{one['words']}”"),
                code(one["where"]).replace("|", "\\|"),
                checked.VERDICTS[one["verdict"]],
                literal(one["compared"]) + mark(one["claim"]),
            ]
            for one in checked.ordered(told["human_claims"])
        )
        yield from (
            "## Statements, Checked",
            literal(checked.summary(told["human_claims"], told["human_claims_left"], told["more"]["human_claims"]))
            + mark(told.get("human_claims_claim")),
            "",
        )
        if told["human_claims"]:
            yield from (*table(["Statement", "Where", "Verdict", "Compared with"], rows), "")
    if told["runbook_corrections"]:
        yield "## Runbook Corrections"
        for one in told["runbook_corrections"]:
            step = f"{literal(one['step'])} ({literal(one['section'])}): {code(one['command'])}"
            yield f"- {step} — {literal(one['happened'])} ({code(one['where'])}).{mark(one['claim'])} Instead: {code(one['instead'])}"
        yield ""


def _alerts(told: Json) -> Iterator[str]:
    audit = told["alert_audit"]
    yield literal(backtest.summary(audit)) + mark(audit.get("claim"))
    for rule in audit["rules"]:
        yield f"- {literal(rule['statement'])}{mark(rule.get('claim'))}"
    for rule in backtest.shown(audit):
        yield f"- {literal(backtest.outcome(rule))}{mark(rule.get('claim'))}"


def _recovery(told: Json) -> Iterator[str]:
    recovery = told["recovery"]
    if recovery is None:
        yield literal(sentence(told["why_null"].get("recovery", "not known")))
        return
    said = literal(f"{sentence(story.stability(recovery))} {recovery.get('why', '')}".strip())
    yield said + mark(recovery.get("claim"))
    for one in recovery.get("said_over", []):
        yield f"- {literal(one['statement'])} ({code(one['where'])}){mark(one.get('claim'))}"


def _response(told: Json, times: Times) -> Iterator[str]:
    """Say what each mitigation did, whether updates and response kept what is promised, and which steps left traces."""
    done = told.get("response")
    if not done:
        return
    if done["mitigations"]:
        yield from table(["Mitigation", "When", "Error rate", "Response time", "Remarks"], _mitigations(done, times))
        yield ""
    yield from (
        "## Response",
        f"- Response time: {literal(response.promise(told))} ({response.VERDICTS[done['promise']['verdict']]})"
        f"{mark(done['promise']['claim'])}",
    )
    for one in done["mobilised"]:
        first = response.called(one, times) if one["trace"] != "no trace" else "no trace in the evidence"
        yield f"- {literal(one['words'])}: {literal(first)}{mark(one.get('claim'))}"
    if told_by := response.channels(done):
        yield f"- Channels over which people were told: {literal(told_by)}{mark(one.get('claim') for one in done['mobilised'])}"
    for phase in done["phases"]:
        found = f"traces of {response.found_steps(phase)} of {len(phase['steps'])} steps"
        yield f"- Phase {phase['phase']}, {phase['title']}: {found}{mark(step.get('claim') for step in phase['steps'])}"
    yield from ("", "## Status Updates")
    if told["updates"] is None:
        yield from (f"Not known: {literal(told['why_null'].get('updates', 'no reason given'))}.", "")
        return
    said = literal(response.cadence(told, times)) + mark((done.get("counts") or {}).get("claim"))
    silence = literal(response.silence(told, times)) + mark((done.get("silence") or {}).get("claim"))
    yield f"{said} {silence}".strip() or "None were due."
    yield ""
    if told["updates"]:
        yield from (*table(["Due by", "Sent", "Channel", "Status"], _updates(told, times)), "")


def _mitigations(done: Json, times: Times) -> Iterator[list[str]]:
    for one in done["mitigations"]:
        measured = [response.effect(one, name) for name in ("error_rate", "response_time")]
        said = f"{one['kind']}: “{clip(one['text'], 120)}”"
        yield [
            f"{literal(said)} ({code(one['where'])})".replace("|", "\\|") + mark(one["claim"]),
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
        yield [
            literal(due) + mark(update.get("claim")),
            literal(sent) + draft,
            literal(update["channel"] or "—"),
            update["status"] or "—",
        ]


def _moments(told: Json, times: Times) -> Iterator[list[str]]:
    for name in moments_told.course(told):
        moment = told["moments"][name]
        if moment.get("earliest"):
            when = times.span(moment["earliest"], moment["latest"])
        else:
            when = "not reached" if moment.get("reached") is False else "not known"
        why = "; ".join(filter(None, (clip(moment.get("why", ""), 200), moments_told.clock_note(moment, times))))
        said = moments_told.stated(moment, times)
        beside = literal("; ".join(line.text for line in said) or "—").replace("|", "\\|")
        yield [
            name.capitalize(),
            literal(when) + mark(moment.get("claim")),
            literal(why),
            beside + mark(claim for line in said for claim in line.claims),
        ]


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
        yield [
            literal(f"“{rules[verdict['rule']].words}”"),
            word + mark(verdict["claim"]),
            literal("; ".join(runs)),
            literal(told_why),
        ]


def _evidence(told: Json) -> Iterator[list[str]]:
    for entry in told["evidence"]:
        yield [
            code(entry["path"]).replace("|", "\\|") + mark(entry.get("claim")),
            entry["kind"],
            entry["status"],
            f"{entry['records']:,}",
            f"`{entry['sha256']}`",
        ]

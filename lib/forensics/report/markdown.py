"""The post-mortem in the runbook's template, for wikis and pull requests. Text from the evidence stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forensics import runbook
from forensics.model import Json
from forensics.report import backtest, checked, judgement, people, response, story
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
    title, *rest = _template(told, times)
    stamp = ["", f"**{redact.stamp}**"] if redact.stamp else []
    return "\n".join([title, *stamp, *rest, *_further(told, times)]).rstrip() + "\n"


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
    cause = _inline(told, "root_cause") or (unwritten(story.COMMANDER) if not none_seen else "none to look for")
    if lines["Cause"].text:
        cause += f" The evidence shows: {literal(lines['Cause'].text)}"
    yield from (
        f"# Post-Mortem: {literal(clip(story.heading(told), 160))}", "",
        "## Summary",
        f"- **Date**: {literal(lines['When'].text)}",
        f"- **Duration**: {literal(lines['How long'].text)}",
        f"- **Impact**: {_and(_inline(told, 'impact'))}{literal(lines['Who was hit'].text)} Severity {literal(lines['Severity'].text)}",
        f"- **Root Cause**: {cause}", "",
    )  # fmt: skip
    yield from _written(told, "summary", none_seen, asked=False)
    yield "## Timeline"
    events = [event for event in told["timeline"] if event["key"]]
    yield from (
        f"- {literal(times.full(event['time']))}: {event['kind']}, {literal(clip(event['text'], 240))} ({code(event['where'])})"
        f"{_remarks(told, event)}"
        for event in events
    )
    if not events:
        yield "- No dated event near an incident stands in the evidence."
    if told["more"]["timeline"] or len(told["timeline"]) > len(events):
        rest = len(told["timeline"]) - len(events) + told["more"]["timeline"]
        yield f"- … and {plural(rest, 'more event')}, in `postmortem.html`"
    questions = {question["id"]: question for question in told["questions"]}
    yield from ("", "## Root Cause Analysis", "### What Happened")
    yield from _written(told, "what_happened", none_seen, asked=False)
    yield from _answers(questions, "started", "responded")
    yield "### Why It Happened"
    if any(people.part(told, name).said for name in _WHY):
        for name in _WHY:
            yield from _titled(told, name)
    else:
        yield from ("No incident in this evidence." if none_seen else unwritten(story.COMMANDER), "")
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
        yield from (f"- The evidence shows: {literal(help['statement'])}" for help in part.helps)
        yield ""


def _titled(told: Json, name: str) -> Iterator[str]:
    """Write a section under its own name, where people wrote it."""
    part = people.part(told, name)
    if part.said and part.section.points:
        yield f"**{part.section.title}**:"
        yield ""
        yield from _written(told, name, none_seen=False)
    elif part.said:
        yield from (f"**{part.section.title}**: {_inline(told, name)}", "")


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
        yield "None." if none_seen else f"- [ ] {unwritten(story.COMMANDER)}"
    yield ""


def _remarks(told: Json, event: Json) -> str:
    """Say what people noted on an event, behind it; a star stands for itself."""
    notes = people.on_event(told, event)
    said = [
        f"“{literal(note['text'])}”" + (f" — {literal(note['by'])}" if note["by"] else "")
        for note in notes
        if note["text"]
    ]
    return (" ★" if any(note["star"] for note in notes) else "") + (f" Note: {'; '.join(said)}" if said else "")


def _beside(told: Json) -> Iterator[str]:
    """Write what people wrote that the template has no place for, and what their notes point at that is not here."""
    if not story.quiet(told) or any(people.part(told, name).said for name in _BESIDE):
        for name in _BESIDE:
            yield f"## {people.part(told, name).section.title}"
            yield from _written(told, name, story.quiet(told))
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
    yield from _beside(told)
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
    review = people.review(told)
    version = f", version {literal(review['version'])}" if review["version"] else ""
    by = f", reviewed by {literal(review['by'])}" if review["by"] else ""
    yield from (
        "",
        f"{review['word']}{version}{by}, from evidence {code(digest)}. Check it: {code(story.verification(told))}",
    )


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

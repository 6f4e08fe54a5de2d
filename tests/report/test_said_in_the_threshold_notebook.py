"""What the threshold notebook says of the criteria that have no level, and of what no limit shows."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Analysed
from forensics.report import judgement
from forensics.report.redaction import Redactor
from forensics.report.sentences import about
from forensics.report.words import Times
from small_world import failed_login, good_login, log, messages, request, traffic

World = Callable[[dict[str, str | bytes]], Analysed]


def test_who_guessed_and_whether_it_worked_is_said(world: World) -> None:
    """Eight failures from one address within a minute, and one of a user elsewhere; the guesser gets in, and complaints rise."""
    lines = [*(failed_login(600 + 5.0 * n) for n in range(8)), good_login(700)]
    lines += [failed_login(900, ip="192.0.2.9"), good_login(905, ip="192.0.2.9")]
    chat = messages((720, "U3", "support has 2 tickets"), (1200, "U3", "support has 5 tickets now"))

    told = judgement.logins(world({"app.log": log(lines), "slack.json": chat}).findings.json, Times())

    assert told.startswith(
        "9 of 11 logins failed; 1 address guessed, and from 1 of them a login succeeded afterwards. Complaints: met; "
    )


def test_that_no_log_tells_of_logins_is_no_quiet(world: World) -> None:
    """Requests alone say nothing of logins, and without a channel nothing of complaints."""
    told = judgement.logins(world({"app.log": traffic(*[0] * 40)}).findings.json, Times())

    assert told == (
        "Nothing tells of logins: no attempt to log in is in the evidence. "
        "Complaints: not assessable; No channel was collected; messages or tickets of customers."
    )


def test_what_no_limit_shows_is_said(world: World) -> None:
    """Work that collapsed for ten minutes is said in the notebook of thresholds as it is found; without any such, that there is none."""
    seconds = [*range(2400), *range(2400, 3000, 20), *range(3000, 6000)]
    case = world({"app.log": log(map(request, seconds))})
    (found,) = case.findings.json["beyond_limits"]

    assert str(about("beyond", case.findings.json, Redactor(case.store))) == f"{found['statement']}."
    nothing = {**case.findings.json, "beyond_limits": [], "vantages": [], "disagreements": []}
    assert judgement.beyond(nothing).startswith("Nothing: in what was measured no work collapsed")


def test_what_hangs_on_the_definition_is_named_by_its_rule(world: World) -> None:
    """An alert's threshold and a criterion are of the same signal: which of the two hangs on the definition is said in its own words."""
    told = judgement.answer(world({"app.log": traffic(*[0] * 40, *[5] * 6, *[0] * 70)}).findings.json, Times())

    assert "Hangs on the definition: “Error rate > 5% for > 2 minutes”." in told

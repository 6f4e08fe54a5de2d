"""Every trap that the truth files list, with the tests that prove that we do not fall into it: of the recorded kits and of the cases."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import shared

pytestmark = pytest.mark.shared

TESTS = Path(__file__).parent
Row = tuple[str, tuple[str, ...]]
"""Words of the trap, which no other trap of its file has, and the tests that prove it, as `module: test`."""

EVERYWHERE: list[Row] = [
    ("page of constants", ("test_origin_traps: test_no_verdict_rests_on_the_dashboard_of_constants",)),
    (
        "always HTTP 500",
        ("test_origin_traps: test_the_failing_analytics_handler_is_an_error_payload_and_no_failure_of_users",),
    ),
    ("incident-logs.txt has 0 lines", ("test_origin_truth: test_the_empty_extract_is_named",)),
]
"""Traps of the system that all kits were recorded from."""

AFTER_RESTART = "test_origin_traps: test_metrics_cover_only_the_time_after_the_restart"

TRAPS: dict[str, list[Row]] = {
    # ---- recorded kits
    "A0-lock-p0-restart": [
        *EVERYWHERE,
        (
            "metrics ring and counters start again",
            (AFTER_RESTART, "test_origin_truth: test_an_unseen_truth_names_its_lost_source"),
        ),
    ],
    "B1-leak-oom": [
        *EVERYWHERE,
        (
            "have no timestamp and are not in the log grammar",
            ("test_origin_traps: test_deaths_that_the_process_tells_undated_are_bounded",),
        ),
        (
            "memory.limit comes from",
            ("test_origin_traps: test_memory_is_judged_by_its_share_of_the_limit_of_the_heap",),
        ),
        ("only holds the series since the last restart", (AFTER_RESTART,)),
        ("exit code [0] via signal [SIGABRT]", ("test_origin_traps: test_an_abort_with_exit_code_0_is_a_death",)),
    ],
    "C1-bruteforce": [
        *EVERYWHERE,
        ("field 4 of the FAILED_LOGIN line", ("test_origin_traps: test_the_count_of_a_word_is_no_count_of_addresses",)),
        ("normal users also fail", ("test_origin_traps: test_typos_of_users_are_no_attack",)),
        (
            "multi-line console objects without a timestamp",
            ("test_origin_traps: test_console_objects_are_folded_and_count_no_login_twice",),
        ),
    ],
    "D1-bad-deploy": [
        *EVERYWHERE,
        (
            "that the server side cannot see",
            (
                "test_origin_traps: test_gaps_of_a_restart_are_seen_by_the_manager_of_processes",
                "test_told_truth: test_what_a_restart_refused_is_seen_by_its_manager_and_by_probes_alone",
            ),
        ),
    ],
    "F1-slow-dep": EVERYWHERE,
    "G1-near-miss": [
        *EVERYWHERE,
        ("can stretch the breach", ("test_origin_traps: test_near_the_limit_every_definition_is_told",)),
    ],
    "H1-gap-7pct": EVERYWHERE,
    "K8-truncated-json": [
        *EVERYWHERE,
        ("cut in the middle of a record", ("test_origin_traps: test_a_document_that_was_cut_is_partial",)),
    ],
    "X1-metrics-404": [
        *EVERYWHERE,
        (
            "HTML 404 page",
            (
                "test_origin_traps: test_a_page_instead_of_metrics_is_named",
                "test_origin_truth: test_an_unseen_truth_names_its_lost_source",
            ),
        ),
    ],
    # ---- cases
    "chaostoolkit-journal": [
        (
            "ANSI-coloured lines over several days",
            (
                "test_case_truth: test_a_log_of_other_days_is_not_this_incident",
                "test_told_truth: test_codes_of_colour_are_no_part_of_levels_sources_or_messages",
            ),
        ),
    ],
    "db-delete-pitr": [
        (
            "MYSQL dialect",
            (
                "test_case_truth: test_a_foreign_dump_is_read_as_data",
                "test_told_truth: test_settings_of_a_dump_are_no_rows_no_changes_and_no_times",
            ),
        ),
        ("9-hour clock offset", ("test_case_truth: test_a_clock_nine_hours_off_is_found_by_what_both_tell",)),
    ],
    "db-pool-storm": [
        ("54,803 log lines", ("test_case_truth: test_stack_traces_are_folded_into_their_events",)),
        (
            "hides the accept queue",
            (
                "test_case_truth: test_whose_clock_a_response_time_is_of_is_named",
                "test_case_truth: test_the_client_waited_ten_times_as_long_as_the_server_knows",
            ),
        ),
        ("-1 for", ("test_case_truth: test_minus_one_is_no_measurement",)),
        (
            "thousands of progress lines",
            (
                "test_case_truth: test_lines_of_progress_are_no_events_of_the_service",
                "test_told_truth: test_progress_of_a_load_test_is_no_log_and_its_ticks_are_read",
            ),
        ),
    ],
    "disk-full-lab": [
        (
            "util-linux script(1) output",
            (
                "test_case_truth: test_what_a_terminal_draws_is_not_in_the_text",
                "test_case_truth: test_a_disk_that_filled_is_over_from_the_second_look_on",
                "test_traps_of_cases: test_megabytes_of_one_error_are_one_pattern_and_flood_nothing",
                "test_traps_of_cases: test_what_was_mistyped_on_a_terminal_was_not_done",
            ),
        ),
    ],
    "heap-oom-slow-consumer": [
        (
            "narrative and evidence disagree",
            (
                "test_case_truth: test_what_is_said_is_said_of_the_run_that_shows_it",
                "test_human_claims: test_memory_ran_out_later_than_it_is_told",
            ),
        ),
        (
            "94 rows for 111 s",
            (
                "test_case_truth: test_pauses_in_sampling_are_holes_and_are_not_filled",
                "test_told_truth: test_when_memory_ran_out_and_how_long_collections_stopped_the_process",
            ),
        ),
        ('"# mode=..." comment line', ("test_case_truth: test_a_comment_above_a_table_is_no_row_of_it",)),
        ("per delivered message", ("test_case_truth: test_delivery_times_of_messages_are_no_response_times",)),
    ],
    "k8s-cpu-throttle": [
        (
            "relative ages",
            (
                "test_case_truth: test_ages_without_a_time_of_capture_date_nothing",
                "test_case_truth: test_when_it_began_and_when_it_was_last_told_are_two_times",
            ),
        ),
    ],
    "pipeline-silent-corruption": [
        (
            "job status success while data is wrong",
            (
                "test_case_truth: test_a_job_that_succeeded_may_have_left_damaged_data",
                "test_case_truth: test_stated_checksums_are_verified",
            ),
        ),
    ],
    "quickticket-payments": [
        ("INSTANT VECTOR", ("test_case_truth: test_instant_answers_show_no_course",)),
        (
            "ends the incident at alert-resolve",
            (
                "test_case_truth: test_the_end_of_an_alert_is_not_the_end_of_the_impact",
                "test_told_truth: test_the_impact_ends_before_the_alert_does",
            ),
        ),
        ("two alerts overlap", ("test_case_truth: test_two_alerts_overlap",)),
        ("contact-point TEST alert", ("test_case_truth: test_a_rehearsed_alert_detects_nothing",)),
        (
            "comma-millis local time",
            (
                "test_traps_of_cases: test_milliseconds_behind_a_comma_are_milliseconds",
                "test_case_truth: test_lines_without_a_stamp_borrow_none",
            ),
        ),
    ],
    "ssh-brute-hydra": [
        (
            "accepted logins from an attacking address",
            (
                "test_case_truth: test_accepted_logins_from_an_attacking_address_need_a_persons_judgement",
                "test_human_claims: test_logins_from_where_it_was_guessed_are_for_a_person_to_judge",
            ),
        ),
        (
            "brute force vs one typo",
            (
                "test_case_truth: test_repeated_messages_count_as_often_as_they_say",
                "test_case_truth: test_a_typo_is_no_brute_force",
            ),
        ),
    ],
}
"""The traps of each truth file, in its order."""

every_truth = pytest.mark.parametrize("name", TRAPS)


def listed(name: str) -> list[str]:
    """Return the traps of a truth file, in its order."""
    case = shared.need_shared() / "cases" / name / "TRUTH.md"
    if not case.exists():
        return [str(trap) for trap in shared.origin_truth(name)["traps"]]
    section = case.read_text(encoding="utf-8").partition("\n## Traps\n")[2].partition("\n## ")[0]
    return [line.removeprefix("- ") for line in section.strip().splitlines() if line.startswith("- ")]


@cache
def names_in(module: str) -> frozenset[str]:
    """Return the names of the tests of a module, wherever it lies."""
    (path,) = TESTS.rglob(f"{module}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_truth_file_is_known() -> None:
    """The nine kits and the nine cases each have their rows."""
    assert sorted(TRAPS) == sorted([*shared.origin_kits(), *(folder.parent.name for folder in shared.case_folders())])


@every_truth
def test_every_trap_of_a_truth_file_has_its_row(name: str) -> None:
    """As many rows as traps, and each row has words of one trap that no other of its file has."""
    traps, rows = listed(name), TRAPS[name]

    assert len(rows) == len(traps) > 0
    fits = [[place for place, trap in enumerate(traps) if words in trap] for words, _ in rows]
    assert sorted(fits) == [[place] for place in range(len(traps))]


@every_truth
def test_each_trap_is_proved_by_tests_that_exist(name: str) -> None:
    """Every named test stands in its module, and is written once."""
    named = [one for _, tests in TRAPS[name] for one in tests]

    assert all(tests for _, tests in TRAPS[name])
    assert len(named) == len(set(named))
    for one in named:
        module, test = re.split(r": ", one)
        assert test in names_in(module), one

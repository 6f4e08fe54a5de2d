"""What the human accounts of the cases from the wild state, beside their own evidence: the truth files say what is wrong in them."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shared

pytestmark = pytest.mark.shared

Analysed = Callable[..., Any]

CONTRADICTED = {
    "db-delete-pitr": [],
    "db-pool-storm": [],
    "disk-full-lab": [
        "/dev/loop0 128 128 0 100%",
        "/dev/loop0 Inodes: 128 Used: 128 Free: 0 Usage: 100%",
        "/dev/loop0 Inodes: 128 Used: 11 Free: 117 Usage: 9%",
    ],
    "heap-oom-slow-consumer": ["OOM까지 86초"],
    "k8s-cpu-throttle": [],
    "quickticket-payments": [],
    "ssh-brute-hydra": ["0 successful breaches"],
}
"""All that may be contradicted. The account of the inodes tells of another file system than the recorded terminal."""

SUPPORTED = {
    "db-pool-storm": {"500 응답 761건", "200이 9,238건", "200이 4,754건"},
    "quickticket-payments": {
        "Impact interval: 11:01:13-11:05:58 UTC, approximately 285.2s",
        "486.5 gateway 5xx",
        "out of 3087.2 requests",
        "5xx out of 3087.2 requests (15.76%)",
        "236.59 seconds (3.94 minutes) from starting the injected Git change to the Firing evaluation",
    },
    "ssh-brute-hydra": {"110+ failed SSH login attempts", "110 failed login attempts"},
}


@pytest.fixture(scope="session")
def account(analysed: Analysed, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[dict[str, Any]]]:
    """Return what is made of everything that the human account of a case states, put beside its evidence."""
    made: dict[str, Path] = {}

    def of(name: str) -> list[dict[str, Any]]:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("account") / name
            shutil.copytree(shared.case_evidence(name), made[name])
            human = shared.case_evidence(name).parent / "human"
            if human.is_dir():
                shutil.copytree(human, made[name] / "human")
        return analysed(made[name]).findings.json["human_claims"]  # type: ignore[no-any-return]

    return of


@pytest.mark.parametrize("name", sorted(CONTRADICTED))
def test_exactly_the_wrong_claims_are_contradicted(name: str, account: Callable[[str], list[dict[str, Any]]]) -> None:
    """Every claim that its own evidence contradicts is found, and nothing else is called so."""
    shared.need_shared()

    found = {one["words"] for one in account(name) if one["verdict"] == "contradicted"}
    assert found == set(CONTRADICTED[name])


@pytest.mark.parametrize("name", sorted(SUPPORTED))
def test_numbers_that_stand_in_the_evidence_are_supported(
    name: str, account: Callable[[str], list[dict[str, Any]]]
) -> None:
    """The numbers that the truth files call measured are supported by rows of the evidence, never by the account itself."""
    shared.need_shared()

    told = [one for one in account(name) if one["verdict"] == "supported"]
    assert SUPPORTED[name] <= {one["words"] for one in told}
    assert all(not cited.startswith("human/") for one in told for cited in one["evidence"])


def test_memory_ran_out_later_than_it_is_told(account: Callable[[str], list[dict[str, Any]]]) -> None:
    """The account says 86 s; the flag of the run that is here is still 0 in the last row before 99 s."""
    rows = (
        (shared.case_evidence("heap-oom-slow-consumer") / "results_raw_server-unbounded-r1.csv")
        .read_text()
        .splitlines()
    )
    cells = [line.split(",") for line in rows if line[:1].isdigit()]
    first = next(place for place, one in enumerate(cells) if one[-1] != "0")
    (one,) = [one for one in account("heap-oom-slow-consumer") if one["verdict"] == "contradicted"]

    assert f"is 0 at {cells[first - 1][0]} s and more than that at {cells[first][0]} s" in one["compared"]


def test_logins_from_where_it_was_guessed_are_for_a_person_to_judge(
    account: Callable[[str], list[dict[str, Any]]],
) -> None:
    """The log accepts logins from the address that guessed, hours later; whose they were it does not say."""
    log = (shared.case_evidence("ssh-brute-hydra") / "auth.log").read_text(errors="replace")
    accepted = len(re.findall(r"(?m)Accepted password for \S+ from 192\.168\.1\.43 ", log))
    (one,) = [one for one in account("ssh-brute-hydra") if one["verdict"] == "contradicted"]

    assert one["compared"].startswith(f"{accepted} logins were accepted from 192.168.1.43 ")
    assert one["compared"].endswith("a person must judge")


def test_the_recorded_file_system_has_other_inodes(account: Callable[[str], list[dict[str, Any]]]) -> None:
    """Every recorded row of the device has the same total, and it is not the one that the account tells."""
    packed = shared.case_evidence("disk-full-lab") / "P2-Inode-Exhaustion_terminal.log.gz"
    text = gzip.decompress(packed.read_bytes()).decode(errors="replace")
    totals = set(re.findall(r"(?m)^/dev/loop0 +(\d+) +\d+ +\d+ +\d+%", text))

    told = [one for one in account("disk-full-lab") if one["verdict"] == "contradicted"]
    assert told
    assert all(f"have {totals.copy().pop()} inodes" in one["compared"] for one in told)
    assert len(totals) == 1


@pytest.mark.parametrize("name", shared.origin_kits() or ["none"])
def test_nothing_that_responders_wrote_is_wrongly_contradicted(name: str, analysed: Analysed) -> None:
    """The recorded kits hold no claim that their evidence contradicts; one in seven pages, and no errors, are borne out."""
    told = analysed(shared.origin_evidence(name)).findings.json["human_claims"]

    assert [one for one in told if one["verdict"] == "contradicted"] == []
    supported = {one["words"] for one in told if one["verdict"] == "supported"}
    assert {
        "D1-bad-deploy": {"About 1 in 7 project pages"},
        "F1-slow-dep": {"no errors", "p95 above 5 s"},
        "B1-leak-oom": {"leak started with the 08:20 deploy"},
    }.get(name, set()) <= supported

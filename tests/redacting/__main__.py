"""Measure redaction: what stays readable of what was planted, and what ordinary text is blurred.

`make`-less: PYTHONPATH=tests python -m redacting [--seed N] [--each N] [--all]
"""

from __future__ import annotations

import argparse

from forensics.report.known_names import KnownNames
from forensics.report.redaction import Redactor

from redacting import personal, trial


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m redacting", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=20)
    asked = parser.parse_args()

    def redact() -> Redactor:
        return Redactor(None)

    print(f"{'planted':>8} {'missed':>7}  what (seed {asked.seed})")
    counts = trial.missed(asked.seed, redact, asked.each)
    for one in counts:
        print(f"{one.planted:8,} {one.missed:7,}  {one.sort}")
        for form in one.forms:
            print(f"{'':18}missed: {form}")
    print(f"{sum(one.planted for one in counts):8,} {sum(one.missed for one in counts):7,}  all")
    named = trial.named(asked.seed, lambda name: Redactor(None, names=KnownNames([(name, "")])), asked.each)
    print(f"{named.planted:8,} {named.missed:7,}  {named.sort}, in prose")
    for form in named.forms:
        print(f"{'':18}missed: {form}")
    everybody = KnownNames((f"{first} {last}", "") for first in personal.FIRST for last in personal.LAST)
    wrong = trial.blurred(asked.seed, lambda: Redactor(None, names=everybody), asked.each)
    print(f"\n{'ordinary':>8} {'blurred':>7}  what")
    for sort, texts in wrong.items():
        print(f"{trial.made_of(sort, asked.each):8,} {len(texts):7,}  {sort}")
        for text, shown in texts[:12]:
            print(f"{'':10}{text}  →  {shown}")


if __name__ == "__main__":
    main()

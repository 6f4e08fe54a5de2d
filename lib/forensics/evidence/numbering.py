"""Numbers for what stands in a JSON document, so that no two elements of one file have the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forensics.evidence.records import Records


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the elements that one path leads to are numbered, in the document's order."""

    first: int = 1
    """The number of the first."""
    step: int = 1
    """From one to the next: the other numbers belong to what other paths lead to."""

    def numbers(self, nth: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the numbers of elements that are counted from 0."""
        return self.first + nth * self.step

    def nth(self, number: int) -> int | None:
        """Return which element has this number, counted from 0; None where it is one of another path."""
        nth, other = divmod(number - self.first, self.step)
        return None if other or nth < 0 else nth


def numberings(kinds: Iterable[Records]) -> list[Numbering]:
    """Return how the elements of each kind of record are numbered.

    Kinds that tell of the same elements share their numbers. With one path those are 1, 2, 3; with two, the first has
    1, 3, 5 and the second 2, 4, 6: how many there are of each is not known while a long document is read.
    """
    each = [(records.each, records.points, records.heads) for records in kinds]
    paths = list(dict.fromkeys(each))
    return [Numbering(paths.index(one) + 1, len(paths)) for one in each]

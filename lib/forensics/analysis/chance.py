"""How probable a count is by chance: exact tails of the binomial distribution, in the standard library alone.

Nothing here reads evidence. `math` has no such tail, and scipy takes seconds to import.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

RISK = 0.02
"""What usual traffic may show as something else, of all that is looked at for it: no more often than this."""
WATCHED = timedelta(minutes=10)
"""What is usual cannot be told from less time than this."""
MOST_STEPS = 400
"""Of the continued fraction; it needs about the square root of the larger count."""
PRECISE = 1e-14
_TINY = 1e-300


def more_in_the_second(first: float, second: float, share: float) -> float:
    """Return how probable it is that at least `second` of all counts fall into the second of two windows.

    Given their sum, counts of two Poisson processes are binomial, and `share` is the second's part of it: its length over the
    length of both, each times its rate (Przyborowski and Wilenski, Biometrika 31, 1940; for ratios other than one, Gu, Ng, Tang
    and Schucany, Biometrical Journal 50, 2008). Counts need not be whole numbers, so that those that cluster can be weighed less.
    """
    if second <= 0:
        return 1.0
    return incomplete_beta(second, first + 1, share)


def more_than_usual(usual: tuple[int, int], now: tuple[int, int], risk: float = RISK) -> bool:
    """Say whether surely more of the requests that came now went wrong than of those that came usually; each is how many requests,
    and how many of them went wrong. False where none is known of what is usual."""
    share = now[0] / (usual[0] + now[0]) if usual[0] else 1.0
    return more_in_the_second(usual[1], now[1], share) < risk


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b) of positive a and b (Numerical Recipes, 3rd edition, 6.4)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / (a * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction by Lentz's method; its value stands below the front factor."""
    value = top = 1.0
    bottom = 0.0
    for step in range(1, 2 * MOST_STEPS):
        half, odd = divmod(step, 2)
        if odd:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        bottom = 1 / ((1 + term * bottom) or _TINY)
        top = 1 + term / top or _TINY
        value *= top * bottom
        if abs(top * bottom - 1) < PRECISE:
            break
    return value


def as_high(value: float, freedom: float) -> float:
    """Return how probable a value of Student's t with so many degrees of freedom is that is as high, or higher: for one above zero
    no more than a half (Student, Biometrika 6, 1908; by the incomplete beta function, Numerical Recipes, 6.14.9)."""
    tail = 0.5 * incomplete_beta(freedom / 2, 0.5, freedom / (freedom + value * value))
    return tail if value > 0 else 1 - tail


def holding(chances: Sequence[float], of: int, risk: float) -> list[bool]:
    """Say of each of these chances whether it is too small for chance, though `of` questions were asked in all.

    All together err with no more than this risk (Holm, Scandinavian Journal of Statistics 6, 1979): the smallest is compared
    with the risk over the number of questions, the next with the risk over one fewer, until one does not hold.
    """
    held = [False] * len(chances)
    for place, which in enumerate(sorted(range(len(chances)), key=lambda one: chances[one])):
        if chances[which] > risk / (of - place):
            break
        held[which] = True
    return held


def clustering(total: float, squares: float, minutes: float) -> float:
    """Return how much more the counts of some minutes vary than those of a Poisson process: variance over mean, at least one.

    By this factor counts are divided before they are tested (McCullagh and Nelder, Generalized Linear Models, 2nd edition, 6.2):
    a message that is always told ten at a time is not told ten times.
    """
    if total <= 0 or minutes < 2:
        return 1.0
    mean = total / minutes
    return max(1.0, (squares - total * mean) / (minutes - 1) / mean)

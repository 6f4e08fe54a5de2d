"""Who sends requests from outside: people who want a ferry, and guessers who want a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import Task
from .database import PEOPLE, SEEDED_BOOKINGS, password
from .metrics import series, transaction
from .record import Request

if TYPE_CHECKING:
    from .world import World

AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile Safari/604.1",
)
WISHES = {
    ("GET", "/"): 15,
    ("GET", "/assets/[file]"): 11,
    ("GET", "/favicon.png"): 1,
    ("GET", "/timetable"): 16,
    ("GET", "/api/sailings"): 18,
    ("GET", "/api/sailings/[id]"): 19,
    ("GET", "/api/bookings/[code]"): 7,
    ("GET", "/api/account/bookings"): 3,
    ("POST", "/api/bookings"): 6,
    ("POST", "/api/auth/login"): 4,
}
"""Of a hundred requests, how many are for what."""


class Visitors:
    """People with a browser: they come one by one, and reload a page that failed."""

    def __init__(self, world: World, every: int) -> None:
        self.world = world
        self.every = every
        """Mean milliseconds between two of them."""
        self.rng = world.numbers("visitors")

    def arrive(self) -> Task[None]:
        while True:
            yield round(self.rng.expovariate(1 / self.every))
            self.world.clock.start(self._visit(self._wish()))

    def totals_after(self, uptime: int) -> dict[str, int]:
        """Where the counters of a process stand that has been up for so many seconds, on a quieter average."""
        return {
            series("transaction.count", transaction(method, route)): uptime * share * 4 // 1000
            for (method, route), share in WISHES.items()
        }

    def _visit(self, request: Request) -> Task[None]:
        yield from self.world.send(request)
        for patience in (0.6, 0.35):
            if not request.failed or self.rng.random() > patience:
                return
            yield self.rng.randint(1_500, 5_000)
            again = Request(request.method, request.path, request.route, request.ip, self.world.clock.now)
            again.agent, again.user, again.form = request.agent, request.user, request.form
            request = again
            yield from self.world.send(request)

    def _wish(self) -> Request:
        rng = self.rng
        ((method, route),) = rng.choices(list(WISHES), list(WISHES.values()))
        person = rng.randint(1, len(PEOPLE))
        path = route.replace("[id]", str(rng.randint(1, 36))).replace("[file]", rng.choice(("app.js", "app.css")))
        path = path.replace("[code]", f"FT-{rng.randint(1001, 1000 + SEEDED_BOOKINGS)}")
        request = Request(method, path, route, f"192.0.2.{20 + person * 4 + rng.randint(0, 2)}", self.world.clock.now)
        request.agent = AGENTS[person % len(AGENTS)]
        if route.endswith("/bookings"):
            request.user = person
        if route.endswith("/login"):
            word = password(person) if rng.random() > 0.12 else "harbor"
            request.form = {"email": PEOPLE[person - 1], "password": word}
        return request


class Guesser:
    """One address that tries passwords, until it is told to stop."""

    def __init__(self, world: World, ip: str, every: tuple[int, int], accounts: range, word: str) -> None:
        self.world, self.ip, self.every, self.accounts, self.word = world, ip, every, accounts, word
        self.rng = world.numbers(f"guesser {ip}")
        self.agent = "python-requests/2.32.3"

    def look_around(self) -> Task[None]:
        """Try the ticket pages with a tool first; it does not get far."""
        for number in (1, 2, 3):
            yield 1_300
            path = f"/api/sailings/{number}"
            request = Request("GET", path, "/api/sailings/[id]", self.ip, self.world.clock.now, "sqlmap/1.9")
            yield from self.world.send(request)

    def guess(self, until: int) -> Task[None]:
        """Go through the accounts, one word for all of them before the next; whatever opens is looked at."""
        attempt, opened = 0, False
        while self.world.clock.now < until:
            account = self.accounts[attempt % len(self.accounts)]
            word = f"{self.word}{1 + attempt // len(self.accounts)}"
            attempt += 1
            request = Request("POST", "/api/auth/login", "/api/auth/login", self.ip, self.world.clock.now, self.agent)
            request.form = {"email": PEOPLE[account - 1], "password": word}
            yield from self.world.send(request)
            if request.status == 200 and not opened:
                opened = True
                self.accounts = range(account + 1, account + 2)
                self.world.clock.start(self._look_at(account))
            yield self.rng.randint(*self.every)

    def _look_at(self, account: int) -> Task[None]:
        for _ in range(5):
            yield self.rng.randint(9_000, 24_000)
            path = "/api/account/bookings"
            request = Request("GET", path, path, self.ip, self.world.clock.now, self.agent, account)
            yield from self.world.send(request)

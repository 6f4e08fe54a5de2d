"""What the shop answers: pages that need no database, pages that do, logins, and the operators' own paths."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import database, health
from .clock import Task
from .record import Login, Request

if TYPE_CHECKING:
    from .app import App

Handler = Callable[["App", Request], Task[int]]

SAILING = "SELECT * FROM sailings WHERE id = ?"
TIMETABLE = "SELECT id, ship, from_port, to_port, departs_at, seats_left FROM sailings ORDER BY departs_at"
BOOKING = "SELECT * FROM bookings WHERE code = ?"
OWN_BOOKINGS = "SELECT * FROM bookings WHERE user_id = ? ORDER BY id DESC LIMIT 20"


def number(request: Request) -> str:
    return request.path.rsplit("/", 1)[1]


def static(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(0, 5))
    return 200


def missing(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(0, 2))
    return 404


def created(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(2, 6))
    return 201


def reading(table: str, sql: str, key: Callable[[Request], tuple[object, ...]] = lambda request: ()) -> Handler:
    """A page that reads the database, then renders."""

    def handler(app: App, request: Request) -> Task[int]:
        yield from app.query(
            request, "select", table, lambda connection: connection.execute(sql, key(request)).fetchall()
        )
        yield from app.busy(app.rng.randint(8, 60))
        return 200

    return handler


def book(app: App, request: Request) -> Task[int]:
    """Write the booking last and answer in the same instant: every row has its line, every line its row."""
    yield from app.busy(app.rng.randint(15, 70))
    user, sailing = request.user or 1, app.rng.randint(1, 36)
    passengers = app.rng.randint(1, 3)
    yield from app.query(
        request,
        "insert",
        "bookings",
        lambda connection: database.book(connection, user, sailing, passengers, app.clock.now),
    )
    return 201


def login(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(2, 8))
    if request.ip in app.world.blocked:
        return 403
    email = request.form["email"]
    rows = yield from app.query(
        request,
        "select",
        "users",
        lambda connection: connection.execute(
            "SELECT id, password_hash FROM users WHERE email = ?", (email,)
        ).fetchall(),
    )
    if not rows or rows[0][1] != database.hashed(request.form["password"]):
        _refuse(app, request, email)
        return 401
    user, token = rows[0][0], app.world.letters(24)

    def remember(connection: sqlite3.Connection) -> None:
        database.open_session(connection, token, user, request.ip, app.clock.now)

    yield from app.query(request, "insert", "sessions", remember)
    app.world.record.logins.append(Login(app.clock.now, request.ip, email, True))
    app.log.security("LOW", "login_success", "Login successful", request, user)
    about = {"ip": request.ip, "userId": user, "requestId": request.id}
    app.log.event("INFO", "auth", f"LOGIN_SUCCESS {request.ip} {email}", about, ("SECURITY", "auth"))
    return 200


def _refuse(app: App, request: Request, email: str) -> None:
    app.world.record.logins.append(Login(app.clock.now, request.ip, email, False))
    app.log.security("MEDIUM", "login_failure", "Invalid email or password", request)
    about = {"ip": request.ip, "email": email, "path": request.path, "requestId": request.id}
    app.log.event("WARN", "auth", f"FAILED_LOGIN {request.ip} {email}", about, ("SECURITY", "auth"))
    app.world.monitor.saw_failed_login(request.ip)


def whole_health(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(30, 90))
    request.answer = health.whole(app, request)
    return 200


def database_health(app: App, request: Request) -> Task[int]:
    yield from app.busy(app.rng.randint(1, 6))
    request.answer = health.database(app, app.clock.now - (request.started or 0))
    return 200


KEPT_PAGES = ("/timetable", "/api/sailings")
"""What the change that keeps rendered pages keeps, without end."""

HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/"): static,
    ("GET", "/assets/[file]"): static,
    ("GET", "/favicon.png"): missing,
    ("GET", "/timetable"): reading("sailings", TIMETABLE),
    ("GET", "/api/sailings"): reading("sailings", TIMETABLE),
    ("GET", "/api/sailings/[id]"): reading("sailings", SAILING, lambda request: (number(request),)),
    ("GET", "/api/bookings/[code]"): reading("bookings", BOOKING, lambda request: (number(request),)),
    ("GET", "/api/account/bookings"): reading("bookings", OWN_BOOKINGS, lambda request: (request.user,)),
    ("POST", "/api/bookings"): book,
    ("POST", "/api/auth/login"): login,
    ("GET", "/api/health"): whole_health,
    ("GET", "/api/health/database"): database_health,
    ("GET", "/api/monitoring/metrics"): static,
    ("POST", "/api/monitoring/incidents"): created,
    ("PATCH", "/api/monitoring/incidents/[id]"): static,
}

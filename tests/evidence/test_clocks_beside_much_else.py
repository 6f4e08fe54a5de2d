"""Clocks are compared by what two sources tell, however much else each of them names."""

from __future__ import annotations

from pathlib import Path

from forensics.evidence import quiet_texts, shared_events, shared_targets
from forensics.store import Store

MANY = 20_000
"""Events in each of three logs; every one names things, and asks for a path, that no other event of its log does."""

TOLD = """
insert into log_events (path, line, time, message)
select $path, i, timestamp '2031-04-02 06:00:00' + to_milliseconds(i * 40 + $ahead * 3600000),
    concat_ws(' ', 'boat-' || $name || '-' || md5(i::text), 'crew-' || $name || md5((i + 1)::text), 'rope-' || $name || md5((i + 2)::text),
        'lamp-' || $name || md5((i + 3)::text), 'asks for /berths/' || $name || '/' || i || '?wake=' || md5((i + 7)::text))
from range($from, $from + $many) t(i)
"""


def filled(folder: Path) -> Store:
    """Return a frugal store with a log in UTC, one in another zone that tells some of the same, and one that tells nothing of it."""
    store = Store(folder / "case.duckdb", frugal=True)
    quiet_texts.hear(store, {})
    for path, name, ahead, first, many in (
        ("proxy.log", "a", 0, 0, MANY),
        ("app.log", "a", 2, MANY - 400, 400),
        ("lamps.log", "b", 0, 0, MANY),
    ):
        asked = {"path": path, "name": name, "ahead": ahead, "from": first, "many": many}
        store.connection.execute(TOLD, asked)
    return store


def test_names_are_compared_beside_all_others(tmp_path: Path) -> None:
    """What only one of them names neither helps nor hinders."""
    with filled(tmp_path) as store:
        found = list(shared_events.sequences(store, {"proxy.log": "x", "lamps.log": "z"}, {"app.log": "y"}))

    assert [(one.path, one.offset.total_seconds() / 3600) for one in found] == [("app.log", 2)]


def test_targets_are_compared_beside_all_others(tmp_path: Path) -> None:
    """What only one of them is asked for neither helps nor hinders."""
    with filled(tmp_path) as store:
        found = list(shared_targets.paced(store, {"proxy.log": "x", "app.log": "y", "lamps.log": "z"}))

    assert [(one.first, one.second, one.apart.total_seconds() / 3600, one.events) for one in found] == [
        ("app.log", "proxy.log", -2, 400)
    ]

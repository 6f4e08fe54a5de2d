"""Routes: which paths are one route, and which stay apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shared
from conftest import Analysed
from forensics.analysis import routes
from forensics.model import Json
from small_world import log, request

World = Callable[[dict[str, str | bytes]], Analysed]
SHAPES = routes.declared()["shape"]
POSTS = [
    "my-first-post",
    "a-day-at-the-quay",
    "tides-of-may",
    "on-rope",
    "why-ferries-wait",
    "salt-and-rust",
    "north_pier",
    "two-bells",
]

FEW = sorted(POSTS[:7])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one["name"])
def test_each_shape_fits_its_examples_and_leaves_its_rejects(shape: Json) -> None:
    """What is declared beside a shape holds."""
    assert [routes._shape(one) for one in shape["examples"]] == [shape["name"]] * len(shape["examples"])
    assert [one for one in shape["rejects"] if routes._shape(one) == shape["name"]] == []


def templates(*paths: str, each: int = 3) -> list[str]:
    """Return the different routes of paths that were each asked for so many times."""
    folded = routes.templates(dict.fromkeys(paths, each))
    return sorted({folded.get(path, path) for path in paths})


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param([f"/orders/{n}" for n in (1, 20, 300)], ["/orders/:number"], id="numbers"),
        pytest.param([f"/orders/{n}/lines/{n + 1}" for n in range(3)], ["/orders/:number/lines/:number"], id="numbers below numbers"),
        pytest.param(["/orders/8f3a2c1e", "/orders/77aa90b1"], ["/orders/:hex"], id="hexadecimal ids"),
        pytest.param(["/api/v1/quays", "/api/v2/quays"], ["/api/v1/quays", "/api/v2/quays"], id="versions stay"),
        pytest.param(["/errors/404", "/errors/500"], ["/errors/404", "/errors/500"], id="two numbers"),
        pytest.param([f"/api/posts/{one}" for one in POSTS], ["/api/posts/:slug"], id="slugs"),
        pytest.param([f"/posts/{one}" for one in FEW], [f"/posts/{one}" for one in FEW], id="few slugs"),
        pytest.param([f"/api/{one}" for one in POSTS], [f"/api/{one}" for one in sorted(POSTS)], id="resources of an interface"),
        pytest.param([f"/{one}" for one in POSTS], [f"/{one}" for one in sorted(POSTS)], id="pages of a site"),
        pytest.param([*(f"/posts/{n}" for n in POSTS), "/posts/search"], ["/posts/:slug", "/posts/search"], id="a plain word"),
        pytest.param([f"/berths/berth-{n}" for n in range(4)], ["/berths/:slug"], id="one word with numbers"),
        pytest.param([f"/posts/{one}/comments" for one in POSTS], ["/posts/:slug/comments"], id="what stands below slugs"),
        pytest.param(["/", "", "/quays/", "*"], ["", "*", "/", "/quays/"], id="odd paths"),
        pytest.param(["/a" * 2000], ["/a" * 2000], id="a very long path"),
    ],
)  # fmt: skip
def test_paths_that_vary_are_one_route(paths: list[str], expected: list[str]) -> None:
    """Ids and slugs fold; fixed sets of resources stay apart."""
    assert templates(*paths) == expected


def test_values_that_are_asked_for_often_are_a_fixed_set() -> None:
    """Eight resources with a thousand requests each are no slugs, and one that has most requests stands for itself."""
    assert len(templates(*(f"/ops/{one}" for one in POSTS), each=1000)) == len(POSTS)

    often = "/posts/all-of-them"
    counts = {**{f"/posts/{one}": 3 for one in POSTS}, often: 500}
    folded = routes.templates(counts)

    assert (often in folded, set(folded.values())) == (False, {"/posts/:slug"})


def test_a_route_says_which_of_its_paths_failed(world: World) -> None:
    """Two of ten berths failed each time, the others never: told under one route, with its paths as the log has them."""
    lines = [
        request(30 * n + place, failed=place in (3, 7), path=f"/api/berths/berth-{place}")
        for n in range(12)
        for place in range(10)
    ]
    analysed = world({"app.log": log(lines)})
    impact = analysed.findings.json["impact"]
    (row,) = impact["routes"]
    claim = next(one for one in analysed.findings.claims if one["subject"] == "routes that failed")

    assert (row["route"], row["paths"], row["paths_failed"]) == ("/api/berths/:slug", 10, 2)
    assert (row["failed"], row["requests"], impact["more_routes"]["routes"]) == (
        impact["failed"],
        impact["requests"],
        0,
    )
    assert [one["route"] for one in row["failing"]] == ["/api/berths/berth-3", "/api/berths/berth-7"]
    assert all(one["failed"] == one["requests"] for one in row["failing"])
    assert claim["answer"]
    assert claim["value"] == impact["routes"]
    assert analysed.store.connection.execute("select count(distinct route) from requests").fetchall() == [(10,)]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["A0-lock-p0-restart", "D1-bad-deploy", "X1-metrics-404"])
def test_projects_of_the_recorded_kits_are_one_route(name: str, analysed: Callable[..., Analysed]) -> None:
    """Single projects are one route, beside the list of them, the search and the login; nothing is lost by folding."""
    impact = analysed(shared.origin_evidence(name)).findings.json["impact"]
    told = [row["route"] for row in impact["routes"]]

    assert sum(route.startswith("/api/portfolio/") for route in told) == 1
    assert sum(row["failed"] for row in impact["routes"]) + impact["more_routes"]["failed"] == impact["failed"]
    if name == "D1-bad-deploy":
        paths = {one["route"]: one["failed"] for row in impact["routes"] for one in row["failing"]}
        assert (len(paths), sum(paths.values())) == (4, impact["failed"])
